"""The room of the shelf: links are shared, saved from messages, found and browsed."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl

from facilitation.core.features.contributions import Period, Section
from facilitation.core.features.feature import Feature
from facilitation.core.values.cards import Part, Text
from facilitation.core.values.commands import Command, Context, Due
from facilitation.core.values.effects import Effects, Later, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText, MemberId, Tags
from facilitation.resources import cards
from facilitation.resources.addresses import links_in, read, with_scheme, words_around
from storage.communities import People
from storage.resources import LONGEST_NOTE, LONGEST_TAG, Link, Shelf

feature = Feature("resources", "The shelf: links worth keeping")

FOUND_AT_MOST = 8
PAGE = 5
NEWS_AT_MOST = 5
CHOICES_KEPT = timedelta(days=1)
CHOICES = "shelf:choices"


# Sharing -----------------------------------------------------------------------------------------


def _keepable(url: HttpUrl) -> HttpUrl:
    read(str(url))
    return url


class Share(Command):
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


@feature.command("share", id="resources.share")
async def share(command: Share, context: Context, shelf: Shelf) -> Effects:
    """Keep a link, or add to the one that is there."""
    shelved = await shelf.put(
        read(str(command.url)), by=context.member.id, at=context.at, note=command.note, tags=command.tags
    )
    return [Reply(cards.saved(shelved, context))]


class Annotate(Command):
    """Say why a link on the shelf helps."""

    heading: ClassVar[str] = "Say why it helps"

    resource: Annotated[int, Hidden]
    note: LongText = Field(title="Why it helps", description="a line or two", max_length=LONGEST_NOTE)
    tags: Tags = Field(default=(), title="Topics", description="separated by commas")


@feature.action(id="resources.annotate")
async def annotate(command: Annotate, context: Context, shelf: Shelf) -> Effects:
    """Add a note and topics to a link that is there."""
    shelved = await shelf.add(
        command.resource, by=context.member.id, at=context.at, note=command.note, tags=command.tags
    )
    if shelved is None:
        raise Refusal("That link is no longer on the shelf.")
    return [Reply(cards.added(shelved))]


# Saving from a message ---------------------------------------------------------------------------


def _known(author: object) -> object:
    """A member’s id; whoever is none has no say here, and no words on the shelf."""
    return author if isinstance(author, int) else None


class Save(Command):
    """Save a link from this message to the shelf."""

    place: Annotated[str, Hidden] = ""
    message: Annotated[str, Hidden] = ""
    text: Annotated[str, Hidden] = ""
    author: Annotated[MemberId | None, BeforeValidator(_known), Hidden] = None
    titles: Annotated[dict[str, str], Hidden] = Field(default={})
    """What the platform unfurled: titles by address."""


@feature.action(id="resources.save", label="Save to shelf")
async def save(command: Save, context: Context, shelf: Shelf, people: People) -> Effects:
    """Keep the one link of a message, or ask which.

    The message's words come along as its author's note, but only a member's, and only from a channel of this
    community: of what is said elsewhere nothing is stored but the link that was chosen.
    """
    titles = {link.key: title for url, title in command.titles.items() for link in links_in(url)}
    links = [Link(one.url, one.key, one.label, titles.get(one.key, "")) for one in links_in(command.text)]
    if not links:
        raise Refusal("I see no link in that message. What I can keep begins with https:// or http://")
    is_ours = command.author is not None and await _is_of_community(context, command.place, people)
    author = command.author if is_ours else None
    words = cards.shortened(words_around(command.text), LONGEST_NOTE) if is_ours else ""
    if len(links) == 1:
        shelved = await shelf.put(links[0], by=context.member.id, at=context.at, note=words, author=author)
        return [Reply(cards.saved(shelved, context))]
    await shelf.drop_choices(context.at - CHOICES_KEPT)
    choices = await shelf.offer(links, to=context.member.id, at=context.at, words=words, author=author)
    return [Reply(cards.which(choices)), Later(context.at + CHOICES_KEPT, DropChoices(), CHOICES)]


async def _is_of_community(context: Context, place: str, people: People) -> bool:
    """Whether a channel is one whose talk is this community's."""
    spot = await people.spot(context.space, place)
    if spot is None:
        return False
    return spot.community == context.community.id or (
        context.community.whole and spot.community is None and not spot.private
    )


class Choose(Command):
    """Save this one of several links."""

    choice: Annotated[int, Hidden]


@feature.action(id="resources.choose")
async def choose(command: Choose, context: Context, shelf: Shelf) -> Effects:
    """Keep the chosen link of a message."""
    choice = await shelf.choice(command.choice, context.member.id)
    if choice is None:
        raise Refusal("That was a day ago or more. Please choose “Save to shelf” on the message again.")
    shelved = await shelf.put(
        choice.link, by=context.member.id, at=context.at, note=choice.words, author=choice.author
    )
    return [Reply(cards.saved(shelved, context))]


class DropChoices(Command):
    """Forget links that nobody chose."""


@feature.action(id="resources.drop_choices")
async def drop_choices(command: DropChoices, due: Due, shelf: Shelf) -> Effects:
    """What was offered a day ago is over, chosen or not."""
    await shelf.drop_choices(due.at - CHOICES_KEPT)
    return []


# Finding -----------------------------------------------------------------------------------------


class Find(Command):
    """Find links on the shelf by words, topics and person."""

    heading: ClassVar[str] = "Search the shelf"
    submit: ClassVar[str] = "Search"

    words: str = Field(title="Words", description="a few are enough; a #topic narrows it down")
    by: MemberId | None = Field(
        default=None, title="Person", description="only what they shared or commented"
    )


@feature.command("find", id="resources.find")
async def find(command: Find, context: Context, shelf: Shelf) -> Effects:
    """The best links for some words; words that begin with `#` are topics they must have."""
    typed = command.words.split()
    topics = [word for word in typed if word.startswith("#") and word.strip("#")]
    words = " ".join(word for word in typed if word not in topics)
    tags = list(dict.fromkeys(topic.strip("#").casefold() for topic in topics))
    results = await shelf.find(words, tags=tags, by=command.by, limit=FOUND_AT_MOST)
    sought = cards.sought_for(words, tags, command.by)
    if results.resources:
        return [Reply(cards.found(results, sought, by_words=bool(words)))]
    return await _nothing(shelf, sought)


async def _nothing(shelf: Shelf, sought: Text) -> Effects:
    """What to say when nothing was found; on an empty shelf that is nobody's choice of words."""
    is_empty = not (await shelf.browse(size=1)).total
    return [Reply(cards.empty_shelf() if is_empty else cards.nothing_found(sought))]


# Browsing ----------------------------------------------------------------------------------------


class Browse(Command):
    """Look around on the shelf, the newest links first."""

    tag: str = Field(
        default="", title="Topic", description="only links with this one", max_length=LONGEST_TAG
    )
    by: MemberId | None = Field(
        default=None, title="Person", description="only what they shared or commented"
    )
    page: Annotated[int, Hidden] = Field(default=1, ge=1, le=100_000)


@feature.command("shelf", id="resources.browse")
async def browse(command: Browse, context: Context, shelf: Shelf) -> Effects:
    """One page of the shelf; a page beyond the end is the last one."""
    tag = command.tag.strip().lstrip("#").casefold()
    if len(tag.split()) > 1:
        raise Refusal("One topic at a time here. With /cop find you can look for several.", "tag")
    tags = [tag] if tag else []
    results = await shelf.browse(tags=tags, by=command.by, page=command.page, size=PAGE)
    pages = -(-results.total // PAGE)
    page = min(command.page, max(pages, 1))
    if page != command.page:
        results = await shelf.browse(tags=tags, by=command.by, page=page, size=PAGE)
    if not results.total:
        return await _nothing(shelf, cards.sought_for("", tags, command.by))
    topics = await shelf.topics()
    return [Reply(cards.page_of(results, topics, tag=tag, by=command.by, page=page, pages=pages))]


# What is collected -------------------------------------------------------------------------------


@feature.home("shelf")
async def on_the_shelf(context: Context, shelf: Shelf) -> list[Part]:
    """How much is on the shelf, and the newest of it."""
    return cards.at_home(await shelf.browse(size=1))


@feature.recap("shelf")
async def new_on_the_shelf(period: Period, shelf: Shelf) -> Section | None:
    """What came since the last recap."""
    newest = await shelf.between(period.since, period.until, limit=NEWS_AT_MOST)
    return Section("New on the shelf", cards.news(newest), weight=newest.total) if newest.total else None
