"""What people ask of the bot: commands, buttons, menus, shortcuts and modals, as payloads of interactions."""

import copy
import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.slack import filling
from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods.chat import checked
from tests.fakes.slack.methods.views import checked_view
from tests.fakes.slack.values import Envelope, Failed, Json, Message, View
from tests.fakes.slack.viewing import VALUE_NAMES, ResponseUrl

CHOICES = {*VALUE_NAMES, "overflow"}
Filled = Mapping[str, str | bool | list[str]]


class Asking(Acting):
    """A workspace in which people ask the bot; each returns once acknowledged or too late."""

    async def slash(self, who: str, channel: str, line: str) -> Envelope:
        """Somebody types `/cop share …` in a channel (or `direct`); a reply in the acknowledgement shows."""
        place = self.place(channel, who)
        command, _, words = line.partition(" ")
        if self.commands is not None and command not in self.commands:
            raise AssertionError(f"{command} is not a command of this app")
        is_escaped = self.commands is None or self.commands[command]
        names = {"im": "directmessage", "group": "privategroup"}
        payload = {
            "token": "verification-token",
            "team_id": self.team,
            "team_domain": "workshop",
            "channel_id": place.id,
            "channel_name": names.get(place.kind, place.name),
            "user_id": who,
            "user_name": self.people[who].name.lower().replace(" ", "."),
            "command": command,
            "text": self.typed_command(words) if is_escaped else words,
            "api_app_id": self.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(who, place.id),
            "trigger_id": self.trigger(who, place.id),
        }
        envelope = await self.asked("slash_commands", payload)
        if envelope.ack.get("text") or envelope.ack.get("blocks"):
            self._reply(ResponseUrl(who, place.id, self.now()), envelope.ack)
        return envelope

    async def press(self, who: str, where: str, label: str, *, thread: str = "") -> Envelope:
        """Press the last button so labelled (or with that action_id) that they see.

        `where` is a channel, `direct`, `home` (their App Home) or `view` (their open modal). A button with an
        address is pressed too: Slack tells the bot of it.
        """
        for shown in reversed(self._shown(who, where, thread)):
            for block, element in reversed([*_elements(_blocks(shown))]):
                if element["type"] == "button" and label in (
                    element["text"]["text"],
                    element.get("action_id"),
                ):
                    action: Json = {
                        name: element[name] for name in ("text", "value", "style", "url") if name in element
                    }
                    return await self._acted(who, shown, block, element, action)
        raise AssertionError(f"{who} sees no button {label!r} in {where}")

    async def choose(self, who: str, where: str, menu: str, option: str, *, thread: str = "") -> Envelope:
        """Choose an option, by its words, of the last menu with this label, placeholder or action_id."""
        for shown in reversed(self._shown(who, where, thread)):
            for block, element in reversed([*_elements(_blocks(shown))]):
                if element["type"] in CHOICES and menu in filling.names_of(block, element):
                    chosen = filling.chosen(self, element, option)
                    if isinstance(shown, View):
                        shown.values.setdefault(block["block_id"], {})[element["action_id"]] = chosen
                    return await self._acted(who, shown, block, element, chosen)
        raise AssertionError(f"{who} sees no menu {menu!r} in {where}")

    async def message_action(self, who: str, channel: str, ts: str, callback_id: str) -> Envelope:
        """A message shortcut."""
        self._is_shortcut(callback_id)
        place = self.place(channel, who)
        message = self.message(place, ts)
        thread = message.thread_ts if message.thread_ts != ts else ""
        payload = self._interaction(who, "message_action") | {
            "callback_id": callback_id,
            "action_ts": self.next_ts(),
            "trigger_id": self.trigger(who, place.id),
            "response_url": self.response_url(who, place.id, thread=thread),
            "message_ts": ts,
            "message": self.message_json(message),
            "channel": {"id": place.id, "name": place.name},
        }
        return await self.asked("interactive", payload)

    async def global_shortcut(self, who: str, callback_id: str) -> Envelope:
        """A global shortcut."""
        self._is_shortcut(callback_id)
        payload = self._interaction(who, "shortcut") | {
            "callback_id": callback_id,
            "action_ts": self.next_ts(),
            "trigger_id": self.trigger(who),
        }
        return await self.asked("interactive", payload)

    async def open_home(self, who: str, *, tab: str = "home") -> Envelope | None:
        """Somebody opens the bot's App Home: `app_home_opened`; None if the app does not ask for that."""
        event: Json = {"type": "app_home_opened", "user": who, "channel": self.direct(who), "tab": tab}
        if who in self.homes:
            event["view"] = self.view_json(self.homes[who])
        envelope = self.emit(event)
        if envelope is not None:
            await self.acknowledged(envelope)
        return envelope

    # Modals ---------------------------------------------------------------------------------------------

    async def fill(self, who: str, values: Filled) -> None:
        """Fill fields of the open modal by their labels, in the words seen; remote menus are asked."""
        view = self._front(who)
        for label, value in values.items():
            block = filling.block_labelled(view, label)
            element = block["element"]
            if "external_select" in element["type"]:
                element = element | {"options": await self._suggested(who, view, block, str(value))}
            filled = filling.chosen(self, element, value)
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = filled
            if block.get("dispatch_action"):
                await self._acted(who, view, block, element, filled)

    async def submit(self, who: str, values: Filled | None = None) -> Envelope | None:
        """Fill and submit the open modal.

        None where the client itself refuses, with `errors` in the view: a required field is empty, an address
        or number is none. What the bot answers with its acknowledgement happens: errors, another view,
        closing.
        """
        await self.fill(who, values or {})
        view = self._front(who)
        view.errors = filling.refused_by_client(view)
        if view.errors:
            return None
        payload = self._interaction(who, "view_submission") | {
            "trigger_id": self.trigger(who, view.channel),
            "view": self.view_json(view),
            "response_urls": [],
        }
        envelope = await self.asked("interactive", payload)
        if envelope.acks:
            self._answered(view, envelope.ack)
        return envelope

    async def close_view(self, who: str) -> None:
        """Close the modal in front: `view_closed` if the bot asked to be told."""
        view = self._front(who)
        self.drop_view(view)
        if view.body.get("notify_on_close"):
            closed = {"view": self.view_json(view), "is_cleared": False}
            await self.asked("interactive", self._interaction(who, "view_closed") | closed)

    @abstractmethod
    async def acknowledged(self, envelope: Envelope) -> None:
        """Wait until the bot has it."""

    # ----------------------------------------------------------------------------------------------------

    def _reply(self, url: ResponseUrl, said: Json) -> None:
        """A reply in the acknowledgement of a command."""
        try:
            checked(self, "acknowledgement", said.get("text", ""), said.get("blocks"))
        except Failed:
            return
        self.respond(self.channels[url.channel], url, said)

    def _answered(self, view: View, ack: Json) -> None:
        """What the acknowledgement of a submitted form does."""
        try:
            match ack.get("response_action"):
                case None:
                    self.drop_view(view)
                case "clear":
                    self.drop_view(view, whole_stack=True)
                case "errors":
                    view.errors = dict(ack["errors"])
                    stray = view.errors.keys() - {block.get("block_id") for block in view.body["blocks"]}
                    if stray or not view.errors:
                        self.complaints.append(f"view_submission: errors for {stray or 'nothing'}")
                case "update":
                    self.update_view(view, checked_view(self, ack["view"], "modal"))
                case "push":
                    self.push_view(view.user, checked_view(self, ack["view"], "modal"), view.channel)
                case other:
                    self.complaints.append(f"view_submission: response_action {other!r}")
        except Failed as failed:
            self.complaints.append(f"view_submission: {failed}")

    async def _acted(
        self, who: str, shown: Message | View, block: Json, element: Json, action: Json
    ) -> Envelope:
        """A `block_actions` from a message, a modal or a home."""
        action = copy.deepcopy(action) | {
            "type": element["type"],
            "action_id": element.get("action_id") or "a0",
            "block_id": block.get("block_id") or "b0",
            "action_ts": self.next_ts(),
        }
        payload = self._interaction(who, "block_actions") | {"actions": [action]}
        if isinstance(shown, View):
            payload |= {
                "trigger_id": self.trigger(who, shown.channel),
                "container": {"type": "view", "view_id": shown.id},
                "view": self.view_json(shown),
            }
            return await self.asked("interactive", payload)
        place = self.channels[shown.channel]
        thread = shown.thread_ts if shown.thread_ts != shown.ts else ""
        container = {
            "type": "message",
            "message_ts": shown.ts,
            "channel_id": place.id,
            "is_ephemeral": bool(shown.only_for),
        }
        payload |= {
            "trigger_id": self.trigger(who, place.id),
            "container": container | ({"thread_ts": thread} if thread else {}),
            "channel": {"id": place.id, "name": place.name},
            "response_url": self.response_url(who, place.id, ts=shown.ts, thread=thread),
            "state": {"values": {}},
        }
        if not shown.only_for:
            # Of an ephemeral message Slack keeps nothing to send along.
            payload["message"] = self.message_json(shown)
        return await self.asked("interactive", payload)

    async def _suggested(self, who: str, view: View, block: Json, value: str) -> list[Json]:
        """What the bot offers in a remote menu for what was typed."""
        payload = self._interaction(who, "block_suggestion") | {
            "container": {"type": "view", "view_id": view.id},
            "view": self.view_json(view),
            "action_id": block["element"]["action_id"],
            "block_id": block["block_id"],
            "value": value,
        }
        envelope = await self.asked("interactive", payload)
        groups = envelope.ack.get("option_groups", [])
        options = [*envelope.ack.get("options", []), *(one for group in groups for one in group["options"])]
        if len(options) > 100:
            self.complaints.append(f"block_suggestion: {len(options)} options of at most 100")
        return json.loads(json.dumps(options))  # type: ignore[no-any-return]  # a copy of a list of objects

    def _interaction(self, who: str, kind: str) -> Json:
        person = self.people[who]
        name = person.name.lower().replace(" ", ".")
        return {
            "type": kind,
            "token": "verification-token",
            "api_app_id": self.app_id,
            "team": {"id": self.team, "domain": "workshop"},
            "user": {"id": who, "username": name, "name": name, "team_id": person.team},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _shown(self, who: str, where: str, thread: str) -> list[Any]:
        """What somebody looks at, the latest last."""
        if where == "home":
            return [self.homes[who]] if who in self.homes else []
        if where == "view":
            return [self._front(who)]
        place = self.place(where, who)
        return [
            message
            for message in place.messages
            if message.only_for in ("", who) and (not thread or thread in (message.thread_ts, message.ts))
        ]

    def _front(self, who: str) -> View:
        view = self.open_view(who)
        assert view is not None, f"no modal is open for {who}"
        return view

    def _is_shortcut(self, callback_id: str) -> None:
        if self.shortcuts is not None and callback_id not in self.shortcuts:
            raise AssertionError(f"{callback_id} is not a shortcut of this app")


def _blocks(shown: Message | View) -> list[Json]:
    return list(shown.body["blocks"] if isinstance(shown, View) else shown.blocks)


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that can be acted on, with its block."""
    for block in blocks:
        if block["type"] == "actions":
            for element in block["elements"]:
                yield block, element
        elif "accessory" in block:
            yield block, block["accessory"]
        elif block["type"] == "input":
            yield block, block["element"]
