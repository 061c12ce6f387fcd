"""From subtitles to lines to speak: who says what, without sounds, music and labels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossreel.localize.timedtext.model import FOREVER, Document, speakers

__all__ = ["ScriptLine", "script_of"]

_SOUND = re.compile(r"\[[^\]]*\]|\([^)]*\)|♪[^♪]*♪?|[♪♫]")
_LABEL = re.compile(r"^(?P<name>[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .'0-9]{0,30}):\s+")
_DASH = re.compile(r"^[-–—]\s*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line to speak: the cue's id, its time in milliseconds, its speaker and its words."""

    id: str
    start: int
    end: int
    speaker: str
    text: str


def script_of(document: Document) -> tuple[tuple[ScriptLine, ...], tuple[str, ...]]:
    """The lines of a document in order of time, and in words what was not taken.

    Cues without spoken words (sounds, music) are left out; cues that never end or end before they begin are
    left out and told.
    """
    lines: list[ScriptLine] = []
    notes: list[str] = []
    taken: set[str] = set()
    for number, cue in enumerate(document.cues, start=1):
        text = _DASH.sub("", _SOUND.sub(" ", cue.text)).strip()
        named = next(iter(speakers(cue.tree)), "")
        label = _LABEL.match(text)
        if label:
            named, text = named or label["name"].title(), _DASH.sub("", text[label.end() :])
        text = " ".join(text.split())
        if not any(sign.isalnum() for sign in text):
            continue
        start, end = round(cue.start * 1000), round(cue.end * 1000)
        if end <= start or cue.end >= FOREVER:
            notes.append(f"Cue {cue.id or number} has no usable time and is not spoken.")
            continue
        id = cue.id or str(number)
        while id in taken:
            id = f"{id}'"
        taken.add(id)
        lines.append(ScriptLine(id, start, end, named, text))
    return tuple(sorted(lines, key=lambda line: line.start)), tuple(notes)
