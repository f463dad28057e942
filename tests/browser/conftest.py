"""A real Chromium in front of the page, which is connected to the puppet."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking "
    "--no-first-run --disable-component-update --disable-sync"
)
DESK, PHONE = (1360, 860), (390, 844)


def find_chromium() -> bool:
    """Whether there is a browser to drive."""
    return CHROMIUM.exists()


@dataclass
class Desk:
    """One tab, with its requests and its errors."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(self, who: str, place: str) -> Page:
        """Open a place as a person."""
        await self.page.goto(f"{self.address}?as={who}&in={place}")
        await self.page.locator(".rail-row").first.wait_for(state="attached")
        await self.page.wait_for_function("window.did_handshake === true")
        return self.page

    def strangers(self) -> list[str]:
        """Requests to other addresses than the page's own."""
        own = (self.address, self.address.replace("http://", "ws://"), "data:", "blob:")
        return [url for url in self.asked if not url.startswith(own)]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def address() -> AsyncIterator[str]:
    """The page's address, served by a process of its own."""
    serving = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.browser.serve_page", stdout=asyncio.subprocess.PIPE
    )
    assert serving.stdout is not None
    try:
        yield (await asyncio.wait_for(serving.stdout.readline(), 60)).decode().strip()
    finally:
        serving.terminate()
        await serving.wait()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A browser; the tests are skipped where there is none."""
    if not find_chromium():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(request: pytest.FixtureRequest, chromium: Browser, address: str) -> AsyncIterator[Desk]:
    """A fresh tab; parametrise indirectly with `phone` or `dark` for those."""
    how = getattr(request, "param", "")
    width, height = PHONE if "phone" in how else DESK
    page = await chromium.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if "dark" in how else "light",
        has_touch="phone" in how,
    )
    page.set_default_timeout(8_000)
    desk = Desk(page, address)
    page.on("request", lambda asked: desk.asked.append(asked.url))
    page.on("websocket", lambda socket: desk.asked.append(socket.url))
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    page.on("dialog", lambda dialog: desk.complaints.append(f"dialog {dialog.message}"))
    page.on("console", lambda said: desk.complaints.append(said.text) if said.type == "error" else None)
    yield desk
    await page.close()
    assert desk.complaints == []
    assert desk.strangers() == []
