"""A Slack in one process: an aiohttp server on the loopback, with a workspace in it and faults on request.

The real slack_sdk, slack_bolt and the bot as a subprocess run against it. Start with `FakeSlack`.
"""

from tests.fakes.slack.fake import FakeSlack
from tests.fakes.slack.values import (
    ApiCall,
    Channel,
    Envelope,
    Failed,
    Fault,
    File,
    Json,
    Message,
    Person,
    View,
)

__all__ = [
    "ApiCall",
    "Channel",
    "Envelope",
    "Failed",
    "FakeSlack",
    "Fault",
    "File",
    "Json",
    "Message",
    "Person",
    "View",
]
