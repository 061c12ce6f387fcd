"""Charts drawn on the server as SVG: bars, lines and stacked areas, each with its table.

A chart's title says what it shows; its axes say their units; where a number is uncertain, its
interval is drawn. Colors come from the stylesheet's classes ``series-0`` to ``series-5`` (Okabe and
Ito's set, which readers of every color vision tell apart); series also differ by their dashes and
are named in a legend. The picture has an accessible name; ``Chart.table`` holds every number of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

__all__ = ["Chart", "Series", "draw", "ticks"]

WIDTH = 480
_ROW, _LABEL, _RIGHT = 24, 148, 58
_HEIGHT, _LEFT, _TOP, _BOTTOM = 232, 46, 10, 40
_LONGEST = 20
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")

Number = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each of the chart's labels; None where there is none.

    Attributes:
        low, high: ends of the interval of each number; empty where they are certain.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture.

    Attributes:
        kind: ``bar`` (lying), ``line`` or ``area`` (stacked).
        key: names it on its page; letters, digits and dashes.
        finding: its title: what the reader learns from it.
        labels: of the bars or the points along the axis; ``languages`` are those of the labels,
            where they are names of titles.
        unit: what the numbers count; ``axis``: what the labels are.
        note: where the numbers come from, and what their intervals mean.
        links: where each label of the table leads, or nothing; a picture holds no links.
        simulated: the numbers rest on a simulated audience.
        fractions: the axis may have steps below 1.
    """

    kind: Literal["bar", "line", "area"]
    key: str
    finding: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    axis: str
    note: str = ""
    links: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    simulated: bool = False
    fractions: bool = False

    @property
    def top(self) -> float:
        """The largest number that has to fit."""
        if self.kind == "area":
            sums = [sum(one.values[n] or 0 for one in self.series) for n in range(len(self.labels))]
            return max(sums, default=0)
        told = [value for one in self.series for value in (*one.values, *one.high) if value is not None]
        return max(told, default=0)

    def table(self, number: Number) -> list[tuple[str, list[str]]]:
        """Each label with its numbers; intervals in parentheses."""
        return [
            (label, [_told(one, place, number) for one in self.series])
            for place, label in enumerate(self.labels)
        ]


def _told(series: Series, place: int, number: Number) -> str:
    value = series.values[place]
    if value is None:
        return ""
    if not series.low:
        return number(value)
    return f"{number(value)} ({number(series.low[place])}–{number(series.high[place])})"


def ticks(top: float, most: int = 5, *, fractions: bool = False) -> list[float]:
    """Round numbers from 0 to at least ``top``, at most ``most`` steps; whole ones unless ``fractions``."""
    if top <= 0:
        return [0.0, 1.0]
    if fractions:
        size = 10.0 ** math.floor(math.log10(top / most))
        step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor * most >= top)
        return [step * n for n in range(math.ceil(top / step - 1e-9) + 1)]
    size = 10.0 ** math.floor(math.log10(top / most)) if top > most else 1.0
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor * most >= top)
    step = max(1.0, math.ceil(step))
    return [step * n for n in range(math.ceil(top / step) + 1)]


def draw(chart: Chart, number: Number) -> Markup:
    """The picture as inline SVG, without any style attribute.

    Args:
        chart: what to draw.
        number: writes a number as readers do.
    """
    body, height = _bars(chart, number) if chart.kind == "bar" else _plane(chart, number)
    return Markup(
        '<svg class="chart chart-{kind}" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{key}-title" aria-describedby="{key}-note" focusable="false">{body}</svg>'
    ).format(kind=chart.kind, width=WIDTH, height=height, key=chart.key, body=Markup("".join(body)))


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _bars(chart: Chart, number: Number) -> tuple[list[str], int]:
    """Lying bars of one series, each with its label, number and interval."""
    (series,) = chart.series
    room = WIDTH - _LABEL - _RIGHT
    scale = room / (chart.top or 1)
    body: list[str] = []
    for place, label in enumerate(chart.labels):
        y = place * _ROW + 4
        value = series.values[place] or 0
        language = f'lang="{escape(chart.languages[place])}" ' if chart.languages else ""
        label_text = _text(_LABEL - 8, y + 13, _short(label), f'{language}class="label" text-anchor="end"')
        end = _LABEL + value * scale
        body.append(f"<g><title>{escape(label)}: {escape(_told(series, place, number))}</title>{label_text}")
        body.append(f'<rect class="series-0" x="{_LABEL}" y="{y}" width="{value * scale:.1f}" height="16"/>')
        if series.low:
            low, high = (_LABEL + side[place] * scale for side in (series.low, series.high))
            middle = y + 8
            body.append(
                f'<path class="interval" d="M{low:.1f} {middle}H{high:.1f}'
                f'M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8"/>'
            )
            end = max(end, high)
        body.append(_text(end + 6, y + 13, number(value), 'class="value"') + "</g>")
    height = len(chart.labels) * _ROW + 8
    body.append(f'<path class="axis" d="M{_LABEL} 0V{height - 4}"/>')
    body.append(_text(_LABEL, height + 12, chart.unit, 'class="unit"'))
    return body, height + 18


def _plane(chart: Chart, number: Number) -> tuple[list[str], int]:
    """Lines or stacked areas over labels along the inline axis."""
    steps = ticks(chart.top, fractions=chart.fractions)
    legend = 20 * -(-len(chart.series) // 3) if len(chart.series) > 1 else 0
    floor = _TOP + legend + _HEIGHT - _BOTTOM - 20
    height = floor + _BOTTOM
    room, rise = WIDTH - _LEFT - 12, floor - _TOP - legend - 6
    last = max(len(chart.labels) - 1, 1)

    def x(place: int) -> float:
        return _LEFT + room * place / last

    def y(value: float) -> float:
        return floor - rise * value / steps[-1]

    body = []
    for step in steps:
        body.append(f'<path class="grid" d="M{_LEFT} {y(step):.1f}H{_LEFT + room}"/>')
        body.append(_text(_LEFT - 6, y(step) + 4, number(step), 'class="tick" text-anchor="end"'))
    for place in _marked(len(chart.labels)):
        anchor = "start" if place == 0 else "end" if place == last else "middle"
        body.append(_text(x(place), floor + 16, chart.labels[place], f'class="tick" text-anchor="{anchor}"'))
    body.append(_text(_LEFT, height - 6, f"{chart.unit} · {chart.axis}", 'class="unit"'))
    body += _stacked(chart, x, y) if chart.kind == "area" else _lines(chart, x, y)
    if legend:
        body += _legend(chart)
    return body, height


def _marked(count: int) -> Sequence[int]:
    """Which labels are written: the first, the last and some between."""
    if count <= 6:
        return range(count)
    return [round(n * (count - 1) / 4) for n in range(5)]


Place = Callable[[int], float]
Value = Callable[[float], float]


def _lines(chart: Chart, x: Place, y: Value) -> list[str]:
    body = []
    for number, one in enumerate(chart.series):
        if one.low:
            upper = [f"{x(n):.1f} {y(value):.1f}" for n, value in enumerate(one.high)]
            lower = [f"{x(n):.1f} {y(value):.1f}" for n, value in enumerate(one.low)]
            band = "L".join([*upper, *reversed(lower)])
            body.append(f'<path class="band series-{number % 6}" d="M{band}Z"/>')
        points = [f"{x(n):.1f} {y(value):.1f}" for n, value in enumerate(one.values) if value is not None]
        dash = f' stroke-dasharray="{_DASHES[number % 6]}"' if _DASHES[number % 6] else ""
        body.append(f'<path class="line series-{number % 6}"{dash} d="M{"L".join(points)}"/>')
    return body


def _stacked(chart: Chart, x: Place, y: Value) -> list[str]:
    body = []
    below = [0.0] * len(chart.labels)
    for number, one in enumerate(chart.series):
        above = [low + (value or 0) for low, value in zip(below, one.values, strict=True)]
        upper = [f"{x(n):.1f} {y(value):.1f}" for n, value in enumerate(above)]
        lower = [f"{x(n):.1f} {y(value):.1f}" for n, value in enumerate(below)]
        body.append(f'<path class="area series-{number % 6}" d="M{"L".join([*upper, *reversed(lower)])}Z"/>')
        below = above
    return body


def _legend(chart: Chart) -> list[str]:
    body = []
    for number, one in enumerate(chart.series):
        left, top = _LEFT + 144 * (number % 3), _TOP + 20 * (number // 3)
        swatch = f'x="{left}" y="{top - 2}" width="14" height="10"'
        if chart.kind == "area":
            body.append(f'<rect class="area series-{number % 6}" {swatch}/>')
        else:
            dash = f' stroke-dasharray="{_DASHES[number % 6]}"' if _DASHES[number % 6] else ""
            body.append(f'<path class="line series-{number % 6}"{dash} d="M{left} {top + 4}h14"/>')
        body.append(_text(left + 20, top + 8, _short(one.name), 'class="label"'))
    return body
