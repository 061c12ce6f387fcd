"""Licenses in SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import delete, func, select

from crossreel.errors import Conflict, UnknownId
from crossreel.rights.license import License, Mode
from crossreel.storage.records.bulk import AnyRow, bump_revision, chunks, current_revision, select_in, upsert
from crossreel.storage.records.database import Database
from crossreel.storage.records.tables import licenses
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.window import Boundary

__all__ = ["SqlLicenses"]

REVISION = "licenses"


class SqlLicenses:
    """``LicenseStore`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[bytes, License]] = {}
        self._latest: tuple[int, list[License]] = (-1, [])

    def add(self, licenses_: Iterable[License]) -> int:
        """Adds licenses in one transaction; equal ones are left alone. Returns how many are new.

        Raises:
            Conflict: an id is taken by a license with other content.
        """
        wanted: dict[str, License] = {}
        for license_ in licenses_:
            _check_same(wanted.setdefault(license_.id, license_), license_)
        with self._database.write() as connection:
            for row in select_in(connection, select(licenses), licenses.c.id, list(wanted)):
                _check_same(_from_row(row), wanted.pop(row.id))
            if wanted:
                connection.execute(licenses.insert(), [_to_row(license_) for license_ in wanted.values()])
                bump_revision(connection, REVISION)
        return len(wanted)

    def remove(self, ids: Iterable[str]) -> int:
        """Removes licenses by id in one transaction; returns how many were there."""
        removed = 0
        with self._database.write() as connection:
            for chunk in chunks(ids):
                removed += connection.execute(delete(licenses).where(licenses.c.id.in_(chunk))).rowcount
            if removed:
                bump_revision(connection, REVISION)
        return removed

    def put(self, licenses_: Iterable[License]) -> int:
        """Adds or replaces licenses in one transaction; returns how many are new or differ."""
        wanted = {license_.id: license_ for license_ in licenses_}
        with self._database.write() as connection:
            stored = {
                row.id: row for row in select_in(connection, select(licenses), licenses.c.id, list(wanted))
            }
            fresh = [
                license_
                for id_, license_ in wanted.items()
                if id_ not in stored or _from_row(stored[id_]) != license_
            ]
            if fresh:
                upsert(connection, licenses, [_to_row(license_) for license_ in fresh], ("id",))
                bump_revision(connection, REVISION)
        return len(fresh)

    def replace(self, license_: License) -> None:
        """Stores ``license_`` in place of the one with its id. Raises ``UnknownId``."""
        with self._database.write() as connection:
            stored = connection.execute(select(licenses).where(licenses.c.id == license_.id)).one_or_none()
            if stored is None:
                raise UnknownId("license", license_.id)
            if _from_row(stored) != license_:
                connection.execute(
                    licenses.update().where(licenses.c.id == license_.id).values(_to_row(license_))
                )
                bump_revision(connection, REVISION)

    def get(self, id_: str) -> License | None:
        """The license of that id, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(licenses).where(licenses.c.id == id_)).one_or_none()
        return None if row is None else _from_row(row)

    def all(self) -> Iterator[License]:
        """Every license, by id."""
        with self._database.read() as connection:
            revision = current_revision(connection, REVISION)
            if revision == self._latest[0] and not self._database.is_writing:
                return iter(self._latest[1])
            rows = connection.execute(select(licenses).order_by(licenses.c.id)).all()
        found = self._parsed(rows)
        # What an open transaction wrote may still be rolled back and its revision used again.
        if not self._database.is_writing:
            self._latest = revision, found
        return iter(found)

    def _parsed(self, rows: Sequence[AnyRow]) -> list[License]:
        """The licenses of all rows; those whose rows say what they said last time are not parsed again."""
        known, before = {}, self._known
        for row in rows:
            digest = hashlib.blake2b("\0".join(row).encode(), digest_size=16).digest()
            found = before.get(row.id)
            known[row.id] = found if found and found[0] == digest else (digest, _from_row(row))
        self._known = known  # of the content, so that a transaction rolled back does no harm
        return [license_ for _, license_ in known.values()]

    def of(self, titles: Iterable[TitleId]) -> list[License]:
        """The licenses written for these titles (not those of their parents), by id."""
        ids = {str(title) for title in titles}
        with self._database.read() as connection:
            rows = list(select_in(connection, select(licenses), licenses.c.title_id, ids))
        return sorted(map(_from_row, rows), key=lambda license_: license_.id)

    def count(self) -> int:
        """How many licenses there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(licenses)) or 0

    def revision(self) -> int:
        """Grows by one with every change."""
        return self._database.revision(REVISION)


def _check_same(stored: License, given: License) -> None:
    if stored != given:
        raise Conflict(
            f"The license id {given.id!r} is already taken by a license with other content.",
            advice="Give the new license another id, or replace the stored one.",
            license=given.id,
        )


def _to_row(license_: License) -> dict[str, Any]:
    return {
        "id": license_.id,
        "title_id": str(license_.title),
        "territories": _list(license_.territories),
        "excluded": _list(license_.excluded),
        "modes": _list(license_.modes),
        "languages": _list(language.tag for language in license_.languages),
        "opens": str(license_.start),
        "closes": str(license_.end),
        "reason": license_.reason,
    }


def _list(words: Iterable[str]) -> str:
    return orjson.dumps([str(word) for word in words]).decode()


def _from_row(row: AnyRow) -> License:
    return License(
        id=row.id,
        title=TitleId.parse(row.title_id),
        territories=tuple(orjson.loads(row.territories)),
        modes=tuple(Mode(mode) for mode in orjson.loads(row.modes)),
        excluded=tuple(orjson.loads(row.excluded)),
        languages=tuple(Language(tag) for tag in orjson.loads(row.languages)),
        start=Boundary.parse(row.opens),
        end=Boundary.parse(row.closes),
        reason=row.reason,
    )
