"""Events from CSV and Parquet: what is read, what is refused, and that nothing is half-written.

Over 400 lines: the bad inputs of one importer are one list.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossreel.audience.event import Event, EventKind, Scale
from crossreel.audience.importing import import_audience
from crossreel.catalog.title import Title
from crossreel.errors import BadFile, BadInput, BadRows, BadValue, CrossreelError, WrongUse
from crossreel.testing.memory_events import MemoryEventLog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

if TYPE_CHECKING:
    from tests.audience.conftest import Workspace
else:
    Workspace = Any

HEADER = "viewer,title,value,time\n"
GOOD = "v1,t1,4,1700000000\n"
RATINGS = {"format": "csv", "source": "s", "kind": "rating"}


def _file(tmp_path: Path, content: str | bytes, name: str = "events.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _keys(workspace: Workspace) -> list[tuple[Any, ...]]:
    return workspace.log.query("SELECT viewer, title, value FROM events ORDER BY ALL")


def test_a_plain_file(tmp_path: Path, workspace: Workspace) -> None:
    path = _file(
        tmp_path, HEADER + GOOD + "v1,t2,,\n".replace(",,", ",5,") + "v2,t1,0.5,2023-11-14T22:13:20Z\n"
    )
    report = workspace.take(path, **RATINGS)
    assert (report.events, report.viewers, report.titles, report.skipped) == (3, 2, 2, 0)
    assert report.unknown_titles == 2
    time = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    scale = Scale(0.5, 5)
    v1, t1 = ViewerId("s", "v1"), TitleId("s", "t1")
    assert workspace.log.history(v1) == [
        Event(EventKind.RATING, v1, TitleId("s", "t2"), None, 5.0, scale),
        Event(EventKind.RATING, v1, t1, time, 4.0, scale),
    ]
    assert workspace.log.history(ViewerId("s", "v2"))[0].time == time
    assert workspace.catalog.get([t1]) == {t1: Title(t1, name="t1")}
    assert [
        path for path in (workspace.home / "events").iterdir() if path.is_dir() and path.name != "spill"
    ] == []


def test_every_field_and_kind(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "events.csv"
    text = 'one\n"two", três, 四'
    rows = [
        [
            "kind",
            "viewer",
            "title",
            "time",
            "territory",
            "device",
            "value",
            "row",
            "position",
            "algorithm",
            "text",
            "language",
            "more",
        ],
        ("impression", "v", "t", "2026-01-02", "de", "tv", "0.25", "for-you", "0", "softmax", "", "", "x"),
        ("Review", "v", "other:t", "2026-01-02T03:04:05+02:00", "uk", "", "4", "", "", "", text, "pt_br", ""),
        ("thumbs", "v", "t", "1767322800000", "", "", "-1", "", "", "", "", "", ""),
        ("list-add", "v", "t", "1767322800000000.0", "", "", "", "", "", "", "", "", ""),
        ("view", "v", "t", "2026-01-02T03:04:05.678901", "", "", "0.5", "", "", "", "", "", ""),
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    report = workspace.take(path, format="csv", source="s", scale="1..10")
    assert (report.events, report.titles) == (5, 2)
    v, t = ViewerId("s", "v"), TitleId("s", "t")
    day = datetime(2026, 1, 2, tzinfo=UTC)
    assert set(workspace.log.history(v)) == {
        Event(
            EventKind.IMPRESSION, v, t, day, 0.25, Scale(0, 1), Territory("DE"), "tv", "for-you", 0, "softmax"
        ),
        Event(
            EventKind.REVIEW,
            v,
            TitleId("other", "t"),
            day.replace(hour=1, minute=4, second=5),
            4,
            Scale(1, 10),
            Territory("GB"),
            text=text,
            language=Language("pt-BR"),
        ),
        Event(EventKind.THUMBS, v, t, day.replace(hour=3), -1, Scale(-1, 1)),
        Event(EventKind.LIST_ADD, v, t, day.replace(hour=3)),
        Event(
            EventKind.VIEW,
            v,
            t,
            day.replace(hour=3, minute=4, second=5, microsecond=678901),
            0.5,
            Scale(0, 1),
        ),
    }


def test_a_declared_mapping(tmp_path: Path, workspace: Workspace) -> None:
    path = _file(tmp_path, "user,film,liked,extra\n1,2,1,viewer\n1,3,0,title\n")
    mapping = {"viewer": "user", "title": "film", "value": "liked"}
    report = workspace.take(path, format="csv", source="s", kind="positive", mapping=mapping)
    assert report.events == 2
    assert _keys(workspace) == [("s:1", "s:2", 1.0), ("s:1", "s:3", 0.0)]


@pytest.mark.parametrize("again", ["whole", "overlap", "live"])
def test_importing_again_adds_only_what_is_new(tmp_path: Path, workspace: Workspace, again: str) -> None:
    rows = [f"v{number % 7},t{number},{1 + number % 5},{1_600_000_000 + number}\n" for number in range(50)]
    rows += ["w,no-time,3,\n", "w,no-time,3,\n"]
    first = workspace.take(_file(tmp_path, HEADER + "".join(rows[:40]) + rows[-1]), **RATINGS)
    assert first.events == 41
    if again == "live":
        workspace.log.compact()
        workspace.log.append(
            [
                Event(
                    EventKind.RATING,
                    ViewerId("s", "v5"),
                    TitleId("s", "t40"),
                    datetime.fromtimestamp(1_600_000_040, UTC),
                    1.0,
                )
            ]
        )
    content = HEADER + ("".join(rows[:40]) if again == "whole" else "".join(rows))
    revision = workspace.log.revision()
    second = workspace.take(_file(tmp_path, content), **RATINGS)
    expected = {"whole": (0, 40), "overlap": (10, 42), "live": (9, 43)}[again]
    assert (second.events, second.skipped, second.known) == (*expected, expected[1])
    assert second.unknown_titles == len({f"t{number}" for number in range(40, 50)}) * (again != "whole")
    assert workspace.log.summary().events == {"whole": 41, "overlap": 51, "live": 51}[again]
    if again == "whole":
        assert workspace.log.revision() == revision


def test_reviews_of_other_words_are_others(tmp_path: Path, workspace: Workspace) -> None:
    rows = ["anonymous,t1,Dull.\n", "anonymous,t1,Lovely.\n", "anonymous,t1,Dull.\n", "v1,t1,\n"]
    reviews = {**RATINGS, "kind": "review"}
    first = workspace.take(_file(tmp_path, "viewer,title,text\n" + "".join(rows)), **reviews)
    assert (first.events, first.known) == (3, 1)
    rows.append("anonymous,t1,So so.\n")
    again = workspace.take(_file(tmp_path, "viewer,title,text\n" + "".join(rows)), **reviews)
    assert (again.events, again.known) == (1, 4)


def test_the_same_keys_of_another_source_are_others(tmp_path: Path, workspace: Workspace) -> None:
    path = _file(tmp_path, HEADER + GOOD)
    assert workspace.take(path, **RATINGS).events == 1
    assert workspace.take(path, **{**RATINGS, "source": "s2"}).events == 1
    assert workspace.take(path, **{**RATINGS, "kind": "review"}).events == 1
    assert workspace.log.summary().viewers == 2


def test_known_titles_are_left_alone(tmp_path: Path, workspace: Workspace) -> None:
    workspace.take(_file(tmp_path, HEADER + GOOD), **RATINGS)
    before = workspace.catalog.revision()
    report = workspace.take(_file(tmp_path, HEADER + "v9,t1,4,\n"), **RATINGS)
    assert report.unknown_titles == 0
    assert workspace.catalog.revision() == before


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("\ufeff" + HEADER + GOOD, 1, id="byte order mark"),
        pytest.param((HEADER + GOOD).replace("\n", "\r\n"), 1, id="CRLF"),
        pytest.param((HEADER + GOOD).rstrip("\n"), 1, id="no line feed at the end"),
        pytest.param(HEADER + GOOD + "\n\n" + GOOD.replace("t1", "t2") + "\n", 2, id="empty lines"),
        pytest.param(HEADER + '"v1","t1","4","1700000000"\n', 1, id="quotes"),
        pytest.param(HEADER + 'v"1,t1,4,\n'.replace('"', ""), 1, id="no time"),
        pytest.param(HEADER + "víctor,映画,4,\n", 1, id="other scripts"),
        pytest.param(" viewer , title , value , time \n" + GOOD, 1, id="spaces in the header"),
        pytest.param(gzip.compress((HEADER + GOOD).encode()), 1, id="gzip"),
        pytest.param(gzip.compress((HEADER + "v\u00e9,t1,4,\n").encode()), 1, id="gzip, careful"),
    ],
)
def test_shapes_that_are_read(
    tmp_path: Path, workspace: Workspace, content: str | bytes, expected: int
) -> None:
    assert workspace.take(_file(tmp_path, content), **RATINGS).events == expected


BAD_ROWS = [
    pytest.param("v1,t1,11,", "value", "within 0.5..5", id="rating of 11"),
    pytest.param("v1,t1,nan,", "value", "within", id="not a number"),
    pytest.param("v1,t1,inf,", "value", "within", id="infinite"),
    pytest.param("v1,t1,four,", "value", "number", id="word as rating"),
    pytest.param("v1,t1,1_0,", "value", "number", id="underscore in a number"),
    pytest.param("v1,t1,,", "value", "missing", id="no rating"),
    pytest.param("v1,t1,4,2026-02-30", "time", "real date", id="30 February"),
    pytest.param("v1,t1,4,99999-01-01", "time", "real date", id="year 99999"),
    pytest.param("v1,t1,4,2026-13-01T00:00:00Z", "time", "real date", id="month 13"),
    pytest.param("v1,t1,4,yesterday", "time", "real date", id="word as time"),
    pytest.param("v1,t1,4,infinity", "time", "real date", id="infinity as time"),
    pytest.param("v1,t1,4,1e300", "time", "real date", id="huge time"),
    pytest.param("v1,t1,4,1066-10-14", "time", "real date", id="before film"),
    pytest.param("v1,t1,4,2026-11-24T12:00:01Z", "time", "future", id="more than a day ahead"),
    pytest.param("v1,t1,4,99999999999", "time", "future", id="seconds of the year 5138"),
    pytest.param(",t1,4,", "viewer", "missing", id="no viewer"),
    pytest.param("v1,,4,", "title", "missing", id="no title"),
    pytest.param("v\x01,t1,4,", "viewer", "printable", id="control character"),
    pytest.param("v1,t\x7f,4,", "title", "printable", id="delete character"),
    pytest.param("v1,t\u200b,4,", "title", "printable", id="invisible character"),
    pytest.param("v1 ,t1,4,", "viewer", "outer space", id="outer space"),
    pytest.param("v1," + "t" * 201 + ",4,", "title", "1 to 200", id="long id"),
    pytest.param("v1,a b:t1,4,", "title", "source", id="bad source"),
    pytest.param("v1,t1,4", "", "columns", id="too few cells"),
    pytest.param("v1,t1,4,,", "", "columns", id="an empty cell too many"),
    pytest.param("v1,t1,4,,x", "", "columns", id="a cell too many"),
    pytest.param('v1,"t1,4,', "", "quote", id="open quote"),
    pytest.param('v1,"t"1,4,', "", "CSV", id="text after a quote"),
    pytest.param("v1,t\x001,4,", "", "NUL", id="NUL byte"),
    pytest.param(b"v1,t\xe9,4,", "", "UTF-8", id="Latin-1"),
]


@pytest.mark.parametrize(("bad", "column", "problem"), BAD_ROWS)
@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "careful"])
def test_bad_rows_are_named(
    tmp_path: Path, workspace: Workspace, bad: str | bytes, column: str, problem: str, is_plain: bool
) -> None:
    first = GOOD if is_plain else '"v0","t\u00e9",4,\n'
    row = bad if isinstance(bad, bytes) else bad.encode()
    path = _file(tmp_path, (HEADER + first).encode() + row + b"\n" + (b"" if b'"' in row else b"v3,t3,3,\n"))
    with pytest.raises(BadRows, match=r"events\.csv, row 3") as caught:
        workspace.take(path, **RATINGS)
    (found,) = caught.value.problems
    assert (found.file, found.row, found.column) == ("events.csv", 3, column)
    assert problem in found.problem
    assert workspace.is_untouched()
    report = workspace.take(path, **RATINGS, skip_bad=tmp_path / "bad.csv")
    assert (report.events, report.refused, report.skipped) == (1 if b'"' in row else 2, 1, 1)
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as file:
        (listed,) = csv.DictReader(file)
    assert (listed["row"], listed["column"], listed["problem"]) == ("3", column, found.problem)


def test_all_bad_rows_are_listed_in_order(tmp_path: Path, workspace: Workspace) -> None:
    rows = [f"v{n},t{n},{9 if n % 3 == 0 else 3},{'never' if n % 3 == 1 else ''}\n" for n in range(300)]
    with pytest.raises(BadRows) as caught:
        workspace.take(_file(tmp_path, HEADER + "".join(rows)), **RATINGS)
    assert [problem.row for problem in caught.value.problems] == [n + 2 for n in range(300) if n % 3 < 2]
    assert caught.value.problems[0].text == "v0,t0,9,"
    assert workspace.is_untouched()


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "careful"])
def test_ids_that_carry_the_source_or_a_fraction_of_zero(
    tmp_path: Path, workspace: Workspace, is_plain: bool
) -> None:
    rows = "s:42,s:7,4,\n42,8.0,4,\n43.0,9,4,\n44,x:9.0,4,\nx:1,10,4,\n1.50,v2.0,4,\n"
    workspace.take(_file(tmp_path, HEADER + rows + ("" if is_plain else '"45",1,4,\n')), **RATINGS)
    assert [key[:2] for key in _keys(workspace)][: 6 if is_plain else 7] == sorted(
        [
            ("s:42", "s:7"),
            ("s:42", "s:8"),
            ("s:43", "s:9"),
            ("s:44", "x:9.0"),
            ("s:x:1", "s:10"),
            ("s:1.50", "s:v2.0"),
            *([] if is_plain else [("s:45", "s:1")]),
        ]
    )


@pytest.mark.parametrize("type_", [pa.float32(), pa.float64()])
def test_floating_point_ids_of_parquet(tmp_path: Path, workspace: Workspace, type_: pa.DataType) -> None:
    path = tmp_path / "events.parquet"
    titles = pa.array([10.0, 1234567.0, 10.5, None, 1e17], type_)
    columns = {"viewer": pa.array([1.0, 2.0, 3.0, 4.0, 5.0], type_), "title": titles, "value": [4] * 5}
    pq.write_table(pa.table(columns), path)
    options = {**RATINGS, "format": "parquet"}
    with pytest.raises(BadRows) as caught:
        workspace.take(path, **options)
    assert [(p.row, p.column) for p in caught.value.problems] == [(3, "title"), (4, "title"), (5, "title")]
    assert "whole one; got '10.5'" in caught.value.problems[0].problem
    workspace.take(path, **options, skip_bad=tmp_path / "bad.csv")
    assert _keys(workspace) == [("s:1", "s:10", 4.0), ("s:2", "s:1234567", 4.0)]


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "careful"])
def test_bad_rows_are_shown_as_they_stand(tmp_path: Path, workspace: Workspace, is_plain: bool) -> None:
    header = "extra,value,title,viewer,time\n"
    rows = ["x,9.00,t1,v1,", "x,4,t1,v1,99999999999"]
    if not is_plain:
        rows += ['"a ""b""",1e1,"t,1",v2,', '"a', 'b",11.0,t,v,', '"too",few']
    path = _file(tmp_path, header + "\n".join(rows) + "\n")
    with pytest.raises(BadRows) as caught:
        workspace.take(path, **RATINGS)
    found = caught.value.problems
    assert [p.text for p in found[:2]] == rows[:2]
    assert found[0].problem.endswith("got '9.00'")
    assert found[1].problem.endswith("got '99999999999'")
    if not is_plain:
        assert [p.text for p in found[2:]] == [rows[2], "\n".join(rows[3:5]), rows[5]]
        assert found[2].problem.endswith("got '1e1'")
        assert found[3].problem.endswith("got '11.0'")
        workspace.take(
            _file(tmp_path, header + "\n".join(rows) + "\n,4,a,b,\n"), **RATINGS, skip_bad=tmp_path / "b"
        )
        with (tmp_path / "b").open(encoding="utf-8", newline="") as file:
            assert [row["text"] for row in csv.DictReader(file)] == [p.text for p in found]


def test_compact_days_and_nanoseconds(tmp_path: Path, workspace: Workspace) -> None:
    rows = "v,a,4,20260131\nv,b,4,19000101\nv,c,4,1700000000123456789\nv,d,4,18991231\n"
    workspace.take(_file(tmp_path, HEADER + rows), **RATINGS)
    times = {event.title.key: event.time for event in workspace.log.history(ViewerId("s", "v"))}
    assert times == {
        "a": datetime(2026, 1, 31, tzinfo=UTC),
        "b": datetime(1900, 1, 1, tzinfo=UTC),
        "c": datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=UTC),
        "d": datetime.fromtimestamp(18991231, UTC),
    }
    with pytest.raises(BadRows, match=r"real date.*got '20260230'"):
        workspace.take(_file(tmp_path, HEADER + "v,a,4,20260230\n"), **RATINGS)


def test_columns_in_another_case(tmp_path: Path, workspace: Workspace) -> None:
    path = _file(tmp_path, "Viewer,TITLE,Stars\nv,t,4\n")
    mapping = {"viewer": "viewer", "title": "Title", "value": "stars"}
    assert workspace.take(path, **RATINGS, mapping=mapping).events == 1
    path = _file(tmp_path, "Viewer,VIEWER,title,value\nv,w,t,4\n")
    with pytest.raises(BadFile, match="no column 'viewer'"):
        workspace.take(path, **RATINGS)


def test_a_quoted_row_of_ten_megabytes(tmp_path: Path, workspace: Workspace) -> None:
    for filling in ("t" * (10 << 20), ("t" * 6000 + "\n") * 1700):
        path = _file(tmp_path, f'{HEADER}{GOOD}v1,"{filling}",4,\nv2,t2,4,\n')
        with pytest.raises(BadRows, match=r"row 3.*longer than 1 MiB") as caught:
            workspace.take(path, **RATINGS)
        assert caught.value.problems[0].row == 3


def test_rows_are_counted_by_the_file_s_lines(tmp_path: Path, workspace: Workspace) -> None:
    header = "viewer,title,value,text\n"
    path = _file(tmp_path, header + 'v1,t1,4,"two\nlines"\n\nv2,t2,9,\n')
    with pytest.raises(BadRows) as caught:
        workspace.take(path, **RATINGS)
    assert [problem.row for problem in caught.value.problems] == [5]


def test_a_row_of_ten_megabytes(tmp_path: Path, workspace: Workspace) -> None:
    path = _file(tmp_path, HEADER + GOOD + "v1," + "t" * (10 << 20) + ",4,\n" + "v2,t2,4,\n")
    with pytest.raises(BadRows, match=r"row 3.*longer than 1 MiB"):
        workspace.take(path, **RATINGS)
    assert workspace.is_untouched()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(HEADER.encode(), "holds no events", id="header only"),
        pytest.param(b"user,film,stars\n1,2,3\n", "no column 'viewer'", id="wrong columns"),
        pytest.param(b"viewer,title,title,value\n1,2,2,3\n", "twice", id="column twice"),
        pytest.param(b"viewer,title\n1,2\n", "no column for the value", id="no value for ratings"),
        pytest.param(b"\xff\xfev\0i\0", "does not begin with", id="UTF-16"),
        pytest.param(b"\0" * 100, "no column", id="zeros"),
        pytest.param(gzip.compress((HEADER + GOOD).encode() * 1000)[:-20], "ends too early", id="cut gzip"),
        pytest.param(b"\x1f\x8b\x08\x00 no gzip at all", "gzip", id="not gzip"),
    ],
)
def test_unusable_files(tmp_path: Path, workspace: Workspace, content: bytes, problem: str) -> None:
    with pytest.raises(BadFile, match=problem):
        workspace.take(_file(tmp_path, content), **RATINGS)
    assert workspace.is_untouched()


def test_a_gzip_bomb_is_stopped_early(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(HEADER.encode())
        for _ in range(64):
            file.write(GOOD.encode() * (1 << 16))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(BadFile, match="expands beyond"):
        workspace.take(path, **RATINGS)
    assert workspace.is_untouched()


def test_a_file_of_nothing_but_bad_rows_is_not_listed_for_ever(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossreel.storage.events.spool.MAX_PROBLEMS", 100)
    monkeypatch.setattr("crossreel.storage.events.bulk.MAX_PROBLEMS", 100)
    for content in (HEADER + "v,t,9,\n" * 200, HEADER + '"v",t,9\n' * 200):
        with pytest.raises(BadFile, match="more than 100 bad rows"):
            workspace.take(_file(tmp_path, content), **RATINGS)
    assert workspace.is_untouched()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"format": "xml"}, WrongUse),
        ({"kind": "stars"}, BadValue),
        ({"scale": "1-5"}, BadValue),
        ({"scale": "5..1"}, BadValue),
        ({"source": "a b"}, BadValue),
        ({"mapping": {"viewer": "viewer"}}, WrongUse),
        ({"mapping": {"viewer": "viewer", "title": "title", "stars": "value"}}, WrongUse),
        ({"mapping": {"viewer": "viewer", "title": "film"}}, BadFile),
        ({"kind": None, "mapping": {"viewer": "viewer", "title": "title"}}, WrongUse),
        ({"mapping": {"viewer": "viewer", "title": "title", "kind": "value"}}, WrongUse),
        ({"kind": None}, BadFile),
        ({"format": "movielens", "mapping": {"viewer": "viewer", "title": "title"}}, WrongUse),
        ({"format": "movielens", "kind": None}, BadFile),
        ({"format": "parquet"}, BadFile),
        ({"skip_bad": Path("/nowhere/at/all/bad.csv")}, BadFile),
    ],
)
def test_wrong_use(
    tmp_path: Path, workspace: Workspace, options: dict[str, Any], error: type[CrossreelError]
) -> None:
    with pytest.raises(error):
        workspace.take(_file(tmp_path, HEADER + GOOD), **{**RATINGS, **options})
    assert workspace.is_untouched()


def test_a_log_that_takes_no_files(tmp_path: Path, workspace: Workspace) -> None:
    with pytest.raises(WrongUse):
        import_audience(
            _file(tmp_path, HEADER + GOOD),
            log=MemoryEventLog(),
            viewers=workspace.viewers,
            catalog=workspace.catalog,
            **RATINGS,
        )


def test_a_failure_while_committing_changes_nothing(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("crossreel.storage.events.bulk.bump_revision", fail)
    with pytest.raises(ConnectionResetError):
        workspace.take(_file(tmp_path, HEADER + GOOD), **RATINGS)
    monkeypatch.undo()
    assert workspace.log.revision() == workspace.catalog.revision() == 0
    assert workspace.log.summary().events == 0
    assert workspace.catalog.ids() == ()
    assert workspace.take(_file(tmp_path, HEADER + GOOD), **RATINGS).events == 1


def test_another_import_meanwhile_is_not_doubled(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, HEADER + GOOD + "v2,t2,3,\n")
    put = workspace.viewers.put

    def import_the_same(viewers: Any) -> None:
        monkeypatch.undo()
        workspace.take(_file(tmp_path, HEADER + GOOD, "part.csv"), **RATINGS)
        put(viewers)

    monkeypatch.setattr(workspace.viewers, "put", import_the_same)
    assert workspace.take(path, **RATINGS).events == 1
    assert workspace.log.summary().events == 2


def test_progress_is_told(tmp_path: Path, workspace: Workspace) -> None:
    told: list[tuple[int, int, str]] = []
    workspace.take(
        _file(tmp_path, HEADER + GOOD),
        **RATINGS,
        progress=lambda done, of, what: told.append((done, of, what)),
    )
    assert {what for *_, what in told} >= {"reading events (bytes)", "checking events", "writing events"}
    assert told[-1] == (1, 1, "writing events")


def _parquet(tmp_path: Path, columns: dict[str, Any]) -> Path:
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table(columns), path)
    return path


PARQUET = {"format": "parquet", "source": "s", "kind": "rating"}


def test_parquet(tmp_path: Path, workspace: Workspace) -> None:
    stamp = datetime(2026, 1, 2, 3, tzinfo=UTC)
    path = _parquet(
        tmp_path,
        {
            "viewer": [1, 1, 2],
            "title": ["a", "ü", "a"],
            "value": pa.array([4.5, 3, 1], pa.float32()),
            "time": pa.array([stamp, None, stamp], pa.timestamp("us", "Europe/Berlin")),
            "territory": pa.array(["DE", None, ""]).dictionary_encode(),
        },
    )
    assert workspace.take(path, **PARQUET).events == 3
    assert workspace.take(path, **PARQUET).events == 0
    history = workspace.log.history(ViewerId("s", "1"))
    assert [(event.title.key, event.time, event.value) for event in history] == [
        ("ü", None, 3),
        ("a", stamp, 4.5),
    ]
    assert history[1].territory == Territory("DE")


def test_bad_rows_of_parquet(tmp_path: Path, workspace: Workspace) -> None:
    columns = {"viewer": ["a", "b", "c\n", None], "title": ["t"] * 4, "value": [1.0, 9.0, 1.0, 1.0]}
    with pytest.raises(BadRows) as caught:
        workspace.take(_parquet(tmp_path, columns), **PARQUET)
    assert [(p.row, p.column) for p in caught.value.problems] == [(2, "value"), (3, "viewer"), (4, "viewer")]
    assert workspace.is_untouched()


@pytest.mark.parametrize(
    "columns",
    [{"viewer": ["a"], "title": ["t"]}, {"viewer": ["a"], "title": [["t"]], "value": [1]}, {"v": [1]}],
)
def test_unusable_parquet(tmp_path: Path, workspace: Workspace, columns: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        workspace.take(_parquet(tmp_path, columns), **PARQUET)
    assert workspace.is_untouched()


_cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
_key = st.text("abz09-:.é\"' ,", min_size=1, max_size=6).map(str.strip).filter(bool)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.tuples(
            _key, _key.map(lambda key: key.replace(":", "")).filter(bool), st.sampled_from([1, 2.5, 5]), _cell
        ),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_csv_can_say_comes_in(
    tmp_path: Path, new_workspace: Callable[[], Workspace], rows: list[tuple[str, str, float, str]]
) -> None:
    workspace = new_workspace()
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("viewer", "title", "value", "text"), *rows])
    expected = {(f"s:{v.strip()}", f"s:{t.strip()}", value) for v, t, value, _ in rows if t.strip()}
    good = [row for row in rows if row[1] == row[1].strip()]
    report = workspace.take(path, **RATINGS, skip_bad=tmp_path / "bad.csv")
    assert report.events + report.skipped == len(rows)
    assert report.refused == len(rows) - len(good)
    found = set(_keys(workspace))
    assert found <= expected
    assert len(found) == report.events == len({row[:3] for row in good})
