"""Web addresses are found where they stand in what people typed, and end where the sentence goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.core.values.links import FoundLink, find_links, find_urls, is_question, is_web_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://example.org/a?b=1.", ("https://example.org/a?b=1",)),
        ("(https://example.org)", ("https://example.org",)),
        (
            "[words](https://example.org/(x)), <http://example.net>!",
            ("https://example.org/(x)", "http://example.net"),
        ),
        ("https://en.example.org/wiki/Tea_(drink) is", ("https://en.example.org/wiki/Tea_(drink)",)),
        ("see https://x.org/a_(b), or http://y.org.", ("https://x.org/a_(b)", "http://y.org")),
        ("`https://example.org`", ("https://example.org",)),
        (
            "**https://example.org/a** ||https://example.org/b||",
            ("https://example.org/a", "https://example.org/b"),
        ),
        (
            "“https://example.org/a” «https://example.org/b»",
            ("https://example.org/a", "https://example.org/b"),
        ),
        ("HTTPS://Example.org:8080/a#b", ("HTTPS://Example.org:8080/a#b",)),
        ("https://пример.рф/путь", ("https://пример.рф/путь",)),
        (
            "http://192.168.4.1/ui and http://localhost:3000/",
            ("http://192.168.4.1/ui", "http://localhost:3000/"),
        ),
        ("no address: http, https:// , httpx://a", ()),
        ("javascript:alert(1) ftp://x.org mailto:a@x.org x.org", ()),
        ("two https://a.example\nhttps://b.example", ("https://a.example", "https://b.example")),
        ("https://x.org https://x.org", ("https://x.org", "https://x.org")),
    ],
)
def test_addresses_end_where_the_sentence_goes_on(text: str, found: tuple[str, ...]) -> None:
    assert find_urls(text) == found


def test_an_address_is_found_with_its_label_and_its_brackets() -> None:
    text = "Read [the guide](https://x.org/a_(b)), <https://y.org|there> or <https://z.org>."
    assert list(find_links(text)) == [
        FoundLink("https://x.org/a_(b)", 5, 37, "the guide"),
        FoundLink("https://y.org", 39, 60, "there"),
        FoundLink("https://z.org", 64, 79),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is it?", True),
        ("https://example.org/?q=1", False),
        ("did you see https://example.org/?q=1 yesterday?", True),
        ("see https://example.org/a?", False),
        ("http?", True),
        ("no", False),
    ],
)
def test_a_question_mark_counts_outside_addresses(text: str, expected: bool) -> None:
    assert is_question(text) is expected


@given(st.text(alphabet="aé.:/?#()[]<>|`*\"'”htps ", max_size=80))
def test_links_stand_in_the_text_one_behind_the_other(text: str) -> None:
    position = 0
    for link in find_links(text):
        assert position <= link.start < link.end
        assert link.url in text[link.start : link.end]
        assert link.label in text[link.start : link.end]
        assert is_web_address(link.url)
        position = link.end
    assert is_question(text) <= ("?" in text)


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    assert len(find_urls(text)) <= text.lower().count("http")


def test_long_texts_take_linear_time() -> None:
    assert len(find_urls("https://" * 20_000)) == 10_000
    assert len(find_urls("[" * 20_000 + "https://x.org) " * 2_000)) == 2_000
