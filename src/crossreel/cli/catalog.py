"""``crossreel catalog``: titles in and out, and finding them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.cli.title_texts import translate

__all__ = ["VERBS"]


def import_(
    path: Annotated[Path, typer.Argument(help="A file or folder.")],
    format_: Annotated[
        str, typer.Option("--format", help="auto, movielens, tmdb or jsonl (Crossreel's own).")
    ] = "auto",
    source: Annotated[str | None, typer.Option(help="Names the import; default is the format.")] = None,
    skip_bad: Annotated[
        Path | None, typer.Option(help="Write refused rows to this CSV and import the rest.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read titles into the catalog (the workspace is made if it is not there)."""
    from crossreel.catalog.importing import import_catalog

    with opened(home, create=True) as app, progress_bar() as progress:
        report = import_catalog(
            path, format=format_, source=source, store=app.catalog, skip_bad=skip_bad, progress=progress
        )
        document = report.to_dict()

        def human() -> None:
            table(("", ""), [(key, value) for key, value in document.items() if not isinstance(value, list)])

        emit(document, as_json, human)
        if not app.licenses.count():
            announce(app.no_license_hint)


def show(
    title: Annotated[str, typer.Argument(help="Title id, source:id.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print all that is known of a title."""
    from crossreel.catalog.documents import title_to_dict

    with opened(home) as app:
        id_ = app.title_id(title)
        document = title_to_dict(app.catalog.get([id_])[id_])
        emit(document, as_json, lambda: table(("field", "value"), list(document.items())))


def search(
    query: Annotated[str, typer.Argument(help="Words in any script, with or without accents.")],
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=1000)] = 20,
    territory: Annotated[str | None, typer.Option(help="Only what is open there now.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find titles by name, people, keywords or text."""
    from crossreel.values.territory import Territory

    with opened(home) as app:
        where = Territory.parse(territory) if territory else None
        hits = app.search(query, limit=limit, territory=where)
        titles = app.catalog.get([hit.title for hit in hits])
        items = [
            {
                "title_id": str(hit.title),
                "title": titles[hit.title].name,
                "year": titles[hit.title].year,
                "matched": hit.matched,
                "score": round(hit.score, 4),
            }
            for hit in hits
        ]
        rows = [tuple(item.values()) for item in items]
        emit(
            {"query": query, "items": items},
            as_json,
            lambda: table(("id", "title", "year", "matched", "score"), rows),
        )


def export(
    path: Annotated[Path, typer.Argument(help="File to write, JSON Lines.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write every title as Crossreel JSON Lines."""
    from crossreel.catalog.importing import export_catalog

    with opened(home) as app:
        count = export_catalog(path, app.catalog)
        emit({"titles": count, "path": str(path)}, as_json, lambda: typer.echo(f"{count} titles written."))


def doubtful(home: Home = None, as_json: Json = False) -> None:
    """List pairs of titles that may be the same work, for review."""
    with opened(home) as app:
        pairs = [(str(pair.first), str(pair.second), pair.why) for pair in app.catalog.doubtful()]
        document = {"pairs": [dict(zip(("first", "second", "why"), pair, strict=True)) for pair in pairs]}
        emit(document, as_json, lambda: table(("first", "second", "why"), pairs))


VERBS = {
    "import": import_,
    "show": show,
    "search": search,
    "export": export,
    "doubtful": doubtful,
    "translate": translate,
}
