"""conversations.*: the channels, who is in them, and what was said there."""

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods.method import Args, channel_of, kind_scope, method, page, require
from tests.fakes.slack.methods.people import _kinds
from tests.fakes.slack.values import Channel, Failed, Json, Message

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_SCOPES = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}


@method("conversations.list", *_READ, reads=True)
def conversations_list(slack: Acting, args: Args) -> Json:
    kinds = _kinds(args)
    for kind in sorted(kinds):
        require(slack, _SCOPES[kind])
    hidden = args.flag("exclude_archived")
    visible = [
        channel
        for channel in slack.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or slack.bot_user in channel.members)
        and not (hidden and channel.archived)
    ]
    found, more = page(visible, args, most=1000)
    return {"channels": [slack.channel_json(channel) for channel in found]} | more


@method("conversations.info", *_READ, reads=True)
def conversations_info(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    require(slack, kind_scope(channel, "read"))
    return {"channel": slack.channel_json(channel)}


@method("conversations.members", *_READ, reads=True)
def conversations_members(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    require(slack, kind_scope(channel, "read"))
    found, more = page(channel.members, args, most=1000)
    return {"members": found} | more


@method("conversations.join", "channels:join")
def conversations_join(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    if channel.kind != "channel":
        raise Failed("method_not_supported_for_channel_type")
    if channel.archived:
        raise Failed("is_archived")
    if slack.bot_user in channel.members:
        return {"channel": slack.channel_json(channel), "warning": "already_in_channel"}
    slack.join_channel(slack.bot_user, channel.id)
    return {"channel": slack.channel_json(channel)}


@method("conversations.leave", "channels:manage", "groups:write")
def conversations_leave(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args)
    if slack.bot_user not in channel.members:
        return {"not_in_channel": True}
    slack.leave_channel(slack.bot_user, channel.id)
    return {}


@method("conversations.open", "im:write", "mpim:write")
def conversations_open(slack: Acting, args: Args) -> Json:
    if args.text("channel", ""):
        return {"channel": slack.channel_json(channel_of(slack, args))}
    people = args.listed("users")
    if not people:
        raise Failed("users_list_not_supplied")
    if len(people) > 8:
        raise Failed("too_many_users")
    require(slack, "im:write" if len(people) == 1 else "mpim:write")
    slack.may_write_to(people)
    channel = slack.conversation(people)
    full = args.flag("return_im") or channel.kind == "mpim"
    return {"channel": slack.channel_json(channel) if full else {"id": channel.id}}


@method("conversations.history", *_HISTORY, reads=True)
def conversations_history(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args, member=True)
    require(slack, kind_scope(channel, "history"))
    roots = [m for m in channel.messages if not m.only_for and (m.broadcast or m.thread_ts in ("", m.ts))]
    return _history(slack, args, list(reversed(_between(roots, args))))


@method("conversations.replies", *_HISTORY, reads=True)
def conversations_replies(slack: Acting, args: Args) -> Json:
    channel = channel_of(slack, args, member=True)
    require(slack, kind_scope(channel, "history"))
    root = _root(channel, args.text("ts"))
    inside = [m for m in channel.messages if not m.only_for and m.thread_ts == root.ts and m is not root]
    return _history(slack, args, [root, *_between(inside, args)])


def _root(channel: Channel, ts: str) -> Message:
    for message in channel.messages:
        if message.ts == ts and not message.only_for:
            return message
    raise Failed("thread_not_found")


def _between(messages: list[Message], args: Args) -> list[Message]:
    """Those in the asked time; both ends are left out unless `inclusive`."""
    oldest, latest = float(args.text("oldest", "0")), float(args.text("latest", "inf"))
    is_inclusive = args.flag("inclusive")
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest or (is_inclusive and float(message.ts) in (oldest, latest))
    ]


def _history(slack: Acting, args: Args, messages: list[Message]) -> Json:
    found, more = page(messages, args, most=999)
    with_metadata = args.flag("include_all_metadata")
    has_more = bool(more["response_metadata"]["next_cursor"])
    said = [slack.message_json(message, metadata=with_metadata) for message in found]
    return {"messages": said, "has_more": has_more, "pin_count": 0} | (more if has_more else {})
