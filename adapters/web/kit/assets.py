"""The style sheets, fonts, script and logo of the kit, and how a page includes them."""

from pathlib import Path

from nicegui import app

STATIC = Path(__file__).parent / "static"
ADDRESS = "/tertulia/kit"
LOGO = f"{ADDRESS}/mark.svg"
HEAD = f'<link rel="stylesheet" href="{ADDRESS}/kit.css"><script src="{ADDRESS}/kit.js"></script>'
"""The HTML that a page includes in its `<head>`, before its own style sheets and scripts."""


def serve_assets() -> None:
    """Serve the files under `ADDRESS`."""
    app.add_static_files(ADDRESS, STATIC, max_cache_age=0)
