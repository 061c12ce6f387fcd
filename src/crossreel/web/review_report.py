"""The report of a title's reviews as one HTML file that needs nothing else."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from crossreel.insight.text.reviews.report import left_out
from crossreel.insight.text.reviews.tally import compared
from crossreel.web.charts import Chart, Series, draw

__all__ = ["aspect_chart", "review_page", "time_chart"]

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1rem;color:#1d1b18}
h1,h2,h3{line-height:1.2}.two{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr))}
figure{margin:0}figcaption{font-weight:600}svg{width:100%;height:auto;font-size:11px}table{border-collapse:collapse}
td,th{padding:.25rem .75rem;text-align:start;border-bottom:1px solid #ddd;font-variant-numeric:tabular-nums}
.series-0{fill:#0072b2;stroke:#0072b2}.series-1{fill:#e69f00;stroke:#e69f00}.series-2{fill:#d55e00;stroke:#d55e00}
.line{fill:none;stroke-width:2}.band{opacity:.18;stroke:none}.interval,.axis{stroke:#1d1b18;fill:none}
.grid{stroke:#ddd}text{fill:#1d1b18;stroke:none}
blockquote{margin:.5rem 0;border-inline-start:3px solid #e69f00;padding-inline-start:.75rem}
@media print{body{max-width:none}}
"""


def _number(value: float) -> str:
    return f"{value:.0f}"


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> Markup:
    cells = Markup("").join(Markup("<th>{}</th>").format(one) for one in head)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(cells, body)


def _figure(chart: Chart) -> Markup:
    rows: list[tuple[object, ...]] = [(label, *told) for label, told in chart.table(_number)]
    return Markup(
        '<figure><figcaption id="{key}-title">{finding}</figcaption>{picture}<p id="{key}-note">{note}</p>'
        "<details><summary>Numbers</summary>{table}</details></figure>"
    ).format(
        key=chart.key,
        finding=chart.finding,
        picture=draw(chart, _number),
        note=chart.note,
        table=_table((chart.axis, *(one.name for one in chart.series)), rows),
    )


def _percent(opinion: dict[str, Any], label: str) -> tuple[float, ...]:
    told = opinion[label]
    return tuple(round(100 * told[name], 1) for name in ("share", "low", "high"))


def aspect_chart(country: dict[str, Any]) -> Chart | None:
    """Share of negative mentions by aspect, with intervals; None where no aspect is named."""
    rows = country["aspects"][:11]
    if not rows:
        return None
    told = [_percent(row["opinion"], "negative") for row in rows]
    return Chart(
        kind="bar",
        key=f"aspects-{country['territory']}",
        finding=f"{country['territory']}: {_most_complaints(rows)}",
        labels=tuple(f"{row['aspect']} ({row['mentions']})" for row in rows),
        series=(
            Series(
                "negative",
                tuple(value for value, _, _ in told),
                tuple(low for _, low, _ in told),
                tuple(high for _, _, high in told),
            ),
        ),
        unit="% of mentions that are negative",
        axis="aspect (mentions)",
        note="Bars of 95 % Wilson intervals; in parentheses how often the aspect is named.",
    )


def _most_complaints(rows: list[dict[str, Any]]) -> str:
    """Which aspect most complaints are about: by their number, as 2 of 3 weigh less than 39 of 42."""
    counts = [row["opinion"]["negative"]["count"] for row in rows]
    most = max(counts)
    if not most:
        return "nobody complains about an aspect"
    worst = [row for row, count in zip(rows, counts, strict=True) if count == most]
    if len(worst) == 1:
        return f"most complaints are about {worst[0]['aspect']} ({most} of {worst[0]['mentions']} mentions)"
    names = [row["aspect"] for row in worst]
    return f"most complaints are about {', '.join(names[:-1])} and {names[-1]} ({most} each)"


def time_chart(country: dict[str, Any]) -> Chart | None:
    """Shares of positive and negative reviews by month, with bands; None for less than two months."""
    months = country["months"]
    if len(months) < 2:
        return None
    series = []
    for label in ("positive", "negative"):
        told = [_percent(month, label) for month in months]
        series.append(
            Series(
                label,
                tuple(value for value, _, _ in told),
                tuple(low for _, low, _ in told),
                tuple(high for _, _, high in told),
            )
        )
    return Chart(
        kind="line",
        key=f"time-{country['territory']}",
        finding=f"{country['territory']}: {_change(months[0], months[-1])}",
        labels=tuple(month["month"] for month in months),
        series=tuple(series),
        unit="% of reviews",
        axis="month",
        note="Bands are 95 % Wilson intervals of each month.",
    )


def _change(first: dict[str, Any], last: dict[str, Any]) -> str:
    """How positive the first and the last month are; no change where their intervals overlap."""
    before, after = first["positive"], last["positive"]
    if before["low"] <= after["high"] and after["low"] <= before["high"]:
        return f"no change shown between {first['month']} and {last['month']}"
    return (
        f"{100 * before['share']:.0f} % positive in {first['month']}, "
        f"{100 * after['share']:.0f} % in {last['month']}"
    )


def _translation(quote: dict[str, Any]) -> Markup:
    """The machine's English of a quote, or nothing."""
    if not quote.get("translation"):
        return Markup()
    return Markup('<br><span lang="en" dir="ltr"><em>{}</em> (machine translation)</span>').format(
        quote["translation"]
    )


def _shared(twice: dict[str, Any]) -> Markup:
    """How many reviews share a text, and the texts that most of them do."""
    if not twice["reviews"]:
        return Markup()
    texts = "one text" if twice["texts"] == 1 else f"{twice['texts']} texts"
    examples = Markup("").join(
        Markup(
            '<blockquote lang="{}" dir="auto">{}<br><small lang="en">in {} reviews</small></blockquote>'
        ).format(one["language"], one["text"], one["reviews"])
        for one in twice.get("examples", ())  # reports of earlier versions hold none
    )
    return Markup("<p><strong>{} reviews share {}.</strong></p>{}").format(twice["reviews"], texts, examples)


def _quotes(country: dict[str, Any]) -> Markup:
    parts = []
    for row in country["aspects"]:
        for label in ("negative", "positive"):
            for quote in row["quotes"][label][:2]:
                parts.append(
                    Markup(
                        '<blockquote lang="{}" dir="auto">{}{}<br><small>{}, {}</small></blockquote>'
                    ).format(
                        quote["language"],
                        quote["text"],
                        _translation(quote),
                        row["aspect"],
                        label,
                    )
                )
    return Markup("").join(parts) or Markup("<p>No aspect is named.</p>")


def _country(country: dict[str, Any]) -> Markup:
    positive, low, high = _percent(country["opinion"], "positive")
    charts = Markup("").join(
        _figure(chart) for chart in (time_chart(country), aspect_chart(country)) if chart
    )
    warnings = [
        f"{one['day']}: {one['negative']} negative reviews, {one['expected']:.1f} expected."
        for one in country["bombs"]
    ]
    return Markup(
        "<section><h2>{}</h2><p>{} reviews, {:.0f} % positive ({:.0f} to {:.0f}).</p>{}{}{}{}{}</section>"
    ).format(
        country["territory"],
        country["reviews"],
        positive,
        low,
        high,
        _shared(country["duplicates"]),
        Markup("").join(Markup("<p><strong>{}</strong></p>").format(line) for line in warnings),
        Markup("").join(
            Markup('<p lang="{}" dir="auto">{}{}</p>').format(one["language"], one["text"], _translation(one))
            for one in country["in_short"]
        ),
        charts,
        _quotes(country),
    )


def _differences(report: dict[str, Any]) -> Markup:
    parts = []
    for one in report["differences"]:
        home, abroad = one["home"], one["abroad"]
        rows: list[tuple[object, ...]] = [
            (
                phrase % {"aspect": aspect},
                *(f"{100 * row[place]['share']:.0f} % of {row[place]['of']}" for place in (home, abroad)),
                f"{row['p_corrected']:.3g}",
                "differs" if row["differs"] else "no difference shown",
            )
            for row in one["rows"]
            for phrase, aspect in [compared(row["what"])]
        ]
        parts.append(
            Markup(
                "<h2>{} and {}</h2><p>Share of negative reviews, of negative mentions of what both speak of, "
                "and of reviews that complain about something; Fisher's exact test, Holm.</p>{}"
            ).format(home, abroad, _table(("share of", home, abroad, "p", ""), rows))
        )
    return Markup("").join(parts)


def review_page(report: dict[str, Any]) -> str:
    """The whole page.

    Args:
        report: what ``crossreel.insight.text.reviews.report.make_report`` gave, with ``title`` and ``name``.
    """
    countries = Markup("").join(_country(country) for country in report["countries"])
    return str(
        Markup(
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            "<title>{name}: what viewers say</title><style>{style}</style><h1>{name}</h1>"
            "<p>Reviews read by {model}. Quotes stand in their own language.</p>{left_out}{differences}"
            '<div class="two">{countries}</div></html>'
        ).format(
            name=escape(report["name"]),
            style=Markup(_STYLE),
            model=report["model"],
            left_out=Markup("").join(Markup("<p>{}</p>").format(line) for line in left_out(report)),
            differences=_differences(report),
            countries=countries,
        )
    )
