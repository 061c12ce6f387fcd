"""Request ids and log lines."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from crossreel.errors import BadValue
from crossreel.settings import LogSettings
from crossreel.web.logs import configure_logs


class Stream(io.TextIOWrapper):
    """A text stream over memory, as standard error is over a file."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined]

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def stream(monkeypatch):
    """Where log lines of a test go; the process's logging is as before afterwards."""
    root, chatty = logging.getLogger(), ("uvicorn.access", "alembic", "asyncio", "fontTools")
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in chatty}
    for client in ("httpx", "httpx2"):  # of the test itself, which logs what it asks
        monkeypatch.setattr(logging.getLogger(client), "disabled", True)
    yield Stream()
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_says_the_template_and_never_what_was_asked(stage, stream):
    configure_logs(LogSettings(), stream)
    visitor = stage.visitor()
    headers = {"x-request-id": "from-the-proxy-1", "authorization": "Bearer tokenword"}
    visitor.client.cookies.set("crossreel", "cookieword")
    visitor.get("/search?q=zebraword", **headers)
    visitor.get("/title/tiny:pathword")
    first, second = (line for line in stream.lines if line["event"] == "request")
    assert first["route"] == "/search"
    assert (first["method"], first["status"], first["request_id"]) == ("GET", 200, "from-the-proxy-1")
    assert first["bytes"] > 0
    assert first["ms"] >= 0
    assert first["level"] == "info"
    assert first["timestamp"].endswith("Z")
    assert (second["route"], second["status"]) == ("/title/{id:path}", 404)
    assert not [word for word in ("zebraword", "tokenword", "cookieword", "pathword") if word in stream.text]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0123456789abcdef", True),
        ("req-2026.06_15-aaaa", True),
        ("short", False),
        ("x" * 65, False),
        ('with "quotes" in it', False),
        ("with spaces", False),
        ("-begins-badly", False),
    ],
)
def test_request_ids_are_accepted_if_well_formed(visitor, given, kept):
    answer = visitor.get("/health", **{"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept
    assert len(answer.headers["x-request-id"]) >= 8


def test_every_answer_has_an_id_of_its_own(visitor):
    paths = ("/", "/", "/no/such", "/static/storefront.css", "/health")
    ids = [visitor.get(path).headers["x-request-id"] for path in paths]
    assert len(set(ids)) == len(ids)


def test_a_fault_is_a_line_of_level_error_and_its_traceback_stays_inside(stage, stream, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("what broke")

    configure_logs(LogSettings(), stream)
    monkeypatch.setattr("crossreel.recommend.top.Shelf.page", broken)
    answer = stage.visitor().get("/")
    assert answer.status_code == 500
    assert "what broke" not in answer.text
    lines = stream.lines
    request = next(line for line in lines if line["event"] == "request")
    assert (request["level"], request["status"]) == ("error", 500)
    fault = next(line for line in lines if "fault" in line["event"])
    assert "what broke" in fault["exception"]
    assert fault["request_id"] == request["request_id"] == answer.headers["x-request-id"]


def test_probes_are_quiet(stage, stream):
    configure_logs(LogSettings(), stream)
    stage.visitor().get("/health")
    assert not stream.lines
    configure_logs(LogSettings(level="debug"), stream)
    stage.visitor().get("/health")
    assert [line["level"] for line in stream.lines if line["event"] == "request"] == ["debug"]


def test_text_on_a_terminal_and_json_elsewhere(stream):
    for settings, terminal, is_json in (
        (LogSettings(), False, True),
        (LogSettings(), True, False),
        (LogSettings(format="json"), True, True),
        (LogSettings(format="text"), False, False),
    ):
        here = Stream(terminal=terminal)
        configure_logs(settings, here)
        structlog.get_logger("ours").info("it happened", title="千尋")
        logging.getLogger("theirs").warning("that %s", "too")
        logging.getLogger("theirs").info("three")
        lines = here.text.splitlines()
        assert len(lines) == 3
        assert lines[0].startswith("{") is is_json
        if is_json:
            assert here.lines[0]["title"] == "千尋"
            assert (here.lines[1]["event"], here.lines[1]["logger"]) == ("that too", "theirs")


def test_wrong_settings_say_what_is_right():
    with pytest.raises(BadValue, match="warning"):
        configure_logs(LogSettings(level="loud"))
    with pytest.raises(BadValue, match="json"):
        configure_logs(LogSettings(format="xml"))
