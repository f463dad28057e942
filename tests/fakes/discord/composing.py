"""From a request to the fields of a message: files become attachments, components get their ids."""

import copy
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.fakes.discord.component_rules import FILE
from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.form_body import Problems
from tests.fakes.discord.message_rules import check_message, is_empty
from tests.fakes.discord.service import Asked
from tests.fakes.discord.world import COMPONENTS_V2, EPHEMERAL, Message, World, flat

Json = dict[str, Any]


class Composer:
    """Checks what the bot wants to say and gives it the shape in which it is kept."""

    def __init__(self, world: World, files_url: Callable[[], str]) -> None:
        self._world = world
        self._files_url = files_url

    def created(self, asked: Asked, body: Json, *, by_interaction: bool = False) -> Json:
        """The fields of a new message; raises 50035 or 50006."""
        names = list(asked.files)
        problems = Problems()
        check_message(body, problems, uploads=names, by_interaction=by_interaction)
        problems.refuse(asked.complain)
        if is_empty(body, names):
            asked.complain({"_errors": [{"code": "50006", "message": "empty message"}]})
            raise ApiError(50006)
        attachments = self._uploaded(asked.files, body.get("attachments") or [])
        return {
            "content": body.get("content") or "",
            "embeds": copy.deepcopy(body.get("embeds") or []),
            "components": self._numbered(body.get("components") or [], attachments),
            "attachments": attachments,
            "files": dict(asked.files),
            "flags": body.get("flags") or 0,
            "allowed": body.get("allowed_mentions"),
        }

    def changed(self, asked: Asked, body: Json, message: Message, *, by_interaction: bool = False) -> Json:
        """The fields that an edit changes: what is not named stays, what is null is emptied."""
        flags = message.flags | ((body.get("flags") or 0) & COMPONENTS_V2)
        merged: Json = {
            "content": body.get("content", message.content),
            "embeds": body.get("embeds", message.embeds),
            "components": body.get("components", message.components),
            "flags": flags & (COMPONENTS_V2 | EPHEMERAL),
            "allowed_mentions": body.get("allowed_mentions"),
            "attachments": body.get("attachments") or [],
        }
        kept = self._kept(body, message)
        names = [one["filename"] for one in kept] + list(asked.files)
        problems = Problems()
        uploads = [*asked.files, *(one["filename"] for one in kept)]
        check_message(merged, problems, uploads=uploads, by_interaction=by_interaction or message.ephemeral)
        problems.refuse(asked.complain)
        if is_empty(merged | {"attachments": []}, names):
            raise ApiError(50006)
        added = self._uploaded(asked.files, [one for one in body.get("attachments") or [] if _is_new(one)])
        attachments = kept + added
        what: Json = {
            "content": merged["content"] or "",
            "embeds": copy.deepcopy(merged["embeds"] or []),
            "components": self._numbered(merged["components"] or [], attachments),
            "attachments": attachments,
            "files": message.files | asked.files,
            "flags": flags,
            "allowed": body.get("allowed_mentions"),
        }
        return what

    def _kept(self, body: Json, message: Message) -> list[Json]:
        if "attachments" not in body:
            return list(message.attachments)
        ids = {str(one["id"]) for one in body["attachments"] or []}
        return [one for one in message.attachments if one["id"] in ids]

    def _uploaded(self, files: dict[str, bytes], described: list[Json]) -> list[Json]:
        words = {int(one["id"]): one.get("description") for one in described if _is_new(one)}
        found = []
        for at, (name, data) in enumerate(files.items()):
            id_ = self._world.new_id()
            url = f"{self._files_url()}/{id_}/{quote(name)}"
            one: Json = {"id": id_, "filename": name, "size": len(data), "url": url, "proxy_url": url}
            if data.startswith(b"\x89PNG"):
                width, height = struct.unpack(">II", data[16:24])
                one |= {"content_type": "image/png", "width": width, "height": height}
            found.append(one | ({"description": words[at]} if words.get(at) else {}))
        return found

    def _numbered(self, components: list[Json], attachments: list[Json]) -> list[Json]:
        """Components with an id each (those not given are counted up) and with addresses of their files."""
        components = copy.deepcopy(components)
        everything = list(flat(components))
        taken = {one["id"] for one in everything if one.get("id")}
        free = (number for number in range(1, 1000) if number not in taken)
        by_name = {one["filename"]: one for one in attachments}
        for one in everything:
            one["id"] = one.get("id") or next(free)
            if one["type"] == FILE and (file := by_name.get(_name_in(one["file"]))):
                one |= {"name": file["filename"], "size": file["size"]}
            media = [one.get("media"), one.get("file"), *(item.get("media") for item in one.get("items", ()))]
            for item in media:
                if item:
                    _resolve(item, by_name)
        return components


def _name_in(media: Json) -> str:
    """The name of the attachment that is meant; not a name for what lies elsewhere."""
    return str(media["url"]).removeprefix("attachment://")


def _resolve(media: Json, by_name: dict[str, Json]) -> None:
    if media["url"].startswith("attachment://"):
        file = by_name[_name_in(media)]
        media |= {"url": file["url"], "attachment_id": file["id"]}
        media |= {key: file[key] for key in ("width", "height", "content_type") if key in file}
    media |= {"proxy_url": media["url"], "loading_state": 2, "placeholder": ""}


def _is_new(attachment: Json) -> bool:
    """Whether an entry describes a file of this request (by its number) and not an older one (by its id)."""
    return len(str(attachment["id"])) < 15
