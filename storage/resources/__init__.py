"""The shelf: links, members' notes about them, and their topics."""

from storage.resources.searching import CANDIDATES
from storage.resources.shelf import Shelf
from storage.resources.tables import LONGEST_ADDRESS, LONGEST_NOTE, LONGEST_TAG, ResourceTagRow
from storage.resources.values import Choice, Found, Link, Note, Resource, Shelved

__all__ = [
    "CANDIDATES",
    "LONGEST_ADDRESS",
    "LONGEST_NOTE",
    "LONGEST_TAG",
    "Choice",
    "Found",
    "Link",
    "Note",
    "Resource",
    "ResourceTagRow",
    "Shelf",
    "Shelved",
]
