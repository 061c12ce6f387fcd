"""``crossreel catalog translate``: names and synopses into another language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table

if TYPE_CHECKING:
    from crossreel.desk.title_texts import TextOrder, TextRun

__all__ = ["translate"]

_FINDINGS = 3


def translate(
    to: Annotated[str, typer.Option("--to", help="BCP 47 tag of the translation.")],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Only texts in this language; else each title's original, or English, or another."
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", help="apertium, ctranslate2, openai, deepl, own, or an entry point.")
    ] = "apertium",
    model: Annotated[
        str, typer.Option("--model", help="A model's name (openai) or directory (ctranslate2).")
    ] = "",
    titles: Annotated[
        list[str] | None,
        typer.Option("--titles", help="Title id; repeatable. Without it, the whole catalog."),
    ] = None,
    only: Annotated[str, typer.Option("--only", help="synopsis, name or both.")] = "synopsis",
    terms: Annotated[Path | None, typer.Option("--terms", help="Termbase: CSV or TBX.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also texts that a person wrote; they can be put back by undo.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it will take; nothing is sent or changed.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Translate titles' names and synopses by machine; what people wrote stays."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.app import translation_engine
    from crossreel.desk.title_texts import TextOrder, quote_texts, translate_texts
    from crossreel.values.language import Language

    with opened(home) as app, progress_bar() as progress:
        order = TextOrder(
            Language.parse(to),
            Language.parse(from_) if from_ else None,
            engine,
            model,
            only,
            tuple(app.title_id(one) for one in titles or ()),
            terms,
            replace,
        )
        facts = translation_engine(engine, app.home, model=model).facts
        if facts.sends_away:
            announce(f"The texts {'would be' if dry_run else 'are'} sent away, to {facts.name}.")
        if dry_run:
            run = quote_texts(app, order)
        else:
            run = translate_texts(app, COMMAND_LINE, order, progress=progress)
    document = _document(order, run, dry_run)
    emit(document, as_json, lambda: _print(run, dry_run))
    for note in run.notes:
        announce(note)
    counts = run.counts()
    announce(f"{len(run.items)} texts: " + ", ".join(f"{n} {state}" for state, n in counts.items()) + ".")
    if counts.get("untranslated") or counts.get("failed"):
        raise typer.Exit(_FINDINGS)


def _document(order: TextOrder, run: TextRun, dry_run: bool) -> dict[str, Any]:
    return {
        "to": str(order.target),
        "from": order.source and str(order.source),
        "only": order.only,
        "engine": run.engine,
        "sends_away": run.sends_away,
        "dry_run": dry_run,
        "titles": len({item.title for item in run.items}),
        "counts": run.counts(),
        "changed": sum(item.changed for item in run.items),
        "estimate": run.estimate.to_dict(),
        "characters": run.characters,
        "routes": {source: list(steps) for source, steps in run.routes.items()},
        "items": [item.to_dict() for item in run.items],
        "worst": [
            {"title_id": str(item.title), "field": item.field, "risk": round(item.risk, 3)}
            for item in run.worst_first()
            if item.risk > 0
        ],
        "notes": run.notes,
    }


def _print(run: TextRun, dry_run: bool) -> None:
    if dry_run:
        table(("what", "value"), list(run.estimate.to_dict().items()))
        return
    rows = [
        (str(item.title), item.field, item.state, f"{item.risk:.2f}", item.target)
        for item in run.worst_first()
    ]
    table(("title", "field", "state", "risk", "text"), rows)
