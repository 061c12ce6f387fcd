"""Proofs of a series beside one another: what is translated in several ways, and chosen repairs of it.

A repair is an edit of each line, so that it stands in the history of its proof and can be taken back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.desk.proofs import add_proof, edit_line, read_subtitles
from crossreel.desk.trail import record
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.localize.proofs.checking import document_of, termbase_of
from crossreel.localize.proofs.markup import markup_of, tree_of
from crossreel.localize.proofs.proof import LineState, Proof, ProofLine
from crossreel.localize.timedtext import Cue, Document
from crossreel.localize.translate.consistency import Episode, Inconsistency, inconsistencies
from crossreel.localize.translate.memory import MemoryList
from crossreel.localize.translate.terms import Term, Termbase
from crossreel.localize.translate.unifying import unified
from crossreel.localize.translate.ways_of_address import WayOfAddress, ways_of_address
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

__all__ = ["MOST_FILES", "Found", "Repaired", "compare_proofs", "key_of", "open_series", "repair_proofs"]

MOST_FILES = 60
"""Some 6 s of one core for as many episodes of 700 lines."""


@dataclass(frozen=True, slots=True)
class Found:
    """What proofs of one pair of languages say in several ways.

    Attributes:
        lines: those of each proof, in file order.
        findings: see ``localize.translate.consistency``; their places are numbers of ``proofs`` and lines.
        ways: how each file speaks to people; empty where that is not known of the language.
    """

    proofs: tuple[Proof, ...]
    lines: tuple[tuple[ProofLine, ...], ...]
    terms: Termbase | None
    findings: tuple[Inconsistency, ...]
    ways: tuple[WayOfAddress, ...]

    @property
    def names(self) -> list[str]:
        """Of the proofs."""
        return [proof.name for proof in self.proofs]


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many lines were changed in which proof (by id), and which were left because they are locked."""

    changed: Mapping[str, tuple[int, ...]]
    locked: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Lines changed in all."""
        return sum(map(len, self.changed.values()))


def key_of(finding: Inconsistency, names: Sequence[str]) -> str:
    """Names a finding as it was seen; another wording or place makes another key."""
    told = json.dumps(finding.to_dict(names), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def compare_proofs(app: App, ids: Sequence[str]) -> Found:
    """Compares proofs of one pair of languages as they stand.

    Raises:
        UnknownId: there is no such proof.
        BadValue: fewer than two, too many, or not of one pair of languages.
    """
    wanted = list(dict.fromkeys(ids))
    if not 2 <= len(wanted) <= MOST_FILES:
        raise BadValue("number of files", len(wanted), f"2 to {MOST_FILES}")
    proofs = tuple(app.proofs.get(id_) for id_ in wanted)
    pairs = {(proof.source, proof.target) for proof in proofs}
    if len(pairs) > 1:
        told = ", ".join(sorted(f"{source} > {target}" for source, target in pairs))
        raise BadValue("languages", told, "one pair", advice="Choose files of one pair of languages.")
    lines = tuple(tuple(app.proofs.lines(proof.id)) for proof in proofs)
    episodes = _episodes(proofs, lines)
    terms = _terms(proofs)
    memory = MemoryList(app.memories.of(proofs[0].source, proofs[0].target).segments())
    found = inconsistencies(episodes, terms, memory if len(memory) else None)
    ways = ways_of_address(episodes, proofs[0].target)
    return Found(proofs, lines, terms, tuple(found), tuple(ways))


def _episodes(proofs: Sequence[Proof], lines: Sequence[Sequence[ProofLine]]) -> list[Episode]:
    return [
        Episode(proof.name, document_of(proof, own), _sources(proof, own))
        for proof, own in zip(proofs, lines, strict=True)
    ]


def _sources(proof: Proof, lines: Sequence[ProofLine]) -> Document:
    """What each line was translated from, at the line's own time, so that the two belong together."""
    cues = tuple(Cue(line.start, line.end, tree_of(line.source), id=line.id) for line in lines)
    return Document(cues, language=proof.source)


def _terms(proofs: Sequence[Proof]) -> Termbase | None:
    """The terms of all proofs; of two for one source the first proof's holds."""
    known: dict[tuple[str, str, str], Term] = {}
    for proof in proofs:
        base = termbase_of(proof)
        for term in base.terms if base is not None else ():
            known.setdefault((term.kind, term.source, term.note), term)
    return Termbase(known.values(), proofs[0].source, proofs[0].target) if known else None


def repair_proofs(
    app: App,
    actor: Actor,
    ids: Sequence[str],
    choices: Mapping[str, str],
    *,
    request_id: str = "",
) -> Repaired:
    """Gives all places of chosen findings one wording; all of it happens or nothing does.

    Args:
        app: the application.
        actor: who repairs.
        ids: of the proofs, as they were compared.
        choices: key of a finding: the wording for all its places, or empty for the one it proposes.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId, BadValue: see ``compare_proofs``; a wording that the finding does not have.
        Conflict: a finding is not there any more as it was seen, or nothing decides which wording is right.
    """
    actor.require(Permission.EDIT)
    found = compare_proofs(app, ids)  # takes seconds; what changes meanwhile is refused by its revision
    picked = _picked(found, choices)
    made = unified(
        _episodes(found.proofs, found.lines),
        picked,
        found.proofs[0].target,
        terms=found.terms,
        profile=found.proofs[0].profile,
    )
    changed: dict[str, tuple[int, ...]] = {}
    locked = []
    with app.atomic():
        for proof, lines, (document, places) in zip(found.proofs, found.lines, made, strict=True):
            free = [place for place in places if lines[place].state is not LineState.LOCKED]
            locked += [(proof.id, place) for place in places if place not in free]
            for place in free:
                text = markup_of(document.cues[place].tree)
                edit_line(app, actor, proof.id, lines[place].place, text, None, lines[place].revision)
            if free:
                changed[proof.id] = tuple(free)
        told = {"findings": len(picked), "lines": {id_: len(places) for id_, places in changed.items()}}
        subject = f"{found.proofs[0].source}>{found.proofs[0].target}"
        record(app, actor, "proof.unify", subject, after=told, request_id=request_id)
    return Repaired(changed, tuple(locked))


def _picked(found: Found, choices: Mapping[str, str]) -> list[Inconsistency]:
    by_key = {key_of(one, found.names): one for one in found.findings}
    gone = [key for key in choices if key not in by_key]
    if gone or not choices:
        told = f"{len(gone)} of the findings are not there any more as they were seen."
        raise Conflict(
            told if gone else "No finding is chosen.", advice="Look at the findings as they stand now."
        )
    picked = []
    for key, wording in choices.items():
        one = by_key[key]
        known = [word.text for word in one.wordings]
        if wording and one.kind != "term" and wording not in [*known, one.chosen]:
            raise BadValue("wording", wording, "one of " + " | ".join(known))
        chosen = replace(one, chosen=wording, by="") if wording and wording != one.chosen else one
        if not chosen.fixable:
            raise Conflict(
                f"Nothing says how all places of “{one.source}” should be.",
                advice="Choose a wording, or change the lines in the workbench.",
            )
        picked.append(chosen)
    return picked


def open_series(
    app: App,
    actor: Actor,
    titles: Sequence[TitleId],
    languages: tuple[Language, Language],
    *,
    request_id: str = "",
) -> list[str]:
    """The newest proof of each title, or of each episode under it, in a pair of languages, by id.

    A title that has subtitles in both languages and no proof yet gets one.

    Raises:
        NotAllowed: a proof has to be opened and the actor may not edit.
        UnknownId: no such title, or fewer than two have anything to compare.
    """
    wanted = _under(app, titles)
    newest: dict[str, str] = {}
    for proof, _ in reversed(app.proofs.all()):
        if (proof.source, proof.target) == languages:
            newest[proof.title] = proof.id
    found, both = [], app.catalog.get(wanted)
    with app.atomic():
        for id_ in wanted:
            opened = newest.get(str(id_)) or _opened(app, actor, both[id_], languages, request_id)
            found += [opened] if opened else []
    if len(found) < 2:
        raise UnknownId(
            f"two files from {languages[0]} to {languages[1]} under",
            ", ".join(map(str, titles)),
            advice="Attach subtitles in both languages, or open the files in the workbench.",
        )
    return found


def _under(app: App, titles: Sequence[TitleId]) -> list[TitleId]:
    """The titles and whatever hangs under them, by number."""
    family = app.catalog.family()
    known = app.catalog.get(titles)
    for id_ in titles:
        if id_ not in known:
            raise UnknownId("title", id_)
    chosen = list(dict.fromkeys(titles))
    level = set(chosen)
    while level:
        level = {child for child, parent in family.items() if parent in level} - set(chosen)
        below = app.catalog.get(sorted(level))
        chosen += sorted(level, key=lambda id_: (below[id_].number or 0, str(id_)))
    return chosen


def _opened(
    app: App, actor: Actor, title: Title, languages: tuple[Language, Language], request_id: str
) -> str | None:
    files = []
    for language in languages:
        one = next(
            (
                file
                for file in title.attachments
                if file.role is AttachmentRole.SUBTITLES and file.language == language
            ),
            None,
        )
        if one is None:
            return None
        with app.blobs.open(one.digest) as stream:
            files.append(read_subtitles(stream.read(), f"{one.digest}.vtt", language))
    return add_proof(
        app, actor, title.name, files[0], files[1], languages, title=title.id, request_id=request_id
    ).id
