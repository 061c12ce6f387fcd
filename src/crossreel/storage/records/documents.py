"""Documents, followers and exposures in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, select

from crossreel.storage.records.bulk import bump_revision, upsert
from crossreel.storage.records.database import Database
from crossreel.storage.records.document_tables import documents, exposures, list_followers
from crossreel.storage.records.instants import from_text, to_text
from crossreel.values.ids import ViewerId

__all__ = ["SqlDocuments", "SqlExposures", "SqlFollowers"]

REVISION = "documents"


class SqlDocuments:
    """``recommend.documents.Documents`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Every document of a kind, by id."""
        query = select(documents).where(documents.c.kind == kind).order_by(documents.c.id)
        with self._database.read() as connection:
            return {row.id: orjson.loads(row.document) for row in connection.execute(query)}

    def get(self, kind: str, id_: str) -> dict[str, Any] | None:
        """One document."""
        query = select(documents.c.document).where(documents.c.kind == kind, documents.c.id == id_)
        with self._database.read() as connection:
            text = connection.scalar(query)
        return None if text is None else dict(orjson.loads(text))

    def put(self, kind: str, id_: str, document: Mapping[str, Any]) -> None:
        """Adds or replaces a document (in the caller's transaction if there is one)."""
        text = orjson.dumps(document).decode()
        with self._database.write() as connection:
            upsert(connection, documents, [{"kind": kind, "id": id_, "document": text}], ("kind", "id"))
            bump_revision(connection, REVISION)

    def remove(self, kind: str, id_: str) -> bool:
        """Removes a document; whether it was there."""
        query = delete(documents).where(documents.c.kind == kind, documents.c.id == id_)
        with self._database.write() as connection:
            there = connection.execute(query).rowcount > 0
            if there:
                bump_revision(connection, REVISION)
        return there

    def revision(self) -> int:
        """Grows with every change."""
        return self._database.revision(REVISION)


class SqlFollowers:
    """``recommend.lists.Followers`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow(self, list_: str, viewer: ViewerId, at: datetime) -> None:
        """Begins to follow; again is no change."""
        row = {"list": list_, "viewer": str(viewer), "time": to_text(at)}
        with self._database.write() as connection:
            upsert(connection, list_followers, [row], ("list", "viewer"))
            bump_revision(connection, REVISION)

    def unfollow(self, list_: str, viewer: ViewerId | None = None) -> None:
        """Ends it for one viewer, or for all."""
        query = delete(list_followers).where(list_followers.c.list == list_)
        if viewer is not None:
            query = query.where(list_followers.c.viewer == str(viewer))
        with self._database.write() as connection:
            if connection.execute(query).rowcount:
                bump_revision(connection, REVISION)

    def followed(self, viewer: ViewerId) -> tuple[str, ...]:
        """The lists a viewer follows, the latest first."""
        query = (
            select(list_followers.c.list)
            .where(list_followers.c.viewer == str(viewer))
            .order_by(list_followers.c.time.desc(), list_followers.c.list)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def counts(self) -> dict[str, int]:
        """How many follow each list that anybody follows."""
        query = select(list_followers.c.list, func.count()).group_by(list_followers.c.list)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def erase(self, viewer: ViewerId) -> int:
        """Forgets whom a viewer follows; returns how many lists that were."""
        query = delete(list_followers).where(list_followers.c.viewer == str(viewer))
        with self._database.write() as connection:
            return connection.execute(query).rowcount


class SqlExposures:
    """``recommend.experiments.Exposures`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, experiment: str, viewer: ViewerId, variant: str, at: datetime) -> None:
        """Notes the first time a viewer saw a variant; later ones change nothing."""
        row = {"experiment": experiment, "viewer": str(viewer), "variant": variant, "time": to_text(at)}
        where = (exposures.c.experiment == experiment, exposures.c.viewer == str(viewer))
        query = select(exposures.c.viewer).where(*where)
        with self._database.read() as connection:
            if connection.execute(query).first() is not None:
                return
        with self._database.write() as connection:
            if connection.execute(query).first() is None:
                connection.execute(exposures.insert(), [row])

    def all(self, experiment: str) -> list[tuple[ViewerId, str, datetime]]:
        """Viewer, variant and first time, by time."""
        query = (
            select(exposures)
            .where(exposures.c.experiment == experiment)
            .order_by(exposures.c.time, exposures.c.viewer)
        )
        with self._database.read() as connection:
            return [
                (ViewerId.parse(row.viewer), row.variant, from_text(row.time))
                for row in connection.execute(query)
            ]

    def erase(self, viewer: ViewerId) -> int:
        """Forgets what a viewer saw; returns how many experiments that were."""
        query = delete(exposures).where(exposures.c.viewer == str(viewer))
        with self._database.write() as connection:
            return connection.execute(query).rowcount
