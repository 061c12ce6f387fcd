"""Every script of ``examples/`` runs as its docstring says, on small data."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.request import Request

import numpy as np
import pytest
from starlette.testclient import TestClient

from crossreel.accounts import access
from crossreel.accounts.operator import Operator, Permission, Role
from crossreel.accounts.passwords import hash_password
from crossreel.app import open_app
from crossreel.audience.event import Event, EventKind
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.web.site import create_site

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

SUBTITLES = (
    "1\n00:00:01,000 --> 00:00:03,000\nThe house is big.\n\n2\n00:00:04,000 --> 00:00:06,000\nGood night.\n"
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs an example and gives what it printed."""

    def _run(name: str, *words: object) -> str:
        runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"](*map(str, words))
        return capsys.readouterr().out

    return _run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace in which eight people liked films that are open in France."""
    app = open_app(tmp_path / "home", create=True)
    tiny = tiny_catalog()
    tiny.fill(app.catalog, app.licenses, app.viewers)
    start, films = datetime(2026, 1, 1, tzinfo=UTC), ("nosferatu", "moon", "labor", "potemkin")
    app.events.append(
        [
            Event(EventKind.RATING, viewer.id, tiny_id(key), start + timedelta(days=place), 5.0)
            for number, viewer in enumerate(tiny.viewers)
            for place, key in enumerate(films)
            if (number + place) % 4
        ]
    )
    app.close()
    return tmp_path / "home"


def test_each_example_is_run_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in sorted(EXAMPLES.glob("*.py")) if f'run("{path.stem}"' not in text] == []


def test_recommend_abroad(run: Callable[..., str], home: Path) -> None:
    told = run("recommend_abroad", home, "FR", "JP")
    assert " in FR\n" in told
    assert " in JP\n" in told
    assert "popular" in told


def test_compare_recommenders(run: Callable[..., str], home: Path) -> None:
    signature, *rows = run("compare_recommenders", home, "popular", "title-neighbors").splitlines()
    assert "split:leave-last-out" in signature
    assert {row.split()[0] for row in rows} == {"popular", "title-neighbors"}


def test_drive_by_rest(run: Callable[..., str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(home)
    try:
        password = hash_password("correct horse battery")
        app.accounts.put_operator(Operator("ana", Role.EDITOR, password, app.clock()))
        token = access.issue_token(app.accounts, "ana", "t", frozenset({Permission.READ}), app.clock())
        client = TestClient(create_site(app), base_url="http://127.0.0.1:8420")

        def answered(request: Request) -> BytesIO:
            answer = client.get(request.full_url, headers=dict(request.header_items()))
            assert answer.status_code == 200, answer.text
            return BytesIO(answer.content)

        monkeypatch.setattr("urllib.request.urlopen", answered)
        told = run("drive_by_rest", "http://127.0.0.1:8420", token.text, "FR")
    finally:
        app.close()
    assert "tiny:moon" in told
    assert ": open" in told


def test_localize_subtitles(run: Callable[..., str], tmp_path: Path, debian: Callable[..., str]) -> None:
    debian(file="usr/share/apertium/modes/eng-spa.mode", package="apertium apertium-eng-spa")
    source, target = tmp_path / "film.en.srt", tmp_path / "film.es.srt"
    source.write_text(SUBTITLES, encoding="utf-8")
    assert "2 cues; 0 rules" in run("localize_subtitles", source, "en", "es", target)
    assert "La casa es grande." in target.read_text(encoding="utf-8")


def test_read_opinions(run: Callable[..., str], pretrained: Callable[[str], Path]) -> None:
    pretrained("e5-small")
    pretrained("lid-176")
    told = run("read_opinions")
    assert "subtitles: negative" in told
    assert [line.split()[1] for line in told.splitlines() if line[0] != " "][1:] == [
        "positive",
        "negative",
        "positive",
    ]


def test_look_into_film(run: Callable[..., str], tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(40):
            ground = np.random.default_rng(number // 20).uniform(30, 220, (12, 16, 3))
            rgb = np.roll(ground.repeat(20, 0).repeat(20, 1).astype(np.uint8), number, 1)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")))
        file.mux(stream.encode(None))
    told = run("look_into_film", film, tmp_path / "out").splitlines()
    assert [line.split()[0] for line in told if "begins with" in line] == ["0.000", "0.800"]
    assert (tmp_path / "out" / "report.html").is_file()
