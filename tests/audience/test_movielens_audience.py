"""MovieLens folders: small ones made here, and the real ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crossreel.audience.event import Scale, Viewer
from crossreel.errors import BadFile, BadRows
from crossreel.values.ids import TitleId, ViewerId

if TYPE_CHECKING:
    from tests.audience.conftest import Workspace
else:
    Workspace = Any

POSITIVE = {
    "format": "csv",
    "source": "ml-1m",
    "kind": "positive",
    "mapping": {"viewer": "user_id", "title": "movie_id", "value": "rating_ge3", "time": "timestamp_approx"},
}


def _folder(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "ml"
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_bytes(text.encode("latin-1"))
    return folder


def _million(tmp_path: Path) -> Path:
    return _folder(
        tmp_path,
        ratings_dat="1::10::5::978300760\n2::10::3::978300761\n",
        users_dat="1::F::1::10::48067\n2::M::56::16::70072\n",
        movies_dat="10::Caf\xe9 (1999)::Drama\n11::Never Seen (2000)::Comedy|Drama\n",
    )


def test_the_shape_of_the_million(tmp_path: Path, workspace: Workspace) -> None:
    report = workspace.take(_million(tmp_path))
    assert (report.source, report.events, report.viewers, report.titles, report.profiles) == (
        "movielens", 2, 2, 2, 2,
    )  # fmt: skip
    first = ViewerId("movielens", "1")
    assert workspace.viewers.get(first) == Viewer(
        first, age_band="Under 18", gender="F", occupation="K-12 student"
    )
    (event,) = workspace.log.history(first)
    assert (event.value, event.scale) == (5, Scale(1, 5))
    assert workspace.catalog.get([TitleId("movielens", "10")])[TitleId("movielens", "10")].name == "Café"
    again = workspace.take(tmp_path / "ml" / "ratings.dat")
    assert (again.events, again.skipped) == (0, 2)


def test_bad_ratings_and_viewers_stop_the_titles_too(tmp_path: Path, workspace: Workspace) -> None:
    folder = _million(tmp_path)
    with (folder / "ratings.dat").open("a") as file:
        file.write("2::11::6::978300761\n2::11::5\n")
    with (folder / "users.dat").open("a") as file:
        file.write("3::M::25::77::0\n")
    with pytest.raises(BadRows) as caught:
        workspace.take(folder)
    assert [(p.file, p.row) for p in caught.value.problems] == [
        ("users.dat", 3),
        ("ratings.dat", 3),
        ("ratings.dat", 4),
    ]
    assert workspace.is_untouched()
    report = workspace.take(folder, skip_bad=tmp_path / "bad.csv")
    assert (report.events, report.refused, report.profiles) == (2, 2, 2)


def test_bad_titles_stop_the_events_too(tmp_path: Path, workspace: Workspace) -> None:
    folder = _million(tmp_path)
    with (folder / "movies.dat").open("a") as file:
        file.write("12\n")
    with pytest.raises(BadRows):
        workspace.take(folder)
    assert workspace.log.summary().events == 0
    assert workspace.catalog.ids() == ()
    assert workspace.viewers.count() == 0


def test_bad_titles_and_bad_events_are_reported_together(tmp_path: Path, workspace: Workspace) -> None:
    latest = {"movies_csv": "movieId,title,genres\n1,A (1999),Drama\n1,B (2000),Drama\n"}
    folder = _folder(tmp_path, **latest, ratings_csv="userId,movieId,rating,timestamp\n1,1,9,1\n1,1,4,1\n")
    with pytest.raises(BadRows) as caught:
        workspace.take(folder)
    assert [(p.file, p.row) for p in caught.value.problems] == [("movies.csv", 3), ("ratings.csv", 2)]
    assert workspace.is_untouched()
    report = workspace.take(folder, skip_bad=tmp_path / "bad.csv")
    assert (report.events, report.titles) == (1, 1)
    assert "movies.csv,3" in (tmp_path / "titles-bad.csv").read_text()


def test_no_ratings(tmp_path: Path, workspace: Workspace) -> None:
    folder = _folder(tmp_path, movies_dat="10::Film (1999)::Drama\n", interactions_csv="a\n")
    with pytest.raises(BadFile, match=r"interactions\.csv --format csv --map"):
        workspace.take(folder)
    with pytest.raises(BadFile, match="does not exist"):
        workspace.take(tmp_path / "nothing")
    assert workspace.is_untouched()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "expected", "profiles", "scale"),
    [
        ("ml-100k", (100_000, 943, 1682), 943, Scale(1, 5)),
        ("ml-latest-small", (100_836, 610, 9742), 0, Scale(0.5, 5)),
    ],
)
def test_real_folders(
    shared_data: Path,
    workspace: Workspace,
    folder: str,
    expected: tuple[int, int, int],
    profiles: int,
    scale: Scale,
) -> None:
    path = shared_data / "ratings" / folder
    report = workspace.take(path, source=folder)
    assert (report.events, report.viewers, report.titles) == expected
    assert (report.skipped, report.unknown_titles) == (0, 0)
    assert workspace.viewers.count() == profiles
    assert len(workspace.catalog.ids()) == expected[2]
    assert workspace.log.history(ViewerId(folder, "1"))[0].scale == scale
    again = workspace.take(path, source=folder)
    assert (again.events, again.skipped) == (0, expected[0])
    assert workspace.log.summary().events == expected[0]


@pytest.mark.shared
def test_the_real_million_says_how_to_import_it(shared_data: Path, workspace: Workspace) -> None:
    folder = shared_data / "ratings" / "ml-1m"
    with pytest.raises(BadFile, match=r"interactions\.csv\.gz --format csv"):
        workspace.take(folder)
    report = workspace.take(folder / "interactions.csv.gz", **POSITIVE)
    assert (report.events, report.viewers, report.titles) == (1_000_209, 6040, 3706)
    assert (report.skipped, report.unknown_titles) == (0, 3706)
    columns = workspace.log.columns()
    assert len(columns) == 1_000_209
    assert int((columns.value == 1).sum()) == 836_477
    assert len(workspace.log.history(ViewerId("ml-1m", "77"))) == 39
