"""The link by which a server's owner invites the bot, with the fewest permissions that it needs."""

import base64
import binascii
from urllib.parse import urlencode

import discord

from facilitation.core.values.errors import BadInput

NEEDED = discord.Permissions(
    view_channel=True,  # to receive messages of channels
    send_messages=True,
    read_message_history=True,  # to look up a delivery that is in doubt
    send_messages_in_threads=True,
    create_public_threads=True,  # for replies under a prompt
    create_private_threads=True,  # for small groups
    add_reactions=True,
    attach_files=True,  # for the recap's picture
)


def invitation_link(application_id: str) -> str:
    """The invitation link; the portal's first page shows the `application_id`."""
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": str(NEEDED.value),
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def application_id_of(token: str) -> str:
    """The id of the application, with which a bot's token begins. Raises BadInput if it is not a token."""
    head = token.strip().partition(".")[0]
    try:
        found = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        found = ""
    if not found.isdigit():
        raise BadInput("discord.token is no bot token: it is shown once in the developer portal, under Bot.")
    return found
