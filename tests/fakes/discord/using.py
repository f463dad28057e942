"""What people do with the bot: commands, buttons, menus, forms. Each returns when the bot has answered."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.discord import modal as forms
from tests.fakes.discord.base import FakeBase
from tests.fakes.discord.exchange import Exchange, Kind
from tests.fakes.discord.modal import Modal
from tests.fakes.discord.payloads import Json, channel_json, member_json, message_json, role_json, user_json
from tests.fakes.discord.typing_commands import INTEGER, descend, filled, found_command, nested
from tests.fakes.discord.world import DM, Channel, Message, User, flat

TYPES: dict[Kind, int] = {"slash": 2, "context": 2, "component": 3, "autocomplete": 4, "modal": 5}


class Using(FakeBase):
    """Interactions."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self._modals: dict[str, Exchange] = {}
        """Open forms by the id of the person, with the exchange that opened them."""

    @property
    def patience(self) -> float:
        """Seconds in which an interaction has to be answered or deferred; later it is unknown (10062)."""
        return self._interactions.patience

    @patience.setter
    def patience(self, seconds: float) -> None:
        self._interactions.patience = seconds

    async def slash(
        self, who: str, channel: str, command: str, options: Mapping[str, Any] | None = None
    ) -> Exchange:
        """Type a command, e.g. `cop share` with `{"url": …}`; people and channels in options by handle.

        Only what is registered can be typed: an unknown command or option, a missing one or a wrong
        choice is a ValueError, as in a client. `channel` is a handle, a thread's id, or `dm`.
        """
        user, place = self._world.user(who), self._channel_of(who, channel)
        found, path, known = self._typed(user, place, command)
        values = filled(known, options or {}, self.id_of)
        data = self._command(found, nested(path, values))
        data |= self._resolved(place, [str(one["value"]) for one in values if one["type"] in (6, 7, 8, 9)])
        return await self._ask("slash", user, place, data)

    async def autocomplete(
        self,
        who: str,
        channel: str,
        command: str,
        option: str,
        typed: str,
        options: Mapping[str, Any] | None = None,
    ) -> list[tuple[str, Any]]:
        """What is offered while somebody types an option: (name, value)."""
        user, place = self._world.user(who), self._channel_of(who, channel)
        found, path, known = self._typed(user, place, command)
        focused = next((one for one in known if one["name"] == option), None)
        if focused is None or not focused.get("autocomplete"):
            raise ValueError(f"{option!r} offers nothing while it is typed")
        others = [one | {"required": False} for one in known if one["name"] != option]
        values = filled(others, options or {}, self.id_of)
        value: Any = typed if focused["type"] != INTEGER or not typed.isdigit() else int(typed)
        values.append({"name": option, "type": focused["type"], "value": value, "focused": True})
        exchange = await self._ask("autocomplete", user, place, self._command(found, nested(path, values)))
        return exchange.choices

    async def context_menu(self, who: str, name: str, target: str) -> Exchange:
        """Choose an entry of a message's menu (by its id) or of a person's (by handle)."""
        user = self._world.user(who)
        message = self._world.messages.get(target)
        if message is None:
            raise KeyError(f"no message {target!r}")
        rights = self._world.rights(user, message.channel)
        found = found_command(self._known_in(message.channel), 3, name, rights)
        data = self._command(found, [])
        data |= {"target_id": message.id}
        data |= {"resolved": {"messages": {message.id: message_json(self._world, message)}}}
        return await self._ask("context", user, message.channel, data)

    async def press(self, who: str, label: str, *, message: str = "", channel: str = "") -> Exchange:
        """Press a button: in that message, else in the newest that shows one to this person."""
        user = self._world.user(who)
        found, button = self._component(
            user, message, channel, lambda one: one.get("label") == label, (2,), label
        )
        if button.get("disabled") or "custom_id" not in button:
            raise ValueError(f"{label!r} cannot be pressed")
        data = {"component_type": 2, "custom_id": button["custom_id"], "id": button["id"]}
        return await self._ask("component", user, found.channel, data, found)

    async def choose(
        self, who: str, menu: str, *options: str, message: str = "", channel: str = ""
    ) -> Exchange:
        """Choose in a menu (by its placeholder): options by label, people and channels by handle."""
        user = self._world.user(who)
        found, raw = self._component(
            user, message, channel, lambda one: one.get("placeholder") == menu, (3, 5, 6, 7, 8), menu
        )
        if raw["type"] == 3:
            by_label = {one["label"]: one["value"] for one in raw["options"]}
            if not set(options) <= set(by_label):
                raise ValueError(f"{options} not among {list(by_label)}")
            values = [by_label[one] for one in options]
        else:
            values = [self.id_of(one) for one in options]
        if not raw.get("min_values", 1) <= len(values) <= raw.get("max_values", 1):
            raise ValueError(f"{len(values)} is too few or too many for {menu!r}")
        data = {
            "component_type": raw["type"],
            "custom_id": raw["custom_id"],
            "id": raw["id"],
            "values": values,
        }
        data |= self._resolved(found.channel, values) if raw["type"] != 3 else {}
        return await self._ask("component", user, found.channel, data, found)

    def modal(self, who: str) -> Modal | None:
        """The form that is open for somebody."""
        exchange = self._modals.get(self.id_of(who))
        return forms.seen(exchange.modal) if exchange and exchange.modal else None

    async def submit_modal(
        self, who: str, values: Mapping[str, str | bool | list[str]] | None = None
    ) -> Exchange:
        """Fill in the open form by its labels and submit; what is not named keeps what it was opened with.

        What a client would not let through (required and empty, too long) is a ValueError. If the bot does
        not answer in time the form stays open, as it does for people.
        """
        user = self._world.user(who)
        shown = self.modal(who)
        if shown is None:
            raise ValueError(f"no form is open for {who!r}")
        opened = self._modals[user.id]
        components = forms.submitted(shown, values or {}, self.id_of)
        chosen = [
            one for part in flat(components) if part["type"] in (5, 6, 7, 8) for one in part.get("values", ())
        ]
        data = {"custom_id": shown.raw["custom_id"], "components": components}
        data |= self._resolved(opened.channel, chosen)
        exchange = await self._ask("modal", user, opened.channel, data, opened.source)
        if not exchange.failed:
            self._modals.pop(user.id, None)
        return exchange

    # ----------------------------------------------------------------------------------------------------

    def _known_in(self, place: Channel) -> list[Json]:
        return [*self._world.commands, *(place.guild.commands if place.guild else ())]

    def _typed(
        self, user: User, place: Channel, command: str
    ) -> tuple[Json, list[tuple[int, str]], list[Json]]:
        root, *words = command.split()
        found = found_command(self._known_in(place), 1, root, self._world.rights(user, place))
        if place.kind == DM and (found.get("contexts") is not None and 1 not in found["contexts"]):
            raise ValueError(f"{root!r} is not offered in private")
        if place.is_thread and place.locked:
            raise ValueError("the thread is locked")
        path, options = descend(found, words)
        return found, path, options

    def _command(self, found: Json, options: list[Json]) -> Json:
        data: Json = {"id": found["id"], "name": found["name"], "type": found["type"]}
        return data | ({"options": options} if options else {})

    def _resolved(self, place: Channel, ids: list[str]) -> Json:
        """The people, roles and channels that were chosen."""
        found: Json = {}
        guild = place.guild
        for one in ids:
            if one in self._world.users:
                found.setdefault("users", {})[one] = user_json(self._world.users[one])
                if guild and one in guild.members:
                    member = member_json(guild.members[one], with_user=False)
                    rights = self._world.rights(self._world.users[one], place)
                    found.setdefault("members", {})[one] = member | {"permissions": str(rights)}
            elif one in self._world.channels:
                found.setdefault("channels", {})[one] = self._place(self._world.channels[one], None)
            elif guild and one in guild.roles:
                found.setdefault("roles", {})[one] = role_json(guild.roles[one], 1)
        return {"resolved": found} if found else {}

    def _component(
        self,
        user: User,
        message: str,
        channel: str,
        is_it: Callable[[Json], bool],
        types: tuple[int, ...],
        what: str,
    ) -> tuple[Message, Json]:
        """The newest message that shows a component to somebody, and the component."""
        place = self._channel_of(user.handle, channel) if channel else None
        for one in reversed(list(self._world.messages.values())):
            if (message and one.id != message) or (place and one.channel is not place) or one.deleted:
                continue
            if one.seen_by not in ("", user.id) or not self._world.sees(user, one.channel):
                continue
            for part in one.parts:
                if part["type"] in types and is_it(part):
                    return one, part
        shown = [one.buttons for one in self._world.messages.values() if one.buttons and not one.deleted]
        raise ValueError(f"{what!r} is nowhere to be seen; buttons there are: {shown[-5:]}")

    async def _ask(
        self, kind: Kind, user: User, place: Channel, data: Json, source: Message | None = None
    ) -> Exchange:
        """Tell the bot of an interaction and wait until it has answered or deferred, or has not."""
        exchange = Exchange(
            self._world.new_id(), TYPES[kind], kind, secrets.token_urlsafe(40), user, place, source
        )
        self._interactions.exchanges[exchange.token] = exchange
        self._gateway.tell_interaction(self._told(exchange, data))
        exchange.begun = time.monotonic()
        try:
            await asyncio.wait_for(exchange.first.wait(), self.patience)
        except TimeoutError:
            exchange.failed = True
        if exchange.modal is not None:
            self._modals[user.id] = exchange
        return exchange

    def _told(self, exchange: Exchange, data: Json) -> Json:
        place, user = exchange.channel, exchange.person
        found: Json = {
            "id": exchange.id,
            "application_id": self._world.bot.id,
            "type": exchange.type,
            "token": exchange.token,
            "version": 1,
            "channel_id": place.id,
            "channel": self._place(place, user),
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": exchange.owners,
            "app_permissions": str(self._world.rights(self._world.bot, place)),
            "attachment_size_limit": 10 * 1024 * 1024,
            "context": 0 if place.guild else 1,
            "data": data,
        }
        if exchange.source is not None:
            found["message"] = message_json(self._world, exchange.source)
        guild = place.guild
        if guild is None:
            return found | {"user": user_json(user)}
        member = member_json(guild.members[user.id]) | {"permissions": str(self._world.rights(user, place))}
        return found | {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": "en-GB", "features": ["COMMUNITY"]},
            "guild_locale": "en-GB",
            "member": member,
        }

    def _place(self, place: Channel, user: User | None) -> Json:
        found = channel_json(self._world, place)
        found.pop("permission_overwrites", None)
        rights = self._world.rights(user, place) if user else 0
        return found | {"permissions": str(rights)}
