"""Decks: those that come with the bot, coordinators' own, and what members suggest for them."""

from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.features.contributions import DeskItem
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
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effects, OpenForm, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.speech import card, count, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.prompt_lists import read_prompts
from facilitation.rhythm.selection import decks_meant
from storage.communities import Community, People
from storage.rhythm import (
    LONGEST_NAME,
    LONGEST_PROMPT,
    BuiltIn,
    Deck,
    Decks,
    Prompt,
    PromptState,
    Rhythms,
)

SLUGS = (
    "seeking-experience",
    "problem-solving",
    "requests-for-information",
    "reusing-assets",
    "coordination-and-synergy",
    "building-an-argument",
    "growing-confidence",
    "discussing-developments",
    "documenting-projects",
    "visits",
    "mapping-knowledge-and-gaps",
    "introductions",
    "celebration",
)
"""The eleven things a community of practice does, and two more; in the order in which they are offered."""
LOW = 3
PAGE = 10
DECKS_AT_MOST = 40
SUGGESTIONS_AT_MOST = 5


@cache
def built_in() -> tuple[BuiltIn, ...]:
    """The decks that come with the bot: a file each, the name in its first line, then a prompt a line."""
    folder = Path(__file__).parent / "built_in"
    decks = []
    for slug in SLUGS:
        name, *prompts = (folder / f"{slug}.txt").read_text("utf-8").strip().splitlines()
        decks.append(BuiltIn(slug, name, tuple(line for line in prompts if line)))
    return tuple(decks)


# Looking -------------------------------------------------------------------------------------------


class ShowDecks(Command):
    """The decks of prompts, or what is in one."""

    deck: str = Field(default="", title="Deck", description="its name, or the beginning of it")


@feature.command("rhythm deck", id="rhythm.show_decks", role=Role.COORDINATOR)
async def show_decks(command: ShowDecks, context: Context, decks: Decks) -> Effects:
    """All of them, or the one that is named."""
    await decks.stock(built_in(), context.at)
    found = await decks_meant(decks, 0, command.deck)
    if command.deck and len(found) == 1:
        return [Reply(await _page(found[0], 1, decks))]
    lines = tuple(Item(say("**{name}**", name=deck.name), _count(deck)) for deck in found)
    menu = Menu(
        "Look into one", "rhythm.show_deck", "deck", tuple(Option(str(d.id), d.name) for d in found[:25])
    )
    return [Reply(card("Decks", Items(lines), menu, Buttons((Button("New deck", "rhythm.new_deck"),))))]


class ShowDeck(Command):
    """What is in a deck."""

    deck: Annotated[int, Hidden]
    page: Annotated[int, Hidden] = Field(default=1, ge=1, le=1_000)


@feature.action(id="rhythm.show_deck", role=Role.COORDINATOR)
async def show_deck(command: ShowDeck, context: Context, decks: Decks) -> Effects:
    """A page of it, in the order in which prompts come."""
    [deck] = await decks_meant(decks, command.deck, "")
    return [Reply(await _page(deck, command.page, decks))]


async def _page(deck: Deck, page: int, decks: Decks) -> Card:
    prompts = [one for one in await decks.prompts(deck.id) if one.state is PromptState.READY]
    pages = max(-(-len(prompts) // PAGE), 1)
    page = min(page, pages)
    shown = prompts[(page - 1) * PAGE : page * PAGE]
    parts: list[Part] = [_count(deck)]
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


def _count(deck: Deck) -> Text:
    if not deck.ready:
        return say("No prompts yet.")
    if deck.left == deck.ready:
        return count(deck.ready, "One prompt", "{n} prompts")
    return say("{ready} prompts, {left} of them still to come", ready=deck.ready, left=deck.left)


# Filling -------------------------------------------------------------------------------------------


class NewDeck(Command):
    """Make a deck of your own prompts."""

    heading: ClassVar[str] = "A deck of your own"

    name: str = Field(title="Name", description="what the prompts have in common", max_length=LONGEST_NAME)
    prompts: LongText = Field(title="Prompts", description="one a line; paste a list", max_length=3_000)


@feature.action(id="rhythm.new_deck", role=Role.COORDINATOR)
async def new_deck(command: NewDeck, context: Context, decks: Decks) -> Effects:
    """A name and a pasted list."""
    prompts = read_prompts(command.prompts)
    name = " ".join(command.name.split())
    if not name:
        raise Refusal("Please give it a name.", "name")
    there = await decks.all()
    if any(deck.name.casefold() == name.casefold() for deck in there):
        raise Refusal(f"There is a deck “{name}” already.", "name")
    if len(there) >= DECKS_AT_MOST:
        raise Refusal(f"A community has at most {DECKS_AT_MOST} decks.", "name")
    made = await decks.put(name)
    if made is None:
        raise Refusal(f"There is a deck “{name}” already.", "name")
    await decks.add(made, prompts, context.at)
    [deck] = await decks_meant(decks, made, "")
    return [Reply(await _page(deck, 1, decks))]


class AddPrompts(Command):
    """Add prompts to a deck."""

    heading: ClassVar[str] = "Add prompts"
    submit: ClassVar[str] = "Add"

    deck: Annotated[int, Hidden]
    prompts: LongText = Field(title="Prompts", description="one a line; paste a list", max_length=3_000)


@feature.action(id="rhythm.add_prompts", role=Role.COORDINATOR)
async def add_prompts(command: AddPrompts, context: Context, decks: Decks) -> Effects:
    """They come before those that had their turn."""
    [deck] = await decks_meant(decks, command.deck, "")
    added = await decks.add(deck.id, read_prompts(command.prompts), context.at)
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
    """Posts that had it stay."""
    prompt = await decks.remove(command.prompt)
    if prompt is None:
        raise Refusal("That prompt is not there any more.")
    words = say("Removed: “{words}”", words=prompt.words)
    look = Buttons((Button("Look at the deck", "rhythm.show_deck", {"deck": prompt.deck}),))
    return [Reply(card("", words, look, tone="good"))]


# Suggesting ----------------------------------------------------------------------------------------


class SuggestPrompt(Command):
    """Suggest a question that I may put to everyone."""

    heading: ClassVar[str] = "Suggest a prompt"
    submit: ClassVar[str] = "Suggest"

    words: LongText = Field(
        title="Your question",
        description="open, and quick to answer",
        min_length=8,
        max_length=LONGEST_PROMPT,
    )
    deck: str = Field(title="Deck", description="where it would fit", max_length=LONGEST_NAME)


@feature.form(SuggestPrompt)
async def open_suggest(context: Context, given: Prefill, rhythms: Rhythms, decks: Decks) -> Effects:
    """With the decks that are in use to choose from."""
    used = {rhythm.deck for rhythm in await rhythms.all()}
    there = await decks.all()
    options = [deck for deck in there if deck.id in used] or there
    if not options:
        raise Refusal("There is no rhythm yet that could post it. Coordinators can make one.")
    choice = tuple(Option(deck.name, deck.name) for deck in options)
    return [OpenForm(SuggestPrompt, {"deck": options[0].name}, {"deck": choice})]


@feature.action(id="rhythm.suggest")
async def suggest(command: SuggestPrompt, context: Context, decks: Decks) -> Effects:
    """It waits on the desk until a coordinator has read it."""
    [words, *_] = read_prompts(" ".join(command.words.split()), "words")
    [deck, *_] = await decks_meant(decks, 0, command.deck)
    mine = [one for one in await decks.suggestions() if one.by == context.member.id]
    if len(mine) >= SUGGESTIONS_AT_MOST:
        raise Refusal("Thank you: coordinators have some of yours to read first.", "words")
    if not await decks.add(deck.id, [words], context.at, by=context.member.id, waits=True):
        raise Refusal("That one is in the deck already.", "words")
    return [Reply(card("Thank you", "A coordinator reads it, and then it has its turn.", tone="good"))]


class ApprovePrompt(Command):
    """Put a suggested prompt into its deck."""

    prompt: Annotated[int, Hidden]


@feature.action(id="rhythm.approve", role=Role.COORDINATOR)
async def approve(command: ApprovePrompt, context: Context, people: People, decks: Decks) -> Effects:
    """Whoever suggested it hears it: an answer to their own act."""
    prompt = await decks.approve(command.prompt)
    if prompt is None:
        raise Refusal("Somebody has decided about that one already.")
    effects: Effects = [Reply(card("", say("It is in the deck: “{words}”", words=prompt.words), tone="good"))]
    author = await people.member(prompt.by) if prompt.by is not None else None
    if author is not None and author.left_at is None:
        thanks = card(
            "Your prompt is in", say("“{words}” will have its turn. Thank you.", words=prompt.words)
        )
        effects.append(Post(Direct(author.id), thanks, f"prompt:{prompt.id}"))
    return effects


class DeclinePrompt(Command):
    """Put a suggested prompt away."""

    prompt: Annotated[int, Hidden]


@feature.action(id="rhythm.decline", role=Role.COORDINATOR)
async def decline(command: DeclinePrompt, context: Context, decks: Decks) -> Effects:
    """Nobody is told."""
    found = await decks.prompt(command.prompt)
    if found is None or found.state is not PromptState.SUGGESTED:
        raise Refusal("Somebody has decided about that one already.")
    await decks.remove(command.prompt)
    return [Reply(card("", say("Put away: “{words}”", words=found.words), tone="good"))]


# The desk ------------------------------------------------------------------------------------------


@feature.desk("decks")
async def decks_that_wait(community: Community, rhythms: Rhythms, decks: Decks) -> list[DeskItem]:
    """Suggestions to read, and decks that run low."""
    there = {deck.id: deck for deck in await decks.all()}
    items = [_suggested(prompt, there[prompt.deck]) for prompt in await decks.suggestions()]
    used = dict.fromkeys(rhythm.deck for rhythm in await rhythms.all() if not rhythm.paused)
    return items + [_low(there[deck]) for deck in used if there[deck].left <= LOW]


def _suggested(prompt: Prompt, deck: Deck) -> DeskItem:
    who = Name(prompt.by) if prompt.by is not None else say("Somebody")
    return DeskItem(
        say("{who} suggests for “{deck}”: “{words}”", who=who, deck=deck.name, words=prompt.words),
        say("If ignored: it waits."),
        (
            Button("Take it", "rhythm.approve", {"prompt": prompt.id}, style="primary"),
            Button("Put away", "rhythm.decline", {"prompt": prompt.id}),
        ),
    )


def _low(deck: Deck) -> DeskItem:
    if not deck.ready:
        text = say("The deck “{deck}” is empty.", deck=deck.name)
        ignored = say("If ignored: its rhythm skips.")
    else:
        text = count(
            deck.left,
            "One prompt of “{deck}” is still to come in this round.",
            "{n} prompts of “{deck}” are still to come in this round.",
            deck=deck.name,
        )
        ignored = say("If ignored: I begin again with the oldest.")
    return DeskItem(text, ignored, (Button("Add prompts", "rhythm.add_prompts", {"deck": deck.id}),))
