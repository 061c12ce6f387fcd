"""Lists that people make: editors' picks and viewers' own, which can be followed.

A list of the staff (no owner) is shown as a row in its territories; a list of a viewer is shown to
whoever follows it, and to all on the page of lists where it is public.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, ClassVar, Protocol

from crossreel.errors import BadValue
from crossreel.recommend.documents import Documents
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory, expand

__all__ = ["Followers", "ListBook", "NoFollowers", "TitleList"]

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_MOST_TITLES = 1000
_NAME, _NOTE = 80, 500


@dataclass(frozen=True, slots=True)
class TitleList:
    """Titles in the order somebody put them in.

    Attributes:
        id: lower-case letters, digits, dots, dashes.
        name: what it is called, 1 to 80 characters, in its maker's words.
        titles: at most 1,000, none twice.
        note: what it is about, up to 500 characters.
        owner: who made it; None for the staff.
        territories: where the staff's list is a row of the home page: codes and groups, or none.
        public: whether others than its owner may see and follow it.
    """

    id: str
    name: str
    titles: tuple[TitleId, ...] = ()
    note: str = ""
    owner: ViewerId | None = None
    territories: tuple[str, ...] = ()
    public: bool = True

    KIND: ClassVar[str] = "list"

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise BadValue("list id", self.id, "1 to 80 lower-case letters, digits, dots and dashes")
        for what, text, most, least in (("name", self.name, _NAME, 1), ("note", self.note, _NOTE, 0)):
            if not least <= len(text) <= most or not text.replace("\n", "").isprintable():
                raise BadValue(f"{what} of a list", text[:100], f"{least} to {most} printable characters")
        if len(self.titles) > _MOST_TITLES:
            raise BadValue("titles of a list", len(self.titles), f"at most {_MOST_TITLES:,}")
        if len(set(self.titles)) < len(self.titles):
            twice = next(one for place, one in enumerate(self.titles) if one in self.titles[:place])
            raise BadValue("titles of a list", str(twice), "each title once")
        expand(self.territories)
        if self.owner is not None and self.territories:
            raise BadValue("territories of a viewer's list", self.territories, "none: it is not a row")

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> TitleList:
        """The list from its JSON form. Raises ``BadValue``."""
        known = {"id", "name", "titles", "note", "owner", "territories", "public"}
        for key in document:
            if key not in known:
                raise BadValue("field of a list", key, "one of " + ", ".join(sorted(known)))
        for key, type_, empty in (
            ("id", str, ""),
            ("name", str, ""),
            ("note", str, ""),
            ("owner", str, ""),
            ("public", bool, True),
        ):
            if not isinstance(document.get(key, empty), type_):
                raise BadValue(f"{key} of a list", document[key], f"a {type_.__name__}")
        owner = document.get("owner", "")
        return cls(
            id=document.get("id", ""),
            name=document.get("name", "").strip(),
            titles=tuple(TitleId.parse(text) for text in _words(document, "titles")),
            note=document.get("note", "").replace("\r\n", "\n").strip(),
            owner=ViewerId.parse(owner) if owner else None,
            territories=tuple(_words(document, "territories")),
            public=document.get("public", True),
        )

    def to_dict(self) -> dict[str, Any]:
        """The list as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "titles": [str(id_) for id_ in self.titles],
            "note": self.note,
            "owner": str(self.owner) if self.owner else "",
            "territories": list(self.territories),
            "public": self.public,
        }

    def with_title(self, title: TitleId) -> TitleList:
        """The same with a title at its end; unchanged where it has it."""
        return self if title in self.titles else replace(self, titles=(*self.titles, title))

    def without_title(self, title: TitleId) -> TitleList:
        """The same without a title."""
        return replace(self, titles=tuple(one for one in self.titles if one != title))


def _words(document: Mapping[str, Any], key: str) -> list[str]:
    found = document.get(key, [])
    if not isinstance(found, list | tuple) or not all(isinstance(word, str) for word in found):
        raise BadValue(f"{key} of a list", str(found)[:80], "a list of texts")
    return list(found)


class Followers(Protocol):
    """Who follows which list."""

    def follow(self, list_: str, viewer: ViewerId, at: datetime) -> None:
        """Begins to follow; again is no change."""
        ...

    def unfollow(self, list_: str, viewer: ViewerId | None = None) -> None:
        """Ends it for one viewer, or for all."""
        ...

    def followed(self, viewer: ViewerId) -> tuple[str, ...]:
        """The lists a viewer follows, the latest first."""
        ...

    def counts(self) -> dict[str, int]:
        """How many follow each list that anybody follows."""
        ...

    def erase(self, viewer: ViewerId) -> int:
        """Forgets whom a viewer follows; returns how many lists that were."""
        ...


class NoFollowers:
    """Nobody follows anything."""

    def follow(self, list_: str, viewer: ViewerId, at: datetime) -> None:
        """Keeps nothing."""

    def unfollow(self, list_: str, viewer: ViewerId | None = None) -> None:
        """There is nothing to end."""

    def followed(self, viewer: ViewerId) -> tuple[str, ...]:
        """None."""
        return ()

    def counts(self) -> dict[str, int]:
        """None."""
        return {}

    def erase(self, viewer: ViewerId) -> int:
        """There is nothing to forget."""
        return 0


class ListBook:
    """All lists; read again when a document has changed.

    Args:
        documents: where they are written, under the kind ``list``.
        followers: who follows them.
    """

    def __init__(self, documents: Documents, followers: Followers) -> None:
        self._documents, self._followers = documents, followers
        self._lock = Lock()
        self._revision = -1
        self._lists: dict[str, tuple[TitleList, frozenset[Territory]]] = {}

    def all(self) -> tuple[TitleList, ...]:
        """Every list, by id."""
        return tuple(one for one, _ in self._read().values())

    def get(self, id_: str) -> TitleList | None:
        """One list."""
        found = self._read().get(id_)
        return found[0] if found else None

    def picks(self, territory: Territory) -> tuple[TitleList, ...]:
        """The staff's lists that are rows in a territory, by id."""
        return tuple(one for one, where in self._read().values() if territory in where)

    def followed(self, viewer: ViewerId) -> tuple[TitleList, ...]:
        """The lists a viewer follows and may see, the latest followed first."""
        known = self._read()
        if not known:
            return ()
        found = (known[id_][0] for id_ in self._followers.followed(viewer) if id_ in known)
        return tuple(one for one in found if one.public or one.owner == viewer)

    def owned(self, viewer: ViewerId) -> tuple[TitleList, ...]:
        """The lists a viewer made, by id."""
        return tuple(one for one, _ in self._read().values() if one.owner == viewer)

    def counts(self) -> dict[str, int]:
        """How many follow each list that anybody follows."""
        return self._followers.counts()

    def _read(self) -> dict[str, tuple[TitleList, frozenset[Territory]]]:
        revision = self._documents.revision()
        if revision != self._revision:
            with self._lock:
                documents: Sequence[Mapping[str, Any]] = list(self._documents.all(TitleList.KIND).values())
                found = [TitleList.read(document) for document in documents]
                self._lists = {one.id: (one, expand(one.territories)) for one in found}
                self._revision = revision
        return self._lists
