"""What every ``CatalogStore`` must do. A test class inherits this and gives the fixture ``store``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import CatalogStore, DoubtfulPair, TitleRecord
from crossreel.catalog.title import LocalizedText, Title, TitleKind
from crossreel.errors import Conflict
from crossreel.testing.tiny import tiny_catalog, tiny_id, tiny_titles
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language

__all__ = ["CatalogSuite", "SearchSuite", "record_of", "store_alone"]


def record_of(title: Title) -> TitleRecord:
    """The record of a title as its source told it."""
    return TitleRecord(title, content_hash(title))


def store_alone(store: CatalogStore, *titles: Title) -> None:
    """Stores titles that nothing is merged with."""
    store.put(list(map(record_of, titles)), titles, {title.id: title.id for title in titles}, ())


class CatalogSuite:
    """Records, merging, look-ups, atomicity and revision."""

    def test_an_empty_store_answers_with_nothing(self, store: CatalogStore) -> None:
        some = tiny_id("moon")
        assert store.ids() == ()
        assert list(store.all()) == []
        assert store.get([some]) == {}
        assert store.records([some]) == {}
        assert store.siblings([some]) == {}
        assert store.resolve([some]) == {}
        assert store.record_ids([ExternalId("tmdb", "653")]) == {}
        assert store.aliases() == {}
        assert store.family() == {}
        assert store.named(["moon"]) == {}
        assert store.doubtful() == ()
        assert store.search("moon", 10) == []
        assert store.revision() == 0

    def test_titles_come_back_as_they_went_in(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        assert tuple(store.all()) == tiny_titles()
        assert store.ids() == tuple(title.id for title in tiny_titles())
        assert store.get([tiny_id("raja"), tiny_id("nothing"), tiny_id("moon")]) == {
            title.id: title for title in tiny_titles() if title.id in {tiny_id("moon"), tiny_id("raja")}
        }

    def test_get_keeps_the_order_asked_for(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        asked = [tiny_id("raja"), tiny_id("moon"), tiny_id("zaynab"), tiny_id("moon")]
        assert list(store.get(asked)) == asked[:3]

    def test_ids_sort_by_source_then_key(self, store: CatalogStore) -> None:
        # As text "a-b:1" comes before "a:1", because a dash sorts before a colon.
        ids = [TitleId("a", "1"), TitleId("a", "2"), TitleId("a-b", "1")]
        store_alone(store, *(Title(id_, "Name") for id_ in reversed(ids)))
        assert list(store.ids()) == ids
        assert [title.id for title in store.all()] == ids

    def test_records_keep_what_the_source_said(self, store: CatalogStore) -> None:
        record, merged = _two_sources(store)
        assert store.records([merged.id, TitleId("b", "2"), TitleId("c", "3")]) == {
            merged.id: record_of(replace(merged, keywords=("from a",))),
            TitleId("b", "2"): record,
        }

    def test_every_record_resolves_to_its_merged_title(self, store: CatalogStore) -> None:
        record, merged = _two_sources(store)
        assert store.resolve([record.title.id, merged.id, TitleId("c", "3")]) == {
            record.title.id: merged.id,
            merged.id: merged.id,
        }
        assert store.aliases() == {record.title.id: merged.id, merged.id: merged.id}
        assert store.ids() == (merged.id,)
        assert store.get([record.title.id]) == {}

    def test_siblings_are_oldest_first(self, store: CatalogStore) -> None:
        oldest = Title(TitleId("z", "9"), "Oldest")
        younger = Title(TitleId("a", "1"), "Younger")
        store_alone(store, oldest)
        store.put([record_of(younger)], [oldest], {oldest.id: oldest.id, younger.id: oldest.id}, ())
        changed = replace(oldest, year=1920)
        store.put([record_of(changed)], [changed], {oldest.id: oldest.id, younger.id: oldest.id}, ())
        assert store.siblings([oldest.id, younger.id]) == {
            oldest.id: (record_of(changed), record_of(younger))
        }

    def test_records_come_in_the_order_in_which_they_first_came(self, store: CatalogStore) -> None:
        first, second, third = (Title(TitleId("z", key), "Name") for key in ("2", "1", "3"))
        store_alone(store, first, second)
        store_alone(store, third)
        store_alone(store, replace(first, name="Changed"))
        asked = [third.id, TitleId("z", "unknown"), first.id, second.id, first.id]
        assert store.oldest_first(asked) == (first.id, second.id, third.id)

    def test_external_ids_find_records_oldest_first(self, store: CatalogStore) -> None:
        shared, own = ExternalId("imdb", "tt0013442"), ExternalId("tmdb", "653")
        first = Title(TitleId("z", "1"), "First", external_ids=(shared,))
        second = Title(TitleId("a", "2"), "Second", external_ids=(shared, own))
        store_alone(store, first)
        store_alone(store, second)
        assert store.record_ids([shared, own, ExternalId("tmdb", "13442")]) == {
            shared: (first.id, second.id),
            own: (second.id,),
        }

    def test_a_changed_record_loses_its_old_external_ids(self, store: CatalogStore) -> None:
        old, new = ExternalId("tmdb", "1"), ExternalId("tmdb", "2")
        title = Title(tiny_id("one"), "One", external_ids=(old,))
        store_alone(store, title)
        store_alone(store, replace(title, external_ids=(new,)))
        assert store.record_ids([old, new]) == {new: (title.id,)}

    def test_a_changed_title_is_read_anew(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        before = store.get([tiny_id("moon")])[tiny_id("moon")]
        after = replace(before, name="Le voyage", year=1903)
        store_alone(store, after)
        assert store.get([after.id]) == {after.id: after}
        assert [title for title in store.all() if title.id == after.id] == [after]
        assert len(store.ids()) == len(tiny_titles())

    def test_merging_later_removes_the_emptied_title(self, store: CatalogStore) -> None:
        one, two = Title(TitleId("a", "1"), "Unheimlich"), Title(TitleId("b", "2"), "Verschwunden")
        store_alone(store, one)
        store_alone(store, two)
        store.put((), [replace(one, aliases=("Beides",))], {one.id: one.id, two.id: one.id}, ())
        assert store.ids() == (one.id,)
        assert store.get([two.id]) == {}
        assert store.resolve([two.id]) == {two.id: one.id}
        assert [hit.title for hit in store.search("verschwunden", 5)] == []
        assert set(store.records([one.id, two.id])) == {one.id, two.id}

    def test_merging_can_be_taken_back(self, store: CatalogStore) -> None:
        record, merged = _two_sources(store)
        store.put((), [merged, record.title], {record.title.id: record.title.id, merged.id: merged.id}, ())
        assert store.aliases() == {record.title.id: record.title.id, merged.id: merged.id}
        assert set(store.ids()) == {merged.id, record.title.id}

    def test_family_leads_to_merged_parents(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        series, season = tiny_id("vampires"), tiny_id("vampires-1")
        assert store.family() == {
            season: series,
            tiny_id("vampires-1-1"): season,
            tiny_id("vampires-1-2"): season,
        }
        older = Title(TitleId("old", "1"), "Les Vampires", store.get([series])[series].kind)
        store.put([record_of(older)], [older], {older.id: older.id, series: older.id}, ())
        assert store.family()[season] == older.id

    def test_an_unknown_parent_is_no_family(self, store: CatalogStore) -> None:
        episode = next(title for title in tiny_titles() if title.parent)
        store_alone(store, episode)
        assert store.family() == {}

    def test_namesakes_are_found_by_their_folded_names(self, store: CatalogStore) -> None:
        english = LocalizedText(Language("en"), name="The Brother")
        one = Title(TitleId("b", "1"), "Брат", texts=(english,), aliases=("Elsewhere",))
        two = Title(TitleId("a", "2"), "THE-BROTHER", kind=TitleKind.SERIES)
        part = Title(TitleId("a", "3"), "Брат", kind=TitleKind.SEASON, parent=two.id, number=1)
        longer = Title(TitleId("a", "4"), "The Brother from Another Planet")
        store_alone(store, one, two, part, longer)
        assert store.named(["thebrother", "брат", "brother", "elsewhere", "nothing"]) == {
            "thebrother": (two.id, one.id),
            "брат": (one.id,),
        }
        store_alone(store, replace(two, name="Renamed"))
        assert store.named(["thebrother", "renamed"]) == {"thebrother": (one.id,), "renamed": (two.id,)}

    def test_doubtful_pairs_are_kept_once_and_sorted(self, store: CatalogStore) -> None:
        titles = [Title(tiny_id(key), "Same name") for key in "abc"]
        a, b, c = (title.id for title in titles)
        members = {id_: id_ for id_ in (a, b, c)}
        first, second = DoubtfulPair(a, b, "same name"), DoubtfulPair(b, c, "same year")
        store.put([record_of(title) for title in titles], titles, members, [second, first])
        store.put((), (), {}, [DoubtfulPair(a, b, "same name, other year")])
        assert store.doubtful() == (replace(first, why="same name, other year"), second)

    def test_a_doubtful_pair_goes_when_it_becomes_one_title(self, store: CatalogStore) -> None:
        one, two = Title(tiny_id("a"), "Same"), Title(tiny_id("b"), "Same")
        store_alone(store, one, two)
        store.put((), (), {}, [DoubtfulPair(one.id, two.id, "same name")])
        store.put((), [one], {one.id: one.id, two.id: one.id}, ())
        assert store.doubtful() == ()

    def test_the_revision_grows_by_one_with_every_put(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        assert store.revision() == 1
        tiny_catalog().fill(store)
        assert store.revision() == 2

    def test_putting_the_same_twice_changes_nothing_else(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        before = _everything(store)
        tiny_catalog().fill(store)
        assert _everything(store) == before

    def test_a_record_without_a_title_is_refused(self, store: CatalogStore) -> None:
        self._assert_refused(store, [Title(tiny_id("new"), "New")], (), {})

    def test_a_member_without_a_record_is_refused(self, store: CatalogStore) -> None:
        title = Title(tiny_id("new"), "New")
        self._assert_refused(store, [title], [title], {title.id: title.id, tiny_id("ghost"): title.id})

    def test_merging_into_nothing_is_refused(self, store: CatalogStore) -> None:
        title = Title(tiny_id("new"), "New")
        self._assert_refused(store, [title], [title], {title.id: title.id, tiny_id("moon"): tiny_id("ghost")})

    def _assert_refused(
        self,
        store: CatalogStore,
        records: Iterable[Title],
        merged: Iterable[Title],
        members: dict[TitleId, TitleId],
    ) -> None:
        tiny_catalog().fill(store)
        before = _everything(store)
        with pytest.raises(Conflict):
            store.put([record_of(title) for title in records], list(merged), members, ())
        assert _everything(store) == before
        assert store.revision() == 1

    def test_a_broken_title_leaves_nothing_behind(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        before = _everything(store)
        good = Title(tiny_id("new"), "New")
        broken = replace(good, id=tiny_id("broken"), texts=(None,))  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            store.put([record_of(good)], [good, broken], {good.id: good.id, tiny_id("moon"): broken.id}, ())
        assert _everything(store) == before
        assert store.revision() == 1

    def test_more_titles_than_one_statement_can_name(self, store: CatalogStore) -> None:
        many = [Title(TitleId("many", f"{n:05}"), f"Name {n}") for n in range(2500)]
        store_alone(store, *many)
        ids = [title.id for title in many]
        assert list(store.ids()) == ids
        assert list(store.get(ids).values()) == many
        assert len(store.records(ids)) == len(store.siblings(ids)) == len(store.resolve(ids)) == 2500


class SearchSuite:
    """Search over the tiny catalog; the scripts and foldings are ``catalog.search``'s own tests."""

    @pytest.mark.parametrize(
        ("query", "key"),
        [
            ("nosferatu", "nosferatu"),
            ("korkarlen", "phantom-carriage"),
            ("Körkarlen", "phantom-carriage"),
            ("trip to the moon", "moon"),
            ("melies", "moon"),
            ("phoebe", "moon"),
            ("потемкин", "potemkin"),
            ("bronenosets", "potemkin"),
            ("زينب", "zaynab"),
            ("हरिश्चन्द्र", "raja"),
            ("雄呂", "orochi"),
            ("勞工", "labor"),
            ("劳工", "labor"),
            ("십자로", "crossroads"),
            ("samurai", "orochi"),
            ("nosf", "nosferatu"),
        ],
    )
    def test_finds(self, store: CatalogStore, query: str, key: str) -> None:
        tiny_catalog().fill(store)
        hits = store.search(query, 5)
        assert hits[0].title == tiny_id(key), hits

    def test_a_name_comes_before_a_mention(self, store: CatalogStore) -> None:
        mention = LocalizedText(Language("en"), None, "", "Moon, moon, moon: a film about the moon.")
        named = Title(tiny_id("z"), "The Silver Moon of a Long Winter Night")
        store_alone(store, Title(tiny_id("a"), "Tides", texts=(mention,)), named)
        assert [hit.title for hit in store.search("moon", 5)] == [named.id, tiny_id("a")]

    def test_a_name_typed_whole_is_found_among_many_that_start_with_it(self, store: CatalogStore) -> None:
        many = [Title(TitleId("many", f"{n:04}"), f"It {'It ' * (n % 3)}{n}") for n in range(600)]
        wanted = Title(
            TitleId("many", "wanted"), "It", aliases=("A much longer other name, for which bm25 hates it",)
        )
        store_alone(store, *many, wanted)
        hits = store.search("it", 3)
        assert hits[0].title == wanted.id
        assert len(hits) == 3

    def test_the_limit_holds_and_scores_fall(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        hits = store.search("the", 4)
        assert len(hits) == 4
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert len({hit.title for hit in hits}) == 4

    def test_says_which_name_matched(self, store: CatalogStore) -> None:
        tiny_catalog().fill(store)
        assert store.search("carriage", 1)[0].matched == "The Phantom Carriage"

    def test_the_exactly_written_mark_comes_first(self, store: CatalogStore) -> None:
        plain, marked = Title(tiny_id("plain"), "Halla"), Title(tiny_id("marked"), "Hälla")
        store_alone(store, plain, marked)
        assert [hit.title for hit in store.search("hälla", 5)] == [marked.id, plain.id]
        assert [hit.title for hit in store.search("halla", 5)] == [plain.id, marked.id]

    @pytest.mark.parametrize(
        "query", ["", "   ", '"', "*", "AND", "a OR", "NEAR(", "names:moon", "-moon", "^", "\x00", "()", "'"]
    )
    def test_no_query_breaks_it(self, store: CatalogStore, query: str) -> None:
        tiny_catalog().fill(store)
        assert isinstance(store.search(query, 5), list)

    def test_a_changed_name_is_found_and_the_old_one_is_not(self, store: CatalogStore) -> None:
        title = Title(tiny_id("one"), "Entwurf")
        store_alone(store, title)
        store_alone(store, replace(title, name="Endfassung"))
        assert store.search("entwurf", 5) == []
        assert [hit.title for hit in store.search("endfassung", 5)] == [title.id]


def _two_sources(store: CatalogStore) -> tuple[TitleRecord, Title]:
    """Two records that make one title, told by sources a and b; returns b's record and the title."""
    merged = Title(TitleId("a", "1"), "One work", keywords=("from a", "from b"))
    of_a = record_of(replace(merged, keywords=("from a",)))
    of_b = record_of(Title(TitleId("b", "2"), "One work", keywords=("from b",)))
    members = {merged.id: merged.id, of_b.title.id: merged.id}
    store.put([of_a, of_b], [merged], members, ())
    return of_b, merged


def _everything(store: CatalogStore) -> tuple[object, ...]:
    ids = tuple(store.aliases())
    return (
        tuple(store.all()),
        store.aliases(),
        store.records(ids),
        store.siblings(ids),
        store.doubtful(),
        store.search("the", 100),
    )
