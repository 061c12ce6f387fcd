"""Fixing a subtitle file with fewer words where nobody can read it in its time, if that is allowed.

First everything is fixed without changing a word. Cues that are still too fast are then said shorter: by an
engine that is told how many characters may stand, and by the rules of ``localize/dub/condensing.toml``; the
longest wording that can be read is taken, else the shortest. What loses a number is not taken; cues with
markup inside, of two speakers, or of sounds keep their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crossreel.localize.dub.condense import shorter_wordings
from crossreel.localize.timedtext import Document, Fixed
from crossreel.localize.timedtext.model import Cue, Node, Span, Text
from crossreel.localize.translate.roles import Request, TranslationEngine
from crossreel.values.language import Language

__all__ = ["Condensed", "condensed"]

_NUMBERS = re.compile(r"\d+")
_KEPT = re.compile(r"^[-–—]|[♪♫\[\]()]", re.MULTILINE)
_GROUP = 20


@dataclass(frozen=True, slots=True)
class Condensed:
    """What came of it.

    Args:
        fixed: the document, its words changed where ``changes`` says so; ``before`` is of the one given.
        changes: (start in seconds, words before, words after).
    """

    fixed: Fixed
    changes: tuple[tuple[float, str, str], ...]

    def to_dict(self) -> list[dict[str, Any]]:
        """The changes as JSON."""
        return [{"start": start, "before": old, "after": new} for start, old, new in self.changes]


def condensed(
    document: Document,
    language: Language,
    fix: Callable[[Document], Fixed],
    engine: TranslationEngine | None = None,
) -> Condensed:
    """A fixed document in which cues that nobody can read in their time are said shorter.

    Args:
        document: the subtitles.
        language: of them; without an engine it needs rules of its own, else nothing is changed.
        fix: repairs a document without changing a word.
        engine: asked for shorter wordings in the same language; None leaves it to the rules.

    Raises:
        OutsideFailure: the engine failed.
    """
    first = fix(document)
    cues = list(first.document.cues)
    room = _room(first, cues)
    offered = _asked(room, cues, language, engine)
    changes = []
    for place, most in room.items():
        text = " ".join(cues[place].text.split())
        found = [*offered.get(place, ()), *shorter_wordings(text, language)]
        best = _best(text, found, most)
        if best:
            cues[place] = replace(cues[place], tree=_said(cues[place].tree, best))
            changes.append((round(float(cues[place].start), 3), text, best))
    if not changes:
        return Condensed(first, ())
    again = fix(replace(first.document, cues=tuple(cues)))
    return Condensed(
        replace(again, before=first.before, changed=first.changed + len(changes)), tuple(changes)
    )


def _room(fixed: Fixed, cues: Sequence[Cue]) -> dict[int, int]:
    """By place, the characters that can be read, of cues that are too fast and may be reworded."""
    room = {}
    for one in fixed.after.violations:
        cue = cues[one.cue - 1]
        if one.rule == "reading-speed" and _is_plain(cue.tree) and not _KEPT.search(cue.text):
            room[one.cue - 1] = int(len(" ".join(cue.text.split())) * float(one.limit) / float(one.value))
    return room


def _is_plain(tree: Sequence[Node]) -> bool:
    """Nothing but words, or words in one span."""
    if len(tree) == 1 and isinstance(tree[0], Span) and tree[0].kind != "ruby":
        return all(isinstance(node, Text) for node in tree[0].children)
    return all(isinstance(node, Text) for node in tree)


def _said(tree: Sequence[Node], text: str) -> tuple[Node, ...]:
    if isinstance(tree[0], Span):
        return (replace(tree[0], children=(Text(text),)),)
    return (Text(text),)


def _asked(
    room: Mapping[int, int], cues: Sequence[Cue], language: Language, engine: TranslationEngine | None
) -> dict[int, list[str]]:
    if engine is None:
        return {}
    requests = [
        Request(
            str(place),
            " ".join(cues[place].text.split()),
            before=tuple(" ".join(cue.text.split()) for cue in cues[max(0, place - 3) : place]),
            most=max(1, most),
        )
        for place, most in room.items()
    ]
    found: dict[int, list[str]] = {}
    for at in range(0, len(requests), _GROUP):
        for answer in engine.translate(requests[at : at + _GROUP], language, language):
            if answer.id.isdigit():
                found.setdefault(int(answer.id), []).append(" ".join(answer.text.split()))
    return found


def _best(text: str, found: Sequence[str], most: int) -> str:
    """The longest that can be read, else the shortest; empty where none is shorter."""
    numbers = _NUMBERS.findall(text)
    kept = [one for one in found if 0 < len(one) < len(text) and _NUMBERS.findall(one) == numbers]
    fitting = [one for one in kept if len(one) <= most]
    return max(fitting, key=len) if fitting else min(kept, key=len, default="")
