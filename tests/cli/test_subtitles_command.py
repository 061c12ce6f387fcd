"""``crossreel subtitles``: the JSON it prints and the codes it ends with."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crossreel.app import open_app
from crossreel.cli import main
from crossreel.cli.commands import NOUNS
from crossreel.localize.timedtext import read_file
from crossreel.localize.translate.memory import Segment
from crossreel.localize.translate.tmx import tmx_of
from crossreel.testing.tiny import tiny_catalog
from crossreel.values.language import Language

SRT = """1
00:00:01,000 --> 00:00:02,000
<i>Esta línea tiene demasiados caracteres para leerla</i>

2
00:00:02,000 --> 00:00:04,000
Hola.
"""


@pytest.fixture(autouse=True)
def _noun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NOUNS, "subtitles", "Look at subtitle files, convert, check and repair them.")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.es.srt"
    path.write_text(SRT, encoding="cp1252")
    return path


def run(capsysbinary: pytest.CaptureFixture[bytes], *words: str) -> tuple[int, Any]:
    code = main(["subtitles", *words])
    out = capsysbinary.readouterr().out
    return code, json.loads(out) if out else None


def test_inspect(film: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, shown = run(capsysbinary, "inspect", str(film), "--json")
    assert code == 0
    assert list(shown) == ["format", "encoding", "cues", "notes"]
    assert (shown["format"], shown["encoding"]) == ("srt", "cp1252")
    cue = shown["cues"][0]
    assert list(cue) == ["id", "start", "end", "text", "settings", "tree"]
    assert (cue["id"], cue["start"], cue["end"]) == ("1", 1, 2)
    assert cue["tree"][0]["type"] == "i"


def test_check(film: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, report = run(capsysbinary, "check", str(film), "--language", "es", "--profile", "netflix", "--json")
    assert code == 0
    assert list(report) == ["file", "language", "profile", "cues", "violations", "summary"]
    assert list(report["violations"][0]) == ["cue", "rule", "value", "limit", "start", "message", "fixable"]
    assert report["summary"] == {"gap": 1, "line-length": 1, "reading-speed": 1}
    assert main(["subtitles", "check", str(film), "--strict"]) == 3


def test_fix_writes_only_where_asked(
    film: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, told = run(capsysbinary, "fix", str(film), "--json")
    assert (code, told["output"]) == (0, None)
    out = tmp_path / "fixed.vtt"
    code, told = run(capsysbinary, "fix", str(film), str(out), "--json")
    assert (code, told["after"].get("line-length", 0)) == (0, 0)
    code, shown = run(capsysbinary, "inspect", str(out), "--json")
    assert (
        shown["cues"][0]["text"].replace("\n", " ")
        == "<i>Esta línea tiene demasiados caracteres para leerla</i>"
    )


def test_convert_and_its_notes(
    film: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "film.ttml"
    code, told = run(capsysbinary, "convert", str(film), str(out), "--json")
    assert (code, told["cues"], told["to"]) == (0, 2, "ttml")
    assert "línea" in out.read_text(encoding="utf-8")


def test_shots_and_bad_files(film: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    shots = tmp_path / "shots.json"
    shots.write_text('{"fps": 24, "frames": [26]}', encoding="utf-8")
    code, report = run(capsysbinary, "check", str(film), "--shots", str(shots), "--fps", "24", "--json")
    assert (code, report["summary"].get("shot-change")) == (0, 1)
    shots.write_text("{}", encoding="utf-8")
    assert main(["subtitles", "check", str(film), "--shots", str(shots)]) == 3
    assert main(["subtitles", "check", str(film), "--fps", "0"]) == 3
    assert main(["subtitles", "inspect", str(tmp_path / "none.srt")]) == 3
    assert main(["subtitles", "convert", str(film), str(tmp_path / "film.docx")]) == 2
    assert not (tmp_path / "film.docx").exists()


def test_a_language_is_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_text(SRT, encoding="utf-8")
    assert main(["subtitles", "check", str(path)]) == 2


def lines(shift: float, seed: int = 1) -> str:
    """Forty cues as WebVTT, moved."""
    rng = random.Random(seed)
    at, made = 5.0, ["WEBVTT", ""]
    for number in range(40):
        end = at + rng.uniform(1, 4)
        made += [f"{stamp(at + shift)} --> {stamp(end + shift)}", f"Line {number}", ""]
        at = end + rng.choice([0.2, 0.7, 1.5, 6.0])
    return "\n".join(made)


def stamp(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 60000:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


def test_sync_moves_or_refuses(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    late, right, foreign = (tmp_path / name for name in ("late.en.vtt", "right.en.vtt", "foreign.en.vtt"))
    late.write_text(lines(3.2))
    right.write_text(lines(0))
    foreign.write_text(lines(0, seed=9))
    out = tmp_path / "out.vtt"
    code, result = run(capsysbinary, "sync", str(late), str(out), "--to", str(right), "--json")
    assert code == 0
    assert (result["action"], result["refused"], result["shift"]) == ("shift", False, -3.2)
    assert [cue.start for cue in read_file(out).cues] == [cue.start for cue in read_file(right).cues]
    out.unlink()
    code, result = run(capsysbinary, "sync", str(foreign), str(out), "--to", str(right), "--json")
    assert code == 3
    assert (result["action"], result["refused"]) == ("refused", True)
    assert result["reason"]
    assert not out.exists()
    assert main(["subtitles", "sync", str(late), str(out)]) == 2


def test_score(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    late, right = tmp_path / "late.en.vtt", tmp_path / "right.en.vtt"
    late.write_text(lines(0.5))
    right.write_text(lines(0))
    code, result = run(capsysbinary, "score", str(late), str(right), "--json")
    assert code == 0
    assert (result["suber"], result["chrf"]) == (0, 100)
    assert result["timing"]["start"]["median"] == 500
    assert main(["subtitles", "score", str(late), str(tmp_path / "none.vtt")]) == 3


@pytest.fixture
def apertium(debian: Callable[..., str]) -> str:
    debian("apertium", package="apertium apertium-eng-spa")
    return debian("apertium", package="apertium-eng-spa", file="usr/share/apertium/modes/eng-spa.mode")


@pytest.mark.usefixtures("apertium")
def test_translate_knows_what_the_workspace_remembers(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    english, spanish = Language.parse("en"), Language.parse("es")
    app = open_app(tmp_path / "home", create=True)
    app.memories.of(english, spanish).add(
        [Segment("Good night.", "Buenas noches a todos.", "ada", human=True), Segment("Stop!", "¡Para!")]
    )
    app.close()
    film, file = tmp_path / "film.en.srt", tmp_path / "own.tmx"
    cue = "{}\n00:00:{:02},000 --> 00:00:{:02},000\n{}\n\n"
    spoken = ("Good night.", "Stop!", "The house is red.")
    film.write_text("".join(cue.format(n, 9 * n, 9 * n + 2, text) for n, text in enumerate(spoken, 1)))
    file.write_bytes(
        tmx_of([Segment("Stop!", "¡Alto!", "file")], english, spanish, datetime(2026, 1, 1, tzinfo=UTC))
    )
    words = ("translate", str(film), "--to", "es", "--memory", str(file), "--json")
    code, shown = run(capsysbinary, *words, "--home", str(tmp_path / "home"))
    assert code == 0
    assert [line["state"] for line in shown["lines"]] == ["memory", "memory", "machine"]
    assert [line["target"] for line in shown["lines"]][:2] == ["Buenas noches a todos.", "¡Alto!"]
    code, shown = run(capsysbinary, *words, "--home", str(tmp_path / "nowhere"))
    assert (code, [line["state"] for line in shown["lines"]]) == (0, ["machine", "memory", "machine"])
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.usefixtures("apertium")
def test_catalog_translate_prints_what_it_did(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    app = open_app(tmp_path / "home", create=True)
    tiny_catalog().fill(app.catalog)
    app.close()
    words = ["catalog", "translate", "--to", "es", "--from", "en", "--home", str(tmp_path / "home"), "--json"]
    assert main([*words, "--dry-run"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert told["dry_run"] is True
    assert told["counts"]["waiting"] > 0
    assert told["estimate"]["characters"] > 0
    assert main(words) == 0
    made = json.loads(capsysbinary.readouterr().out)
    assert made["changed"] == told["counts"]["waiting"]
    assert made["routes"] == {"en": ["eng-spa"]}
    assert main([*words, "--only", "plot"]) == 3


def test_a_workspace_remembers_wordings_of_tmx(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    home, given, out = tmp_path / "shop", tmp_path / "in.tmx", tmp_path / "out.tmx"
    open_app(home, create=True).close()
    said = (
        '<tu><tuv xml:lang="en"><seg>Line {0}.</seg></tuv><tuv xml:lang="es"><seg>Frase {0}.</seg></tuv></tu>'
    )
    body = "".join(said.format(n) for n in range(3))
    given.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{body}</body></tmx>')
    words = ["subtitles", "memory", "--from", "en", "--to", "es", "--home", str(home), "--json"]
    assert main([*words, "--export", str(out)]) == 3
    assert not out.exists()
    capsysbinary.readouterr()
    for added in (3, 0):
        assert main([*words, "--import", str(given)]) == 0
        read = json.loads(capsysbinary.readouterr().out)
        assert (read["segments"], read["added"]) == (3, added)
    assert main([*words, "--export", str(out)]) == 0
    assert out.read_text(encoding="utf-8").count("<tu") == 9
    assert main([*words, "--import", str(tmp_path / "none.tmx")]) == 3
