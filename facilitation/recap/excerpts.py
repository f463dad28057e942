"""A few words of a message that say what it is about. Pure functions of text."""

import re
import unicodedata
from html import unescape

LONGEST = 120
"""The longest excerpt, in characters."""
SHORTEST = 45
"""An excerpt ends with a sentence if it then has at least this number of characters."""
INFORMATIVE = 20
"""Shorter texts say too little to open a conversation."""

_FENCE = re.compile(r"```(?:[\w+#.-]*\n)?(.*?)(?:```|\Z)", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_KEPT = re.compile("\x00(\\d+)\x00")
_HIDDEN = re.compile(r"\|\|.+?\|\|", re.DOTALL)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_QUOTE_MARK = re.compile(r"^\s*>+", re.MULTILINE)
_LABELLED = re.compile(r"!?\[([^\]\n]*)\]\(\s*<?https?://[^)\s]*\)")
_MARKUP = re.compile(r"<([^<>\n]+)>")
_ADDRESS = re.compile(r"https?://(?:www\.)?([^\s/?#<>()\[\]\"|]+)[^\s<>\"]*", re.IGNORECASE)
_EMOJI = re.compile(r"(?<![\w:])(?::[a-z0-9_+'-]*[a-z+-][a-z0-9_+'-]*:|:100:)+(?![\w:])", re.IGNORECASE)
_STYLES = tuple(
    re.compile(rf"(?<![\w{mark}]){re.escape(mark * n)}(?=\S)(.+?)(?<=\S){re.escape(mark * n)}(?![\w{mark}])")
    for mark, n in (("*", 2), ("_", 2), ("~", 2), ("*", 1), ("_", 1), ("~", 1))
)
_LOOSE_STYLE = re.compile(r"(?<=\s)\*\*+|\*\*+(?=\s)|^\*\*+|\*\*+$")
_LINE_START = re.compile(r"^\s*(?:[-*•–]\s+|#{1,4}\s+)", re.MULTILINE)
_EVERYBODY = re.compile(r"^(?:@_?(?:all|here|channel|everyone|everybody)\b[\s,:!.-]*)+", re.IGNORECASE)
_UPLOAD = re.compile(
    r"^@.{1,80}? (?:uploaded|shared) (?:a file|an image): (?P<name>.+?)(?: and commented: (?P<words>.*))?$",
    re.DOTALL,
)
_LONE_SPACE = re.compile(r"[ \t]+(?=[,.;!?…](?:\s|$))")
_GREETING = re.compile(
    r"(?:hi|hello|hey|heya|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|morning)\b",
    re.IGNORECASE,
)
_GREETED = re.compile(r",?[ ]+([^.,!:;?\n–—]{1,40}?)(?:[.,!:;–—\n]+\s*|\s+-+\s+|$)")
"""Whom a greeting addresses, up to the punctuation or the end of the line after it."""
_NO_ONE = re.compile(r"\s*(?:[.,!:;–—\n]+|-+\s)\s*")
_MENTIONS = re.compile(r"(?:@[^\s,:]+[\s,]*)+")
_NAMED = re.compile(r"@\S+")
_MARK_BEHIND = re.compile(r"[:–—-]\s*")
_FILES = re.compile(r"^(?:\S+\.(?:png|jpe?g|gif|svg|pdf|csv|txt|md|ipynb|mp4|zip)\b[ \t]*)+$", re.IGNORECASE)
_EVERYONE = re.compile(
    r"there|all|every(?:one|body)|folks|team|group|community|friends|colleagues|people|guys|again"
    r"|y'?all|ya'll|and|to|the|of",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"i|i'(?:m|ve|d|ll)|we|is|does|has|can|how|what|any", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:does|do|did|is|are|was|has|have|can|could|would|will|should|may|how|what|why|where|when|which|who|any"
    r"|anyone|anybody)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^(?:many )?(?:thanks|thank you|thx|ty)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=\w\w[\w)])[.!?…]+[\"”’)]*(?=\s|$)")
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)


def strip_markup(text: str) -> str:
    """A message without markup: links as their hosts, code without fences, no emoji codes.

    Lines stay lines. Spoilers stay hidden. Quotes of others are removed unless nothing else is left.
    """
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\x00{len(kept) - 1}\x00"

    text = unescape(text)
    text = "".join(character for character in text if _is_visible(character))
    text = _FENCE.sub(lambda fence: keep(_code_words(fence)), text)
    text = _CODE.sub(lambda code: keep(code[1]), text)
    text = _HIDDEN.sub("(hidden)", text)
    text = _QUOTED.sub("", text) if _QUOTED.sub("", text).strip() else _QUOTE_MARK.sub("", text)
    text = _LABELLED.sub(r"\1", text)
    text = _MARKUP.sub(lambda mark: _markup_words(mark[1]), text)
    text = _ADDRESS.sub(_host, text)
    text = _EMOJI.sub("", text)
    text = _LINE_START.sub("", text)
    for style in _STYLES:
        text = style.sub(r"\1", text)
    text = _LOOSE_STYLE.sub("", text)
    text = _KEPT.sub(lambda mark: kept[int(mark[1])], text)
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    lines = [line for line in lines if not _FILES.match(line)] or lines
    text = "\n".join(_LONE_SPACE.sub("", line) for line in lines)
    text = _EVERYBODY.sub("", text)
    upload = _UPLOAD.match(text)
    return (upload["words"] or upload["name"]).strip() if upload else text


def excerpt(text: str, *, cut: bool = False) -> str:
    """The beginning of a text without markup, on one line, at most 120 characters.

    It omits a greeting in front. It ends with a sentence or a line if one ends late enough, else after a word
    with `…`. `cut` says that the text itself is only a beginning.
    """
    text = without_greeting(text)
    flat = " ".join(text.split())
    if len(flat) <= LONGEST and not cut:
        return flat
    for end in reversed(_ends(text)):
        if SHORTEST <= end <= LONGEST - 2:
            whole = flat[:end].rstrip()
            return whole if whole[-1:] in '.!?…”’")' else _open_ended(whole)
    head = flat[:LONGEST]
    if len(flat) >= LONGEST or cut:
        head = head[: LONGEST - 1].rpartition(" ")[0] or head[: LONGEST - 2]
    return _open_ended(head)


def is_informative(text: str) -> bool:
    """Whether a text without markup says what it is about: it is no greeting, no thanks and no bare link."""
    words = without_greeting(text)
    if _THANKS.match(words):
        return False
    words = _NAMED.sub("", _HOST.sub("", words))
    width = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in words.strip())
    return width >= INFORMATIVE


def lone_host(text: str) -> str:
    """The host, if a text without markup is only a link; else empty."""
    return text if _HOST.fullmatch(text) else ""


def without_greeting(text: str) -> str:
    """A text without the `Hi all,` in front of it, unless nothing else is left."""
    rest = text
    if greeting := _GREETING.match(rest):
        greeted = _GREETED.match(rest, greeting.end())
        if greeted is None or not _is_for_everyone(greeted[1]):
            greeted = _NO_ONE.match(rest, greeting.end())
        after = rest[greeted.end() if greeted else greeting.end() :].lstrip(" ")
        rest = after if greeted or after.startswith("@") else rest
    if mentions := _MENTIONS.match(rest):
        mark = _MARK_BEHIND.match(rest, mentions.end())
        if mark or "," in mentions[0] or "\n" in mentions[0]:
            rest = rest[mark.end() if mark else mentions.end() :]
    return rest or text


def is_question(text: str) -> bool:
    """Whether a text without markup begins like a question, with or without a question mark."""
    return _ASKS.match(without_greeting(text)) is not None


def _ends(text: str) -> list[int]:
    """The offsets at which sentences and lines end, in the text on one line."""
    ends: list[int] = []
    at = 0
    for line in text.splitlines():
        flat = " ".join(line.split())
        if not flat:
            continue
        ends += [at + end.end() for end in _SENTENCE_END.finditer(flat)]
        at += len(flat) + 1
        ends.append(at - 1)
    return sorted(set(ends[:-1]))


def _open_ended(words: str) -> str:
    """Words with `…`, which a space separates from a host."""
    words = words.rstrip(',.;:–—-(“" ')
    return words + (" …" if _HOST.fullmatch(words.rpartition(" ")[2]) else "…")


def _is_for_everyone(words: str) -> bool:
    """Whether these are at most four names or words such as `everyone`, hence part of a greeting."""
    split = words.replace("’", "'").split()
    return len(split) <= 4 and all(_EVERYONE.fullmatch(word) or _is_name(word) for word in split)


def _is_name(word: str) -> bool:
    return word[0] == "@" or (word[0].isupper() and not _NO_NAME.fullmatch(word))


def _code_words(fence: re.Match[str]) -> str:
    """A short line of code unchanged; a placeholder for anything longer or cut off."""
    line = fence[1].strip()
    is_whole = fence[0].endswith("```") and "\n" not in line and 0 < len(line) <= 40
    return line if is_whole else " (code) "


def _host(address: re.Match[str]) -> str:
    """The host of an address, with the punctuation that follows it in the sentence."""
    whole = address[0]
    tail = whole[len(whole.rstrip(".,;:!?)")) :]
    return address[1].rstrip(".,;:!?").lower() + (tail if "(" not in whole else tail.replace(")", "", 1))


def _markup_words(mark: str) -> str:
    """The text of a platform's `<…>` markup that an adapter left."""
    target, _, label = mark.partition("|")
    if target.startswith(("http://", "https://")):
        return label or target
    if target.startswith(("@", "#")):
        return (target[0] + label) if label else ""
    if target.startswith((":", "a:", "t:", "!", "/")):
        return label
    return f"<{mark}>"


def _is_visible(character: str) -> bool:
    """Whether a character is neither a control nor a direction mark. Joiners within emoji are kept."""
    return character in "\n\t\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
