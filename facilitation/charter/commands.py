"""Members' commands: the home card, help, about, their profile, and how often the bot may write to them."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.charter import cards
from facilitation.charter.feature import feature
from facilitation.core.features.contributions import Contributions
from facilitation.core.features.registry import Registry
from facilitation.core.people.contact import WEEKLY_BUDGET, frequency_in_words
from facilitation.core.values.cards import Arg, Button, Buttons, Divider, Items, Part, Small
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.forms import ByName, Hidden, LongText, Tags, ZoneName
from facilitation.core.values.speech import card, say
from storage.charter import AboutMe
from storage.communities import People

FIRST_COMMANDS = ("share", "find", "ask", "mentor request", "me")
"""The slash commands in the short help."""


# Home --------------------------------------------------------------------------------------------


class ShowHome(Command):
    """What is on, and your things."""


@feature.command("home", id="charter.show_home", read_only=True)
async def show_home(
    command: ShowHome, context: Context, contributions: Contributions, charter: CharterText
) -> Effects:
    """Show the home card; coordinators also see the desk on it."""
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
                Button("About me", "charter.edit_profile"),
                Button("Help", "charter.show_help"),
            )
        )
    )
    return [Reply(card(context.community.name, *parts))]


# Help --------------------------------------------------------------------------------------------


class ShowHelp(Command):
    """What I can do for you."""

    more: bool = Field(default=False, title="Everything", description="show every command")


@feature.command("help", id="charter.show_help", read_only=True)
async def show_help(command: ShowHelp, context: Context, registry: Registry) -> Effects:
    """Show the five most needed commands, or all of them; coordinators' commands stand below."""
    commands = registry.commands("cop")
    chosen = commands if command.more else [one for one in commands if one.words in FIRST_COMMANDS]
    parts: list[Part] = [cards.help_items(chosen)]
    if command.more and Role.COORDINATOR in context.roles:
        parts += [say("**For coordinators**"), cards.help_items(registry.commands("coordinate"))]
    if command.more:
        actions = [a for a in registry.message_actions() if a.role is None or a.role in context.roles]
        if actions:
            parts.append(say("In the menu of a message: {labels}.", labels=cards.labels_in_words(actions)))
    else:
        parts.append(Buttons((Button("More", "charter.show_help", {"more": True}),)))
    parts.append(Small(say("Type a command without anything after it and I open a form.")))
    return [Reply(card("What I can do", *parts))]


# About -------------------------------------------------------------------------------------------


class ShowAbout(Command):
    """What this community is about, who coordinates it, and what I keep."""


@feature.command("about", id="charter.show_about", read_only=True)
async def show_about(command: ShowAbout, context: Context, people: People, charter: CharterText) -> Effects:
    """Show the charter, the coordinators, and what the bot stores."""
    coordinators = await people.holders(Role.COORDINATOR)
    return [
        Reply(
            card(
                f"About {context.community.name}",
                *cards.charter_parts(charter, coordinators),
                *cards.retention_parts(context.community),
            )
        )
    ]


# The profile -------------------------------------------------------------------------------------


class EditProfile(Command):
    """Tell us what you would like to learn and can help with."""

    heading: ClassVar[str] = "About me"

    interests: Tags = Field(
        default=(), title="I would like to learn", description="topics, separated by commas"
    )
    expertise: Annotated[Tags, ByName] = Field(
        default=(), title="I can help with", description="topics, separated by commas"
    )
    line: LongText = Field(
        default="", title="A line about me", description="what should people know?", max_length=300
    )
    zone: Annotated[ZoneName | None, ByName] = Field(
        default=None, title="My time zone", description="such as Europe/Lisbon"
    )
    contact: Annotated[bool, ByName] = Field(
        default=True,
        title="Write to me unasked",
        description="now and then, at most twice a week, never at night",
    )
    buddy: Annotated[bool, ByName] = Field(
        default=False,
        title="I would be a buddy",
        description="a friendly face for a newcomer, now and then",
    )


@feature.form(EditProfile)
async def open_profile(context: Context, about_me: AboutMe) -> Effects:
    """Open the form with what the member saved last."""
    interests, expertise, line = await about_me.get(context.member.id)
    filled = {
        "interests": interests,
        "expertise": expertise,
        "line": line,
        "zone": context.member.zone or None,
        "contact": not context.member.quiet,
        "buddy": context.member.buddy,
    }
    return [OpenForm(EditProfile, filled)]


@feature.command("me", id="charter.edit_profile")
async def edit_profile(command: EditProfile, context: Context, about_me: AboutMe, people: People) -> Effects:
    """Save what a member says about themselves."""
    await about_me.put(
        context.member.id, interests=command.interests, expertise=command.expertise, line=command.line
    )
    await people.change(
        context.member.id, zone=command.zone or "", quiet=not command.contact, buddy=command.buddy
    )
    saved = cards.profile_saved(
        command.interests,
        command.expertise,
        weekly=context.member.weekly_limit,
        contact=command.contact,
        buddy=command.buddy,
    )
    return [Reply(saved)]


# Fewer of these ----------------------------------------------------------------------------------


class ReduceContact(Command):
    """Write to me less often unasked."""


@feature.action(id="charter.reduce_contact")
async def reduce_contact(command: ReduceContact, context: Context, people: People) -> Effects:
    """Handle *Fewer of these*: the first press halves the contact budget, the second opts out.

    The button stands at the foot of every unsolicited message.
    """
    member = context.member
    before: dict[str, Arg] = {"weekly": member.weekly_limit, "quiet": member.quiet}
    undo = Buttons((Button("Undo", "charter.restore_contact", before),))
    if member.weekly_limit > 1 and not member.quiet:
        await people.change(member.id, weekly_limit=member.weekly_limit // 2)
        now = say(
            "All right: from now on at most {often}.", often=frequency_in_words(member.weekly_limit // 2)
        )
        more = say("Press _Fewer of these_ again, and I write nothing unasked any more.")
        return [Reply(card("", now, more, undo, tone="good"))]
    await people.change(member.id, quiet=True)
    now = say("All right: from now on I only answer when you ask me something. `/cop me` changes that.")
    return [Reply(card("", now, undo, tone="good"))]


class RestoreContact(Command):
    """Write to me as often as before."""

    weekly: Annotated[int, Hidden] = Field(default=WEEKLY_BUDGET, ge=1, le=WEEKLY_BUDGET)
    quiet: Annotated[bool, Hidden] = False


@feature.action(id="charter.restore_contact")
async def restore_contact(command: RestoreContact, context: Context, people: People) -> Effects:
    """Undo a press of *Fewer of these*."""
    await people.change(context.member.id, weekly_limit=command.weekly, quiet=command.quiet)
    if command.quiet:
        return [Reply(card("", "As before: I only answer when you ask me something.", tone="good"))]
    words = say("As before: at most {often}.", often=frequency_in_words(command.weekly))
    return [Reply(card("", words, tone="good"))]
