import pytest

from adapters.archive.addresses import is_question, links


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
        ("`https://example.org`", ("https://example.org",)),
        ("no address: http, https:// , httpx://a", ()),
        ("two https://a.example\nhttps://b.example", ("https://a.example", "https://b.example")),
    ],
)
def test_addresses_end_where_the_sentence_goes_on(text: str, found: tuple[str, ...]) -> None:
    assert links(text) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is it?", True),
        ("https://example.org/?q=1", False),
        ("did you see https://example.org/?q=1 yesterday?", True),
        ("http?", True),
        ("no", False),
    ],
)
def test_a_question_mark_counts_outside_addresses(text: str, expected: bool) -> None:
    assert is_question(text) is expected
