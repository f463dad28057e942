"""Finds the conversations of a period that are worth catching up on, and summarizes each. Pure functions.

A conversation is a thread, or messages in one channel without a gap over 30 minutes. Only its messages within
the period count.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from facilitation.recap.excerpts import (
    excerpt,
    is_informative,
    is_question,
    lone_host,
    strip_markup,
    without_greeting,
)
from storage.recap import Message

CONVERSATION_GAP = timedelta(minutes=30)
"""A longer silence in a channel ends a conversation."""
PEOPLE = 3
"""The least number of people in a conversation worth catching up on."""
AT_MOST = 5
CONTEXT = timedelta(days=1)
"""The time before a conversation in which its question may have been asked …"""
FAR = 50
"""… and the number of messages."""
ONE_UTTERANCE = timedelta(minutes=5)
"""Messages of one person without a longer pause count as one."""
OLD = timedelta(days=7)
"""In a thread that began longer ago, a question or many messages are a new subject."""
MANY = 10
FIRST = 5
"""The message that says what a conversation is about is usually among this number of first ones."""

UNKNOWN_PERSON = 0
"""A person who is not known, and different from all others."""

Key = tuple[int, str, str]
"""Space, channel and message id."""


@dataclass(frozen=True)
class ConversationSummary:
    """A conversation in a recap.

    `people` counts everybody. `named` are the present members among them, those with most messages first.
    `opening` is empty if no words were stored, or if they are only a link, whose host is `host`. `by` is the
    person who wrote them, as in `Message`, 0 for nobody.
    """

    space: int
    place: str
    people: int
    named: tuple[int, ...]
    replies: int
    opening: str = ""
    host: str = ""
    by: int = UNKNOWN_PERSON


class Opening(NamedTuple):
    """The words that open a conversation, and the person who wrote them."""

    words: str = ""
    by: int = UNKNOWN_PERSON

    def __bool__(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True)
class Conversation:
    """The messages of one conversation in order, including those before the period.

    `before` are the messages of its channel during the day before. `root` identifies the first message of its
    thread, if that is not among the messages.
    """

    messages: tuple[Message, ...]
    is_thread: bool = False
    before: tuple[Message, ...] = ()

    @property
    def root(self) -> Key | None:
        first = self.messages[0]
        return _thread_key(first) if _is_in_thread(first) else None


def worth_catching_up(messages: Sequence[Message], since: datetime) -> list[Conversation]:
    """At most five conversations of three or more people: by people, then replies, then the earliest.

    `messages` are those from a day before `since` up to the end of the period, in order.
    """
    ranked = sorted(
        (-len(people), -_replies(one, since), number, one)
        for number, one in enumerate(_conversations(messages))
        if len(people := _people(one, since)) >= PEOPLE
    )
    return [one for *_, one in ranked[:AT_MOST]]


def summarize(
    conversation: Conversation, since: datetime, roots: Iterable[Message] = ()
) -> ConversationSummary:
    """The summary of a conversation; `roots` are the first messages of older threads, as far as known."""
    inside = [message for message in conversation.messages if message.at >= since]
    root = next((root for root in roots if _key(root) == conversation.root), None)
    if root is not None:
        conversation = replace(conversation, messages=(root, *conversation.messages))
    opening = _thread_opening(conversation, inside) if conversation.is_thread else _flow_opening(conversation)
    return ConversationSummary(
        space=inside[0].space,
        place=inside[0].place,
        people=len(_people(conversation, since)),
        named=_named(inside),
        replies=_replies(conversation, since),
        opening="" if lone_host(opening.words) else opening.words,
        host=lone_host(opening.words),
        by=opening.by,
    )


# Finding -----------------------------------------------------------------------------------------


def _conversations(messages: Sequence[Message]) -> list[Conversation]:
    """All conversations, in the order in which they began. Each message belongs to one of them."""
    threads: dict[Key, list[Message]] = {}
    for message in messages:
        if _is_in_thread(message):
            threads.setdefault(_thread_key(message), []).append(message)
    flows: dict[tuple[int, str], list[Message]] = {}
    for message in messages:
        if _is_in_thread(message):
            continue
        if message.message and _key(message) in threads:
            threads[_key(message)].insert(0, message)
        else:
            flows.setdefault((message.space, message.place), []).append(message)
    found = [Conversation(tuple(thread), is_thread=True) for thread in threads.values()]
    for flow in flows.values():
        found += _split(flow)
    return sorted(found, key=lambda one: (one.messages[0].at, one.messages[0].message))


def _split(flow: list[Message]) -> list[Conversation]:
    """The messages of a channel, split where nobody wrote for over 30 minutes."""
    starts = [n for n, message in enumerate(flow) if n == 0 or message.at - flow[n - 1].at > CONVERSATION_GAP]
    ends = [*starts[1:], len(flow)]
    return [
        Conversation(tuple(flow[start:end]), before=_before(flow, start))
        for start, end in zip(starts, ends, strict=True)
    ]


def _before(flow: list[Message], start: int) -> tuple[Message, ...]:
    """The messages of a channel during the day before a conversation."""
    earliest = flow[start].at - CONTEXT
    return tuple(message for message in flow[max(0, start - FAR) : start] if message.at >= earliest)


def _people(conversation: Conversation, since: datetime) -> set[int]:
    return {m.person for m in conversation.messages if m.at >= since and m.person is not None}


# Summarizing -------------------------------------------------------------------------------------


def _named(inside: list[Message]) -> tuple[int, ...]:
    """The members who may be named, those with most messages first; of equals, the earliest."""
    counts = Counter(message.member for message in inside if message.member is not None)
    return tuple(member for member, _ in counts.most_common())


def _replies(conversation: Conversation, since: datetime) -> int:
    """The number of messages of the period that are replies.

    A reply is another person's message in the thread, or one that refers to a message, or the next message in
    the conversation.
    """
    by_id = {message.message: message for message in conversation.messages}
    replies = 0
    # The author of an unknown root counts as somebody else.
    earlier: set[int | None] = {UNKNOWN_PERSON} if conversation.root else set()
    last: Message | None = None
    for message in conversation.messages:
        if conversation.is_thread:
            is_reply = bool(earlier - {message.person})
        else:
            is_reply = last is not None and last.person != message.person
        if message.refers_to:
            referred = by_id.get(message.refers_to)
            is_reply = is_reply or referred is None or referred.person != message.person
        replies += is_reply and message.at >= since
        earlier.add(message.person)
        last = message
    return replies


# Opening -----------------------------------------------------------------------------------------


def _thread_opening(conversation: Conversation, inside: list[Message]) -> Opening:
    """The words of the root, or those with which an old thread took up a new subject."""
    root = conversation.messages[0]
    if _is_in_thread(root):  # the root is no longer stored
        return _first_informative(conversation.messages)
    if inside[0].at - root.at >= OLD and _starts_anew(inside):
        return _words_from(conversation.messages, conversation.messages.index(inside[0]))
    if is_informative(_words(root)):
        return _words_from(conversation.messages, 0)
    by_author = [message for message in conversation.messages[:FIRST] if message.person == root.person]
    return _first_informative(by_author) or _first_informative(conversation.messages)


def _starts_anew(inside: list[Message]) -> bool:
    """Whether a question or many messages begin here, with words that are not for one person alone."""
    first, words = inside[0], without_greeting(_words(inside[0]))
    is_much = len(inside) >= MANY or first.question or is_question(words)
    return is_much and is_informative(words) and not words.startswith("@")


def _flow_opening(conversation: Conversation) -> Opening:
    """What the first message answers, if it says so; else the first informative message."""
    return _asked_before(conversation) or _first_informative(conversation.messages)


def _asked_before(conversation: Conversation) -> Opening:
    """The earlier words that the first message answers, because it refers to them or names their author."""
    first = conversation.messages[0]
    for number in range(len(conversation.before) - 1, -1, -1):
        earlier = conversation.before[number]
        if earlier.person == first.person:
            continue
        is_meant = earlier.message == first.refers_to if first.refers_to else _addresses(first, earlier.name)
        if is_meant:
            opening = _words_up_to(conversation.before, number)
            return opening if is_informative(opening.words) else Opening()
    return Opening()


def _addresses(message: Message, name: str) -> bool:
    """Whether a message addresses somebody in its first words: `hey @ana …`."""
    return bool(name) and f"@{name}" in (message.excerpt or "")[: len(name) + 12]


def _first_informative(messages: Sequence[Message]) -> Opening:
    """The first informative words, else the first lone link, else nothing."""
    for number, message in enumerate(messages[:FIRST]):
        if is_informative(_words(message)):
            return _words_from(messages, number)
    for message in messages[:FIRST]:
        if host := lone_host(_words(message)):
            return Opening(host, message.person or UNKNOWN_PERSON)
    for number, message in enumerate(messages[:FAR]):
        if is_informative(_words(message)):
            return _words_from(messages, number)
    return Opening()


def _words_from(messages: Sequence[Message], number: int) -> Opening:
    """The words of a message. If they end in a colon, the next message of the author belongs to them."""
    message = messages[number]
    words = _words(message)
    follows = messages[number + 1] if number + 1 < len(messages) else None
    if words.endswith(":") and follows is not None and _is_one_utterance(message, follows):
        words, message = f"{words} {_words(follows)}", follows
    return Opening(excerpt(words, cut=message.cut), message.person or UNKNOWN_PERSON)


def _words_up_to(messages: Sequence[Message], number: int) -> Opening:
    """The words of a message, with those its author wrote just before if it is not informative by itself."""
    words, cut = _words(messages[number]), messages[number].cut
    while number and not is_informative(words) and _is_one_utterance(messages[number - 1], messages[number]):
        number -= 1
        words = f"{_words(messages[number])} {words}"
    return Opening(excerpt(words, cut=cut), messages[number].person or UNKNOWN_PERSON)


def _is_one_utterance(message: Message, follows: Message) -> bool:
    return message.person == follows.person and follows.at - message.at <= ONE_UTTERANCE


def _words(message: Message) -> str:
    return strip_markup(message.excerpt or "")


def _is_in_thread(message: Message) -> bool:
    return message.thread not in ("", message.message)


def _key(message: Message) -> Key:
    return message.space, message.place, message.message


def _thread_key(message: Message) -> Key:
    return message.space, message.place, message.thread
