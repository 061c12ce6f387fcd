"""Sentences rebuilt across cues.

A cue's text falls into turns (a new one at each dialogue dash) and those into pieces at the ends of
sentences. A sentence that a cue leaves open goes on in the next cue, where time and wording allow it.
What is translated is the whole sentence; its pieces remember where they stood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossreel.localize.timedtext.model import Cue, speakers
from crossreel.localize.timedtext.rules.dual_speaker import starts_with_dash
from crossreel.localize.timedtext.rules.measure import shown
from crossreel.values.language import Language

__all__ = ["Piece", "Unit", "pieces_of", "units_of"]

_END = re.compile(
    r"""[.!?…。！？؟।॥]+["'”’»」』)\]*]*(?=\s|$)|[。！？…]+["'”’»」』）]*""",
)
_LABEL = re.compile(r"^(?:\[[^\]\n]*\]|\([^)\n]*\)|♪+|#|♫+|[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .'0-9]{1,24}:)$")
_ABBREVIATIONS = frozenset(
    [
        "mr.",
        "mrs.",
        "ms.",
        "dr.",
        "prof.",
        "st.",
        "sr.",
        "jr.",
        "vs.",
        "etc.",
        "no.",
        "mt.",
        "sra.",
        "srta.",
        "dra.",
        "ud.",
        "uds.",
        "d.",
        "dña.",
        "m.",
        "mme.",
        "mlle.",
        "hr.",
        "fr.",
        "bzw.",
        "z.b.",
        "e.g.",
        "i.e.",
        "p.m.",
        "a.m.",
        "u.s.",
    ]
)
_LONGEST_PAUSE = 3.0
_MOST_PIECES = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cue that belongs to one sentence.

    Args:
        cue: place of the cue.
        turn: 0, or which dialogue line of the cue.
        order: which piece of that turn.
        text: its words, single-spaced.
        dash: the dialogue dash it began with, with its space; empty for none.
    """

    cue: int
    turn: int
    order: int
    text: str
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence and the pieces it is made of, in order; ``speaker`` where it is known."""

    pieces: tuple[Piece, ...]
    speaker: str = ""

    def text(self, glue: str = " ") -> str:
        """The sentence on one line."""
        return glue.join(piece.text for piece in self.pieces)


def pieces_of(cue: Cue, place: int) -> list[Piece]:
    """The pieces of one cue in reading order; none where it has no words."""
    found = []
    for number, turn in enumerate(_turns(shown(cue.text))):
        dash = re.match(r"\s*[-‐–—]\s?", turn) if starts_with_dash(turn) else None
        words = " ".join(turn[dash.end() if dash else 0 :].split())
        for order, part in enumerate(_sentences(words)):
            mark = dash.group().lstrip() if dash and order == 0 else ""
            found.append(Piece(place, number, order, part, mark))
    return found


def _turns(text: str) -> list[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    if not any(starts_with_dash(line) for line in lines):
        return [" ".join(lines)] if lines else []
    turns: list[str] = []
    for line in lines:
        if starts_with_dash(line) or not turns:
            turns.append(line)
        else:
            turns[-1] += f" {line}"
    return turns


def _sentences(text: str) -> list[str]:
    """A text cut after each end of a sentence (not after abbreviations, nor before lower case)."""
    found, start = [], 0
    for match in _END.finditer(text):
        word = text[start : match.end()].rsplit(" ", 1)[-1].lower()
        rest = text[match.end() :].lstrip()
        goes_on = bool(rest) and (rest[0].islower() or not any(char.isalnum() for char in rest))
        if word in _ABBREVIATIONS or goes_on or re.fullmatch(r"[a-z]\.", word):
            continue
        part = text[start : match.end()].strip()
        if part:
            found.append(part)
        start = match.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def units_of(cues: Sequence[Cue], language: Language) -> list[Unit]:
    """The sentences of a file in order; every piece of every cue is in exactly one."""
    units: list[Unit] = []
    open_: list[Piece] = []
    said_by = ""

    def close() -> None:
        if open_:
            units.append(Unit(tuple(open_), said_by))
            open_.clear()

    for place, cue in enumerate(cues):
        who = next(iter(speakers(cue.tree)), "")
        pieces = pieces_of(cue, place)
        for number, piece in enumerate(pieces):
            if open_ and not _goes_on(open_, piece, cues, who, said_by):
                close()
            if not open_:
                said_by = who
            open_.append(piece)
            last_of_turn = number + 1 == len(pieces) or pieces[number + 1].turn != piece.turn
            if not last_of_turn or _is_ended(piece.text, language):
                close()
    close()
    return units


def _is_ended(text: str, language: Language) -> bool:
    if _LABEL.match(text) or text.startswith("♪") or text.endswith("♪"):
        return True
    if text.endswith(("...", "…")):
        return True  # what trails off stands alone; engines do it better so
    if language.primary in ("ja", "zh", "th", "lo", "km", "my"):
        return True  # their subtitles leave the full stop out
    ends = [match.end() for match in _END.finditer(text)]
    return bool(ends) and ends[-1] == len(text) and text.rsplit(" ", 1)[-1].lower() not in _ABBREVIATIONS


def _goes_on(open_: Sequence[Piece], piece: Piece, cues: Sequence[Cue], who: str, said_by: str) -> bool:
    """Whether a piece continues the open sentence."""
    last = open_[-1]
    if piece.cue == last.cue and piece.turn == last.turn:
        return True
    if piece.dash or who != said_by or len(open_) >= _MOST_PIECES or _LABEL.match(piece.text):
        return False
    before, cue = cues[last.cue], cues[piece.cue]
    pause = float(cue.start - before.end)
    if (
        not -1.0 <= pause <= _LONGEST_PAUSE
        or cue.region != before.region
        or cue.placement != before.placement
    ):
        return False
    first = next((char for char in piece.text if char.isalpha()), "")
    return first.islower() or last.text.endswith((",", ";", "-", "–", "—")) or not piece.text[0].isalpha()
