"""Conversations worth catching up on, and the few words that open them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.recap.conversations import AT_MOST, ConversationSummary, summarize, worth_catching_up
from facilitation.recap.excerpts import LONGEST, excerpt, is_informative, lone_host, strip_markup
from storage.recap import Message
from tests.conftest import NOW

SINCE = NOW
QUESTION = "Which linter do you use for your shell scripts?"


@dataclass
class Messages:
    """Messages in the order in which they are written; minutes count from the period's beginning."""

    messages: list[Message] = field(default_factory=list)

    def say(
        self,
        who: str,
        text: str | None = "This is a sentence of some length.",
        *,
        at: float = 0,
        place: str = "general",
        thread: str = "",
        refers_to: str = "",
        gone: bool = False,
    ) -> str:
        """Somebody writes; returns the message's id. Someone `gone` was a member and may not be named."""
        message = f"m{len(self.messages) + 1}"
        person = sum(ord(letter) for letter in who) if who else None
        member = None if gone else person
        when = SINCE + timedelta(minutes=at)
        question = "?" in (text or "")
        self.messages.append(
            Message(
                1, place, message, thread, refers_to, when, person, member, who, question, text, cut=False
            )
        )
        return message

    def found(self, roots: Iterable[Message] = ()) -> list[ConversationSummary]:
        ordered = sorted(self.messages, key=lambda message: message.at)
        return [summarize(talk, SINCE, roots) for talk in worth_catching_up(ordered, SINCE)]


@pytest.fixture
def talk() -> Messages:
    return Messages()


# What a conversation is --------------------------------------------------------------------------


def test_three_people_in_one_channel_without_a_long_pause_are_a_conversation(talk: Messages) -> None:
    talk.say("ana", QUESTION, at=0)
    talk.say("ben", at=30)
    talk.say("chi", at=60)
    [found] = talk.found()
    assert (found.people, found.replies, found.opening) == (3, 2, QUESTION)


def test_a_pause_of_more_than_half_an_hour_ends_it(talk: Messages) -> None:
    talk.say("ana", QUESTION, at=0)
    talk.say("ben", at=30)
    talk.say("chi", at=60.1)
    assert talk.found() == []


def test_two_people_are_not_enough_however_much_they_say(talk: Messages) -> None:
    for minute in range(40):
        talk.say("ana" if minute % 2 else "ben", at=minute)
    assert talk.found() == []


def test_channels_are_told_apart(talk: Messages) -> None:
    talk.say("ana", QUESTION)
    talk.say("ben", at=1)
    talk.say("chi", at=2, place="random")
    assert talk.found() == []


def test_a_thread_goes_on_over_any_pause_and_has_its_root(talk: Messages) -> None:
    root = talk.say("ana", QUESTION)
    talk.say("ben", at=300, thread=root)
    talk.say("chi", at=3000, thread=root)
    [found] = talk.found()
    assert (found.people, found.replies, found.opening) == (3, 2, QUESTION)


def test_messages_of_a_thread_are_not_part_of_the_channels_conversation(talk: Messages) -> None:
    root = talk.say("ana", QUESTION, at=0)
    talk.say("ben", at=1, thread=root)
    talk.say("chi", "Something else entirely, over here.", at=2)
    talk.say("dan", at=3)
    assert talk.found() == []


def test_the_root_of_a_thread_belongs_to_the_thread(talk: Messages) -> None:
    talk.say("ana", "We start with something else today.", at=0)
    root = talk.say("ben", QUESTION, at=1)
    talk.say("chi", at=2)
    talk.say("dan", at=3, thread=root)
    talk.say("eva", at=4, thread=root)
    [found] = talk.found()
    assert found.opening == QUESTION
    assert found.people == 3


def test_only_what_falls_into_the_period_counts(talk: Messages) -> None:
    talk.say("ana", QUESTION, at=-20)
    talk.say("ben", at=-10)
    talk.say("chi", at=5)
    talk.say("dan", at=10)
    talk.say("eva", at=15)
    [found] = talk.found()
    assert (found.people, found.replies) == (3, 3)
    assert found.opening == QUESTION


def test_a_conversation_whose_people_spoke_before_the_period_is_left_out(talk: Messages) -> None:
    talk.say("ana", QUESTION, at=-20)
    talk.say("ben", at=-10)
    talk.say("chi", at=5)
    assert talk.found() == []


def test_a_root_from_long_ago_opens_its_thread(talk: Messages) -> None:
    root = talk.say("ana", QUESTION, at=-60 * 24 * 3)
    for minute, who in enumerate(("ben", "chi", "dan")):
        talk.say(who, at=minute, thread=root)
    older, *rest = talk.messages
    [found] = worth_catching_up(rest, SINCE)
    assert found.root == (1, "general", root)
    conversation = summarize(found, SINCE, [older])
    assert (conversation.opening, conversation.people, conversation.replies) == (QUESTION, 3, 3)


def test_a_root_among_the_messages_need_not_be_looked_up(talk: Messages) -> None:
    root = talk.say("ana", QUESTION)
    for minute, who in enumerate(("ben", "chi")):
        talk.say(who, at=minute, thread=root)
    [found] = worth_catching_up(talk.messages, SINCE)
    assert found.root is None


def test_a_thread_whose_root_is_gone_is_opened_by_what_is_left(talk: Messages) -> None:
    for minute, who in enumerate(("ana", "ben", "chi")):
        talk.say(who, QUESTION if minute == 0 else "Yes.", at=minute, thread="deleted")
    [found] = talk.found()
    assert (found.opening, found.replies) == (QUESTION, 3)


# Counting and ranking ------------------------------------------------------------------------------


def test_somebody_going_on_is_no_reply_to_themselves(talk: Messages) -> None:
    talk.say("ana", QUESTION, at=0)
    talk.say("ana", at=1)
    talk.say("ben", at=2)
    talk.say("ben", at=3)
    talk.say("chi", at=4)
    assert talk.found()[0].replies == 2


def test_in_a_thread_every_message_after_somebody_else_is_a_reply(talk: Messages) -> None:
    root = talk.say("ana", QUESTION, at=0)
    talk.say("ana", at=1, thread=root)
    for minute, who in enumerate(("ben", "ben", "ana", "chi"), start=2):
        talk.say(who, at=minute, thread=root)
    assert talk.found()[0].replies == 4


def test_a_reference_makes_a_reply(talk: Messages) -> None:
    first = talk.say("ana", QUESTION, at=0)
    talk.say("ben", at=1)
    talk.say("ben", at=2, refers_to=first)
    talk.say("chi", at=3)
    assert talk.found()[0].replies == 3


def test_most_people_first_then_most_replies_and_at_most_five(talk: Messages) -> None:
    for number, (people, rounds) in enumerate(((3, 1), (3, 4), (4, 1), (3, 2), (5, 1), (3, 3))):
        for turn in range(people * rounds):
            text = f"This is what channel {number} talks about." if turn == 0 else None
            talk.say("abcde"[turn % people] * 3, text, at=turn, place=f"channel-{number}")
    found = talk.found()
    assert len(found) == AT_MOST
    assert [(one.people, one.place) for one in found] == [
        (5, "channel-4"),
        (4, "channel-2"),
        (3, "channel-1"),
        (3, "channel-5"),
        (3, "channel-3"),
    ]


def test_who_said_most_is_named_first_and_who_left_is_counted_only(talk: Messages) -> None:
    for minute, who in enumerate(("ana", "ben", "ben", "chi", "dan")):
        talk.say(who, QUESTION, at=minute, gone=who == "chi")
    [found] = talk.found()
    assert found.people == 4
    assert found.named == tuple(sum(map(ord, who)) for who in ("ben", "ana", "dan"))


def test_who_is_forgotten_makes_no_person_but_their_message_stays_a_reply(talk: Messages) -> None:
    for minute, who in enumerate(("ana", "", "ben")):
        talk.say(who, at=minute)
    assert talk.found() == []
    talk.say("chi", at=4)
    assert (talk.found()[0].people, talk.found()[0].replies) == (3, 3)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ana", "ben", "chi", "dan", ""]),
            st.floats(-2000, 10000),
            st.sampled_from(["general", "random"]),
            st.sampled_from(["", "m1", "m2", "m3", "m50"]),
        ),
        max_size=40,
    )
)
def test_whatever_was_said_every_conversation_has_three_people_and_enough_replies(
    said: list[tuple[str, float, str, str]],
) -> None:
    talk = Messages()
    for who, at, place, thread in said:
        talk.say(who, QUESTION, at=at, place=place, thread=thread)
    inside = sum(message.at >= SINCE for message in talk.messages)
    found = talk.found()
    assert sum(one.replies for one in found) <= inside
    for one in found:
        assert one.people >= 3
        assert one.replies >= one.people - 1
        assert len(set(one.named)) == len(one.named) <= one.people


# Opening words -------------------------------------------------------------------------------------


def opened(talk: Messages, *texts: str) -> str:
    """The opening words of one conversation of these messages, by three people in turn."""
    for minute, text in enumerate(texts):
        talk.say(("ana", "ben", "chi")[minute % 3], text, at=minute)
    [found] = talk.found()
    return found.opening


def test_a_greeting_does_not_open_a_conversation(talk: Messages) -> None:
    assert opened(talk, "hi all", "morning!", QUESTION) == QUESTION


def test_nor_does_thanks_for_something_earlier(talk: Messages) -> None:
    assert opened(talk, "Thanks so much for the help yesterday", QUESTION, "shellcheck") == QUESTION


def test_a_greeting_in_front_is_left_out(talk: Messages) -> None:
    assert opened(talk, f"Hello everyone! {QUESTION}", "shellcheck", "same") == QUESTION


def test_only_the_first_messages_are_looked_through(talk: Messages) -> None:
    assert opened(talk, "a", "https://example.org/a", "c", "d", "e", QUESTION) == ""
    assert talk.found()[0].host == "example.org"


def test_but_where_they_tell_nothing_a_later_one_may(talk: Messages) -> None:
    assert opened(talk, "a", "b", "c", "d", "e", QUESTION) == QUESTION


def test_nothing_is_quoted_that_tells_nothing(talk: Messages) -> None:
    assert opened(talk, "+1 @marek", "welcome @somebody-with-a-long-name", "yes") == ""


def test_where_no_words_were_kept_there_is_no_opening(talk: Messages) -> None:
    for minute, who in enumerate(("ana", "ben", "chi")):
        talk.say(who, None, at=minute)
    [found] = talk.found()
    assert (found.opening, found.host) == ("", "")


def test_a_lone_link_is_told_by_its_host(talk: Messages) -> None:
    root = talk.say("ana", "https://www.example.org/a/very/long/path?and=more")
    for minute, who in enumerate(("ben", "chi")):
        talk.say(who, "nice", at=minute, thread=root)
    [found] = talk.found()
    assert (found.opening, found.host) == ("", "example.org")


def test_what_the_first_message_answers_opens_the_conversation(talk: Messages) -> None:
    talk.say("ana", "I made a map of all our meetups: http://maps.example.org/42", at=-100)
    talk.say("dan", "Lunch is ready, by the way, come down.", at=-70)
    talk.say("ben", "hey @ana cool project! i like the colours", at=0)
    talk.say("chi", at=1)
    talk.say("dan", at=2)
    assert talk.found()[0].opening == "I made a map of all our meetups: maps.example.org"


def test_also_when_it_was_said_in_two_messages(talk: Messages) -> None:
    talk.say("ana", "Wonder what you think about this:", at=-61)
    talk.say("ana", "http://example.org/essay", at=-60)
    talk.say("ben", "@ana nothing that surprising in there, but a good read", at=0)
    talk.say("chi", at=1)
    talk.say("dan", at=2)
    assert talk.found()[0].opening == "Wonder what you think about this: example.org"


def test_a_reference_opens_it_just_as_well(talk: Messages) -> None:
    asked = talk.say("ana", QUESTION, at=-200)
    talk.say("ben", "I have been happy with the usual one for years.", at=0, refers_to=asked)
    talk.say("chi", at=1)
    talk.say("dan", at=2)
    assert talk.found()[0].opening == QUESTION


def test_words_that_end_in_a_colon_go_on_with_what_follows(talk: Messages) -> None:
    talk.say("ana", "Has anybody tried this one yet:", at=0)
    talk.say("ana", "https://example.org/tool", at=1)
    talk.say("ben", at=2)
    talk.say("chi", at=3)
    assert talk.found()[0].opening == "Has anybody tried this one yet: example.org"


def test_an_old_thread_that_took_up_a_new_question_is_opened_by_it(talk: Messages) -> None:
    root = talk.say("ana", "Here is our first post on the new blog, enjoy.", at=-60 * 24 * 20)
    for minute, who in enumerate(("ben", "chi", "dan")):
        talk.say(who, QUESTION if minute == 0 else None, at=minute, thread=root)
    assert talk.found()[0].opening == QUESTION


def test_an_old_thread_with_much_talk_is_opened_by_what_it_began_with_this_time(talk: Messages) -> None:
    root = talk.say("ana", "This is just to spare the other channel.", at=-60 * 24 * 20)
    for minute in range(12):
        talk.say(
            ("ben", "chi", "dan")[minute % 3], "The new antenna works very well.", at=minute, thread=root
        )
    assert talk.found()[0].opening == "The new antenna works very well."


def test_an_old_thread_that_got_its_answers_is_opened_by_its_root(talk: Messages) -> None:
    root = talk.say("ana", QUESTION, at=-60 * 24 * 20)
    for minute, who in enumerate(("ben", "chi", "dan")):
        talk.say(who, at=minute, thread=root)
    assert talk.found()[0].opening == QUESTION


# Excerpts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("look: https://www.Example.org/a?b=c#d.", "look: example.org."),
        (
            "(see https://example.org/a) and <https://b.example/c|this page>",
            "(see example.org) and this page",
        ),
        ("try [the docs](https://example.org/docs) first", "try the docs first"),
        ("done :tada::tada: and :+1: at 10:30:00", "done and at 10:30:00"),
        ("well done :thumbsup: , truly", "well done, truly"),
        ("use `my_var_name` and __init__", "use my_var_name and init"),
        ("**bold**, _soft_ and ~~gone~~ but snake_case_name", "bold, soft and gone but snake_case_name"),
        ("```python\nimport this\nprint(1)\n``` what is this", "(code) what is this"),
        ("```ls -la``` is all", "ls -la is all"),
        ("it broke:\n```\nTraceback (most", "it broke: (code)"),
        ("the end is ||everybody lives||", "the end is (hidden)"),
        ("> somebody else's words\nI agree with that", "I agree with that"),
        ("> only a quote", "only a quote"),
        ("@here: the room has changed", "the room has changed"),
        ("one\n\n  - two\n- three", "one two three"),
        ("nice <:party:1234> <@99> day <#5|general>", "nice day #general"),
        ("Tom &amp; Jerry&#39;s", "Tom & Jerry's"),
        ("a\u202eb\u0007c", "abc"),
        ("@ana uploaded a file: map.png and commented: Our map of the city", "Our map of the city"),
        ("if a < b then c > d", "if a < b then c > d"),
        ("so **working **on it", "so working on it"),
        ("plot.png\nCan you read this?", "Can you read this?"),
        ("👩‍👩‍👧 family day", "👩‍👩‍👧 family day"),
    ],
)
def test_markup_becomes_plain_words(typed: str, shown: str) -> None:
    assert excerpt(strip_markup(typed)) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Hi all,\nI have a question", "I have a question"),
        ("Hello, Dask Users!\nI have a question", "I have a question"),
        ("hey @ana, nice map", "nice map"),
        ("@ana, @ben: the plan has changed", "the plan has changed"),
        ("@ana wrote a lovely post", "@ana wrote a lovely post"),
        ("Hi, I need help, please", "I need help, please"),
        ("Highlights of the week", "Highlights of the week"),
        ("hello", "hello"),
    ],
)
def test_greetings_go_and_sentences_stay_whole(typed: str, shown: str) -> None:
    assert excerpt(strip_markup(typed)) == shown


def test_a_long_text_ends_with_a_sentence_if_one_ends_late_enough() -> None:
    text = "I would like to know how you plan the dates of your meetups. " + "We never find a good one. " * 9
    assert excerpt(text).endswith("We never find a good one.")
    assert 45 <= len(excerpt(text)) <= LONGEST


def test_else_at_a_word_with_an_ellipsis() -> None:
    text = "e.g. this one and then " + "another " * 40
    assert excerpt(text).endswith("another…")
    assert len(excerpt(text)) <= LONGEST


def test_what_was_cut_when_it_was_kept_says_so() -> None:
    assert excerpt("short but there was mo", cut=True) == "short but there was…"


def test_dots_do_not_become_part_of_a_host() -> None:
    assert excerpt(strip_markup(f"{'word ' * 14} here: https://example.org/a\n{'more ' * 30}")).endswith(
        "example.org …"
    )


@given(st.text(max_size=400), st.booleans())
def test_an_excerpt_is_one_short_line_whatever_was_typed(text: str, cut: bool) -> None:
    shown = excerpt(strip_markup(text), cut=cut)
    assert len(shown) <= LONGEST
    assert not any(character in shown for character in "\n\r\t\x00")


@given(st.text(alphabet="`*_~:<>[]()|@#/ .\nabhtps", max_size=200))
def test_no_mix_of_marks_breaks_it(text: str) -> None:
    assert len(excerpt(strip_markup(text))) <= LONGEST


@pytest.mark.parametrize(
    "text", ["hi", "+1", "👍", "thanks a lot for all of this", "example.org", "Hello everyone!"]
)
def test_what_tells_nothing(text: str) -> None:
    assert not is_informative(text)


@pytest.mark.parametrize(
    "text", [QUESTION, "Hello! I am Ana and I make maps", "どのリンターを使っていますか"]
)
def test_what_tells_something(text: str) -> None:
    assert is_informative(text)


def test_a_lone_host_is_recognised() -> None:
    assert lone_host("example.org") == "example.org"
    assert lone_host("see example.org") == ""
