"""Web addresses: which ones are the same thing, how they read, and how they are found in a message. Pure."""

import re
from urllib.parse import unquote

from yarl import URL

from facilitation.core.values.links import find_links, is_web_address
from storage.resources import LONGEST_ADDRESS, Link

LONGEST_LABEL = 80
LINKS_AT_MOST = 10
"""How many links of one message are looked at."""

_TRACKING = re.compile(
    r"(?:utm|mtm|hsa)_\w+|__?hs\w+|hsctatracking|fbclid|gclid|gclsrc|dclid|[gw]braid|msclkid"
    r"|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|ref_src|oly_(?:anon|enc)_id|vero_id|_openstat"
    r"|pk_(?:campaign|kwd)",
    re.IGNORECASE,
)
"""Parameters that tell a site who sent a link or who opens it, and never which page is meant."""
_TRACKING_AT = {
    "youtube.com": frozenset({"si", "feature", "pp"}),
    "youtu.be": frozenset({"si", "feature"}),
    "open.spotify.com": frozenset({"si"}),
    "x.com": frozenset({"s", "t"}),
    "twitter.com": frozenset({"s", "t"}),
}
"""Parameters that do so only there."""

_HOST = re.compile(r"[\w-][\w.:-]*", re.ASCII)
_BARE = re.compile(r"[^\s/:@]+\.[^\W\d_]{2,}(?:[:/?#]\S*)?")
_HANDLES = re.compile(r"<[@#!&][^<>]*>")
_BEFORE_MARK = re.compile(r" +(?=[.,;:!?)])")


def with_scheme(typed: object) -> object:
    """`dask.org/docs` as people type it, with `https://` before it; anything else as it is."""
    if isinstance(typed, str) and _BARE.fullmatch(typed.strip()):
        return f"https://{typed.strip()}"
    return typed


def read(address: str, headline: str = "") -> Link:
    """What to keep of an address. Raises ValueError, in words for people, for one that cannot be kept.

    People open the address as it was given, without tracking parameters. The key leaves out what rarely
    tells one page from another: scheme, `www.`, default port, trailing slash, fragment. Fragments that begin
    with `!` or `/` stay in it: there they are the address of a page (`#!/start`), not of a part of it.
    """
    try:
        url = URL(address.strip())
        host, port = url.raw_host, url.port
    except ValueError as error:
        raise ValueError("a link begins with https:// or http://") from error
    if url.scheme not in ("http", "https") or not host or not _HOST.fullmatch(host):
        raise ValueError("a link begins with https:// or http://")
    if url.user or url.password:
        raise ValueError("this one has a user name or password in it, which everyone here would see")
    place = host.rstrip(".").lower()
    if place.startswith("www.") and place.count(".") > 1:
        place = place.removeprefix("www.")
    given = address.strip()
    opened = _without_tracking(given if given.isascii() and given.isprintable() else str(url), place)
    query = _kept(url.raw_query_string, place)
    key = "".join(
        (
            place,
            "" if port in (None, 80, 443) else f":{port}",
            url.raw_path.rstrip("/"),
            f"?{query}" if query else "",
            _page(url.raw_fragment),
        )
    )
    if max(len(opened), len(key)) > LONGEST_ADDRESS:
        raise ValueError(f"this one is too long, at most {LONGEST_ADDRESS} characters, please")
    return Link(opened, key, _label(url), headline)


def links_in(text: str) -> list[Link]:
    """The links of a message, each thing once, in order; those that cannot be kept are left out."""
    found: dict[str, Link] = {}
    for one in find_links(text):
        try:
            link = read(one.url)
        except ValueError:
            continue
        found.setdefault(link.key, link)
    return list(found.values())[:LINKS_AT_MOST]


def words_around(text: str) -> str:
    """What a message says besides its links and the platform's own marks for people and channels."""
    pieces: list[str] = []
    at = 0
    for link in find_links(text):
        pieces += [text[at : link.start], " " if is_web_address(link.label) else link.label or " "]
        at = link.end
    rest = _BEFORE_MARK.sub("", _HANDLES.sub(" ", "".join([*pieces, text[at:]])))
    lines = (" ".join(line.split()).strip(" :–—-→>|") for line in rest.splitlines())
    words = "\n".join(line for line in lines if line)
    return words if sum(sign.isalnum() for sign in words) > 2 else ""


def _without_tracking(address: str, place: str) -> str:
    """An address as it was given, but for its tracking parameters."""
    head, hash_mark, fragment = address.partition("#")
    path, mark, query = head.partition("?")
    kept = _kept(query, place)
    return f"{path}{mark if kept else ''}{kept}{hash_mark if fragment else ''}{fragment}"


def _kept(query: str, place: str) -> str:
    """A query in its own order, without tracking parameters."""
    there = _TRACKING_AT.get(place.removeprefix("m."), frozenset())
    pairs = [pair for pair in query.split("&") if pair]
    names = [pair.partition("=")[0] for pair in pairs]
    return "&".join(
        pair
        for name, pair in zip(names, pairs, strict=True)
        if name not in there and not _TRACKING.fullmatch(name)
    )


def _page(fragment: str) -> str:
    page = fragment.partition(":~:")[0]
    return f"#{page}" if page.startswith(("!", "/")) else ""


def _label(url: URL) -> str:
    """Host and path for people to read, shortened in the middle."""
    host = (url.host or "").rstrip(".").removeprefix("www.")
    host += f":{url.explicit_port}" if url.port not in (None, 80, 443) else ""
    path = unquote(url.raw_path).rstrip("/")
    label = "".join(sign for sign in host + path if sign.isprintable())
    if len(label) <= LONGEST_LABEL:
        return label
    last = label.rpartition("/")[2][-(LONGEST_LABEL - len(host) - 3) :]
    return f"{host}/…/{last}"[:LONGEST_LABEL]
