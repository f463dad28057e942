"""Encryption of what only a process with the key may read, and nobody in the database, a copy or a log."""

import base64
import binascii
import hmac
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_BLOCK = 256
"""Texts are padded to a multiple of this many bytes, because the length of an id would reveal something."""


class Unopened(Exception):
    """No key opens a sealed text: it was sealed with another key, for another purpose, or is damaged."""

    def __init__(self) -> None:
        super().__init__("no key opens it")


class NoKey(Exception):
    """There is no key to seal with."""

    def __init__(self) -> None:
        super().__init__("no key is set: tertulia config key prints one")


class Seals:
    """Seals texts with AES-256-GCM. The first key seals, and every key opens; without keys it can do neither.

    `of` names a text's purpose (`"outbox:7:key"`), and a sealed text opens only under that name: an attacker
    who can write to the database cannot move it elsewhere. `nonce` returns a number of random bytes.
    """

    def __init__(self, keys: Sequence[bytes] = (), nonce: Callable[[int], bytes] = os.urandom) -> None:
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._keys = tuple(keys)
        self._nonce = nonce

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __repr__(self) -> str:
        return f"Seals({len(self._keys)} keys)"

    def seal(self, text: str, of: str) -> str:
        """Encrypt a text. Raises NoKey."""
        plain = text.encode()
        nonce = self._nonce(_NONCE_BYTES)
        filled = plain + b"\0" * (_BLOCK - len(plain) % _BLOCK)
        sealed = _cipher(self._first()).encrypt(nonce, filled, of.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, of: str) -> str:
        """Decrypt a text. Raises Unopened, whose message reveals nothing of it."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # slow to import, and rarely needed

        try:
            raw = base64.urlsafe_b64decode(sealed)
        except (binascii.Error, ValueError):
            raise Unopened from None
        if base64.urlsafe_b64encode(raw).decode() != sealed:
            raise Unopened  # the library ignores unknown characters, and spare bits of the last one
        for key in self._keys if len(raw) > _NONCE_BYTES else ():
            try:
                plain = _cipher(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], of.encode())
            except InvalidTag:
                continue
            return plain.rstrip(b"\0").decode()
        raise Unopened

    def mark(self, text: str) -> str:
        """A keyed hash of 32 characters, the same for the same text. Raises NoKey."""
        return hmac.new(self._first(), f"mark:{text}".encode(), sha256).hexdigest()[:32]

    def _first(self) -> bytes:
        if not self._keys:
            raise NoKey
        return self._keys[0]


def fresh_key() -> str:
    """A new key as it is written into the environment."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def keys_from(written: str) -> tuple[bytes, ...]:
    """The keys in a setting, separated by commas or spaces. Raises ValueError, which does not show them."""
    keys = []
    for number, word in enumerate(written.replace(",", " ").split(), 1):
        try:
            key = base64.urlsafe_b64decode(word)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(f"key {number} is none: tertulia config key prints one")
        keys.append(key)
    return tuple(keys)


def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # slow to import

    return AESGCM(key)
