"""Opening a proof: which source belongs to which line of the translation, and what is doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from crossreel.localize.proofs.checking import judge_line, registers_of
from crossreel.localize.proofs.markup import markup_of
from crossreel.localize.proofs.proof import LineState, Proof, ProofLine
from crossreel.localize.timedtext import Cue, Document, write_bytes
from crossreel.localize.timedtext.rules.profile import load_profile
from crossreel.localize.translate.lines import Line, Reason
from crossreel.localize.translate.machine import names_in
from crossreel.localize.translate.risk import combined
from crossreel.localize.translate.terms import Termbase
from crossreel.values.language import Language

__all__ = ["open_proof", "paired"]

_COVERED = Fraction(1, 2)
"""Share of the shorter of two cues that must be on the screen at once for them to belong together."""


def paired(source: Sequence[Cue], target: Sequence[Cue]) -> list[tuple[tuple[int, ...], int | None]]:
    """(places in the source, place in the target or None), in the order of time.

    Cues of one id and start belong together; others where they share half of the shorter one's time. A
    source cue that no target cue belongs to stands alone, so that no line is lost unseen.
    """
    by_id = {(cue.id, cue.start): place for place, cue in enumerate(source) if cue.id}
    order = sorted(range(len(source)), key=lambda place: source[place].start)
    used: set[int] = set()
    pairs: list[tuple[tuple[int, ...], int | None]] = []
    first = 0
    longest = max((cue.end - cue.start for cue in source), default=Fraction(0))
    for place in sorted(range(len(target)), key=lambda place: target[place].start):
        cue = target[place]
        same = by_id.get((cue.id, cue.start)) if cue.id else None
        if same is not None:
            used.add(same)
            pairs.append(((same,), place))
            continue
        while first < len(order) and source[order[first]].start < cue.start - longest:
            first += 1
        found = []
        for number in range(first, len(order)):
            other = source[order[number]]
            if other.start >= cue.end:
                break
            shared = min(other.end, cue.end) - max(other.start, cue.start)
            shorter = min(other.end - other.start, cue.end - cue.start)
            if shared > 0 and shared >= _COVERED * shorter:
                found.append(order[number])
        used.update(found)
        pairs.append((tuple(found), place))
    pairs += [((place,), None) for place in range(len(source)) if place not in used]

    def start(pair: tuple[tuple[int, ...], int | None]) -> Fraction:
        return source[pair[0][0]].start if pair[1] is None else target[pair[1]].start

    return sorted(pairs, key=start)


def open_proof(
    id_: str,
    name: str,
    source: Document,
    target: Document,
    languages: tuple[Language, Language],
    now: datetime,
    actor: str,
    *,
    title: str = "",
    profile: str = "netflix",
    engine: str = "",
    terms: Termbase | None = None,
    film: str = "",
    shots: Sequence[Fraction] = (),
    judged: Mapping[int, Line] | None = None,
    human: frozenset[int] = frozenset(),
) -> tuple[Proof, list[ProofLine]]:
    """A proof of a translated document, and its lines with what is doubtful about each.

    Args:
        id_: of the proof.
        name: of the proof.
        source: the document it was translated from.
        target: the translation; its lines are paired with source lines by id, else by time.
        languages: of both.
        now: when it is opened.
        actor: by whom.
        title: the title's id.
        profile: of the rules.
        engine: what translated it.
        terms: that must be kept.
        film: digest of the film.
        shots: seconds at which shots begin.
        judged: place in the target: what the translation run said of it.
        human: places in the target that a person accepted before.

    Raises:
        BadValue: no such profile.
    """
    pairs = paired(source.cues, target.cues)
    lost = [numbers for numbers, place in pairs if place is None]
    cues = tuple(
        replace(source.cues[numbers[0]], tree=(), raw=None) if place is None else target.cues[place]
        for numbers, place in pairs
    )
    written = write_bytes(replace(target, cues=cues, comments=()), "webvtt")
    notes = [*target.notes, *written.notes]
    if lost:
        notes.append(f"{len(lost)} lines of the source have no translation; they stand here empty.")
    proof = Proof(
        id_, name, *languages, now, actor,
        write_bytes(source, "webvtt").data.decode(), written.data.decode(), title, profile, engine, film,
        str(target.frame_rate.rate) if target.frame_rate else "",
        tuple((term.source, term.target, term.kind, term.note) for term in terms.terms) if terms else (),
        names_in(source.cues), tuple(shots), tuple(notes),
    )  # fmt: skip
    limits = load_profile(profile, languages[1])
    bare = []
    for place, ((numbers, _), cue) in enumerate(zip(pairs, cues, strict=True)):
        told = "\n".join(markup_of(source.cues[number].tree) for number in numbers)
        bare.append(ProofLine(place, cue.id, told, markup_of(cue.tree), cue.start, cue.end))
    registers = registers_of(proof, bare)
    lines = []
    for line, (_, origin) in zip(bare, pairs, strict=True):
        known = (judged or {}).get(origin) if origin is not None else None
        if known is not None:
            line = replace(line, risk=known.risk, reasons=known.reasons, suggestions=known.suggestions)
        elif origin is None:
            reason = Reason("untranslated", 0.95, "The source has a line here, the translation none.")
            line = replace(line, risk=combined([reason]), reasons=(reason,))
        else:
            reasons = judge_line(proof, line, limits, registers)
            line = replace(line, risk=combined(reasons), reasons=tuple(reasons))
        if origin in human:
            line = replace(line, state=LineState.ACCEPTED)
        lines.append(line)
    return proof, lines
