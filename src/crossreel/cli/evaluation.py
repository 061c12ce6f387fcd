"""``crossreel recommend evaluate``: algorithms compared on a file of events, without a workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.choosing import choose, write_html
from crossreel.cli.evaluated_data import EventsFile, read_dataset
from crossreel.cli.rows import read_documents
from crossreel.cli.terminal import Json, announce, emit, narrow, progress_bar, table
from crossreel.errors import BadValue

if TYPE_CHECKING:
    from crossreel.recommend.evaluate.dataset import Dataset
    from crossreel.recommend.evaluate.measuring import Measured
    from crossreel.recommend.evaluate.run import Evaluation
    from crossreel.values.ids import TitleId

__all__ = ["VERBS", "evaluate"]

_FEW = 10
_COSTS = ("fit s", "lists s", "peak MB")
_WIDE = 100
"""Columns of text that figures and costs of a method need side by side."""
_COLUMNS = ("ndcg@10", "cold/ndcg@10", "recall@10", "coverage@10", "rmse", "mae")


def evaluate(
    ratings: Annotated[Path, typer.Option(help="A MovieLens folder, a CSV or a Parquet file.")],
    format_: Annotated[
        str, typer.Option("--format", help="movielens, csv (viewer,title[,value][,time]) or parquet.")
    ] = "csv",
    algorithms: Annotated[
        str, typer.Option(help="Names, comma-separated; repeat one with other settings by --set.")
    ] = "popular,title-neighbors,ease",
    split: Annotated[
        str,
        typer.Option(
            help="per-user-random, leave-last-out, global-time, k-fold, strong, market-hold-out, "
            "market-new, market-few or market-mature."
        ),
    ] = "per-user-random",
    seed: Annotated[int, typer.Option(help="Of the split, the models and the intervals.")] = 42,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting: algorithm.name=value; repeat it.")
    ] = None,
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
    lists: Annotated[
        Path | None,
        typer.Option(
            help="People's lists as JSON: each is measured beside the algorithms, human-lists reads all."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Keep results here, one file each; a stopped run goes on from them.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=0, help="Algorithms at a time; 0 is one a core. Seconds then tell less.")
    ] = 1,
    memory_mb: Annotated[
        float | None,
        typer.Option(min=1, help="They may take so much together; default is 4/5 of what is free."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report to this HTML file.")] = None,
    as_json: Json = False,
) -> None:
    """Fit algorithms on one part of the audience's events and measure them on another."""
    from crossreel.recommend.content import ContentToContent
    from crossreel.recommend.evaluate.protocol import Protocol
    from crossreel.recommend.evaluate.run import evaluate as run

    protocol = Protocol(split, seed)
    chosen = _algorithms(algorithms, set_)
    with progress_bar() as progress:
        by_content = any(one.name == ContentToContent.name for one in chosen)
        file = EventsFile(
            ratings, format_, kind, scale, liked_from, titles, titles_format, by_content, skip_bad
        )
        data = read_dataset(file, progress)
        if lists is not None:
            data, more = _with_lists(data, lists)
            chosen = [*chosen, *more]
        found = run(data, chosen, protocol, folder=out, jobs=jobs, memory_mb=memory_mb, progress=progress)
    if by_content:
        _tell_vectors(found.data)
    notes = _notes(chosen, found.data)
    for note in notes:
        announce(note)
    facts = {"path": ratings.name, "format": format_, "liked_from": liked_from, **found.data, "notes": notes}
    document = {**found.to_dict(), "data": facts}
    if html is not None:
        from crossreel.web.reports.evaluation import evaluation_report

        write_html(html, evaluation_report(document, ratings.name))
    emit(document, as_json, lambda: _print(found))


def _notes(chosen: Sequence[Measured], facts: Mapping[str, Any]) -> list[str]:
    """What a reader of the figures has to know to read them right."""
    found = []
    if any(one.name == "contextual" for one in chosen):
        found.append(
            "Lists are asked for here without a time, device or country, and then contextual answers exactly "
            "as its base: what knowing them is worth, crossreel recommend choose tells for likes with times."
        )
    tested = facts.get("test_viewers")
    if tested is not None and 0 < tested < _FEW:
        noun = "viewer is" if tested == 1 else "viewers are"
        found.append(f"Only {tested} {noun} tested: the figures say little of others.")
    return found


def _tell_vectors(facts: dict[str, Any]) -> None:
    """Says of what kind content's likeness of synopses is, where there are any."""
    if facts["sentence_vectors"]:
        announce(f"Content compares synopses by the vectors of {facts['sentence_vectors']}.")
    elif facts["synopses"]:
        announce(
            "Content compares synopses by their words alone. By their meaning: crossreel models pull e5-small"
        )


def _with_lists(data: Dataset, path: Path) -> tuple[Dataset, list[Measured]]:
    """The data with a file's lists, and each list as a recommender.

    A file of events names titles without a source; there the key of a list's title finds them.
    """
    from dataclasses import replace

    from crossreel.recommend.human import OneList
    from crossreel.recommend.lists import TitleList

    known = data.known.titles
    by_key = {id_.key: id_ for id_ in known.ids}

    def here(id_: TitleId) -> TitleId:
        return id_ if id_ in known.numbers else by_key.get(id_.key, id_)

    read = [TitleList.read(document) for document in read_documents(str(path), "list")]
    found = tuple(replace(one, titles=tuple(dict.fromkeys(map(here, one.titles)))) for one in read)
    for one in found:
        if not any(id_ in known.numbers for id_ in one.titles):
            raise BadValue(f"titles of the list {one.id}", len(one.titles), "some that are in the events")
    each: list[Measured] = [OneList(" ".join(map(str, one.titles)), one.id) for one in found]
    return replace(data, lists=found), each


def _algorithms(names: str, settings: Sequence[str] | None) -> list[Measured]:
    from crossreel.recommend.configuration import meant
    from crossreel.recommend.ratings.registry import RATING_ALGORITHMS
    from crossreel.recommend.registry import ALGORITHMS, configure

    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        raise BadValue("list of algorithms", names, "names, comma-separated")
    configs: dict[str, dict[str, Any]] = {name: {} for name in wanted}
    for setting in settings or ():
        match = re.fullmatch(r"([\w-]+)\.(\w+)=(.*)", setting.strip())
        if match is None or match[1] not in configs:
            raise BadValue("setting", setting, "algorithm.name=value, of an algorithm that is evaluated")
        try:
            configs[match[1]][match[2]] = json.loads(match[3])
        except json.JSONDecodeError:
            configs[match[1]][match[2]] = match[3].strip()
    unknown = [name for name in configs if name not in ALGORITHMS and name not in RATING_ALGORITHMS]
    if unknown:
        known = [*ALGORITHMS, *RATING_ALGORITHMS]
        raise BadValue("algorithm", unknown[0], "one of " + ", ".join(known), advice=meant(unknown[0], known))
    return [
        RATING_ALGORITHMS[name].from_dict(config) if name in RATING_ALGORITHMS else configure(name, config)
        for name, config in configs.items()
    ]


def _print(found: Evaluation) -> None:
    announce(found.signature)
    rows, costs = [], []
    columns = [name for name in _COLUMNS if any(name in result.metrics for result in found.results)]
    for result in found.results:
        shown = [result.metrics.get(name) for name in columns]
        cells = ["" if one is None else f"{one.value:.4f}" for one in shown]
        if cells:
            main = shown[0]
            cells.insert(1, "" if main is None else f"{main.low:.4f}..{main.high:.4f}")
        times = (f"{result.fit_seconds:.2f}", f"{result.recommend_seconds:.2f}", f"{result.peak_rss_mb:.0f}")
        name = result.algorithm
        if name == "list":
            name = f"list {result.config['list']}"
        rows.append((name, *cells))
        costs.append((name, *times))
    named = (*columns[:1], *(["95 %"] if columns else []), *columns[1:])
    if narrow(_WIDE):
        table(("algorithm", *named), rows, whole=("algorithm", *named))
        table(("algorithm", *_COSTS), costs)
    else:
        both = [(*row, *cost[1:]) for row, cost in zip(rows, costs, strict=True)]
        table(("algorithm", *named, *_COSTS), both, whole=("algorithm", *named, *_COSTS))
    for metric in dict.fromkeys(one.metric for one in found.comparisons):
        table(
            (metric, "minus", "difference", "95 %", "p (Holm)"),
            [
                (
                    one.first,
                    one.second,
                    f"{one.difference.value:+.4f}",
                    f"{one.difference.low:+.4f}..{one.difference.high:+.4f}",
                    f"{one.corrected_p:.4f}",
                )
                for one in found.comparisons
                if one.metric == metric
            ],
            whole=(metric, "minus", "95 %"),
        )


VERBS = {"evaluate": evaluate, "choose": choose}
