"""The declarations of all features, looked up by id, by typed words and by command."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from facilitation.core.features.argument_parser import parse_arguments, tokenize
from facilitation.core.features.feature import ROOTS, Endpoint, Feature, Handler, Listener, Root
from facilitation.core.features.slots import SLOTS, SharedCard
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import NUDGE_PRIORITIES, Nudge
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import Event
from facilitation.core.values.forms import fields_of, help_of


class Registry:
    """Everything that the given features declare. `features` also decides the order of contributions."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        self.endpoints: dict[str, Endpoint] = {}
        self.forms: dict[type[Command], Handler] = {}
        self.precomputations: dict[type[Command], Handler] = {}
        for feature in self.features:
            self.endpoints |= {endpoint.id: endpoint for endpoint in feature.endpoints}
            self.forms |= feature.forms
            self.precomputations |= feature.precomputations
        self.listeners = tuple(listener for feature in self.features for listener in feature.listeners)
        self._nudges = {nudge.name: nudge for feature in self.features for nudge in feature.nudges}
        self._by_words: dict[Root, dict[str, Endpoint]] = {root: {} for root in ROOTS}
        for endpoint in self.endpoints.values():
            if endpoint.words:
                self._by_words[endpoint.root][endpoint.words] = endpoint
        self._by_id = {
            former: endpoint for endpoint in self.endpoints.values() for former in endpoint.former_ids
        }
        self._by_id |= self.endpoints
        self._by_command = {endpoint.command: endpoint for endpoint in self.endpoints.values()}
        self._kinds = {listener.kind for listener in self.listeners}

    def find(self, endpoint: str) -> Endpoint | None:
        """The endpoint of a present or former id, from a button or an agenda row; None if unknown."""
        return self._by_id.get(endpoint)

    def endpoint_of(self, command: type[Command]) -> Endpoint:
        """The endpoint of a command. Raises KeyError if no registered feature declares it."""
        return self._by_command[command]

    def is_confidential(self, endpoint: str) -> bool:
        """Whether the endpoint of this id is confidential (`Feature.command`); False for an unknown id."""
        found = self.find(endpoint)
        return found is not None and found.confidential

    def commands(self, root: Root) -> list[Endpoint]:
        """The slash commands under a root, in the order of their declaration."""
        return list(self._by_words[root].values())

    def message_actions(self) -> list[Endpoint]:
        """The entries of a message's menu."""
        return [endpoint for endpoint in self.endpoints.values() if endpoint.label]

    def contributions(self, to: SharedCard) -> list[Handler]:
        """The handlers that contribute to a card, in the order of their slots."""
        found = [one for feature in self.features for one in feature.contributions.get(to, ())]
        return [one.handler for one in sorted(found, key=lambda one: SLOTS[to].index(one.slot))]

    def listeners_for(self, event: Event) -> list[Listener]:
        """The listeners that accept an event."""
        if type(event) not in self._kinds:
            return []
        return [listener for listener in self.listeners if listener.accepts(event)]

    def nudge(self, name: str) -> Nudge:
        """The nudge of this name. An undeclared one has the lowest priority and no `why`."""
        return self._nudges.get(name) or Nudge(name, NUDGE_PRIORITIES[-1], "")

    def nudges_before(self, nudge: Nudge) -> list[str]:
        """The names of the nudges with a higher priority than this one."""
        before = NUDGE_PRIORITIES[: NUDGE_PRIORITIES.index(nudge.priority)]
        return [one.name for one in self._nudges.values() if one.priority in before]

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        """The slash commands that begin with these words, as pairs of command and help text."""
        start = words.strip().casefold()
        return [
            (endpoint.words, help_of(endpoint.command))
            for endpoint in self.commands(root)
            if endpoint.words.startswith(start)
        ]

    def parse(
        self, root: Root, words: str, names: Mapping[str, str] | None = None
    ) -> tuple[Endpoint, dict[str, Any]]:
        """The endpoint of a typed command, and its arguments by field name.

        `names` maps channel handles to channel names (see `parse_arguments`). The arguments of a confidential
        command are not parsed. Raises Refusal, which names similar commands, if there is no such command.
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
            if len(tokens) == 1:
                return f"That needs one more word. You can type: {offers}"
            return f"I don’t know “{words.strip()}”. You can type: {offers}"
        if elsewhere:
            return f"That command is under /{elsewhere}: type /{elsewhere} {words.strip()}"
        if near:
            offers = " or ".join(f"/{root} {command}" for command in dict.fromkeys(near))
            return f"I don’t know “{words.strip()}”. Did you mean {offers}?"
        return f"I don’t know “{words.strip()}”. /cop help shows what I can do."
