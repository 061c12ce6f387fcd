"""What a proof is: a translated file, its lines as they stand, and everything that was done to them.

A line is changed only by who has seen its newest revision, so that two people on one file never
overwrite each other; what was before stays in the changes and can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

from crossreel.localize.translate.lines import Reason
from crossreel.values.language import Language

__all__ = ["ChangeKind", "LineState", "Proof", "ProofChange", "ProofLine", "ProofStore"]


class LineState(StrEnum):
    """How far a line is."""

    MACHINE = "machine"
    """As the file came."""
    EDITED = "edited"
    """A person changed it; nobody has accepted it yet."""
    ACCEPTED = "accepted"
    """A person found it good."""
    LOCKED = "locked"
    """Final: unlock it before changing it; translating again leaves it as it is."""

    @property
    def is_human(self) -> bool:
        """Whether a person stands for the wording."""
        return self in (LineState.ACCEPTED, LineState.LOCKED)


class ChangeKind(StrEnum):
    """What was done to a line."""

    EDIT = "edit"
    STATE = "state"
    COMMENT = "comment"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Proof:
    """A translated file being read.

    Attributes:
        title: id of the title it belongs to, or empty.
        source_file, target_file: both files as WebVTT, as they were when it was opened; regions,
            styles and placement are read from there.
        terms: entries of its termbase: source, target, kind, note.
        names: words (folded) that stand for people and places in the source.
        shots: seconds at which shots begin.
        film: digest of the film in the blob store, or empty.
        notes: what opening it could not carry, or found.
    """

    id: str
    name: str
    source: Language
    target: Language
    created: datetime
    actor: str
    source_file: str
    target_file: str
    title: str = ""
    profile: str = "netflix"
    engine: str = ""
    film: str = ""
    frame_rate: str = ""
    terms: tuple[tuple[str, str, str, str], ...] = ()
    names: frozenset[str] = frozenset()
    shots: tuple[Fraction, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One line as it stands.

    Attributes:
        place: in the file, from 0.
        source, text: WebVTT cue text, which carries italics, ruby and speakers.
        start, end: seconds.
        revision: grows by one with every change of text, times or state.
        risk: 0 to 1; ``reasons`` say why, heaviest first.
        actor: who changed it last, or empty.
    """

    place: int
    id: str
    source: str
    text: str
    start: Fraction
    end: Fraction
    state: LineState = LineState.MACHINE
    revision: int = 1
    risk: float = 0.0
    reasons: tuple[Reason, ...] = ()
    suggestions: tuple[str, ...] = ()
    comments: int = 0
    actor: str = ""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProofChange:
    """Something that was done to a line.

    Attributes:
        number: given by the store, growing.
        revision: of the line after it.
        before, after: what changed: ``text``, ``start``, ``end``, ``state``; a comment has ``text`` only.
        undoes: number of the change it takes back, or None.
    """

    place: int
    kind: ChangeKind
    revision: int
    actor: str
    time: datetime
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None
    number: int = 0


class ProofStore(Protocol):
    """Where proofs are kept."""

    def add(self, proof: Proof, lines: Sequence[ProofLine]) -> None:
        """Keeps a new proof with its lines."""
        ...

    def all(self) -> list[tuple[Proof, dict[LineState, int]]]:
        """Every proof, newest first, with how many of its lines are in each state; files are left empty."""
        ...

    def get(self, id_: str) -> Proof:
        """One proof. Raises ``UnknownId``."""
        ...

    def lines(self, id_: str) -> list[ProofLine]:
        """Its lines in file order."""
        ...

    def line(self, id_: str, place: int) -> ProofLine:
        """One line. Raises ``UnknownId``."""
        ...

    def swap(self, id_: str, line: ProofLine, expected: int) -> bool:
        """Puts a line in the place of its revision ``expected``; False (and nothing) if that is gone."""
        ...

    def note(self, id_: str, change: ProofChange) -> ProofChange:
        """Keeps a change; returns it with its number."""
        ...

    def changes(self, id_: str, place: int | None = None, limit: int = 100) -> list[ProofChange]:
        """What was done, newest first; to one line or to all."""
        ...

    def change(self, id_: str, number: int) -> ProofChange:
        """One change. Raises ``UnknownId``."""
        ...

    def set_film(self, id_: str, film: str, shots: Sequence[Fraction]) -> None:
        """Says which film is played to a proof, and where its shots begin."""
        ...

    def remove(self, id_: str) -> bool:
        """Forgets a proof with everything of it; whether it was there."""
        ...
