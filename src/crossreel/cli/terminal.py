"""What every command shares: its options, its one JSON document, its progress on stderr."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from crossreel.errors import BadInput

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["Home", "Json", "announce", "emit", "opened", "progress_bar", "table"]

Home = Annotated[
    Path | None,
    typer.Option("--home", envvar="CROSSREEL_HOME", help="The workspace folder.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]

_stderr = Console(stderr=True)
_stdout = Console(soft_wrap=True)


@contextmanager
def opened(home: Path | None, *, create: bool = False) -> Iterator[App]:
    """The application over a workspace, closed at the end; ``create`` makes a missing one.

    A workspace that was made for an input which is then refused is removed again.
    """
    from crossreel.app import open_app
    from crossreel.settings import default_home

    folder = home or default_home()
    is_new = create and not folder.exists()
    app = open_app(folder, create=create)
    try:
        yield app
    except BadInput:
        app.close()
        if is_new:
            shutil.rmtree(folder)
        raise
    finally:
        app.close()


def emit(document: dict[str, Any], as_json: bool, human: Callable[[], None]) -> None:
    """Prints ``document`` as JSON, or calls ``human`` to print for people."""
    if as_json:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
        sys.stdout.buffer.write(orjson.dumps(document, option=options, default=str))
        sys.stdout.buffer.flush()
    else:
        human()


def emit_items(document: dict[str, Any], items: Iterable[dict[str, Any]]) -> None:
    """Prints ``document`` as JSON with ``items`` as its last key, each as it comes and on its own line."""
    head = orjson.dumps(document)[:-1].decode()
    out = sys.stdout
    out.write(head + (", " if document else "") + '"items": [')
    for place, item in enumerate(items):
        out.write((",\n" if place else "\n") + orjson.dumps(item).decode())
    out.write("\n]}\n")
    out.flush()


def announce(text: str) -> None:
    """One line for people, on standard error."""
    _stderr.print(text, highlight=False, markup=False, soft_wrap=True)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "", whole: Sequence[str] = ()
) -> None:
    """Prints a table on standard output; cells of columns in ``whole`` stay on one line, others fold."""
    made = (Column(name, no_wrap=name in whole, overflow="fold") for name in columns)
    shown = Table(*made, title=title or None, title_justify="left", box=None, header_style="bold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    _stdout.print(shown, markup=False)


def narrow(columns: int) -> bool:
    """Whether standard output has fewer columns of text than these."""
    return _stdout.width < columns


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """A ``progress(done, of, what)`` function drawn as one bar a ``what`` on standard error.

    ``of`` 0 means the end is not known. Nothing is drawn where standard error is not a terminal.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_stderr, disable=not _stderr.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def show(done: int, of: int, what: str) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of or None)
            bars.update(tasks[what], completed=done, total=of or None)

        yield show
