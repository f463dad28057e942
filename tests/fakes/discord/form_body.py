"""Collects what is wrong with a request, as the tree in which Discord answers it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.discord.errors import ApiError

Path = tuple[str | int, ...]


class Problems:
    """Everything that is wrong with one body, each with the path to it."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, str, str]] = []

    def add(self, path: Path, code: str, message: str) -> None:
        self.found.append((path, code, message))

    def check(self, is_right: object, path: Path, code: str, message: str) -> bool:
        """Note a problem unless something holds; returns whether it does."""
        if not is_right:
            self.add(path, code, message)
        return bool(is_right)

    def text(self, body: dict[str, Any], name: str, path: Path, longest: int, *, least: int = 0) -> None:
        """A string within its length; absent is fine unless `least` asks for it."""
        value = body.get(name)
        if value is None:
            if least:
                self.add((*path, name), "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.add((*path, name), "STRING_TYPE_CONVERT", "Could not interpret as string.")
        elif not least <= len(value) <= longest:
            words = f"Must be between {least} and {longest} in length."
            self.add((*path, name), "BASE_TYPE_BAD_LENGTH", words)

    def number(self, body: dict[str, Any], name: str, path: Path, low: int, high: int) -> None:
        """A whole number in its range; absent is fine."""
        value = body.get(name)
        if value is not None and not (isinstance(value, int) and low <= value <= high):
            self.add((*path, name), "NUMBER_TYPE_RANGE", f"int value should be between {low} and {high}.")

    def count(self, items: Any, path: Path, low: int, high: int) -> list[Any]:
        """A list of the right length; what is no list counts as empty."""
        if not isinstance(items, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        words = f"Must be between {low} and {high} in length."
        self.check(low <= len(items) <= high, path, "BASE_TYPE_BAD_LENGTH", words)
        return items

    def link(
        self, value: Any, path: Path, *, longest: int = 2048, schemes: tuple[str, ...] = ("http", "https")
    ) -> None:
        """An address with one of these schemes."""
        if not isinstance(value, str) or len(value) > longest:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
            return
        try:
            parts = urlsplit(value)
            is_right = parts.scheme in schemes and bool(parts.netloc)
        except ValueError:
            is_right = False
        self.check(is_right and " " not in value, path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")

    def unique(self, values: list[tuple[Path, Any]], code: str, message: str) -> None:
        """No value twice."""
        seen: set[Any] = set()
        for path, value in values:
            self.check(value not in seen, path, code, message)
            seen.add(value)

    def tree(self) -> dict[str, Any]:
        """`{"content": {"_errors": [{"code": …, "message": …}]}}`."""
        root: dict[str, Any] = {}
        for path, code, message in self.found:
            here = root
            for step in path:
                here = here.setdefault(str(step), {})
            here.setdefault("_errors", []).append({"code": code, "message": message})
        return root

    def refuse(self, complain: Callable[[dict[str, Any]], None]) -> None:
        """Raise what was found, if anything, after telling of it."""
        if self.found:
            complain(self.tree())
            raise ApiError(50035, errors=self.tree())
