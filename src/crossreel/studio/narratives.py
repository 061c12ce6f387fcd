"""Forced narratives of a film in a language: from marks in its subtitles, and from text in the picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, BadValue
from crossreel.localize.forced import Draft, forced_cues, narratives_of, screen_texts
from crossreel.localize.timedtext import Document, fix, read_file, write_bytes
from crossreel.localize.timedtext.formats import format_for
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.studio.whole_files import write_whole
from crossreel.values.language import Language

__all__ = ["forced_track", "read_analysis", "seen_in_picture", "translated_narratives", "with_marked"]


def read_analysis(path: Path) -> dict[str, Any]:
    """A document of ``video analyze``. Raises ``BadFile`` for anything else."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(path, f"cannot be read as JSON ({error})") from error
    if not isinstance(read, dict):
        raise BadFile(path, "is no analysis of a film", advice="Make one with crossreel video analyze.")
    return read


def seen_in_picture(path: Path, spoken: Document | None = None) -> Draft:
    """A draft of forced narratives from an analysis. Raises ``BadFile``."""
    try:
        return narratives_of(screen_texts(read_analysis(path)), spoken)
    except BadValue as error:
        raise BadFile(
            path, error.message.rstrip("."), advice="Make it with crossreel video analyze."
        ) from error


def translated_narratives(draft: Draft, task: Callable[[], Task], target: Language) -> Draft:
    """A draft in another language; what no engine translated is left out and told.

    Args:
        draft: in the language of the picture.
        task: gives the translation; asked only where there is something to translate.
        target: the language wanted.
    """
    if not draft.cues:
        return draft
    done = translate_document(Document(draft.cues), task())
    pairs = list(zip(done.document.cues, done.lines, strict=True))
    kept = tuple(replace(cue, forced=True) for cue, line in pairs if line.state != "untranslated")
    lost = len(pairs) - len(kept)
    notes = (f"{lost} texts of the picture are not translated into {target}.",) if lost else ()
    return Draft(kept, (*draft.notes, *notes))


def with_marked(draft: Draft, translation: Document, marked: Collection[str]) -> Document:
    """The track: the translation's cues of these ids, and the draft's where no such cue is shown."""
    cues = [replace(cue, forced=True) for cue in translation.cues if cue.id in marked and cue.text.strip()]
    cues += [one for one in draft.cues if all(one.end <= cue.start or one.start >= cue.end for cue in cues)]
    return Document(tuple(sorted(cues, key=lambda cue: (cue.start, cue.end))), language=translation.language)


def forced_track(
    out: Path,
    language: Language,
    *,
    subtitles: Path | None = None,
    analysis: Path | None = None,
    task: Callable[[], Task] | None = None,
    profile: str = "netflix",
) -> dict[str, Any]:
    """Writes a forced-narrative track: ``{"output", "language", "cues", "unsolved", "notes"}``.

    Args:
        out: subtitle file to write; nothing is written where there is no forced narrative.
        language: of the track, and of ``subtitles``.
        subtitles: whose marked cues are taken.
        analysis: of ``video analyze``, whose texts are drafted.
        task: gives the translation of these texts; None leaves them in the language of the picture.
        profile: rules of the track.

    Raises:
        BadFile: a file cannot be read or written.
        BadValue: neither is given.
    """
    if subtitles is None and analysis is None:
        raise BadValue("source of the track", "", "subtitles with marked cues, an analysis, or both")
    spoken = read_file(subtitles, language=language) if subtitles else Document((), language=language)
    draft = seen_in_picture(analysis, spoken) if analysis else Draft(())
    if task is not None:
        draft = translated_narratives(draft, task, language)
    marked = Document(forced_cues(spoken), language=language)
    ids = {cue.id or f"\0{place}" for place, cue in enumerate(marked.cues)}
    named = tuple(replace(cue, id=cue.id or f"\0{place}") for place, cue in enumerate(marked.cues))
    track = with_marked(draft, replace(marked, cues=named), ids)
    track = replace(track, cues=tuple(replace(cue, id=cue.id.partition("\0")[0]) for cue in track.cues))
    return _written(out, track, language, profile, draft.notes)


def _written(
    out: Path, track: Document, language: Language, profile: str, notes: tuple[str, ...]
) -> dict[str, Any]:
    told: Mapping[str, Any] = {"output": None, "language": str(language), "cues": [], "unsolved": 0}
    if not track.cues:
        return {**told, "notes": [*notes, "There is no forced narrative, so nothing is written."]}
    fixed = fix(track, language, profile)
    made = write_bytes(fixed.document, format_for(out).name)
    write_whole(out, made.data)
    shown = [
        {"id": cue.id, "start": float(cue.start), "end": float(cue.end), "text": cue.text}
        for cue in fixed.document.cues
    ]
    every = [*notes, *fixed.notes, *made.notes]
    return {**told, "output": str(out), "cues": shown, "unsolved": len(fixed.unsolved), "notes": every}
