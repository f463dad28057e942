"""Web addresses: which ones are the same, their labels, and finding them in a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.resources.addresses import (
    LINKS_AT_MOST,
    links_in,
    parse_address,
    text_without_links,
    with_scheme,
)

PAGE = "https://docs.dask.org/en/stable/chunks.html"


@pytest.mark.parametrize(
    "other",
    [
        "http://docs.dask.org/en/stable/chunks.html",
        "HTTPS://Docs.Dask.ORG/en/stable/chunks.html",
        "https://www.docs.dask.org/en/stable/chunks.html",
        "https://docs.dask.org./en/stable/chunks.html",
        "https://docs.dask.org:443/en/stable/chunks.html",
        "http://docs.dask.org:80/en/stable/chunks.html",
        "https://docs.dask.org/en/stable/chunks.html/",
        "https://docs.dask.org/en/stable/chunks.html?",
        "https://docs.dask.org/en/stable/chunks.html#sizes",
        "https://docs.dask.org/en/stable/chunks.html#:~:text=sizes",
        "https://docs.dask.org/en/./x/../stable/chunks.html",
        "https://docs.dask.org/en/stable/%63hunks.html",
        "https://docs.dask.org/en/stable/chunks.html?utm_source=a&UTM_Medium=b&fbclid=c&gclid=d&mc_eid=e",
        "https://docs.dask.org/en/stable/chunks.html?igshid=f&ref_src=g&_hsenc=h",
    ],
)
def test_these_are_the_same_page(other: str) -> None:
    assert parse_address(other).key == parse_address(PAGE).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.org/x", "https://a.org/X"),
        ("https://a.org/x?a=1&b=2", "https://a.org/x?b=2&a=1"),
        ("https://a.org/x?id=1", "https://a.org/x?id=2"),
        ("https://a.org/x", "https://a.org/x.html"),
        ("https://a.org:8443/x", "https://a.org/x"),
        ("https://a.org/#!/start", "https://a.org/#!/end"),
        ("https://matrix.to/#/#dask:matrix.org", "https://matrix.to/#/#zarr:matrix.org"),
        ("https://www.com/", "https://com/"),
        ("https://a.org/x?t=30", "https://a.org/x"),
    ],
)
def test_these_are_not(one: str, other: str) -> None:
    assert parse_address(one).key != parse_address(other).key


def test_names_in_other_scripts_are_one_with_their_plain_form() -> None:
    assert (
        parse_address("https://münchen.de/straße").key
        == parse_address("https://xn--mnchen-3ya.de/stra%C3%9Fe").key
    )
    assert parse_address("https://xn--mnchen-3ya.de/stra%C3%9Fe").label == "münchen.de/straße"


def test_people_open_what_was_given_without_those_who_watch() -> None:
    given_address = "http://www.a.org/x/?utm_source=chat&id=7#part"
    assert parse_address(given_address).url == "http://www.a.org/x/?id=7#part"
    assert parse_address("https://a.org/x?utm_source=chat").url == "https://a.org/x"
    assert parse_address("https://youtu.be/abc?si=me&t=30").url == "https://youtu.be/abc?t=30"
    assert parse_address("https://a.org/x?si=me").url == "https://a.org/x?si=me"
    assert parse_address("https://a.org/ä\x00b").url == "https://a.org/%C3%A4%00b"


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://www.a.org/", "a.org"),
        ("https://github.com/dask/dask/", "github.com/dask/dask"),
        ("https://a.org/caf%C3%A9?q=1#x", "a.org/café"),
        ("http://localhost:8080/x", "localhost:8080/x"),
        ("https://a.org/" + "long/" * 30 + "end.html", "a.org/…/end.html"),
        ("https://a.org/%E2%80%AEevil", "a.org/evil"),
    ],
)
def test_an_address_reads_like_one(address: str, label: str) -> None:
    assert parse_address(address).label == label


@pytest.mark.parametrize(
    "address",
    ["", "x", "dask.org", "ftp://a.org", "mailto:a@b.org", "javascript:alert(1)", "https://", "https:///x"],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="begins with https"):
        parse_address(address)


def test_secrets_and_endless_addresses_are_refused() -> None:
    with pytest.raises(ValueError, match="everyone here would see"):
        parse_address("https://ines:secret@a.org/")
    with pytest.raises(ValueError, match="too long"):
        parse_address("https://a.org/" + "x" * 2_000)
    with pytest.raises(ValueError, match="too long"):
        parse_address("https://a.org/" + "|" * 1_000)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dask.org", "https://dask.org"),
        (" docs.dask.org/x?y#z ", "https://docs.dask.org/x?y#z"),
        ("a.org:8080/x", "https://a.org:8080/x"),
        ("http://a.org", "http://a.org"),
        ("ines@a.org", "ines@a.org"),
        ("word", "word"),
        ("3.14", "3.14"),
        (7, 7),
    ],
)
def test_a_scheme_may_be_left_out(typed: object, meant: object) -> None:
    assert with_scheme(typed) == meant


@given(st.text())
def test_any_text_is_an_address_or_a_plain_refusal(text: str) -> None:
    for address in (text, f"https://{text}", f"https://a.org/{text}"):
        try:
            link = parse_address(address)
        except ValueError:
            continue
        assert parse_address(link.url).key == link.key
        assert link.url.isprintable()
        assert link.label.isprintable()


# In messages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("none here", []),
        ("see https://a.org/x.", ["https://a.org/x"]),
        ("(https://a.org/x)", ["https://a.org/x"]),
        ("https://a.org/wiki/A_(b), right?", ["https://a.org/wiki/A_(b)"]),
        ("<https://a.org/x|a.org> and <https://b.org>", ["https://a.org/x", "https://b.org"]),
        ("[a label](https://a.org/x_(y)) and **https://b.org**", ["https://a.org/x_(y)", "https://b.org"]),
        ("“https://a.org/x”", ["https://a.org/x"]),
        ("https://a.org/x http://www.a.org/x/", ["https://a.org/x"]),
        ("https://u:p@a.org and https://b.org", ["https://b.org"]),
        ("ftp://a.org javascript:x", []),
    ],
)
def test_links_are_found_as_platforms_write_them(text: str, links: list[str]) -> None:
    assert [link.url for link in links_in(text)] == links


def test_not_more_links_than_one_can_choose_from() -> None:
    assert len(links_in(" ".join(f"https://a.org/{n}" for n in range(99)))) == LINKS_AT_MOST


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://a.org", ""),
        ("+1 https://a.org", ""),
        ("Chunk sizes: https://a.org", "Chunk sizes"),
        ("Read <https://a.org|the dask guide>, it helps", "Read the dask guide, it helps"),
        ("Read <https://a.org|https://a.org>, it helps", "Read, it helps"),
        ("<@U123> this one https://a.org !", "this one!"),
        ("[Dask](https://a.org) explains\n\n  chunks  ", "Dask explains\nchunks"),
    ],
)
def test_what_else_a_message_says(text: str, words: str) -> None:
    assert text_without_links(text) == words


@given(st.text(alphabet=st.sampled_from("https://a.org<>|[]() .,@\n")))
def test_any_message_can_be_read(text: str) -> None:
    assert len(links_in(text)) <= LINKS_AT_MOST
    text_without_links(text)
