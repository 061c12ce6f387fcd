from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crossreel.catalog import decoding
from crossreel.catalog.decoding import Row, csv_rows, lines
from crossreel.errors import BadFile, RowProblem


def write(folder: Path, content: bytes, name: str = "rows.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, encoding: str = "utf-8") -> list[Row | RowProblem]:
    return list(lines(path, encoding=encoding))


def test_lines_with_and_without_mark_and_in_gzip(tmp_path: Path) -> None:
    expected = [Row(1, ("é",)), Row(2, ("",)), Row(3, ("b",))]
    assert read(write(tmp_path, "é\n\nb".encode())) == expected
    assert read(write(tmp_path, "\ufeffé\r\n\r\nb\r\n".encode())) == expected
    assert read(write(tmp_path, gzip.compress("é\n\nb\n".encode()))) == expected


def test_old_files_are_read_line_by_line_in_the_encoding_they_are_in(tmp_path: Path) -> None:
    path = write(tmp_path, b"Caf\xe9\nCaf\xc3\xa9\nit\x92s\n\x81\n")
    assert [row.cells[0] for row in read(path, "latin-1") if isinstance(row, Row)] == [
        "Café",
        "Café",
        "it’s",
        "\x81",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"Caf\xe9\n", "is not UTF-8 (byte 0xE9 at position 4)"),
        (b"a\0b\n", "contains a NUL byte"),
        (b"x" * (10 << 20) + b"\n", "is longer than 1 MiB"),
    ],
)
def test_a_bad_line_is_told_and_the_next_one_read(tmp_path: Path, content: bytes, problem: str) -> None:
    path = write(tmp_path, b"first\n" + content + b"last\n")
    first, bad, last = read(path)
    assert (first, last) == (Row(1, ("first",)), Row(3, ("last",)))
    assert isinstance(bad, RowProblem)
    assert (bad.file, bad.row, bad.problem) == ("rows.txt", 2, problem)
    assert len(bad.text) <= 250


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        ("name".encode("utf-16"), "is UTF-16"),
        (gzip.compress(b"line\n" * 999, mtime=0)[:-12], "is a gzip file that ends too early"),
        (gzip.compress(b"line\n" * 999, mtime=0)[:20] + b"\xff" * 30, "is a damaged gzip file"),
        (b"\x1f\x8bnonsense here", "is a damaged gzip file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(write(tmp_path, content))
    assert caught.value.data["problem"] == problem


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is a folder"):
        read(tmp_path)
    with pytest.raises(BadFile, match="does not exist"):
        read(tmp_path / "nowhere")


def test_a_gzip_bomb_is_stopped_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, gzip.compress((b"x" * 1023 + b"\n") * (64 << 10)))
    seen: list[object] = []
    with pytest.raises(BadFile, match="expands beyond 200 times"):
        seen.extend(lines(path))
    assert len(seen) < 40 << 10
    monkeypatch.setattr(decoding, "MAX_EXPANDED_BYTES", 1000)
    with pytest.raises(BadFile, match="expands beyond"):
        read(write(tmp_path, gzip.compress(bytes(range(32, 127)) * 20)))


def rows(path: Path, *needed: str) -> list[object]:
    return [row if isinstance(row, RowProblem) else (row[0], dict(row[1])) for row in csv_rows(path, needed)]


def test_csv_with_line_breaks_in_cells_and_blank_lines_between(tmp_path: Path) -> None:
    path = write(tmp_path, b'\xef\xbb\xbfid,name\r\n1,"two\n\nlines, ""quoted"""\n\n2,b\n')
    assert rows(path, "id") == [
        (2, {"id": "1", "name": 'two\n\nlines, "quoted"'}),
        (6, {"id": "2", "name": "b"}),
    ]


def test_csv_rows_that_cannot_be_split(tmp_path: Path) -> None:
    path = write(tmp_path, b'id,name\n1,a,b\n2,"x" y\n3,c\n4,"open\n5,d\n')
    found = rows(path, "id", "name")
    assert [(row.row, row.problem) for row in found if isinstance(row, RowProblem)] == [
        (2, "has 3 columns, the header has 2"),
        (3, "is not CSV (',' expected after '\"')"),
        (5, "opens a quote that does not close; lines 5 to 6 were not read"),
    ]
    assert (4, {"id": "3", "name": "c"}) in found


def test_an_open_quote_swallows_at_most_one_mebibyte(tmp_path: Path) -> None:
    path = write(tmp_path, b'id,name\n1,"open\n' + b"2,filling\n" * 200_000 + b"3,last\n")
    problem, *others = rows(path, "id", "name")
    assert isinstance(problem, RowProblem)
    assert problem.problem.startswith("opens a quote that does not close; lines 2 to ")
    assert others[-1] == (200_003, {"id": "3", "name": "last"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id;name\n1;a\n", "row 1: has no column 'id'. Needed are: id, name; it has: id;name."),
        (b"id,name,id\n1,a,2\n", "row 1: has the column 'id' twice"),
        (b"i\0d,name\n", "row 1: its header contains a NUL byte"),
        (b"\n\n", "has no header"),
    ],
)
def test_wrong_headers(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(BadFile) as caught:
        rows(write(tmp_path, content), "id", "name")
    assert message in str(caught.value)
