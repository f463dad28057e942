"""Cards of the shelf."""

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
    Small,
    Span,
    Text,
)
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import card, count, join, quoted, say
from storage.resources import Choice, Found, Resource, Shelved

LONGEST_TITLE = 120
LONGEST_EXCERPT = 160
"""The longest title, and the longest excerpt of a note, that a list shows, in characters."""


# Saving ------------------------------------------------------------------------------------------


def saved(shelved: Shelved, context: Context) -> Card:
    """The reply to the member who shared or saved a link."""
    resource = shelved.resource
    parts: list[Part] = [Text((_link(resource),))]
    if shelved.is_new:
        parts.append(_topics_line(resource) if resource.tags else _how_to_find())
        if not resource.notes:
            parts.append(_annotate_button(resource))
        return card("Saved to the shelf", *parts, tone="good")
    if shelved.added_note or shelved.added_tags:
        parts.append(say("{since} {thanks}", since=_since(resource, context), thanks=_thanks(shelved)))
        return card("Already on the shelf, and richer now", *parts, tone="good")
    parts.append(_since(resource, context))
    if not resource.notes:
        parts.append(say("Nobody has said yet why it helps."))
    return card("Already on the shelf", *parts, _annotate_button(resource))


def added(shelved: Shelved) -> Card:
    """The reply to the member who annotated a link."""
    if not (shelved.added_note or shelved.added_tags):
        return card("", "That is what it says already. Nothing to add.")
    link = _link(shelved.resource)
    return card("", say("{thanks} It stands beside {link}.", thanks=_thanks(shelved), link=link), tone="good")


def which_link(choices: Sequence[Choice]) -> Card:
    """The question which of the links in a message to save."""
    return card(
        "Which link?",
        "There are several links in that message. Save one, or as many as you like.",
        Items(tuple(Item(Text((_choice_link(one),)), Text(), (_save_button(one),)) for one in choices)),
    )


def _choice_link(choice: Choice) -> Span:
    link = choice.link
    return Link(link.url, shortened(link.headline or link.label, LONGEST_TITLE))


def _save_button(choice: Choice) -> Button:
    return Button("Save", "resources.save_choice", {"choice": choice.id})


def _since(resource: Resource, context: Context) -> Text:
    """Who shared a link, and when."""
    when = Moment(resource.shared_at, "date")
    if resource.shared_by is None:
        return say("It has been here since {when}.", when=when)
    if resource.shared_by == context.member.id:
        return say("You shared it on {when}.", when=when)
    return say("{who} shared it on {when}.", who=Name(resource.shared_by), when=when)


def _thanks(shelved: Shelved) -> Text:
    """Thanks for what was added to a link."""
    topics = _topics(shelved.added_tags)
    if not shelved.added_tags:
        return say("I have added your note, thank you.")
    if shelved.added_note:
        return say("I have added your note and {topics}, thank you.", topics=topics)
    return say("I have added {topics}, thank you.", topics=topics)


def _topics_line(resource: Resource) -> Text:
    return say("Topics: {topics}", topics=_topics(resource.tags))


def _how_to_find() -> Text:
    return say("Everyone can find it now with `/cop find`.")


def _annotate_button(resource: Resource) -> Buttons:
    return Buttons((Button("Say why it helps", "resources.annotate", {"resource": resource.id}),))


# Finding -----------------------------------------------------------------------------------------


def found(results: Found, sought: Text, *, by_words: bool) -> Card:
    """The results of a search: the best first if it was `by_words`, else the newest."""
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
    """The reply to a search without results, with what to try next."""
    return card(
        "Nothing found yet",
        say("There is nothing on the shelf for {sought}.", sought=sought),
        "Try other words, or fewer of them. And if you come across something good elsewhere, bring it here.",
        Buttons((Button("Look around", "resources.browse"), Button("Share a link", "resources.share"))),
    )


def empty_shelf() -> Card:
    """The reply while the shelf is empty."""
    return card(
        "The shelf is still empty",
        "The first link could be yours: something you have sent to a colleague more than once.",
        Buttons((Button("Share a link", "resources.share", style="primary"),)),
    )


def sought_for(words: str, tags: Sequence[str], by: int | None) -> Text:
    """What a search looks for."""
    sought: list[Text] = []
    if words:
        sought.append(say("“{words}”", words=shortened(words, 60)))
    if tags:
        sought.append(_topics(tags))
    if by is not None:
        sought.append(say("from {who}", who=Name(by)))
    return join(sought, " ")


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
    only = join([topic, person], "")
    head = count(results.total, "One link{only}", "{n} links{only}, the newest first", only=only)
    parts: list[Part] = [head, _items(results.resources)]
    buttons: list[Button] = []
    if page > 1:
        buttons.append(_page_button("Newer", tag, by, page - 1))
    if page < pages:
        buttons.append(_page_button("Older", tag, by, page + 1))
    parts.append(Buttons((*buttons, Button("Search", "resources.find"))))
    others = [(one, n) for one, n in topics if one != tag]
    if others:
        options = tuple(Option(one, f"#{one} ({n})") for one, n in others)
        parts.append(Menu("By topic", "resources.browse", "tag", options))
    if pages > 1:
        parts.append(Small(say("Page {page} of {pages}", page=page, pages=pages)))
    return card("The shelf", *parts)


def _page_button(label: str, tag: str, by: int | None, page: int) -> Button:
    return Button(label, "resources.browse", {"tag": tag, "by": by, "page": page})


# Home and recap ----------------------------------------------------------------------------------


def home_lines(newest: Found) -> list[Part]:
    """The shelf on the home card."""
    if not newest.resources:
        return [say("The shelf is still empty. The first link could be yours: `/cop share`")]
    number = count(newest.total, "{n} link", "{n} links")
    return [say("On the shelf: {number}. The newest: {link}", number=number, link=_link(newest.resources[0]))]


def recap_items(newest: Found) -> tuple[Part, ...]:
    """The section of the recap: new links, who shared each, and the beginning of what was said about it."""
    items = tuple(Item(Text((_link(one),)), _recap_line(one)) for one in newest.resources)
    more = newest.total - len(newest.resources)
    if not more:
        return (Items(items),)
    return (Items(items), say("and {more} more: `/cop shelf`", more=more))


def _recap_line(resource: Resource) -> Text:
    excerpt = _note_excerpt(resource)
    if resource.shared_by is None:
        return excerpt
    who = say("from {who}", who=Name(resource.shared_by))
    return join([excerpt, who], " · ") if excerpt else who


# Small parts -------------------------------------------------------------------------------------


def shortened(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut between words where possible."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = head.rsplit(None, 1)[0] if " " in head[limit // 2 :] else head
    return f"{words.rstrip(' ,;:.–—-')}…"


def _items(resources: Sequence[Resource]) -> Items:
    return Items(tuple(Item(Text((_link(one),)), _details(one)) for one in resources))


def _details(resource: Resource) -> Text:
    """The lines beneath a link: what was said about it, then its host, its topics, and who shared it when."""
    facts = [] if resource.title == resource.label else [say("{host}", host=resource.host)]
    if resource.tags:
        facts.append(_topics(resource.tags))
    when = Moment(resource.shared_at, "date")
    if resource.shared_by is None:
        facts.append(say("{when}", when=when))
    else:
        facts.append(say("{who}, {when}", who=Name(resource.shared_by), when=when))
    excerpt = _note_excerpt(resource)
    return join([excerpt, join(facts, " · ")], "\n") if excerpt else join(facts, " · ")


def _note_excerpt(resource: Resource) -> Text:
    """The first line of a note that does not just repeat the title, empty if there is none.

    The author is named unless they are the one who shared the link.
    """
    for note in resource.notes:
        line = next((line for line in note.text.splitlines() if line not in ("", resource.title)), "")
        if not line:
            continue
        words = quoted(shortened(line, LONGEST_EXCERPT), note.member)
        if note.member is None or note.member == resource.shared_by:
            return say("{words}", words=words)
        return say("{words} ({who})", words=words, who=Name(note.member))
    return Text()


def _link(resource: Resource) -> Span:
    is_note = not resource.headline and bool(resource.notes)
    by = resource.notes[0].member if is_note else None
    return Link(resource.url, shortened(resource.title, LONGEST_TITLE), by or 0)


def _topics(tags: Sequence[str]) -> Text:
    return join([say("#{tag}", tag=tag) for tag in tags], " ")
