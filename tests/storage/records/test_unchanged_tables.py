"""What has not changed comes as the same object, what has is never missed."""

from dataclasses import replace

import pytest

from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import TitleRecord
from crossreel.rights.license import License, Mode
from crossreel.storage.records.catalog import SqlCatalog
from crossreel.storage.records.database import open_database
from crossreel.storage.records.licenses import SqlLicenses
from crossreel.testing.tiny import tiny_titles


@pytest.fixture
def database(tmp_path):
    database = open_database(tmp_path, create=True)
    yield database
    database.close()


def put(catalog, *titles):
    records = [TitleRecord(title, content_hash(title)) for title in titles]
    catalog.put(records, titles, {title.id: title.id for title in titles}, [])


def tables(catalog):
    return catalog.ids(), catalog.aliases(), catalog.family()


def test_tables_of_ids_stay_the_same_objects_until_they_say_something_else(database):
    catalog, (first, *rest) = SqlCatalog(database), tiny_titles()
    put(catalog, *rest)
    before = tables(catalog)
    put(catalog, replace(rest[0], year=1901))
    assert all(one is other for one, other in zip(tables(catalog), before, strict=True))
    with pytest.raises(TypeError):
        before[1][first.id] = first.id
    put(catalog, first)
    ids, aliases, _ = tables(catalog)
    assert first.id in ids
    assert aliases[first.id] == first.id
    assert first.id not in before[0]


def test_what_is_rolled_back_is_not_learned(database):
    catalog, (first, *rest) = SqlCatalog(database), tiny_titles()
    put(catalog, *rest)
    before = tables(catalog)

    def change_of_mind():
        with database.write():
            put(catalog, first)
            assert first.id in catalog.ids()
            assert first.id in catalog.aliases()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_of_mind()
    assert tables(catalog) == before


def test_licenses_are_parsed_again_only_where_they_changed(database):
    store, title = SqlLicenses(database), tiny_titles()[0].id
    store.add([License(f"L{number}", title, ("DE",), (Mode.SVOD,)) for number in range(3)])
    first = list(store.all())
    changed = replace(first[1], territories=("JP",))
    store.put([changed])
    store.remove(["L0"])
    second = list(store.all())
    assert second == [changed, first[2]]
    assert second[1] is first[2]
