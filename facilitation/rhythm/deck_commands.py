"""Coordinators' commands for decks: look at them, fill them, and decide about members' suggestions."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Direct,
    Item,
    Items,
    Menu,
    Name,
    Option,
    Part,
    Text,
)
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.speech import card, count, say
from facilitation.rhythm import keys
from facilitation.rhythm.built_in_decks import built_in_decks
from facilitation.rhythm.feature import feature
from facilitation.rhythm.prompt_lists import parse_prompts
from facilitation.rhythm.selection import get_deck, matching_decks
from storage.communities import People
from storage.rhythm import LONGEST_NAME, Deck, Decks, Prompt, PromptState

PAGE = 10
DECKS_AT_MOST = 40
MENU_AT_MOST = 25
"""Discord's limit for the options of a menu."""


# Look ----------------------------------------------------------------------------------------------


class ListDecks(Command):
    """The decks of prompts, or what is in one."""

    deck: str = Field(default="", title="Deck", description="its name, or the beginning of it")


@feature.command("rhythm deck", id="rhythm.list_decks", role=Role.COORDINATOR)
async def list_decks(command: ListDecks, context: Context, decks: Decks) -> Effects:
    """All decks, or the prompts of the one that is named. The first time, it adds the built-in decks."""
    await decks.stock(built_in_decks(), context.at)
    found = await matching_decks(decks, command.deck)
    if command.deck and len(found) == 1:
        return [Reply(await _page(found[0], 1, decks))]
    lines = tuple(Item(say("**{name}**", name=deck.name), _number_of_prompts(deck)) for deck in found)
    options = tuple(Option(str(deck.id), deck.name) for deck in found[:MENU_AT_MOST])
    menu = Menu("Look into one", "rhythm.show_deck", "deck", options)
    return [Reply(card("Decks", Items(lines), menu, Buttons((Button("New deck", "rhythm.create_deck"),))))]


class ShowDeck(Command):
    """What is in a deck."""

    deck: Annotated[int, Hidden]
    page: Annotated[int, Hidden] = Field(default=1, ge=1, le=1_000)


@feature.action(id="rhythm.show_deck", role=Role.COORDINATOR, read_only=True)
async def show_deck(command: ShowDeck, context: Context, decks: Decks) -> Effects:
    """A page of the prompts, in the order in which they come."""
    return [Reply(await _page(await get_deck(decks, command.deck), command.page, decks))]


async def _page(deck: Deck, page: int, decks: Decks) -> Card:
    prompts = [one for one in await decks.prompts(deck.id) if one.state is PromptState.READY]
    pages = max(-(-len(prompts) // PAGE), 1)
    page = min(page, pages)
    shown = prompts[(page - 1) * PAGE : page * PAGE]
    parts: list[Part] = [_number_of_prompts(deck)]
    if shown:
        parts.append(Items(tuple(_line(prompt) for prompt in shown)))
    buttons = [Button("Add prompts", "rhythm.add_prompts", {"deck": deck.id}, style="primary")]
    if page > 1:
        buttons.append(Button("Back", "rhythm.show_deck", {"deck": deck.id, "page": page - 1}))
    if page < pages:
        buttons.append(Button("More", "rhythm.show_deck", {"deck": deck.id, "page": page + 1}))
    return card(deck.name, *parts, Buttons(tuple(buttons)))


def _line(prompt: Prompt) -> Item:
    remove = Button("Remove", "rhythm.remove_prompt", {"prompt": prompt.id})
    by = say("from {who}", who=Name(prompt.by)) if prompt.by is not None else say("")
    return Item(say("{words}", words=prompt.words), by, (remove,))


def _number_of_prompts(deck: Deck) -> Text:
    if not deck.ready:
        return say("No prompts yet.")
    if deck.left == deck.ready:
        return count(deck.ready, "One prompt", "{n} prompts")
    return say("{ready} prompts, {left} of them still to come", ready=deck.ready, left=deck.left)


# Fill ----------------------------------------------------------------------------------------------


class CreateDeck(Command):
    """Make a deck of your own prompts."""

    heading: ClassVar[str] = "A deck of your own"

    name: str = Field(title="Name", description="what the prompts have in common", max_length=LONGEST_NAME)
    prompts: LongText = Field(title="Prompts", description="one a line; paste a list", max_length=3_000)


@feature.action(id="rhythm.create_deck", role=Role.COORDINATOR)
async def create_deck(command: CreateDeck, context: Context, decks: Decks) -> Effects:
    """Create a deck from a name and a pasted list."""
    prompts = parse_prompts(command.prompts)
    name = " ".join(command.name.split())
    if not name:
        raise Refusal("Please give it a name.", "name")
    known = await decks.all()
    if any(deck.name.casefold() == name.casefold() for deck in known):
        raise Refusal(f"There is a deck “{name}” already.", "name")
    if len(known) >= DECKS_AT_MOST:
        raise Refusal(f"A community has at most {DECKS_AT_MOST} decks.", "name")
    created = await decks.put(name)
    if created is None:
        raise Refusal(f"There is a deck “{name}” already.", "name")
    await decks.add(created, prompts, context.at)
    return [Reply(await _page(await get_deck(decks, created), 1, decks))]


class AddPrompts(Command):
    """Add prompts to a deck."""

    heading: ClassVar[str] = "Add prompts"
    submit: ClassVar[str] = "Add"

    deck: Annotated[int, Hidden]
    prompts: LongText = Field(title="Prompts", description="one a line; paste a list", max_length=3_000)


@feature.action(id="rhythm.add_prompts", role=Role.COORDINATOR)
async def add_prompts(command: AddPrompts, context: Context, decks: Decks) -> Effects:
    """Add prompts, which come before those that were used already."""
    deck = await get_deck(decks, command.deck)
    added = await decks.add(deck.id, parse_prompts(command.prompts), context.at)
    if not added:
        raise Refusal("Those are all in it already.", "prompts")
    words = count(
        len(added), "One prompt is in “{deck}” now.", "{n} prompts are in “{deck}” now.", deck=deck.name
    )
    look = Buttons((Button("Look at the deck", "rhythm.show_deck", {"deck": deck.id}),))
    return [Reply(card("", words, look, tone="good"))]


class RemovePrompt(Command):
    """Take a prompt out of its deck."""

    prompt: Annotated[int, Hidden]


@feature.action(id="rhythm.remove_prompt", role=Role.COORDINATOR)
async def remove_prompt(command: RemovePrompt, context: Context, decks: Decks) -> Effects:
    """Remove a prompt; posts that used it stay."""
    prompt = await decks.remove(command.prompt)
    if prompt is None:
        raise Refusal("That prompt is not there any more.")
    words = say("Removed: “{words}”", words=prompt.words)
    look = Buttons((Button("Look at the deck", "rhythm.show_deck", {"deck": prompt.deck}),))
    return [Reply(card("", words, look, tone="good"))]


# Suggestions ---------------------------------------------------------------------------------------


class ApprovePrompt(Command):
    """Put a suggested prompt into its deck."""

    prompt: Annotated[int, Hidden]


@feature.action(id="rhythm.approve_prompt", role=Role.COORDINATOR)
async def approve_prompt(command: ApprovePrompt, context: Context, people: People, decks: Decks) -> Effects:
    """Approve a suggestion, and tell its author."""
    prompt = await decks.approve(command.prompt)
    if prompt is None:
        raise Refusal("Somebody has decided about that one already.")
    effects: Effects = [Reply(card("", say("It is in the deck: “{words}”", words=prompt.words), tone="good"))]
    author = await people.member(prompt.by) if prompt.by is not None else None
    if author is not None and author.left_at is None:
        thanks = card(
            "Your prompt is in", say("“{words}” will have its turn. Thank you.", words=prompt.words)
        )
        effects.append(Post(Direct(author.id), thanks, keys.prompt_approved(prompt.id)))
    return effects


class DeclinePrompt(Command):
    """Put a suggested prompt away."""

    prompt: Annotated[int, Hidden]


@feature.action(id="rhythm.decline_prompt", role=Role.COORDINATOR)
async def decline_prompt(command: DeclinePrompt, context: Context, decks: Decks) -> Effects:
    """Decline a suggestion, without telling anybody."""
    found = await decks.prompt(command.prompt)
    if found is None or found.state is not PromptState.SUGGESTED:
        raise Refusal("Somebody has decided about that one already.")
    await decks.remove(command.prompt)
    return [Reply(card("", say("Put away: “{words}”", words=found.words), tone="good"))]
