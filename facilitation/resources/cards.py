"""What the shelf says: each answer as a card."""

from collections.abc import Sequence

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Item,
    Items,
    Link,
    Menu,
    Moment,
    Name,
    Option,
    Part,
    Plain,
    Small,
    Span,
    Text,
)
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import card, count, quoted, say
from storage.resources import Choice, Found, Resource, Shelved

TITLE = 120
REMARK = 160
"""The longest title and the longest part of a note that a list shows, in characters."""


# Putting -----------------------------------------------------------------------------------------


def saved(shelved: Shelved, context: Context) -> Card:
    """The answer to whoever put a link on the shelf."""
    resource = shelved.resource
    if shelved.is_new:
        parts: list[Part] = [Text((_link(resource),))]
        parts.append(say("Topics: {topics}", topics=_topics(resource.tags)) if resource.tags else _findable())
        return card("Saved to the shelf", *parts, *_more(resource, wanted=not resource.notes), tone="good")
    if shelved.added_note or shelved.added_tags:
        parts = [
            Text((_link(resource),)),
            say("{since} {thanks}", since=_since(resource, context), thanks=_thanks(shelved)),
        ]
        return card("Already on the shelf, and richer now", *parts, tone="good")
    parts = [Text((_link(resource),)), _since(resource, context)]
    if not resource.notes:
        parts.append(say("Nobody has said yet why it helps."))
    return card("Already on the shelf", *parts, *_more(resource, wanted=True))


def added(shelved: Shelved) -> Card:
    """The answer to whoever said something about a link on the shelf."""
    if not (shelved.added_note or shelved.added_tags):
        return card("", "That is what it says already. Nothing to add.")
    link = _link(shelved.resource)
    return card("", say("{thanks} It stands beside {link}.", thanks=_thanks(shelved), link=link), tone="good")


def which(choices: Sequence[Choice]) -> Card:
    """The question which link of a message is meant."""
    return card(
        "Which link?",
        "There are several links in that message. Save one, or as many as you like.",
        Items(tuple(Item(Text((_choosable(one),)), Text(), (_choose(one),)) for one in choices)),
    )


def _choosable(choice: Choice) -> Span:
    link = choice.link
    return Link(link.url, shortened(link.headline or link.label, TITLE))


def _choose(choice: Choice) -> Button:
    return Button("Save", "resources.save_choice", {"choice": choice.id})


def _since(resource: Resource, context: Context) -> Text:
    """Who brought it, and when."""
    when = Moment(resource.shared_at, "date")
    if resource.shared_by is None:
        return say("It has been here since {when}.", when=when)
    if resource.shared_by == context.member.id:
        return say("You shared it on {when}.", when=when)
    return say("{who} shared it on {when}.", who=Name(resource.shared_by), when=when)


def _thanks(shelved: Shelved) -> Text:
    """What was added to a link, with thanks."""
    topics = _topics(shelved.added_tags)
    if not shelved.added_tags:
        return say("I have added your note, thank you.")
    if shelved.added_note:
        return say("I have added your note and {topics}, thank you.", topics=topics)
    return say("I have added {topics}, thank you.", topics=topics)


def _findable() -> Text:
    return say("Everyone can find it now with `/cop find`.")


def _more(resource: Resource, *, wanted: bool) -> list[Part]:
    """A way to say more about a link, where nobody has yet."""
    if not wanted:
        return []
    return [Buttons((Button("Say why it helps", "resources.annotate", {"resource": resource.id}),))]


# Finding -----------------------------------------------------------------------------------------


def found(results: Found, sought: Text, *, by_words: bool) -> Card:
    """What a search found: by words the best first, else the newest."""
    parts: list[Part] = [say("For {sought}:", sought=sought), _items(results.resources)]
    if results.total > (shown := len(results.resources)):
        more = (
            say("The best {shown}. One more word or a #topic brings others forward.", shown=shown)
            if by_words
            else say(
                "The newest {shown} of {total}. A word narrows it down.", shown=shown, total=results.total
            )
        )
        parts.append(Small(more))
    return card("Found on the shelf", *parts)


def nothing_found(sought: Text) -> Card:
    """The answer when a search found nothing: what to do next."""
    return card(
        "Nothing found yet",
        say("There is nothing on the shelf for {sought}.", sought=sought),
        "Try other words, or fewer of them. And if you come across something good elsewhere, bring it here.",
        Buttons((Button("Look around", "resources.browse"), Button("Share a link", "resources.share"))),
    )


def empty_shelf() -> Card:
    """The answer while nobody has shared anything."""
    return card(
        "The shelf is still empty",
        "The first link could be yours: something you have sent to a colleague more than once.",
        Buttons((Button("Share a link", "resources.share", style="primary"),)),
    )


def sought_for(words: str, tags: Sequence[str], by: int | None) -> Text:
    """What somebody looks for, in their own words."""
    sought: list[Text] = []
    if words:
        sought.append(say("“{words}”", words=shortened(words, 60)))
    if tags:
        sought.append(_topics(tags))
    if by is not None:
        sought.append(say("from {who}", who=Name(by)))
    return _joined(sought, " ")


# Browsing ----------------------------------------------------------------------------------------


def page_of(
    results: Found,
    topics: Sequence[tuple[str, int]],
    *,
    tag: str,
    by: int | None,
    page: int,
    pages: int,
) -> Card:
    """One page of the shelf."""
    topic = say(" on #{tag}", tag=tag) if tag else Text()
    person = say(" from {who}", who=Name(by)) if by is not None else Text()
    only = _joined([topic, person], "")
    head = count(results.total, "One link{only}", "{n} links{only}, the newest first", only=only)
    parts: list[Part] = [head, _items(results.resources)]
    buttons: list[Button] = []
    if page > 1:
        buttons.append(_turn("Newer", tag, by, page - 1))
    if page < pages:
        buttons.append(_turn("Older", tag, by, page + 1))
    parts.append(Buttons((*buttons, Button("Search", "resources.find"))))
    others = [(one, n) for one, n in topics if one != tag]
    if others:
        options = tuple(Option(one, f"#{one} ({n})") for one, n in others)
        parts.append(Menu("By topic", "resources.browse", "tag", options))
    if pages > 1:
        parts.append(Small(say("Page {page} of {pages}", page=page, pages=pages)))
    return card("The shelf", *parts)


def _turn(label: str, tag: str, by: int | None, page: int) -> Button:
    return Button(label, "resources.browse", {"tag": tag, "by": by, "page": page})


# Home and recap ----------------------------------------------------------------------------------


def at_home(newest: Found) -> list[Part]:
    """A line of the home card."""
    if not newest.resources:
        return [say("The shelf is still empty. The first link could be yours: `/cop share`")]
    number = count(newest.total, "{n} link", "{n} links")
    return [say("On the shelf: {number}. The newest: {link}", number=number, link=_link(newest.resources[0]))]


def news(newest: Found) -> tuple[Part, ...]:
    """A section of the recap: what is new, who brought it, and the first words about it."""
    items = tuple(Item(Text((_link(one),)), _recap_line(one)) for one in newest.resources)
    more = newest.total - len(newest.resources)
    if not more:
        return (Items(items),)
    return (Items(items), say("and {more} more: `/cop shelf`", more=more))


def _recap_line(resource: Resource) -> Text:
    remark = _remark(resource)
    if resource.shared_by is None:
        return remark
    who = say("from {who}", who=Name(resource.shared_by))
    return _joined([remark, who], " · ") if remark else who


# Small parts -------------------------------------------------------------------------------------


def shortened(text: str, limit: int) -> str:
    """Text of at most so many characters, cut between words where there are any."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = head.rsplit(None, 1)[0] if " " in head[limit // 2 :] else head
    return f"{words.rstrip(' ,;:.–—-')}…"


def _items(resources: Sequence[Resource]) -> Items:
    return Items(tuple(Item(Text((_link(one),)), _details(one)) for one in resources))


def _details(resource: Resource) -> Text:
    """Beneath a link: what was said about it; then where it is, its topics, and who shared it when."""
    facts = [] if resource.title == resource.label else [say("{host}", host=resource.host)]
    if resource.tags:
        facts.append(_topics(resource.tags))
    when = Moment(resource.shared_at, "date")
    if resource.shared_by is None:
        facts.append(say("{when}", when=when))
    else:
        facts.append(say("{who}, {when}", who=Name(resource.shared_by), when=when))
    remark = _remark(resource)
    return _joined([remark, _joined(facts, " · ")], "\n") if remark else _joined(facts, " · ")


def _remark(resource: Resource) -> Text:
    """The first line of what was said about a link that is not its title already; by whom, if by another."""
    for note in resource.notes:
        said = next((line for line in note.text.splitlines() if line not in ("", resource.title)), "")
        if said and note.member in (None, resource.shared_by):
            return say("{said}", said=quoted(shortened(said, REMARK), note.member))
        if said and note.member is not None:
            words = quoted(shortened(said, REMARK), note.member)
            return say("{said} ({who})", said=words, who=Name(note.member))
    return Text()


def _link(resource: Resource) -> Span:
    is_note = not resource.headline and bool(resource.notes)
    by = resource.notes[0].member if is_note else None
    return Link(resource.url, shortened(resource.title, TITLE), by or 0)


def _topics(tags: Sequence[str]) -> Text:
    return _joined([say("#{tag}", tag=tag) for tag in tags], " ")


def _joined(texts: Sequence[Text], between: str) -> Text:
    spans: list[Span] = []
    for text in texts:
        spans += [Plain(between), *text.spans] if spans else text.spans
    return Text(tuple(spans))
