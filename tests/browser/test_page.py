"""The local page in a real browser: with the keyboard, on a phone, in the dark."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.adapters.contract.puppet import HOSTILE
from tests.browser.conftest import Desk
from tests.browser.pictures import take_pictures

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.asyncio(loop_scope="module")]

MEASURES = (Path(__file__).parent / "measures.js").read_text()
phone = pytest.mark.parametrize("desk", ["phone"], indirect=True)
both_lights = pytest.mark.parametrize("desk", ["light", "dark"], indirect=True)


async def send(page: Page, words: str) -> None:
    """Type a command and send it, past any suggestions."""
    box = page.locator(".talk textarea")
    await box.fill(words)
    await box.press("Escape")
    await box.press("Enter")


async def test_a_command_with_completion_by_keyboard_alone(desk: Desk) -> None:
    page = await desk.open("ana", "C-general")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the messages")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".talk textarea")).to_be_focused()
    await page.keyboard.type("/cop men")
    options = page.get_by_role("option")
    await expect(options).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await expect(options.nth(1)).to_contain_text("Look for a mentor.")
    await page.keyboard.press("Tab")
    await expect(page.locator(".talk textarea")).to_have_value("/cop mentor request ")
    await page.keyboard.press("Enter")
    answer = page.locator(".is-only-you").last
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("You said mentor request")
    await answer.get_by_role("button", name="Dismiss").press("Enter")
    await expect(page.locator(".talk").get_by_text("You said mentor request")).to_have_count(0)


async def test_people_and_new_lines_in_a_message(desk: Desk) -> None:
    page = await desk.open("ben", "C-help")
    box = page.locator(".talk textarea")
    await box.focus()
    await page.keyboard.type("Thank you, @Chi")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("it works, see https://example.org/a")
    await page.keyboard.press("Enter")
    said = page.locator(".message-text").last
    await expect(said).to_have_text("Thank you, @Chiara Neri \nit works, see https://example.org/a")
    link = said.get_by_role("link")
    assert await link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert await link.get_attribute("target") == "_blank"


async def test_people_and_channels_are_completed_behind_a_command(desk: Desk) -> None:
    page = await desk.open("ben", "C-general")
    box = page.locator(".talk textarea")
    await box.focus()
    await page.keyboard.type("/cop kudos @so")
    await expect(page.get_by_role("option")).to_have_text(["@Ana Sousacoordinator"])
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("/cop kudos @Ana Sousa ")
    await page.keyboard.type("for help in #he")
    await expect(page.get_by_role("option", name="#help")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/cop kudos @Ana Sousa for help in #help ")
    await page.keyboard.press("Enter")
    answer = page.locator(".is-only-you").last
    await expect(answer).to_contain_text("You said kudos <@ana> for help in <#C-help>")


async def test_becoming_somebody_else_and_somebody_new(desk: Desk) -> None:
    page = await desk.open("ana", "C-general")
    await expect(page.locator(".rail-row", has_text="coordinators")).to_have_count(1)
    await page.locator(".me").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Search people").fill("rao")
    await expect(dialog.locator(".person")).to_have_count(1)
    await dialog.get_by_role("button", name="Dev Rao").click()
    await expect(page.locator(".me-name")).to_have_text("Dev Rao")
    await expect(page.locator(".rail-row", has_text="coordinators")).to_have_count(0)
    await expect(page).to_have_url(re.compile("as=dev"))
    await page.locator(".me").click()
    await page.get_by_role("button", name="A newcomer joins").click()
    await expect(page.locator(".me-standing")).to_have_text("newcomer")
    await expect(page.locator(".note").last).to_contain_text("joined #")


async def test_a_form_with_an_error_that_is_corrected(desk: Desk) -> None:
    page = await desk.open("chi", "C-general")
    await send(page, "/cop share")
    dialog = page.get_by_role("dialog")
    link = dialog.get_by_label("Link")
    await expect(link).to_be_focused()
    await page.keyboard.type("example.org")
    await dialog.get_by_label("Note").fill("It helps")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("A link begins with https://")).to_be_visible()
    await expect(link).to_have_attribute("aria-invalid", "true")
    await expect(link).to_be_focused()
    await expect(dialog.get_by_label("Note")).to_have_value("It helps")
    await link.fill("https://example.org")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".is-only-you").last).to_contain_text("url=https://example.org")


async def test_a_form_of_every_kind_by_keyboard(desk: Desk) -> None:
    page = await desk.open("chi", "C-general")
    await send(page, "/cop form all")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("A title")
    await dialog.get_by_label("What happened").fill("Much")
    await dialog.get_by_label("Link").fill("https://example.org")
    await dialog.get_by_label("How many").fill("3")
    await dialog.get_by_role("checkbox", name="I agree").press("Space")
    await dialog.get_by_role("radio", name="Monthly").press("Space")
    await dialog.get_by_label("Time zone").fill("lisb")
    await expect(page.get_by_role("option", name="Europe/Lisbon")).to_be_visible()
    await dialog.get_by_label("Time zone").press("ArrowDown")
    await dialog.get_by_label("Time zone").press("Enter")
    await dialog.get_by_label("Home channels").click()
    await page.get_by_role("option", name="#general").click()
    await page.get_by_role("option", name="#help").click()
    await page.keyboard.press("Escape")
    await dialog.get_by_role("button", name="Send it").click()
    answer = page.locator(".is-only-you").last
    for words in (
        "zone=Europe/Lisbon",
        "channels=C-general+C-help",
        "choice=monthly",
        "tick=True",
        "hidden=42",
    ):
        await expect(answer).to_contain_text(words)


async def test_escape_closes_dialogs_and_gives_the_focus_back(desk: Desk) -> None:
    page = await desk.open("chi", "C-general")
    await page.locator(".me").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".me")).to_be_focused()


async def test_buttons_and_menus_of_a_card(desk: Desk) -> None:
    page = await desk.open("chi", "C-help")
    await send(page, "/cop show buttons")
    await page.get_by_role("button", name="Later").last.click()
    await expect(page.locator(".is-only-you").last).to_contain_text("Received puppet.press with answer=later")
    await send(page, "/cop show menu")
    await page.get_by_label("How often?").last.click()
    await page.get_by_role("option", name="Every month").click()
    await expect(page.locator(".is-only-you").last).to_contain_text("id=7, pace=monthly")


async def test_a_thread_beside_the_talk(desk: Desk) -> None:
    page = await desk.open("ben", "C-general")
    await page.locator(".talk textarea").fill("Who has time on Friday?")
    await page.keyboard.press("Enter")
    asked = page.locator(".talk .message", has_text="Who has time on Friday?").last
    await asked.hover()
    await asked.get_by_role("button", name="Reply in a thread").click()
    await expect(page.locator(".thread textarea")).to_be_focused()
    await page.keyboard.type("I do")
    await page.keyboard.press("Enter")
    await expect(page.locator(".thread .message")).to_have_count(2)
    await expect(asked.locator(".replies")).to_have_text("1 reply")
    await page.keyboard.press("Escape")
    await expect(page.locator(".thread")).to_be_hidden()
    await asked.locator(".replies").click()
    await expect(page.locator(".thread .message")).to_have_count(2)


async def test_arrow_keys_go_through_the_messages(desk: Desk) -> None:
    page = await desk.open("chi", "C-help")
    for words in ("First of three", "Second of three", "Third of three"):
        await page.locator(".talk textarea").fill(words)
        await page.keyboard.press("Enter")
    await page.get_by_text("Third of three").wait_for()
    await page.locator(".talk .stream").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    second = page.locator(".talk .message", has_text="Second of three")
    await expect(second).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(second.get_by_role("button", name="Add a reaction")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="bulb").press("Enter")
    await expect(second.locator(".reaction")).to_have_count(1)
    await page.locator(".talk textarea").focus()
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator(".message-tools :focus")).to_have_count(0)


async def test_strangers_get_one_line(address: str) -> None:
    port = int(address.rstrip("/").rpartition(":")[2])
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    upgrade += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    socket = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    for path, headers, status in (
        ("/", "Host: localhost\r\n", "200"),
        ("/", "Host: evil.example\r\n", "403"),
        ("/tertulia/kit/kit.css", f"Host: 127.0.0.1:{port}\r\nOrigin: http://evil.example\r\n", "403"),
        (socket, f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n{upgrade}", "101"),
        (socket, f"Host: 127.0.0.1:{port}\r\nOrigin: http://evil.example\r\n{upgrade}", "403"),
        (socket, f"Host: evil.example\r\n{upgrade}", "403"),
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
        assert (await reader.readline()).decode().split()[1] == status, (path, headers)
        writer.close()
        await writer.wait_closed()


async def test_reactions_and_the_menu_of_a_message(desk: Desk) -> None:
    page = await desk.open("ana", "C-quiet")
    await page.locator(".talk textarea").fill("See https://example.org/guide")
    await page.keyboard.press("Enter")
    said = page.locator(".talk .message").last
    await said.hover()
    await said.get_by_role("button", name="Add a reaction").click()
    await page.get_by_role("button", name="tada").click()
    chip = said.locator(".reaction")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_count(0)
    await said.hover()
    await said.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Save to shelf").click()
    await expect(page.locator(".is-only-you").last).to_contain_text("link=https://example.org/guide")
    answer = page.locator(".is-only-you").last
    await expect(answer).to_contain_text("Received puppet.save")


async def test_the_clock_brings_news_to_other_channels(desk: Desk) -> None:
    page = await desk.open("dev", "C-general")
    before = await page.locator(".clock-day").inner_text()
    await page.get_by_role("button", name="Move the clock to tomorrow, 09:00").click()
    await expect(page.locator(".clock-time")).to_have_text("09:00")
    assert await page.locator(".clock-day").inner_text() != before
    row = page.get_by_role("button", name="help, ")
    await expect(row.locator(".rail-badge")).not_to_be_empty()
    await row.click()
    await expect(page.locator(".stream-new")).to_have_text("New")
    await expect(page.locator(".card-title").last).to_have_text("A question for the week")
    await expect(page.locator(".rail-row", has_text="help").locator(".rail-badge")).to_be_empty()


async def test_another_tab_is_updated_at_once(desk: Desk, chromium: Browser) -> None:
    page = await desk.open("ana", "C-help")
    other = Desk(await chromium.new_page(), desk.address)
    elsewhere = await other.open("ben", "C-help")
    await elsewhere.locator(".talk textarea").fill("Hello from the other tab")
    await elsewhere.keyboard.press("Enter")
    await expect(page.locator(".talk .message").last).to_contain_text("Hello from the other tab")
    await expect(page.locator("[aria-live=polite]")).to_contain_text("Ben Okafor: Hello from the other tab")
    await elsewhere.close()


async def test_hostile_words_stay_words(desk: Desk) -> None:
    page = await desk.open("ben", "C-general")
    await page.locator(".talk textarea").fill(HOSTILE)
    await page.keyboard.press("Enter")
    await expect(page.locator(".message-text").last).to_have_text(HOSTILE)
    await send(page, "/cop show hostile")
    await expect(page.locator(".is-only-you .card-title").last).to_have_text(HOSTILE)
    await desk.open("chi", "C-general")  # and on a page that is built at once
    await expect(page.locator(".message-text", has_text="onerror").last).to_have_text(HOSTILE)
    assert await page.locator(".talk img[src=x]").count() == 0


async def test_a_flood_of_combining_characters_breaks_nothing(desk: Desk) -> None:
    page = await desk.open("ana", "C-quiet")
    await page.locator(".talk textarea").fill("a\u0301\u0302\u0303" * 12_500)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Show all of it")).to_be_visible()
    await page.locator(".talk textarea").fill("Still here")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message-text").last).to_have_text("Still here")
    box = await page.locator(".message").nth(-2).bounding_box()
    assert box is not None
    assert box["height"] < 400


async def test_light_and_dark_are_remembered(desk: Desk) -> None:
    page = await desk.open("ana", "home")
    html = page.locator("html")
    await expect(html).to_have_attribute("data-theme", "light")
    await page.emulate_media(color_scheme="dark")
    await expect(html).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Light or dark").click()
    await expect(html).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(html).to_have_attribute("data-theme", "light")


@both_lights
async def test_every_text_stands_out(desk: Desk) -> None:
    page = await desk.open("ana", "home")
    await expect(page.locator(".home .card-title")).to_be_visible()
    found = await page.evaluate(MEASURES)
    await desk.open("ana", "C-general")
    for words in (
        "show good",
        "show careful",
        "show items",
        "show fields",
        "show buttons",
        "show small",
        "show mention",
    ):
        await send(page, f"/cop {words}")
    await send(page, "/cop show styles")
    await expect(page.locator(".is-only-you").last).to_contain_text("f(x)")
    await page.locator(".talk textarea").fill("/cop ")
    await page.locator(".talk textarea").press("End")
    found += await page.evaluate(MEASURES)
    await page.locator(".talk textarea").fill("A plain `message` https://example.org #help")
    await page.keyboard.press("Enter")
    await page.locator(".message-text").last.wait_for()
    found += await page.evaluate(MEASURES)
    await send(page, "/cop share")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    found += await page.evaluate(MEASURES)
    await page.get_by_text("A link begins with https://").wait_for()
    found += await page.evaluate(MEASURES)
    await page.keyboard.press("Escape")
    await page.locator(".me").click()
    await page.locator(".person").first.wait_for()
    found += await page.evaluate(MEASURES)
    assert len(found) > 150
    assert [text for text in found if text[0] < 4.5] == []
    assert [text for text in found if text[1] < 11] == []


@phone
async def test_a_phone_needs_no_sideways_scrolling(desk: Desk) -> None:
    async def fits() -> bool:
        return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    page = await desk.open("ana", "home")
    await expect(page.locator(".home .card-title")).to_be_visible()
    assert await fits()
    await expect(page.locator("#rail")).to_be_hidden()
    await page.get_by_role("button", name="Open the list of places").click()
    await expect(page.locator("#rail")).to_be_visible()
    await expect(page.locator("#rail [aria-current]")).to_be_focused()
    assert await fits()
    await page.keyboard.press("Escape")
    await expect(page.locator("#rail")).to_be_hidden()
    await expect(page.get_by_role("button", name="Open the list of places")).to_be_focused()
    await page.get_by_role("button", name="Open the list of places").click()
    await page.locator(".rail-row", has_text="general").click()
    await expect(page.locator("#rail")).to_be_hidden()
    for part in ("fields", "items", "picture", "buttons", "menu", "hostile", "long"):
        await send(page, f"/cop show {part}")
        await page.wait_for_timeout(100)
        assert await fits(), part
    await page.locator(".talk textarea").fill("A" * 300)
    await page.keyboard.press("Enter")
    said = page.locator(".talk .message", has_text="AAAA").last
    await said.get_by_role("button", name="Reply in a thread").click()
    await expect(page.locator(".thread textarea")).to_be_focused()
    thread = await page.locator(".thread").bounding_box()
    assert thread is not None
    assert (thread["x"], thread["width"]) == (0, 390)
    assert await fits()
    await page.get_by_role("button", name="Close the thread").click()
    await send(page, "/cop form all")
    await page.get_by_role("dialog").wait_for()
    assert await fits()


@pytest.mark.endurance
async def test_pictures_for_the_docs(address: str, tmp_path: Path) -> None:
    wanted = os.environ.get("TERTULIA_SCREENSHOTS") == "1"
    folder = Path(__file__).parents[2] / "docs" if wanted else tmp_path
    pictures = await take_pictures(os.environ.get("TERTULIA_PAGE", address), folder)
    assert [picture.name for picture in pictures] == ["page-light.png", "page-dark.png", "page-phone.png"]
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
