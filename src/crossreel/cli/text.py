"""``crossreel text``: language, sentiment and summaries of texts (no workspace needed)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, emit, emit_items, progress_bar, table
from crossreel.errors import BadValue

if TYPE_CHECKING:
    from crossreel.values.text_roles import SentimentScore

__all__ = ["VERBS"]

_BATCH = 128
_STREAMED = 100_000
"""Texts above which each portion is printed as it comes."""
_LONGEST = 1 << 20
"""Characters of a text that is summarized; every sentence is compared with every other."""

File = Annotated[Path, typer.Argument(help="TSV or CSV (also gzip) with a header line.")]
Column = Annotated[str, typer.Option("--column", help="The column that holds the texts.")]


def language(file: File, column: Column = "text", home: Home = None, as_json: Json = False) -> None:
    """Say which language each text of a file is in; null where that cannot be told."""
    from crossreel.app import text_tools
    from crossreel.desk.texts import languages_of

    tools = text_tools(home)
    _tell(
        file,
        column,
        {},
        lambda texts: languages_of(tools, texts),
        ("row", "language", "confidence"),
        lambda one: (one["language"] or "unknown", one["confidence"]),
        as_json,
    )


def sentiment(
    file: File,
    column: Column = "text",
    classes: Annotated[int, typer.Option("--classes", help="3, or 2: without neutral.")] = 3,
    tier: Annotated[str, typer.Option("--tier", help="accurate, or fast (few languages).")] = "accurate",
    sentences: Annotated[bool, typer.Option("--sentences", help="Score every sentence as well.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say of each text of a file whether it is positive, neutral or negative, with probabilities."""
    from crossreel.app import text_tools
    from crossreel.desk.texts import told_score

    if classes not in (2, 3):
        raise BadValue("number of classes", classes, "2 or 3")
    tools = text_tools(home)
    scorer = tools.scorer(tier)

    def told(texts: Sequence[str]) -> list[dict[str, Any]]:
        scores = scorer.score(texts)
        items = [told_score(score, classes) for score in scores]
        if sentences:
            for item, text, score in zip(items, texts, scores, strict=True):
                item["sentences"] = _sentences(tools, scorer, text, score, classes)
        return items

    _tell(
        file,
        column,
        {"model": scorer.name},
        told,
        ("row", "label", "probability"),
        lambda one: (one["label"], max(one["probabilities"].values())),
        as_json,
    )


def _tell(
    file: Path,
    column: str,
    document: dict[str, Any],
    tell: Callable[[Sequence[str]], list[dict[str, Any]]],
    titles: Sequence[str],
    cells: Callable[[dict[str, Any]], tuple[object, ...]],
    as_json: bool,
) -> None:
    """Prints what is told of each text of a file.

    A file is read once before, so that a bad row is found first. Of very many texts each portion is printed
    as it comes, so that memory does not grow with the file.
    """
    from crossreel.insight.text.column import read_column

    again = file.is_file()  # a pipe cannot be read twice
    held = [] if again else list(read_column(file, column))
    count = sum(1 for _ in read_column(file, column)) if again else len(held)

    def items(progress: Callable[[int, int, str], None]) -> Iterator[dict[str, Any]]:
        texts, done = read_column(file, column) if again else iter(held), 0
        while part := list(islice(texts, _BATCH)):
            yield from tell(part)
            done += len(part)
            progress(done, count, "texts")

    with progress_bar() as progress:
        if count > _STREAMED and as_json:
            emit_items(document, items(progress))
            return
        if count > _STREAMED:
            for place, one in enumerate(items(progress)):
                typer.echo("\t".join(str(cell) for cell in (place + 1, *cells(one))))
            return
        told = list(items(progress))
    rows = [(place + 1, *cells(one)) for place, one in enumerate(told)]
    emit({**document, "items": told}, as_json, lambda: table(titles, rows))


def _sentences(
    tools: Any, scorer: Any, text: str, whole: SentimentScore, classes: int
) -> list[dict[str, Any]]:
    from crossreel.desk.texts import told_score

    parts = tools.splitter.split(text, whole.language)
    scores = scorer.score([part.text for part in parts], [whole.language] * len(parts))
    return [
        {"text": part.text, "start": part.start, "end": part.end, **told_score(score, classes)}
        for part, score in zip(parts, scores, strict=True)
    ]


def summarize(
    file: Annotated[Path, typer.Argument(help="A text file, UTF-8; whole sentences of it are chosen.")],
    method: Annotated[
        str, typer.Option("--method", help="centroid, lexrank, textrank or lead.")
    ] = "centroid",
    length: Annotated[
        str, typer.Option("--length", help="logline, short, long, or a number of characters.")
    ] = "short",
    language_: Annotated[
        str | None, typer.Option("--language", help="BCP 47 tag; detected otherwise.")
    ] = None,
    without_ending: Annotated[
        bool, typer.Option("--no-ending", help="Leave out the last third, which tells how it ends.")
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option("--engine", help="openai: a model of your choice tells it in other words (settings)."),
    ] = None,
    or_extract: Annotated[
        bool, typer.Option("--or-extract", help="Sentences of the text where the model's summary is refused.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Summarize a text by sentences of its own, never cut, up to a length in characters."""
    from crossreel.app import summary_writer, text_tools
    from crossreel.catalog.decoding import Row, lines
    from crossreel.desk.texts import summary_of
    from crossreel.errors import BadFile, BadRows

    tools, parts, length_so_far = text_tools(home), [], 0
    for one in lines(file):
        if not isinstance(one, Row):
            raise BadRows([one], advice="Save the text as UTF-8.")
        parts.append(one.cells[0])
        length_so_far += len(one.cells[0]) + 1
        if length_so_far > _LONGEST:
            raise BadFile(file, "has more than a million characters", advice="Summarize its chapters.")
    text = "\n".join(parts)
    document = summary_of(
        tools,
        text,
        method=method,
        length=int(length) if length.isdecimal() else length,
        language=language_ or "",
        without_ending=without_ending,
        writer=summary_writer(engine, home) if engine else None,
        or_extract=or_extract,
    )
    if document["refused"]:
        typer.echo(f"{document['refused']} These are sentences of the text.", err=True)
    emit(document, as_json, lambda: typer.echo(document["summary"]))


VERBS = {"summarize": summarize, "language": language, "sentiment": sentiment}
"""Verbs in the order that help lists them."""
