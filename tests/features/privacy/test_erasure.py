"""Every table there is is filled with somebody's things, and after they are forgotten nothing is found.

A table that comes later is filled too, by the types of its columns: until its repository forgets, this fails.
"""

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, String, Table, Time, func, select
from sqlalchemy.exc import IntegrityError

from bot.features import FEATURES
from facilitation.core.features.registry import Registry
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.people.redaction import PersonTrace, redacted, without_quotes
from facilitation.core.values.cards import (
    Buttons,
    Card,
    Field,
    Fields,
    File,
    Item,
    Items,
    Link,
    Mention,
    Name,
    Picture,
    Plain,
    Small,
    Text,
)
from storage.base import NAMES, Instant
from storage.name_redaction import NamePatterns
from storage.session import orm_of
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.shape.tables import tables
from tests.storage.arranging import Setting, settled
from tests.traces import traces_of

ZOE, NAME, WORD = "U0ZEBRA", "Zoe Quagga", "xylophonic"
OTHERS_WORDS = {
    # In rows of hers, words that are not hers: the title that a platform gives the page behind a link.
    "resource.headline",
    # Nor are the words of a step hers in which she is suggested: those are the coordinators’.
    "welcome_step.words",
    "welcome_step.link",
}


class Filling:
    """One row for each table, as full of one person as it can be."""

    def __init__(self, there: Setting) -> None:
        self.there = there
        self.numbers = {
            "member": there.members[ZOE],
            "account": there.accounts[ZOE],
            "community": there.community,
            "space": there.space,
            "channel": there.channels["general"],
        }
        self.last = 0

    async def fill(self, session: Session, table: Table) -> None:
        """Put a row in; where one is there that must be the only one, that one serves."""
        row = {column.name: self.value(table, column) for column in table.columns if not self.counts(column)}
        try:
            async with orm_of(session).begin_nested():
                made: Any = await orm_of(session).execute(table.insert().values(**row))
        except IntegrityError:
            return
        self.numbers.setdefault(table.name, made.inserted_primary_key[0])

    def value(self, table: Table, column: "Column[Any]") -> Any:
        """A value for a column: her number, her words, her name in others' words, or anything."""
        for key in column.foreign_keys:
            return self.numbers[key.column.table.name]
        self.last += 1
        match column.type:
            case String():
                return self.words(table, column)
            case Instant():
                return NOW
            case Boolean():
                return False
            case Date():
                return date(2026, 3, self.last % 28 + 1)
            case Time():
                return time(9)
            case LargeBinary():
                return WORD.encode()
            case _:
                return 1

    def words(self, table: Table, column: "Column[Any]") -> str:
        length: int | None = getattr(column.type, "length", None)
        if column.info.get(NAMES) == "kept":
            return "{}" if length is None else f"x{self.last}"
        if (length or 1_000) < 100:
            return f"x{self.last}"
        if column.info.get(NAMES) == "folded":
            return f"as {NAME.lower()} says"
        is_hers = any(key.column.table.name in ("member", "account") for key in table.foreign_keys)
        return WORD if is_hers and f"{table.name}.{column.name}" not in OTHERS_WORDS else f"as {NAME} says"

    @staticmethod
    def counts(column: "Column[Any]") -> bool:
        """Whether the database counts this by itself."""
        alone = len(column.table.primary_key.columns) == 1
        return column.primary_key and alone and not column.foreign_keys and isinstance(column.type, Integer)


@pytest.fixture
async def filled(units: Units) -> Setting:
    """A database in which every table has something of Zoe's."""
    async with units.write() as session:
        there = await settled(session, people=(ZOE, "kofi"))
        for kind in ("member", "account"):
            table = tables()[kind]
            await orm_of(session).execute(
                table.update().where(table.c.id == getattr(there, f"{kind}s")[ZOE]).values(name=NAME)
            )
        filling = Filling(there)
        for table in tables()["member"].metadata.sorted_tables:
            if table.name in tables():
                await filling.fill(session, table)
        orm_of(session).expunge_all()
    return there


async def forget(units: Units, there: Setting) -> None:
    async with units.write() as session:
        await PersonalData(session, there.community, Registry(FEATURES)).forget(there.members[ZOE], NOW)


async def test_there_is_something_in_every_table(units: Units, filled: Setting) -> None:
    async with units.read() as session:
        empty = [
            name
            for name, table in tables().items()
            if not await orm_of(session).scalar(select(func.count()).select_from(table))
        ]
    assert set(empty) <= {"suppression", "suppression_key"}, "made when somebody is forgotten"


async def test_nothing_of_a_forgotten_person_is_left_in_any_table(units: Units, filled: Setting) -> None:
    async with units.read() as session:
        found = await traces_of(session, [ZOE, NAME, WORD])
    assert len({one.partition(".")[0] for one in found}) >= 8, "there is too little to forget"
    await forget(units, filled)
    async with units.read() as session:
        assert await traces_of(session, [ZOE, NAME, WORD]) == []


async def test_no_row_points_at_a_forgotten_person(units: Units, filled: Setting) -> None:
    await forget(units, filled)
    numbers = {"member": filled.members[ZOE], "account": filled.accounts[ZOE]}
    left = []
    async with units.read() as session:
        for name, table in tables().items():
            for column in table.columns:
                for key in column.foreign_keys:
                    number = numbers.get(key.column.table.name)
                    if (
                        number
                        and (await orm_of(session).execute(select(column).where(column == number))).first()
                    ):
                        left.append(f"{name}.{column.name}")
    assert left == []


async def test_bytes_are_searched_too(units: Units, filled: Setting) -> None:
    await forget(units, filled)
    async with units.read() as session:
        for table in tables().values():
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    found = list(await orm_of(session).scalars(select(column)))
                    assert not any(WORD.encode() in (one or b"") for one in found), column


# Names in others' words ----------------------------------------------------------------------------

ANA = NamePatterns.of(["U1", "ana"], ["Ana Sousa", "Will", ""])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Thanks, Ana Sousa!", "Thanks, someone!"),
        ("thanks to ANA SOUSA", "thanks to someone"),
        ("@ana.sousa and #ana_sousa", "@someone and #someone"),
        ("<@U1> said so", "<@someone> said so"),
        ("ask @ana, not Banana or Anas", "ask @someone, not Banana or Anas"),
        ("Will will do it", "someone will do it"),
        ("Ana, Sousa", "Ana, Sousa"),
        ("U12 u1", "U12 u1"),
        ("", ""),
    ],
)
def test_a_name_is_hidden_where_it_stands_as_a_word(text: str, hidden: str) -> None:
    assert ANA.hidden(text) == hidden
    assert ANA.is_in(text) == (text != hidden)


def test_a_name_of_one_letter_is_not_looked_for() -> None:
    nobody = NamePatterns.of(["X"], ["Y", "  "])
    assert nobody.words == ()
    assert nobody.hidden("X and Y") == "X and Y"


def test_folded_words_lose_a_name_and_nothing_else() -> None:
    assert ANA.unfolded("ask ana sousa about banana will") == "ask about banana"


# Cards ---------------------------------------------------------------------------------------------

TRACE = PersonTrace(frozenset({5}), frozenset({5, -7}), ANA.hidden)


def test_a_card_names_and_quotes_nobody_who_is_forgotten() -> None:
    before = Card(
        "A guide by Ana Sousa",
        (
            Text(
                (Name(5), Plain(" met "), Mention(6), Plain("their words", by=5), Plain("older ones", by=-7))
            ),
            Small(Text((Plain("kept", by=6), Link("https://a.example/", "hers", 5)))),
            Fields((Field("Ana Sousa", Text((Mention(5),))),)),
            Items((Item(Text((Plain("by ana", "bold"),)), Text((Name(6),))),)),
            Picture(b"png", "Ana Sousa, drawn"),
            Buttons(),
        ),
    )
    after = Card(
        "A guide by someone",
        (
            Text((Plain("someone"), Plain(" met "), Mention(6), Plain("…"), Plain("…"))),
            Small(Text((Plain("kept", by=6), Link("https://a.example/", "https://a.example/")))),
            Fields((Field("someone", Text((Plain("someone"),))),)),
            Items((Item(Text((Plain("by someone", "bold"),)), Text((Name(6),))),)),
            Picture(b"png", "someone, drawn"),
            Buttons(),
        ),
    )
    assert redacted(before, TRACE) == after
    assert redacted(after, TRACE) == after


def test_a_card_whose_time_is_over_quotes_nobody_and_holds_no_file() -> None:
    before = Card(
        "Week 9", (Text((Name(6), Plain(": "), Plain("words", by=6))), File("a.json", b"{}", "all"))
    )
    after = Card("Week 9", (Text((Name(6), Plain(": "), Plain("…"))), File("a.json", b"", "all")))
    assert without_quotes(before) == after
