"""What the staff and viewers write for recommending: rules, lists and experiments, as JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

__all__ = ["Documents", "NoDocuments"]


class Documents(Protocol):
    """A store of small JSON documents by kind and id, read whole."""

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Every document of a kind, by id, in the order of the ids."""
        ...

    def get(self, kind: str, id_: str) -> dict[str, Any] | None:
        """One document."""
        ...

    def put(self, kind: str, id_: str, document: Mapping[str, Any]) -> None:
        """Adds or replaces a document (in the caller's transaction if there is one)."""
        ...

    def remove(self, kind: str, id_: str) -> bool:
        """Removes a document; whether it was there."""
        ...

    def revision(self) -> int:
        """Grows with every change."""
        ...


class NoDocuments:
    """The store of a workspace where nothing is written; never changes."""

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Nothing."""
        return {}

    def get(self, kind: str, id_: str) -> dict[str, Any] | None:
        """Nothing."""
        return None

    def put(self, kind: str, id_: str, document: Mapping[str, Any]) -> None:
        """Keeps nothing."""

    def remove(self, kind: str, id_: str) -> bool:
        """There is nothing to remove."""
        return False

    def revision(self) -> int:
        """Always 0."""
        return 0
