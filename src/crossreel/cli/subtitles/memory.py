"""``crossreel subtitles memory``: the workspace's translation memory as TMX, in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, emit, opened
from crossreel.studio.whole_files import write_whole

__all__ = ["memory"]


def memory(
    from_: Annotated[str, typer.Option("--from", help="BCP 47 tag of the source.")],
    to: Annotated[str, typer.Option("--to", help="BCP 47 tag of the translation.")],
    bring: Annotated[
        Path | None, typer.Option("--import", help="TMX to add; all of its segments or none.")
    ] = None,
    export: Annotated[Path | None, typer.Option("--export", help="TMX to write.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Count, import or export the wordings that the workspace remembers of a language pair."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.memories import bring_in_memory, memory_file
    from crossreel.errors import BadFile
    from crossreel.values.language import Language

    source, target = Language.parse(from_), Language.parse(to)
    added = 0
    with opened(home) as app:
        if bring is not None:
            try:
                content = bring.read_bytes()
            except OSError as error:
                raise BadFile(bring, f"cannot be read ({error.strerror or error})") from error
            before = len(app.memories.of(source, target))
            added = bring_in_memory(app, COMMAND_LINE, content, source, target, name=bring.name) - before
        count = len(app.memories.of(source, target))
        if export is not None:
            write_whole(export, memory_file(app, source, target))
    result: dict[str, Any] = {
        "from": str(source),
        "to": str(target),
        "segments": count,
        "added": added,
        "output": None if export is None else str(export),
    }
    emit(result, as_json, lambda: typer.echo(f"{source} to {target}: {count} wordings, {added} of them new."))
