"""What every ``LicenseStore`` must do. A test class inherits this and gives the fixture ``store``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossreel.errors import Conflict, UnknownId
from crossreel.rights.license import License, LicenseStore, Mode
from crossreel.testing.tiny import tiny_catalog, tiny_id, tiny_licenses
from crossreel.values.language import Language
from crossreel.values.window import Boundary

__all__ = ["LicensesSuite"]

FULL = License(
    "ünï/1",
    tiny_id("moon"),
    ("EU", "BR"),
    (Mode.TVOD, Mode.EST),
    excluded=("FR",),
    languages=(Language("pt-BR"), Language("zh-Hant")),
    start=Boundary.parse("2026-01-01"),
    end=Boundary.parse("2026-06-30T22:00:00.000001+02:00"),
    reason="“Rechte” — 権利",
)


class LicensesSuite:
    """Adding, replacing, removing and reading licenses."""

    def test_an_empty_store_answers_with_nothing(self, store: LicenseStore) -> None:
        assert list(store.all()) == []
        assert store.of([tiny_id("moon")]) == []
        assert store.count() == 0
        assert store.revision() == 0
        assert store.remove(["nothing"]) == 0
        assert store.add([]) == 0
        assert store.revision() == 0

    def test_licenses_come_back_as_they_went_in(self, store: LicenseStore) -> None:
        licenses = (*tiny_licenses(), FULL)
        assert store.add(licenses) == len(licenses)
        assert list(store.all()) == sorted(licenses, key=lambda license_: license_.id)
        assert store.count() == len(licenses)

    def test_of_gives_a_title_s_own_licenses(self, store: LicenseStore) -> None:
        store.add((*tiny_licenses(), FULL))
        found = store.of([tiny_id("moon"), tiny_id("vampires-1"), tiny_id("nothing")])
        assert [license_.id for license_ in found] == ["moon-world", "ünï/1"]
        assert store.of([]) == []

    def test_adding_again_changes_nothing(self, store: LicenseStore) -> None:
        tiny_catalog().fill(licenses=store)
        assert store.revision() == 1
        assert store.add([*tiny_licenses(), FULL]) == 1
        assert store.revision() == 2
        assert store.add([FULL, FULL]) == 0
        assert store.revision() == 2

    def test_other_content_under_a_taken_id_is_refused_whole(self, store: LicenseStore) -> None:
        store.add([FULL])
        other = replace(FULL, reason="another")
        with pytest.raises(Conflict, match="ünï/1"):
            store.add([*tiny_licenses(), other])
        assert list(store.all()) == [FULL]
        assert store.revision() == 1

    def test_two_contents_of_one_id_in_one_call_are_refused(self, store: LicenseStore) -> None:
        with pytest.raises(Conflict):
            store.add([FULL, replace(FULL, modes=(Mode.SVOD,))])
        assert store.count() == 0

    def test_replace(self, store: LicenseStore) -> None:
        store.add([FULL])
        other = replace(FULL, title=tiny_id("general"), end=Boundary())
        store.replace(other)
        assert list(store.all()) == [other]
        assert store.of([FULL.title]) == []
        assert store.revision() == 2
        store.replace(other)
        assert store.revision() == 2

    def test_get_finds_one_by_its_id(self, store: LicenseStore) -> None:
        tiny_catalog().fill(licenses=store)
        assert store.get("nothing") is None
        assert [store.get(one.id) for one in tiny_licenses()] == list(tiny_licenses())

    def test_replacing_what_is_not_there_is_refused(self, store: LicenseStore) -> None:
        with pytest.raises(UnknownId):
            store.replace(FULL)
        assert store.count() == 0
        assert store.revision() == 0

    def test_put_adds_and_replaces_at_once(self, store: LicenseStore) -> None:
        tiny_catalog().fill(licenses=store)
        other = replace(FULL, reason="another")
        assert store.put([*tiny_licenses(), FULL, other]) == 1
        assert (
            store.put([replace(other, modes=(Mode.AVOD,)), *tiny_licenses()[:1], replace(FULL, id="new")])
            == 2
        )
        assert store.count() == len(tiny_licenses()) + 2
        assert next(one for one in store.all() if one.id == FULL.id).modes == (Mode.AVOD,)
        assert store.revision() == 3
        assert store.put(list(store.all())) == 0
        assert store.put([]) == 0
        assert store.revision() == 3

    def test_remove(self, store: LicenseStore) -> None:
        tiny_catalog().fill(licenses=store)
        assert store.remove(["moon-world", "moon-world", "nothing"]) == 1
        assert store.count() == len(tiny_licenses()) - 1
        assert store.of([tiny_id("moon")]) == []
        assert store.revision() == 2

    def test_many_at_once(self, store: LicenseStore) -> None:
        many = [replace(FULL, id=f"n{number:05}") for number in range(3000)]
        assert store.add(many) == 3000
        assert list(store.all()) == many
        assert store.remove(license_.id for license_ in many[1:]) == 2999
        assert list(store.all()) == many[:1]
