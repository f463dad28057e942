"""The room of the shelf: links are shared, saved from messages, found and browsed."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl

from facilitation.core.ask import Ask, Call, Due, Hidden, LongText, Person, Tags
from facilitation.core.cards import Part, Text
from facilitation.core.effects import Effects, Later, Reply
from facilitation.core.errors import Refusal
from facilitation.core.gathering import Period, Section
from facilitation.core.room import Room
from facilitation.resources import cards
from facilitation.resources.addresses import links_in, read, with_scheme, words_around
from storage.communities import People
from storage.resources import LONGEST_NOTE, LONGEST_TAG, Link, Shelf

room = Room("resources", "The shelf: links worth keeping")

FOUND_AT_MOST = 8
PAGE = 5
NEWS_AT_MOST = 5
CHOICES_KEPT = timedelta(days=1)
CHOICES = "shelf:choices"


# Sharing -----------------------------------------------------------------------------------------


def _keepable(url: HttpUrl) -> HttpUrl:
    read(str(url))
    return url


class Share(Ask):
    """Put a link on the community’s shelf."""

    heading: ClassVar[str] = "Share a link"
    submit: ClassVar[str] = "Share"

    url: Annotated[HttpUrl, BeforeValidator(with_scheme), AfterValidator(_keepable)] = Field(
        title="Link", description="where it is"
    )
    note: LongText = Field(
        default="", title="Why it helps", description="a line or two", max_length=LONGEST_NOTE
    )
    tags: Tags = Field(default=(), title="Topics", description="separated by commas")


@room.command("share")
async def share(ask: Share, call: Call, shelf: Shelf) -> Effects:
    """Keep a link, or add to the one that is there."""
    shelved = await shelf.put(read(str(ask.url)), by=call.who.id, at=call.at, note=ask.note, tags=ask.tags)
    return [Reply(cards.saved(shelved, call))]


class Annotate(Ask):
    """Say why a link on the shelf helps."""

    heading: ClassVar[str] = "Say why it helps"

    resource: Annotated[int, Hidden]
    note: LongText = Field(title="Why it helps", description="a line or two", max_length=LONGEST_NOTE)
    tags: Tags = Field(default=(), title="Topics", description="separated by commas")


@room.action()
async def annotate(ask: Annotate, call: Call, shelf: Shelf) -> Effects:
    """Add a note and topics to a link that is there."""
    shelved = await shelf.add(ask.resource, by=call.who.id, at=call.at, note=ask.note, tags=ask.tags)
    if shelved is None:
        raise Refusal("That link is no longer on the shelf.")
    return [Reply(cards.added(shelved))]


# Saving from a message ---------------------------------------------------------------------------


def _known(author: object) -> object:
    """A member’s id; whoever is none has no say here, and no words on the shelf."""
    return author if isinstance(author, int) else None


class Save(Ask):
    """Save a link from this message to the shelf."""

    place: Annotated[str, Hidden] = ""
    message: Annotated[str, Hidden] = ""
    text: Annotated[str, Hidden] = ""
    author: Annotated[Person | None, BeforeValidator(_known), Hidden] = None
    titles: Annotated[dict[str, str], Hidden] = Field(default={})
    """What the platform unfurled: titles by address."""


@room.action(label="Save to shelf")
async def save(ask: Save, call: Call, shelf: Shelf, people: People) -> Effects:
    """Keep the one link of a message, or ask which.

    The message's words come along as its author's note, but only a member's, and only from a channel of this
    community: of what is said elsewhere nothing is stored but the link that was chosen.
    """
    titles = {link.key: title for url, title in ask.titles.items() for link in links_in(url)}
    links = [Link(one.url, one.key, one.label, titles.get(one.key, "")) for one in links_in(ask.text)]
    if not links:
        raise Refusal("I see no link in that message. What I can keep begins with https:// or http://")
    is_ours = ask.author is not None and await _is_of_community(call, ask.place, people)
    author = ask.author if is_ours else None
    words = cards.shortened(words_around(ask.text), LONGEST_NOTE) if is_ours else ""
    if len(links) == 1:
        shelved = await shelf.put(links[0], by=call.who.id, at=call.at, note=words, author=author)
        return [Reply(cards.saved(shelved, call))]
    await shelf.drop_choices(call.at - CHOICES_KEPT)
    choices = await shelf.offer(links, to=call.who.id, at=call.at, words=words, author=author)
    return [Reply(cards.which(choices)), Later(call.at + CHOICES_KEPT, DropChoices(), CHOICES)]


async def _is_of_community(call: Call, place: str, people: People) -> bool:
    """Whether a channel is one whose talk is this community's."""
    spot = await people.spot(call.space, place)
    if spot is None:
        return False
    return spot.community == call.community.id or (
        call.community.whole and spot.community is None and not spot.private
    )


class Choose(Ask):
    """Save this one of several links."""

    choice: Annotated[int, Hidden]


@room.action()
async def choose(ask: Choose, call: Call, shelf: Shelf) -> Effects:
    """Keep the chosen link of a message."""
    choice = await shelf.choice(ask.choice, call.who.id)
    if choice is None:
        raise Refusal("That was a day ago or more. Please choose “Save to shelf” on the message again.")
    shelved = await shelf.put(
        choice.link, by=call.who.id, at=call.at, note=choice.words, author=choice.author
    )
    return [Reply(cards.saved(shelved, call))]


class DropChoices(Ask):
    """Forget links that nobody chose."""


@room.action()
async def drop_choices(ask: DropChoices, due: Due, shelf: Shelf) -> Effects:
    """What was offered a day ago is over, chosen or not."""
    await shelf.drop_choices(due.at - CHOICES_KEPT)
    return []


# Finding -----------------------------------------------------------------------------------------


class Find(Ask):
    """Find links on the shelf by words, topics and person."""

    heading: ClassVar[str] = "Search the shelf"
    submit: ClassVar[str] = "Search"

    words: str = Field(title="Words", description="a few are enough; a #topic narrows it down")
    by: Person | None = Field(default=None, title="Person", description="only what they shared or commented")


@room.command("find")
async def find(ask: Find, call: Call, shelf: Shelf) -> Effects:
    """The best links for some words; words that begin with `#` are topics they must have."""
    typed = ask.words.split()
    topics = [word for word in typed if word.startswith("#") and word.strip("#")]
    words = " ".join(word for word in typed if word not in topics)
    tags = list(dict.fromkeys(topic.strip("#").casefold() for topic in topics))
    results = await shelf.find(words, tags=tags, by=ask.by, limit=FOUND_AT_MOST)
    sought = cards.sought_for(words, tags, ask.by)
    if results.resources:
        return [Reply(cards.found(results, sought, by_words=bool(words)))]
    return await _nothing(shelf, sought)


async def _nothing(shelf: Shelf, sought: Text) -> Effects:
    """What to say when nothing was found; on an empty shelf that is nobody's choice of words."""
    is_empty = not (await shelf.browse(size=1)).total
    return [Reply(cards.empty_shelf() if is_empty else cards.nothing_found(sought))]


# Browsing ----------------------------------------------------------------------------------------


class Browse(Ask):
    """Look around on the shelf, the newest links first."""

    tag: str = Field(
        default="", title="Topic", description="only links with this one", max_length=LONGEST_TAG
    )
    by: Person | None = Field(default=None, title="Person", description="only what they shared or commented")
    page: Annotated[int, Hidden] = Field(default=1, ge=1, le=100_000)


@room.command("shelf")
async def browse(ask: Browse, call: Call, shelf: Shelf) -> Effects:
    """One page of the shelf; a page beyond the end is the last one."""
    tag = ask.tag.strip().lstrip("#").casefold()
    if len(tag.split()) > 1:
        raise Refusal("One topic at a time here. With /cop find you can look for several.", "tag")
    tags = [tag] if tag else []
    results = await shelf.browse(tags=tags, by=ask.by, page=ask.page, size=PAGE)
    pages = -(-results.total // PAGE)
    page = min(ask.page, max(pages, 1))
    if page != ask.page:
        results = await shelf.browse(tags=tags, by=ask.by, page=page, size=PAGE)
    if not results.total:
        return await _nothing(shelf, cards.sought_for("", tags, ask.by))
    topics = await shelf.topics()
    return [Reply(cards.page_of(results, topics, tag=tag, by=ask.by, page=page, pages=pages))]


# What is collected -------------------------------------------------------------------------------


@room.home(order=40)
async def on_the_shelf(call: Call, shelf: Shelf) -> list[Part]:
    """How much is on the shelf, and the newest of it."""
    return cards.at_home(await shelf.browse(size=1))


@room.recap(order=40)
async def new_on_the_shelf(period: Period, shelf: Shelf) -> Section | None:
    """What came since the last recap."""
    newest = await shelf.between(period.since, period.until, limit=NEWS_AT_MOST)
    return Section("New on the shelf", cards.news(newest), weight=newest.total) if newest.total else None
