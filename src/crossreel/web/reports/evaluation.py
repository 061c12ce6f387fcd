"""The report of ``recommend evaluate``: who is ahead, how surely, at what cost, for whom."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from crossreel.web.charts import Chart, Series
from crossreel.web.reports.page import Figure, Report, Section, Table, chart_figure, decimal, flat
from crossreel.web.reports.scatter import Point, draw_scatter

__all__ = ["evaluation_report"]

Document = Mapping[str, Any]
_LEVEL = 0.05
_BEYOND = (
    ("coverage@10", "Share of the catalog that stands in at least one list"),
    ("gini@10", "How unequal exposure is: 0 all titles alike, 1 one title alone"),
    ("novelty@10", "Mean self-information of listed titles, bits"),
    ("popularity-lift@10", "How much more popular lists are than histories"),
    ("diversity@10", "1 - cosine of content over pairs of a list"),
    ("serendipity@10", "Hits that popularity would not have had so early"),
    ("calibration@10", "How far the mix of genres is from the history's, nats"),
    ("auc", "Chance that a held-out title scores above another"),
)
_GROUPS = (
    ("territory:", "Viewers by territory, NDCG@10"),
    ("language:", "Titles by original language, recall@10"),
    ("age:", "Titles by age, recall@10"),
)


def evaluation_report(found: Document, name: str) -> Report:
    """The report.

    Args:
        found: what ``crossreel recommend evaluate --json`` prints.
        name: of the data.
    """
    labels = _labels(found["results"])
    metric = "ndcg@10" if any("ndcg@10" in one["metrics"] for one in found["results"]) else "rmse"
    if metric == "rmse" and not any("rmse" in one["metrics"] for one in found["results"]):
        metric = "cold/ndcg@10"
    labels, found = _best_first(found, labels, metric)
    sections = [
        Section("Figures", figures=flat([_main(found, labels, metric), _cost(found, labels, metric)])),
        Section(
            "Who is ahead of whom",
            text=(
                "Paired bootstrap over viewers; p by the sign-flip test, corrected by Holm's method over all "
                "comparisons made together. Below 0.05 a difference is taken for real.",
            ),
            tables=(("", _comparisons(found, labels)),),
        ),
        Section("All figures of lists", tables=(("", _accuracy(found, labels)),)),
        *_beyond(found, labels),
        *_groups(found, labels),
        Section("The data", text=tuple(found["data"].get("notes", ())), facts=_facts(found["data"])),
        Section("Settings and cost", tables=(("", _settings(found, labels)),)),
    ]
    return Report(
        kind=f"evaluation on {name}",
        title=_title(found, labels, metric),
        lead=_lead(found, labels, metric),
        sections=tuple(section for section in sections if section is not None),
        recipe=(("Signature", found["signature"]), ("Data (SHA-256)", found["data"]["hash"])),
    )


def _labels(results: Sequence[Document]) -> list[str]:
    names = [one["algorithm"] for one in results]
    return [
        name if names.count(name) == 1 else f"{name} {json.dumps(one['config'], sort_keys=True)}"
        for name, one in zip(names, results, strict=True)
    ]


def _ranked(found: Document, labels: Sequence[str], metric: str) -> list[tuple[str, Document]]:
    """Labels with the metric's figure, the best first."""
    told = [
        (label, one["metrics"][metric])
        for label, one in zip(labels, found["results"], strict=True)
        if one["metrics"].get(metric, {}).get("value") is not None
    ]
    return sorted(told, key=lambda pair: pair[1]["value"], reverse=not metric.endswith(("rmse", "mae")))


def _best_first(found: Document, labels: Sequence[str], metric: str) -> tuple[list[str], Document]:
    """Labels and results in the order of the metric; those without a figure come last."""
    ranked = [label for label, _ in _ranked(found, labels, metric)]
    by_label = dict(zip(labels, found["results"], strict=True))
    order = [*ranked, *(label for label in labels if label not in ranked)]
    return order, {**found, "results": [by_label[label] for label in order]}


def _title(found: Document, labels: Sequence[str], metric: str) -> str:
    ranked = _ranked(found, labels, metric)
    if not ranked:
        return "No algorithm has a figure on these data"
    best, figure = ranked[0]
    level = "lowest" if metric == "rmse" else "highest"
    return f"{best} has the {level} {metric.upper()} of {len(labels)}: {figure['value']:.4f}"


def _equals(found: Document, best: str) -> list[str]:
    """Those that the comparisons do not tell from the best."""
    return [
        one["second"] if one["first"] == best else one["first"]
        for one in found["comparisons"]
        if best in (one["first"], one["second"]) and one["corrected_p"] > _LEVEL
    ]


def _lead(found: Document, labels: Sequence[str], metric: str) -> str:
    ranked = _ranked(found, labels, metric)
    if not ranked:
        return "See the data below."
    best, figure = ranked[0]
    low, high = figure["ci95"] or (figure["value"], figure["value"])
    told = f"95 % interval {low:.4f} to {high:.4f}, over {found['data']['test_viewers']:,} test viewers. "
    equals = _equals(found, best)
    if equals:
        told += f"It cannot be told from {', '.join(equals)} with certainty."
    elif len(ranked) > 1:
        told += (
            f"It is surely ahead of every other; the next is {ranked[1][0]} with {ranked[1][1]['value']:.4f}."
        )
    cold = found["data"]["cold_test_viewers"]
    if cold:
        told += f" {cold:,} test viewers had no history; they are told apart."
    return told


def _main(found: Document, labels: Sequence[str], metric: str) -> Figure | None:
    ranked = _ranked(found, labels, metric)
    told = [(label, one) for label, one in ranked if one["ci95"]]
    if not told:
        return None
    return chart_figure(
        Chart(
            "bar",
            "main",
            f"{told[0][0]} is ahead with {told[0][1]['value']:.4f}",
            tuple(label for label, _ in told),
            (
                Series(
                    metric,
                    tuple(one["value"] for _, one in told),
                    tuple(one["ci95"][0] for _, one in told),
                    tuple(one["ci95"][1] for _, one in told),
                ),
            ),
            unit=metric,
            axis="algorithm",
            note="Bars are means over test viewers; lines are 95 % intervals, bootstrapped over viewers.",
            fractions=True,
        )
    )


def _cost(found: Document, labels: Sequence[str], metric: str) -> Figure | None:
    by_label = dict(zip(labels, found["results"], strict=True))
    points = [
        Point(label, max(by_label[label]["fit_seconds"], 1e-3), one["value"], *one["ci95"])
        for label, one in _ranked(found, labels, metric)
        if one["ci95"]
    ]
    if len(points) < 2:
        return None
    quick = min(points, key=lambda point: point.cost)
    first = points[0]
    finding = (
        f"{first.label} takes {first.cost:.3g} s to fit; the quickest, {quick.label}, {quick.cost:.3g} s"
    )
    if quick is first:
        finding = f"{quick.label} is ahead and the quickest to fit"
    rows = tuple(
        (
            point.label,
            decimal(point.value),
            f"{by_label[point.label]['fit_seconds']:.2f}",
            f"{by_label[point.label]['recommend_seconds']:.2f}",
            f"{by_label[point.label]['peak_rss_mb']:.0f}",
        )
        for point in points
    )
    columns = ("Algorithm", metric, "Fit, s", "Lists of all test viewers, s", "Peak memory, MB")
    return Figure(
        "cost",
        finding,
        draw_scatter("cost", points, cost="seconds to fit, logarithmic", value=metric),
        "Wall time on this machine, each algorithm in a process of its own; memory includes data and "
        "libraries.",
        Table(columns, rows),
    )


def _cell(figure: Mapping[str, Any] | None) -> str:
    if figure is None or figure["value"] is None:
        return ""
    if figure["ci95"] is None:
        return decimal(figure["value"])
    return f"{figure['value']:.4f}\n{figure['ci95'][0]:.4f}–{figure['ci95'][1]:.4f}"


def _comparisons(found: Document, labels: Sequence[str]) -> Table:
    """Every pair, the one that is ahead first, as in the other tables."""
    place = {label: number for number, label in enumerate(labels)}
    told = []
    for one in found["comparisons"]:
        pair, difference, interval = (one["first"], one["second"]), one["difference"], one["ci95"]
        if place.get(pair[1], 0) < place.get(pair[0], 0):
            pair = pair[::-1]
            difference = None if difference is None else -difference
            interval = None if interval is None else (-interval[1], -interval[0])
        told.append((pair, one, difference, interval))
    told.sort(key=lambda row: [place.get(label, 0) for label in row[0]])
    rows = tuple(
        (
            *pair,
            one["metric"],
            "" if difference is None else f"{difference:+.4f}",
            "" if interval is None else f"{interval[0]:+.4f} to {interval[1]:+.4f}",
            f"{one['corrected_p']:.4f}",
            "real" if one["corrected_p"] <= _LEVEL else "may be chance",
        )
        for pair, one, difference, interval in told
    )
    return Table(("First", "Second", "Metric", "Difference", "95 %", "p (Holm)", "Verdict"), rows, numbers=3)


def _accuracy(found: Document, labels: Sequence[str]) -> Table:
    beyond = {name for name, _ in _BEYOND}
    names = [
        name
        for name in dict.fromkeys(name for one in found["results"] for name in one["metrics"])
        if name not in beyond and ":" not in name
    ]
    rows = tuple((name, *(_cell(one["metrics"].get(name)) for one in found["results"])) for name in names)
    return Table(("Metric (95 %)", *labels), rows)


def _beyond(found: Document, labels: Sequence[str]) -> list[Section]:
    """Variety, surprise, fairness to rare titles."""
    rows = tuple(
        (f"{name}\n{meaning}", *(_cell(one["metrics"].get(name)) for one in found["results"]))
        for name, meaning in _BEYOND
        if any(name in one["metrics"] for one in found["results"])
    )
    if not rows:
        return []
    return [Section("Beyond hits", tables=(("", Table(("Metric", *labels), rows)),))]


def _groups(found: Document, labels: Sequence[str]) -> list[Section]:
    tables = []
    for prefix, heading in _GROUPS:
        names = sorted(
            {name for one in found["results"] for name in one["metrics"] if name.startswith(prefix)},
            key=_youngest_first if prefix == "age:" else None,
        )
        rows = tuple(
            (
                name.removeprefix(prefix).rpartition("/")[0],
                *(_cell(one["metrics"].get(name)) for one in found["results"]),
            )
            for name in names
        )
        if rows:
            tables.append((heading, Table(("Group", *labels), rows)))
    if not tables:
        return []
    text = ("Groups with fewer than 30 test viewers are not told apart.",)
    return [Section("For whom", text=text, tables=tuple(tables))]


def _youngest_first(name: str) -> tuple[float, str]:
    number = re.search(r"\d+", name.partition("/")[0])
    return (float(number[0]) + ("over" in name) / 2 if number else 0.0, name)


def _facts(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = (
        ("viewers", "Viewers"),
        ("titles", "Titles"),
        ("likes", "Likes"),
        ("train", "Pairs in train"),
        ("valid", "Pairs in validation"),
        ("test", "Pairs in test"),
        ("test_viewers", "Test viewers"),
        ("cold_test_viewers", "of them without a history"),
        ("described_titles", "Titles with records"),
    )
    return tuple((label, f"{data[name]:,}") for name, label in names)


def _settings(found: Document, labels: Sequence[str]) -> Table:
    rows = tuple(
        (
            label,
            ", ".join(f"{key} {value}" for key, value in one["config"].items()),
            f"{one['fit_seconds']:.2f}",
            f"{one['recommend_seconds']:.2f}",
            f"{one['peak_rss_mb']:.0f}",
        )
        for label, one in zip(labels, found["results"], strict=True)
    )
    return Table(("Algorithm", "Settings", "Fit, s", "Lists, s", "Peak memory, MB"), rows, numbers=2)
