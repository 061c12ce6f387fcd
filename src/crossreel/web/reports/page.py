"""What every report shares: its parts, and the one HTML file they are put into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from crossreel.web.charts import Chart, draw

__all__ = ["Figure", "Report", "Section", "Table", "chart_figure", "decimal", "render"]

Number = Callable[[float], str]


def decimal(value: float) -> str:
    """A figure between 0 and 1, to four places."""
    return f"{value:.4f}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; columns from ``numbers`` on hold numbers.

    What stands after a line break in a cell is set small under the rest.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture whose title is its finding, with the table behind it."""

    key: str
    finding: str
    picture: Markup
    note: str
    table: Table


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report."""

    heading: str
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[tuple[str, Table], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report: the finding, what it rests on, its parts, and the recipe.

    Attributes:
        title: the finding in a sentence.
        lead: the two sentences to read if no more is read.
        recipe: how it was made, so that it can be made again.
    """

    kind: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    recipe: tuple[tuple[str, str], ...]


def chart_figure(chart: Chart, number: Number = decimal) -> Figure:
    """A chart as a figure."""
    rows = tuple((label, *cells) for label, cells in chart.table(number))
    table = Table((chart.axis, *(one.name for one in chart.series)), rows)
    return Figure(chart.key, chart.finding, draw(chart, number), chart.note, table)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("crossreel.web.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(report: Report) -> str:
    """The whole page: one file, no script, nothing from elsewhere."""
    style = files("crossreel.web.reports").joinpath("templates", "report.css").read_text("utf-8")
    return _environment().get_template("report.html").render(report=report, style=Markup(style))


def flat(parts: Sequence[Figure | None]) -> tuple[Figure, ...]:
    """The figures that are there."""
    return tuple(part for part in parts if part is not None)
