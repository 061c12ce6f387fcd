"""``crossreel backup | restore | sweep``: a workspace into one file, out of it again, and tidied."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Home, Json, emit, opened, progress_bar, table

__all__ = ["backup", "restore", "sweep"]


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to make; it must not be there yet.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write the whole workspace to one file, also while it is being served."""
    with opened(home) as app, progress_bar() as progress:
        report = asdict(app.backup(file, progress))
    emit(report, as_json, lambda: table(("", ""), list(report.items())))


def restore(
    file: Annotated[Path, typer.Argument(help="An archive made by crossreel backup.")],
    home: Home = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of what is in the folder, which is removed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the workspace of a backup, whole or not at all; every file is checked first."""
    from crossreel.app import restore_workspace
    from crossreel.settings import default_home

    with progress_bar() as progress:
        report = asdict(restore_workspace(file, home or default_home(), progress, replace=replace))
    emit(report, as_json, lambda: table(("", ""), list(report.items())))


def sweep(
    home: Home = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: Json = False,
) -> None:
    """Remove artwork and films that no title has any more and no undo needs, and what old jobs left."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.sweeping import sweep_blobs

    with opened(home) as app:
        found = sweep_blobs(app, COMMAND_LINE, dry_run=dry_run)
    verb = "would go" if dry_run else "are gone"
    left = sum(one.bytes for one in found.leftovers)
    told = (
        f"{len(found.removed)} files ({found.bytes:,} bytes) {verb}; {found.kept} stay.\n"
        f"{len(found.leftovers)} leftovers of ended work ({left:,} bytes) {verb}."
    )
    emit(asdict(found), as_json, lambda: typer.echo(told))
