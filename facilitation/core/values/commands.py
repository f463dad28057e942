"""Commands: the frozen, validated arguments of everything that is asked of the bot, and its context.

A command's docstring is its help text, and the descriptions of its fields label the options and the form
(`values/forms.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict

from facilitation.core.values.cards import Place
from storage.communities import Community, Member

Via = Literal["slash", "button", "form", "page", "clock"]


class Command(BaseModel):
    """The arguments of one command, whether it was typed, pressed, submitted or due."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        # The former name of a field is its `validation_alias`; see `current_names`.
        validate_by_name=True,
        loc_by_alias=False,
    )

    heading: ClassVar[str] = ""
    """The title of the form, at most 24 characters (Slack's limit)."""
    submit: ClassVar[str] = "Save"
    """The label of the form's button."""


def current_names(command: type[Command], args: Mapping[str, Any]) -> dict[str, Any]:
    """Stored arguments under the names that the command's fields have now.

    Buttons and agenda rows keep the names of the version that wrote them. A field that is renamed has its
    former name as `validation_alias`, or several as `AliasChoices`.
    """
    former = former_names(command)
    return {former.get(name, name): value for name, value in args.items()}


def former_names(command: type[Command]) -> dict[str, str]:
    """The present name of each field of a command by its former names."""
    found: dict[str, str] = {}
    for name, info in command.model_fields.items():
        alias = info.validation_alias
        for former in alias.choices if isinstance(alias, AliasChoices) else (alias,):
            if isinstance(former, str):
                found[former] = name
    return found


class Role(StrEnum):
    """What a member may do beyond taking part; several people may hold each role."""

    COORDINATOR = "coordinator"
    SUPPORT = "member support"
    KEEPER = "resource keeper"
    FACILITATOR = "facilitator"


@dataclass(frozen=True)
class Context:
    """Who sent a command, where and when. A handler that asks for it serves people.

    `space` is the id of the space it was sent from. `is_manager` says whether the platform lets the sender
    manage the workspace or server.
    """

    command: Command
    member: Member
    community: Community
    place: Place
    via: Via
    at: datetime
    roles: frozenset[Role] = frozenset()
    space: int = 0
    is_manager: bool = False


@dataclass(frozen=True)
class Prefill:
    """Arguments that came with the request for a form, unvalidated."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Due:
    """An agenda entry whose time has come. A handler that asks for it serves the clock and nobody else.

    `due` is when it was planned for, `at` the present.
    """

    command: Command
    community: Community
    key: str
    due: datetime
    at: datetime
