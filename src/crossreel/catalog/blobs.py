"""What the catalog needs to keep files (artwork, media assets): a store addressed by content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from crossreel.errors import BadValue

__all__ = ["Blob", "BlobStore", "check_digest", "is_digest"]

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file.

    Attributes:
        digest: SHA-256 of the content, 64 lowercase hexadecimal digits; the blob's only name.
        size: bytes.
        created_at: when this content was first put (UTC); putting it again does not change it.
    """

    digest: str
    size: int
    created_at: datetime


class BlobStore(Protocol):
    """Files by the SHA-256 of their content. Every method refuses a malformed digest (``BadValue``)."""

    def put(self, content: bytes | BinaryIO, *, limit: int) -> Blob:
        """Stores bytes, or a stream from where it stands to its end; whole or not at all.

        Args:
            content: what to store.
            limit: the largest size allowed, bytes.

        Raises:
            BadValue: it is larger than ``limit``.
        """
        ...

    def open(self, digest: str) -> BinaryIO:
        """Opens a blob for reading; the caller closes it. Raises ``UnknownId``."""
        ...

    def find(self, digest: str) -> Blob | None:
        """What is known of a blob, or None when it is not there."""
        ...

    def exists(self, digest: str) -> bool:
        """Whether it is there."""
        ...

    def all(self) -> Iterator[Blob]:
        """Every blob, in no order that means anything."""
        ...

    def delete(self, digest: str) -> bool:
        """Removes a blob; whether it was there."""
        ...


def is_digest(text: str) -> bool:
    """Whether ``text`` is a SHA-256 in lowercase hexadecimal."""
    return bool(_DIGEST.fullmatch(text))


def check_digest(text: str) -> str:
    """Returns ``text`` if it is a SHA-256 in lowercase hexadecimal, else raises ``BadValue``."""
    if not is_digest(text):
        raise BadValue("blob digest", text, "64 lowercase hexadecimal digits")
    return text
