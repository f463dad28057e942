"""Admission: who is calling, in which community, which command, and whether they may."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from facilitation.core.features.argument_parser import with_channel_names
from facilitation.core.features.feature import Endpoint
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Interaction
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Channel,
    Direct,
    Option,
    Place,
    Thread,
)
from facilitation.core.values.commands import Command, Role, current_names
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Form, FormField, fields_of
from facilitation.core.values.speech import card, say
from storage.communities import Account, Community, Directory, Member, Memberships, People, find_caller
from storage.suppression import lift_suppression, suppressions_of
from storage.unit import Session

MAX_OPTIONS = 25
"""Discord's limit; Slack allows more."""


@dataclass(frozen=True)
class Caller:
    """A member who sends an interaction, through one of their accounts, and the roles they hold now."""

    account: Account
    community: Community
    member: Member
    roles: frozenset[Role]


class AmbiguousCommunity(Refusal):
    """The caller is in several communities here, and each is offered as a button."""

    def __init__(self, communities: list[Community]) -> None:
        super().__init__("You are in more than one community here. Which one do you mean?")
        self.communities = communities

    def card(self, endpoint: Endpoint, given: dict[str, Any]) -> Card:
        """The question, with one button for each community, which sends the same command there."""
        args = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        buttons = tuple(Button(one.name, endpoint.id, args, community=one.id) for one in self.communities)
        return card(
            "", say("You are in more than one community here. Which one do you mean?"), Buttons(buttons)
        )


class InvalidArguments(Refusal):
    """Some arguments do not fit; `errors` has a text for each field."""

    def __init__(self, endpoint: Endpoint, errors: dict[str, str]) -> None:
        labels = {field.name: field.label for field in fields_of(endpoint.command)}
        super().__init__(" ".join(f"{labels.get(name, name)}: {words}." for name, words in errors.items()))
        self.errors = errors


class SuppressedCaller(Refusal):
    """The caller has asked to be forgotten."""

    def __init__(self) -> None:
        super().__init__(
            "You asked me to forget you, and I did: I keep nothing about you. "
            "If you would like to be a member again, type /cop home."
        )


async def identify(session: Session, interaction: Interaction) -> Caller:
    """The caller and their community.

    The community is that of the channel, else the only one of the caller. Raises AmbiguousCommunity if there
    are several, SuppressedCaller for a person who asked to be forgotten, and a plain Refusal for anybody else
    who is not a member.
    """
    found = await find_caller(session, interaction.space.platform, interaction.space.handle, interaction.who)
    space, account = found.space, found.account
    if space is None or space.lost_at is not None:
        raise Refusal("I am not at home here yet. Please ask whoever runs me.")
    if account is None and (await suppressions_of(session, space.id)).has(interaction.who):
        raise SuppressedCaller
    if account is None or not account.is_person:
        raise Refusal("I can only answer members of this community, not guests or other bots.")
    callers = [
        # A later version of Tertulia may have given roles that this one does not know.
        Caller(account, one.community, one.member, frozenset(role for role in Role if role in one.roles))
        for one in found.memberships
    ]
    if interaction.community:
        callers = [caller for caller in callers if caller.community.id == interaction.community]
    elif len(callers) > 1 and interaction.place:
        routes = await Directory(session).routes(space.id)
        home = {route.handle: route.community for route in routes}.get(interaction.place)
        callers = [caller for caller in callers if caller.community.id == home] or callers
    if not callers:
        raise Refusal("You are not in this community yet. Joining one of its channels makes you a member.")
    if len(callers) > 1:
        raise AmbiguousCommunity([caller.community for caller in callers])
    return callers[0]


def may_return(interaction: Interaction, endpoint: Endpoint) -> bool:
    """Whether a forgotten person becomes a member again: by typing a command, not by an old button."""
    return interaction.via == "slash" and endpoint.root == "cop" and not endpoint.stays_forgotten


async def readmit(session: Session, interaction: Interaction, at: datetime) -> None:
    """Make a forgotten person a member again, silently: they are not welcomed a second time.

    Where they were a member before is not known. In communities of the space in which they are not present,
    they count as having left, so that they will not be newcomers there either.
    """
    directory, memberships = Directory(session), Memberships(session)
    space = await directory.space(interaction.space.platform, interaction.space.handle)
    assert space is not None
    await lift_suppression(session, space.id, interaction.who)
    await directory.put_accounts(space.id, [(interaction.who, interaction.name, "", True, False)])
    if interaction.place and not interaction.direct:
        await memberships.add_presence(space.id, [interaction.who], interaction.place)
    account = await directory.account(space.id, interaction.who)
    assert account is not None
    for community in await directory.communities(space.id):
        await memberships.enrol(community.id, account.id, None, baseline=True)
        if not await memberships.is_eligible(community, account.id):
            await memberships.end_membership(community.id, account.id, at)


def resolve_command(registry: Registry, interaction: Interaction) -> tuple[Endpoint, dict[str, Any]]:
    """The endpoint that an interaction names, and its arguments as they came. Raises Refusal for an unknown
    one.
    """
    if not interaction.command:
        words = interaction.words.strip() or ("home" if interaction.root == "cop" else "desk")
        return registry.parse(interaction.root, words, interaction.names)
    endpoint = registry.find(interaction.command)
    if endpoint is None or endpoint.by_clock:
        raise Refusal("That button is from an earlier version of me. /cop help shows what I can do today.")
    args = current_names(endpoint.command, interaction.args)
    if interaction.names:
        written = {one.name for one in fields_of(endpoint.command) if one.kind in ("line", "text", "tags")}
        args |= {
            name: with_channel_names(value, interaction.names)
            for name, value in args.items()
            if name in written and isinstance(value, str)
        }
    return endpoint, args


def authorize(caller: Caller, endpoint: Endpoint) -> None:
    """Raises Refusal if the endpoint needs a role that the caller does not hold."""
    if endpoint.role is not None and endpoint.role not in caller.roles:
        raise Refusal(f"Only a {endpoint.role} can do that. /cop about shows who coordinates here.")


def place_of(caller: Caller, interaction: Interaction) -> Place:
    """The place that an interaction came from."""
    if interaction.direct or not interaction.place:
        return Direct(caller.member.id)
    if interaction.thread:
        return Thread(caller.account.space, interaction.place, interaction.thread)
    return Channel(caller.account.space, interaction.place)


async def validate(session: Session, endpoint: Endpoint, given: dict[str, Any], caller: Caller) -> Command:
    """The command, with people and channels resolved within the community. Raises InvalidArguments or
    Refusal.
    """
    filled = {name: value for name, value in given.items() if value not in (None, "", [], ())}
    for field in fields_of(endpoint.command):
        if field.name in filled and (field.is_person or field.kind in ("channel", "channels")):
            filled[field.name] = await _resolved(session, field, filled[field.name], caller)
    try:
        return endpoint.command.model_validate(filled)
    except ValidationError as error:
        raise InvalidArguments(endpoint, _words_of(error)) from error


def refuse_misfits(endpoint: Endpoint, given: dict[str, Any]) -> None:
    """Raises InvalidArguments for typed values that a form could not show, such as an unknown time zone."""
    shown_as_typed = ("line", "text", "tags", "url", "hidden", "channel", "channels", "person")
    checked = {one.name for one in fields_of(endpoint.command) if one.kind not in shown_as_typed}
    try:
        endpoint.command.model_validate(given)
    except ValidationError as error:
        misfits = {name: words for name, words in _words_of(error).items() if name in checked & given.keys()}
        if misfits:
            raise InvalidArguments(endpoint, misfits) from error


def form_for(
    endpoint: Endpoint,
    given: dict[str, Any],
    errors: dict[str, str] | None = None,
    options: Mapping[str, tuple[Option, ...]] | None = None,
) -> Form:
    """The form of an endpoint, filled with the given values; hidden fields are kept in it.

    `options` turns fields into choices, as long as there are not more than a platform can show.
    """
    fields: list[FormField] = []
    kept: dict[str, Any] = {}
    for plain_field in fields_of(endpoint.command):
        field = plain_field
        if options and 0 < len(chosen := options.get(field.name, ())) <= MAX_OPTIONS:
            field = replace(field, kind="choice", options=chosen)
        if field.kind == "hidden":
            if field.name in given:
                kept[field.name] = given[field.name]
        else:
            fields.append(replace(field, value=given[field.name]) if field.name in given else field)
    heading = endpoint.command.heading or (endpoint.words or endpoint.label).capitalize()
    return Form(endpoint.id, heading, tuple(fields), kept, endpoint.command.submit, errors or {})


async def _resolved(session: Session, field: FormField, value: Any, caller: Caller) -> Any:
    """A member's id for a handle (a number is an id already), or channels that exist.

    Nobody typed the value of a hidden field, so an author who is not a member becomes None instead of an
    error.
    """
    people = People(session, caller.community.id)
    if field.is_person:
        if isinstance(value, int):
            member = await people.member(value)
        else:
            account = await Directory(session).account(caller.account.space, str(value))
            member = await people.by_account(account.id) if account is not None else None
        if member is None or member.left_at is not None:
            if field.kind == "hidden":
                return None
            raise Refusal("That is not a member of this community.", field.name)
        return member.id
    known = {spot.handle for spot in await people.spots() if spot.space == caller.account.space}
    handles = [value] if isinstance(value, str) else list(value)
    if not known.issuperset(handles):
        raise Refusal("That is not a channel I can see. A private one needs to invite me first.", field.name)
    return value


def _words_of(error: ValidationError) -> dict[str, str]:
    """A readable text for each field at fault."""
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
            return f"please choose {context.get('expected')}".replace("'", "")
        case "date_from_datetime_parsing" | "date_parsing" | "date_type" | "date_from_datetime_inexact":
            return "a date is written like 2026-03-09"
        case "int_parsing" | "int_type" | "int_from_float":
            return "please give a whole number"
        case "bool_parsing" | "bool_type":
            return "please say yes or no"
        case "url_too_long":
            return f"at most {context.get('max_length')} characters, please"
        case "url_parsing" | "url_scheme" | "url_type":
            return "a link begins with https:// or http://"
        case "value_error":
            return message.removeprefix("Value error, ")
        case _:
            return message if message[1:2].isupper() else message[:1].lower() + message[1:]
