"""Pictures of the page for the docs: `python -m tests.browser.pictures ADDRESS FOLDER [WHO] [PLACE]`."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import CHROMIUM, DESK, FLAGS, PHONE

Light = Literal["light", "dark"]
SHOTS: tuple[tuple[str, Light, tuple[int, int]], ...] = (
    ("page-light.png", "light", DESK),
    ("page-dark.png", "dark", DESK),
    ("page-phone.png", "light", PHONE),
)


async def take_pictures(address: str, folder: Path, who: str = "", place: str = "") -> list[Path]:
    """Take screenshots in light, in dark and on a phone, into an existing folder; returns the files.

    `who` and `place` are handles; without them the page chooses: its first coordinator, their first channel.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        try:
            return [
                await _shot(browser, f"{address}?as={who}&in={place}", folder / name, light, size)
                for name, light, size in SHOTS
            ]
        finally:
            await browser.close()


async def _shot(browser: Browser, url: str, file: Path, light: Light, size: tuple[int, int]) -> Path:
    width, height = size
    page = await browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=light, device_scale_factor=1.5
    )
    await page.goto(url)
    await page.locator(".rail-row").first.wait_for(state="attached")
    await page.wait_for_function("window.did_handshake === true && document.fonts.status === 'loaded'")
    await page.wait_for_timeout(600)  # the home is requested after the page is loaded
    await page.screenshot(path=file)
    await page.close()
    return file


if __name__ == "__main__":
    asyncio.run(take_pictures(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:5]))
