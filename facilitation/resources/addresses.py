"""Web addresses: their canonical key, their label, and finding them in a message. Pure functions."""

import re
from urllib.parse import unquote

from yarl import URL

from facilitation.core.values.links import find_links, is_web_address
from storage.resources import LONGEST_ADDRESS, Link

LONGEST_LABEL = 80
LINKS_AT_MOST = 10
"""How many links of one message are read."""

_TRACKING = re.compile(
    r"(?:utm|mtm|hsa)_\w+|__?hs\w+|hsctatracking|fbclid|gclid|gclsrc|dclid|[gw]braid|msclkid"
    r"|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|ref_src|oly_(?:anon|enc)_id|vero_id|_openstat"
    r"|pk_(?:campaign|kwd)",
    re.IGNORECASE,
)
"""Query parameters that track who sent or opens a link and never select a page."""
_TRACKING_AT = {
    "youtube.com": frozenset({"si", "feature", "pp"}),
    "youtu.be": frozenset({"si", "feature"}),
    "open.spotify.com": frozenset({"si"}),
    "x.com": frozenset({"s", "t"}),
    "twitter.com": frozenset({"s", "t"}),
}
"""Query parameters that do so on one host only."""

_HOST = re.compile(r"[\w-][\w.:-]*", re.ASCII)
_BARE = re.compile(r"[^\s/:@]+\.[^\W\d_]{2,}(?:[:/?#]\S*)?")
_HANDLES = re.compile(r"<[@#!&][^<>]*>")
_BEFORE_MARK = re.compile(r" +(?=[.,;:!?)])")


def with_scheme(typed: object) -> object:
    """An address typed without a scheme (`dask.org/docs`) with `https://`; anything else unchanged."""
    if isinstance(typed, str) and _BARE.fullmatch(typed.strip()):
        return f"https://{typed.strip()}"
    return typed


def parse_address(address: str, headline: str = "") -> Link:
    """The link of an address, with its canonical key. Raises ValueError, in words for people, if it has none.

    The link opens the given address without tracking parameters. The key also omits what rarely tells one
    page from another: scheme, `www.`, default port, trailing slash and fragment. It keeps a fragment that
    begins with `!` or `/`, which is the address of a page (`#!/start`) rather than of a part of one.
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
    target = _without_tracking(given if given.isascii() and given.isprintable() else str(url), place)
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
    if max(len(target), len(key)) > LONGEST_ADDRESS:
        raise ValueError(f"this one is too long, at most {LONGEST_ADDRESS} characters, please")
    return Link(target, key, _label(url), headline)


def links_in(text: str) -> list[Link]:
    """The links of a message in order, one for each key, without invalid addresses."""
    found: dict[str, Link] = {}
    for one in find_links(text):
        try:
            link = parse_address(one.url)
        except ValueError:
            continue
        found.setdefault(link.key, link)
    return list(found.values())[:LINKS_AT_MOST]


def text_without_links(text: str) -> str:
    """The text of a message without its links and without the platform's markup for people and channels."""
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
    """An address without its tracking parameters, otherwise unchanged."""
    head, hash_mark, fragment = address.partition("#")
    path, mark, query = head.partition("?")
    kept = _kept(query, place)
    return f"{path}{mark if kept else ''}{kept}{hash_mark if fragment else ''}{fragment}"


def _kept(query: str, place: str) -> str:
    """A query without tracking parameters, in its own order."""
    tracking = _TRACKING_AT.get(place.removeprefix("m."), frozenset())
    pairs = [pair for pair in query.split("&") if pair]
    names = [pair.partition("=")[0] for pair in pairs]
    return "&".join(
        pair
        for name, pair in zip(names, pairs, strict=True)
        if name not in tracking and not _TRACKING.fullmatch(name)
    )


def _page(fragment: str) -> str:
    page = fragment.partition(":~:")[0]
    return f"#{page}" if page.startswith(("!", "/")) else ""


def _label(url: URL) -> str:
    """Host and path for people to read, at most 80 characters, shortened in the middle."""
    host = (url.host or "").rstrip(".").removeprefix("www.")
    host += f":{url.explicit_port}" if url.port not in (None, 80, 443) else ""
    path = unquote(url.raw_path).rstrip("/")
    label = "".join(sign for sign in host + path if sign.isprintable())
    if len(label) <= LONGEST_LABEL:
        return label
    last = label.rpartition("/")[2][-(LONGEST_LABEL - len(host) - 3) :]
    return f"{host}/…/{last}"[:LONGEST_LABEL]
