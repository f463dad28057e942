"""Conversations worth catching up on: found in the messages of a period, ranked, and opened in a few words.

A conversation is a thread, or messages in one channel without a gap over 30 minutes; it counts with what
falls into the period. Everything here is pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from facilitation.recap.excerpts import asks, excerpt, is_telling, lone_host, tidy, without_greeting
from storage.recap import Message

GAP = timedelta(minutes=30)
PEOPLE = 3
"""So many distinct people make a conversation worth catching up on."""
AT_MOST = 5
CONTEXT = timedelta(days=1)
"""How long before its first message a conversation may have been asked for."""
FAR = 50
"""… and how many messages."""
BREATH = timedelta(minutes=5)
"""Messages of one person without a longer pause are one utterance."""
OLD = timedelta(days=7)
"""In a thread begun longer ago, a question is a new subject, and so is much talk."""
MANY = 10
FIRST = 5
"""Among so many messages is, as a rule, the one that tells what it is about."""

SOMEBODY = 0
"""A person who is nobody else."""

Key = tuple[int, str, str]
"""Space, channel and message id."""


@dataclass(frozen=True)
class Conversation:
    """One conversation, as a recap tells of it.

    `people` counts everybody, `named` are the members among them who are here now, who said most first.
    `opening` is empty where no words were kept; `host` is set where they are nothing but a link. `by` is the
    person whose words they are, as in `Message`, 0 for nobody.
    """

    space: int
    place: str
    people: int
    named: tuple[int, ...]
    replies: int
    opening: str = ""
    host: str = ""
    by: int = SOMEBODY


class Opening(NamedTuple):
    """The words that open a conversation, and the person who said them."""

    words: str = ""
    by: int = SOMEBODY

    def __bool__(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True)
class Talk:
    """The messages of one conversation in order, with those before the period.

    `before` is what was said in its channel during the day before. `root` is how its thread began, if that
    is not among the messages.
    """

    messages: tuple[Message, ...]
    is_thread: bool = False
    before: tuple[Message, ...] = ()

    @property
    def root(self) -> Key | None:
        first = self.messages[0]
        return _thread_key(first) if _is_in_thread(first) else None


def worth_catching_up(messages: Sequence[Message], since: datetime) -> list[Talk]:
    """At most five conversations of three or more people, by people, then replies, then as they began.

    `messages` are those from a day before `since` up to the period's end, in order.
    """
    ranked = sorted(
        (-len(people), -_replies(talk, since), number, talk)
        for number, talk in enumerate(_talks(messages))
        if len(people := _people(talk, since)) >= PEOPLE
    )
    return [talk for *_, talk in ranked[:AT_MOST]]


def told(talk: Talk, since: datetime, roots: Iterable[Message] = ()) -> Conversation:
    """A conversation in a recap's words; `roots` are the beginnings of older threads, as far as known."""
    inside = [message for message in talk.messages if message.at >= since]
    root = next((root for root in roots if _key(root) == talk.root), None)
    if root is not None:
        talk = replace(talk, messages=(root, *talk.messages))
    opening = _thread_opening(talk, inside) if talk.is_thread else _flow_opening(talk)
    return Conversation(
        space=inside[0].space,
        place=inside[0].place,
        people=len(_people(talk, since)),
        named=_named(inside),
        replies=_replies(talk, since),
        opening="" if lone_host(opening.words) else opening.words,
        host=lone_host(opening.words),
        by=opening.by,
    )


# Finding -----------------------------------------------------------------------------------------


def _talks(messages: Sequence[Message]) -> list[Talk]:
    """Every message in the one conversation to which it belongs, in the order in which they began."""
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
    talks = [Talk(tuple(thread), is_thread=True) for thread in threads.values()]
    for flow in flows.values():
        talks += _split(flow)
    return sorted(talks, key=lambda talk: (talk.messages[0].at, talk.messages[0].message))


def _split(flow: list[Message]) -> list[Talk]:
    """A channel's messages, cut where nobody wrote for longer than 30 minutes."""
    starts = [n for n, message in enumerate(flow) if n == 0 or message.at - flow[n - 1].at > GAP]
    ends = [*starts[1:], len(flow)]
    return [
        Talk(tuple(flow[start:end]), before=_before(flow, start))
        for start, end in zip(starts, ends, strict=True)
    ]


def _before(flow: list[Message], start: int) -> tuple[Message, ...]:
    """What was said in a channel during the day before a conversation."""
    earliest = flow[start].at - CONTEXT
    return tuple(message for message in flow[max(0, start - FAR) : start] if message.at >= earliest)


def _people(talk: Talk, since: datetime) -> set[int]:
    return {m.person for m in talk.messages if m.at >= since and m.person is not None}


# Telling -----------------------------------------------------------------------------------------


def _named(inside: list[Message]) -> tuple[int, ...]:
    """Who may be named, who said most first; of equals, who spoke first."""
    counts = Counter(message.member for message in inside if message.member is not None)
    return tuple(member for member, _ in counts.most_common())


def _replies(talk: Talk, since: datetime) -> int:
    """How many messages of the period are a reply to somebody.

    That is another person's message in the thread, referencing it, or next in its conversation.
    """
    by_id = {message.message: message for message in talk.messages}
    replies = 0
    # Who began a thread long ago is taken for somebody else until its root is known.
    earlier: set[int | None] = {SOMEBODY} if talk.root else set()
    last: Message | None = None
    for message in talk.messages:
        if talk.is_thread:
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


def _thread_opening(talk: Talk, inside: list[Message]) -> Opening:
    """The root's words; of an old thread that took up something new, those with which it did."""
    root = talk.messages[0]
    if _is_in_thread(root):  # The root is not known any more: the first that tells something.
        return _first_telling(talk.messages)
    if inside[0].at - root.at >= OLD and _starts_anew(inside):
        return _said(talk.messages, talk.messages.index(inside[0]))
    if is_telling(_words(root)):
        return _said(talk.messages, 0)
    theirs = [message for message in talk.messages[:FIRST] if message.person == root.person]
    return _first_telling(theirs) or _first_telling(talk.messages)


def _starts_anew(inside: list[Message]) -> bool:
    """Whether a question or much talk begins here, with words that are not for one person alone."""
    first, words = inside[0], without_greeting(_words(inside[0]))
    is_much = len(inside) >= MANY or first.question or asks(words)
    return is_much and is_telling(words) and not words.startswith("@")


def _flow_opening(talk: Talk) -> Opening:
    """What the first message answers, if it says so; else the first that tells something."""
    return _asked_before(talk) or _first_telling(talk.messages)


def _asked_before(talk: Talk) -> Opening:
    """The words of the day before which the first message answers: it names or refers to who said them."""
    first = talk.messages[0]
    for number in range(len(talk.before) - 1, -1, -1):
        earlier = talk.before[number]
        if earlier.person == first.person:
            continue
        is_meant = earlier.message == first.refers_to if first.refers_to else _addresses(first, earlier.name)
        if is_meant:
            opening = _said_up_to(talk.before, number)
            return opening if is_telling(opening.words) else Opening()
    return Opening()


def _addresses(message: Message, name: str) -> bool:
    """Whether a message names somebody in its first words: `hey @ana …`."""
    return bool(name) and f"@{name}" in (message.excerpt or "")[: len(name) + 12]


def _first_telling(messages: Sequence[Message]) -> Opening:
    """The first words that tell something, or the first lone link; empty where nothing does."""
    for number, message in enumerate(messages[:FIRST]):
        if is_telling(_words(message)):
            return _said(messages, number)
    for message in messages[:FIRST]:
        if host := lone_host(_words(message)):
            return Opening(host, message.person or SOMEBODY)
    for number, message in enumerate(messages[:FAR]):
        if is_telling(_words(message)):
            return _said(messages, number)
    return Opening()


def _said(messages: Sequence[Message], number: int) -> Opening:
    """A message's words; where they end in a colon, what its author said next belongs to them."""
    message = messages[number]
    words = _words(message)
    follows = messages[number + 1] if number + 1 < len(messages) else None
    if words.endswith(":") and follows is not None and _is_one_utterance(message, follows):
        words, message = f"{words} {_words(follows)}", follows
    return Opening(excerpt(words, cut=message.cut), message.person or SOMEBODY)


def _said_up_to(messages: Sequence[Message], number: int) -> Opening:
    """A message's words, with those its author said just before where it tells too little by itself."""
    words, cut = _words(messages[number]), messages[number].cut
    while number and not is_telling(words) and _is_one_utterance(messages[number - 1], messages[number]):
        number -= 1
        words = f"{_words(messages[number])} {words}"
    return Opening(excerpt(words, cut=cut), messages[number].person or SOMEBODY)


def _is_one_utterance(message: Message, follows: Message) -> bool:
    return message.person == follows.person and follows.at - message.at <= BREATH


def _words(message: Message) -> str:
    return tidy(message.excerpt or "")


def _is_in_thread(message: Message) -> bool:
    return message.thread not in ("", message.message)


def _key(message: Message) -> Key:
    return message.space, message.place, message.message


def _thread_key(message: Message) -> Key:
    return message.space, message.place, message.thread
