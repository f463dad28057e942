"""What all features offer, looked up by id, by typed words and by command."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from facilitation.core.features.argument_parser import parse_arguments, tokenize
from facilitation.core.features.feature import ROOTS, Endpoint, Feature, Handler, Listener, Root
from facilitation.core.values.commands import Command
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import Event
from facilitation.core.values.forms import fields_of, help_of


class Registry:
    """All that the rooms of a house offer, looked up by id, by words and by ask."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        self.endpoints = {
            endpoint.id: endpoint for feature in self.features for endpoint in feature.endpoints
        }
        self.forms = {
            command: handler for feature in self.features for command, handler in feature.forms.items()
        }
        self.precomputations = {
            command: handler
            for feature in self.features
            for command, handler in feature.precomputations.items()
        }
        self.listeners = tuple(listener for feature in self.features for listener in feature.listeners)
        self._by_words = {
            root: {
                endpoint.words: endpoint
                for endpoint in self.endpoints.values()
                if endpoint.words and endpoint.root == root
            }
            for root in ROOTS
        }
        self._by_ask = {endpoint.command: endpoint for endpoint in self.endpoints.values()}
        self._kinds = {listener.kind for listener in self.listeners}

    def of(self, command: type[Command]) -> Endpoint:
        """The action of an ask type."""
        return self._by_ask[command]

    def is_confidential(self, endpoint: str) -> bool:
        """Whether an action, by its id, leaves no trace of who asked."""
        return endpoint in self.endpoints and self.endpoints[endpoint].confidential

    def commands(self, root: Root) -> list[Endpoint]:
        """The commands under a root, in the order in which rooms declare them."""
        return list(self._by_words[root].values())

    def message_actions(self) -> list[Endpoint]:
        """What can be done with a message."""
        return [endpoint for endpoint in self.endpoints.values() if endpoint.label]

    def contributions(self, what: str) -> list[Handler]:
        """What rooms contribute to something, in order."""
        found = [
            contribution for feature in self.features for contribution in feature.contributions.get(what, ())
        ]
        return [
            contribution.handler
            for contribution in sorted(found, key=lambda contribution: contribution.order)
        ]

    def listeners_for(self, event: Event) -> list[Listener]:
        """Who wants to hear this."""
        if type(event) not in self._kinds:
            return []
        return [listener for listener in self.listeners if listener.accepts(event)]

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        """Commands that begin with these words, with their help."""
        start = words.strip().casefold()
        return [
            (endpoint.words, help_of(endpoint.command))
            for endpoint in self.commands(root)
            if endpoint.words.startswith(start)
        ]

    def parse(
        self, root: Root, words: str, names: Mapping[str, str] | None = None
    ) -> tuple[Endpoint, dict[str, Any]]:
        """The command that was typed and its arguments. Refuses an unknown one with the nearest offers.

        `names` gives the names of channels by handle, for those that are meant as topics.
        """
        tokens = tokenize(words)
        commands = self._by_words[root]
        for length in (3, 2, 1):
            endpoint = commands.get(" ".join(token.casefold() for token in tokens[:length]))
            if endpoint is not None and len(tokens) >= length:
                if endpoint.confidential:
                    return endpoint, {}
                return endpoint, parse_arguments(fields_of(endpoint.command), tokens[length:], names)
        raise Refusal(self._unknown(root, words))

    def _unknown(self, root: Root, words: str) -> str:
        commands = self._by_words[root]
        tokens = tokenize(words.casefold())
        longer = [command for command in commands if tokens and command.startswith(tokens[0] + " ")]
        near = difflib.get_close_matches(" ".join(tokens[:2]), commands, n=3, cutoff=0.5)
        near += difflib.get_close_matches(tokens[0] if tokens else "", commands, n=3, cutoff=0.6)
        elsewhere = next(
            (
                other
                for other in ROOTS
                if other != root and tokens and any(c.split()[0] == tokens[0] for c in self._by_words[other])
            ),
            None,
        )
        if longer:
            offers = " · ".join(f"/{root} {command}" for command in longer)
            return f"That needs one more word. You can type: {offers}"
        if elsewhere:
            return f"That one stands under /{elsewhere}: type /{elsewhere} {words.strip()}"
        if near:
            offers = " or ".join(f"/{root} {command}" for command in dict.fromkeys(near))
            return f"I don’t know “{words.strip()}”. Did you mean {offers}?"
        return f"I don’t know “{words.strip()}”. /cop help shows what I can do."
