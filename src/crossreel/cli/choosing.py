"""``crossreel recommend choose``: which algorithm for these data, and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.evaluated_data import EventsFile, read_dataset
from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.errors import BadValue, WrongUse

if TYPE_CHECKING:
    from crossreel.recommend.evaluate.dataset import Dataset

__all__ = ["choose", "write_html"]

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def choose(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A MovieLens folder, a CSV or a Parquet file; without it, the workspace's events."
        ),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="movielens, csv or parquet; default by the file's name.")
    ] = None,
    budget: Annotated[str, typer.Option(help="Time to spend: 300, 90s, 10m or 1h.")] = "5m",
    split: Annotated[
        str, typer.Option(help="per-user-random, leave-last-out or global-time.")
    ] = "per-user-random",
    seed: Annotated[int, typer.Option(help="Of the split, the models and the intervals.")] = 42,
    titles: Annotated[
        Path | None, typer.Option(help="Catalog records of the titles (a MovieLens folder, JSON Lines ...).")
    ] = None,
    titles_format: Annotated[str, typer.Option(help="Format of --titles.")] = "movielens",
    scale: Annotated[str | None, typer.Option(help="Range of the values, low..high.")] = None,
    kind: Annotated[str | None, typer.Option(help="What the rows are: rating, view, positive ...")] = None,
    liked_from: Annotated[
        float | None, typer.Option(help="Least rating that is a like; default is the middle of the scale.")
    ] = None,
    skip_bad: Annotated[
        Path | None, typer.Option(help="Write refused rows to this CSV and go on with the rest.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report to this HTML file.")] = None,
    train: Annotated[
        bool, typer.Option("--train", help="Train the choice on the workspace and let it serve.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say which algorithm suits the data, for whom, at what cost, and what would change the answer."""
    from crossreel.recommend.choose import choose as run

    if train and path is not None:
        raise WrongUse("--train is for the workspace's own events.", advice="Leave PATH out, give --home.")
    seconds = _seconds(budget)
    with progress_bar() as progress:
        if path is None:
            data, name = _of_workspace(home, progress), "the workspace"
        else:
            form = format_ or _format_of(path)
            file = EventsFile(path, form, kind, scale, liked_from, titles, titles_format, True, skip_bad)
            data, name = read_dataset(file, progress), path.name
        found = run(data, split=split, seed=seed, budget=seconds, progress=progress)
        document = found.to_dict()
        if train:
            with opened(home) as app:
                winner = found.winner
                card = app.shelf.train(winner.algorithm, dict(winner.config), progress=progress)
                document["trained"] = card.id
    if html is not None:
        from crossreel.web.reports.choice import choice_report

        write_html(html, choice_report(document, name))
    emit(document, as_json, lambda: _print(document))


def _of_workspace(home: Path | None, progress: Callable[[int, int, str], None]) -> Dataset:
    from crossreel.desk.choosing import workspace_data

    with opened(home) as app:
        return workspace_data(app, progress)


def _seconds(text: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*", text)
    if match is None or float(match[1]) <= 0:
        raise BadValue("time budget", text, "a time such as 300, 90s, 10m or 1h")
    return float(match[1]) * _UNITS[match[2]]


def _format_of(path: Path) -> str:
    if path.suffix == ".parquet":
        return "parquet"
    return "movielens" if path.is_dir() or path.name.startswith(("ratings.", "u.data")) else "csv"


def write_html(path: Path, report: Any) -> None:
    """Writes a report's page, whole or not at all; the folder is made."""
    from crossreel.web.reports.page import render

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(render(report), encoding="utf-8")
    draft.replace(path)
    announce(f"The report is {path}.")


def _print(document: dict[str, Any]) -> None:
    rows = []
    for case, advice in document["cases"].items():
        label = advice["choice"]["label"] if advice["choice"] else "none"
        figure = ""
        if advice["ndcg@10"] is not None:
            low, high = advice["ci95"]
            figure = f"{advice['ndcg@10']:.4f} [{low:.4f}, {high:.4f}]"
        rows.append((case, label, figure, advice["why"]))
    table(("case", "choice", "ndcg@10 (95 %)", "why"), rows)
    for label, one in document["confirmed"].items():
        low, high = one["ci95"]
        typer.echo(f"On the test part: {label} {one['ndcg@10']:.4f} [{low:.4f}, {high:.4f}]")
    typer.echo("What would change the answer:")
    for sentence in document["would_change"]:
        typer.echo(f"- {sentence}")
    if "trained" in document:
        announce(f"{document['trained']} serves now.")
    else:
        announce(f"Train it: {document['choice']['train']}")
