"""What Discord refuses in a message: lengths, counts, shapes."""

from typing import Any

from tests.fakes.discord.component_rules import check_components, check_layout
from tests.fakes.discord.form_body import Problems
from tests.fakes.discord.world import COMPONENTS_V2, EPHEMERAL

Json = dict[str, Any]

CONTENT, EMBEDS, EMBED_TOTAL, FILES, NONCE = 2000, 10, 6000, 10, 25
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12


def check_message(
    body: Json, problems: Problems, *, uploads: list[str], by_interaction: bool = False
) -> None:
    """A message as it is created; `uploads` are the names of its files."""
    problems.text(body, "content", (), CONTENT)
    problems.text(body, "nonce", (), NONCE)
    flags = body.get("flags") or 0
    known = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | (EPHEMERAL if by_interaction else 0)
    problems.check(
        not flags & ~known, ("flags",), "BASE_TYPE_INVALID", f"Flags {flags} are not allowed here."
    )
    _check_embeds(body.get("embeds") or [], problems)
    _check_allowed(body.get("allowed_mentions") or {}, problems)
    _check_attachments(body.get("attachments") or [], problems, uploads)
    if flags & COMPONENTS_V2:
        for name in ("content", "embeds", "poll", "sticker_ids"):
            words = "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            problems.check(not body.get(name), (name,), code, words.replace("content", name))
        check_layout(body.get("components") or [], problems, uploads)
    else:
        check_components(body.get("components") or [], problems)


def is_empty(body: Json, uploads: list[str]) -> bool:
    """Whether nothing would be seen of it (code 50006)."""
    said = any(body.get(name) for name in ("embeds", "components", "sticker_ids", "poll"))
    return not (said or uploads or body.get("attachments") or (body.get("content") or "").strip())


def _check_embeds(embeds: Any, problems: Problems) -> None:
    total = 0
    for index, embed in enumerate(problems.count(embeds, ("embeds",), 0, EMBEDS)):
        path = ("embeds", index)
        problems.text(embed, "title", path, 256)
        problems.text(embed, "description", path, 4096)
        footer, author = embed.get("footer") or {}, embed.get("author") or {}
        problems.text(footer, "text", (*path, "footer"), 2048)
        problems.text(author, "name", (*path, "author"), 256)
        total += sum(len(embed.get(name) or "") for name in ("title", "description"))
        total += len(footer.get("text") or "") + len(author.get("name") or "")
        for at, one in enumerate(problems.count(embed.get("fields") or [], (*path, "fields"), 0, 25)):
            problems.text(one, "name", (*path, "fields", at), 256, least=1)
            problems.text(one, "value", (*path, "fields", at), 1024, least=1)
            total += len(one.get("name") or "") + len(one.get("value") or "")
        if embed.get("url"):
            problems.link(embed["url"], (*path, "url"))
        for name in ("image", "thumbnail"):
            if embed.get(name):
                problems.link(
                    _as_address(embed[name]["url"]),
                    (*path, name, "url"),
                    schemes=("http", "https", "attachment"),
                )
    words = f"Embed size exceeds maximum size of {EMBED_TOTAL}"
    problems.check(total <= EMBED_TOTAL, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED", words)


def _as_address(url: str) -> str:
    return url if "://" in url else f"://{url}"


def _check_allowed(allowed: Json, problems: Problems) -> None:
    parse = allowed.get("parse") or []
    for at, one in enumerate(parse):
        is_known = one in ("everyone", "users", "roles")
        words = "Value must be one of ('everyone', 'users', 'roles')."
        problems.check(is_known, ("allowed_mentions", "parse", at), "BASE_TYPE_CHOICES", words)
    for name in ("users", "roles"):
        listed = problems.count(allowed.get(name) or [], ("allowed_mentions", name), 0, 100)
        is_clear = not (listed and name in parse)
        words = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
        problems.check(is_clear, ("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)
        ids: list[tuple[tuple[str | int, ...], Any]] = [
            (("allowed_mentions", name, at), str(one)) for at, one in enumerate(listed)
        ]
        problems.unique(ids, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")


def _check_attachments(attachments: Any, problems: Problems, uploads: list[str]) -> None:
    problems.count(attachments, ("attachments",), 0, FILES)
    problems.check(len(uploads) <= FILES, ("attachments",), "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer.")
    for at, one in enumerate(attachments):
        problems.text(one, "description", ("attachments", at), 1024)
        is_new = isinstance(one.get("id"), int | str) and len(str(one["id"])) < 15
        is_sent = not is_new or int(one["id"]) < len(uploads)
        words = "Attachment id has no file."
        problems.check(is_sent, ("attachments", at, "id"), "ATTACHMENT_NOT_FOUND", words)
