"""``crossreel text``: language, sentiment and summaries of texts (no workspace needed)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, emit, progress_bar, table
from crossreel.errors import BadValue

if TYPE_CHECKING:
    from crossreel.values.text_roles import SentimentScore

__all__ = ["VERBS"]

_BATCH = 128

File = Annotated[Path, typer.Argument(help="TSV or CSV (also gzip) with a header line.")]
Column = Annotated[str, typer.Option("--column", help="The column that holds the texts.")]


def language(file: File, column: Column = "text", home: Home = None, as_json: Json = False) -> None:
    """Say which language each text of a file is in; null where that cannot be told."""
    from crossreel.app import text_tools
    from crossreel.desk.texts import languages_of
    from crossreel.insight.text.column import read_column

    items = languages_of(text_tools(home), list(read_column(file, column)))
    rows = [(n + 1, one["language"] or "unknown", one["confidence"]) for n, one in enumerate(items)]
    emit({"items": items}, as_json, lambda: table(("row", "language", "confidence"), rows))


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
    from crossreel.insight.text.column import read_column

    if classes not in (2, 3):
        raise BadValue("number of classes", classes, "2 or 3")
    texts = list(read_column(file, column))
    tools = text_tools(home)
    scorer = tools.scorer(tier)
    items: list[dict[str, Any]] = []
    with progress_bar() as progress:
        for start in range(0, len(texts), _BATCH):
            part = texts[start : start + _BATCH]
            scores = scorer.score(part)
            for text, score in zip(part, scores, strict=True):
                item = told_score(score, classes)
                if sentences:
                    item["sentences"] = _sentences(tools, scorer, text, score, classes)
                items.append(item)
            progress(len(items), len(texts), "texts")
    rows = [(n + 1, one["label"], max(one["probabilities"].values())) for n, one in enumerate(items)]
    emit(
        {"model": scorer.name, "items": items}, as_json, lambda: table(("row", "label", "probability"), rows)
    )


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
    from crossreel.errors import BadRows

    tools, read = text_tools(home), list(lines(file))
    problems = [one for one in read if not isinstance(one, Row)]
    if problems:
        raise BadRows(problems, advice="Save the text as UTF-8.")
    text = "\n".join(one.cells[0] for one in read if isinstance(one, Row))
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
