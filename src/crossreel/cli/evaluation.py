"""``crossreel recommend evaluate``: algorithms compared on a file of events, without a workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.terminal import Json, announce, emit, progress_bar, table
from crossreel.errors import BadValue

if TYPE_CHECKING:
    from crossreel.audience.event_log import EventColumns
    from crossreel.recommend.evaluate.dataset import Dataset
    from crossreel.recommend.evaluate.run import Evaluation
    from crossreel.recommend.roles import Algorithm

__all__ = ["VERBS", "evaluate"]

_COLUMNS = ("ndcg@10", "recall@10", "recall@20", "coverage@10")


def evaluate(
    ratings: Annotated[Path, typer.Option(help="A MovieLens folder, a CSV or a Parquet file.")],
    format_: Annotated[
        str, typer.Option("--format", help="movielens, csv (viewer,title[,value][,time]) or parquet.")
    ] = "csv",
    algorithms: Annotated[
        str, typer.Option(help="Names, comma-separated; repeat one with other settings by --set.")
    ] = "popular,title-neighbors,ease",
    split: Annotated[
        str, typer.Option(help="per-user-random, leave-last-out, global-time, k-fold or strong.")
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
    out: Annotated[
        Path | None, typer.Option(help="Keep results here, one file each; a stopped run goes on from them.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Algorithms at a time; memory grows with it.")] = 1,
    as_json: Json = False,
) -> None:
    """Fit algorithms on one part of the audience's events and measure them on another."""
    from crossreel.recommend.evaluate.protocol import Protocol
    from crossreel.recommend.evaluate.run import evaluate as run

    protocol = Protocol(split, seed)
    chosen = _algorithms(algorithms, set_)
    with progress_bar() as progress:
        data = _read(ratings, format_, kind, scale, liked_from, titles, titles_format, progress)
        found = run(data, chosen, protocol, folder=out, jobs=jobs, progress=progress)
    facts = {"path": ratings.name, "format": format_, "liked_from": liked_from, **found.data}
    emit({**found.to_dict(), "data": facts}, as_json, lambda: _print(found))


def _algorithms(names: str, settings: Sequence[str] | None) -> list[Algorithm]:
    from crossreel.recommend.registry import configure

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
    return [configure(name, config) for name, config in configs.items()]


def _read(
    path: Path,
    format_: str,
    kind: str | None,
    scale: str | None,
    liked_from: float | None,
    titles: Path | None,
    titles_format: str,
    progress: Any,
) -> Dataset:
    """Takes the files in as any workspace would, in one that is thrown away."""
    from dataclasses import replace

    from crossreel.app import open_app
    from crossreel.audience.importing import import_audience
    from crossreel.audience.interactions import interactions_from
    from crossreel.catalog.importing import import_catalog
    from crossreel.recommend.evaluate.dataset import Dataset

    mapping, kind = _csv_columns(path, kind) if format_ == "csv" else (None, kind)
    with TemporaryDirectory(prefix="crossreel-evaluate-") as folder:
        app = open_app(Path(folder) / "workspace", create=True)
        try:
            if titles is not None:
                import_catalog(
                    titles, store=app.catalog, format=titles_format, source="evaluated", progress=progress
                )
            import_audience(
                path,
                log=app.events,
                viewers=app.viewers,
                catalog=app.catalog,
                format=format_,
                source="evaluated",
                mapping=mapping,
                kind=kind,
                scale=scale,
                progress=progress,
            )
            columns = app.events.columns()
            known = interactions_from(columns, aliases=app.catalog.aliases())
            if liked_from is not None and len(columns):
                judged = interactions_from(_liked_from(columns, liked_from), aliases=app.catalog.aliases())
                known = replace(judged, rated=known.rated)
            records = app.catalog.get(known.titles.ids)
            return Dataset.of(known, [records.get(id_) for id_ in known.titles.ids])
        finally:
            app.close()


def _csv_columns(path: Path, kind: str | None) -> tuple[dict[str, str] | None, str | None]:
    """The mapping of a file that has the columns viewer, title and maybe value and time."""
    from crossreel.catalog.decoding import first_bytes

    header = first_bytes(path).split(b"\n", 1)[0].decode("utf-8", "replace").strip("\ufeff\r ").split(",")
    names = [name.strip().strip('"') for name in header]
    if "kind" in names and kind is None:
        return None, None
    mapping: dict[str, str] = {name: name for name in ("viewer", "title", "value", "time") if name in names}
    return mapping if {"viewer", "title"} <= mapping.keys() else None, kind or (
        "rating" if "value" in mapping else "positive"
    )


def _liked_from(columns: EventColumns, least: float) -> EventColumns:
    """The events with every rating of ``least`` or more at the top of its scale, others at its end."""
    from dataclasses import replace

    import numpy as np

    low, high = float(columns.low.min()), float(columns.high.max())
    if not low <= least <= high:
        raise BadValue("least rating that is a like", least, f"within the scale, {low:g}..{high:g}")
    value = np.where(columns.value >= least - 1e-6, columns.high, columns.low)
    return replace(columns, value=np.where(np.isnan(columns.value), np.nan, value).astype(np.float32))


def _print(found: Evaluation) -> None:
    announce(found.signature)
    rows = []
    for result in found.results:
        shown = [result.metrics.get(name) for name in _COLUMNS]
        cells = ["" if one is None else f"{one.value:.4f}" for one in shown]
        if shown[0] is not None:
            cells[0] += f" [{shown[0].low:.4f}, {shown[0].high:.4f}]"
        times = (f"{result.fit_seconds:.2f}", f"{result.recommend_seconds:.2f}", f"{result.peak_rss_mb:.0f}")
        rows.append((result.algorithm, *cells, *times))
    table(("algorithm", *_COLUMNS, "fit s", "recommend s", "peak MB"), rows)
    pairs = [asdict(one) for one in found.comparisons]
    if pairs:
        table(
            ("first", "second", "difference in ndcg@10", "95 %", "p (Holm)"),
            [
                (
                    one["first"],
                    one["second"],
                    f"{one['difference']['value']:+.4f}",
                    f"[{one['difference']['low']:+.4f}, {one['difference']['high']:+.4f}]",
                    f"{one['corrected_p']:.4f}",
                )
                for one in pairs
            ],
        )


VERBS = {"evaluate": evaluate}
