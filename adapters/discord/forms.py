"""Renders forms as modals, and reads what was submitted.

A modal has at most five fields, can only be the first response to an interaction, and cannot follow another
modal. A longer form is split into steps, each opened by a button; a form with errors is reopened by one, too.
Values of earlier steps are kept in memory, as a `FormDraft`. A form with one step needs no draft and survives
a restart if everything it needs fits into the custom id of its modal.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any, assert_never

import discord
from discord import ui

from adapters.discord.custom_ids import ButtonPayload, TokenCache, encode
from adapters.discord.limits import (
    CUSTOM_ID,
    MENU_OPTIONS,
    MODAL_FIELDS,
    MODAL_HINT,
    MODAL_INPUT,
    MODAL_LABEL,
    MODAL_SELECTED,
    MODAL_TITLE,
    OPTION_LABEL,
    shortened,
    size,
)
from facilitation.core.values.forms import Form, FormField

STEP = re.compile(r"(?:draft|step)\|(?P<token>[\w-]+)\|(?P<step>\d+)\|(?P<restart>[\s\S]*)")
"""The custom id of a step's button or modal; `restart` is the payload that asks for the form again."""
_MULTIPLE, _MUST_BE_TICKED = "+", "!"
"""Suffixes of an input's name: several values may be selected; the box must be ticked."""
POSTABLE = [discord.ChannelType.text, discord.ChannelType.news]
READABLE = [*POSTABLE, discord.ChannelType.forum]


@dataclass(frozen=True)
class FormDraft:
    """A form that is being filled in: the values so far, and where it is submitted."""

    form: Form
    community: int = 0
    guild: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> list[tuple[FormField, ...]]:
        """The fields of each step; a form without visible fields has one empty step."""
        shown = [one for one in self.form.fields if one.kind != "hidden"]
        return [
            tuple(shown[start : start + MODAL_FIELDS]) for start in range(0, len(shown), MODAL_FIELDS)
        ] or [()]

    def with_values(self, values: Mapping[str, Any]) -> "FormDraft":
        """The draft with the values of one step added."""
        return replace(self, values={**self.values, **values})

    def next_step(self, done: int) -> int | None:
        """The step after `done` or, in a form with errors, the next with an error; None if there is none."""
        later = range(done + 1, len(self.steps))
        if not self.form.errors:
            return next(iter(later), None)
        return next((step for step in later if self._is_wrong(step)), None)

    def first_step(self) -> int:
        """The number of the first step with an error; 0 if there is none."""
        return next((step for step in range(len(self.steps)) if self._is_wrong(step)), 0)

    def hidden_args(self) -> dict[str, Any]:
        """The arguments that people do not see."""
        hidden = {one.name: one.value for one in self.form.fields if one.kind == "hidden"}
        return {**self.form.kept, **without_empty(hidden)}

    def args(self) -> dict[str, Any]:
        """The arguments of the submission."""
        known = {one.name: one.value for one in self.form.fields if one.kind != "hidden"}
        return {**self.hidden_args(), **without_empty(known | self.values)}

    def _is_wrong(self, step: int) -> bool:
        return any(one.name in self.form.errors for one in self.steps[step])


class DraftStore:
    """Keeps drafts in memory under tokens, and makes the custom ids of modals that contain such a token."""

    def __init__(self) -> None:
        self._cache: TokenCache[FormDraft] = TokenCache()

    def put(self, draft: FormDraft, token: str = "") -> str:
        """Store a draft, in place of an earlier one; returns its token."""
        return self._cache.put(draft, token)

    def get(self, token: str) -> FormDraft | None:
        """The draft of a token; None if it was dropped."""
        return self._cache.get(token)

    def modal_id(self, draft: FormDraft) -> str:
        """The custom id of a form's first modal: the payload if it fits, else the token of a stored draft."""
        if len(draft.steps) == 1:
            short = encode(
                ButtonPayload(draft.form.command, draft.hidden_args(), draft.community, draft.guild)
            )
            if short is not None and size(short) <= CUSTOM_ID - len("fill|"):
                return f"fill|{short}"
        return step_id("step", self.put(draft), 0, draft)


def step_id(kind: str, token: str, step: int, draft: FormDraft) -> str:
    """The custom id of a step: of its modal (`step`), or of the button that opens it (`draft`)."""
    restart = encode(ButtonPayload(draft.form.command, {}, draft.community, draft.guild))
    return f"{kind}|{token}|{step}|{restart or draft.form.command}"


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values without empty ones."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}


def has_pickers(form: Form) -> bool:
    """Whether a form has fields for people or channels, which work in servers only."""
    return any(one.kind in ("person", "channel", "channels") for one in form.fields)


def without_missing_channels(form: Form, guild: discord.Guild | None) -> Form:
    """A form without preselected channels that were deleted: Discord would refuse to open it with them."""
    if guild is None or guild.unavailable or not guild.channels:
        return form  # an unknown channel is not a missing one
    there = {str(channel.id) for channel in guild.channels}

    def kept(one: FormField) -> FormField:
        match one.kind:
            case "channel" if one.value not in there:
                return replace(one, value=None)
            case "channels":
                return replace(one, value=tuple(handle for handle in one.value or () if handle in there))
            case _:
                return one

    return replace(form, fields=tuple(kept(one) for one in form.fields))


def modal(draft: FormDraft, step: int, custom_id: str) -> ui.Modal:
    """The modal of one step, with the known values filled in."""
    steps = draft.steps
    count = f" ({step + 1} of {len(steps)})" if len(steps) > 1 else ""
    title = shortened(draft.form.title or "A form", MODAL_TITLE - len(count)) + count
    built = ui.Modal(title=title, custom_id=custom_id)
    for one in steps[step]:
        value = draft.values.get(one.name, one.value)
        hint = shortened(one.hint, MODAL_HINT) if one.hint else None
        label = shortened(one.label, MODAL_LABEL)
        built.add_item(ui.Label(text=label, description=hint, component=_input(one, value)))
    if not steps[step]:
        built.add_item(ui.TextDisplay("There is nothing to fill in: just send it."))
    return built


def values_in(components: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The submitted values by field; people and channels as handles."""
    found: dict[str, Any] = {}
    for one in components:
        filled = one.get("component", one)
        if "custom_id" in filled:
            name = str(filled["custom_id"])
            found[name.rstrip(_MULTIPLE + _MUST_BE_TICKED)] = _value(filled, name)
    return found


# ------------------------------------------------------------------------------------------------


def _input(one: FormField, value: Any) -> ui.Item[Any]:
    match one.kind:
        case "line" | "url" | "number" | "tags" | "zone" | "time":
            return _text_input(one, value)
        case "text":
            return _text_input(one, value, discord.TextStyle.paragraph)
        case "tick":
            return ui.Checkbox(
                custom_id=one.name + (_MUST_BE_TICKED if one.required else ""), default=bool(value)
            )
        case "choice":
            options = [
                discord.SelectOption(
                    label=shortened(option.label, OPTION_LABEL),
                    value=option.value,
                    default=option.value == value,
                )
                for option in one.options[:MENU_OPTIONS]
            ]
            return ui.Select(
                custom_id=one.name, options=options, required=one.required, min_values=int(one.required)
            )
        case "person":
            chosen = _chosen([value], discord.SelectDefaultValueType.user)
            return ui.UserSelect(
                custom_id=one.name, required=one.required, min_values=int(one.required), default_values=chosen
            )
        case "channel" | "channels":
            is_multiple = one.kind == "channels"
            handles = list(value or ()) if is_multiple else [value]
            return ui.ChannelSelect(
                custom_id=one.name + (_MULTIPLE if is_multiple else ""),
                channel_types=READABLE if is_multiple else POSTABLE,
                required=one.required,
                min_values=int(one.required),
                max_values=MODAL_SELECTED if is_multiple else 1,
                default_values=_chosen(handles, discord.SelectDefaultValueType.channel),
            )
        case "hidden":
            raise ValueError(f"{one.name} is not seen")
        case _:
            assert_never(one.kind)


def _text_input(
    one: FormField, value: Any, style: discord.TextStyle = discord.TextStyle.short
) -> ui.TextInput[Any]:
    text = _as_text(value)
    longest = max(one.max_length or MODAL_INPUT, size(text))
    return ui.TextInput(
        custom_id=one.name,
        style=style,
        required=one.required,
        default=text[:MODAL_INPUT] or None,
        max_length=min(longest, MODAL_INPUT),
        placeholder={"time": "09:30", "zone": "Europe/Lisbon", "url": "https://"}.get(one.kind),
    )


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case time():
            return f"{value:%H:%M}"
        case list() | tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return str(value)


def _chosen(handles: Sequence[Any], kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    """The preselected values of a picker."""
    known = [str(one) for one in handles if isinstance(one, str) and one.isdigit()]
    return [discord.SelectDefaultValue(id=int(one), type=kind) for one in known[:MODAL_SELECTED]]


def _value(filled: Mapping[str, Any], name: str) -> Any:
    """The value of one input; None for a box that must be ticked and is not."""
    if "values" in filled:
        values = tuple(str(value) for value in filled["values"])
        return values if name.endswith(_MULTIPLE) else next(iter(values), None)
    value = filled.get("value")
    if isinstance(value, bool):
        return value or (None if name.endswith(_MUST_BE_TICKED) else False)
    return str(value or "").strip()
