"""On every platform, commands, buttons and menus reach the gateway, and responses and refusals come back."""

from tests.adapters.contract.harness import Harness
from tests.adapters.contract.puppet import ANA, BEN, HOSTILE


async def test_a_command_reaches_the_gateway_with_who_and_where(platform: Harness) -> None:
    await platform.command(BEN, "C-help", "find a thing")
    interaction = platform.gateway.interactions[-1]
    assert (interaction.who, interaction.place, interaction.root, interaction.words, interaction.via) == (
        BEN,
        "C-help",
        "cop",
        "find a thing",
        "slash",
    )


async def test_people_and_channels_in_a_command_come_as_handles(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "kudos @Ben Okafor for help in #help")
    assert platform.gateway.interactions[-1].words == "kudos <@ben> for help in <#C-help>"


async def test_an_answer_is_seen_by_the_asker_alone(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "find it")
    assert await platform.seen(ANA, "C-general") == ["(only you) You said find it"]
    assert await platform.seen(BEN, "C-general") == []


async def test_an_answer_to_everyone_is_seen_by_everyone(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "everyone")
    assert await platform.seen(BEN, "C-general") == ["Everybody sees this"]


async def test_a_refusal_is_said_to_the_asker(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "refuse")
    assert await platform.seen(ANA, "C-general") == ["(only you) That is not yours to change. Ask Ana."]


async def test_a_fault_comes_with_its_reference(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "fail")
    assert "1a2b3c" in (await platform.seen(ANA, "C-general"))[0]


async def test_no_answer_shows_nothing(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "nothing")
    assert await platform.seen(ANA, "C-general") == []


async def test_a_button_carries_its_arguments_and_its_community(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "show buttons")
    await platform.press(ANA, "C-general", "Later")
    interaction = platform.gateway.interactions[-1]
    assert (interaction.command, interaction.args, interaction.via, interaction.community) == (
        "puppet.press",
        {"answer": "later"},
        "button",
        5,
    )
    assert (await platform.seen(ANA, "C-general"))[-1] == "(only you) Received puppet.press with answer=later"


async def test_a_button_of_a_post_can_be_pressed_by_every_reader(platform: Harness) -> None:
    await platform.command(ANA, "C-help", "say buttons")
    await platform.press(BEN, "C-help", "Yes")
    assert platform.gateway.interactions[-1].who == BEN
    assert platform.gateway.interactions[-1].place == "C-help"
    assert (await platform.seen(BEN, "C-help"))[-1] == "(only you) Received puppet.press with answer=yes"


async def test_a_menu_hands_over_the_choice_under_its_field(platform: Harness) -> None:
    await platform.command(ANA, "C-general", "show menu")
    await platform.choose(ANA, "C-general", "How often?", "Every month")
    interaction = platform.gateway.interactions[-1]
    assert (interaction.command, interaction.args) == ("puppet.choose", {"id": 7, "pace": "monthly"})


async def test_asking_in_a_direct_message_says_so(platform: Harness) -> None:
    await platform.command(ANA, "direct", "find it")
    assert platform.gateway.interactions[-1].direct
    assert await platform.seen(ANA, "direct") == ["(only you) You said find it"]


async def test_hostile_words_reach_the_gateway_as_they_were_typed(platform: Harness) -> None:
    await platform.command(ANA, "C-general", HOSTILE)
    assert platform.gateway.interactions[-1].words == HOSTILE
    assert (await platform.seen(ANA, "C-general"))[0] == f"(only you) You said {HOSTILE}"
