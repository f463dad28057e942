"""chat.* and reactions.*: what the bot says, and what Slack would not let it say."""

import re
from typing import Any

from tests.fakes.slack import checking
from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods.method import Args, channel_of, method
from tests.fakes.slack.values import Channel, Failed, Json, Message


@method("chat.postMessage", "chat:write")
def chat_post_message(slack: Acting, args: Args) -> Json:
    channel = _place_to_say(slack, args)
    message = _said(slack, args, channel)
    thread = args.text("thread_ts", "")
    if thread:
        message.thread_ts = slack.thread_root(channel, thread)
        message.broadcast = args.flag("reply_broadcast")
    metadata = args.json("metadata")
    if metadata is not None:
        message.metadata = _metadata(metadata)
    slack.post(channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": slack.message_json(message, metadata=True)}


@method("chat.postEphemeral", "chat:write")
def chat_post_ephemeral(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args, member=True)
    who = args.text("user")
    if who not in channel.members:
        raise Failed("user_not_in_channel")
    message = _said(slack, args, channel)
    message.only_for = who
    thread = args.text("thread_ts", "")
    message.thread_ts = thread and slack.thread_root(channel, thread)
    slack.post(channel, message)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def chat_update(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    message = slack.message(channel, args.text("ts"))
    if message.user != slack.bot_user:
        raise Failed("cant_update_message")
    if channel.archived:
        raise Failed("is_archived")
    text, blocks = args.text("text", ""), args.json("blocks")
    if not text and blocks is None and args.json("attachments") is None:
        raise Failed("no_text")
    checked(slack, "chat.update", text, blocks)
    metadata = args.json("metadata")
    kept = {"metadata": _metadata(metadata)} if metadata else {}
    # Without `blocks` the earlier ones stay; an empty list removes them.
    if blocks is not None:
        kept["blocks"] = blocks
    slack.change(channel, message, text=text, **kept)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": slack.message_json(message)}


@method("chat.delete", "chat:write")
def chat_delete(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    message = slack.message(channel, args.text("ts"))
    if message.user != slack.bot_user:
        raise Failed("cant_delete_message")
    slack.delete(slack.bot_user, channel.id, message.ts)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", reads=True)
def chat_get_permalink(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    message = slack.message(channel, args.text("message_ts"))
    digits = message.ts.replace(".", "")
    link = f"{slack.site}archives/{channel.id}/p{digits}"
    is_reply = message.thread_ts not in ("", message.ts)
    return {
        "channel": channel.id,
        "permalink": f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if is_reply else link,
    }


@method("reactions.add", "reactions:write")
def reactions_add(slack: Acting, args: Args) -> Json:
    channel, message, emoji = _reacted(slack, args)
    if slack.bot_user in message.reactions.get(emoji, ()):
        raise Failed("already_reacted")
    slack.react(slack.bot_user, channel.id, message.ts, emoji)
    return {}


@method("reactions.remove", "reactions:write")
def reactions_remove(slack: Acting, args: Args) -> Json:
    channel, message, emoji = _reacted(slack, args)
    if slack.bot_user not in message.reactions.get(emoji, ()):
        raise Failed("no_reaction")
    slack.unreact(slack.bot_user, channel.id, message.ts, emoji)
    return {}


@method("reactions.get", "reactions:read", reads=True)
def reactions_get(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    message = slack.message(channel, args.text("timestamp"))
    return {"type": "message", "channel": channel.id, "message": slack.message_json(message)}


def checked(slack: Acting, what: str, text: str, blocks: Any) -> None:
    """Raises Failed, and complains, for a text or blocks that Slack would not take."""
    troubles: list[str] = []
    error = "invalid_blocks"
    if len(text) > 40_000:
        troubles, error = [f"text: {len(text)} characters"], "msg_too_long"
    if blocks is not None:
        troubles += checking.wrong_with_blocks(blocks)
        troubles += slack.unknown_in(blocks)
        if not troubles and checking.characters(blocks) > checking.MESSAGE_CHARACTERS:
            troubles, error = [f"blocks: {checking.characters(blocks)} characters"], "msg_blocks_too_long"
    if troubles:
        slack.complaints.append(f"{what}: {error}: {'; '.join(troubles)}")
        raise Failed(
            error, errors=troubles, response_metadata={"messages": [f"[ERROR] {t}" for t in troubles]}
        )


def _place_to_say(slack: Acting, args: Args) -> Channel:
    """The channel; a person's id is good too, and opens the conversation with them."""
    target = args.text("channel")
    if target in slack.people:
        slack.may_write_to([target])
        return slack.conversation([target])
    channel = channel_of(slack, args, member="chat:write.public" not in slack.scopes)
    if channel.archived:
        raise Failed("is_archived")
    if channel.kind == "im":
        slack.may_write_to([who for who in channel.members if who != slack.bot_user])
    return channel


def _said(slack: Acting, args: Args, channel: Channel) -> Message:
    text, blocks = args.text("text", ""), args.json("blocks")
    if not text.strip() and not blocks and not args.json("attachments"):
        raise Failed("no_text")
    checked(slack, "chat.postMessage", text, blocks)
    for unsafe in ("link_names", "parse"):
        if args.values.get(unsafe) not in (None, "", "none", False, "0", 0):
            slack.complaints.append(f"chat.postMessage: {unsafe} makes mentions of what people typed")
    return Message(
        slack.next_ts(),
        channel.id,
        slack.bot_user,
        text,
        blocks or [],
        args.json("attachments") or [],
        bot_id=slack.bot_id,
        unfurl_links=args.flag("unfurl_links", default=True),
        unfurl_media=args.flag("unfurl_media", default=True),
    )


def _metadata(metadata: Any) -> Json:
    is_good = (
        isinstance(metadata, dict)
        and metadata.keys() == {"event_type", "event_payload"}
        and isinstance(metadata["event_payload"], dict)
        and re.fullmatch(r"[A-Za-z0-9_.:-]{1,255}", str(metadata["event_type"]))
    )
    if not is_good:
        raise Failed("invalid_metadata_format")
    return dict(metadata)


def _reacted(slack: Acting, args: Args) -> tuple[Channel, Message, str]:
    channel = channel_of(slack, args, member=True)
    emoji = args.text("name")
    if not re.fullmatch(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?", emoji):
        raise Failed("invalid_name")
    if channel.archived:
        raise Failed("is_archived")
    return channel, slack.message(channel, args.text("timestamp")), emoji
