"""Privacy: what is kept about somebody, shown, handed over, erased; and silence for whoever wants it."""

import json
from datetime import timedelta
from typing import Annotated

from facilitation.core.ask import Ask, Call, Hidden, Role
from facilitation.core.cards import Button, Buttons, Direct, File, Item, Items, Part, Small
from facilitation.core.effects import Effects, Post, Reply
from facilitation.core.erasing import Kept
from facilitation.core.room import Room
from facilitation.core.speech import card, count, say
from storage.communities import People

room = Room("privacy", "What I keep about you, and how to end that")

SHOWN = 12
"""So many lines of one room are shown; the file has them all."""
EXPORT_IS_STALE = timedelta(days=1)


# Show --------------------------------------------------------------------------------------------


class Show(Ask):
    """Everything I keep about you."""


@room.command("privacy show", stays_forgotten=True)
async def show(ask: Show, call: Call, kept: Kept) -> Effects:
    """What there is, room by room, for the asker alone."""
    parts: list[Part] = []
    for heading, lines in await kept.show(call.who.id):
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


class Export(Ask):
    """Everything I keep about you, as a file in a direct message."""


@room.command("privacy export", stays_forgotten=True)
async def export(ask: Export, call: Call, kept: Kept) -> Effects:
    """One JSON file, to the asker alone."""
    found = await kept.export(call.who.id, call.at)
    data = json.dumps(found, ensure_ascii=False, indent=2).encode()
    name = f"tertulia-{call.at:%Y-%m-%d}.json"
    message = card(
        "",
        "Here is everything I keep about you.",
        File(name, data, "Everything kept about you, in JSON"),
        Small(say("I forget the file itself once you have it.")),
    )
    key = f"export:{call.who.id}:{call.at.timestamp():.6f}"
    return [
        Post(Direct(call.who.id), message, key, stale=EXPORT_IS_STALE),
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


class Forget(Ask):
    """Erase everything about you, after asking once more."""


@room.command("privacy forget", stays_forgotten=True)
async def forget(ask: Forget, call: Call, people: People) -> Effects:
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
    if [holder.id for holder in holders] == [call.who.id]:
        parts.append(
            say(
                "**You are the only coordinator here.** Better hand over first: "
                "`/coordinate coordinators handover`"
            )
        )
    parts.append(
        Buttons(
            (
                Button("Erase everything about me", "privacy.forget_me", style="danger"),
                Button("Show me what there is", "privacy.show"),
                Button("Just don’t write to me", "privacy.quiet", {"on": True}),
            )
        )
    )
    parts.append(Small(say("If you ever change your mind, type `/cop home`: then you are a member anew.")))
    return [Reply(card("Shall I forget you?", *parts, tone="careful"))]


class ForgetMe(Ask):
    """Erase everything about you, now."""


@room.action()
async def forget_me(ask: ForgetMe, call: Call, kept: Kept) -> Effects:
    """All of it in this one transaction; what stands on the platform is revised one by one after it."""
    revised = await kept.forget(call.who.id, call.at)
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


class Quiet(Ask):
    """I write to you only when you ask me something; once more, and I may write again."""

    on: Annotated[bool | None, Hidden] = None


@room.command("privacy quiet", stays_forgotten=True)
async def quiet(ask: Quiet, call: Call, people: People) -> Effects:
    """The other way round than it is; a button says which way it means."""
    on = not call.who.quiet if ask.on is None else ask.on
    await people.change(call.who.id, quiet=on)
    if on:
        words = say("From now on I write to you only when you ask me something.")
        back = Button("You may write to me", "privacy.quiet", {"on": False})
    else:
        words = say("I may write to you now and then again, at most twice a week and never at night.")
        back = Button("Don’t write to me", "privacy.quiet", {"on": True})
    return [Reply(card("", words, Buttons((back,)), tone="good"))]
