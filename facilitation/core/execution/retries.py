"""Runs a unit of work again when it collided with another one."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.unit import is_collision

ATTEMPTS = 3
"""How often a unit is attempted. A repetition is safe because handlers only return effects."""

T = TypeVar("T")


async def retry_on_collision(unit: Callable[[], Awaitable[T]]) -> T:
    """The result of the first attempt that does not collide. Raises the collision of the last attempt."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await unit()
        except Exception as error:
            if not is_collision(error) or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
