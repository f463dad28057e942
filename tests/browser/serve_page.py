"""Serves the page with the puppet for a browser: `python -m tests.browser.serve_page [PORT]`."""

import asyncio
import sys

from adapters.web.local.server import serve
from tests.adapters.web.puppet import PuppetBackend


async def main(port: int) -> None:
    """Print the address, then serve until stopped."""
    await serve(PuppetBackend(), port=port, ready=lambda address: print(address, flush=True))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
