from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from crossreel.catalog.feeds import FeedNotes, choose_reader
from crossreel.catalog.title import Title
from crossreel.errors import BadFile, RowProblem, WrongUse


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(
    path: Path, format_: str = "auto", source: str = "s"
) -> tuple[list[Title], list[RowProblem], FeedNotes]:
    notes = FeedNotes()
    outcomes = [outcome for _, outcome in choose_reader(path, format_)[1](path, source, notes)]
    titles = [outcome for outcome in outcomes if isinstance(outcome, Title)]
    return titles, [outcome for outcome in outcomes if isinstance(outcome, RowProblem)], notes


def test_every_fixture_feed_gives_the_golden_titles(fixtures: Path) -> None:
    found = load(fixtures.parent / "regenerate_golden.py").read_all()
    assert json.loads(json.dumps(found)) == json.loads((fixtures / "golden.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", ["ml-100k/u.item", "ml-1m/movies.dat", "ml-latest/movies.csv", "tmdb.csv", "titles.jsonl"]
)
def test_packed_and_renamed_files_are_recognized(fixtures: Path, tmp_path: Path, name: str) -> None:
    packed = tmp_path / "mystery"
    packed.write_bytes(gzip.compress((fixtures / name).read_bytes()))
    titles, problems, _ = read(packed)
    assert not problems
    assert [title.id for title in titles] == [title.id for title in read(fixtures / name)[0]]


def test_a_file_of_titles_alone_reads_nothing_beside_it(fixtures: Path) -> None:
    assert read(fixtures / "ml-latest/movies.csv")[0][0].external_ids == ()
    assert read(fixtures / "ml-latest")[0][0].external_ids != ()


def test_a_packed_folder(fixtures: Path, tmp_path: Path) -> None:
    shutil.copytree(fixtures / "ml-1m", tmp_path / "ml")
    for path in list((tmp_path / "ml").iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert read(tmp_path / "ml")[0] == read(fixtures / "ml-1m")[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "is in no format that is known"),
        (b"%PDF-1.7", "is in no format that is known"),
    ],
)
def test_unknown_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=message):
        choose_reader(path)


def test_unknown_folders_formats_and_paths(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="holds no known catalog"):
        choose_reader(tmp_path)
    with pytest.raises(BadFile, match="holds no MovieLens titles"):
        read(tmp_path, "movielens")
    with pytest.raises(BadFile, match="does not exist"):
        choose_reader(tmp_path / "nowhere")
    with pytest.raises(BadFile, match="is a folder, not a file"):
        read(tmp_path, "tmdb")
    with pytest.raises(WrongUse, match="no catalog format 'xml'"):
        choose_reader(tmp_path, "xml")


FLAGS = "|0" * 19
GOOD_ITEM = f"1|Metropolis (1927)|10-Jan-1927||u{FLAGS}"


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        (
            f"2|Metropolis (1927)|31-Feb-1927||u{FLAGS}",
            "release date",
            "must be a real date such as 01-Jan-1995",
        ),
        (f"2|Metropolis (1927)|10-Jan-27||u{FLAGS}", "releases[0].date", "must be a real date"),
        (f"x|Metropolis (1927)|||u{FLAGS}", "id", "must be a movie id; got 'x'"),
        (f"2|Metropolis (1727)|||u{FLAGS}", "year", "must be a whole number from 1870 to 2200"),
        (f"2||||u{FLAGS}", "name", "must be a text that is not empty"),
        (f"2|Metropolis (1927)|||u{FLAGS[:-1]}7", "genres", "genre flags must be 0 or 1"),
        ("2|Metropolis (1927)|||u|0", "", "has 6 columns, expected 24"),
        ("nonsense", "", "expected id::title::genres"),
    ],
)
def test_bad_item_rows(tmp_path: Path, line: str, column: str, problem: str) -> None:
    path = tmp_path / "u.item"
    path.write_text(f"{GOOD_ITEM}\n{line}\n", encoding="latin-1")
    titles, (refused,), _ = read(path)
    assert len(titles) == 1
    assert (refused.file, refused.row, refused.column) == ("u.item", 2, column)
    assert refused.problem.startswith(problem)
    assert refused.text == line


def test_a_file_that_is_no_movielens_at_all(tmp_path: Path) -> None:
    path = tmp_path / "movies.dat"
    path.write_text("Dear reader,\nthis is a letter.\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"row 1: is not a MovieLens file of titles"):
        read(path, "movielens")


def test_bad_links_are_told_with_their_own_file(fixtures: Path, tmp_path: Path) -> None:
    shutil.copytree(fixtures / "ml-latest", tmp_path / "ml")
    (tmp_path / "ml/links.csv").write_text("movieId,imdbId,tmdbId\n1,nine,278\n2,0114369,-7\n3,112682,902\n")
    titles, problems, _ = read(tmp_path / "ml")
    assert [(p.file, p.row, p.column) for p in problems] == [
        ("links.csv", 2, "imdb id"),
        ("links.csv", 3, "tmdb id"),
    ]
    assert [(e.scheme, e.value) for e in titles[2].external_ids] == [("imdb", "tt0112682"), ("tmdb", "902")]


def test_at_most_twenty_keywords_most_applied_first(fixtures: Path, tmp_path: Path) -> None:
    shutil.copytree(fixtures / "ml-latest", tmp_path / "ml")
    rows = [f"{viewer},1,tag{tag},0" for tag in range(30) for viewer in range(tag)]
    (tmp_path / "ml/tags.csv").write_text("\n".join(["userId,movieId,tag,timestamp", *rows]))
    assert read(tmp_path / "ml")[0][0].keywords == tuple(f"tag{tag}" for tag in range(29, 9, -1))


HEADER = "id,title,original_language,original_title,runtime,release_date,genres\n"


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("7,A,en,A,0,2001-02-30,[]", "releases[0].date", "must be a real date"),
        ("7,A,en,A,9999,2001-02-03,[]", "runtime_minutes", "must be a whole number from 1 to 6000"),
        ("7,A,en,A,-5,2001-02-03,[]", "runtime_minutes", "must be a whole number from 1 to 6000"),
        ("7,A,en,A,nan,,[]", "runtime", "The runtime must be a number of minutes"),
        ("7,A,en,A,1e999,,[]", "runtime", "The runtime must be a number of minutes"),
        ("7,A,en,A,90,,Drama", "genres", "The genres must be a list as JSON or as a Python literal"),
        ("7,A,en,A,90,,[1]", "genres", "The genres must be a list of objects"),
        ("7,A,en,A,90,," + "[" * 5000, "genres", "The genres must be a list as JSON or as a Python literal"),
        ("7,,en,,90,,[]", "name", "must be a text that is not empty"),
        ("0,A,en,A,90,,[]", "external_ids.tmdb", "must be shaped like"),
        ("1\a2,A,en,A,90,,[]", "id", "must be 1 to 200 printable characters"),
    ],
)
def test_bad_tmdb_rows(tmp_path: Path, row: str, column: str, problem: str) -> None:
    path = tmp_path / "tmdb.csv"
    path.write_text(f"{HEADER}1,B,en,B,90,,[]\n{row}\n", encoding="utf-8")
    titles, (refused,), _ = read(path)
    assert len(titles) == 1
    assert (refused.row, refused.column) == (3, column)
    assert refused.problem.startswith(problem)


def test_unregistered_codes_are_left_out_with_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "tmdb.csv"
    path.write_text(f"{HEADER}1,B,bq,B,90,,[]\n2,C,xx,C,0,,[]\n3,D,cn,D,,,[]\n", encoding="utf-8")
    titles, _, notes = read(path)
    assert [[language.tag for language in title.original_languages] for title in titles] == [
        [],
        ["zxx"],
        ["yue"],
    ]
    assert [str(remark) for remark in notes.remarks] == [
        "tmdb.csv, row 2, column language: 'bq' is not a registered code and was left out",
        "tmdb.csv, row 3, column runtime: 0 is taken for unknown",
    ]


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("{", "", "is not JSON"),
        ("[1]", "", "is not a JSON object"),
        ('{"id": "1"}', "name", "must be a text that is not empty"),
        ('{"id": "1", "name": "A", "runtime_minutes": 0}', "runtime_minutes", "must be a whole number"),
        ('{"id": "a\\u0007", "name": "A"}', "id", "must be 1 to 200 printable characters"),
        ('{"id": "1", "name": "A", "rating": 5}', "title field", "must be one of aliases"),
        ('{"a":' * 3000, "", "is not JSON"),
    ],
)
def test_bad_json_lines(tmp_path: Path, line: str, column: str, problem: str) -> None:
    path = tmp_path / "titles.jsonl"
    path.write_text('{"id": "0", "name": "First"}\n' + line + "\n", encoding="utf-8")
    titles, (refused,), _ = read(path, "jsonl")
    assert len(titles) == 1
    assert (refused.row, refused.column) == (2, column)
    assert refused.problem.startswith(problem)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "count", "linked"),
    [
        ("ratings/ml-100k", 1682, 0),
        ("ratings/ml-latest-small", 9742, 9742),
        ("ratings/ml-1m", 3883, 0),
        ("catalog/tmdb_5000_movies.csv.gz", 4803, 4803),
        ("catalog/movies_metadata-slice.csv.gz", 2996, 2996),
    ],
)
def test_real_feeds(shared_data: Path, path: str, count: int, linked: int) -> None:
    titles, problems, _ = read(shared_data / path)
    assert not problems
    assert len(titles) == count
    assert sum(bool(title.external_ids) for title in titles) == linked


@pytest.mark.shared
def test_facts_from_real_feeds(shared_data: Path) -> None:
    latest = {title.id.key: title for title in read(shared_data / "ratings/ml-latest-small")[0]}
    assert latest["318"].name == "The Shawshank Redemption"
    assert (latest["47"].name, latest["47"].aliases) == ("Seven", ("Se7en",))
    assert "La Cité des enfants perdus" in latest["29"].aliases
    assert [e.value for e in latest["1"].external_ids] == ["tt0114709", "862"]
    assert "pixar" in latest["1"].keywords
    tmdb = {title.id.key: title for title in read(shared_data / "catalog/tmdb_5000_movies.csv.gz")[0]}
    assert tmdb["129"].name == "千と千尋の神隠し"
    assert tmdb["129"].texts[0].name == "Spirited Away"
    million = {title.id.key: title for title in read(shared_data / "ratings/ml-1m")[0]}
    assert million["1"].credits[0].name == "John Lasseter"
    assert sum(bool(title.credits) for title in million.values()) > 3800
    hundred = {title.id.key: title for title in read(shared_data / "ratings/ml-100k")[0]}
    assert hundred["543"].name == "Les Misérables"
    assert hundred["1"].releases[0].day.isoformat() == "1995-01-01"
