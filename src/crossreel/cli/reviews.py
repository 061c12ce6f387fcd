"""``crossreel reviews``: bring reviews in, learn from labeled ones, say what a country thinks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from crossreel.cli.audience import import_ as import_events
from crossreel.cli.terminal import Home, Json, emit, opened, progress_bar, table
from crossreel.errors import BadValue

__all__ = ["VERBS"]


def import_(
    path: Annotated[
        Path,
        typer.Argument(help="CSV with the columns viewer, title, text; territory, language, time, value."),
    ],
    source: Annotated[str, typer.Option(help="Names the import.")] = "reviews",
    map_: Annotated[
        str | None, typer.Option("--map", help="Which column is which: viewer=author,title=film,...")
    ] = None,
    scale: Annotated[str | None, typer.Option(help="Range of the stars, such as 1..10.")] = None,
    skip_bad: Annotated[
        Path | None, typer.Option(help="Write refused rows to this CSV and import the rest.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read reviews from a CSV or Parquet file, whole or not at all; again adds only what is new."""
    format_ = "parquet" if path.suffix == ".parquet" else "csv"
    import_events(path, format_, source, map_, "review", scale, skip_bad, home, as_json)


def train(
    file: Annotated[Path, typer.Argument(help="TSV or CSV with labeled reviews of one language.")],
    language: Annotated[str, typer.Option("--language", help="BCP 47 tag of the reviews.")],
    column: Annotated[str, typer.Option("--column", help="The column of the texts.")] = "text",
    labels: Annotated[
        str, typer.Option("--labels", help="The column of the labels: 1 or positive, 0 or negative.")
    ] = "label",
    most: Annotated[
        int,
        typer.Option(
            "--vectors", min=40, help="Reviews of which sentence vectors are made; n-grams read all of them."
        ),
    ] = 5000,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Teach the sentiment model a language by labeled reviews; the workspace uses it from then on."""
    import numpy as np

    from crossreel.app import text_tools
    from crossreel.insight.text.column import read_columns
    from crossreel.insight.text.excerpt import excerpt
    from crossreel.insight.text.sentiment.fast import shipped_fast
    from crossreel.insight.text.sentiment.head import shipped_head
    from crossreel.insight.text.sentiment.local import fit_local
    from crossreel.values.language import Language

    spoken = Language.parse(language)
    words = {"1": 1, "positive": 1, "0": 0, "negative": 0}
    rows = list(read_columns(file, (labels, column)))
    bad = next((one for one, _ in rows if one.strip().lower() not in words), None)
    if bad is not None:
        raise BadValue("label", bad, "1, 0, positive or negative")
    told = np.array([words[one.strip().lower()] for one, _ in rows], dtype=np.int64)
    texts = [text for _, text in rows]
    embedder = text_tools(home).opinion_embedder
    vectors = np.zeros((len(texts), embedder.dimensions), np.float32)
    own = np.random.default_rng(42).permutation(len(texts))[:most]
    with opened(home, create=True) as app:
        with progress_bar() as progress:
            for start in range(0, len(own), 128):
                part = own[start : start + 128]
                vectors[part] = embedder.embed([excerpt(texts[at]) for at in part])
                progress(min(start + 128, len(own)), len(own), "reviews")
        with_vector = np.isin(np.arange(len(texts)), own)
        model = fit_local(
            spoken.primary,
            vectors,
            texts,
            told,
            shipped_head(),
            with_vector=with_vector,
            companion=shipped_fast().get(spoken.primary),
        )
        folder = app.home / "sentiment"
        folder.mkdir(exist_ok=True)
        unfinished = folder / f".{spoken.primary}.npz"
        model.save(unfinished)
        unfinished.replace(folder / f"{spoken.primary}.npz")
        document = {
            "language": spoken.primary,
            "labels": model.labels,
            "with_vectors": len(own),
            "accuracy_on_held_out_reviews": round(model.held_out_accuracy, 4),
            "model": str(folder / f"{spoken.primary}.npz"),
        }
    emit(document, as_json, lambda: table(("", ""), list(document.items())))


def report(
    title: Annotated[str, typer.Argument(help="Title id, source:id.")],
    territory: Annotated[str, typer.Option("--territory", help="The country (ISO 3166-1 alpha-2).")],
    against: Annotated[
        list[str] | None, typer.Option("--against", help="Countries to compare it with; may be repeated.")
    ] = None,
    tier: Annotated[str, typer.Option("--tier", help="accurate or fast.")] = "accurate",
    engine: Annotated[
        str | None, typer.Option("--engine", help="Translates quotes into English, such as apertium.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder to write report.html, report.csv, differences.csv and report.json to."
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say what a country's reviews of a title think of it, and how that differs from other countries."""
    from crossreel.desk.reviews import countries_of, kept_report, report_job
    from crossreel.insight.text.reviews.report import left_out, write_csv, write_differences_csv
    from crossreel.studio.out_folder import make_folder
    from crossreel.web.review_report import review_page

    codes = countries_of([territory, *(against or ())])
    asked = {"title": title, "territories": codes, "tier": tier, "engine": engine or ""}
    with opened(home) as app, progress_bar() as progress:
        if out:  # before the reviews are read, which takes long
            make_folder(out)
        report_job(app, asked, progress)
        document: dict[str, Any] = kept_report(app, app.title_id(title), codes)
    if out:
        (out / "report.json").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        write_csv(document, out / "report.csv")
        write_differences_csv(document, out / "differences.csv")
        (out / "report.html").write_text(review_page(document), encoding="utf-8")
    rows = [
        (
            country["territory"],
            country["reviews"],
            *(f"{country['opinion'][label]['share']:.0%}" for label in ("positive", "neutral", "negative")),
        )
        for country in document["countries"]
    ]

    def human() -> None:
        table(("country", "reviews", "positive", "neutral", "negative"), rows, title=document["name"])
        for one in document["differences"]:
            _print_differences(one)
        for line in left_out(document):
            typer.echo(line)

    emit(document, as_json, human)


def _print_differences(one: dict[str, Any]) -> None:
    """What differs between two countries, and what was compared beside it."""
    from crossreel.insight.text.reviews.tally import compared

    home, abroad = one["home"], one["abroad"]
    rows = [
        (
            phrase % {"aspect": aspect},
            *(f"{row[place]['share']:.0%} of {row[place]['of']}" for place in (home, abroad)),
            f"{row['p_corrected']:.2g}",
            "differs" if row["differs"] else "no difference shown",
        )
        for row in one["rows"]
        for phrase, aspect in [compared(row["what"])]
    ]
    table(("share of", home, abroad, "p", "test"), rows, title=f"{home} and {abroad}")


VERBS = {"import": import_, "train": train, "report": report}
"""Verbs in the order that help lists them."""
