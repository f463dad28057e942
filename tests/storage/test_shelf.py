"""The shelf in both databases: what is put there, found again, and forgotten."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from storage.base import Base
from storage.communities import Directory
from storage.engine import is_sqlite
from storage.ranking import Candidate, Term, folded, ranked, rarity, terms_of, unaccented
from storage.resources import CANDIDATES, Found, Link, Shelf, Shelved
from storage.session import orm_of
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.storage.arranging import Setting, setting


def link(path: str, headline: str = "", host: str = "example.org") -> Link:
    return Link(f"https://{host}/{path}", f"{host}/{path}", f"{host}/{path}", headline)


async def put(units: Units, here: Setting, path: str, by: str = "ines", **more: Any) -> Shelved:
    """Put a link there in a unit of its own."""
    given = {"at": NOW, **more}
    one = link(path, given.pop("headline", ""), given.pop("host", "example.org"))
    async with units.write() as session:
        return await Shelf(session, here.community).put(one, by=here.members[by], **given)


async def find(units: Units, here: Setting, words: str = "", **more: Any) -> list[str]:
    """The paths of what is found."""
    return paths(await found(units, here, words, **more))


async def found(units: Units, here: Setting, words: str = "", **more: Any) -> Found:
    async with units.read() as session:
        return await Shelf(session, here.community).find(words, **more)


def paths(results: Found) -> list[str]:
    return [one.label.partition("/")[2] for one in results.resources]


# Putting -----------------------------------------------------------------------------------------


async def test_what_is_put_there_is_read_back(units: Units) -> None:
    here = await setting(units)
    done = await put(units, here, "chunks", note="Pick sizes\nfrom the table", tags=("dask", "arrays"))
    assert (done.is_new, done.added_note, done.added_tags) == (True, True, ("dask", "arrays"))
    async with units.read() as session:
        shelf = Shelf(session, here.community)
        [one] = (await shelf.browse()).resources
        assert one == done.resource
        assert (one.title, one.host, one.tags) == ("Pick sizes", "example.org", ("arrays", "dask"))
        assert (one.shared_by, one.shared_at) == (here.members["ines"], NOW)


async def test_a_title_is_the_platforms_else_the_notes_else_the_address(units: Units) -> None:
    here = await setting(units)
    assert (await put(units, here, "a")).resource.title == "example.org/a"
    assert (await put(units, here, "a", note="Why")).resource.title == "Why"
    assert (await put(units, here, "a", headline="Official")).resource.title == "Official"
    assert (await put(units, here, "a", headline="Another")).resource.title == "Official"
    assert await find(units, here, "official") == ["a"]


async def test_the_same_link_is_kept_once_with_what_everybody_adds(units: Units) -> None:
    here = await setting(units)
    first = await put(units, here, "chunks", note="One", tags=("dask",))
    again = await put(
        units, here, "chunks", "marek", note="Two", tags=("Dask", "zarr"), at=NOW + timedelta(1)
    )
    assert (again.is_new, again.added_note, again.added_tags) == (False, True, ("zarr",))
    assert again.resource.id == first.resource.id
    assert [(note.text, note.member) for note in again.resource.notes] == [
        ("One", here.members["ines"]),
        ("Two", here.members["marek"]),
    ]
    assert again.resource.shared_by == here.members["ines"]
    assert await find(units, here, "two zarr") == ["chunks"]


async def test_saying_the_same_twice_adds_nothing(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "chunks", note="One", tags=("café",))
    again = await put(units, here, "chunks", note=" One ", tags=("CAFE",))
    assert (again.is_new, again.added_note, again.added_tags) == (False, False, ())


async def test_two_who_put_the_same_at_once_lose_nothing(units: Units) -> None:
    here = await setting(units, people=("ines", "marek", "nadia", "kofi"))
    people = ("ines", "marek", "nadia", "kofi")
    done = await asyncio.gather(
        *(put(units, here, "x", who, note=f"word{who}", tags=(f"t{who}",)) for who in people)
    )
    assert sum(one.is_new for one in done) == 1
    for who in people:
        assert await find(units, here, f"word{who}") == ["x"]
        assert await find(units, here, tags=[f"t{who}"]) == ["x"]


async def test_a_note_can_be_added_later(units: Units) -> None:
    here = await setting(units)
    one = (await put(units, here, "chunks")).resource
    async with units.write() as session:
        shelf = Shelf(session, here.community)
        done = await shelf.add(one.id, by=here.members["marek"], at=NOW, note="Splendid", tags=("dask",))
        assert done is not None
        assert done.added_note
        assert await shelf.add(one.id + 1, by=here.members["marek"], at=NOW, note="Splendid") is None
    assert await find(units, here, "splendid") == ["chunks"]


@pytest.mark.parametrize("stranger", ["by", "author"])
async def test_only_members_put_links_there(units: Units, stranger: str) -> None:
    here = await setting(units)
    there = await setting(units, space="T2", community="Other", people=("zoe",))
    who: Any = {"by": here.members["ines"], "author": None, stranger: there.members["zoe"]}
    async with units.write() as session:
        with pytest.raises(LookupError):
            await Shelf(session, here.community).put(link("x"), at=NOW, note="x", **who)


# Finding -----------------------------------------------------------------------------------------


async def test_words_are_found_in_title_tags_notes_and_address(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", headline="Parquet explained")
    await put(units, here, "2", tags=("parquet",))
    await put(units, here, "3", note="About parquet files")
    await put(units, here, "parquet")
    await put(units, here, "5", note="About something else")
    assert sorted(await find(units, here, "parquet")) == ["1", "2", "3", "parquet"]


async def test_beginnings_accents_case_and_plurals_do_not_matter(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", note="Größe der Blöcke")
    await put(units, here, "2", note="Chunking strategies")
    await put(units, here, "3", note="A library for Łódź")
    for words, path in [
        ("grosse", "1"),
        ("BLÖCK", "1"),
        ("blocke", "1"),
        ("chunk", "2"),
        ("strategie", "2"),
        ("libraries", "3"),
        ("lodz", "3"),
    ]:
        assert await find(units, here, words) == [path], words


async def test_short_words_find_only_themselves(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", note="R for beginners")
    await put(units, here, "2", note="Rust for beginners")
    assert await find(units, here, "r") == ["1"]


async def test_a_part_of_the_address_is_enough(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "a/b", host="github.com")
    await put(units, here, "c", host="xarraytutorial.org")
    assert await find(units, here, "github") == ["a/b"]
    assert await find(units, here, "hub") == ["a/b"]
    assert await find(units, here, "tutorial") == ["c"]
    assert await find(units, here, "github.com/a/b") == ["a/b"]


async def test_words_that_a_readable_address_leaves_out_are_found(units: Units) -> None:
    here = await setting(units)
    ines = here.members["ines"]
    one = Link(
        "https://xn--mnchen-3ya.de/a/b/c", "xn--mnchen-3ya.de/arch%C3%ADvos/middle/end", "münchen.de/…/end"
    )
    async with units.write() as session:
        await Shelf(session, here.community).put(one, by=ines, at=NOW)
    for words in ("munchen", "middle", "arquivos arch", "end"):
        assert (await found(units, here, words)).total == 1, words


async def test_a_link_with_very_many_notes_can_be_searched(units: Units) -> None:
    here = await setting(units)
    one = (await put(units, here, "1", note="first")).resource
    async with units.write() as session:
        shelf = Shelf(session, here.community)
        for number in range(30):
            words = " ".join(f"w{number}x{n}" for n in range(80))
            await shelf.add(one.id, by=here.members["ines"], at=NOW, note=words)
    assert await find(units, here, "first") == ["1"]


async def test_signs_without_spaces_between_words_are_found(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", note="機械学習の入門")
    assert await find(units, here, "学習") == ["1"]


async def test_what_adding_returns_is_what_is_read_afterwards(units: Units) -> None:
    here = await setting(units)
    first = await put(units, here, "a", note="Good", tags=("Zebra", "café", "Cafe", "x" * 60))
    again = await put(units, here, "a", by="marek", note="Better", tags=("x" * 60, "CAFÉ", "apple"))
    assert first.added_tags == ("Zebra", "café", "x" * 40)
    assert again.added_tags == ("apple",)
    (read,) = (await found(units, here)).resources
    assert again.resource == read
    assert [note.text for note in read.notes] == ["Good", "Better"]


async def test_topics_and_people_narrow_a_search(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", note="chunking", tags=("dask", "arrays"))
    await put(units, here, "2", "marek", note="chunking", tags=("dask",), at=NOW + timedelta(1))
    await put(units, here, "3", "marek", note="other", tags=("café",), at=NOW + timedelta(2))
    await put(units, here, "1", "marek", note="indeed")
    ines, marek = here.members["ines"], here.members["marek"]
    assert await find(units, here, "chunking", tags=["dask", "Arrays"]) == ["1"]
    assert await find(units, here, "chunking", by=ines) == ["1"]
    assert sorted(await find(units, here, "chunking", by=marek)) == ["1", "2"]
    assert await find(units, here, by=marek) == ["3", "2", "1"]
    assert await find(units, here, tags=["cafe"]) == ["3"]
    assert await find(units, here, tags=["dask", "nope"]) == []


async def test_the_best_comes_first_in_the_same_order_on_both_databases(units: Units) -> None:
    here = await setting(units)
    for path, headline, note, tags in [
        ("all", "Chunking with dask", "", ("dask",)),
        ("topic", "", "Sizes of chunks", ("dask",)),
        ("title", "Dask", "", ()),
        ("note", "", "Somebody mentioned dask here, among many other things", ()),
        ("neither", "Xarray", "", ()),
        ("one", "", "Chunking", ()),
    ]:
        await put(units, here, path, headline=headline, note=note, tags=tags)
    assert await find(units, here, "dask chunks") == ["all", "topic", "one", "title", "note"]


async def test_equal_ones_come_the_newest_first(units: Units) -> None:
    here = await setting(units)
    for day in range(5):
        await put(units, here, str(day), headline="Dask", at=NOW + timedelta(day))
    assert await find(units, here, "dask", limit=3) == ["4", "3", "2"]


HARMLESS = [
    '"',
    '"dask',
    "dask*",
    "*",
    "AND",
    "dask AND NOT chunks OR",
    "NEAR(dask chunks)",
    "-dask",
    "title_words:dask",
    "dask & !chunks | (",
    "'); DROP TABLE resource; --",
    "da\x00sk",
    "\x00",
    "%",
    "_",
    "\\",
    ":*",
    "{x}",
    "\ud800",
    "🦄",
    "dask " * 2_000,
    "x" * 10_000,
    " ".join(f"w{n}" for n in range(2_000)),
]


async def test_what_people_type_is_never_syntax(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", note="dask chunks")
    for words in HARMLESS:
        assert await find(units, here, words) in (["1"], []), ascii(words[:40])
        assert await find(units, here, tags=[words[:40]]) == [], ascii(words[:40])
    assert await find(units, here, '"dask*') == ["1"]


async def test_words_of_marks_alone_find_nothing(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1")
    assert await find(units, here, "!?") == []
    assert await find(units, here, "") == ["1"]


async def test_what_is_written_with_control_characters_is_kept_without_them(units: Units) -> None:
    here = await setting(units)
    done = await put(
        units, here, "1", note="da\x00sk\x07\nline", tags=("a\x00b", "\x00", "\u0301"), headline="\x00x"
    )
    assert done.resource.notes[0].text == "dask\nline"
    assert done.resource.tags == ("ab",)
    assert done.resource.headline == "x"


async def test_many_matches_are_cut_to_the_best(units: Units) -> None:
    here = await setting(units)
    async with units.write() as session:
        shelf = Shelf(session, here.community)
        for number in range(CANDIDATES + 10):
            await shelf.put(link(str(number)), by=here.members["ines"], at=NOW, note="common words")
    results = await found(units, here, "common", limit=8)
    assert (len(results.resources), results.total) == (8, CANDIDATES)


# Browsing ----------------------------------------------------------------------------------------


async def test_pages_are_the_newest_first_and_complete(units: Units) -> None:
    here = await setting(units)
    for day in range(7):
        await put(units, here, str(day), at=NOW + timedelta(day), tags=("odd",) if day % 2 else ())
    async with units.read() as session:
        shelf = Shelf(session, here.community)
        pages = [await shelf.browse(page=page, size=3) for page in (1, 2, 3, 4)]
        assert [paths(page) for page in pages] == [["6", "5", "4"], ["3", "2", "1"], ["0"], []]
        assert {page.total for page in pages} == {7}
        odd = await shelf.browse(tags=["odd"], size=2)
        assert (paths(odd), odd.total) == (["5", "3"], 3)


async def test_a_recap_sees_what_came_in_its_time(units: Units) -> None:
    here = await setting(units)
    for day in range(4):
        await put(units, here, str(day), at=NOW + timedelta(day))
    async with units.read() as session:
        shelf = Shelf(session, here.community)
        results = await shelf.between(NOW + timedelta(1), NOW + timedelta(3), limit=1)
        assert (paths(results), results.total) == (["2"], 2)


async def test_topics_are_the_most_used_first(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", tags=("dask", "zarr"))
    await put(units, here, "2", tags=("Dask", "arrow"))
    async with units.read() as session:
        shelf = Shelf(session, here.community)
        assert [(tag.lower(), n) for tag, n in await shelf.topics()] == [
            ("dask", 2),
            ("arrow", 1),
            ("zarr", 1),
        ]
        assert len(await shelf.topics(limit=1)) == 1


# Choosing ----------------------------------------------------------------------------------------


async def test_an_offer_is_for_one_member_and_for_a_time(units: Units) -> None:
    here = await setting(units)
    ines, marek = here.members["ines"], here.members["marek"]
    async with units.write() as session:
        shelf = Shelf(session, here.community)
        offered = await shelf.offer([link("1"), link("2")], to=ines, at=NOW, words="look", author=marek)
        assert [one.link.label for one in offered] == ["example.org/1", "example.org/2"]
        assert await shelf.choice(offered[0].id, ines) == offered[0]
        assert await shelf.choice(offered[0].id, marek) is None
        await shelf.drop_choices(NOW - timedelta(hours=1))
        assert await shelf.choice(offered[0].id, ines) is not None
        await shelf.drop_choices(NOW)
        assert await shelf.choice(offered[0].id, ines) is None


# One community sees nothing of another ------------------------------------------------------------


async def test_nothing_is_seen_or_changed_from_another_community(units: Units) -> None:
    here = await setting(units)
    there = await setting(units, space="T2", community="Other", people=("zoe",))
    one = (await put(units, here, "1", note="secret", tags=("dask",))).resource
    ines, zoe = here.members["ines"], there.members["zoe"]
    async with units.write() as session:
        [choice] = await Shelf(session, here.community).offer([link("2")], to=ines, at=NOW, words="psst")
    async with units.write() as session:
        shelf = Shelf(session, there.community)
        nothing = Found((), 0)
        for words in ("", "secret", "example", "xampl"):
            assert await shelf.find(words) == nothing
        assert await shelf.find("", tags=["dask"]) == nothing
        assert await shelf.find("", by=ines) == nothing
        assert await shelf.browse() == nothing
        assert await shelf.between(NOW - timedelta(1), NOW + timedelta(1)) == nothing
        assert await shelf.topics() == []
        assert await shelf.add(one.id, by=zoe, at=NOW, note="mine now") is None
        assert await shelf.choice(choice.id, ines) is None
        await shelf.drop_choices(NOW + timedelta(9))
        assert await shelf.show(ines) == []
        assert await shelf.export(ines) == {"shared": [], "notes": [], "waiting": []}
        await shelf.forget(ines)
        # The same link may stand on both shelves, each with its own notes.
        assert (await shelf.put(link("1"), by=zoe, at=NOW)).is_new
    async with units.read() as session:
        shelf = Shelf(session, here.community)
        assert (await shelf.browse()).resources == (one,)
        assert await shelf.choice(choice.id, ines) == choice


# Privacy -----------------------------------------------------------------------------------------


async def test_a_member_sees_and_takes_away_everything_about_them(units: Units) -> None:
    here = await setting(units)
    ines, marek = here.members["ines"], here.members["marek"]
    await put(units, here, "1", note="My words")
    await put(units, here, "2", "marek", note="His words")
    async with units.write() as session:
        shelf = Shelf(session, here.community)
        await shelf.offer([link("3")], to=marek, at=NOW, words="Also mine", author=ines)
        assert await shelf.show(ines) == [
            "Put on the shelf: https://example.org/1",
            "Said about https://example.org/1: My words",
            "Waits for a day until someone saves it or not: https://example.org/3",
        ]
        assert await shelf.export(ines) == {
            "shared": [{"url": "https://example.org/1", "at": NOW.isoformat()}],
            "notes": [{"url": "https://example.org/1", "text": "My words", "at": NOW.isoformat()}],
            "waiting": [{"url": "https://example.org/3", "text": "Also mine", "at": NOW.isoformat()}],
        }
        assert (await shelf.export(marek))["waiting"] == [
            {"url": "https://example.org/3", "text": "", "at": NOW.isoformat()}
        ]


async def test_to_forget_leaves_nothing_of_a_person_in_any_column(units: Units) -> None:
    here = await setting(units)
    ines, marek = here.members["ines"], here.members["marek"]
    words = (b"xylophone", b"zyzzyva", b"quixotic")
    await put(units, here, "1", note="Xylophone mine", tags=("music",))
    await put(units, here, "1", "marek", note="Kept by him")
    await put(units, here, "2", "marek", note="Untouched")
    await put(units, here, "2", note="Zyzzyva too")
    async with units.write() as session:
        shelf = Shelf(session, here.community)
        await shelf.offer([link("3")], to=ines, at=NOW)
        await shelf.offer([link("4")], to=marek, at=NOW, words="Quixotic", author=ines)
    async with units.read() as session:
        before = await everything(session)
    assert all(word in before for word in (*words, f"member={ines};".encode())), "else nothing is tested"
    async with units.write() as session:
        await Shelf(session, here.community).forget(ines)

    assert await find(units, here, "xylophone") == []
    assert await find(units, here, by=ines) == []
    assert await find(units, here, "music") == ["1"]
    async with units.read() as session:
        shelf = Shelf(session, here.community)
        one, two = sorted((await shelf.browse()).resources, key=lambda r: r.id)
        assert (one.title, one.shared_by, [n.text for n in one.notes]) == (
            "Kept by him",
            None,
            ["Kept by him"],
        )
        assert (two.shared_by, [n.member for n in two.notes]) == (marek, [marek])
        assert await shelf.show(ines) == []
        kept = await everything(session)
        count = (await orm_of(session).execute(text("SELECT count(*) FROM resource_note"))).scalar_one()
    assert count == 4, "the counts stay"
    for word in words:
        assert word not in kept
    assert f"member={ines};".encode() not in kept


async def everything(session: Session) -> bytes:
    """All that the tables of the shelf hold, the full-text index and its shadows included, in lower case."""
    kept = b""
    tables = [name for name in Base.metadata.tables if name.startswith("resource")]
    if orm_of(session).get_bind().dialect.name == "sqlite":
        shadows = await orm_of(session).execute(
            text("SELECT name FROM sqlite_master WHERE name LIKE 'fts_resource_%'")
        )
        tables += [name for (name,) in shadows if not name.endswith(("_insert", "_update", "_delete"))]
    for table in tables:
        rows = (await orm_of(session).execute(text(f"SELECT * FROM {table}"))).mappings()
        for row in rows:
            for column, value in row.items():
                name = "member" if column in ("member_id", "author_id", "shared_by_id") else column
                kept += (
                    name.encode() + b"=" + (value if isinstance(value, bytes) else str(value).encode()) + b";"
                )
    return kept.lower()


async def test_the_index_follows_when_a_community_is_erased(units: Units) -> None:
    here = await setting(units)
    await put(units, here, "1", note="dask", tags=("a",))
    async with units.write() as session:
        await Directory(session).erase_space(here.space)
    async with units.write() as session:
        assert (await orm_of(session).execute(text("SELECT count(*) FROM resource_note"))).scalar_one() == 0
        if is_sqlite(units.engine.url):
            await orm_of(session).execute(
                text("INSERT INTO fts_resource(fts_resource) VALUES ('integrity-check')")
            )
            hits = await orm_of(session).execute(
                text("SELECT count(*) FROM fts_resource WHERE fts_resource MATCH 'dask'")
            )
            assert hits.scalar_one() == 0


async def test_the_index_is_what_it_indexes(units: Units) -> None:
    here = await setting(units)
    for number in range(20):
        await put(units, here, str(number % 7), "marek" if number % 2 else "ines", note=f"note {number}")
    async with units.write() as session:
        await Shelf(session, here.community).forget(here.members["marek"])
    async with units.write() as session:
        if is_sqlite(units.engine.url):
            await orm_of(session).execute(
                text("INSERT INTO fts_resource(fts_resource) VALUES ('integrity-check')")
            )
        else:
            query = "SELECT count(*) FROM resource WHERE fts_words @@ 'note:C'::tsquery"
            assert (await orm_of(session).execute(text(query))).scalar_one() == 7


# The pure part -----------------------------------------------------------------------------------


@given(st.text())
def test_folding_is_done_once_and_for_all(words: str) -> None:
    once = folded(words)
    assert folded(once) == once
    assert unaccented(unaccented(words)) == unaccented(words)
    assert all(word.isalnum() for word in once.split())


@given(st.text(max_size=3_000))
@example("\u3040 in the block of Japanese, and no letter")
def test_terms_are_few_short_and_plain(words: str) -> None:
    terms = terms_of(words)
    assert len(terms) <= 12
    assert all(term.word.isalnum() and len(term.word) <= 40 for term in terms)


def test_a_rarer_word_says_more() -> None:
    assert rarity(1, 1_000) > rarity(10, 1_000) > rarity(999, 1_000) > 0
    assert rarity(1, 1) > 0


def order(texts: Sequence[tuple[str, ...]], *words: str) -> list[int]:
    candidates = [Candidate(number, fields) for number, fields in enumerate(texts)]
    return ranked(candidates, [Term(word, True) for word in words], [1.0] * len(words), (2.0, 1.0))


def test_fields_weigh_more_words_count_more_and_length_counts_less() -> None:
    assert order([("", "dask"), ("dask", "")], "dask") == [1, 0]
    assert order([("", "dask"), ("", "dask zarr")], "dask", "zarr") == [1, 0]
    assert order([("", "dask " + "word " * 50), ("", "dask")], "dask") == [1, 0]
    assert order([("", "dask"), ("", "dask")], "dask") == [1, 0], "the newest first"


def test_inside_an_address_is_better_than_nowhere_and_less_than_a_word() -> None:
    assert order([("", "none"), ("", "github com"), ("", "hub")], "hub") == [2, 1, 0]
