"""Renders forms as dialogs: one input per field, with its error beside it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any, assert_never

from nicegui import ui

from adapters.web.kit.elements import box, icon_button, push_button, text_element
from facilitation.core.values.forms import Form, FormField
from facilitation.core.values.local_time import zone_names

MAX_RADIO_OPTIONS = 4
"""A required choice with at most this many options is shown as radio buttons, else as a menu."""

Values = Mapping[str, Any]
Submit = Callable[[Form, Values], Awaitable[Form | None]]
"""Submits the values by field; returns the form with errors, another form to continue with, or None."""


@dataclass(frozen=True)
class FormOptions:
    """The people and channels that the fields of a form offer: names by handle, in the order shown."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


class FormDialog:
    """A dialog with one form, which stays open until a submission is accepted or the person closes it.

    `show_next` opens the form that follows, if `submit` returns one. `run_script` runs a line of JavaScript
    in the browser.
    """

    def __init__(
        self,
        form: Form,
        options: FormOptions,
        *,
        submit: Submit,
        show_next: Callable[[Form], None],
        run_script: Callable[[str], object],
    ) -> None:
        self._shown = form
        self._options = options
        self._submit = submit
        self._show_next = show_next
        self._run_script = run_script
        self._readers: dict[str, Callable[[], Any]] = {}
        title = f"form-{id(self)}"
        with ui.dialog() as self._dialog, box("form", "dialog form", novalidate=True) as self._form:
            self._dialog.props["aria-labelledby"] = title
            with box("header", "dialog-head"):
                text_element(form.title, "h2", "dialog-title", id=title)
                icon_button("close", "Close", self._dialog.close)
            self._body = box("div", "dialog-body")
            with box("footer", "dialog-foot"):
                push_button("Cancel", self._dialog.close, "button button-quiet")
                self._button = text_element(form.submit, "button", "button button-primary", type="submit")
        self._form.on("submit.prevent", lambda _: self._send(), args=[])
        self._dialog.on("hide", self._dialog.delete)
        self._build()

    def open(self) -> None:
        """Show the dialog and focus its first input."""
        self._dialog.open()
        self._run_script(f"window.tertulia?.focusFirst('{self._form.html_id}')")

    # ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        form = self._shown
        self._body.clear()
        self._readers.clear()
        visible = {one.name for one in form.fields if one.kind != "hidden"}
        with self._body:
            for text in (text for name, text in form.errors.items() if name not in visible):
                text_element(text, "p", "form-error form-error-whole", role="alert")
            for one in form.fields:
                row = _FieldRow(one, self._options, form.errors.get(one.name, ""))
                self._readers[one.name] = row.show()

    async def _send(self) -> None:
        values = {name: read() for name, read in self._readers.items()}
        filled = {name: value for name, value in values.items() if value not in (None, "", (), [])}
        self._button.props["disabled"] = True
        try:
            following = await self._submit(self._shown, filled)
        finally:
            self._button.props.pop("disabled", None)
        if following is None:
            self._dialog.close()
        elif following.command == self._shown.command and following.errors:
            self._shown = _with_values(following, values)
            self._build()
            self._run_script(f"window.tertulia?.focusError('{self._form.html_id}')")
        else:
            self._dialog.close()
            self._show_next(following)


class _FieldRow:
    """One field: its label, input, hint and error."""

    def __init__(self, field: FormField, options: FormOptions, error: str) -> None:
        self._field = field
        self._options = options
        self._id = f"{field.name}-{id(self)}"
        self._error = error

    def show(self) -> Callable[[], Any]:
        """Add the field to the page; returns a function that reads its value."""
        field = self._field
        if field.kind == "hidden":
            return lambda: field.value
        with box("div", "form-field") as row:
            if self._error:
                row.classes("has-error")
            if field.kind != "tick":
                self._label()
            read = self._input()
            if field.hint and field.kind != "tick":
                text_element(field.hint, "p", "form-hint", id=f"{self._id}-hint")
            text_element(self._error, "p", "form-error", id=f"{self._id}-error", role="alert")
        return read

    def _label(self) -> None:
        with box("label", "form-label", for_=self._id, id=f"{self._id}-label"):
            text_element(self._field.label)
            if not self._field.required:
                text_element("optional", "span", "form-optional")

    def _input(self) -> Callable[[], Any]:
        field = self._field
        match field.kind:
            case "line" | "tags":
                return self._text(
                    ", ".join(field.value) if isinstance(field.value, list | tuple) else field.value
                )
            case "text":
                return self._text(field.value, multiline=True)
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
                return self._select(self._options.people)
            case "channel":
                return self._select(self._options.channels)
            case "channels":
                return self._select(self._options.channels, several=True)
            case "zone":
                return self._select(
                    {name: name.replace("_", " ") for name in sorted(zone_names()) if "/" in name}
                )
            case "hidden":
                return lambda: field.value
            case _:
                assert_never(field.kind)

    def _text(self, value: object, *, multiline: bool = False, **props: str) -> Callable[[], Any]:
        text = "" if value is None else str(value)
        element = ui.textarea(value=text) if multiline else ui.input(value=text)
        element.props("outlined dense" + (" autogrow" if multiline else "")).classes("choice")
        if self._field.max_length:
            element.props["maxlength"] = self._field.max_length
        self._set_props(element, **props)
        return lambda: str(element.value or "").strip()

    def _tick(self) -> Callable[[], Any]:
        field = self._field
        element = ui.checkbox(field.label, value=bool(field.value)).classes("tick")
        if field.hint:
            text_element(field.hint, "p", "form-hint form-hint-tick")
        return lambda: True if element.value else (None if field.required else False)

    def _choice(self, options: dict[str, str]) -> Callable[[], Any]:
        if not self._field.required or len(options) > MAX_RADIO_OPTIONS:
            return self._select(options, search=False)
        value = self._field.value if self._field.value in options else None
        element = ui.radio(options, value=value).props("inline").classes("radios")
        self._set_props(element)
        return lambda: element.value

    def _select(
        self, options: Mapping[str, str], *, several: bool = False, search: bool = True
    ) -> Callable[[], Any]:
        value = _known(self._field.value, options, several=several)
        element = ui.select(
            dict(options),
            value=value,
            multiple=several,
            with_input=search,
            clearable=not self._field.required,
        )
        element.props(
            "outlined dense options-dense behavior=menu input-debounce=0" + (" use-chips" if several else "")
        )
        element.classes("choice")
        self._set_props(element)
        return lambda: tuple(element.value or ()) if several else element.value

    def _set_props(self, element: ui.element, **props: str) -> None:
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


def _known(value: object, options: Mapping[str, str], *, several: bool) -> Any:
    """The stored value if it is still an option, else None; with `several`, a list of those that are."""
    if several:
        return [one for one in value if one in options] if isinstance(value, list | tuple) else []
    return value if value in options else None


def _with_values(form: Form, values: Values) -> Form:
    """A form that was returned with errors, with the submitted values in its fields."""
    fields = tuple(replace(one, value=values.get(one.name, one.value)) for one in form.fields)
    return replace(form, fields=fields)
