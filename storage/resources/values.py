"""What rooms see of the shelf."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Note:
    """What someone said about a link; `member` is None once they are forgotten."""

    text: str
    member: int | None
    at: datetime


@dataclass(frozen=True)
class Resource:
    """A link on the shelf as rooms see it.

    `url` is what people open, `label` its readable form (`docs.dask.org/en/stable`), `headline` the title
    that a platform showed for it, or nothing. `notes` are the oldest first, `tags` in their own order.
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
        """The headline, else the first line of the first note, else the readable address."""
        return self.headline or (self.notes[0].text.splitlines()[0] if self.notes else self.label)

    @property
    def host(self) -> str:
        """Where it is, without `www.`."""
        return self.label.partition("/")[0]


@dataclass(frozen=True)
class Shelved:
    """What putting a link on the shelf did; `added_tags` are those it did not have before."""

    resource: Resource
    is_new: bool
    added_note: bool
    added_tags: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Some links, and how many there are in all."""

    resources: tuple[Resource, ...]
    total: int


@dataclass(frozen=True)
class Link:
    """An address to keep: `key` is the same for all addresses of one thing."""

    url: str
    key: str
    label: str
    headline: str = ""


@dataclass(frozen=True)
class Choice:
    """A link of a message that waits for the member who asked to save it or not."""

    id: int
    link: Link
    words: str
    author: int | None
