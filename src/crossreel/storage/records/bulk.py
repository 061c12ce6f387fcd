"""Many rows at once: chunks, look-ups by many ids, and insert-or-update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import orjson
from sqlalchemy import Column, Connection, Row, Select, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from crossreel.storage.records.tables import revisions

__all__ = ["AnyRow", "bump_revision", "chunks", "current_revision", "select_in", "upsert"]

Item = TypeVar("Item")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of whatever columns."""
CHUNK = 1000
"""Values of one IN list; well under SQLite's limit of 32,766 variables."""
LISTED = 50_000
"""Values of one IN list that is a single JSON parameter; a megabyte or so of ids."""


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items in lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def select_in(
    connection: Connection, statement: Select[*tuple[Any, ...]], column: Column[Any], values: Iterable[Any]
) -> Iterator[AnyRow]:
    """The rows of ``statement`` whose ``column`` is one of ``values``; any number of them."""
    if connection.dialect.name == "sqlite":
        # One parameter instead of a thousand: writing those into the statement costs more than the look-up.
        listed = func.json_each(bindparam("listed")).table_valued("value")
        asked = statement.where(column.in_(select(listed.c.value)))
        for chunk in chunks(values, LISTED):
            yield from connection.execute(asked, {"listed": orjson.dumps(chunk).decode()})
        return
    for chunk in chunks(values):
        yield from connection.execute(statement.where(column.in_(chunk)))


def upsert(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Inserts rows; where ``key`` is taken, updates the other given columns instead.

    ``INSERT ... ON CONFLICT DO UPDATE`` is the same in SQLite (3.24) and PostgreSQL (9.5).
    """
    if not rows:
        return
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_=changed),
        [dict(row) for row in rows],
    )


def bump_revision(connection: Connection, name: str) -> int:
    """Adds one to the named counter inside the running transaction; returns the new value."""
    value = current_revision(connection, name) + 1
    upsert(connection, revisions, [{"name": name, "value": value}], ["name"])
    return value


def current_revision(connection: Connection, name: str) -> int:
    """The named counter; 0 before its first change."""
    return connection.scalar(select(revisions.c.value).where(revisions.c.name == name)) or 0
