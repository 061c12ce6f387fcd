"""Which records make one title, and which of them says each of its facts.

**One title.** Records of different sources that share an IMDb, TMDB, Wikidata or EIDR id are one
title (union-find over the ids of the import and of the store). Not merged, but listed as doubtful:

- a shared id although kinds differ, or years differ by more than 2 and the names are unlike;
- a shared id within one source: a source knows its own titles apart;
- films or series with the same folded name, and years at most 1 apart, without a shared id.

The merged title has the id of its oldest record (in order of import).

**Which field wins.** Records are asked in order of import, oldest first:

- ``name`` and ``original_languages``: the oldest record that knows an original language, else the
  oldest; the other records' names become aliases, unless they are there as a localized name.
- ``kind``, ``parent``, ``number``, ``runtime_minutes``, ``year``: the oldest record that has one.
- ``countries``, ``genres``, ``keywords``, ``aliases``, ``external_ids``: all, in order, no repeats.
- ``releases``: one for a territory, the oldest record's.
- ``texts``: one for a language and territory; name, synopsis and tagline each from the oldest
  record that has one.
- ``credits``: all, a person once for a role (names compared folded), a character wherever stated.

A record of the source ``desk`` is the title as an operator left it and says everything; its key is
the id of the merged title it is about, unless the operator made the title. The records of a title
that has one stay together, as the operator saw them; of several, the one about the oldest record counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from crossreel.catalog.attachment import Attachment
from crossreel.catalog.folding import tokens
from crossreel.catalog.repository import CatalogStore, DoubtfulPair, TitleRecord
from crossreel.catalog.title import Credit, LocalizedText, Release, Title, TitleKind
from crossreel.values.ids import ExternalId, TitleId

__all__ = ["DESK", "MergePlan", "merge_records", "name_keys", "plan_merge"]

DESK = "desk"
"""The source of operators' edits."""

_RECORD = "record"

SHARED_SCHEMES = frozenset({"imdb", "tmdb", "wikidata", "eidr"})
_YEARS_APART = 2
_STANDALONE = (TitleKind.FILM, TitleKind.SERIES)

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


def name_keys(title: Title) -> tuple[str, ...]:
    """What makes namesakes of films and series: each main or localized name, folded, without spaces.

    Empty for seasons and episodes, whose names ("Season 1") say nothing.
    """
    if title.kind not in _STANDALONE:
        return ()
    names = (title.name, *(text.name for text in title.texts if text.name))
    return tuple(dict.fromkeys(key for name in names if (key := "".join(tokens(name)))))


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What an import changes in the store: the arguments of ``CatalogStore.put`` but the records.

    Attributes:
        joined: how many of the import's records make one title with a record of another source.
    """

    merged: tuple[Title, ...]
    members: dict[TitleId, TitleId]
    doubtful: tuple[DoubtfulPair, ...]
    joined: int


def plan_merge(records: Sequence[TitleRecord], store: CatalogStore) -> MergePlan:
    """Finds the titles that new and changed records make together with those in the store."""
    titles, held = _neighborhood(records, store)
    clusters, doubts = _cluster(titles, held)
    members = {title.id: cluster[0].id for cluster in clusters for title in cluster}
    new = {record.title.id for record in records}
    merged = _with_parents([merge_records(cluster) for cluster in clusters], members, store)
    doubtful = [
        DoubtfulPair(min(members[one], members[other]), max(members[one], members[other]), why)
        for one, other, why in doubts
        if members[one] != members[other]
    ]
    plan = {title.id: title for title in merged}
    doubtful += _namesakes(plan, members, {members[id_] for id_ in new}, store)
    joined = sum(len(new & {title.id for title in cluster}) for cluster in clusters if len(cluster) > 1)
    return MergePlan(tuple(merged), members, _one_reason(doubtful), joined)


def _one_reason(pairs: Iterable[DoubtfulPair]) -> tuple[DoubtfulPair, ...]:
    """Each pair once, with the first reason: a shared id says more than a shared name."""
    found: dict[tuple[TitleId, TitleId], DoubtfulPair] = {}
    for pair in pairs:
        found.setdefault((pair.first, pair.second), pair)
    return tuple(sorted(found.values()))


def _neighborhood(
    records: Sequence[TitleRecord], store: CatalogStore
) -> tuple[list[Title], dict[TitleId, TitleId]]:
    """The records and all stored ones of the titles that they touch, oldest first.

    Also record id -> title id for the records that a desk record holds together.
    """
    new = {record.title.id: record.title for record in records}
    wanted = {form for title in new.values() for external in title.external_ids for form in _forms(external)}
    touched = {id_ for ids in store.record_ids(wanted).values() for id_ in ids}
    edited = {TitleId.parse(id_.key) for id_ in new if id_.source == DESK and ":" in id_.key}
    merged_ids = set(store.resolve(touched | edited | new.keys()).values())
    siblings = store.siblings(merged_ids)
    stored = {r.title.id: r.title for found in siblings.values() for r in found}
    held = {
        r.title.id: merged
        for merged, found in siblings.items()
        if any(r.title.id.source == DESK for r in found)
        for r in found
    }
    older = [new.pop(id_, stored[id_]) for id_ in store.oldest_first(stored)]
    return [*older, *new.values()], held


def _forms(external: ExternalId) -> tuple[ExternalId, ...]:
    """The spellings under which a store may hold the id: TMDB's with and without its kind."""
    if external.scheme not in SHARED_SCHEMES:
        return ()
    if external.scheme != "tmdb":
        return (external,)
    bare = external.value.rpartition("/")[2]
    return tuple(ExternalId("tmdb", value) for value in (bare, f"movie/{bare}", f"tv/{bare}"))


def _link_keys(title: Title) -> Iterator[tuple[str, str]]:
    """What a title shares with its likes; a TMDB number counts within its kind, film or TV."""
    yield _RECORD, str(title.id)
    if title.id.source == DESK:
        yield _RECORD, title.id.key  # the title that the edit is about
    for external in title.external_ids:
        if external.scheme == "tmdb":
            kind, slash, number = external.value.rpartition("/")
            yield "tmdb", f"{kind if slash else 'movie' if title.kind == TitleKind.FILM else 'tv'}/{number}"
        elif external.scheme in SHARED_SCHEMES:
            yield external.scheme, external.value


Doubt = tuple[TitleId, TitleId, str]


def _cluster(
    titles: Sequence[Title], held: Mapping[TitleId, TitleId]
) -> tuple[list[list[Title]], list[Doubt]]:
    """Union-find over shared ids; a cluster holds one record a source. Order is kept."""
    leader = list(range(len(titles)))
    sources = [{title.id.source} for title in titles]
    doubts: list[Doubt] = []

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for key, places in _sharing(titles, held).items():
        for here, place in enumerate(places[1:], start=1):
            refusals: list[Doubt] = []
            for other in places[:here]:
                a, b = sorted((find(other), find(place)))
                if a == b:
                    break
                why = (
                    ""
                    if key[0] == _RECORD
                    else _doubt(titles[other], titles[place], bool(sources[a] & sources[b]))
                )
                if not why:
                    leader[b] = a
                    sources[a] |= sources[b]
                    break
                refusals.append((titles[other].id, titles[place].id, f"share {key[0]} {key[1]}, but {why}"))
            else:
                doubts.extend(refusals[:1])
    groups: defaultdict[int, list[Title]] = defaultdict(list)
    for place, title in enumerate(titles):
        groups[find(place)].append(title)
    return list(groups.values()), doubts


def _sharing(titles: Sequence[Title], held: Mapping[TitleId, TitleId]) -> dict[tuple[str, str], list[int]]:
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, title in enumerate(titles):
        together = [(_RECORD, str(held[title.id]))] if title.id in held else []
        for key in dict.fromkeys([*_link_keys(title), *together]):
            places[key].append(place)
    return {key: found for key, found in places.items() if len(found) > 1}


def _doubt(one: Title, other: Title, same_source: bool) -> str:
    """Why two records with a shared id may not be one title; empty where they may."""
    if one.kind != other.kind:
        return f"one is a {one.kind}, the other a {other.kind}"
    apart = abs((one.year or 0) - (other.year or 0)) if one.year and other.year else 0
    if apart > _YEARS_APART and not _alike(one, other):
        return f"years {one.year} and {other.year} and the names differ"
    return "one source has a record of each" if same_source else ""


def _alike(one: Title, other: Title) -> bool:
    """Whether any names are equal, or share at least half of their words."""
    for first in _word_sets(one):
        for second in _word_sets(other):
            if first and second and len(first & second) * 2 >= max(len(first), len(second)):
                return True
    return False


def _word_sets(title: Title) -> list[set[str]]:
    return [set(tokens(name)) for name in (title.name, *(t.name for t in title.texts), *title.aliases)]


def merge_records(records: Sequence[Title]) -> Title:
    """One title of its records, oldest first; see the module for which record says what."""
    edits = [record for record in records if record.id.source == DESK]
    if edits:
        about_oldest = {records[0].id, TitleId(DESK, str(records[0].id))}
        edited = next((record for record in edits if record.id in about_oldest), edits[0])
        return replace(edited, id=records[0].id)
    if len(records) == 1:
        return records[0]
    original = next((record for record in records if record.original_languages), records[0])
    texts = _merged_texts(records)
    shown = {original.name, *(text.name for text in texts)}
    aliases = _union(
        name for record in records for name in (record.name, *record.aliases) if name not in shown
    )
    return Title(
        id=records[0].id,
        name=original.name,
        kind=records[0].kind,
        parent=_first(records, lambda record: record.parent),
        number=_first(records, lambda record: record.number),
        original_languages=original.original_languages,
        countries=_union(country for record in records for country in record.countries),
        genres=_union(genre for record in records for genre in record.genres),
        keywords=_union(keyword for record in records for keyword in record.keywords),
        runtime_minutes=_first(records, lambda record: record.runtime_minutes),
        year=_first(records, lambda record: record.year),
        releases=_merged_releases(records),
        texts=texts,
        credits=_merged_credits(records),
        external_ids=tuple(sorted({external for record in records for external in record.external_ids})),
        aliases=aliases,
        attachments=_merged_attachments(records),
    )


def _union(values: Iterable[H]) -> tuple[H, ...]:
    return tuple(dict.fromkeys(values))


def _first(records: Sequence[Title], fact: Callable[[Title], T | None]) -> T | None:
    return next((value for record in records if (value := fact(record)) is not None), None)


def _merged_releases(records: Sequence[Title]) -> tuple[Release, ...]:
    found: dict[object, list[Release]] = {}
    for record in records:
        told: dict[object, list[Release]] = {}
        for release in record.releases:
            told.setdefault(release.territory, []).append(release)
        for territory, releases in told.items():
            found.setdefault(territory, releases)
    return tuple(release for releases in found.values() for release in releases)


def _merged_attachments(records: Sequence[Title]) -> tuple[Attachment, ...]:
    found: dict[tuple[str, str, str], Attachment] = {}
    for one in (one for record in records for one in record.attachments):
        found.setdefault(one.slot, one)
    return tuple(found.values())


def _merged_texts(records: Sequence[Title]) -> tuple[LocalizedText, ...]:
    found: dict[tuple[str, str], LocalizedText] = {}
    for text in (text for record in records for text in record.texts):
        have = found.get(text.slot, text)
        found[text.slot] = replace(
            have,
            name=have.name or text.name,
            synopsis=have.synopsis or text.synopsis,
            tagline=have.tagline or text.tagline,
        )
    return tuple(found.values())


def _merged_credits(records: Sequence[Title]) -> tuple[Credit, ...]:
    """Within one record a person may have several characters; those of the oldest record count."""
    found: dict[tuple[object, str], list[Credit]] = {}
    for record in records:
        told: dict[tuple[object, str], list[Credit]] = {}
        for credit in record.credits:
            told.setdefault((credit.role, "".join(tokens(credit.name)) or credit.name), []).append(credit)
        for key, credits in told.items():
            if not any(credit.character for credit in found.get(key, ())):
                found[key] = credits if any(c.character for c in credits) else found.get(key, credits)
    return tuple(credit for credits in found.values() for credit in credits)


def _with_parents(titles: list[Title], members: dict[TitleId, TitleId], store: CatalogStore) -> list[Title]:
    """Seasons and episodes hang under the merged title of their parent's record."""
    known = store.resolve({title.parent for title in titles if title.parent}) | members
    return [
        replace(title, parent=known.get(title.parent, title.parent)) if title.parent else title
        for title in titles
    ]


def _namesakes(
    plan: Mapping[TitleId, Title],
    members: Mapping[TitleId, TitleId],
    changed: set[TitleId],
    store: CatalogStore,
) -> Iterator[DoubtfulPair]:
    """Pairs of one name, one kind and (nearly) one year, of which at least one is changed."""
    named: defaultdict[str, set[TitleId]] = defaultdict(set)
    for title in plan.values():
        for key in name_keys(title):
            named[key].add(title.id)
    interesting = {key for id_ in changed for key in name_keys(plan[id_])}
    for key, ids in store.named(interesting).items():
        named[key].update(members.get(id_, id_) for id_ in ids)
    crowds = [sorted(named[key]) for key in sorted(interesting) if len(named[key]) > 1]
    elsewhere = {id_ for crowd in crowds for id_ in crowd} - plan.keys()
    titles = {**store.get(sorted(elsewhere)), **plan}
    for crowd in crowds:
        for one, other in combinations([titles[id_] for id_ in crowd if id_ in titles], 2):
            if {one.id, other.id} & changed and _nearly_same_year(one, other):
                yield DoubtfulPair(
                    one.id, other.id, "same name, years at most one apart, but no id in common"
                )


def _nearly_same_year(one: Title, other: Title) -> bool:
    if one.kind != other.kind or one.year is None or other.year is None:
        return False
    return abs(one.year - other.year) <= 1
