"""REST: channels, threads and who is in them, private conversations."""

from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.form_body import Problems
from tests.fakes.discord.payloads import Json, channel_json, member_json, thread_json, thread_member_json
from tests.fakes.discord.scene import Scene
from tests.fakes.discord.service import Asked, Service
from tests.fakes.discord.world import DM, FORUM, NEWS, PERMISSIONS, PRIVATE_THREAD, TEXT, Channel, User


class ChannelRoutes:
    """`/channels/{channel}` without its messages, and `/users/@me/channels`."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._world = scene.world

    def serve(self, service: Service) -> None:
        service.route("POST", "/users/@me/channels", self._direct)
        service.route("GET", "/channels/{channel}", lambda asked: channel_json(self._world, self.seen(asked)))
        service.route("PATCH", "/channels/{channel}", self._change)
        service.route("DELETE", "/channels/{channel}", self._delete)
        service.route("POST", "/channels/{channel}/typing", self._typing)
        service.route("POST", "/channels/{channel}/threads", self._open)
        service.route("POST", "/channels/{channel}/messages/{message}/threads", self._open)
        service.route("GET", "/channels/{channel}/thread-members", self._people)
        service.route("GET", "/channels/{channel}/thread-members/{user}", self._person)
        service.route("PUT", "/channels/{channel}/thread-members/{user}", self._enter)
        service.route("DELETE", "/channels/{channel}/thread-members/{user}", self._exit)
        service.route("GET", "/channels/{channel}/threads/archived/public", self._archived)
        service.route("GET", "/channels/{channel}/threads/archived/private", self._archived)

    # What the bot may -------------------------------------------------------------------------------

    def seen(self, asked: Asked) -> Channel:
        """The channel of a request, which the bot must be able to see."""
        channel = self._world.channels.get(asked.parts["channel"])
        if channel is None:
            raise ApiError(10003)
        if channel.guild is not None and not channel.guild.here:
            raise ApiError(50001)
        if not self._world.sees(self._world.bot, channel):
            raise ApiError(50001)
        return channel

    def must(self, channel: Channel, *permissions: str) -> None:
        """Refuse what the bot may not do there."""
        rights = self._world.rights(self._world.bot, channel)
        if any(not rights & PERMISSIONS[name] for name in permissions):
            raise ApiError(50013)

    # ------------------------------------------------------------------------------------------------

    def _direct(self, asked: Asked) -> Json:
        user = self._world.users.get(str((asked.body or {}).get("recipient_id")))
        if user is None:
            raise ApiError(
                50035, errors={"recipient_id": {"_errors": [{"code": "INVALID", "message": "Unknown"}]}}
            )
        if user.closed == 40003:
            raise ApiError(40003)
        return channel_json(self._world, self._world.direct(user))

    def _change(self, asked: Asked) -> Json:
        channel = self.seen(asked)
        body = asked.body or {}
        problems = Problems()
        problems.text(body, "name", (), 100, least=1 if "name" in body else 0)
        problems.text(body, "topic", (), 1024)
        problems.refuse(asked.complain)
        if not channel.is_thread:
            self.must(channel, "manage_channels")
            for name in ("name", "topic"):
                setattr(channel, name, body.get(name, getattr(channel, name)) or "")
            self._scene.tell_channel(channel)
            return channel_json(self._world, channel)
        is_own = channel.owner == self._world.bot.id
        only_opens = (
            set(body) <= {"archived", "locked"} and not body.get("archived") and not body.get("locked")
        )
        if not is_own and not (only_opens and not channel.locked):
            self.must(channel, "manage_threads")
        if channel.archived and body.get("archived") is not False:
            raise ApiError(50083)
        changes = {name: body[name] for name in ("name", "archived", "locked", "invitable") if name in body}
        self._scene.change_thread(channel, **changes)
        return thread_json(self._world, channel)

    def _delete(self, asked: Asked) -> Json:
        channel = self.seen(asked)
        if channel.kind == DM:
            return channel_json(self._world, channel)
        self.must(channel, "manage_threads" if channel.is_thread else "manage_channels")
        found = channel_json(self._world, channel)
        if channel.is_thread:
            self._scene.delete_thread(channel)
        else:
            assert channel.guild is not None
            del channel.guild.channels[channel.id], self._world.channels[channel.id]
            self._scene.gateway.tell("CHANNEL_DELETE", found)
        return found

    def _typing(self, asked: Asked) -> None:
        self.must(self.seen(asked), "send_messages")

    # Threads ----------------------------------------------------------------------------------------

    def _open(self, asked: Asked) -> Json:
        channel = self.seen(asked)
        body = asked.body or {}
        problems = Problems()
        problems.text(body, "name", (), 100, least=1)
        duration = body.get("auto_archive_duration")
        is_right = duration in (None, 60, 1440, 4320, 10080)
        problems.check(
            is_right, ("auto_archive_duration",), "BASE_TYPE_CHOICES", "Must be one of the durations."
        )
        problems.refuse(asked.complain)
        if channel.kind not in (TEXT, NEWS, FORUM):
            raise ApiError(50024)
        message = None
        private = body.get("type", PRIVATE_THREAD) == PRIVATE_THREAD
        if "message" in asked.parts:
            message = channel.messages.get(asked.parts["message"])
            if message is None:
                raise ApiError(10008)
            if message.thread is not None:
                raise ApiError(160004)
            private = False
        self.must(channel, "create_private_threads" if private else "create_public_threads")
        if message is not None:
            self.must(channel, "read_message_history")
        thread = self._scene.open_thread(
            self._world.bot, channel, body["name"], message=message, private=private
        )
        thread.invitable = body.get("invitable", True)
        return thread_json(self._world, thread)

    def _thread(self, asked: Asked) -> Channel:
        channel = self.seen(asked)
        if not channel.is_thread:
            raise ApiError(50024)
        return channel

    def _people(self, asked: Asked) -> list[Json]:
        thread = self._thread(asked)
        found = [thread_member_json(thread, user) for user in thread.members]
        if asked.query.get("with_member", "").lower() in ("1", "true"):
            assert thread.guild is not None
            found = [one | {"member": member_json(thread.guild.members[one["user_id"]])} for one in found]
        return found

    def _person(self, asked: Asked) -> Json:
        thread, user = self._thread(asked), self._user(asked)
        if user.id not in thread.members:
            raise ApiError(10007)
        return thread_member_json(thread, user.id)

    def _enter(self, asked: Asked) -> None:
        thread, user = self._thread(asked), self._user(asked)
        if thread.archived:
            raise ApiError(50083)
        assert thread.guild is not None
        assert thread.parent is not None
        if user.id not in thread.guild.members:
            raise ApiError(10007)
        if user is not self._world.bot:
            self.must(thread, "send_messages_in_threads")
            # Somebody who may not see the channel cannot be brought into its thread.
            if not self._world.sees(user, thread.parent):
                raise ApiError(50001)
        self._scene.enter(user, thread)

    def _exit(self, asked: Asked) -> None:
        thread, user = self._thread(asked), self._user(asked)
        if user is not self._world.bot and thread.owner != self._world.bot.id:
            self.must(thread, "manage_threads")
        self._scene.exit(user, thread)

    def _archived(self, asked: Asked) -> Json:
        parent = self.seen(asked)
        wants_private = asked.path.endswith("private")
        if wants_private:
            self.must(parent, "manage_threads")
        self.must(parent, "read_message_history")
        threads = [
            thread_json(self._world, one)
            for one in self._world.channels.values()
            if one.parent is parent and one.archived and (one.kind == PRIVATE_THREAD) == wants_private
        ]
        return {"threads": threads, "members": [], "has_more": False}

    def _user(self, asked: Asked) -> User:
        named = asked.parts["user"]
        user = self._world.bot if named == "@me" else self._world.users.get(named)
        if user is None:
            raise ApiError(10013)
        return user
