"""REST: messages, their history, their reactions and pins."""

from urllib.parse import unquote

from tests.fakes.discord.composing import Composer
from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.payloads import Json, message_json, stamp, user_json, veiled
from tests.fakes.discord.rest_channels import ChannelRoutes
from tests.fakes.discord.scene import Scene
from tests.fakes.discord.service import Asked, Service
from tests.fakes.discord.world import CATEGORY, DM, FORUM, Channel, Message

ALONE = "/channels/{channel}/messages/{message}"
REACTION = ALONE + "/reactions/{emoji}"


class MessageRoutes:
    """`/channels/{channel}/messages`."""

    def __init__(self, scene: Scene, channels: ChannelRoutes, composer: Composer) -> None:
        self._scene = scene
        self._world = scene.world
        self._channels = channels
        self._composer = composer

    def serve(self, service: Service) -> None:
        service.route("POST", "/channels/{channel}/messages", self._create)
        service.route("GET", "/channels/{channel}/messages", self._history)
        service.route("POST", "/channels/{channel}/messages/bulk-delete", self._bulk_delete)
        service.route("GET", "/channels/{channel}/messages/pins", self._pins)
        service.route("PUT", "/channels/{channel}/messages/pins/{message}", self._pin)
        service.route("DELETE", "/channels/{channel}/messages/pins/{message}", self._unpin)
        service.route("GET", ALONE, self._one)
        service.route("PATCH", ALONE, self._edit)
        service.route("DELETE", ALONE, self._delete)
        service.route("PUT", REACTION + "/@me", self._react)
        service.route("DELETE", REACTION + "/{user}", self._unreact)
        service.route("GET", REACTION, self._who_reacted)

    def _create(self, asked: Asked) -> Json:
        channel = self._channels.seen(asked)
        body: Json = asked.body or {}
        self._may_write(channel, body, asked)
        what = self._composer.created(asked, body)
        nonce = str(body.get("nonce") or "")
        if nonce and body.get("enforce_nonce"):
            before = self._scene.posted_before(channel, nonce)
            if before is not None and before.deleted:
                raise ApiError(10008)
            if before is not None:
                return message_json(self._world, before) | {"nonce": nonce}
        reference = body.get("message_reference") or {}
        reply_to = self._replied(channel, reference, asked)
        kind = 19 if reply_to else 0
        message = self._scene.post(
            self._world.bot, channel, **what, nonce=nonce, reply_to=reply_to, kind=kind
        )
        return message_json(self._world, message) | ({"nonce": nonce} if nonce else {})

    def _may_write(self, channel: Channel, body: Json, asked: Asked) -> None:
        if channel.kind in (CATEGORY, FORUM):
            raise ApiError(50024)
        if channel.kind == DM:
            return self._may_write_to(channel)
        if channel.locked:
            self._channels.must(channel, "manage_threads")
        self._channels.must(channel, "send_messages_in_threads" if channel.is_thread else "send_messages")
        if body.get("embeds"):
            self._channels.must(channel, "embed_links")
        if asked.files:
            self._channels.must(channel, "attach_files")
        return None

    def _may_write_to(self, channel: Channel) -> None:
        person = self._world.users[channel.recipient]
        shared = [one for one in self._world.guilds.values() if one.here and person.id in one.members]
        if person.closed:
            raise ApiError(person.closed)
        if person.bot:
            raise ApiError(50007)
        if not shared:
            raise ApiError(50278)

    def _replied(self, channel: Channel, reference: Json, asked: Asked) -> str:
        if not reference:
            return ""
        self._channels.must(channel, "read_message_history")
        named = str(reference.get("message_id"))
        if named in channel.messages:
            return named
        if reference.get("fail_if_not_exists", True):
            words = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
            raise ApiError(50035, errors={"message_reference": {"_errors": [words]}})
        return ""

    def _history(self, asked: Asked) -> list[Json]:
        channel = self._channels.seen(asked)
        limit = int(asked.query.get("limit", 50))
        if not 1 <= limit <= 100:
            words = {"code": "NUMBER_TYPE_RANGE", "message": "int value should be between 1 and 100."}
            asked.complain({"limit": {"_errors": [words]}})
            raise ApiError(50035, errors={"limit": {"_errors": [words]}})
        if not self._reads(channel):
            return []
        newest_first = sorted(channel.messages.values(), key=lambda one: int(one.id), reverse=True)
        return [self._json(one) for one in _page(newest_first, asked.query, limit)]

    def _reads(self, channel: Channel) -> bool:
        try:
            self._channels.must(channel, "read_message_history")
        except ApiError:
            return False  # Discord answers with an empty history
        return True

    def _json(self, message: Message) -> Json:
        found = message_json(self._world, message)
        bot = self._world.bot
        is_open = message.author is bot or message.channel.kind == DM or bot.id in message.pinged
        is_allowed = not self._scene.gateway.forbidden & (1 << 15)
        return found if is_open or is_allowed else veiled(found)

    def _one(self, asked: Asked) -> Json:
        message = self._message(asked)
        self._channels.must(message.channel, "read_message_history")
        return self._json(message)

    def _message(self, asked: Asked) -> Message:
        found = self._channels.seen(asked).messages.get(asked.parts["message"])
        if found is None:
            raise ApiError(10008)
        return found

    def _edit(self, asked: Asked) -> Json:
        message = self._message(asked)
        if message.author is not self._world.bot:
            raise ApiError(50005)
        if message.channel.archived:
            raise ApiError(50083)
        self._scene.edit(message, **self._composer.changed(asked, asked.body or {}, message))
        return message_json(self._world, message)

    def _delete(self, asked: Asked) -> None:
        message = self._message(asked)
        if message.channel.archived:
            raise ApiError(50083)
        if message.author is not self._world.bot:
            self._channels.must(message.channel, "manage_messages")
        self._scene.delete(message)

    def _bulk_delete(self, asked: Asked) -> None:
        channel = self._channels.seen(asked)
        self._channels.must(channel, "manage_messages")
        named = [str(one) for one in asked.body["messages"]]
        found = [channel.messages[one] for one in named if one in channel.messages]
        if found:
            self._scene.bulk_delete(found)

    # Reactions and pins -------------------------------------------------------------------------------

    def _react(self, asked: Asked) -> None:
        message = self._message(asked)
        emoji = unquote(asked.parts["emoji"])
        if not emoji or emoji.isascii():
            raise ApiError(10014, status=400)
        self._channels.must(message.channel, "read_message_history")
        if emoji not in message.reactions:
            self._channels.must(message.channel, "add_reactions")
        self._scene.react(self._world.bot, message, emoji, added=True)

    def _unreact(self, asked: Asked) -> None:
        message = self._message(asked)
        named = asked.parts["user"]
        if named != "@me":
            self._channels.must(message.channel, "manage_messages")
        user = self._world.bot if named == "@me" else self._world.users[named]
        self._scene.react(user, message, unquote(asked.parts["emoji"]), added=False)

    def _who_reacted(self, asked: Asked) -> list[Json]:
        people = self._message(asked).reactions.get(unquote(asked.parts["emoji"]), [])
        after, limit = int(asked.query.get("after", 0)), int(asked.query.get("limit", 25))
        return [user_json(self._world.users[one]) for one in sorted(people, key=int) if int(one) > after][
            :limit
        ]

    def _pins(self, asked: Asked) -> Json:
        pinned = [one for one in self._channels.seen(asked).messages.values() if one.pinned]
        items = [{"pinned_at": stamp(self._world.wall()), "message": self._json(one)} for one in pinned]
        return {"items": items, "has_more": False}

    def _pin(self, asked: Asked) -> None:
        self._set_pin(asked, pinned=True)

    def _unpin(self, asked: Asked) -> None:
        self._set_pin(asked, pinned=False)

    def _set_pin(self, asked: Asked, *, pinned: bool) -> None:
        message = self._message(asked)
        self._channels.must(message.channel, "pin_messages")
        self._scene.edit(message, edited=False, pinned=pinned)


def _page(newest_first: list[Message], query: dict[str, str], limit: int) -> list[Message]:
    """What `around`, `before` or `after` asks for; newest first, like Discord."""
    if "around" in query:
        middle = int(query["around"])
        near = sorted(newest_first, key=lambda one: abs(int(one.id) - middle))[:limit]
        return [one for one in newest_first if one in near]
    if "before" in query:
        return [one for one in newest_first if int(one.id) < int(query["before"])][:limit]
    if "after" in query:
        return [one for one in newest_first if int(one.id) > int(query["after"])][-limit:]
    return newest_first[:limit]
