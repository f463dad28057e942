"""files.*: an address to upload to, and the sharing of what was uploaded."""

import asyncio

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods.chat import checked
from tests.fakes.slack.methods.method import Args, channel_of, method
from tests.fakes.slack.values import Channel, Failed, File, Json, Message


@method("files.getUploadURLExternal", "files:write", reads=True)
def files_get_upload_url_external(slack: Acting, args: Args) -> Json:
    length = args.number("length", 0)
    if length <= 0:
        raise Failed("invalid_arguments")
    file = File(slack.next_id("F"), args.text("filename"), "", args.text("alt_txt", ""), length=length)
    slack.files[file.id] = file
    return {"upload_url": slack.upload_url(file), "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
async def files_complete_upload_external(slack: Acting, args: Args) -> Json:
    wanted = args.json("files") or []
    found = [(slack.files.get(one["id"]), one.get("title", "")) for one in wanted]
    files = [(file, title) for file, title in found if file is not None]
    if not files or len(files) < len(found):
        raise Failed("file_not_found")
    channels = _channels(slack, args)
    text, blocks = args.text("initial_comment", ""), args.json("blocks")
    checked(slack, "files.completeUploadExternal", text, blocks)
    thread = args.text("thread_ts", "")
    for file, title in files:
        if len(file.content) != file.length:
            raise Failed("file_upload_size_mismatch")
        file.title, file.complete = title or file.name, True
    for channel in channels:
        message = Message(
            slack.next_ts(), channel.id, slack.bot_user, text, blocks or [], subtype="file_share"
        )
        message.bot_id = slack.bot_id
        message.files = [file.id for file, _ in files]
        message.thread_ts = slack.thread_root(channel, thread) if thread else ""
        await _share(slack, channel, message)
    return {"files": [slack.file_json(file) for file, _ in files]}


@method("files.info", "files:read", reads=True)
def files_info(slack: Acting, args: Args) -> Json:
    return {"file": slack.file_json(_file(slack, args))}


@method("files.delete", "files:write")
def files_delete(slack: Acting, args: Args) -> Json:
    file = _file(slack, args)
    for handle in file.shared_in:
        channel = slack.channels[handle]
        for message in [message for message in channel.messages if file.id in message.files]:
            message.files.remove(file.id)
            if not (message.files or message.text or message.blocks):
                slack.delete(slack.bot_user, channel.id, message.ts)
    del slack.files[file.id]
    return {}


async def _share(slack: Acting, channel: Channel, message: Message) -> None:
    """In life the message appears a moment after the answer: `sharing_takes` seconds."""

    async def appear() -> None:
        await asyncio.sleep(slack.sharing_takes)
        for one in message.files:
            slack.files[one].shared_in.append(channel.id)
        slack.post(channel, message)

    if slack.sharing_takes:
        slack.later(appear())
    else:
        await appear()


def _channels(slack: Acting, args: Args) -> list[Channel]:
    named = args.listed("channels") or args.listed("channel_id")
    found = [channel_of(slack, Args({"channel": one}), member=True) for one in named]
    if any(channel.archived for channel in found):
        raise Failed("is_archived")
    return found


def _file(slack: Acting, args: Args) -> File:
    file = slack.files.get(args.text("file"))
    if file is None:
        raise Failed("file_not_found")
    return file
