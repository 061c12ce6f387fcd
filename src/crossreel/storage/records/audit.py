"""The audit trail in SQL; rows are only ever added."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Row, select

from crossreel.accounts.audit import AuditEntry
from crossreel.errors import UnknownId
from crossreel.storage.records.bulk import select_in
from crossreel.storage.records.database import Database
from crossreel.storage.records.instants import from_text, to_text
from crossreel.storage.records.work_tables import audit_entries

__all__ = ["SqlAudit"]


class SqlAudit:
    """``AuditTrail`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entry: AuditEntry) -> AuditEntry:
        """Stores an entry (in the caller's transaction if there is one); returns it with its id."""
        row = {
            "time": to_text(entry.time),
            "actor": entry.actor,
            "via": entry.via,
            "action": entry.action,
            "subject": entry.subject,
            "before": None if entry.before is None else orjson.dumps(entry.before).decode(),
            "after": None if entry.after is None else orjson.dumps(entry.after).decode(),
            "request_id": entry.request_id,
            "undoes": entry.undoes,
        }
        with self._database.write() as connection:
            result = connection.execute(audit_entries.insert().values(row))
        (id_,) = result.inserted_primary_key or (0,)
        return replace(entry, id=id_)

    def get(self, id_: int) -> AuditEntry:
        """One entry. Raises ``UnknownId``."""
        with self._database.read() as connection:
            row = connection.execute(select(audit_entries).where(audit_entries.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownId("audit entry", id_)
        return _entry(row)

    def page(
        self,
        *,
        before: int | None = None,
        limit: int = 50,
        subject: str = "",
        actor: str = "",
        action: str = "",
    ) -> list[AuditEntry]:
        """Newest first, with ids under ``before``; filters are exact, an empty one matches all."""
        query = select(audit_entries).order_by(audit_entries.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit_entries.c.id < before)
        for column, value in (("subject", subject), ("actor", actor), ("action", action)):
            if value:
                query = query.where(audit_entries.c[column] == value)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def undone(self, ids: list[int]) -> set[int]:
        """Which of these entries have been taken back by a later one."""
        with self._database.read() as connection:
            rows = select_in(connection, select(audit_entries.c.undoes), audit_entries.c.undoes, ids)
            return {row.undoes for row in rows}


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        time=from_text(row.time),
        actor=row.actor,
        via=row.via,
        action=row.action,
        subject=row.subject,
        before=None if row.before is None else orjson.loads(row.before),
        after=None if row.after is None else orjson.loads(row.after),
        request_id=row.request_id,
        undoes=row.undoes,
    )
