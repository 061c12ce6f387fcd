"""The real server in a process of its own: it finishes what runs, stops its workers and leaves with 0."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from crossreel.app import open_app
from crossreel.testing.tiny import tiny_catalog
from crossreel.web.serving import serve

SLOW = """
import sys, time
from crossreel.cli import main
from crossreel.recommend.top import Shelf

page = Shelf.page
def slow(*args, **kwargs):
    print("under way", file=sys.stderr, flush=True)
    time.sleep(1.5)
    return page(*args, **kwargs)
Shelf.page = slow
sys.exit(main(sys.argv[1:]))
"""


class Running:
    """A server process and what it wrote so far."""

    def __init__(self, *command: str, environment: dict[str, str] | None = None) -> None:
        env = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src"),
            **(environment or {}),
        }
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match in what it writes; fails when it ends before."""
        while True:
            found = re.search(pattern, "".join(self.lines))
            if found:
                return found
            if self.process.poll() is not None:
                self._reader.join()
                raise AssertionError(f"ended with {self.process.returncode}: {''.join(self.lines)}")
            time.sleep(0.02)

    @property
    def port(self) -> int:
        return int(self.wait_for(r"http://127\.0\.0\.1:(\d+)")[1])

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join()
        return code


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts servers over a tiny workspace."""
    app = open_app(tmp_path / "home", create=True, environment={})
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    app.close()
    started: list[Running] = []

    def run(
        *arguments: str, script: str = "from crossreel.cli import run; run()", **kwargs: object
    ) -> Running:
        words = ("serve", "--port", "0", "--home", str(tmp_path / "home"), *arguments)
        started.append(Running(sys.executable, "-c", script, *words, **kwargs))  # type: ignore[arg-type]
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        assert one.process.stderr is not None
        one._reader.join()
        one.process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_with_0(start, number):
    server = start()
    with urlopen(f"http://127.0.0.1:{server.port}/ready") as answer:
        assert answer.status == 200
    assert server.stop(number) == 0
    assert "Traceback" not in "".join(server.lines)


def test_a_request_under_way_is_finished_and_new_ones_are_refused(start):
    server = start(script=SLOW)
    port, answers = server.port, []

    def ask() -> None:
        with urlopen(f"http://127.0.0.1:{port}/") as answer:
            answers.append((answer.status, answer.read()))

    thread = threading.Thread(target=ask)
    thread.start()
    server.wait_for("under way")
    server.process.send_signal(signal.SIGTERM)
    refused = 0
    while thread.is_alive() and not refused:
        time.sleep(0.1)
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            refused += 1
    assert server.process.wait(60) == 0
    thread.join()
    assert answers[0][0] == 200
    assert answers[0][1].rstrip().endswith(b"</html>")
    assert refused


def test_lines_are_json_where_no_terminal_is(start):
    server = start()
    with urlopen(f"http://127.0.0.1:{server.port}/search?q=zebraword") as answer:
        assert answer.headers["x-request-id"]
    server.wait_for('"route":"/search"')
    server.stop()
    assert not [line for line in server.lines if "zebraword" in line]


def test_small_answers_do_not_wait_for_acknowledgments(empty_stage, monkeypatch):
    """asyncio switches Nagle's algorithm off only for sockets that name their protocol."""
    used: list[socket.socket] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda _self, sockets: used.extend(sockets))
    monkeypatch.setattr("crossreel.web.serving.configure_logs", lambda _settings: None)
    told: list[str] = []
    for host in ("127.0.0.1", "localhost"):
        serve(empty_stage.app, host, 0, told.append)
    assert [one.proto for one in used] == [socket.IPPROTO_TCP] * 2
    assert all(re.fullmatch(r"http://(127\.0\.0\.1|localhost):[1-9]\d*", address) for address in told)
    assert all(one.fileno() == -1 for one in used)  # closed at the end


def test_a_taken_port_is_told_as_an_error(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = start("--port", str(taken.getsockname()[1]))
        assert server.process.wait(60) == 5
    server._reader.join()
    assert "Give another --host or --port" in " ".join("".join(server.lines).split())
