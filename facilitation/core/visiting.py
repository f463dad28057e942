"""Who knocked, in which community, and what exactly they ask: platform ids and words into values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from facilitation.core.ask import Ask, Form, FormField, Role, fields_of
from facilitation.core.cards import Button, Buttons, Card, Channel, Direct, Option, Place, Thread
from facilitation.core.errors import Refusal
from facilitation.core.room import Action, Catalogue
from facilitation.core.speech import card, say
from facilitation.core.surface import Knock
from storage.communities import Account, Community, Directory, Member, People
from storage.unit import Session

MOST_OPTIONS = 25
"""Discord's limit; Slack has more."""


@dataclass(frozen=True)
class Visitor:
    """A member who asks, through one of their accounts."""

    account: Account
    community: Community
    member: Member


class Undecided(Refusal):
    """The person is in several communities here: each offers itself as a button."""

    def __init__(self, communities: list[Community]) -> None:
        super().__init__("You are in more than one community here. Which one do you mean?")
        self.communities = communities

    def card(self, action: Action, given: dict[str, Any]) -> Card:
        """The question, with one button per community that asks the same again."""
        args = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        buttons = tuple(Button(one.name, action.id, args, community=one.id) for one in self.communities)
        return card(
            "", say("You are in more than one community here. Which one do you mean?"), Buttons(buttons)
        )


class Invalid(Refusal):
    """Some arguments do not fit: `errors` has words for each field."""

    def __init__(self, action: Action, errors: dict[str, str]) -> None:
        labels = {field.name: field.label for field in fields_of(action.ask)}
        super().__init__(" ".join(f"{labels.get(name, name)}: {words}." for name, words in errors.items()))
        self.errors = errors


async def visitor_of(session: Session, knock: Knock) -> Visitor:
    """The member who knocked and the community that is meant.

    It is the one of the channel, else the person's only one. Raises Undecided for several, and a Refusal
    for whoever is not a member.
    """
    directory = Directory(session)
    space = await directory.space(knock.space.platform, knock.space.handle)
    if space is None or space.lost_at is not None:
        raise Refusal("I am not at home here yet. Please ask whoever runs me.")
    account = await directory.account(space.id, knock.who)
    if account is None or not account.person:
        raise Refusal("I can only answer members of this community, not guests or other bots.")
    mine: list[Visitor] = []
    for community in await directory.communities(space.id):
        member = await People(session, community.id).by_account(account.id)
        if member is not None and member.left_at is None:
            mine.append(Visitor(account, community, member))
    if knock.community:
        mine = [visitor for visitor in mine if visitor.community.id == knock.community]
    elif len(mine) > 1 and knock.place:
        home = {route.handle: route.community for route in await directory.routes(space.id)}.get(knock.place)
        mine = [visitor for visitor in mine if visitor.community.id == home] or mine
    if not mine:
        raise Refusal("You are not in this community yet. Joining one of its channels makes you a member.")
    if len(mine) > 1:
        raise Undecided([visitor.community for visitor in mine])
    return mine[0]


def asked(catalogue: Catalogue, knock: Knock) -> tuple[Action, dict[str, Any]]:
    """What is asked, and the arguments as they came."""
    if not knock.ask:
        return catalogue.parse(knock.root, knock.words.strip() or ("home" if knock.root == "cop" else "desk"))
    action = catalogue.actions.get(knock.ask)
    if action is None or action.by_clock:
        raise Refusal("That button is from an earlier version of me. /cop help shows what I can do today.")
    return action, dict(knock.args)


async def admit(session: Session, visitor: Visitor, action: Action) -> frozenset[Role]:
    """The visitor's roles as they are at this moment; refuses who may not ask this."""
    held = await People(session, visitor.community.id).roles(visitor.member.id)
    # A later version of Tertulia may have given roles that this one does not know.
    roles = frozenset(role for role in Role if role.value in held)
    if action.role is not None and action.role not in roles:
        raise Refusal(f"Only a {action.role} can do that. /cop about shows who coordinates here.")
    return roles


def place_of(visitor: Visitor, knock: Knock) -> Place:
    """Where the request came from."""
    if knock.direct or not knock.place:
        return Direct(visitor.member.id)
    if knock.thread:
        return Thread(visitor.account.space, knock.place, knock.thread)
    return Channel(visitor.account.space, knock.place)


async def validated(session: Session, action: Action, given: dict[str, Any], visitor: Visitor) -> Ask:
    """The ask, with people and channels resolved within the community. Raises Invalid or a Refusal."""
    filled = {name: value for name, value in given.items() if value not in (None, "", [], ())}
    for field in fields_of(action.ask):
        if field.name in filled and (field.is_person or field.kind in ("channel", "channels")):
            filled[field.name] = await _resolved(session, field, filled[field.name], visitor)
    try:
        return action.ask.model_validate(filled)
    except ValidationError as error:
        raise Invalid(action, _words_of(error)) from error


def form_for(
    action: Action,
    given: dict[str, Any],
    errors: dict[str, str] | None = None,
    options: Mapping[str, tuple[Option, ...]] | None = None,
) -> Form:
    """The form of an ask, filled with what was given; hidden fields travel along unseen.

    `options` makes a choice of a field, unless they are more than a platform can show.
    """
    fields: list[FormField] = []
    kept: dict[str, Any] = {}
    for plain_field in fields_of(action.ask):
        field = plain_field
        if options and 0 < len(chosen := options.get(field.name, ())) <= MOST_OPTIONS:
            field = replace(field, kind="choice", options=chosen)
        if field.kind == "hidden":
            if field.name in given:
                kept[field.name] = given[field.name]
        else:
            fields.append(replace(field, value=given[field.name]) if field.name in given else field)
    heading = action.ask.heading or (action.command or action.label).capitalize()
    return Form(action.id, heading, tuple(fields), kept, action.ask.submit, errors or {})


async def _resolved(session: Session, field: FormField, value: Any, visitor: Visitor) -> Any:
    """A member's id for a platform's handle (a number is an id already); channels that are there.

    What a hidden field carries nobody typed: an author who is no member is nobody, and no mistake.
    """
    people = People(session, visitor.community.id)
    if field.is_person:
        if isinstance(value, int):
            member = await people.member(value)
        else:
            account = await Directory(session).account(visitor.account.space, str(value))
            member = await people.by_account(account.id) if account is not None else None
        if member is None or member.left_at is not None:
            if field.kind == "hidden":
                return None
            raise Refusal("That is not a member of this community.", field.name)
        return member.id
    known = {spot.handle for spot in await people.spots() if spot.space == visitor.account.space}
    handles = [value] if isinstance(value, str) else list(value)
    if not known.issuperset(handles):
        raise Refusal("That is not a channel I can see. A private one needs to invite me first.", field.name)
    return value


def _words_of(error: ValidationError) -> dict[str, str]:
    """Words a person understands for each field at fault."""
    words: dict[str, str] = {}
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else ""
        words.setdefault(name, _fault_words(fault["type"], str(fault["msg"]), dict(fault.get("ctx") or {})))
    return words


def _fault_words(kind: str, message: str, context: dict[str, Any]) -> str:
    match kind:
        case "missing":
            return "please fill this in"
        case "string_too_long" | "too_long":
            return f"at most {context.get('max_length')} characters, please"
        case "string_too_short" | "too_short":
            return f"at least {context.get('min_length')} characters, please"
        case "literal_error":
            return f"please choose {context.get('expected')}"
        case "date_from_datetime_parsing" | "date_parsing" | "date_type" | "date_from_datetime_inexact":
            return "a date is written like 2026-03-09"
        case "int_parsing" | "int_type" | "int_from_float":
            return "please give a whole number"
        case "bool_parsing" | "bool_type":
            return "please say yes or no"
        case "url_parsing" | "url_scheme" | "url_type":
            return "a link begins with https:// or http://"
        case "value_error":
            return message.removeprefix("Value error, ")
        case _:
            return message[:1].lower() + message[1:]
