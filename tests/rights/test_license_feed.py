"""Licenses as JSON Lines: in, out, and everything that can be wrong with a file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crossreel.errors import BadFile, BadRows, BadValue, Conflict
from crossreel.rights.feed import LicenseImportReport, export_licenses, import_licenses
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.window import Boundary

KNOWN = {TitleId("film", str(number)) for number in range(20)} | {TitleId("other", "a:b")}
ROW: dict[str, Any] = {"id": "L1", "title": "1", "territories": ["WORLD"], "modes": ["SVOD"]}


def resolve(ids: Iterable[TitleId]) -> dict[TitleId, TitleId]:
    return {id_: id_ for id_ in ids if id_ in KNOWN}


def load(path: Path, store: MemoryLicenses, **options: Any) -> LicenseImportReport:
    return import_licenses(path, source="film", store=store, resolve=resolve, **options)


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_every_column_is_read(tmp_path: Path) -> None:
    store = MemoryLicenses()
    row = {
        "id": "Vertrag 7/ü",
        "title": "other:a:b",
        "territories": ["eu", "JP", "EU"],
        "excluded": ["FR"],
        "modes": ["rent", "EST", "buy"],
        "languages": ["PT_br", "de"],
        "start": "2026-01-01",
        "end": "2026-06-30T12:00:00+02:00",
        "reason": "“output deal” 契約",
    }
    report = load(written(tmp_path / "licenses.jsonl", row, ROW), store)
    assert report == LicenseImportReport(read=2, added=2, replaced=0, unchanged=0)
    assert list(store.all()) == [
        License("L1", TitleId("film", "1"), ("WORLD",), (Mode.SVOD,)),
        License(
            "Vertrag 7/ü",
            TitleId("other", "a:b"),
            ("EU", "JP"),
            (Mode.TVOD, Mode.EST),
            ("FR",),
            (Language("pt-BR"), Language("de")),
            Boundary.parse("2026-01-01"),
            Boundary.parse("2026-06-30T10:00:00Z"),
            "“output deal” 契約",
        ),
    ]


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    store = MemoryLicenses()
    path = written(tmp_path / "licenses.jsonl", *({**ROW, "id": f"L{n}"} for n in range(5)))
    load(path, store)
    for options in ({}, {"replace": True}):
        assert load(path, store, **options) == LicenseImportReport(5, 0, 0, 5)
    assert store.revision() == 1


def test_what_goes_out_comes_back(tmp_path: Path) -> None:
    store, twin, path = MemoryLicenses(), MemoryLicenses(), tmp_path / "out.jsonl"
    store.add(
        [
            License("a", TitleId("film", "1"), ("WORLD",), (Mode.SVOD,), ("EU", "DE")),
            License("b", TitleId("other", "a:b"), ("JP",), tuple(Mode), (), (Language("zh-Hant"),)),
            License(
                "c",
                TitleId("film", "2"),
                ("WS", "LATAM"),
                (Mode.AVOD,),
                (),
                (),
                Boundary.parse("2026-01-01"),
                Boundary.parse("2026-01-01T12:00:00.000001Z"),
                'says "so" \\ 契約',
            ),
        ]
    )
    assert export_licenses(path, store) == 3
    load(path, twin)
    assert list(twin.all()) == list(store.all())
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be written"):
        export_licenses(tmp_path / "no" / "folder.jsonl", MemoryLicenses())


def test_an_export_of_nothing_is_an_empty_file(tmp_path: Path) -> None:
    assert export_licenses(tmp_path / "out.jsonl", MemoryLicenses()) == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_marks_blank_lines_and_gzip_are_fine(tmp_path: Path) -> None:
    text = "\ufeff\n" + json.dumps(ROW) + "\r\n\n  \n" + json.dumps({**ROW, "id": "L2"})
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text(text, encoding="utf-8", newline="")
    packed.write_bytes(gzip.compress(text.encode()))
    for path in (plain, packed):
        assert load(path, MemoryLicenses()).added == 2


def test_nulls_are_as_good_as_absent(tmp_path: Path) -> None:
    empty = dict.fromkeys(("excluded", "languages", "start", "end", "reason"))
    store = MemoryLicenses()
    load(written(tmp_path / "a.jsonl", {**ROW, **empty}), store)
    assert list(store.all()) == [License("L1", TitleId("film", "1"), ("WORLD",), (Mode.SVOD,))]


def test_a_row_that_says_the_same_twice_counts_once(tmp_path: Path) -> None:
    store = MemoryLicenses()
    assert load(written(tmp_path / "a.jsonl", ROW, ROW), store).read == 1


def test_other_content_under_a_stored_id_needs_replace(tmp_path: Path) -> None:
    store = MemoryLicenses()
    load(written(tmp_path / "a.jsonl", ROW), store)
    before = list(store.all())
    path = written(tmp_path / "b.jsonl", {**ROW, "modes": ["TVOD"]}, {**ROW, "id": "L2"})
    with pytest.raises(Conflict, match="L1") as caught:
        load(path, store)
    assert caught.value.data["licenses"] == ["L1"]
    assert list(store.all()) == before
    assert load(path, store, replace=True) == LicenseImportReport(read=2, added=1, replaced=1, unchanged=0)
    assert store.count() == 2
    assert next(store.all()) == replace(before[0], modes=(Mode.TVOD,))
    assert store.revision() == 2


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    path = written(tmp_path / "a.jsonl", *({**ROW, "id": f"L{n}"} for n in range(2500)))
    load(path, MemoryLicenses(), progress=lambda done, of, what: told.append((done, of, what)))
    assert told == [(1000, 0, "licenses"), (2000, 0, "licenses")]


BAD_ROWS: list[tuple[object, str, str]] = [
    ({**ROW, "title": "99"}, "title", "no title 'film:99'"),
    ({**ROW, "title": "nowhere:1"}, "title", "no title 'nowhere:1'"),
    ({**ROW, "title": "1\a"}, "title", "printable"),
    ({**ROW, "title": ":1"}, "title", "source"),
    ({**ROW, "title": 1}, "title", "a text"),
    ({**ROW, "title": None}, "title", "is missing"),
    ({**ROW, "id": ""}, "id", "is missing"),
    ({**ROW, "id": "a\x00b"}, "", "printable"),
    ({**ROW, "id": "a\u202eb"}, "", "printable"),
    ({**ROW, "id": " a"}, "", "outer space"),
    ({**ROW, "id": "x" * 301}, "", "1 to 300"),
    ({**ROW, "id": 7}, "id", "a text"),
    ({**ROW, "territories": []}, "territories", "is missing"),
    ({**ROW, "territories": "WORLD"}, "territories", "a list"),
    ({**ROW, "territories": ["DE", None]}, "territories", "a list"),
    ({**ROW, "territories": ["ATLANTIS"]}, "territories", "ATLANTIS"),
    ({**ROW, "territories": [""]}, "territories", "ISO 3166-1"),
    ({**ROW, "excluded": ["NARNIA"]}, "excluded", "NARNIA"),
    ({**ROW, "excluded": 0}, "excluded", "a list"),
    ({**ROW, "excluded": ["WORLD"]}, "", "leave no territory"),
    ({**ROW, "territories": ["DACH"], "excluded": ["EU", "CH"]}, "", "leave no territory"),
    ({**ROW, "modes": ["THEATER"]}, "modes", "THEATER"),
    ({**ROW, "modes": {"SVOD": True}}, "modes", "a list"),
    ({**ROW, "languages": ["klingonese"]}, "languages", "klingonese"),
    ({**ROW, "start": "2026-13-01"}, "start", "2026-13-01"),
    ({**ROW, "start": "-0001-01-01"}, "start", "ISO 8601"),
    ({**ROW, "start": "0000-01-01"}, "start", "0000-01-01"),
    ({**ROW, "start": 20260101}, "start", "a text"),
    ({**ROW, "start": False}, "start", "a text"),
    ({**ROW, "end": "2026-01-01T00:00:00"}, "end", "zone"),
    ({**ROW, "end": "0001-01-01T00:00:00+14:00"}, "end", "zone"),
    ({**ROW, "start": "2026-02-01", "end": "2026-01-31"}, "", "start before its end"),
    ({**ROW, "end": "0001-01-01T00:00:00Z"}, "", "start before its end"),
    ({**ROW, "reason": "two\nlines"}, "", "one line"),
    ({**ROW, "colour": "red"}, "colour", "no column of a license"),
    (["L1"], "", "not a JSON object"),
    (None, "", "not a JSON object"),
]


@pytest.mark.parametrize(("row", "column", "words"), BAD_ROWS)
def test_a_bad_row_is_named_and_nothing_is_imported(
    tmp_path: Path, row: object, column: str, words: str
) -> None:
    store = MemoryLicenses()
    path = written(tmp_path / "bad.jsonl", {**ROW, "id": "good"}, row)
    with pytest.raises(BadRows) as caught:
        load(path, store)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("bad.jsonl", 2, column)
    assert words in problem.problem
    assert (store.count(), store.revision()) == (0, 0)


def test_all_bad_rows_are_listed_with_all_their_columns(tmp_path: Path) -> None:
    rows = [row for row, _, _ in BAD_ROWS]
    many = {"id": "many", "title": "1", "territories": ["XX"], "modes": ["X"], "start": "x", "end": "y"}
    path = written(tmp_path / "bad.jsonl", *rows, many, {**ROW, "id": "good"})
    with pytest.raises(BadRows) as caught:
        load(path, MemoryLicenses())
    found = [problem.row for problem in caught.value.problems]
    assert found == sorted(found)
    assert set(found) == set(range(1, len(rows) + 2))
    assert [one.column for one in caught.value.problems if one.row == len(rows) + 1] == [
        "territories",
        "modes",
        "start",
        "end",
    ]


def test_an_id_used_twice_is_named_with_both_rows(tmp_path: Path) -> None:
    path = written(tmp_path / "bad.jsonl", ROW, {**ROW, "title": "2"}, {**ROW, "title": "3"})
    with pytest.raises(BadRows) as caught:
        load(path, MemoryLicenses())
    assert [(one.row, one.column) for one in caught.value.problems] == [(2, "id"), (3, "id")]
    assert "row 1" in caught.value.problems[0].problem


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"{", "not JSON"),
        (b'{"id": NaN}', "not JSON"),
        (b"\x00", "NUL"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (b'{"id": "\\ud800"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "' + b"x" * (10 << 20) + b'"}', "longer than"),
        (b"id;title;territories", "not JSON"),
    ],
)
def test_what_is_no_json_is_named(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(raw + b"\n" + json.dumps(ROW).encode())
    with pytest.raises(BadRows, match=words) as caught:
        load(path, MemoryLicenses())
    assert [problem.row for problem in caught.value.problems] == [1]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "holds no license"),
        ("{}".encode("utf-16"), "UTF-16"),
        (gzip.compress(b" " * (64 << 20), mtime=0), "expands"),
        (gzip.compress(b"{}" * 1000, mtime=0)[:-9], "gzip"),
    ],
)
def test_a_file_that_is_of_no_use_is_refused(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(raw)
    with pytest.raises(BadFile, match=words):
        load(path, MemoryLicenses())


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.jsonl"):
        with pytest.raises(BadFile):
            load(path, MemoryLicenses())


def test_a_source_has_to_be_a_source(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="source"):
        import_licenses(tmp_path, source="a b", store=MemoryLicenses(), resolve=resolve)
