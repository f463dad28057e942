"""Triggers and what they open: modals in a stack of at most three, homes, and the response addresses."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from tests.fakes.slack.telling import Telling
from tests.fakes.slack.values import Failed, Json, View

TRIGGER_LIFE = 3.0
RESPONSE_USES = 5
RESPONSE_LIFE = 30 * 60.0


@dataclass
class Trigger:
    """What lets the bot open a modal, once and soon."""

    who: str
    channel: str
    at: float
    used: bool = False


@dataclass
class ResponseUrl:
    """What lets the bot answer where somebody asked, five times in half an hour."""

    who: str
    channel: str
    at: float
    ts: str = ""
    """The message whose button was pressed."""
    thread: str = ""
    uses: int = 0


class Viewing(Telling, ABC):
    """A workspace in which things can be opened."""

    def __init__(self, team_name: str, resend_after: float) -> None:
        super().__init__(team_name, resend_after)
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._stacks: dict[str, list[View]] = {}

    def trigger(self, who: str, channel: str = "") -> str:
        """A new trigger_id."""
        handle = self.next_id("trigger.")
        self.triggers[handle] = Trigger(who, channel, self.now())
        return handle

    def use_trigger(self, handle: str) -> tuple[str, str]:
        """Who it was, and where; raises Failed for a late, used or unknown one, and complains."""
        trigger = self.triggers.get(handle)
        error = ""
        if trigger is None:
            error = "invalid_trigger_id"
        elif trigger.used:
            error = "exchanged_trigger_id"
        elif self.now() - trigger.at > TRIGGER_LIFE:
            error = "expired_trigger_id"
        if error or trigger is None:
            self.complaints.append(f"trigger_id: {error}")
            raise Failed(error)
        trigger.used = True
        return trigger.who, trigger.channel

    def response_url(self, who: str, channel: str, *, ts: str = "", thread: str = "") -> str:
        """A new address to answer at."""
        handle = self.next_id("r")
        self.response_urls[handle] = ResponseUrl(who, channel, self.now(), ts, thread)
        return f"{self.address}/response/{handle}"

    @property
    @abstractmethod
    def address(self) -> str:
        """`http://127.0.0.1:PORT`"""

    # Modals ---------------------------------------------------------------------------------------------

    def open_view(self, who: str) -> View | None:
        """The modal that is in front of somebody."""
        stack = self._stacks.get(who)
        return stack[-1] if stack else None

    def show(self, view: View) -> View:
        """Open a modal, in place of what was open."""
        for earlier in self._stacks.get(view.user, ()):
            del self.views[earlier.id]
        self._stacks[view.user] = [view]
        self.views[view.id] = view
        view.values = initial_values(view.body)
        return view

    def push_view(self, who: str, body: Json, channel: str) -> View:
        """Put a modal on top of those that are open; raises Failed above three."""
        stack = self._stacks.setdefault(who, [])
        if len(stack) >= 3:
            raise Failed("push_limit_reached")
        view = View(self.next_id("V"), who, body, self.next_id("h"), channel=channel)
        if stack:
            view.root, view.previous = stack[0].id, stack[-1].id
        view.values = initial_values(body)
        stack.append(view)
        self.views[view.id] = view
        return view

    def update_view(self, view: View, body: Json) -> None:
        """Show something else in its place; a field with the same ids keeps what was typed."""
        typed = view.values
        view.body, view.hash, view.errors = body, self.next_id("h"), {}
        view.values = {
            block: {action: typed.get(block, {}).get(action, value) for action, value in actions.items()}
            for block, actions in initial_values(body).items()
        }

    def drop_view(self, view: View, *, whole_stack: bool = False) -> None:
        """Close the modal in front, or all of them."""
        stack = self._stacks[view.user]
        for gone in stack[:] if whole_stack else [view]:
            stack.remove(gone)
            del self.views[gone.id]


def initial_values(body: Json) -> dict[str, dict[str, Json]]:
    """`state.values` of a view as it opens; what has no block_id or action_id is given one."""
    values: dict[str, dict[str, Json]] = {}
    for number, block in enumerate(body["blocks"]):
        block.setdefault("block_id", f"b{number}")
        elements = block.get("elements", []) if block["type"] == "actions" else []
        if block["type"] == "input":
            elements = [block["element"]]
        elif "accessory" in block:
            elements = [block["accessory"]]
        for place, element in enumerate(elements):
            element.setdefault("action_id", f"a{number}.{place}")
            value = _initial_value(element)
            if value is not None:
                values.setdefault(block["block_id"], {})[element["action_id"]] = value
    return values


def _initial_value(element: Json) -> Json | None:
    kind = element["type"]
    if kind in ("button", "image", "overflow"):
        return None
    if kind in ("plain_text_input", "number_input", "url_text_input", "email_text_input"):
        return {"type": kind, "value": element.get("initial_value") or None}
    name = VALUE_NAMES[kind]
    initial = element.get(name.replace("selected", "initial"))
    empty: list[str] | None = [] if name.endswith("s") else None
    return {"type": kind, name: empty if initial is None else initial}


VALUE_NAMES = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "timepicker": "selected_time",
    "datepicker": "selected_date",
}
"""Under which name each kind of element keeps what is chosen."""
