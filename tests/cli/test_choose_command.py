"""``crossreel recommend choose`` and the reports, on files and on a workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from crossreel.cli.choosing import choose
from crossreel.cli.evaluation import evaluate
from crossreel.errors import BadValue, CrossreelError, WrongUse
from crossreel.testing.few_algorithms import only_algorithms


@pytest.fixture(autouse=True)
def few() -> Iterator[None]:
    with only_algorithms("popular", "title-neighbors"):
        yield


def ask(verb: Any, *words: object) -> Any:
    app = typer.Typer()
    app.command()(verb)
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    if isinstance(done.exception, CrossreelError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    rng = np.random.default_rng(4)
    lines = ["viewer,title,value,time"]
    for viewer in range(60):
        for title in rng.permutation(30)[:14]:
            stars = 5 if title % 2 == viewer % 2 else 2
            lines.append(f"{viewer},{title},{stars},{1_000_000_000 + rng.integers(10**8)}")
    path = tmp_path / "ratings-of-a-shop.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_gives_a_choice_and_a_report(ratings: Path, tmp_path: Path) -> None:
    report = tmp_path / "made" / "choice.html"
    found = ask(choose, ratings, "--budget", "2m", "--html", report)
    assert found["choice"]["algorithm"] == "title-neighbors"
    assert found["profile"]["viewers"] == 60
    assert "ratings-of-a-shop.csv" in report.read_text(encoding="utf-8")
    assert not list(report.parent.glob(".*"))


def test_an_evaluation_writes_its_report(ratings: Path, tmp_path: Path) -> None:
    report = tmp_path / "evaluation.html"
    ask(evaluate, "--ratings", ratings, "--algorithms", "popular,title-neighbors", "--html", report)
    page = report.read_text(encoding="utf-8")
    assert "title-neighbors has the highest NDCG@10 of 2" in page
    assert "Who is ahead of whom" in page
    assert "real" in page
    who, lists = page.index("Who is ahead of whom"), page.index("All figures of lists")
    assert who < page.index("title-neighbors", who) < page.index("popular", who), "who is ahead comes first"
    assert re.search(
        r'<th scope="row">title-neighbors</th><td>popular</td>.*?>\+0\.\d{4}</td>', page[who:lists]
    )
    assert page.index('"number">title-neighbors', lists) < page.index('"number">popular', lists)
    ask(evaluate, "--ratings", ratings, "--algorithms", "baseline-rating,knn-rating", "--html", report)
    assert "has the lowest RMSE of 2" in report.read_text(encoding="utf-8")


def test_what_makes_no_sense_is_refused(ratings: Path, tmp_path: Path) -> None:
    for budget in ("0", "soon", "-3", "5 years"):
        with pytest.raises(BadValue, match="budget"):
            ask(choose, ratings, "--budget", budget)
    with pytest.raises(WrongUse, match="--train"):
        ask(choose, ratings, "--train", "--home", tmp_path)
    with pytest.raises(BadValue, match="split"):
        ask(choose, ratings, "--split", "strong")
