"""Quality against cost: points with their intervals over a logarithmic axis of seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from crossreel.web.charts import ticks

__all__ = ["Point", "draw_scatter"]

_WIDTH, _HEIGHT = 480, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 150, 12, 44
_LINE = 13


@dataclass(frozen=True, slots=True)
class Point:
    """One candidate: what it costs and how good it is, with the interval of that."""

    label: str
    cost: float
    value: float
    low: float
    high: float


def draw_scatter(key: str, points: Sequence[Point], *, cost: str, value: str) -> Markup:
    """The picture as inline SVG.

    Args:
        key: names it on its page.
        points: the best first, which is drawn in the accent.
        cost: what the logarithmic axis counts.
        value: what the upright axis counts.
    """
    lowest = min(max(point.cost, 1e-3) for point in points)
    highest = max(max(point.cost, 1e-3) for point in points)
    first, last = (
        math.floor(math.log10(lowest)),
        max(math.ceil(math.log10(highest)), math.floor(math.log10(lowest)) + 1),
    )
    steps = ticks(max(point.high for point in points), fractions=True)
    floor = _HEIGHT - _BOTTOM

    def x(seconds: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (math.log10(max(seconds, 1e-3)) - first) / (last - first)

    def y(number: float) -> float:
        return floor - (floor - _TOP) * number / steps[-1]

    body = []
    for step in steps:
        body.append(f'<path class="grid" d="M{_LEFT} {y(step):.1f}H{_WIDTH - _RIGHT}"/>')
        body.append(
            f'<text class="tick" x="{_LEFT - 6}" y="{y(step) + 4:.1f}" text-anchor="end">{step:g}</text>'
        )
    for power in range(first, last + 1):
        place = x(10.0**power)
        body.append(
            f'<text class="tick" x="{place:.1f}" y="{floor + 16}" text-anchor="middle">{10.0**power:g}</text>'
        )
    body.append(f'<text class="unit" x="{_LEFT}" y="{_HEIGHT - 6}">{escape(value)} · {escape(cost)}</text>')
    labels = _spread([(y(point.value), number) for number, point in enumerate(points)], floor)
    for number, point in enumerate(points):
        at, level = x(point.cost), y(point.value)
        told = f"{point.label}: {point.value:.4f} ({point.low:.4f}–{point.high:.4f}), {point.cost:.2f} s"
        series = 1 if number == 0 else 0
        body.append(
            f"<g><title>{escape(told)}</title>"
            f'<path class="interval" d="M{at:.1f} {y(point.low):.1f}V{y(point.high):.1f}"/>'
            f'<circle class="series-{series}" cx="{at:.1f}" cy="{level:.1f}" r="4.5"/>'
            f'<path class="lead" d="M{at + 6:.1f} {level:.1f}L{_WIDTH - _RIGHT + 6} {labels[number]:.1f}"/>'
            f'<text class="label" x="{_WIDTH - _RIGHT + 10}" y="{labels[number] + 4:.1f}">'
            f"{escape(_short(point.label))}</text></g>"
        )
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-title" '
        'aria-describedby="{key}-note" focusable="false">{body}</svg>'
    ).format(width=_WIDTH, height=_HEIGHT, key=key, body=Markup("".join(body)))


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19].rstrip() + "…"


def _spread(levels: list[tuple[float, int]], floor: float) -> dict[int, float]:
    """Where each label stands: near its point, none over another."""
    placed: dict[int, float] = {}
    before = -math.inf
    for level, number in sorted(levels):
        before = max(level, before + _LINE)
        placed[number] = before
    over = before - floor
    if over > 0:  # the lowest would fall below the axis: all move up as far as they must
        ceiling = floor
        for number, place in sorted(placed.items(), key=lambda pair: -pair[1]):
            placed[number] = min(place, ceiling)
            ceiling = placed[number] - _LINE
    return placed
