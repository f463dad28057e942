"""Forms as Discord's modals: at most five fields at a time, so longer ones go in steps.

A modal can only be the first answer to a command or a button, and no answer to another modal. So a form of
more than five fields goes on behind a button, and what was filled in wrongly is mended behind one. What is
filled in so far waits in memory, as a `Draft`. A form of one step needs none and survives a restart, since
its modal's custom id says all there is to know.
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
    MODAL_PICKED,
    MODAL_TITLE,
    OPTION_LABEL,
    shortened,
    size,
)
from facilitation.core.values.forms import Form, FormField

STEP = re.compile(r"(?:draft|step)\|(?P<token>[\w-]+)\|(?P<step>\d+)\|(?P<anew>[\s\S]*)")
"""A step of a draft, as a button or as a modal; `anew` asks for the form again where the draft is lost."""
_SEVERAL, _NEEDED = "+", "!"
"""Behind the name of an input: several may be picked; it has to be ticked."""
POSTABLE = [discord.ChannelType.text, discord.ChannelType.news]
READABLE = [*POSTABLE, discord.ChannelType.forum]


@dataclass(frozen=True)
class FormDraft:
    """A form on its way: what is filled in so far, and where it goes when it is done."""

    form: Form
    community: int = 0
    guild: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> list[tuple[FormField, ...]]:
        """The fields of each step; a form of which nothing is seen has one step all the same."""
        shown = [one for one in self.form.fields if one.kind != "hidden"]
        return [
            tuple(shown[start : start + MODAL_FIELDS]) for start in range(0, len(shown), MODAL_FIELDS)
        ] or [()]

    def filled(self, values: Mapping[str, Any]) -> "FormDraft":
        """With the values of one step, over those of before."""
        return replace(self, values={**self.values, **values})

    def next_step(self, done: int) -> int | None:
        """The step after this one: while something is being mended, the next with a mistake."""
        later = range(done + 1, len(self.steps))
        if not self.form.errors:
            return next(iter(later), None)
        return next((step for step in later if self._is_wrong(step)), None)

    def first_step(self) -> int:
        """Where to begin: with the first mistake, if there is one."""
        return next((step for step in range(len(self.steps)) if self._is_wrong(step)), 0)

    def unseen(self) -> dict[str, Any]:
        """What travels with the form and is not filled in by anybody."""
        hidden = {one.name: one.value for one in self.form.fields if one.kind == "hidden"}
        return {**self.form.kept, **without_empty(hidden)}

    def args(self) -> dict[str, Any]:
        """What the submitted form asks with."""
        known = {one.name: one.value for one in self.form.fields if one.kind != "hidden"}
        return {**self.unseen(), **without_empty(known | self.values)}

    def _is_wrong(self, step: int) -> bool:
        return any(one.name in self.form.errors for one in self.steps[step])


class DraftStore:
    """Forms on their way, and the ids under which they come back."""

    def __init__(self) -> None:
        self._shelf: TokenCache[FormDraft] = TokenCache()

    def keep(self, draft: FormDraft, token: str = "") -> str:
        """Keep a draft, in the place of an earlier one; returns its token."""
        return self._shelf.put(draft, token)

    def get(self, token: str) -> FormDraft | None:
        """A draft, unless it is lost."""
        return self._shelf.get(token)

    def modal_id(self, draft: FormDraft) -> str:
        """The id of a form's first modal: all there is to know if that fits, else the token of a draft."""
        if len(draft.steps) == 1:
            short = encode(ButtonPayload(draft.form.command, draft.unseen(), draft.community, draft.guild))
            if short is not None and size(short) <= CUSTOM_ID - len("fill|"):
                return f"fill|{short}"
        return step_id("step", self.keep(draft), 0, draft)


def step_id(kind: str, token: str, step: int, draft: FormDraft) -> str:
    """The id of a step of a draft: of its modal (`step`), or of the button that opens it (`draft`)."""
    anew = encode(ButtonPayload(draft.form.command, {}, draft.community, draft.guild))
    return f"{kind}|{token}|{step}|{anew or draft.form.command}"


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values without those that were left empty."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}


def has_pickers(form: Form) -> bool:
    """Whether people or channels are picked in it, which works in a server only."""
    return any(one.kind in ("person", "channel", "channels") for one in form.fields)


def without_missing_channels(form: Form, guild: discord.Guild | None) -> Form:
    """A form without the channels that are gone: Discord opens none in which such a one stands picked."""
    if guild is None or guild.unavailable or not guild.channels:
        return form  # what is not known now is not gone
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
    """The modal of one step, filled with what is known."""
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
    """What was filled in, by field; people and channels as handles."""
    found: dict[str, Any] = {}
    for one in components:
        filled = one.get("component", one)
        if "custom_id" in filled:
            name = str(filled["custom_id"])
            found[name.rstrip(_SEVERAL + _NEEDED)] = _value(filled, name)
    return found


# ------------------------------------------------------------------------------------------------


def _input(one: FormField, value: Any) -> ui.Item[Any]:
    match one.kind:
        case "line" | "url" | "number" | "tags" | "zone" | "time":
            return _text_input(one, value)
        case "text":
            return _text_input(one, value, discord.TextStyle.paragraph)
        case "tick":
            return ui.Checkbox(custom_id=one.name + (_NEEDED if one.required else ""), default=bool(value))
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
            several = one.kind == "channels"
            handles = list(value or ()) if several else [value]
            return ui.ChannelSelect(
                custom_id=one.name + (_SEVERAL if several else ""),
                channel_types=READABLE if several else POSTABLE,
                required=one.required,
                min_values=int(one.required),
                max_values=MODAL_PICKED if several else 1,
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
    """What a picker shows as picked already."""
    known = [str(one) for one in handles if isinstance(one, str) and one.isdigit()]
    return [discord.SelectDefaultValue(id=int(one), type=kind) for one in known[:MODAL_PICKED]]


def _value(filled: Mapping[str, Any], name: str) -> Any:
    """A value as the house takes it; a tick that has to be set and is not is none."""
    if "values" in filled:
        values = tuple(str(value) for value in filled["values"])
        return values if name.endswith(_SEVERAL) else next(iter(values), None)
    value = filled.get("value")
    if isinstance(value, bool):
        return value or (None if name.endswith(_NEEDED) else False)
    return str(value or "").strip()
