"""What the trial of isolation fills a community with, and the cases of the core's repositories.

A feature adds its own in tests/features/<feature>/isolation.py: `CASES`, keyed by "Class.method", with the
arguments by which another community should try each method of its repositories, and, if these take ids or
keys, a coroutine `fill(session, there)` that stores something of everything and returns `there` with the ids,
as a subclass of `FilledCommunity`. `HARMLESS` names methods that no arguments could make show or do anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from storage.agenda import Agenda, AgendaRow
from storage.agenda import Entry as Due
from storage.communities import Directory, People, Use
from storage.diary import Diary, DiaryRow
from storage.name_redaction import NamePatterns
from storage.outbox import DeliveryRecord, Letter, OutboxRow
from storage.session import orm_of
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.arranging import entry, fresh, past, post, settled

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class FilledCommunity:
    """A community with something of everything, and the ids and keys by which it is found.

    All that is stored of it contains its name, so that a leak would show.
    """

    name: str
    space: int
    community: int
    ines: int
    marek: int
    account: int
    """Of ines."""
    channel: int
    handle: str
    """Of the channel."""
    page: int
    letter: Letter
    due: Due


Filled = TypeVar("Filled", bound=FilledCommunity)
Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Cases = dict[str, Callable[[Filled], Arguments]]


def args(*positional: Any, **named: Any) -> Arguments:
    """The arguments of a case."""
    return positional, named


async def filled_by_the_core(session: Session, name: str, space: str) -> FilledCommunity:
    """A community of this name, with what the core stores of it."""
    there = await settled(
        session,
        space=space,
        community=name,
        people=(f"ines-{name}", f"marek-{name}"),
        channels=(f"general-{name}", f"help-{name}"),
    )
    ines, marek = there.members[f"ines-{name}"], there.members[f"marek-{name}"]
    account, channel = there.accounts[f"ines-{name}"], there.channels[f"general-{name}"]
    await Directory(session).put_accounts(there.space, [(f"late-{name}", f"Late {name}", "", True, False)])
    people = People(session, there.community)
    await people.grant(ines, "coordinator", NOW, f"note {name}")
    await people.change(marek, buddy=True)
    await people.assign(Use.RECAP, channel)
    await people.configure(begun_at=NOW - 30 * DAY, zone="Europe/Lisbon")
    await Agenda(session, there.community).put(f"key-{name}", "feature.do", f'{{"of":"{name}"}}', NOW)
    for number, nudge in enumerate(("welcome", "")):
        await post(
            session,
            there,
            f"post-{name}-{number}",
            lane=f"lane-{name}-{number}",
            member=ines,
            nudge=nudge,
            card=name,
        )
    letters = {row.key: row for row in await orm_of(session).scalars(select(OutboxRow))}
    sent = _letter(letters[f"post-{name}-0"])
    await DeliveryRecord(session, sent).sent(f"C-{name}", (f"M-{name}",), NOW)
    where = {"community_id": there.community, "channel_id": channel, "author_id": account}
    await Diary(session, there.space).write(
        [
            entry(f"general-{name}:1", NOW, message="1", excerpt=f"words of {name}", **where),
            fresh(f"fresh-{name}", NOW, excerpt=f"fresh words of {name}", body=f'"body-{name}"', **where),
            entry(f"delivered:{there.community}:post-{name}:0", NOW, kind="delivered", **where),
        ],
        NOW,
    )
    page = await orm_of(session).scalar(select(DiaryRow.id).where(DiaryRow.key == f"fresh-{name}"))
    agenda = await orm_of(session).scalar(select(AgendaRow.id).where(AgendaRow.key == f"key-{name}"))
    assert page is not None
    assert agenda is not None
    return FilledCommunity(
        name=name,
        space=there.space,
        community=there.community,
        ines=ines,
        marek=marek,
        account=account,
        channel=channel,
        handle=f"general-{name}",
        page=page,
        letter=_letter(letters[f"post-{name}-1"]),
        due=Due(agenda, there.community, f"key-{name}", "feature.do", "{}", NOW, 0, 0),
    )


def _letter(row: OutboxRow) -> Letter:
    names = {"community": "community_id", "space": "space_id", "member": "member_id"}
    return Letter(**{field: getattr(row, names.get(field, field)) for field in Letter._fields})


CASES: Cases[FilledCommunity] = {
    "Agenda.clear": lambda a: args(a.due.key),
    "Agenda.entries": lambda _: args(),
    "Agenda.failed": lambda a: args(a.due, "no", None),
    "Agenda.finish": lambda a: args(a.due),
    "Agenda.put": lambda a: args(a.due.key, "room.other", "{}", NOW + DAY),
    "Agenda.put_off": lambda a: args(a.due, NOW + DAY),
    "Agenda.reword": lambda a: args(a.due.key, "{}"),
    "Agenda.when": lambda a: args(a.due.key),
    "Diary.amend": lambda a: args(f"{a.handle}:1", excerpt="other", links=3, question=True),
    "Diary.digested": lambda a: args([a.page]),
    "Diary.drop": lambda a: args(f"{a.handle}:1"),
    "Diary.failed": lambda a: args(a.page, give_up=True),
    "Diary.fresh": lambda _: args(10),
    "Diary.naming": lambda a: args(NamePatterns.of([f"body-{a.name}"], [])),
    "Diary.reword": lambda a: args(a.page, "other"),
    "Diary.unauthored": lambda a: args([a.account]),
    "Diary.untold": lambda a: args(a.community, [f"post-{a.name}"]),
    "Diary.write": lambda a: args([entry(f"{a.handle}:1")], NOW),
    "Diary.write_past": lambda a: args([past(f"{a.handle}:1")], NOW),
    "Outbox.drop": lambda a: args(a.letter.id),
    "Outbox.forget": lambda a: args(a.ines),
    "Outbox.is_open": lambda a: args(a.letter.key),
    "Outbox.key_at": lambda a: args(a.space, f"C-{a.name}", f"M-{a.name}"),
    "Outbox.naming": lambda a: args(a.ines, [a.account], NamePatterns.of([a.name], [])),
    "Outbox.nudges_since": lambda a: args(a.ines, NOW - DAY),
    "Outbox.nudges_waiting": lambda a: args(a.ines, ("welcome", ""), NOW),
    "Outbox.opened": lambda a: args(a.letter.lane.replace("-1", "-0")),
    "Outbox.put": lambda a: args(
        key=a.letter.key,
        feature="r",
        space=None,
        lane="l",
        place="{}",
        card="c",
        at=NOW,
        stale=DAY,
        delivery="d",
    ),
    "Outbox.receipt": lambda a: args(a.letter.key.replace("-1", "-0")),
    "Outbox.revise": lambda a: args(a.letter.key, "new", NOW, WEEK),
    "Outbox.reword": lambda a: args(a.letter.id, "new", "{}", NOW),
    "Outbox.sent_to": lambda a: args(a.ines),
    "Outbox.withdraw": lambda a: args(a.letter.key, NOW, WEEK),
    "People.accounts": lambda a: args(a.ines),
    "People.assign": lambda a: args(Use.HELP, a.channel),
    "People.begin": lambda _: args(NOW),
    "People.buddies": lambda _: args(),
    "People.by_account": lambda a: args(a.account),
    "People.change": lambda a: args(a.ines, zone="Asia/Tokyo", quiet=True),
    "People.community": lambda _: args(),
    "People.configure": lambda _: args(country="PT"),
    "People.enrol_present": lambda _: args(NOW),
    "People.grant": lambda a: args(a.marek, "coordinator", NOW),
    "People.holders": lambda _: args("coordinator"),
    "People.member": lambda a: args(a.ines),
    "People.members": lambda a: args([a.ines, a.marek]),
    "People.names": lambda a: args([a.ines], a.space),
    "People.platforms": lambda _: args(),
    "People.present": lambda _: args(),
    "People.revoke": lambda a: args(a.ines, "coordinator"),
    "People.roles": lambda a: args(a.ines),
    "People.settle": lambda a: args([a.channel]),
    "People.spot": lambda a: args(a.space, a.handle),
    "People.spot_for": lambda _: args(Use.RECAP),
    "People.spots": lambda _: args(),
    "People.uses_of": lambda a: args(a.handle),
}
