from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from crossreel.catalog.importing import ImportReport, export_catalog, import_catalog
from crossreel.catalog.repository import CatalogStore
from crossreel.errors import BadFile, BadRows, BadValue
from crossreel.testing.memory import MemoryCatalog
from crossreel.values.ids import TitleId


def write(folder: Path, *documents: dict[str, Any], name: str = "titles.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    return path


def film(key: str, name: str = "Metropolis", **more: Any) -> dict[str, Any]:
    return {"id": key, "name": name, **more}


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.added, report.changed, report.unchanged, report.skipped


def test_an_import_twice_changes_nothing(tmp_path: Path, store: CatalogStore) -> None:
    path = write(tmp_path, film("1"), film("2", "Nosferatu"))
    assert counts(import_catalog(path, store=store, source="mine")) == (2, 2, 0, 0, 0)
    revision = store.revision()
    assert counts(import_catalog(path, store=store, source="mine")) == (2, 0, 0, 2, 0)
    assert store.revision() == revision


def test_a_changed_record_replaces_what_was_stored(tmp_path: Path, store: CatalogStore) -> None:
    import_catalog(write(tmp_path, film("1"), film("2")), store=store, source="mine")
    path = write(tmp_path, film("1", "Metrópolis"), film("2"), film("3"))
    assert counts(import_catalog(path, store=store, source="mine")) == (3, 1, 1, 1, 0)
    assert store.get([TitleId("mine", "1")])[TitleId("mine", "1")].name == "Metrópolis"


def test_the_source_defaults_to_the_format(fixtures: Path, store: CatalogStore) -> None:
    report = import_catalog(fixtures / "ml-100k", store=store)
    assert (report.format, report.source) == ("movielens", "movielens")
    assert TitleId("movielens", "1") in store.ids()
    with pytest.raises(BadValue):
        import_catalog(fixtures / "ml-100k", store=store, source="not a source")


BAD = [
    film("1"),
    film("2", runtime_minutes=0),
    film("1", "Another"),
    film("3", releases=[{"date": "2023-02-29"}]),
    film("4", kind="season", parent="1"),
    film("5", kind="episode", parent="nowhere"),
    film("6", kind="series"),
    film("7", kind="season", parent="6", number=1),
]


def test_every_bad_row_is_told_at_once_and_nothing_is_stored(tmp_path: Path, store: CatalogStore) -> None:
    path = write(tmp_path, *BAD)
    with pytest.raises(BadRows) as caught:
        import_catalog(path, store=store, source="mine")
    assert [(p.file, p.row, p.column) for p in caught.value.problems] == [
        ("titles.jsonl", 2, "runtime_minutes"),
        ("titles.jsonl", 3, "id"),
        ("titles.jsonl", 4, "releases[0].date"),
        ("titles.jsonl", 5, "parent"),
        ("titles.jsonl", 6, "parent"),
    ]
    assert "repeats the id mine:1 of row 1 with other content" in str(caught.value)
    assert store.revision() == 0


def test_bad_rows_can_be_set_aside(tmp_path: Path, store: CatalogStore) -> None:
    aside = tmp_path / "rows.csv"
    report = import_catalog(write(tmp_path, *BAD), store=store, source="mine", skip_bad=aside)
    assert counts(report) == (8, 3, 0, 0, 5)
    with aside.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["2", "3", "4", "5", "6"]
    assert list(rows[0]) == ["file", "row", "column", "problem", "text"]
    assert not list(tmp_path.glob(".rows.csv*"))


def test_what_hangs_under_a_refused_row_is_refused_too(tmp_path: Path, store: CatalogStore) -> None:
    path = write(
        tmp_path,
        film("1", kind="series", year=1),
        film("2", kind="season", parent="1"),
        film("3", kind="episode", parent="2"),
    )
    with pytest.raises(BadRows) as caught:
        import_catalog(path, store=store)
    assert [problem.row for problem in caught.value.problems] == [1, 2, 3]


def test_an_unwritable_place_for_bad_rows_stops_the_import(tmp_path: Path, store: CatalogStore) -> None:
    with pytest.raises(BadFile, match="cannot be written"):
        import_catalog(write(tmp_path, *BAD), store=store, skip_bad=tmp_path / "no" / "rows.csv")
    assert store.ids() == ()


def test_a_row_said_twice_counts_once(tmp_path: Path, store: CatalogStore) -> None:
    report = import_catalog(write(tmp_path, film("1"), film("1")), store=store)
    assert (report.read, report.added, report.repeated) == (2, 1, 1)


def test_sources_merge_and_repairs_and_doubts_are_reported(tmp_path: Path, store: CatalogStore) -> None:
    imdb = {"imdb": "tt0017136"}
    first = write(tmp_path, film("1", year=1927, external_ids=imdb), film("2", "PokÃ©mon", year=1998))
    assert import_catalog(first, store=store, source="a").repaired == 1
    second = write(tmp_path, film("1", year=1927, external_ids=imdb), film("2", "Pokémon", year=1999))
    report = import_catalog(second, store=store, source="b")
    assert (report.added, report.merged, report.doubtful) == (2, 1, 1)
    assert len(store.ids()) == 3
    assert report.to_dict()["repaired_examples"] == []


@pytest.mark.parametrize("content", [b"", b"\n\n", b"id,title,original_language,original_title\n"])
def test_files_without_titles(tmp_path: Path, store: CatalogStore, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        import_catalog(path, store=store, format="tmdb")


@pytest.mark.parametrize(
    ("content", "row", "problem"),
    [
        (b'{"id": "2", "name": "' + b"x" * (10 << 20) + b'"}', 2, "is longer than 1 MiB"),
        (b'{"id": "2", "name": "a\0b"}', 2, "contains a NUL byte"),
        (b'{"id": "2", "name": "Caf\xe9"}', 2, "is not UTF-8"),
        (b'{"id": "2\\u0001", "name": "A"}', 2, "must be 1 to 200 printable characters"),
        (b'{"id": "2", "name": "A", "runtime_minutes": 0}', 2, "must be a whole number"),
        (b'{"id": "2", "name": "A", "releases": [{"date": "2001-02-30"}]}', 2, "must be a real date"),
    ],
)
def test_bad_input_names_file_and_row_and_leaves_nothing(
    tmp_path: Path, store: CatalogStore, content: bytes, row: int, problem: str
) -> None:
    path = tmp_path / "titles.jsonl"
    path.write_bytes(b'{"id": "1", "name": "Good"}\n' + content + b"\n")
    for packed in (False, True):
        if packed:
            path.write_bytes(gzip.compress(path.read_bytes()))
        with pytest.raises(BadRows) as caught:
            import_catalog(path, store=store)
        (refused,) = caught.value.problems
        assert (refused.file, refused.row) == ("titles.jsonl", row)
        assert refused.problem.startswith(problem)
        assert len(str(caught.value)) < 2000
    assert store.revision() == 0


def test_a_file_that_breaks_off_leaves_nothing(tmp_path: Path, store: CatalogStore) -> None:
    whole = gzip.compress(b"".join(b'{"id": "%d", "name": "A"}\n' % number for number in range(9999)))
    path = tmp_path / "titles.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadFile, match="ends too early"):
        import_catalog(path, store=store, skip_bad=tmp_path / "rows.csv")
    assert store.revision() == 0
    assert not (tmp_path / "rows.csv").exists()


def test_progress_is_told(tmp_path: Path, store: CatalogStore) -> None:
    told: list[tuple[int, int, str]] = []
    path = write(tmp_path, *(film(str(number)) for number in range(1200)))
    import_catalog(path, store=store, progress=lambda *step: told.append(step))
    assert told[0] == (500, 0, "reading titles")
    assert (1200, 1200, "reading titles") in told
    assert told[-1] == (1200, 1200, "merging titles")


def test_an_export_imports_again(fixtures: Path, tmp_path: Path, store: CatalogStore) -> None:
    import_catalog(fixtures / "titles.jsonl", store=store, source="mine")
    import_catalog(fixtures / "movies_metadata.csv", store=store, source="tmdb")
    path = tmp_path / "all.jsonl"
    assert export_catalog(path, store) == 4
    copy = MemoryCatalog()
    import_catalog(path, store=copy, source="unused")
    assert list(copy.all()) == list(store.all())
    with pytest.raises(BadFile):
        export_catalog(tmp_path / "no" / "all.jsonl", store)


@pytest.mark.shared
def test_real_sources_merge_by_their_ids(shared_data: Path, store: CatalogStore) -> None:
    first = import_catalog(shared_data / "ratings/ml-latest-small", store=store, source="ml")
    second = import_catalog(shared_data / "catalog/tmdb_5000_movies.csv.gz", store=store, source="tmdb")
    assert (first.added, second.added, second.merged) == (9742, 4803, 3536)
    assert len(store.ids()) == 9742 + 4803 - 3536
    again = import_catalog(shared_data / "ratings/ml-latest-small", store=store, source="ml")
    assert counts(again) == (9742, 0, 0, 9742, 0)
    spirited = store.get(list(store.resolve([TitleId("tmdb", "129")]).values())).popitem()[1]
    assert spirited.id.source == "ml"
    assert spirited.name == "千と千尋の神隠し"
    assert store.search("千尋", 1)[0].title == spirited.id
