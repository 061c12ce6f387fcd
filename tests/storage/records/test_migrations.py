"""Migrations: up and down over real data, and in step with the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, inspect

from crossreel.storage.migrations.run import HEAD, migration_config, stored_version
from crossreel.storage.migrations.schema import belongs_to_metadata, whole_metadata
from crossreel.storage.records import Database, SqlCatalog, SqlLicenses, SqlViewers, open_database
from crossreel.testing.tiny import tiny_catalog, tiny_titles


def _rows(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table that is there now."""
    there = set(inspect(connection).get_table_names())
    return {
        table.name: connection.execute(table.select().order_by(*table.primary_key)).all()
        for table in whole_metadata().sorted_tables
        if table.name in there
    }


def _fill(database: Database) -> None:
    """Puts something into every table."""
    tiny_catalog().fill(SqlCatalog(database), SqlLicenses(database), SqlViewers(database))
    with database.write() as connection:
        for table in whole_metadata().sorted_tables:
            if connection.execute(table.select().limit(1)).first() is None:
                connection.execute(table.insert(), [_row(table)])


def _row(table: Table) -> dict[str, Any]:
    """A row with something in every column; every foreign key then leads to such a row."""
    made: dict[type, Any] = {str: "ünï:1", int: 1, float: 0.1, bool: True}
    return {
        column.name: str(tiny_titles()[0].id)
        if any(key.column.table.name in ("titles", "title_records") for key in column.foreign_keys)
        else made[column.type.python_type]
        for column in table.columns
    }


def test_head_is_the_newest_file(database: Database) -> None:
    with database.read() as connection:
        scripts = ScriptDirectory.from_config(migration_config(connection))
        assert scripts.get_heads() == [HEAD]
        assert stored_version(connection) == HEAD


def test_autogenerate_finds_no_difference(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": belongs_to_metadata, "compare_server_default": True}
        )
        assert compare_metadata(context, whole_metadata()) == []


def test_the_full_text_index_is_there(database: Database) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM title_search").scalar() == 0


@pytest.mark.parametrize("filled", [False, True])
def test_down_to_nothing_and_up_again(database: Database, filled: bool) -> None:
    if filled:
        _fill(database)
    with database.write() as connection:
        command.downgrade(migration_config(connection), "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    with database.write() as connection:
        command.upgrade(migration_config(connection), "head")
    with database.read() as connection:
        assert not any(_rows(connection).values())
    _fill(database)
    assert tuple(SqlCatalog(database).all()) == tiny_titles()


def test_each_step_down_and_up_keeps_what_the_lower_side_knows(database: Database) -> None:
    _fill(database)
    with database.read() as connection:
        scripts = ScriptDirectory.from_config(migration_config(connection))
        lower_sides = [script.down_revision for script in scripts.walk_revisions() if script.down_revision]
        before = _rows(connection)
        assert all(before.values())
    for lower in lower_sides:
        with database.write() as connection:
            command.downgrade(migration_config(connection), str(lower))
            kept = _rows(connection)
            assert kept
            assert all(kept[name] == before[name] for name in kept)
            command.upgrade(migration_config(connection), "head")
            after = _rows(connection)
        assert set(after) == set(before)
        assert all(after[name] == before[name] for name in kept)


def test_a_failing_migration_leaves_the_schema_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("sqlalchemy.sql.sqltypes.BigInteger.__init__", fail)
    with pytest.raises(ConnectionResetError):
        open_database(tmp_path, create=True)
    monkeypatch.undo()
    database = open_database(tmp_path)
    _fill(database)
    database.close()


def test_opening_again_migrates_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a current database needs no migration")

    monkeypatch.setattr(command, "upgrade", never)
    open_database(tmp_path / "home").close()
