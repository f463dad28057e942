"""Who asked to be forgotten: a keyed hash for each account, and nothing else."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, add_missing, inserting
from storage.communities import SpaceRow
from storage.session import Session, orm_of, secret_of

_OWN = "suppression"


class SuppressionRow(Base):
    """The hash of an account that is neither recorded nor contacted. Without the key it reveals nothing."""

    __tablename__ = "suppression"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class SuppressionKeyRow(Base):
    """A generated key, in hexadecimal digits, for when the operator has configured none."""

    __tablename__ = "suppression_key"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Suppressions:
    """The suppressed accounts of one space. They are recognised by the platform's id, which is not stored."""

    space: str
    keys: tuple[bytes, ...] = ()
    hashes: frozenset[str] = frozenset()

    def has(self, handle: str) -> bool:
        """Whether the account with this id asked to be forgotten."""
        return bool(self.hashes) and not self.hashes.isdisjoint(self.hashes_of(handle))

    def hashes_of(self, handle: str) -> list[str]:
        """The hash of an account under each key that was ever used here, the present key first."""
        account = f"{self.space}:{handle}".encode()
        return [hmac.new(key, account, hashlib.sha256).hexdigest() for key in self.keys]


async def suppressions_of(session: Session, space: int) -> Suppressions:
    """The suppressed accounts of a space. Raises LookupError for an unknown one."""
    facts = await orm_of(session).get(SpaceRow, space)
    if facts is None:
        raise LookupError(f"no space {space}")
    hashes = frozenset(await orm_of(session).scalars(select(SuppressionRow.hash)))
    return Suppressions(f"{facts.platform}:{facts.handle}", await _keys(session), hashes)


async def suppress(session: Session, space: int, handles: Iterable[str]) -> None:
    """Neither record nor contact these accounts from now on."""
    if not await _keys(session):
        made = inserting(orm_of(session), SuppressionKeyRow).values(name=_OWN, key=secrets.token_hex(32))
        await orm_of(session).execute(made.on_conflict_do_nothing())
    known = await suppressions_of(session, space)
    rows = [{"hash": known.hashes_of(handle)[0]} for handle in handles]
    await add_missing(orm_of(session), SuppressionRow, rows)


async def lift_suppression(session: Session, space: int, handle: str) -> None:
    """Record an account again, because its owner came back."""
    known = await suppressions_of(session, space)
    await orm_of(session).execute(
        delete(SuppressionRow).where(SuppressionRow.hash.in_(known.hashes_of(handle)))
    )


async def _keys(session: Session) -> tuple[bytes, ...]:
    """The operator's key, then the generated one, which still recognises accounts suppressed before."""
    given = secret_of(session)
    own = await orm_of(session).scalar(select(SuppressionKeyRow.key).where(SuppressionKeyRow.name == _OWN))
    return tuple(key for key in (given, bytes.fromhex(own or "")) if key)
