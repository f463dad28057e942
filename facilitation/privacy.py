"""Privacy: what is kept about somebody, shown, handed over, erased; and silence for whoever wants it."""

import json
from datetime import timedelta
from typing import Annotated

from facilitation.core.features.feature import Feature
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.values.cards import Button, Buttons, Direct, File, Item, Items, Part, Small
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, count, say
from storage.communities import People

feature = Feature("privacy", "What I keep about you, and how to end that")

SHOWN = 12
"""So many lines of one room are shown; the file has them all."""
EXPORT_IS_STALE = timedelta(days=1)


# Show --------------------------------------------------------------------------------------------


class ShowPersonalData(Command):
    """Everything I keep about you."""


@feature.command("privacy show", id="privacy.show", stays_forgotten=True)
async def show(command: ShowPersonalData, context: Context, kept: PersonalData) -> Effects:
    """What there is, room by room, for the asker alone."""
    parts: list[Part] = []
    for heading, lines in await kept.show(context.member.id):
        parts.append(say("**{heading}**", heading=heading))
        parts.append(Items(tuple(Item(say("{line}", line=line)) for line in lines[:SHOWN])))
        if len(lines) > SHOWN:
            parts.append(say("and {more} more, all of them in the file", more=len(lines) - SHOWN))
    parts.append(
        Buttons(
            (
                Button("Send me the file", "privacy.export"),
                Button("Forget me", "privacy.forget", style="danger"),
            )
        )
    )
    parts.append(Small(say("Whoever runs me can read what I keep. The file has every word of it.")))
    return [Reply(card("What I keep about you", *parts))]


# Export ------------------------------------------------------------------------------------------


class ExportPersonalData(Command):
    """Everything I keep about you, as a file in a direct message."""


@feature.command("privacy export", id="privacy.export", stays_forgotten=True)
async def export(command: ExportPersonalData, context: Context, kept: PersonalData) -> Effects:
    """One JSON file, to the asker alone."""
    found = await kept.export(context.member.id, context.at)
    data = json.dumps(found, ensure_ascii=False, indent=2).encode()
    name = f"tertulia-{context.at:%Y-%m-%d}.json"
    message = card(
        "",
        "Here is everything I keep about you.",
        File(name, data, "Everything kept about you, in JSON"),
        Small(say("I forget the file itself once you have it.")),
    )
    key = f"export:{context.member.id}:{context.at.timestamp():.6f}"
    return [
        Post(Direct(context.member.id), message, key, stale=EXPORT_IS_STALE),
        Reply(
            card(
                "",
                "The file is on its way to you as a direct message. "
                "If none arrives, allow direct messages from me and ask again.",
                tone="good",
            )
        ),
    ]


# Forget ------------------------------------------------------------------------------------------


class Forget(Command):
    """Erase everything about you, after asking once more."""


@feature.command("privacy forget", id="privacy.forget", stays_forgotten=True)
async def forget(command: Forget, context: Context, people: People) -> Effects:
    """What exactly will happen, and the button that does it."""
    consequences = [
        say("Your name, your account, your roles and all you told me about yourself are erased everywhere."),
        say("Of what you wrote only numbers stay: that something was written, not by whom and not what."),
        say("Links you shared stay on the shelf without your name. What you said about them goes."),
        say("Where I named or quoted you, I show my message again without you and without your words."),
        say("Where others wrote your name, I keep “someone” instead, or nothing."),
        say("What was planned for you, or on its way to you, is dropped."),
        say(
            "From then on I neither record what you write nor write to you. To know that it is you, I keep "
            "one scrambled code for each of your accounts, and nothing else."
        ),
        say("Your own messages stay where you wrote them. You can delete those yourself."),
    ]
    parts: list[Part] = [say("This cannot be undone."), Items(tuple(Item(one) for one in consequences))]
    holders = await people.holders(Role.COORDINATOR)
    if [holder.id for holder in holders] == [context.member.id]:
        parts.append(
            say(
                "**You are the only coordinator here.** Better hand over first: "
                "`/coordinate coordinators handover`"
            )
        )
    parts.append(
        Buttons(
            (
                Button("Erase everything about me", "privacy.forget_now", style="danger"),
                Button("Show me what there is", "privacy.show"),
                Button("Just don’t write to me", "privacy.set_quiet", {"on": True}),
            )
        )
    )
    parts.append(Small(say("If you ever change your mind, type `/cop home`: then you are a member anew.")))
    return [Reply(card("Shall I forget you?", *parts, tone="careful"))]


class ForgetNow(Command):
    """Erase everything about you, now."""


@feature.action(id="privacy.forget_now")
async def forget_now(command: ForgetNow, context: Context, kept: PersonalData) -> Effects:
    """All of it in this one transaction; what stands on the platform is revised one by one after it."""
    revised = await kept.forget(context.member.id, context.at)
    parts: list[Part] = [say("Everything I kept about you is erased. Thank you for having been here.")]
    if revised:
        parts.append(
            count(
                revised,
                "One message of mine that names or quotes you is being mended.",
                "{n} messages of mine that name or quote you are being mended, one after the other.",
            )
        )
    parts.append(Small(say("Should you ever wish to be a member again, type `/cop home`.")))
    return [Reply(card("You are forgotten", *parts, tone="good"))]


# Quiet -------------------------------------------------------------------------------------------


class SetQuiet(Command):
    """I write to you only when you ask me something; once more, and I may write again."""

    on: Annotated[bool | None, Hidden] = None


@feature.command("privacy quiet", id="privacy.set_quiet", stays_forgotten=True)
async def set_quiet(command: SetQuiet, context: Context, people: People) -> Effects:
    """The other way round than it is; a button says which way it means."""
    on = not context.member.quiet if command.on is None else command.on
    await people.change(context.member.id, quiet=on)
    if on:
        words = say("From now on I write to you only when you ask me something.")
        back = Button("You may write to me", "privacy.set_quiet", {"on": False})
    else:
        words = say("I may write to you now and then again, at most twice a week and never at night.")
        back = Button("Don’t write to me", "privacy.set_quiet", {"on": True})
    return [Reply(card("", words, Buttons((back,)), tone="good"))]
