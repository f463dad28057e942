"""REST: the bot itself, its application, guilds and who is in them."""

from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.payloads import (
    Json,
    channel_json,
    guild_json,
    member_json,
    thread_json,
    thread_member_json,
    user_json,
)
from tests.fakes.discord.scene import Scene
from tests.fakes.discord.service import Asked, Service
from tests.fakes.discord.world import Guild, User


class GuildRoutes:
    """`/users`, `/applications`, `/oauth2`, `/gateway`, `/guilds`."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._world = scene.world

    def serve(self, service: Service) -> None:
        service.route("GET", "/users/@me", lambda _: user_json(self._world.bot) | {"verified": True})
        service.route("GET", "/users/@me/guilds", self._my_guilds)
        service.route("DELETE", "/users/@me/guilds/{guild}", self._leave)
        service.route("GET", "/users/{user}", lambda asked: user_json(self._user(asked)))
        service.route("GET", "/applications/@me", self._application)
        service.route("GET", "/oauth2/applications/@me", self._application)
        service.route("GET", "/gateway", lambda _: {"url": self._scene.gateway.url})
        service.route("GET", "/gateway/bot", self._gateway)
        service.route("GET", "/guilds/{guild}", self._guild_with_counts)
        service.route("GET", "/guilds/{guild}/channels", self._channels)
        service.route(
            "GET", "/guilds/{guild}/roles", lambda asked: guild_json(self._world, self._guild(asked))["roles"]
        )
        service.route("GET", "/guilds/{guild}/members", self._members)
        service.route("GET", "/guilds/{guild}/members/{user}", self._member)
        service.route("GET", "/guilds/{guild}/threads/active", self._threads)

    def _my_guilds(self, asked: Asked) -> list[Json]:
        found: list[Json] = []
        for guild in self._world.guilds.values():
            if guild.here:
                rights = self._world.guild_rights(self._world.bot, guild)
                found.append(
                    {"id": guild.id, "name": guild.name, "icon": None, "owner": False, "features": []}
                    | {"permissions": str(rights)}
                )
        after, limit = int(asked.query.get("after", 0)), int(asked.query.get("limit", 200))
        return [one for one in found if int(str(one["id"])) > after][:limit]

    def _leave(self, asked: Asked) -> None:
        guild = self._guild(asked)
        guild.here = False
        guild.members.pop(self._world.bot.id, None)
        self._scene.gateway.tell("GUILD_DELETE", {"id": guild.id})

    def _application(self, _: Asked) -> Json:
        bot = self._world.bot
        return {
            "id": bot.id,
            "name": bot.name,
            "icon": None,
            "description": "",
            "summary": "",
            "verify_key": "0" * 64,
            "flags": self._world.application_flags,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": user_json(next(user for user in self._world.users.values())),
            "bot": user_json(bot),
            "interactions_endpoint_url": None,
            "redirect_uris": [],
            "tags": [],
        }

    def _gateway(self, _: Asked) -> Json:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": self._scene.gateway.url, "shards": 1, "session_start_limit": limit}

    def _guild_with_counts(self, asked: Asked) -> Json:
        guild = self._guild(asked)
        return guild_json(self._world, guild) | {
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": 0,
        }

    def _channels(self, asked: Asked) -> list[Json]:
        return [
            channel_json(self._world, one)
            for one in self._guild(asked).channels.values()
            if not one.is_thread
        ]

    def _members(self, asked: Asked) -> list[Json]:
        if self._scene.gateway.forbidden & 2:
            raise ApiError(50001)
        after, limit = int(asked.query.get("after", 0)), int(asked.query.get("limit", 1))
        members = sorted(self._guild(asked).members.values(), key=lambda one: int(one.user.id))
        return [member_json(one) for one in members if int(one.user.id) > after][:limit]

    def _member(self, asked: Asked) -> Json:
        member = self._guild(asked).members.get(asked.parts["user"])
        if member is None:
            raise ApiError(10007)
        return member_json(member)

    def _threads(self, asked: Asked) -> Json:
        sees, bot = self._world.sees, self._world.bot
        threads = [
            one
            for one in self._guild(asked).channels.values()
            if one.is_thread and not one.archived and sees(bot, one)
        ]
        mine = [thread_member_json(one, bot.id) for one in threads if bot.id in one.members]
        return {"threads": [thread_json(self._world, one) for one in threads], "members": mine}

    def _user(self, asked: Asked) -> User:
        user = self._world.users.get(asked.parts["user"])
        if user is None:
            raise ApiError(10013)
        return user

    def _guild(self, asked: Asked) -> Guild:
        guild = self._world.guilds.get(asked.parts["guild"])
        if guild is None or not guild.here:
            raise ApiError(10004)
        return guild
