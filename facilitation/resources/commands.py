"""Members' commands: share links, save them from messages, find and browse them."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl

from facilitation.core.values.cards import Text
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, Later, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText, MemberId, Tags
from facilitation.resources import cards, keys
from facilitation.resources.addresses import links_in, parse_address, text_without_links, with_scheme
from facilitation.resources.feature import feature
from facilitation.resources.jobs import CHOICES_KEPT, DropChoices
from storage.communities import People
from storage.resources import LONGEST_NOTE, LONGEST_TAG, Link, Shelf

FOUND_AT_MOST = 8
PAGE = 5


# Share -------------------------------------------------------------------------------------------


def _keepable(url: HttpUrl) -> HttpUrl:
    parse_address(str(url))
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
    """Store a link, or add the note and topics to the same link if the shelf has it."""
    link = parse_address(str(command.url))
    shelved = await shelf.put(link, by=context.member.id, at=context.at, note=command.note, tags=command.tags)
    return [Reply(cards.saved(shelved, context))]


class Annotate(Command):
    """Say why a link on the shelf helps."""

    heading: ClassVar[str] = "Say why it helps"

    resource: Annotated[int, Hidden]
    note: LongText = Field(title="Why it helps", description="a line or two", max_length=LONGEST_NOTE)
    tags: Tags = Field(default=(), title="Topics", description="separated by commas")


@feature.action(id="resources.annotate")
async def annotate(command: Annotate, context: Context, shelf: Shelf) -> Effects:
    """Add a note and topics to a link on the shelf."""
    shelved = await shelf.add(
        command.resource, by=context.member.id, at=context.at, note=command.note, tags=command.tags
    )
    if shelved is None:
        raise Refusal("That link is no longer on the shelf.")
    return [Reply(cards.added(shelved))]


# Save from a message -----------------------------------------------------------------------------


def _member_or_none(author: object) -> object:
    """The author's member id; None for authors who are no members, whose words are not stored."""
    return author if isinstance(author, int) else None


class SaveFromMessage(Command):
    """Save a link from this message to the shelf."""

    place: Annotated[str, Hidden] = ""
    message: Annotated[str, Hidden] = ""
    text: Annotated[str, Hidden] = ""
    author: Annotated[MemberId | None, BeforeValidator(_member_or_none), Hidden] = None
    titles: Annotated[dict[str, str], Hidden] = Field(default={})
    """Titles by address, from what the platform unfurled."""


@feature.action(id="resources.save_from_message", label="Save to shelf")
async def save_from_message(
    command: SaveFromMessage, context: Context, shelf: Shelf, people: People
) -> Effects:
    """Store the only link of a message, or ask which of several.

    The words of the message become its author's note if the author is a member and the channel is this
    community's. From other places only the chosen link is stored.
    """
    titles = {link.key: title for url, title in command.titles.items() for link in links_in(url)}
    links = [Link(one.url, one.key, one.label, titles.get(one.key, "")) for one in links_in(command.text)]
    if not links:
        raise Refusal("I see no link in that message. What I can keep begins with https:// or http://")
    is_ours = command.author is not None and await _is_of_community(context, command.place, people)
    author = command.author if is_ours else None
    words = cards.shortened(text_without_links(command.text), LONGEST_NOTE) if is_ours else ""
    if len(links) == 1:
        shelved = await shelf.put(links[0], by=context.member.id, at=context.at, note=words, author=author)
        return [Reply(cards.saved(shelved, context))]
    await shelf.drop_choices(context.at - CHOICES_KEPT)
    choices = await shelf.offer(links, to=context.member.id, at=context.at, words=words, author=author)
    return [
        Reply(cards.which_link(choices)),
        Later(context.at + CHOICES_KEPT, DropChoices(), keys.DROP_CHOICES),
    ]


async def _is_of_community(context: Context, place: str, people: People) -> bool:
    """Whether the messages of a channel belong to this community."""
    spot = await people.spot(context.space, place)
    if spot is None:
        return False
    return spot.community == context.community.id or (
        context.community.whole_space and spot.community is None and not spot.private
    )


class SaveChoice(Command):
    """Save this one of several links."""

    choice: Annotated[int, Hidden]


@feature.action(id="resources.save_choice")
async def save_choice(command: SaveChoice, context: Context, shelf: Shelf) -> Effects:
    """Store the chosen link of a message."""
    choice = await shelf.choice(command.choice, context.member.id)
    if choice is None:
        raise Refusal("That was a day ago or more. Please choose “Save to shelf” on the message again.")
    shelved = await shelf.put(
        choice.link, by=context.member.id, at=context.at, note=choice.words, author=choice.author
    )
    return [Reply(cards.saved(shelved, context))]


# Find and browse ---------------------------------------------------------------------------------


class Find(Command):
    """Find links on the shelf by words, topics and person."""

    heading: ClassVar[str] = "Search the shelf"
    submit: ClassVar[str] = "Search"

    words: str = Field(title="Words", description="a few are enough; a #topic narrows it down")
    by: MemberId | None = Field(
        default=None, title="Person", description="only what they shared or commented"
    )


@feature.command("find", id="resources.find", reads_long=True)
async def find(command: Find, context: Context, shelf: Shelf) -> Effects:
    """The best links for some words. Words that begin with `#` are topics that a link must have."""
    typed = command.words.split()
    topics = [word for word in typed if word.startswith("#") and word.strip("#")]
    words = " ".join(word for word in typed if word not in topics)
    tags = list(dict.fromkeys(topic.strip("#").casefold() for topic in topics))
    results = await shelf.find(words, tags=tags, by=command.by, limit=FOUND_AT_MOST)
    sought = cards.sought_for(words, tags, command.by)
    if results.resources:
        return [Reply(cards.found(results, sought, by_words=bool(words)))]
    return await _nothing_found(shelf, sought)


class Browse(Command):
    """Look around on the shelf, the newest links first."""

    tag: str = Field(
        default="", title="Topic", description="only links with this one", max_length=LONGEST_TAG
    )
    by: MemberId | None = Field(
        default=None, title="Person", description="only what they shared or commented"
    )
    page: Annotated[int, Hidden] = Field(default=1, ge=1, le=100_000)


@feature.command("shelf", id="resources.browse", read_only=True)
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
        return await _nothing_found(shelf, cards.sought_for("", tags, command.by))
    topics = await shelf.topics()
    return [Reply(cards.page_of(results, topics, tag=tag, by=command.by, page=page, pages=pages))]


async def _nothing_found(shelf: Shelf, sought: Text) -> Effects:
    """The reply to a search without results, which is another one while the shelf is empty."""
    is_empty = not (await shelf.browse(size=1)).total
    return [Reply(cards.empty_shelf() if is_empty else cards.nothing_found(sought))]
