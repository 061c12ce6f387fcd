"""The report of ``recommend choose``: one recommendation a case, what it rests on, what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossreel.web.charts import Chart, Series
from crossreel.web.reports.page import Figure, Report, Section, Table, chart_figure, decimal, flat
from crossreel.web.reports.scatter import Point, draw_scatter

__all__ = ["CASE_NAMES", "choice_figures", "choice_report", "choice_title"]

Document = Mapping[str, Any]
CASE_NAMES = {
    "warm": "Viewers with a history",
    "cold-viewer": "Viewers without a history",
    "cold-title": "Titles nobody has met",
    "new-market": "A new market",
}
_BARS = 14
_INTERVALS = "Bars are means over viewers; lines are 95 % intervals, bootstrapped over viewers."


def choice_title(choice: Document) -> str:
    """The finding."""
    name, confirmed = choice["choice"]["label"], choice["confirmed"].get(choice["choice"]["label"])
    if confirmed is None:
        return f"Train {name}: the best of {len(choice['backtest']['candidates'])} candidates"
    return f"Train {name}: NDCG@10 {confirmed['ndcg@10']:.3f} on titles held out until it was chosen"


def choice_report(choice: Document, name: str) -> Report:
    """The report.

    Args:
        choice: what ``Choice.to_dict`` gives.
        name: of the data.
    """
    return Report(
        kind=f"choice of a recommender for {name}",
        title=choice_title(choice),
        lead=_lead(choice),
        sections=(
            Section("One recommendation a case", tables=(("", cases_table(choice)),)),
            Section("What would change the answer", points=tuple(choice["would_change"])),
            Section("What it rests on", figures=choice_figures(choice)),
            Section(
                "The data", facts=profile_facts(choice["profile"]), figures=_data_figures(choice["profile"])
            ),
            Section("Which methods fit", tables=(("", _methods(choice)),)),
            Section("Everything that was tried", tables=(("", _tried(choice)),)),
        ),
        recipe=(
            ("Signature", choice["signature"]),
            ("Compared on", _compared_on(choice)),
            ("Time", f"{choice['seconds']:.0f} s of a budget of {choice['budget_seconds']:.0f} s"),
            ("Train it", choice["choice"]["train"]),
        ),
    )


def _compared_on(choice: Document) -> str:
    if choice["choice"]["label"] in choice["confirmed"]:
        return "the validation part; the test part was measured once, after the choice"
    return "the validation part; the test part was not looked at"


def _lead(choice: Document) -> str:
    told = str(choice["cases"]["warm"]["why"])
    confirmed = choice["confirmed"]
    own, popular = confirmed.get(choice["choice"]["label"]), confirmed.get("popular")
    if own and popular and choice["choice"]["label"] != "popular":
        low, high = own["ci95"]
        told += (
            f" On the test part it reaches {own['ndcg@10']:.4f} ({low:.4f} to {high:.4f}); "
            f"plain popularity reaches {popular['ndcg@10']:.4f}."
        )
    return told


def _figure(value: Mapping[str, Any]) -> str:
    if value.get("ndcg@10") is None:
        return "not measured"
    told = decimal(value["ndcg@10"])
    return f"{told} ({value['ci95'][0]:.4f}–{value['ci95'][1]:.4f})" if value["ci95"] else told


def cases_table(choice: Document) -> Table:
    """Case, choice, figure, cost, reason."""
    costs = {one["label"]: one for one in choice["backtest"]["candidates"]}
    rows = []
    for case, advice in choice["cases"].items():
        label = advice["choice"]["label"] if advice["choice"] else "none"
        cost = costs.get(label, {})
        spent = (
            f"fit {cost['fit_seconds']:.1f} s, {cost['answer_ms']:.1f} ms an answer, "
            f"{cost['model_mb']:.1f} MB"
            if "fit_seconds" in cost
            else ""
        )
        rows.append((CASE_NAMES[case], label, _figure(advice), spent, advice["why"]))
    return Table(("Case", "Choice", "NDCG@10 (95 %)", "Cost", "Why"), tuple(rows), numbers=9)


def choice_figures(choice: Document) -> tuple[Figure, ...]:
    """Quality, quality against cost, few likes, new titles, new markets."""
    return flat(
        [
            _finalists(choice),
            _cost(choice),
            _few_likes(choice),
            _bars(choice, "cold-title", "How well titles nobody met are placed"),
            _bars(choice, "new-market", "What other markets' viewers are worth in a new one"),
        ]
    )


def _finalists(choice: Document) -> Figure | None:
    rows = choice["cases"]["warm"]["rows"][:_BARS]
    if not rows:
        return None
    best = rows[0]
    told = f"{best['label']} is ahead with {best['ndcg@10']:.4f} on the validation part"
    return chart_figure(_bar_chart("finalists", told, rows, "candidate", _INTERVALS))


def _bar_chart(key: str, finding: str, rows: list[Any], axis: str, note: str) -> Chart:
    told = [row for row in rows if row["ndcg@10"] is not None]
    return Chart(
        "bar",
        key,
        finding,
        tuple(row["label"] for row in told),
        (
            Series(
                "NDCG@10",
                tuple(row["ndcg@10"] for row in told),
                tuple(row["ci95"][0] for row in told),
                tuple(row["ci95"][1] for row in told),
            ),
        ),
        unit="NDCG@10",
        axis=axis,
        note=note,
        fractions=True,
    )


def _bars(choice: Document, case: str, otherwise: str) -> Figure | None:
    advice = choice["cases"][case]
    if not advice["measured"] or not advice["rows"]:
        return None
    rows = advice["rows"][:_BARS]
    best = rows[0]
    finding = otherwise
    if advice["choice"]:
        finding = f"{CASE_NAMES[case]}: {best['label']} reaches {best['ndcg@10']:.4f}"
    return chart_figure(_bar_chart(case, finding, rows, "candidate", _INTERVALS))


def _cost(choice: Document) -> Figure | None:
    told = [one for one in choice["backtest"]["candidates"] if one["finalist"] and one.get("ci95")]
    if len(told) < 2:
        return None
    points = [
        Point(one["label"], max(one["fit_seconds"], 1e-3), one["ndcg@10"], *one["ci95"]) for one in told[:10]
    ]
    quick = min(points, key=lambda point: point.cost)
    first = points[0]
    finding = (
        f"{first.label} takes {first.cost:.1f} s to fit, the quickest, {quick.label}, {quick.cost:.1f} s"
    )
    if quick is first:
        finding = f"{first.label} is the best and the quickest to fit"
    rows = tuple(
        (
            one["label"],
            _figure(one),
            f"{one['fit_seconds']:.2f}",
            f"{one['answer_ms']:.2f}",
            f"{one['model_mb']:.1f}",
            f"{one['peak_mb']:.0f}",
        )
        for one in told
    )
    columns = ("Candidate", "NDCG@10 (95 %)", "Fit, s", "One answer, ms", "Model, MB", "Peak memory, MB")
    return Figure(
        "cost",
        finding,
        draw_scatter("cost", points, cost="seconds to fit, logarithmic", value="NDCG@10"),
        "Wall time on the machine that chose; lines are 95 % intervals. Peak memory includes data and "
        "libraries.",
        Table(columns, rows),
    )


def _few_likes(choice: Document) -> Figure | None:
    advice = choice["cases"]["cold-viewer"]
    rows = [row for row in advice["rows"] if row["ndcg@10"] is not None]
    counts = sorted({row["likes_shown"] for row in rows})
    if not advice["measured"] or len(counts) < 2:
        return None
    labels = list(dict.fromkeys(row["label"] for row in rows))
    whole = [label for label in labels if sum(row["label"] == label for row in rows) >= len(counts) - 1][:3]
    counts = [count for count in counts if count > 0]
    series = []
    for label in whole:
        of_label = {row["likes_shown"]: row for row in rows if row["label"] == label}
        if not all(count in of_label for count in counts):
            continue
        series.append(
            Series(
                label,
                tuple(of_label[count]["ndcg@10"] for count in counts),
                tuple(of_label[count]["ci95"][0] for count in counts),
                tuple(of_label[count]["ci95"][1] for count in counts),
            )
        )
    start = advice["personal_from_likes"]
    finding = (
        "Within ten likes no model is surely better than what is popular"
        if start is None
        else f"From {start} like{'s' if start != 1 else ''} on a model is surely better than what is popular"
    )
    return chart_figure(
        Chart(
            "line",
            "few-likes",
            finding,
            tuple(str(count) for count in counts),
            tuple(series),
            unit="NDCG@10",
            axis="likes that a new viewer has shown",
            note="Viewers whom no model had seen; the same held-out titles at every point. Bands are 95 % "
            "intervals.",
            fractions=True,
        )
    )


def profile_facts(profile: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The profile, as a reader wants it."""
    least, middle, high, most = profile["likes_per_viewer"]

    def share(value: float | None) -> str:
        return "unknown" if value is None else f"{value:.0%}"

    return (
        ("Viewers", f"{profile['viewers']:,}"),
        ("Titles", f"{profile['titles']:,}"),
        ("Likes", f"{profile['likes']:,}"),
        ("Density", f"{profile['density']:.3%}"),
        ("Likes a viewer: least, median, 90 %, most", f"{least}, {middle}, {high}, {most}"),
        ("Gini of titles' likes", f"{profile['gini']:.2f}"),
        ("Viewed more than once", share(profile["repeat_share"])),
        ("Judgments", f"{profile['ratings']:,}"),
        ("Days covered", "no times" if profile["days"] is None else f"{profile['days']:,.0f}"),
        ("Latest likes by new viewers", share(profile["cold_viewers"])),
        ("Latest likes of new titles", share(profile["cold_titles"])),
        (
            "Top 50 changed lately (by chance)",
            f"{share(profile['drift'])} ({share(profile['drift_by_chance'])})",
        ),
        ("Markets", str(len(profile["markets"])) if profile["markets"] else "none told"),
        *((f"Titles with {name}", share(value)) for name, value in profile["described"].items()),
    )


def _data_figures(profile: Mapping[str, Any]) -> tuple[Figure, ...]:
    held = profile["held_by_top"]
    lorenz = Chart(
        "line",
        "skew",
        f"The most liked tenth of the titles hold {held[1]:.0%} of the likes",
        tuple(f"{5 * place} %" for place in range(1, len(held) + 1)),
        (Series("likes", tuple(100 * value for value in held)),),
        unit="% of the likes",
        axis="most liked titles, % of the catalog",
        note="Every like without the test part is counted.",
    )
    figures = [chart_figure(lorenz, lambda value: f"{value:.0f}")]
    months = profile["months"]
    if len(months) > 1:
        most = max(months, key=lambda pair: pair[1])
        over = Chart(
            "line",
            "months",
            f"Most likes of a month, {most[1]:,}, came in {most[0]}",
            tuple(month for month, _ in months),
            (Series("likes", tuple(float(count) for _, count in months)),),
            unit="likes",
            axis="month",
            note="Likes with a time, without the test part.",
        )
        figures.append(chart_figure(over, lambda value: f"{value:,.0f}"))
    if len(profile["markets"]) > 1:
        code, _, _ = profile["markets"][0]
        by_market = Chart(
            "bar",
            "markets",
            f"{code} is the largest of {len(profile['markets'])} markets",
            tuple(one[0] for one in profile["markets"][:15]),
            (Series("viewers", tuple(float(one[1]) for one in profile["markets"][:15])),),
            unit="viewers",
            axis="market",
            note="Each viewer belongs to the territory most of the viewer's events come from.",
        )
        figures.append(chart_figure(by_market, lambda value: f"{value:,.0f}"))
    return tuple(figures)


def _methods(choice: Document) -> Table:
    rows = tuple(
        (one["algorithm"], "fits" if one["fits"] else "does not fit", one["why"]) for one in choice["methods"]
    )
    return Table(("Method", "Verdict", "Why"), rows, numbers=9)


def _tried(choice: Document) -> Table:
    rows = []
    for one in choice["backtest"]["candidates"]:
        reached = one["rungs"][-1]["share"] if one["rungs"] else None
        rows.append(
            (
                one["label"],
                "" if reached is None else f"{reached:.0%}",
                _figure(one) if "ndcg@10" in one else "not measured",
                f"{one['fit_seconds']:.2f}" if "fit_seconds" in one else "",
                one["left_out"] or ("finalist" if one["finalist"] else ""),
            )
        )
    return Table(
        ("Candidate", "Tried on", "NDCG@10 (95 %) there", "Fit, s", "Outcome"), tuple(rows), numbers=9
    )
