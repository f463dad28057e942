"""Cards about the desk, the settings, the beginning, roles and their terms."""

from collections.abc import Sequence
from datetime import date, time

from facilitation.coordination.values import DAYS, ROLE_WORDS, RoleWord, day_in_words
from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import (
    Arg,
    Button,
    Buttons,
    Card,
    Channel,
    Fields,
    Items,
    Name,
    Part,
    Text,
)
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Role
from facilitation.core.values.speech import card, count, listed, quoted, say
from storage.communities import Community, Member, Spot, Use
from storage.coordination import Former, Holding

# The desk ------------------------------------------------------------------------------------------


def desk(waiting: Sequence[DeskItem]) -> Card:
    """Everything that waits for coordinators."""
    if not waiting:
        return card("The desk", "Nothing waits for you. Enjoy your hour.")
    return card("The desk", Items(tuple(item.item() for item in waiting)))


def hush_end(community: Community) -> Text:
    """Until when the bot is hushed."""
    if community.hush_until is None:
        return say("Until you lift it.")
    return say("Until {day}.", day=community.hush_until)


# Settings ------------------------------------------------------------------------------------------


def settings_saved(community: Community, spots: list[Spot]) -> Card:
    """The settings as they are now, with *Begin* until the community has begun."""
    by_use = {use: spot for spot in spots for use in spot.uses}
    home = [Channel(spot.space, spot.handle) for spot in spots if spot.community == community.id]
    rows = [Row("The community is", listed(list(home)) if home else say("everyone here"))]
    for use, label in (
        (Use.WELCOME, "Newcomers arrive in"),
        (Use.INTRODUCTIONS, "Introductions in"),
        (Use.HELP, "Questions in"),
        (Use.RECAP, "Weekly recap in"),
        (Use.COORDINATORS, "Coordinators in"),
    ):
        spot = by_use.get(use)
        rows.append(Row(label, say("{it}", it=Channel(spot.space, spot.handle)) if spot else say("not set")))
    day = DAYS[community.recap_day].capitalize()
    quiet = say("{a} to {b}", a=_hour(community.quiet_from), b=_hour(community.quiet_to))
    weekends = ", and weekends" if community.quiet_weekends else ""
    rows += [
        Row("Recap on", say("{day} at {at}", day=day, at=_hour(community.recap_at))),
        Row("Quiet hours", say("{quiet}{weekends}", quiet=quiet, weekends=weekends)),
        Row("Time zone", say("{zone}", zone=community.zone)),
        Row("Excerpts", say("kept for five weeks") if community.keep_excerpts else say("not kept")),
    ]
    parts: list[Part] = [Fields(tuple(rows))]
    if community.begun_at is None:
        parts += _before_begin()
    return card("Settings saved", *parts, tone="good")


def _hour(at: time) -> str:
    return f"{at:%H:%M}"


def _before_begin() -> list[Part]:
    return [
        say(
            "I am silent so far. When you press **Begin**, everyone present counts as a member of old, "
            "I say in the welcome channel who I am, what I keep and how to opt out, and my weekly work "
            "starts. The first recap waits for your approval."
        ),
        Buttons(
            (
                Button("Begin", "coordination.begin", style="primary"),
                Button("Change settings", "coordination.edit_settings"),
            )
        ),
    ]


# Begin ---------------------------------------------------------------------------------------------


def hello(community: Community, coordinators: list[Member]) -> Card:
    """The first post: who the bot is, what it stores, and how to opt out."""
    return card(
        "Hello",
        say(
            "I am Tertulia, a bot that helps **{name}** keep its rhythm. I remember the links you share, "
            "and once a week I tell what is worth catching up on. "
            "I am looked after by {who}.",
            name=community.name,
            who=listed(list(coordinators)),
        ),
        say(
            "**What I keep.** In this community’s channels: who wrote when, in which thread{begins}; "
            "after thirteen months only daily counts. "
            "Nothing from direct messages between people.",
            begins=", and the first 200 characters for five weeks" if community.keep_excerpts else "",
        ),
        say(
            "**Your say.** `/cop privacy show` is all that I keep about you, `/cop privacy forget` erases "
            "it, and with `/cop privacy quiet` I write to you only when you ask me something. "
            "`/cop help` shows what I can do."
        ),
    )


def begun(present: int) -> Card:
    """The answer to *Begin*: how many people are present, and what comes next."""
    return card(
        "We have begun",
        count(
            present,
            "One person is here; people who join from now on are newcomers.",
            "{n} people are here; people who join from now on are newcomers.",
        ),
        "`/coordinate desk` shows what waits for you, and every Monday I write it into your channel.",
        tone="good",
    )


# Roles ---------------------------------------------------------------------------------------------

_TASKS: dict[Role, Text] = {
    Role.COORDINATOR: say("`/coordinate desk` shows what waits, `/cop help` what you can do."),
    Role.SUPPORT: say("You look after newcomers: I tell you when one of them needs somebody."),
    Role.KEEPER: say("You look after the shelf: that its links are good, and good to find."),
    Role.FACILITATOR: say("You keep the conversation going: I remind you when it is your turn."),
}


def to_new_coordinator(by: Member, community: Community, note: str) -> Card:
    """The direct message to a new coordinator, with the note of the person who made them one."""
    parts: list[Part] = [say("{by} made you a coordinator of **{name}**.", by=by, name=community.name)]
    if note:
        parts.append(say("Their note: {note}", note=quoted(note, by.id)))
    parts.append(_TASKS[Role.COORDINATOR])
    return card("You coordinate", *parts)


def to_new_holder(
    role: Role, by: Member, community: Community, until: date | None, note: str, former: Sequence[Former]
) -> Card:
    """The direct message to a new holder of a role, with the notes of up to three `former` holders."""
    parts: list[Part] = [
        say("{by} made you {role} of **{name}**.", by=by, role=role.value, name=community.name)
    ]
    if until is not None:
        parts.append(say("Until {day}; I remind you before.", day=day_in_words(until)))
    if note:
        parts.append(say("Their note: {note}", note=note))
    parts += [say("{who} left this: {note}", who=Name(one.member), note=one.note) for one in former[:3]]
    return card(f"You are {role.value}", *parts, _TASKS[role])


def role_given(member: Member, role: Role, until: date | None, *, is_new: bool) -> Card:
    """The answer when a role is given, or the term of a role is changed."""
    words = say("now") if is_new else say("as before, from now on")
    if until is None:
        given = say("{who} is {role} {words}.", who=member, role=role.value, words=words)
    else:
        given = say(
            "{who} is {role} {words}, until {day}.",
            who=member,
            role=role.value,
            words=words,
            day=day_in_words(until),
        )
    return card("", given, tone="good")


def holder_with_term(held: Holding) -> Text:
    """`Ana (until 30 September 2026)`."""
    if held.until is None:
        return say("{who}", who=held.member)
    return say("{who} (until {day})", who=held.member, day=day_in_words(held.until))


# Terms ---------------------------------------------------------------------------------------------


def renewal(held: Holding, until: date) -> Button:
    """The button that renews a role; it carries the end that it moves."""
    word = ROLE_WORDS[held.role]
    args: dict[str, Arg] = {"member": held.member.id, "role": word, "until": until.isoformat()}
    return Button("Renew for half a year", "coordination.renew_role", args, style="primary")


def term_ends_for_holder(held: Holding, until: date, *, may_renew: bool) -> Card:
    """The reminder to the holder of a role."""
    return card(
        "Your term ends",
        say("You are {role} until {day}.", role=held.role, day=day_in_words(until)),
        Buttons((renewal(held, until),))
        if may_renew
        else say("If you would like to go on, tell a coordinator: they renew it by one press."),
    )


def term_ends(held: Holding, until: date) -> Card:
    """The reminder to coordinators."""
    return card(
        "A term ends",
        say("{who} is {role} until {day}.", who=held.member, role=held.role, day=day_in_words(until)),
        say("If nobody renews it, the role ends then."),
        Buttons((renewal(held, until),)),
    )


def term_ended_for_holder(role: str, word: RoleWord) -> Card:
    """The thanks to a former holder, who may leave a note."""
    return card(
        "Your term has ended",
        say("You were {role}. Thank you for the time you gave.", role=role),
        say("Would you like to leave a few lines for the next one?"),
        Buttons((Button("Leave a note", "coordination.leave_note", {"role": word}, style="primary"),)),
    )


def term_ended(held: Holding) -> Card:
    """The news to coordinators."""
    return card(
        "A term has ended",
        say("{who} is no longer {role}.", who=held.member, role=held.role),
        "`/coordinate roles add` names who follows.",
    )
