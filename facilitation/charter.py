"""The charter: what this community is about, what the bot can do, and what members tell of themselves."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.features.contributions import Contributions
from facilitation.core.features.feature import Endpoint, Feature
from facilitation.core.features.registry import Registry
from facilitation.core.people.contact import WEEKLY_BUDGET, frequency_in_words
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Divider,
    Fields,
    Item,
    Items,
    Part,
    Small,
    Text,
)
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.forms import Hidden, LongText, Tags, ZoneName, help_of
from facilitation.core.values.speech import card, listed, say
from storage.charter import AboutMe
from storage.communities import Community, Member, People

__all__ = ["CharterText", "feature"]

feature = Feature("charter", "What we are about, and who is who")

FIRST_FIVE = ("share", "find", "ask", "mentor request", "me")


# Home --------------------------------------------------------------------------------------------


class Home(Command):
    """What is on, and your things."""


@feature.command("home", id="charter.home")
async def home(
    command: Home, context: Context, contributions: Contributions, charter: CharterText
) -> Effects:
    """The home card: what is on, and for coordinators what waits for them."""
    parts: list[Part] = [say("{purpose}", purpose=charter.purpose)] if charter.purpose else []
    if context.community.begun_at is None:
        parts.append(say("We have not begun yet. I stay silent until a coordinator presses Begin."))
    parts += await contributions.home(context)
    if Role.COORDINATOR in context.roles:
        waiting = await contributions.desk(context)
        parts += [Divider(), say("**The desk**")]
        parts.append(
            Items(tuple(item.item() for item in waiting))
            if waiting
            else say("Nothing waits for you. Enjoy your hour.")
        )
    parts.append(
        Buttons(
            (
                Button("Share a link", "resources.share", style="primary", optional=True),
                Button("About me", "charter.me"),
                Button("Help", "charter.show_help"),
            )
        )
    )
    return [Reply(card(context.community.name, *parts))]


# Help --------------------------------------------------------------------------------------------


class Help(Command):
    """What I can do for you."""

    more: bool = Field(default=False, title="Everything", description="show every command")


@feature.command("help", id="charter.show_help")
async def show_help(command: Help, context: Context, registry: Registry) -> Effects:
    """Five commands, or all of them; coordinators' own stand below."""
    commands = registry.commands("cop")
    chosen = commands if command.more else [endpoint for endpoint in commands if endpoint.words in FIRST_FIVE]
    parts: list[Part] = [Items(tuple(_line(endpoint) for endpoint in chosen))]
    if command.more and Role.COORDINATOR in context.roles:
        parts += [
            say("**For coordinators**"),
            Items(tuple(_line(a) for a in registry.commands("coordinate"))),
        ]
    if command.more and (labels := _message_actions(registry, context)):
        parts.append(say("In the menu of a message: {labels}.", labels=labels))
    if not command.more:
        parts.append(Buttons((Button("More", "charter.show_help", {"more": True}),)))
    parts.append(Small(say("Type a command without anything after it and I open a form.")))
    return [Reply(card("What I can do", *parts))]


def _line(endpoint: Endpoint) -> Item:
    return Item(
        say("`{command}`", command=f"/{endpoint.root} {endpoint.words}"),
        say("{help}", help=help_of(endpoint.command)),
    )


def _message_actions(registry: Registry, context: Context) -> Text:
    mine = [a for a in registry.message_actions() if a.role is None or a.role in context.roles]
    return listed([say("_{label}_", label=endpoint.label) for endpoint in mine])


# About -------------------------------------------------------------------------------------------


class About(Command):
    """What this community is about, who coordinates it, and what I keep."""


@feature.command("about", id="charter.about")
async def about(command: About, context: Context, people: People, charter: CharterText) -> Effects:
    """The charter and the people behind it."""
    coordinators = await people.holders(Role.COORDINATOR)
    return [
        Reply(
            card(
                f"About {context.community.name}",
                *charter_parts(charter, coordinators),
                *kept_parts(context.community),
            )
        )
    ]


def charter_parts(charter: CharterText, coordinators: list[Member]) -> list[Part]:
    """The charter as parts of a card; what is not written yet is left out."""
    rows: list[Row] = []
    if charter.domain:
        rows.append(Row("What we care about", say("{domain}", domain=charter.domain)))
    if charter.purpose:
        rows.append(Row("What we are here for", say("{purpose}", purpose=charter.purpose)))
    if charter.goals:
        rows.append(Row("What we want to reach", say("{goals}", goals=_bullets(charter.goals))))
    if charter.ground_rules:
        rows.append(Row("Ground rules", say("{rules}", rules=_bullets(charter.ground_rules))))
    names = listed(list(coordinators)) if coordinators else say("Nobody yet.")
    rows.append(Row("Who coordinates", names))
    return [Fields(tuple(rows))]


def _bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def kept_parts(community: Community) -> list[Part]:
    """What the bot keeps and how to keep out of it, in the words that are also posted at the start."""
    return [
        say(
            "**What I keep.** In this community’s channels: who wrote when, in which thread{begins}. "
            "After thirteen months only daily counts are left. I read no direct messages between people.",
            begins=", and the first 200 characters for five weeks" if community.keep_excerpts else "",
        ),
        say(
            "**Your say.** `/cop privacy show` is everything I keep about you, `/cop privacy forget` erases "
            "it, and with `/cop privacy quiet` I write to you only when you ask me something."
        ),
    ]


# The charter, edited -----------------------------------------------------------------------------


class EditCharter(Command):
    """Write the charter: what this community is about."""

    heading: ClassVar[str] = "The charter"

    domain: LongText = Field(
        default="", title="What we care about", description="the field, in a sentence", max_length=500
    )
    purpose: LongText = Field(
        default="", title="What we are here for", description="in a sentence or two", max_length=1000
    )
    ground_rules: LongText = Field(
        default="", title="Ground rules", description="how we treat each other; one a line", max_length=2000
    )
    goals: LongText = Field(
        default="", title="Goals", description="what we want to reach; one a line", max_length=2000
    )


@feature.form(EditCharter)
async def open_charter(context: Context, charter: CharterText) -> Effects:
    """The form with the charter as it stands."""
    filled = {
        "domain": charter.domain,
        "purpose": charter.purpose,
        "ground_rules": "\n".join(charter.ground_rules),
        "goals": "\n".join(charter.goals),
    }
    return [OpenForm(EditCharter, filled)]


@feature.command("charter", id="charter.edit_charter", role=Role.COORDINATOR)
async def edit_charter(command: EditCharter, context: Context, people: People) -> Effects:
    """From now on this counts, whatever the configuration says."""
    written = CharterText(
        command.domain.strip(), command.purpose.strip(), _lines(command.ground_rules), _lines(command.goals)
    )
    await people.configure(
        chartered=True,
        domain=written.domain,
        purpose=written.purpose,
        ground_rules="\n".join(written.ground_rules),
        goals="\n".join(written.goals),
    )
    coordinators = await people.holders(Role.COORDINATOR)
    foot = Small(say("Newcomers read this, and so does whoever types `/cop about`."))
    return [Reply(card("The charter is saved", *charter_parts(written, coordinators), foot, tone="good"))]


def _lines(text: str) -> tuple[str, ...]:
    """One entry a line, without the mark that people put in front of it."""
    lines = (line.strip().lstrip("•-*").strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


# Me ----------------------------------------------------------------------------------------------


class Me(Command):
    """Tell us what you would like to learn and can help with."""

    heading: ClassVar[str] = "About me"

    interests: Tags = Field(
        default=(), title="I would like to learn", description="topics, separated by commas"
    )
    expertise: Tags = Field(default=(), title="I can help with", description="topics, separated by commas")
    line: LongText = Field(
        default="", title="A line about me", description="what should people know?", max_length=300
    )
    zone: ZoneName | None = Field(default=None, title="My time zone", description="such as Europe/Lisbon")
    contact: bool = Field(
        default=True,
        title="Write to me unasked",
        description="now and then, at most twice a week, never at night",
    )
    buddy: bool = Field(
        default=False,
        title="I would be a buddy",
        description="a friendly face for a newcomer, now and then",
    )


@feature.form(Me)
async def open_me(context: Context, about_me: AboutMe) -> Effects:
    """The form as the member left it."""
    interests, expertise, line = await about_me.get(context.member.id)
    filled = {
        "interests": interests,
        "expertise": expertise,
        "line": line,
        "zone": context.member.zone or None,
        "contact": not context.member.quiet,
        "buddy": context.member.buddy,
    }
    return [OpenForm(Me, filled)]


@feature.command("me", id="charter.me")
async def me(command: Me, context: Context, about_me: AboutMe, people: People) -> Effects:
    """Keep what a member says about themselves."""
    await about_me.put(
        context.member.id, interests=command.interests, expertise=command.expertise, line=command.line
    )
    await people.change(
        context.member.id, zone=command.zone or "", quiet=not command.contact, buddy=command.buddy
    )
    parts: list[Part] = []
    rows = []
    if command.interests:
        rows.append(Row("You would like to learn", _topics(command.interests)))
    if command.expertise:
        rows.append(Row("You can help with", _topics(command.expertise)))
    if rows:
        parts.append(Fields(tuple(rows)))
    if command.buddy:
        parts.append(say("When somebody new would like a companion, I may name you. Thank you."))
    if command.contact:
        parts.append(
            say(
                "I may write to you now and then, at most {often}.",
                often=frequency_in_words(context.member.weekly),
            )
        )
    else:
        parts.append(say("I will only answer when you ask me something."))
    if command.buddy:
        parts.append(say("When a newcomer would like a buddy, I may introduce the two of you."))
    return [Reply(card("Noted, thank you", *parts, tone="good"))]


def _topics(topics: tuple[str, ...]) -> Text:
    return say("{topics}", topics=", ".join(topics))


# Fewer of these ----------------------------------------------------------------------------------


class Fewer(Command):
    """Write to me less often unasked."""


@feature.action(id="charter.fewer")
async def fewer(command: Fewer, context: Context, people: People) -> Effects:
    """The button at the foot of every unsolicited message: pressed once, half as many; again, none."""
    who = context.member
    undo = Buttons((Button("Undo", "charter.as_before", {"weekly": who.weekly, "quiet": who.quiet}),))
    if who.weekly > 1 and not who.quiet:
        await people.change(who.id, weekly=who.weekly // 2)
        now = say("All right: from now on at most {often}.", often=frequency_in_words(who.weekly // 2))
        more = say("Press _Fewer of these_ again, and I write nothing unasked any more.")
        return [Reply(card("", now, more, undo, tone="good"))]
    await people.change(who.id, quiet=True)
    now = say("All right: from now on I only answer when you ask me something. `/cop me` changes that.")
    return [Reply(card("", now, undo, tone="good"))]


class AsBefore(Command):
    """Write to me as often as before."""

    weekly: Annotated[int, Hidden] = Field(default=WEEKLY_BUDGET, ge=1, le=WEEKLY_BUDGET)
    quiet: Annotated[bool, Hidden] = False


@feature.action(id="charter.as_before")
async def as_before(command: AsBefore, context: Context, people: People) -> Effects:
    """Undo a press of *Fewer of these*."""
    await people.change(context.member.id, weekly=command.weekly, quiet=command.quiet)
    if command.quiet:
        return [Reply(card("", "As before: I only answer when you ask me something.", tone="good"))]
    return [
        Reply(
            card(
                "", say("As before: at most {often}.", often=frequency_in_words(command.weekly)), tone="good"
            )
        )
    ]


# What is collected -------------------------------------------------------------------------------


@feature.home("me")
async def my_lines(context: Context, about_me: AboutMe) -> list[Part]:
    """What a member told about themselves, or an invitation to."""
    interests, expertise, _ = await about_me.get(context.member.id)
    if not interests and not expertise:
        return [say("Tell us what you would like to learn and can help with: `/cop me`")]
    parts: list[Part] = []
    if interests:
        parts.append(say("You would like to learn {topics}.", topics=", ".join(interests)))
    if expertise:
        parts.append(say("You can help with {topics}.", topics=", ".join(expertise)))
    return parts
