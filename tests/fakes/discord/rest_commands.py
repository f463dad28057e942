"""REST: the commands that the bot registers, for everybody or for one guild."""

import copy

from tests.fakes.discord.command_rules import check_command, check_commands
from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.form_body import Problems
from tests.fakes.discord.payloads import Json
from tests.fakes.discord.scene import Scene
from tests.fakes.discord.service import Asked, Handler, Service

DEFAULTS: Json = {
    "type": 1,
    "description": "",
    "default_member_permissions": None,
    "dm_permission": True,
    "nsfw": False,
    "integration_types": [0],
    "contexts": None,
}


class CommandRoutes:
    """`/applications/{application}/commands` and the same for a guild."""

    def __init__(self, scene: Scene) -> None:
        self._world = scene.world
        self.puts = 0
        """How often a tree was put, or a command created, changed or removed."""

    def serve(self, service: Service) -> None:
        for base in ("/applications/{application}", "/applications/{application}/guilds/{guild}"):
            routes: dict[str, Handler] = {
                "GET": self._list,
                "PUT": self._put,
                "POST": self._create,
            }
            for method, handler in routes.items():
                service.route(method, f"{base}/commands", handler)
            alone: dict[str, Handler] = {"GET": self._one, "PATCH": self._change, "DELETE": self._remove}
            for method, handler in alone.items():
                service.route(method, base + "/commands/{command}", handler)

    def _tree(self, asked: Asked) -> list[Json]:
        if asked.parts["application"] != self._world.bot.id:
            raise ApiError(50001)
        if "guild" not in asked.parts:
            return self._world.commands
        guild = self._world.guilds.get(asked.parts["guild"])
        if guild is None or not guild.here:
            raise ApiError(50001)
        return guild.commands

    def _list(self, asked: Asked) -> list[Json]:
        return self._tree(asked)

    def _put(self, asked: Asked) -> list[Json]:
        tree = self._tree(asked)
        problems = Problems()
        check_commands(asked.body, problems)
        problems.refuse(asked.complain)
        before = {(one["type"], one["name"]): one["id"] for one in tree}
        tree[:] = [
            self._kept(asked, one, before.get((one.get("type", 1), one["name"]), "")) for one in asked.body
        ]
        self.puts += 1
        return tree

    def _create(self, asked: Asked) -> Json:
        tree = self._tree(asked)
        self._check(asked, asked.body)
        same = [
            one
            for one in tree
            if (one["type"], one["name"]) == (asked.body.get("type", 1), asked.body["name"])
        ]
        made = self._kept(asked, asked.body, same[0]["id"] if same else "")
        tree[:] = [*(one for one in tree if one not in same), made]
        self.puts += 1
        return made

    def _one(self, asked: Asked) -> Json:
        found = next((one for one in self._tree(asked) if one["id"] == asked.parts["command"]), None)
        if found is None:
            raise ApiError(10063)
        return found

    def _change(self, asked: Asked) -> Json:
        command = self._one(asked)
        self._check(asked, command | asked.body)
        command |= asked.body | {"version": self._world.new_id()}
        self.puts += 1
        return command

    def _remove(self, asked: Asked) -> None:
        self._tree(asked).remove(self._one(asked))
        self.puts += 1

    def _check(self, asked: Asked, command: Json) -> None:
        problems = Problems()
        check_command(command, (), problems)
        problems.refuse(asked.complain)

    def _kept(self, asked: Asked, command: Json, id_: str) -> Json:
        own: Json = {"id": id_ or self._world.new_id(), "application_id": self._world.bot.id}
        if "guild" in asked.parts:
            own["guild_id"] = asked.parts["guild"]
        own["version"] = self._world.new_id()
        return DEFAULTS | _plain(copy.deepcopy(command)) | own


def _plain(command: Json) -> Json:
    """A command as Discord gives it back: what is false or empty in its options is left out."""
    for option in command.get("options") or ():
        for name in [name for name, value in option.items() if value in (False, None, [])]:
            del option[name]
        _plain(option)
    for name in ("name_localizations", "description_localizations"):
        command.pop(name, None)
    return command
