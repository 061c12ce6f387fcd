"""Removing what ended work left in the workspace: uploads, copies of films, analyses, outlines, answers.

=========================  =====================================  =========================================
where                      what lies there                        goes after
=========================  =====================================  =========================================
``uploads/ID/``            a file sent for a job, its bad rows    ``KEPT_DAYS`` since its job ended
``analyses/FILM/``         what was found in a film               ``KEPT_DAYS``, if no title or proof has it
``analyses/FILM.USE``      a copy of a film for work              ``COPY_DAYS``, if none is queued or runs
``versions/FILM/``         languages made of a film               ``KEPT_DAYS``, if no title or proof has it
``waveforms/FILM.npz``     outline of a film's sound              ``KEPT_DAYS``, if no title or proof has it
``translations/A-B.jsonl`` answers of translation engines         ``ANSWER_DAYS`` without a new one
=========================  =====================================  =========================================

An entry is as old as the newest file in it. Everything here can be made again from what is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crossreel.app import App
from crossreel.values.job import Job, JobState

__all__ = ["ANSWER_DAYS", "COPY_DAYS", "KEPT_DAYS", "Leftover", "leftovers", "remove_leftovers"]

KEPT_DAYS = 30
COPY_DAYS = 2
ANSWER_DAYS = 180

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder that nothing needs any more: its path in the workspace, and its bytes."""

    path: str
    bytes: int


def leftovers(app: App, films: set[str]) -> list[Leftover]:
    """What may go now, by path.

    Args:
        app: the application.
        films: digests of the films that titles have, or may have again by undoing.
    """
    jobs = list(_recent_jobs(app))
    folders = {str(job.parameters.get("folder", "")) for job in jobs}
    at_work = {str(job.parameters.get("film", "")) for job in jobs if not job.state.is_final}
    proofs = {proof.film for proof, _ in app.proofs.all()}
    found = [
        *_old(app, "uploads", KEPT_DAYS, folders),
        *_old(app, "analyses", KEPT_DAYS, films | proofs | at_work, folders=True),
        *_old(app, "analyses", COPY_DAYS, at_work, folders=False),
        *_old(app, "versions", KEPT_DAYS, films | proofs | at_work, folders=True),
        *_old(app, "waveforms", KEPT_DAYS, films | proofs),
        *_old(app, "translations", ANSWER_DAYS, set()),
    ]
    return sorted(found, key=lambda one: one.path)


def remove_leftovers(app: App, found: list[Leftover]) -> None:
    """Removes them; what has gone meanwhile is no error."""
    for one in found:
        path = app.home / one.path
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _recent_jobs(app: App) -> Iterator[Job]:
    """Jobs that are not done, and those that ended within ``KEPT_DAYS``."""
    oldest = app.clock() - timedelta(days=KEPT_DAYS)
    for state in (JobState.QUEUED, JobState.RUNNING):
        yield from _jobs(app, state)
    for job in _jobs(app, None):
        if job.state.is_final and (job.finished or job.created) >= oldest:
            yield job


def _jobs(app: App, state: JobState | None) -> Iterator[Job]:
    before: datetime | None = None
    while page := app.jobs.page(limit=_PAGE, before=before, state=state):
        yield from page
        before = page[-1].created
        if len(page) < _PAGE:
            return


def _old(
    app: App, folder: str, days: int, needed: set[str], *, folders: bool | None = None
) -> Iterator[Leftover]:
    """Entries of a folder that are older than this and whose name, up to its dot, is not needed."""
    oldest = (app.clock() - timedelta(days=days)).timestamp()
    root = app.home / folder
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.is_symlink() or path.name.partition(".")[0] in needed:
            continue
        if folders is not None and path.is_dir() is not folders:
            continue
        files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
        stats = [one.stat() for one in files] or [path.stat()]
        if max(one.st_mtime for one in stats) < oldest:
            size = sum(one.st_size for one in stats) if files else 0
            yield Leftover(f"{folder}/{path.name}", size)
