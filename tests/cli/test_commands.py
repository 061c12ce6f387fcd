"""The commands as a user types them, over a small workspace of their own."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from crossreel.cli import main

RATINGS = "user,film,stars,when\n" + "".join(
    f"{user},{film},{(user * film) % 5 + 1},{1_700_000_000 + user * 100 + film}\n"
    for user in range(1, 9)
    for film in range(1, 7)
    if (user + film) % 3
)
MAP = "viewer=user,title=film,value=stars,time=when"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "shop"


@pytest.fixture
def run(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def _run(*words: object, code: int = 0) -> Any:
        capfdbinary.readouterr()
        assert main([*(str(word) for word in words), "--home", str(home), "--json"]) == code
        return json.loads(capfdbinary.readouterr().out)

    return _run


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(RATINGS, encoding="utf-8")
    return path


def test_from_a_csv_to_recommendations(run: Any, events: Path) -> None:
    words = (
        "audience",
        "import",
        events,
        "--format",
        "csv",
        "--map",
        MAP,
        "--kind",
        "rating",
        "--scale",
        "1..5",
    )
    first = run(*words, "--source", "shop")
    assert (first["events"], first["viewers"], first["titles"], first["skipped"]) == (32, 8, 6, 0)
    again = run(*words, "--source", "shop")
    assert (again["events"], again["skipped"]) == (0, 32)

    closed = run("rights", "check", "shop:1", "--territory", "DE", "--mode", "SVOD")
    assert closed["available"] is False
    assert closed["because"][0]["code"] == "no-license"
    granted = run("rights", "grant", "--all", "--territory", "WORLD", "--exclude", "JP", "--mode", "SVOD")
    assert granted == {"titles": 6, "granted": 6, "already": 0}
    at = "2026-01-01T00:00:00Z"
    assert run("rights", "check", "1", "--territory", "DE", "--mode", "SVOD", "--at", at)["available"] is True
    assert (
        run("rights", "check", "1", "--territory", "JP", "--mode", "SVOD", "--at", at)["available"] is False
    )

    assert run("rights", "conflicts", "--strict")["items"] == []
    run("rights", "grant", "shop:1", "--territory", "BR", "--mode", "SVOD", "--language", "pt")
    found = run("rights", "conflicts", "--title", "shop:1", "--territory", "BR", "--strict", code=3)
    assert (found["licenses"], found["conflicts"], found["kinds"]) == (7, 1, {"languages": 1})
    assert run("rights", "conflicts", "--territory", "JP", "--strict")["items"] == []

    for algorithm in ("popular", "content", "title-neighbors", "user-neighbors", "fan-neighbors", "ease"):
        card = run("recommend", "train", "--algorithm", algorithm)
        assert card["algorithm"] == algorithm
    top = run("recommend", "top", "--viewer", "shop:1", "--territory", "DE", "-n", "10")
    assert (top["viewer"], top["territory"], top["algorithm"]) == ("shop:1", "DE", "ease")
    assert {item["title_id"] for item in top["items"]} == {"shop:2", "shop:5"}
    assert all({"title_id", "title", "score", "path", "reasons"} <= item.keys() for item in top["items"])
    assert run("recommend", "top", "--viewer", "shop:1", "--territory", "JP")["items"] == []
    cold = run("recommend", "top", "--viewer", "shop:nobody", "--territory", "DE")
    assert {item["path"] for item in cold["items"]} <= {"market", "popular"}
    assert len(cold["items"]) == 6


def test_what_is_kept_of_a_viewer_can_be_taken_out_and_erased(run: Any, events: Path, tmp_path: Path) -> None:
    run("audience", "import", events, "--format", "csv", "--map", MAP, "--kind", "rating", "--scale", "1..5")
    kept = tmp_path / "kept.jsonl"
    assert run("audience", "export", "csv:1", kept)["events"] == 4
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 4
    assert run("audience", "erase", "csv:1")["events"] == 4
    assert run("audience", "summary")["viewers"] == 7
    assert run("audience", "erase", "csv:1", code=3)["error"]["code"] == "unknown-id"


@pytest.mark.parametrize(
    ("name", "content", "row"),
    [
        ("empty.csv", b"", None),
        ("columns.csv", b"a,b\n1,2\n", None),
        ("range.csv", b"user,film,stars,when\n1,1,11,\n", 2),
        ("date.csv", b"user,film,stars,when\n1,1,3,2026-02-30\n", 2),
        ("nul.csv", b"user,film,stars,when\n1,1,3,\n1,\x002,3,\n", 3),
        ("control.csv", b"user,film,stars,when\n1,a\x07b,3,\n", 2),
        ("long.csv", b"user,film,stars,when\n1," + b"x" * 10_000_000 + b",3,\n", 2),
        ("bomb.csv.gz", b"user,film,stars,when\n" + b"1,1,3,\n" * 10_000_000, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_files_change_nothing(
    run: Any, home: Path, tmp_path: Path, name: str, content: bytes, row: int | None
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    words = (
        "audience",
        "import",
        path,
        "--format",
        "csv",
        "--map",
        MAP,
        "--kind",
        "rating",
        "--scale",
        "1..5",
    )
    error = run(*words, code=3)["error"]
    assert name in error["message"]
    if row is not None:
        assert f"row {row}" in error["message"]
    assert not home.exists()


def test_an_id_with_a_slip_is_told_its_neighbors(run: Any, events: Path) -> None:
    run("audience", "import", events, "--format", "csv", "--map", MAP, "--kind", "rating", "--source", "shop")
    error = run("rights", "check", "shop:1x", "--territory", "DE", code=3)["error"]
    assert error["near"] == ["shop:1"]
    assert run("rights", "check", "shop:99", "--territory", "DE", code=3)["error"]["near"] == []


def test_all_bad_rows_are_told_at_once_and_the_rest_can_be_taken(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("user,film,stars,when\n1,1,9,\n1,2,3,\n,2,3,\n2,1,4,yesterday\n", encoding="utf-8")
    words = (
        "audience",
        "import",
        path,
        "--format",
        "csv",
        "--map",
        MAP,
        "--kind",
        "rating",
        "--scale",
        "1..5",
    )
    error = run(*words, code=3)["error"]
    assert [problem["row"] for problem in error["problems"]] == [2, 4, 5]
    refused = tmp_path / "refused.csv"
    assert run(*words, "--skip-bad", refused)["events"] == 1
    assert len(refused.read_text(encoding="utf-8").splitlines()) == 4


def test_a_missing_workspace_and_wrong_words_have_their_own_codes(run: Any, tmp_path: Path) -> None:
    assert run("catalog", "search", "x", code=4)["error"]["code"] == "missing-workspace"
    assert main(["rights", "check"]) == 2
    assert main(["no-such-noun"]) == 2
    assert run("recommend", "top", "--viewer", "a:1", code=2)["error"]["code"] == "wrong-use"


def test_the_hint_after_an_import_without_licenses(
    home: Path, events: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["audience", "import", str(events), "--format", "csv", "--map", MAP, "--kind", "rating"]
    assert main([*words, "--home", str(home)]) == 0
    assert "crossreel rights grant --all --territory WORLD --mode SVOD" in capfd.readouterr().err


def test_how_to_use_spark_needs_spark_and_a_size(run: Any, events: Path) -> None:
    run("audience", "import", events, "--format", "csv", "--source", "shop", "--map", MAP, "--kind", "rating")
    train = ("recommend", "train", "--algorithm", "als")
    assert run(*train, "--spark-memory", "8g", code=2)["error"]["code"] == "wrong-use"
    refused = run(*train, "--spark", "local[1]", "--spark-memory", "much", code=3)["error"]
    assert "512m" in refused["message"]
