"""Migrations: up and down over real data, and in step with the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from crossreel.storage.migrations.run import HEAD, migration_config, stored_version
from crossreel.storage.migrations.schema import belongs_to_metadata, whole_metadata
from crossreel.storage.records import Database, SqlCatalog, SqlLicenses, SqlViewers, open_database
from crossreel.testing.tiny import tiny_catalog


def _rows(connection: Connection) -> dict[str, list[Any]]:
    return {
        table.name: connection.execute(table.select().order_by(*table.primary_key)).all()
        for table in whole_metadata().sorted_tables
    }


def _fill(database: Database) -> None:
    tiny_catalog().fill(SqlCatalog(database), SqlLicenses(database), SqlViewers(database))


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
    assert tuple(SqlCatalog(database).all()) == tiny_catalog().titles


def test_each_step_down_and_up_keeps_what_both_sides_hold(database: Database) -> None:
    _fill(database)
    with database.read() as connection:
        steps = [
            s.revision for s in ScriptDirectory.from_config(migration_config(connection)).walk_revisions()
        ]
        before = _rows(connection)
    # The first migration's own way down is the test above; later ones must keep the data.
    for lower in steps[1:]:
        with database.write() as connection:
            command.downgrade(migration_config(connection), lower)
            command.upgrade(migration_config(connection), "head")
        with database.read() as connection:
            assert _rows(connection) == before


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
