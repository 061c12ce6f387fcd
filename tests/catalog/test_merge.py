from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.documents import content_hash
from crossreel.catalog.merge import MergePlan, merge_records, name_keys, plan_merge
from crossreel.catalog.repository import CatalogStore, TitleRecord
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Release, Title, TitleKind
from crossreel.testing.memory import MemoryCatalog
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

EN, DE = Language("en"), Language("de")


def title(id_: str, name: str = "Metropolis", *external: str, **more: object) -> Title:
    ids = tuple(sorted(ExternalId(*one.split("=")) for one in external))
    return Title(TitleId.parse(id_), name, external_ids=ids, **more)  # type: ignore[arg-type]


def bring(store: CatalogStore, *titles: Title) -> MergePlan:
    records = [TitleRecord(one, content_hash(one)) for one in titles]
    plan = plan_merge(records, store)
    store.put(records, plan.merged, plan.members, plan.doubtful)
    return plan


def groups(store: CatalogStore) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for record, merged in store.aliases().items():
        found.setdefault(str(merged), set()).add(str(record))
    return found


def test_a_shared_id_makes_one_title_under_the_oldest_id(store: CatalogStore) -> None:
    bring(store, title("a:1", "Metropolis", "imdb=tt0017136"))
    plan = bring(store, title("b:9", "Metrópolis", "imdb=tt0017136", "tmdb=19"))
    assert groups(store) == {"a:1": {"a:1", "b:9"}}
    assert plan.joined == 1
    merged = store.get([TitleId("a", "1")])[TitleId("a", "1")]
    assert merged.aliases == ("Metrópolis",)
    assert [e.value for e in merged.external_ids] == ["tt0017136", "19"]


def test_a_record_can_bring_two_titles_together(store: CatalogStore) -> None:
    bring(store, title("a:1", "Metropolis", "imdb=tt0017136"), title("b:1", "Metropolis", "tmdb=19"))
    assert len(groups(store)) == 2
    bring(store, title("c:1", "Metropolis", "imdb=tt0017136", "tmdb=19"))
    assert groups(store) == {"a:1": {"a:1", "b:1", "c:1"}}


def test_a_corrected_id_takes_titles_apart_again(store: CatalogStore) -> None:
    bring(store, title("a:1", "Metropolis", "imdb=tt0017136"), title("b:1", "Other", "imdb=tt0017136"))
    assert len(groups(store)) == 1
    bring(store, title("b:1", "Other", "imdb=tt0133093"))
    assert groups(store) == {"a:1": {"a:1"}, "b:1": {"b:1"}}


def test_tmdb_numbers_count_within_film_and_tv(store: CatalogStore) -> None:
    bring(
        store,
        title("a:1", "Metropolis", "tmdb=19"),
        title("b:1", "Metropolis", "tmdb=movie/19"),
        title("c:1", "Serie", "tmdb=tv/19", kind=TitleKind.SERIES),
        title("d:1", "Serie", "tmdb=19", kind=TitleKind.SERIES),
    )
    assert groups(store) == {"a:1": {"a:1", "b:1"}, "c:1": {"c:1", "d:1"}}


def test_the_same_in_a_second_import(store: CatalogStore) -> None:
    bring(store, title("a:1", "Metropolis", "tmdb=19"))
    bring(store, title("b:1", "Metropolis", "tmdb=movie/19"))
    assert groups(store) == {"a:1": {"a:1", "b:1"}}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (title("b:1", "The Matrix", "imdb=tt0017136", year=1999), "years 1927 and 1999 and the names differ"),
        (
            title("b:1", "Metropolis", "imdb=tt0017136", kind=TitleKind.SERIES),
            "one is a film, the other a series",
        ),
        (title("a:2", "Metropolis", "imdb=tt0017136", year=1927), "one source has a record of each"),
    ],
)
def test_doubtful_sharing_is_listed_and_not_merged(store: CatalogStore, other: Title, why: str) -> None:
    plan = bring(store, title("a:1", "Metropolis", "imdb=tt0017136", year=1927), other)
    assert len(groups(store)) == 2
    (pair,) = store.doubtful()
    assert pair.why == f"share imdb tt0017136, but {why}"
    assert plan.joined == 0


@pytest.mark.parametrize(
    ("name", "year"),
    [("Metropolis", 2001), ("Metropolis: The Director's Cut", 1929), ("The Matrix", 1929), ("X", None)],
)
def test_like_names_or_near_years_do_merge(store: CatalogStore, name: str, year: int | None) -> None:
    bring(
        store,
        title("a:1", "Metropolis", "imdb=tt0017136", year=1927),
        title("b:1", name, "imdb=tt0017136", year=year),
    )
    assert len(groups(store)) == 1


def test_namesakes_of_nearly_one_year_are_doubtful(store: CatalogStore) -> None:
    bring(store, title("a:1", "Léon", year=1994), title("a:2", "Léon", year=2004))
    text = LocalizedText(EN, name="leon")
    bring(
        store,
        title("b:1", "Le pro", year=1995, texts=(text,)),
        title("b:2", "Leon", year=1994, kind=TitleKind.SERIES),
    )
    assert [(str(p.first), str(p.second), p.why) for p in store.doubtful()] == [
        ("a:1", "b:1", "same name, years at most one apart, but no id in common")
    ]


def test_seasons_are_no_namesakes() -> None:
    assert name_keys(title("a:1", "Season 1", kind=TitleKind.SEASON, parent=TitleId("a", "0"))) == ()
    assert name_keys(title("a:1", "Spider-Man")) == name_keys(title("b:1", "SPIDER MAN"))


def test_a_pair_that_merges_later_leaves_the_list(store: CatalogStore) -> None:
    bring(store, title("a:1", year=1927), title("b:1", "Metropolis", "imdb=tt0017136", year=1927))
    assert len(store.doubtful()) == 1
    bring(store, title("a:1", "Metropolis", "imdb=tt0017136", year=1927))
    assert store.doubtful() == ()


def test_children_hang_under_the_merged_parent(store: CatalogStore) -> None:
    bring(store, title("a:s", "Serie", "tmdb=tv/7", kind=TitleKind.SERIES))
    series = title("b:s", "Serie", "tmdb=tv/7", kind=TitleKind.SERIES)
    season = title("b:s1", "Staffel 1", kind=TitleKind.SEASON, parent=series.id, number=1)
    bring(store, series, season)
    assert store.get([season.id])[season.id].parent == TitleId("a", "s")
    assert store.family() == {season.id: TitleId("a", "s")}


def test_which_field_wins() -> None:
    us, de = Territory("US"), Territory("DE")
    oldest = title(
        "ml:1",
        "The Boat",
        "imdb=tt0082096",
        year=1981,
        genres=("war", "drama"),
        texts=(LocalizedText(EN, name="The Boat"),),
        releases=(Release(date(1982, 2, 10), us),),
        credits=(
            Credit("Jürgen Prochnow", CreditRole.CAST),
            Credit("Wolfgang Petersen", CreditRole.DIRECTOR),
        ),
        aliases=("Das Boot",),
    )
    newer = title(
        "tmdb:387",
        "Das Boot",
        "tmdb=387",
        year=1982,
        runtime_minutes=149,
        original_languages=(DE,),
        countries=(Territory("DE"),),
        genres=("drama", "history"),
        texts=(
            LocalizedText(EN, name="Das Boot", synopsis="A submarine."),
            LocalizedText(DE, synopsis="Ein U-Boot."),
        ),
        releases=(Release(date(1981, 9, 17), de), Release(date(1999, 1, 1), us)),
        credits=(
            Credit("Jurgen Prochnow", CreditRole.CAST, "The captain"),
            Credit("Herbert Grönemeyer", CreditRole.CAST),
        ),
    )
    merged = merge_records([oldest, newer])
    assert merged == Title(
        id=oldest.id,
        name="Das Boot",
        original_languages=(DE,),
        countries=(Territory("DE"),),
        genres=("war", "drama", "history"),
        runtime_minutes=149,
        year=1981,
        releases=(Release(date(1982, 2, 10), us), Release(date(1981, 9, 17), de)),
        texts=(
            LocalizedText(EN, name="The Boat", synopsis="A submarine."),
            LocalizedText(DE, synopsis="Ein U-Boot."),
        ),
        credits=(
            Credit("Jurgen Prochnow", CreditRole.CAST, "The captain"),
            Credit("Wolfgang Petersen", CreditRole.DIRECTOR),
            Credit("Herbert Grönemeyer", CreditRole.CAST),
        ),
        external_ids=(ExternalId("imdb", "tt0082096"), ExternalId("tmdb", "387")),
    )


def test_one_record_is_its_title() -> None:
    alone = title("a:1", "Metropolis", "imdb=tt0017136")
    assert merge_records([alone]) is alone


some_titles = st.lists(
    st.builds(
        lambda source, key, ids, year: title(f"{source}:{key}", "Same", *ids, year=year),
        st.sampled_from("abcd"),
        st.integers(1, 4),
        st.sets(
            st.sampled_from(["imdb=tt0000001", "imdb=tt0000002", "tmdb=1", "tmdb=2", "wikidata=Q1"]),
            max_size=3,
        ),
        st.sampled_from([None, 1990, 1991]),
    ),
    unique_by=lambda one: one.id,
    max_size=10,
)


@given(some_titles, st.integers(0, 10))
def test_in_one_import_or_two_every_record_ends_in_one_title(titles: list[Title], cut: int) -> None:
    store = MemoryCatalog()
    for part in (titles[:cut], titles[cut:]):
        if part:
            bring(store, *part)
    assert set(store.aliases()) == {one.id for one in titles}
    assert set(store.aliases().values()) == set(store.ids())
    for merged, records in groups(store).items():
        assert merged in records
        assert len({record.partition(":")[0] for record in records}) == len(records)


@given(some_titles)
def test_bringing_everything_again_changes_nothing(titles: list[Title]) -> None:
    store = MemoryCatalog()
    if titles:
        bring(store, *titles)
        before = (groups(store), list(store.all()), store.doubtful())
        bring(store, *titles)
        assert (groups(store), list(store.all()), store.doubtful()) == before


def test_names_become_aliases_unless_shown() -> None:
    one = title("a:1", "Brat", texts=(LocalizedText(EN, name="Brother"),))
    two = replace(title("b:1", "Брат"), original_languages=(Language("ru"),), aliases=("Brother", "Brat"))
    merged = merge_records([one, two])
    assert (merged.name, merged.aliases) == ("Брат", ("Brat",))
