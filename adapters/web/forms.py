"""Forms as dialogs: one input for each field, with what is wrong said beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any, assert_never
from zoneinfo import available_timezones

from nicegui import ui

from adapters.web.elements import box, icon_button, push, words
from adapters.web.inbound import Opened
from adapters.web.tab_session import TabSession
from facilitation.core.values.forms import FormField

FEW = 4
"""Up to this many options of a required choice are shown side by side."""


@dataclass(frozen=True)
class Input:
    """One input: how to read it, and where to say what is wrong with it."""

    read: Callable[[], Any]
    error: ui.element
    control: ui.element | None = None


class FormDialog:
    """One form, from opening to a submission that was taken."""

    def __init__(self, visit: TabSession, opened: Opened) -> None:
        self._visit = visit
        self._opened = opened
        self._inputs: dict[str, Input] = {}
        title = f"form-{id(self)}"
        with ui.dialog() as self._dialog, box("form", "dialog form", novalidate=True) as self._form:
            self._dialog.props["aria-labelledby"] = title
            with box("header", "dialog-head"):
                words(opened.form.title, "h2", "dialog-title", id=title)
                icon_button("close", "Close", self._dialog.close)
            self._body = box("div", "dialog-body")
            with box("footer", "dialog-foot"):
                push("Cancel", self._dialog.close, "button button-quiet")
                self._submit = words(opened.form.submit, "button", "button button-primary", type="submit")
        self._form.on("submit.prevent", lambda _: self._send(), args=[])
        self._dialog.on("hide", self._dialog.delete)
        self._fill()

    def open(self) -> None:
        """Show it; the first input takes the keys."""
        self._dialog.open()
        self._visit.script(f"window.tertulia?.focusFirst('{self._form.html_id}')")

    # ------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        form = self._opened.form
        self._body.clear()
        self._inputs.clear()
        shown = {field.name for field in form.fields if field.kind != "hidden"}
        with self._body:
            loose = [text for name, text in form.errors.items() if name not in shown]
            for text in loose:
                words(text, "p", "form-error form-error-whole", role="alert")
            for field in form.fields:
                self._inputs[field.name] = _Fielded(
                    self._visit, field, form.errors.get(field.name, "")
                ).show()

    async def _send(self) -> None:
        visit = self._visit
        values = {name: shown.read() for name, shown in self._inputs.items()}
        given = {name: value for name, value in values.items() if value not in (None, "", (), [])}
        self._submit.props["disabled"] = True
        try:
            answer = await visit.inbound.submitted(visit.who, self._opened, given)
        finally:
            self._submit.props.pop("disabled", None)
        if answer is None:
            self._dialog.close()
        elif answer.form.command == self._opened.form.command and answer.form.errors:
            self._opened = _with_values(answer, values)
            self._fill()
            self._visit.script(f"window.tertulia?.focusError('{self._form.html_id}')")
        else:
            self._dialog.close()
            visit.show_form(answer)


class _Fielded:
    """One field with its label, hint, input and error."""

    def __init__(self, visit: TabSession, field: FormField, error: str) -> None:
        self._visit = visit
        self._field = field
        self._id = f"{field.name}-{id(self)}"
        self._error = error

    def show(self) -> Input:
        """Put the field on the page."""
        field = self._field
        if field.kind == "hidden":
            return Input(lambda: field.value, box("span", "is-gone"))
        with box("div", "form-field") as row:
            if self._error:
                row.classes("has-error")
            if field.kind != "tick":
                self._label()
            read = self._input()
            if field.hint and field.kind != "tick":
                words(field.hint, "p", "form-hint", id=f"{self._id}-hint")
            error = words(self._error, "p", "form-error", id=f"{self._id}-error", role="alert")
        return Input(read, error)

    def _label(self) -> None:
        with box("label", "form-label", for_=self._id, id=f"{self._id}-label"):
            words(self._field.label)
            if not self._field.required:
                words("optional", "span", "form-optional")

    def _input(self) -> Callable[[], Any]:
        field, square = self._field, self._visit.square
        match field.kind:
            case "line" | "tags":
                return self._text(
                    ", ".join(field.value) if isinstance(field.value, list | tuple) else field.value
                )
            case "text":
                return self._text(field.value, lines=True)
            case "url":
                return self._text(field.value, inputmode="url", placeholder="https://")
            case "number":
                return self._text(field.value, inputmode="numeric")
            case "time":
                value = f"{field.value:%H:%M}" if isinstance(field.value, time) else field.value
                return self._text(value, placeholder="09:30")
            case "tick":
                return self._tick()
            case "choice":
                return self._choice({option.value: option.label for option in field.options})
            case "person":
                return self._pick({p.handle: p.name or p.handle for p in square.persons()})
            case "channel":
                return self._pick(_channels(self._visit))
            case "channels":
                return self._pick(_channels(self._visit), several=True)
            case "zone":
                return self._pick(
                    {name: name.replace("_", " ") for name in sorted(available_timezones()) if "/" in name}
                )
            case "hidden":
                return lambda: field.value
            case _:
                assert_never(field.kind)

    def _text(self, value: object, *, lines: bool = False, **props: str) -> Callable[[], Any]:
        text = "" if value is None else str(value)
        element = ui.textarea(value=text) if lines else ui.input(value=text)
        element.props("outlined dense" + (" autogrow" if lines else "")).classes("choice")
        if self._field.max_length:
            element.props["maxlength"] = self._field.max_length
        self._dress(element, **props)
        return lambda: str(element.value or "").strip()

    def _tick(self) -> Callable[[], Any]:
        field = self._field
        element = ui.checkbox(field.label, value=bool(field.value)).classes("tick")
        if field.hint:
            words(field.hint, "p", "form-hint form-hint-tick")
        return lambda: True if element.value else (None if field.required else False)

    def _choice(self, options: dict[str, str]) -> Callable[[], Any]:
        if not self._field.required or len(options) > FEW:
            return self._pick(options, search=False)
        value = self._field.value if self._field.value in options else None
        element = ui.radio(options, value=value).props("inline").classes("radios")
        self._dress(element)
        return lambda: element.value

    def _pick(
        self, options: dict[str, str], *, several: bool = False, search: bool = True
    ) -> Callable[[], Any]:
        value = _known(self._field.value, options, several=several)
        element = ui.select(
            options, value=value, multiple=several, with_input=search, clearable=not self._field.required
        )
        element.props(
            "outlined dense options-dense behavior=menu input-debounce=0" + (" use-chips" if several else "")
        )
        element.classes("choice")
        self._dress(element)
        return lambda: tuple(element.value or ()) if several else element.value

    def _dress(self, element: ui.element, **props: str) -> None:
        described = [f"{self._id}-error"] if self._error else []
        if self._field.hint:
            described.append(f"{self._id}-hint")
        element.props["for"] = self._id
        element.props["aria-labelledby"] = f"{self._id}-label"
        element.props["name"] = self._field.name
        if described:
            element.props["aria-describedby"] = " ".join(described)
        if self._error:
            element.props["error"] = True
            element.props("hide-bottom-space no-error-icon")
            element.props["aria-invalid"] = "true"
        if self._field.required:
            element.props["aria-required"] = "true"
        for name, value in props.items():
            element.props[name] = value


def _channels(visit: TabSession) -> dict[str, str]:
    spots = [spot for spot in visit.square.places_of(visit.who) if spot.kind == "channel"]
    return {spot.handle: f"#{spot.name}" for spot in sorted(spots, key=lambda spot: spot.name.casefold())}


def _known(value: object, options: Mapping[str, str], *, several: bool) -> Any:
    """A stored value as far as it is still among the options."""
    if several:
        return [one for one in value if one in options] if isinstance(value, list | tuple) else []
    return value if value in options else None


def _with_values(answer: Opened, values: Mapping[str, Any]) -> Opened:
    """A form that came back with errors, holding what was typed."""
    fields = tuple(replace(field, value=values.get(field.name, field.value)) for field in answer.form.fields)
    return replace(answer, form=replace(answer.form, fields=fields))
