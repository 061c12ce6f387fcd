"""Threads come and go; their connections with them."""

import gc
import sqlite3
import threading

import pytest

from crossreel.storage.thread_connections import ThreadConnections


@pytest.fixture
def path(tmp_path):
    with sqlite3.connect(tmp_path / "some.sqlite3") as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    return tmp_path / "some.sqlite3"


def test_a_connection_goes_with_its_thread(path):
    connections = ThreadConnections(path)
    mine = connections.mine()
    assert connections.mine() is mine
    seen = []

    def look():
        seen.append(connections.mine().execute("SELECT count(*) FROM t").fetchone())

    for _ in range(30):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    gc.collect()
    assert seen == [(0,)] * 30
    assert len(connections) == 1
    connections.close()
    with pytest.raises(sqlite3.ProgrammingError):
        mine.execute("SELECT 1")
    assert connections.mine().execute("SELECT 1").fetchone() == (1,)
    connections.close()


def test_they_only_look(path):
    connections = ThreadConnections(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connections.mine().execute("INSERT INTO t VALUES (1)")
    connections.close()
