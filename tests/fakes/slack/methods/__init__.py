"""The methods of the Web API, each with the scopes of which any one is enough."""

from tests.fakes.slack.methods import chat, conversations, files, people, views
from tests.fakes.slack.methods.method import METHODS, Args, Method

__all__ = ["METHODS", "Args", "Method", "chat", "conversations", "files", "people", "views"]
