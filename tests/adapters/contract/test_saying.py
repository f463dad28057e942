"""On every platform, what the courier delivers arrives where it should."""

from facilitation.core.values.events import MessagePosted
from tests.adapters.contract.harness import Harness
from tests.adapters.contract.puppet import ANA, BEN


async def test_a_post_to_a_channel(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "say channel")
    assert await platform.seen(BEN, "C-help") == ["Said in channel"]


async def test_a_post_to_a_direct_message(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "say direct")
    assert await platform.seen(BEN, "direct") == ["Said in direct"]
    assert await platform.seen(ANA, "direct") == []


async def test_a_post_with_a_file(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "say file")
    seen = await platform.seen(BEN, "direct")
    assert seen.count("Here it is.") == 1
    assert seen.count("(file: export.json)") == 1
    assert await platform.seen(ANA, "direct") == []


async def test_a_post_to_a_group(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "say group")
    assert await platform.group(BEN) == ["Said in group"]
    assert await platform.group("chi") == []


async def test_a_post_to_a_thread(platform: Harness) -> None:
    root = await platform.write(ANA, "C-general", "Does anyone know?")
    await platform.write(BEN, "C-general", "/cop say thread", thread=root)
    assert "Said in thread" in await platform.seen(ANA, "C-general", thread=root)
    assert await platform.seen(ANA, "C-general") == ["Does anyone know?"]


async def test_a_post_is_revised_where_it_stands(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "say channel")
    await platform.write(BEN, "C-help", "Thanks")
    await platform.command(ANA, "C-general", "say revise")
    assert await platform.seen(BEN, "C-help") == ["Said better", "Thanks"]


async def test_a_post_is_retracted(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "say channel")
    await platform.command(ANA, "C-general", "say retract")
    assert await platform.seen(BEN, "C-help") == []


async def test_a_reaction_is_put_under_a_message(platform: Harness) -> None:
    message = await platform.write(BEN, "C-help", "It works now")
    await platform.command(ANA, "C-general", f"say react C-help {message}")
    assert await platform.reactions(ANA, "C-help", message) == {"tada": 1}


async def test_what_people_write_arrives_with_its_facts(platform: Harness) -> None:
    root = await platform.write(ANA, "C-general", "Does https://example.org/a?b help?")
    await platform.write(BEN, "C-general", "It does.", thread=root)
    asked, answered = [event for event in platform.gateway.events if isinstance(event, MessagePosted)]
    assert (asked.who, asked.place, asked.links, asked.question) == (
        ANA,
        "C-general",
        ("https://example.org/a?b",),
        True,
    )
    assert (answered.who, answered.thread, answered.reply, answered.question) == (BEN, root, True, False)


async def test_what_people_write_in_private_is_not_recorded(platform: Harness) -> None:
    await platform.write(ANA, "direct", "Just between us")
    assert platform.gateway.events == []


async def test_hostile_words_are_shown_as_they_were_typed(platform: Harness) -> None:
    typed = "<script>alert(1)</script> <img src=x onerror=alert(2)> **no** javascript:alert(3) &lt; ${1}"
    await platform.write(ANA, "C-general", typed)
    assert await platform.seen(BEN, "C-general") == [typed]


async def test_a_hundred_kilobytes_of_combining_characters_break_nothing(platform: Harness) -> None:
    await platform.write(ANA, "C-general", "a" + "\u0301\u0302\u0303" * 17_000)
    await platform.write(BEN, "C-general", "Still here")
    seen = await platform.seen(BEN, "C-general")
    assert seen[-1] == "Still here"
    assert seen[0].count("\u0302") == 17_000
