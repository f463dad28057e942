"""Links, notes and choices as frozen values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Note:
    """A member's note about a link. `member` is None once they are forgotten."""

    text: str
    member: int | None
    at: datetime


@dataclass(frozen=True)
class Resource:
    """A link on the shelf.

    `url` is what people open, `label` its readable form (`docs.dask.org/en/stable`), and `headline` the title
    that a platform showed for it, if any. `notes` are sorted by age, the oldest first.
    """

    id: int
    url: str
    label: str
    headline: str
    shared_by: int | None
    shared_at: datetime
    notes: tuple[Note, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The headline, otherwise the first line of the first note, otherwise the readable address."""
        return self.headline or (self.notes[0].text.splitlines()[0] if self.notes else self.label)

    @property
    def host(self) -> str:
        """The host of the address, without `www.`."""
        return self.label.partition("/")[0]


@dataclass(frozen=True)
class Shelved:
    """What adding a link to the shelf changed. `added_tags` are those that it did not have before."""

    resource: Resource
    is_new: bool
    added_note: bool
    added_tags: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Some links, and the number of all that match."""

    resources: tuple[Resource, ...]
    total: int


@dataclass(frozen=True)
class Link:
    """An address to store. Addresses of the same thing have the same `key`."""

    url: str
    key: str
    label: str
    headline: str = ""


@dataclass(frozen=True)
class Choice:
    """A link in a message, which waits for the choice of the member who asked to save it."""

    id: int
    link: Link
    words: str
    author: int | None
