"""What every ``ViewerStore`` must do. A test class inherits this and gives the fixture ``store``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossreel.audience.event import Viewer
from crossreel.audience.event_log import ViewerStore
from crossreel.testing.tiny import tiny_catalog, tiny_viewers
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["ViewersSuite"]

FULL = Viewer(
    ViewerId("src", "a:b/ü"),
    "Zoë 100%_",
    Territory("BR"),
    (Language("pt-BR"), Language("en")),
    1981,
    "35-44",
    "F",
    "écrivain",
    simulated=True,
)


class ViewersSuite:
    """Profiles in and out."""

    def test_an_empty_store_answers_with_nothing(self, store: ViewerStore) -> None:
        assert store.get(FULL.id) is None
        assert store.find("a") == ()
        assert store.page() == []
        assert store.count() == 0
        assert store.erase(FULL.id) is False
        store.put([])
        assert store.count() == 0

    def test_profiles_come_back_as_they_went_in(self, store: ViewerStore) -> None:
        bare = Viewer(ViewerId("src", "bare"))
        store.put([FULL, bare])
        assert store.get(FULL.id) == FULL
        assert store.get(bare.id) == bare
        assert store.count() == 2

    def test_a_profile_is_replaced_whole(self, store: ViewerStore) -> None:
        store.put([FULL])
        store.put([Viewer(FULL.id), replace(FULL, name="Last")])
        assert store.get(FULL.id) == replace(FULL, name="Last")
        assert store.count() == 1

    def test_find_looks_in_every_source(self, store: ViewerStore) -> None:
        ids = [ViewerId("b", "7"), ViewerId("a", "7"), ViewerId("a", "77")]
        store.put(map(Viewer, ids))
        assert store.find("7") == (ids[1], ids[0])
        assert store.find("a:7") == ()

    def test_pages_follow_one_another(self, store: ViewerStore) -> None:
        tiny_catalog().fill(viewers=store)
        first = store.page(limit=2)
        second = store.page(after=str(first[-1].id), limit=10)
        assert [*first, *second] == list(tiny_viewers())
        assert store.page(after=str(second[-1].id)) == []

    @pytest.mark.parametrize("search", ["zoë", "ZOË", "100%_", "a:b", "SRC:", " zoë "])
    def test_search_is_part_of_id_or_name_in_any_case(self, store: ViewerStore, search: str) -> None:
        store.put([FULL, *tiny_viewers()])
        assert store.page(search=search) == [FULL]

    def test_search_knows_no_wildcards(self, store: ViewerStore) -> None:
        store.put(tiny_viewers())
        assert store.page(search="%") == store.page(search="_") == []
        assert len(store.page(search=" ")) == len(tiny_viewers())

    def test_erase(self, store: ViewerStore) -> None:
        store.put([FULL, *tiny_viewers()])
        assert store.erase(FULL.id) is True
        assert store.get(FULL.id) is None
        assert store.erase(FULL.id) is False
        assert store.count() == len(tiny_viewers())

    def test_a_failing_stream_leaves_nothing(self, store: ViewerStore) -> None:
        def stream() -> object:
            yield FULL
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            store.put(stream())  # type: ignore[arg-type]
        assert store.count() == 0

    def test_many_at_once(self, store: ViewerStore) -> None:
        many = [Viewer(ViewerId("many", f"{number:05}")) for number in range(3000)]
        store.put(many)
        assert store.count() == 3000
        assert store.page(limit=5000) == many
