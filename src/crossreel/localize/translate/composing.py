"""Cues out of translated parts: turns, tags, line breaks; ids, times and places stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crossreel.localize.timedtext.breaking import Breaker, breaker
from crossreel.localize.timedtext.editing import substituted
from crossreel.localize.timedtext.model import Cue, Document, Text
from crossreel.localize.timedtext.rules.measure import counter
from crossreel.localize.timedtext.rules.profile import Limits, load_profile
from crossreel.localize.translate.lines import State
from crossreel.localize.translate.markup import Chain, styled_source, styles_for, tree_of
from crossreel.localize.translate.units import Piece, pieces_of
from crossreel.values.language import Language

__all__ = ["Part", "composed", "rebroken", "worded"]

_ORDER: tuple[State, ...] = ("untranslated", "machine", "memory", "locked", "empty")


@dataclass(frozen=True, slots=True)
class Part:
    """A translated piece, what became of it, and why not, where it failed."""

    piece: Piece
    text: str
    state: State
    problem: str = ""


def composed(
    document: Document,
    parts: Mapping[tuple[int, int, int], Part],
    locked: Mapping[int, str],
    language: Language,
    profile: str,
) -> tuple[tuple[Cue, ...], list[tuple[State, str]]]:
    """The cues of the translation, and the state of each with its problem.

    Args:
        document: the source.
        parts: by (cue, turn, order).
        locked: final wordings by cue.
        language: of the translation.
        profile: of the rules its lines follow.
    """
    limits = load_profile(profile, language)
    cues: list[Cue] = []
    states: list[tuple[State, str]] = []
    for place, cue in enumerate(document.cues):
        if place in locked:
            cues.append(worded(cue, locked[place]))
            states.append(("locked", ""))
            continue
        own = [parts[piece.cue, piece.turn, piece.order] for piece in pieces_of(cue, place)]
        if not own:
            cues.append(cue)
            states.append(("empty", ""))
            continue
        state = min((part.state for part in own), key=_ORDER.index)
        problem = next((part.problem for part in own if part.problem), "")
        if state == "untranslated":
            cues.append(cue)
        else:
            cues.append(rebroken(_styled(cue, own, breaker(language).glue), limits))
        states.append((state, problem))
    return tuple(cues), states


def worded(cue: Cue, text: str) -> Cue:
    """The cue with other words in the style that all of its own had."""
    styled = styled_source(cue)
    chains = set(styled.chains)
    chain: Chain = next(iter(chains)) if len(chains) == 1 else ()
    return replace(cue, tree=tree_of(text, [chain] * len(text)) if text else (), raw=None)


def _styled(cue: Cue, parts: Sequence[Part], glue: str) -> Cue:
    styled = styled_source(cue)
    text, at = "", 0
    chains: list[Chain] = []
    for number, part in enumerate(parts):
        between = "" if not number else "\n" if part.piece.turn != parts[number - 1].piece.turn else glue
        styles, at = styles_for(part.text, part.piece.text, styled, at)
        lead = between + part.piece.dash
        first = styles[0] if styles else ()
        text += lead + part.text
        chains += [first if chains and chains[-1] == first else ()] * len(between)
        chains += [first] * len(part.piece.dash) + styles
    return replace(cue, tree=tree_of(text, chains), raw=None)


def rebroken(cue: Cue, limits: Limits) -> Cue:
    """The cue with its lines broken anew by the rules; on more lines than they allow where it must be."""
    text = cue.text
    breaks: Breaker = breaker(limits.language)
    atoms = breaks.atoms(text)
    if not atoms:
        return cue
    measure = counter(limits.counting)
    limit = float(limits.line_length_vertical if cue.placement.vertical else limits.line_length)
    ruler = breaks.ruler(text, atoms, measure)
    for most in range(limits.lines, limits.lines + 7):
        found = breaks.lines(atoms, ruler, range(len(atoms)), limit, most)
        if found is not None:
            break
    else:
        return cue
    ends = {*found.ends, *(n for n, atom in enumerate(atoms[:-1]) if atom.forced)}
    changes: dict[int, tuple[int, str]] = {}
    for place in range(len(atoms) - 1):
        start, stop = atoms[place].end, atoms[place + 1].start
        gap, wanted = text[start:stop], "\n" if place in ends else " "
        if gap and gap != wanted:
            changes[start] = (len(gap), wanted)
        elif not gap and place in ends:
            changes[start - 1] = (1, text[start - 1] + "\n")
    tree = substituted(cue.tree, changes)
    return replace(cue, tree=tree if tree else (Text(text),), raw=None)
