"""Checking one line while somebody types: the rules of the profile, the terms, and what is doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from crossreel.localize.proofs.markup import plain_of, tree_of
from crossreel.localize.proofs.proof import Proof, ProofLine
from crossreel.localize.timedtext import Cue, Document
from crossreel.localize.timedtext.readers.webvtt import read_webvtt
from crossreel.localize.timedtext.rules.check import check_limits
from crossreel.localize.timedtext.rules.measure import counter
from crossreel.localize.timedtext.rules.profile import Limits, load_profile
from crossreel.localize.timedtext.rules.rule import Report, Violation
from crossreel.localize.translate.addressing import Turn, turn_reasons, wanted_registers
from crossreel.localize.translate.lines import Reason
from crossreel.localize.translate.register import Wanted
from crossreel.localize.translate.risk import combined, doubts
from crossreel.localize.translate.terms import Finding, Term, Termbase
from crossreel.values.timing import FrameRate

__all__ = ["Checked", "check_line", "check_proof", "document_of", "judge_line", "registers_of", "termbase_of"]

_AROUND = 2
"""Lines on either side that a rule about gaps may look at."""
_TIMES = ("overlap", "gap", "chaining")
"""Rules that name the later of two lines where the earlier one may be at fault."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is found in one line.

    Attributes:
        violations: of the line, and of its times with the next one.
        cps: characters a second, or None where it is never shown; ``most_cps`` what may be read.
        lengths: counted characters of each line; ``most`` what fits.
        terms: those of the source, and whether they are kept.
        risk: 0 to 1, of ``reasons``.
    """

    violations: tuple[Violation, ...]
    terms: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    risk: float
    cps: float | None
    most_cps: float | None
    lengths: tuple[float, ...]
    most: float


def termbase_of(proof: Proof) -> Termbase | None:
    """The terms of a proof, or None."""
    if not proof.terms:
        return None
    terms = [Term(source, target, kind, note) for source, target, kind, note in proof.terms]  # type: ignore[arg-type]
    return Termbase(terms, proof.source, proof.target)


@lru_cache(maxsize=8)
def _as_opened(target_file: str) -> Document:
    return read_webvtt(target_file)


def document_of(proof: Proof, lines: Sequence[ProofLine]) -> Document:
    """The translation as it stands, with the placement, regions and styles of the file it was."""
    opened = _as_opened(proof.target_file)
    cues = tuple(_cue(opened.cues[line.place], line) for line in lines)
    return replace(opened, cues=cues, language=proof.target, frame_rate=_rate(proof))


def _cue(opened: Cue, line: ProofLine) -> Cue:
    return replace(opened, tree=tree_of(line.text), start=line.start, end=line.end, raw=None)


def _rate(proof: Proof) -> FrameRate | None:
    return FrameRate(Fraction(proof.frame_rate)) if proof.frame_rate else None


def registers_of(proof: Proof, lines: Sequence[ProofLine]) -> Mapping[Turn, Wanted]:
    """How each line must speak by the proof's terms, which say who is addressed how; by place."""
    terms = termbase_of(proof)
    if terms is None or not any(term.kind == "address" for term in terms.terms):
        return {}
    top = max(line.place for line in lines) + 1
    cues = [Cue(Fraction(0), Fraction(0), ())] * top
    for line in lines:
        cues[line.place] = Cue(line.start, line.end, tree_of(line.source))
    return wanted_registers(cues, terms)


def judge_line(
    proof: Proof, line: ProofLine, limits: Limits, registers: Mapping[Turn, Wanted]
) -> list[Reason]:
    """What speaks against a line, heaviest first; ``registers`` as ``registers_of`` gives them."""
    text = plain_of(line.text)
    if not text.strip():
        return [Reason("untranslated", 0.95, "The line is empty.")] if line.source.strip() else []
    found = doubts(
        " ".join(plain_of(line.source).split()),
        " ".join(text.split()),
        (proof.source, proof.target),
        terms=termbase_of(proof),
        names=proof.names,
        cps=_speed(line, limits),
        most_cps=None if limits.cps is None else float(limits.cps),
    )
    found += turn_reasons(Cue(line.start, line.end, tree_of(line.text)), line.place, proof.target, registers)
    return sorted(found, key=lambda reason: -reason.weight)


def _speed(line: ProofLine, limits: Limits) -> float | None:
    seconds = float(line.end - line.start)
    return sum(_lengths(line, limits)) / seconds if seconds > 0 else None


def _lengths(line: ProofLine, limits: Limits) -> tuple[float, ...]:
    measure = counter(limits.counting)
    return tuple(float(measure(one)) for one in plain_of(line.text).split("\n"))


def check_line(proof: Proof, lines: Sequence[ProofLine], line: ProofLine) -> Checked:
    """Checks a line as somebody means to write it.

    Args:
        proof: whose line.
        lines: all lines as they stand, or those around it with their places.
        line: the line as it would be.
    """
    limits = load_profile(proof.profile, proof.target)
    near = [
        line if one.place == line.place else one for one in lines if abs(one.place - line.place) <= _AROUND
    ]
    place = next(number for number, one in enumerate(near) if one.place == line.place)
    document = document_of(proof, near)
    report = check_limits(document, limits, shots=_shots_near(proof, near))
    own = tuple(
        replace(one, cue=near[one.cue - 1].place + 1)
        for one in report.violations
        if one.cue == place + 1 or (one.cue == place + 2 and one.rule in _TIMES)
    )
    terms = termbase_of(proof)
    vertical = document.cues[place].placement.vertical
    reasons = judge_line(proof, line, limits, registers_of(proof, lines))
    return Checked(
        own,
        tuple(terms.check(plain_of(line.source), plain_of(line.text))) if terms else (),
        tuple(reasons),
        combined(reasons),
        _speed(line, limits),
        None if limits.cps is None else float(limits.cps),
        _lengths(line, limits),
        float(limits.line_length_vertical if vertical else limits.line_length),
    )


def _shots_near(proof: Proof, near: Sequence[ProofLine]) -> list[Fraction]:
    first, last = near[0].start - 5, near[-1].end + 5
    return [shot for shot in proof.shots if first <= shot <= last]


def check_proof(proof: Proof, lines: Sequence[ProofLine]) -> Report:
    """The rules over the whole translation as it stands."""
    limits = load_profile(proof.profile, proof.target)
    return check_limits(document_of(proof, lines), limits, shots=proof.shots)
