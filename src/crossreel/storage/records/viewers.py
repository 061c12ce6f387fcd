"""Viewers' profiles in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import delete, func, select

from crossreel.audience.event import Viewer
from crossreel.storage.records.bulk import AnyRow, upsert
from crossreel.storage.records.database import Database
from crossreel.storage.records.tables import viewers
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["SqlViewers"]


class SqlViewers:
    """``ViewerStore`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, viewers_: Iterable[Viewer]) -> None:
        """Adds or replaces profiles in one transaction; the last one of an id counts."""
        rows = {str(viewer.id): _to_row(viewer) for viewer in viewers_}
        with self._database.write() as connection:
            upsert(connection, viewers, list(rows.values()), ["id"])

    def get(self, viewer: ViewerId) -> Viewer | None:
        """One profile."""
        with self._database.read() as connection:
            row = connection.execute(select(viewers).where(viewers.c.id == str(viewer))).one_or_none()
        return None if row is None else _from_row(row)

    def find(self, key: str) -> tuple[ViewerId, ...]:
        """Viewers of any source whose key is ``key``, sorted."""
        with self._database.read() as connection:
            found = connection.scalars(select(viewers.c.id).where(viewers.c.key == key)).all()
        return tuple(sorted(ViewerId.parse(id_) for id_ in found))

    def page(self, *, after: str = "", limit: int = 100, search: str = "") -> list[Viewer]:
        """Profiles by the text of their id, after the id ``after``; ``search`` is part of id or name."""
        query = select(viewers).where(viewers.c.id > after).order_by(viewers.c.id).limit(limit)
        if search.strip():
            query = query.where(viewers.c.searched.contains(search.strip().casefold(), autoescape=True))
        with self._database.read() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many profiles there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(viewers)) or 0

    def erase(self, viewer: ViewerId) -> bool:
        """Removes a profile; whether it was there."""
        with self._database.write() as connection:
            return connection.execute(delete(viewers).where(viewers.c.id == str(viewer))).rowcount > 0


def _to_row(viewer: Viewer) -> dict[str, Any]:
    return {
        "id": str(viewer.id),
        "key": viewer.id.key,
        "name": viewer.name,
        "territory": viewer.territory.code if viewer.territory else None,
        "languages": orjson.dumps([language.tag for language in viewer.languages]).decode(),
        "birth_year": viewer.birth_year,
        "age_band": viewer.age_band,
        "gender": viewer.gender,
        "occupation": viewer.occupation,
        "simulated": viewer.simulated,
        "searched": f"{viewer.id}\n{viewer.name}".casefold(),
    }


def _from_row(row: AnyRow) -> Viewer:
    return Viewer(
        id=ViewerId.parse(row.id),
        name=row.name,
        territory=Territory(row.territory) if row.territory else None,
        languages=tuple(Language(tag) for tag in orjson.loads(row.languages)),
        birth_year=row.birth_year,
        age_band=row.age_band,
        gender=row.gender,
        occupation=row.occupation,
        simulated=row.simulated,
    )
