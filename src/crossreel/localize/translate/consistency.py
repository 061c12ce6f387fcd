"""Consistency over the episodes of a series: one line, one term, one name, one wording.

Four kinds of finding: a ``line`` that is said twice and translated in two ways; a ``term`` of the termbase
that some lines lack; a ``wording``, a word of the source that two different words stand for in about equal
contexts (found by how the words go together, only told, never changed); a ``name`` that is written in two
ways. What is right is said by what a person approved (the memory's human segments), else by the termbase,
else by the majority; where two wordings are equally frequent nobody knows, and nothing is changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from crossreel.localize.proofs.opening import paired
from crossreel.localize.timedtext.model import Cue, Document
from crossreel.localize.translate.inflection import folded, words
from crossreel.localize.translate.machine import names_in
from crossreel.localize.translate.memory import Memory, normalized, similarity
from crossreel.localize.translate.rivals import rival_words
from crossreel.localize.translate.terms import Termbase

__all__ = ["Episode", "Inconsistency", "Place", "Spoken", "Wording", "inconsistencies", "spoken_lines"]

Kind = Literal["line", "term", "wording", "name"]
Authority = Literal["memory", "termbase", "majority", ""]
_ALIKE = 0.72
"""Similarity from which on two capitalized words are spellings of one name."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A translated file; ``source`` is what it was translated from, where that is at hand."""

    name: str
    target: Document
    source: Document | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A cue of a translated file: the episode and the cue's number, both from 0."""

    episode: int
    cue: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of the source with its translation and where that stands."""

    source: str
    target: str
    place: Place


@dataclass(frozen=True, slots=True)
class Wording:
    """One of several wordings and the places that have it."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """One source wording that is translated, or written, in several ways.

    Args:
        kind: see the module.
        source: the wording of the source; of a name without sources its most frequent spelling.
        wordings: the most frequent first.
        chosen: what all should be; empty where nothing decides.
        by: who says so.
    """

    kind: Kind
    source: str
    wordings: tuple[Wording, ...]
    chosen: str = ""
    by: Authority = ""

    @property
    def fixable(self) -> bool:
        """Whether the others can be given the chosen wording without touching anything else."""
        return bool(self.chosen) and self.kind != "wording"

    def to_dict(self, names: Sequence[str]) -> dict[str, Any]:
        """As JSON; cues are counted from 1."""
        return {
            "kind": self.kind,
            "source": self.source,
            "wordings": [
                {
                    "text": one.text,
                    "count": len(one.places),
                    "places": [{"file": names[p.episode], "cue": p.cue + 1} for p in one.places],
                }
                for one in self.wordings
            ],
            "chosen": self.chosen,
            "by": self.by,
            "fixable": self.fixable,
        }


@dataclass(slots=True)
class _Group:
    """Places by wording, as they were met."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))

    def wordings(self) -> tuple[Wording, ...]:
        """The most frequent first, then as met."""
        order = sorted(self.places.items(), key=lambda item: -len(item[1]))
        return tuple(Wording(text, tuple(places)) for text, places in order)


def _line(cue: Cue) -> str:
    return " ".join(cue.text.split())


def spoken_lines(episodes: Sequence[Episode]) -> list[Spoken]:
    """Every line of a source that stands for one line of its translation."""
    found = []
    for number, episode in enumerate(episodes):
        if episode.source is None:
            continue
        for sources, place in paired(episode.source.cues, episode.target.cues):
            if place is not None and len(sources) == 1:
                source, target = episode.source.cues[sources[0]], episode.target.cues[place]
                found.append(Spoken(_line(source), _line(target), Place(number, place)))
    return found


def inconsistencies(
    episodes: Sequence[Episode], terms: Termbase | None = None, memory: Memory | None = None
) -> list[Inconsistency]:
    """What is translated or written in several ways, lines first.

    Args:
        episodes: of one series, in one pair of languages.
        terms: what must be used.
        memory: its human segments are what was approved.
    """
    spoken = spoken_lines(episodes)
    found = _lines(spoken, memory)
    known = frozenset[str]()
    if terms is not None:
        found += _terms(spoken, terms)
        known = frozenset(folded(word) for term in terms.terms for _, _, word in words(term.source))
    found += _names(episodes, spoken, terms)
    pairs = [(one.source, one.target) for one in spoken]
    for source, rivals in rival_words(pairs):
        if source not in known:
            places = {word: tuple(spoken[n].place for n in numbers) for word, numbers in rivals}
            found.append(Inconsistency("wording", source, tuple(Wording(w, p) for w, p in places.items())))
    return found


def _majority(wordings: Sequence[Wording]) -> tuple[str, Authority]:
    if len(wordings) > 1 and len(wordings[0].places) == len(wordings[1].places):
        return "", ""
    return wordings[0].text, "majority"


def _lines(spoken: Iterable[Spoken], memory: Memory | None) -> list[Inconsistency]:
    """Lines said in the same words; a question and a statement are two lines."""
    groups: dict[tuple[str, bool], list[Spoken]] = defaultdict(list)
    for one in spoken:
        if len(one.source) > 3 and one.target:
            groups[normalized(one.source), "?" in one.source].append(one)
    found = []
    for same in groups.values():
        group = _Group()
        shown: dict[str, str] = {}
        for one in same:
            text = shown.setdefault(normalized(one.target), one.target)
            group.places[text].append(one.place)
        approved = _approved(same[0].source, memory)
        differs = len(group.places) > 1 or (
            approved is not None and normalized(approved) not in {normalized(text) for text in group.places}
        )
        if differs:
            wordings = group.wordings()
            chosen, by = (approved, "memory") if approved is not None else _majority(wordings)
            found.append(Inconsistency("line", same[0].source, wordings, chosen, by))  # type: ignore[arg-type]
    return found


def _approved(source: str, memory: Memory | None) -> str | None:
    """What a person approved for exactly this line."""
    if memory is None:
        return None
    exact = (match.segment for match in memory.find(source, least=1.0) if match.score == 1)
    return next((" ".join(one.target.split()) for one in exact if one.human), None)


def _terms(spoken: Iterable[Spoken], terms: Termbase) -> list[Inconsistency]:
    """Terms that some lines have and others lack."""
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    for one in spoken:
        for finding in terms.check(one.source, one.target):
            if finding.term.kind == "forbidden":
                continue
            wording = finding.term.target if finding.used else ""
            groups[finding.term.source, finding.term.target].places[wording].append(one.place)
    return [
        Inconsistency("term", source, group.wordings(), target, "termbase")
        for (source, target), group in groups.items()
        if "" in group.places
    ]


def _names(
    episodes: Sequence[Episode], spoken: Sequence[Spoken], terms: Termbase | None
) -> list[Inconsistency]:
    """Names that are written in several ways: alike, but not the same, and not inflected forms."""
    cues = [cue for episode in episodes for cue in episode.target.cues]
    known = names_in(cues)
    forms: dict[str, list[Place]] = defaultdict(list)
    for number, episode in enumerate(episodes):
        for place, cue in enumerate(episode.target.cues):
            for _, _, word in words(cue.text):
                if word[0].isupper() and not word.isupper() and len(word) > 3 and folded(word) in known:
                    forms[word].append(Place(number, place))
    ours = _source_names(spoken)
    right = {folded(t.target): t.target for t in terms.terms if t.kind == "name"} if terms is not None else {}
    found = []
    for cluster in _clusters(forms, ours):
        wordings = tuple(Wording(form, tuple(forms[form])) for form in cluster)
        wanted = next((right[folded(form)] for form in cluster if folded(form) in right), None)
        chosen, by = (wanted, "termbase") if wanted is not None else _majority(wordings)
        if wanted is None and wordings[0].text not in ours and not chosen:
            chosen, by = next(((w.text, "majority") for w in wordings if w.text in ours), ("", ""))
        found.append(Inconsistency("name", cluster[0], wordings, chosen, by))  # type: ignore[arg-type]
    return found


def _source_names(spoken: Iterable[Spoken]) -> frozenset[str]:
    """Words with a capital in the source as written."""
    return frozenset(word for one in spoken for _, _, word in words(one.source) if word[0].isupper())


def _clusters(forms: Mapping[str, Sequence[Place]], ours: frozenset[str]) -> list[list[str]]:
    """Spellings that belong together, the most frequent first; two names of the source are two names."""
    counts = Counter({form: len(places) for form, places in forms.items()})
    clusters: list[list[str]] = []
    for form, _ in counts.most_common():
        for cluster in clusters:
            head = cluster[0]
            both = form in ours and head in ours
            if not both and not _inflected(form, head) and similarity(folded(form), folded(head)) >= _ALIKE:
                cluster.append(form)
                break
        else:
            clusters.append([form])
    return [cluster for cluster in clusters if len(cluster) > 1]


def _inflected(one: str, two: str) -> bool:
    """Whether one is the other with an ending, or they differ in their last two letters only."""
    short, long = sorted((one, two), key=len)
    if folded(short) == folded(long) and len(short) == len(long):
        return False
    return long.startswith(short) or (
        len(one) > 4 and abs(len(one) - len(two)) <= 2 and one[:-2] == two[: len(one) - 2]
    )
