"""Charts: drawn within their frame, named, safe, and with every number in their table."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.web.charts import WIDTH, Chart, Series, draw, ticks

numbers = st.integers(0, 10**9)


def number(value):
    return f"{value:g}"


@st.composite
def charts(draw_):
    kind = draw_(st.sampled_from(["bar", "line", "area"]))
    count = draw_(st.integers(1, 40))
    many = 1 if kind == "bar" else draw_(st.integers(1, 8))
    labels = tuple(draw_(st.text(max_size=30)) for _ in range(count))
    series = []
    for place in range(many):
        values = tuple(float(draw_(numbers)) for _ in range(count))
        sure = kind == "area" or draw_(st.booleans())
        low = () if sure else tuple(value / 2 for value in values)
        high = () if sure else tuple(value * 1.5 for value in values)
        series.append(Series(f"s{place}<", values, low, high))
    return Chart(kind, "key", 'A "finding" <b>', labels, tuple(series), "unit", "axis")


def parsed(chart):
    """The picture, read strictly; characters that XML does not know are the page's to keep out."""
    return ElementTree.fromstring(str(draw(chart, number)))


@given(charts().filter(lambda chart: all(label.isprintable() for label in chart.labels)))
def test_every_picture_is_sound_and_stays_in_its_frame(chart):
    svg = parsed(chart)
    height = float(svg.get("viewBox").split()[3])
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "key-title"
    for shape in svg.iter():
        assert shape.get("style") is None
        if shape.tag == "rect":
            x, y, wide = (float(shape.get(name)) for name in ("x", "y", "width"))
            assert -0.1 <= x <= x + wide <= WIDTH + 0.1
            assert -0.1 <= y <= height
    assert "<b>" not in str(draw(chart, number))


@given(charts())
def test_the_table_has_every_number(chart):
    table = chart.table(number)
    assert [label for label, _ in table] == list(chart.labels)
    for place, (_, cells) in enumerate(table):
        for one, cell in zip(chart.series, cells, strict=True):
            assert cell.startswith(number(one.values[place]))
            assert ("–" in cell) == bool(one.low)


@given(st.floats(0, 1e12))
def test_ticks_are_round_few_and_reach_the_top(top):
    found = ticks(top)
    assert found[0] == 0
    assert found[-1] >= top
    assert len(found) <= 7
    steps = {round(b - a, 6) for a, b in pairwise(found)}
    assert len(steps) == 1
    assert all(value == int(value) for value in found)


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_nothing_to_draw_is_drawn(kind):
    assert parsed(Chart(kind, "key", "Nothing", ("a",), (Series("s", (0.0,)),), "u", "x")) is not None


def test_missing_numbers_are_left_out():
    chart = Chart("line", "key", "Gap", ("a", "b", "c"), (Series("s", (1.0, None, 3.0)),), "u", "x")
    assert str(draw(chart, number)).count("L") == 1
    assert chart.table(number)[1] == ("b", [""])
