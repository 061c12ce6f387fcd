"""Opening, transactions, readers beside a writer, crashes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from crossreel.errors import BadFile, Conflict, MissingWorkspace, OutsideFailure, WrongUse
from crossreel.storage.records import Database, SqlCatalog, SqlLicenses, SqlViewers, open_database
from crossreel.storage.records import database as database_module
from crossreel.testing.catalog_suite import store_alone
from crossreel.testing.tiny import tiny_catalog, tiny_id, tiny_titles


def test_a_missing_workspace_is_not_made_by_looking(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    with pytest.raises(MissingWorkspace) as caught:
        open_database(home)
    assert str(home) in caught.value.message
    assert not home.exists()


def test_create_makes_it_and_open_finds_it(tmp_path: Path) -> None:
    home = tmp_path / "some folder" / "100% ünï"
    database = open_database(home, create=True)
    tiny_catalog().fill(SqlCatalog(database))
    database.close()
    again = open_database(home)
    assert tuple(SqlCatalog(again).all()) == tiny_titles()
    again.close()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("not a folder")
    with pytest.raises(MissingWorkspace):
        open_database(home)
    with pytest.raises(BadFile):
        open_database(home, create=True)


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "crossreel.sqlite3"
    path.write_bytes(b"This is a letter. " * 100)
    with pytest.raises(BadFile, match=r"crossreel\.sqlite3"):
        open_database(tmp_path)
    assert path.read_bytes() == b"This is a letter. " * 100


def test_a_newer_workspace_is_refused_and_kept(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer Crossreel") as caught:
        open_database(tmp_path / "home")
    assert "pip install --upgrade" in caught.value.advice
    with database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_other_databases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as caught:
        open_database(tmp_path, url="postgresql://someone:secret@host/crossreel")
    assert "secret" not in str(caught.value)
    with pytest.raises(WrongUse):
        open_database(tmp_path, url="sqlite://")


def test_a_url_names_another_file(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "records.db"
    database = open_database(tmp_path / "home", create=True, url=f"sqlite:///{path}")
    database.close()
    assert path.is_file()
    assert not (tmp_path / "home").exists()


def test_the_pragmas_hold_on_every_connection(database: Database) -> None:
    with database.read() as one, database.read() as two:
        for connection in (one, two):
            settings = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
            assert settings == {
                "journal_mode": "wal",
                "foreign_keys": 1,
                "synchronous": 1,
                "busy_timeout": database_module.BUSY_SECONDS * 1000,
            }


def test_an_exception_takes_everything_back(database: Database) -> None:
    catalog, licenses, viewers = SqlCatalog(database), SqlLicenses(database), SqlViewers(database)

    def change_and_fail() -> None:
        with database.write():
            tiny_catalog().fill(catalog, licenses, viewers)
            assert tuple(catalog.all()) == tiny_titles()
            assert licenses.count() > 0
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        change_and_fail()
    assert catalog.ids() == ()
    assert catalog.revision() == licenses.revision() == licenses.count() == viewers.count() == 0


def test_a_rolled_back_title_is_never_served_from_memory(database: Database) -> None:
    catalog = SqlCatalog(database)
    tiny_catalog().fill(catalog)
    moon = catalog.get([tiny_id("moon")])[tiny_id("moon")]

    def change_and_fail() -> None:
        with database.write():
            store_alone(catalog, replace(moon, name="Discarded"))
            assert catalog.get([moon.id])[moon.id].name == "Discarded"
            assert len(catalog.ids()) == len(tiny_titles())
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        change_and_fail()
    kept = replace(moon, name="Kept")
    store_alone(catalog, kept)  # takes the revision that was rolled back
    assert catalog.get([moon.id]) == {moon.id: kept}


def test_readers_go_on_while_a_writer_works(database: Database) -> None:
    catalog = SqlCatalog(database)
    tiny_catalog().fill(catalog)
    with database.write(), ThreadPoolExecutor(1) as other_thread:
        store_alone(catalog, replace(tiny_titles()[0], id=tiny_id("new")))
        assert len(catalog.ids()) == len(tiny_titles()) + 1
        assert len(other_thread.submit(catalog.ids).result(timeout=20)) == len(tiny_titles())
        assert tuple(other_thread.submit(lambda: list(catalog.all())).result(timeout=20)) == tiny_titles()
    assert len(catalog.ids()) == len(tiny_titles()) + 1


def test_a_reader_keeps_its_moment(database: Database) -> None:
    catalog = SqlCatalog(database)
    tiny_catalog().fill(catalog)
    reading = catalog.all()
    first = next(reading)
    store_alone(catalog, *(replace(title, name="Changed") for title in tiny_titles()))
    assert (first, *reading) == tiny_titles()
    assert {title.name for title in catalog.all()} == {"Changed"}


def test_writers_of_many_threads_take_turns(database: Database) -> None:
    viewers, licenses = SqlViewers(database), SqlLicenses(database)
    tiny = tiny_catalog()
    catalog = SqlCatalog(database)

    def write(number: int) -> None:
        catalog.put((), (), {}, ())
        viewers.put([replace(tiny.viewers[0], name=str(number))])
        licenses.add([replace(tiny.licenses[0], id=f"n{number}")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert catalog.revision() == 40
    assert licenses.count() == licenses.revision() == 40
    assert viewers.count() == 1


def test_every_reader_sees_whole_puts_only(database: Database) -> None:
    catalog = SqlCatalog(database)
    stop = threading.Event()

    def read() -> set[int]:
        seen: set[int] = set()
        while not stop.is_set():
            titles = list(catalog.all())
            assert len({title.year for title in titles}) <= 1
            seen.update(title.year or 0 for title in titles)
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for year in range(1900, 1915):
            store_alone(catalog, *(replace(title, year=year) for title in tiny_titles()))
        stop.set()
        assert set().union(*(reader.result(timeout=60) for reader in readers)) <= set(range(1900, 1915))


def test_another_program_s_long_write_is_named(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0)
    impatient = open_database(tmp_path / "home")
    other = sqlite3.connect(tmp_path / "home" / "crossreel.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(OutsideFailure, match="Another program"):
            SqlCatalog(impatient).put((), (), {}, ())
        assert SqlCatalog(impatient).revision() == 0
    finally:
        other.close()
        impatient.close()


def _run(script: str, *arguments: object, expect: int = 0) -> None:
    source = str(Path(database_module.__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stderr


def test_a_crash_in_the_middle_of_a_put_leaves_the_last_state(database: Database, tmp_path: Path) -> None:
    tiny_catalog().fill(SqlCatalog(database))
    _run(
        """
        import os, sys
        from dataclasses import replace
        from pathlib import Path
        from crossreel.storage.records import SqlCatalog, open_database
        from crossreel.testing.catalog_suite import store_alone
        from crossreel.testing.tiny import tiny_titles

        database = open_database(Path(sys.argv[1]))
        catalog = SqlCatalog(database)
        store_alone(catalog, *(replace(title, name="Committed") for title in tiny_titles()))
        with database.write():
            store_alone(catalog, *(replace(title, name="Torn") for title in tiny_titles()))
            os._exit(9)
        """,
        tmp_path / "home",
        expect=9,
    )
    catalog = SqlCatalog(database)
    assert {title.name for title in catalog.all()} == {"Committed"}
    assert catalog.revision() == 2
    store_alone(catalog, *tiny_titles())
    assert tuple(catalog.all()) == tiny_titles()
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_programs_that_create_a_workspace_together_all_succeed(tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from crossreel.storage.records import SqlCatalog, open_database

        catalog = SqlCatalog(open_database(Path(sys.argv[1]), create=True))
        for _ in range(5):
            catalog.put((), (), {}, ())
        """
    with ThreadPoolExecutor(4) as pool:
        for result in [pool.submit(_run, script, tmp_path / "home") for _ in range(4)]:
            result.result()
    database = open_database(tmp_path / "home")
    assert SqlCatalog(database).revision() == 20
    database.close()
