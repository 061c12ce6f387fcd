"""``crossreel recommend evaluate`` on files, without a workspace."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from crossreel.cli.evaluation import _notes, evaluate
from crossreel.errors import BadInput, BadValue, CrossreelError
from crossreel.recommend.contextual import Contextual
from crossreel.recommend.linear import Ease


def ask(*words: object) -> Any:
    app = typer.Typer()
    app.command()(evaluate)
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    if isinstance(done.exception, CrossreelError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    rng = np.random.default_rng(4)
    lines = ["viewer,title,value,time"]
    for viewer in range(40):
        for title in rng.permutation(20)[:12]:
            stars = 5 if title % 2 == viewer % 2 else 2
            lines.append(f"{viewer},{title},{stars},{1_000_000_000 + rng.integers(10**8)}")
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_movielens_folder_without_ratings_names_the_events_it_holds(tmp_path: Path) -> None:
    (tmp_path / "movies.dat").write_text("1::One (1999)::Drama\n", encoding="latin-1")
    with gzip.open(tmp_path / "positives.csv.gz", "wt") as file:
        file.write("viewer,title\n1,1\n")
    with pytest.raises(BadInput, match="holds no MovieLens ratings") as caught:
        ask("--ratings", tmp_path, "--format", "movielens", "--algorithms", "popular")
    assert str(tmp_path / "positives.csv.gz") in caught.value.advice


def test_a_csv_gives_the_document(ratings: Path, tmp_path: Path) -> None:
    found = ask(
        "--ratings", ratings, "--algorithms", "popular,ease", "--set", "ease.lam=5", "--out", tmp_path / "out"
    )
    assert list(found) == ["signature", "data", "results", "comparisons"]
    assert found["comparisons"][0]["second"] == "ease"
    assert [one["algorithm"] for one in found["results"]] == ["popular", "ease"]
    popular, ease = (one["metrics"]["ndcg@10"] for one in found["results"])
    assert ease["value"] > popular["value"]
    low, high = ease["ci95"]
    assert low <= ease["value"] <= high
    assert found["results"][1]["config"]["lam"] == 5
    assert found["data"]["viewers"] == 40
    assert "seed:42" in found["signature"]
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert (
        ask(
            "--ratings",
            ratings,
            "--algorithms",
            "popular,ease",
            "--set",
            "ease.lam=5",
            "--out",
            tmp_path / "out",
        )
        == found
    )


@pytest.mark.parametrize("split", ["leave-last-out", "global-time", "k-fold", "strong"])
def test_every_split_has_its_name(ratings: Path, split: str) -> None:
    found = ask("--ratings", ratings, "--algorithms", "popular", "--split", split, "--seed", 7)
    assert f"split:{split}" in found["signature"]
    assert found["results"][0]["metrics"]["ndcg@10"]["value"] > 0


def test_what_counts_as_a_like_can_be_said(ratings: Path) -> None:
    likes = {
        least: ask("--ratings", ratings, "--algorithms", "popular", "--scale", "1..5", "--liked-from", least)[
            "data"
        ]["likes"]
        for least in (2, 3)
    }
    assert likes[2] == 40 * 12 > likes[3]


def test_pairs_alone_are_likes(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "viewer,title\n" + "".join(f"{v},{t}\n" for v in range(9) for t in range(v % 3, 8)), encoding="utf-8"
    )
    assert ask("--ratings", path, "--algorithms", "popular")["data"]["likes"] == sum(
        8 - v % 3 for v in range(9)
    )


def test_values_of_zero_and_one_are_flags(tmp_path: Path) -> None:
    rows = [(v, t, (v + t) % 3 and 1) for v in range(12) for t in range(9)]
    path = tmp_path / "flags.csv.gz"
    text = "viewer,title,value\n" + "".join(f"{v},{t},{flag}\n" for v, t, flag in rows)
    path.write_bytes(gzip.compress(text.encode()))
    found = ask("--ratings", path, "--algorithms", "popular")
    assert found["data"]["likes"] == sum(1 for *_, flag in rows if flag)


def test_values_off_the_scale_name_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "tens.csv"
    path.write_text(
        "viewer,title,value\n" + "".join(f"{v},{t},{(v * t) % 9 + 2}\n" for v in range(9) for t in range(8)),
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as refused:
        ask("--ratings", path, "--algorithms", "popular")
    assert "--scale" in refused.value.advice
    found = ask("--ratings", path, "--scale", "1..10", "--algorithms", "baseline-rating")
    assert 1 < found["results"][0]["metrics"]["rmse"]["value"] < 4


def test_a_column_of_territories_lets_markets_be_held_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    lines = ["viewer,title,territory"]
    for viewer in range(60):
        lines += [f"{viewer},{title},{('DE', 'BR')[viewer % 2]}" for title in rng.permutation(15)[:6]]
    path = tmp_path / "markets.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = ask("--ratings", path, "--algorithms", "ease", "--split", "market-hold-out")
    assert "split:market-hold-out" in found["signature"]
    assert found["data"]["test_viewers"] == 12
    assert found["results"][0]["metrics"]["ndcg@10"]["value"] > 0


def test_what_makes_no_sense_is_refused(ratings: Path, tmp_path: Path) -> None:
    for words, named in (
        (("--algorithms", "magic"), "magic"),
        (("--algorithms", ","), "algorithms"),
        (("--split", "magic"), "split"),
        (("--set", "slim.l1=1"), "setting"),
        (("--set", "ease"), "setting"),
        (("--liked-from", "77"), "least rating"),
    ):
        with pytest.raises(BadValue, match=named):
            ask("--ratings", ratings, *words)
    empty = tmp_path / "empty.csv"
    empty.write_text("viewer,title\n", encoding="utf-8")
    with pytest.raises(BadInput):
        ask("--ratings", empty)
    with pytest.raises(BadInput):
        ask("--ratings", tmp_path / "nothing.csv")


def test_bad_rows_can_be_left_out_and_every_refusal_names_a_way_that_this_command_has(
    ratings: Path, tmp_path: Path
) -> None:
    for bad in ("7,3,NaN,1000000000", "7,3,4,7258118400", "7,,4,1000000000"):
        path = tmp_path / "bad.csv"
        path.write_text(ratings.read_text(encoding="utf-8") + bad + "\n", encoding="utf-8")
        with pytest.raises(BadInput) as refused:
            ask("--ratings", path, "--algorithms", "popular")
        assert "--skip-bad" in refused.value.advice
    skipped = tmp_path / "rows.csv"
    found = ask("--ratings", path, "--algorithms", "popular", "--skip-bad", skipped)
    assert found["data"]["hash"] == ask("--ratings", ratings, "--algorithms", "popular")["data"]["hash"]
    assert "is missing" in skipped.read_text(encoding="utf-8")
    records = tmp_path / "titles.jsonl"
    records.write_text('{"id": "evaluated:1", "name": "B", "year": NaN}\n', encoding="utf-8")
    ask("--ratings", ratings, "--algorithms", "popular", "--titles", records, "--titles-format", "jsonl",
        "--skip-bad", skipped)  # fmt: skip
    assert "JSON" in skipped.with_suffix(".titles.csv").read_text(encoding="utf-8")
    path.write_text("user,item\n1,2\n", encoding="utf-8")
    with pytest.raises(BadInput, match="user, item") as refused:
        ask("--ratings", path)
    assert "--map" not in refused.value.advice, "evaluate has no such option"
    assert "viewer,title" in refused.value.advice


def test_notes_tell_what_figures_cannot(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("viewer,title\n" + "".join(f"1,{title}\n" for title in range(12)), encoding="utf-8")
    (note,) = ask("--ratings", path, "--algorithms", "popular")["data"]["notes"]
    assert "Only 1 viewer is tested" in note
    assert _notes([Ease()], {"test_viewers": 50}) == []
    (note,) = _notes([Contextual()], {"test_viewers": 50})
    assert "exactly as its base" in note
