"""The lines of a film that is localized: known by ids, spoken or only read, with a face or without."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from crossreel.localize.timedtext import Document, read_file
from crossreel.studio.dubbing import seen_lines
from crossreel.studio.narratives import read_analysis
from crossreel.values.language import Language

__all__ = ["mouths_of", "speakable", "with_ids", "written_by_people"]


def with_ids(document: Document) -> Document:
    """Every cue with an id, so that lines are known by it through all steps."""
    taken = {cue.id for cue in document.cues}
    if "" not in taken and len(taken) == len(document.cues):
        return document
    return replace(
        document, cues=tuple(replace(cue, id=str(n)) for n, cue in enumerate(document.cues, start=1))
    )


def speakable(
    draft: Path, source: Path, target: Language, read_only: Collection[str] = ()
) -> tuple[Document, list[str]]:
    """The translation without the cues that no engine translated and nobody wrote since, and the read ones.

    Args:
        draft: the translation; the list of its lines lies beside it.
        source: what it was translated from.
        target: language of the translation.
        read_only: ids of cues that are read and not said (forced narratives).
    """
    document = read_file(draft, language=target)
    listed = json.loads(draft.with_suffix(".json").read_text(encoding="utf-8"))["lines"]
    missing = {place for place, line in enumerate(listed) if line["state"] == "untranslated"}
    before = read_file(source).cues
    gone = {n for n in missing if n < len(document.cues) and document.cues[n].text == before[n].text}
    kept = tuple(
        cue
        for n, cue in enumerate(document.cues)
        if n not in gone and (not cue.id or cue.id not in read_only)
    )
    notes = [f"Line {document.cues[n].id} is not translated and is not spoken." for n in sorted(gone)]
    return replace(document, cues=kept), notes


def written_by_people(draft: Path, target: Language) -> frozenset[str]:
    """Ids of the lines that do not say any more what the machine wrote."""
    listed = json.loads(draft.with_suffix(".json").read_text(encoding="utf-8"))["lines"]
    machine = {str(line["id"]): " ".join(str(line["target"]).split()) for line in listed}
    cues = read_file(draft, language=target).cues
    return frozenset(cue.id for cue in cues if machine.get(cue.id, "") != " ".join(cue.text.split()))


def mouths_of(analysis: Path | None, document: Document) -> dict[str, bool]:
    """By cue id, whether a face is seen for at least half of the line; empty where nobody looked."""
    if analysis is None:
        return {}
    faces = read_analysis(analysis).get("faces") or []
    return seen_lines([(float(one["start"]), float(one["end"])) for one in faces], document)
