"""Files that nothing points to go; nothing else does."""

import io
import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import open_app
from crossreel.catalog.attachment import AttachmentRole
from crossreel.cli import main
from crossreel.desk.attachments import attach_file, detach_file
from crossreel.desk.sweeping import sweep_blobs
from crossreel.desk.undo import undo
from crossreel.errors import NotAllowed
from crossreel.testing.files import png
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.job import Job, JobState

ADA = Actor("ada", ROLES[Role.ADMINISTRATOR], "session")
EVE = Actor("eve", ROLES[Role.EDITOR], "session")
FILM = tiny_id("nosferatu")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
POSTER, STILL = AttachmentRole.POSTER, AttachmentRole.STILL


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(tmp_path, clock):
    app = open_app(tmp_path / "home", create=True, clock=clock)
    tiny_catalog().fill(app.catalog, None, app.viewers)
    yield app
    app.close()


def put(app, role, shade):
    title = attach_file(app, EVE, FILM, role, "a file", io.BytesIO(png(400, 600, shade)))
    return next(one.digest for one in title.attachments if one.role is role)


def grow_old(app, days):
    """Lets every file be this old."""
    for blob in app.blobs.all():
        stamp = (NOW - timedelta(days=days)).timestamp()
        os.utime(app.blobs._path(blob.digest), (stamp, stamp))


def test_what_nothing_points_to_goes_once_it_cannot_be_undone(app, clock):
    first, second, still = put(app, POSTER, 10), put(app, POSTER, 20), put(app, STILL, 30)
    lost = app.blobs.put(b"lost on the way", limit=100).digest
    assert sweep_blobs(app, ADA).removed == ()  # all of them are young
    grow_old(app, 3)
    found = sweep_blobs(app, ADA, dry_run=True)
    assert found.removed == (lost,)  # the first poster may come back by undoing
    assert app.blobs.exists(lost)
    assert sweep_blobs(app, ADA).removed == (lost,)
    assert not app.blobs.exists(lost)
    clock.now = NOW + timedelta(days=2)
    swept = sweep_blobs(app, ADA)
    assert (swept.removed, swept.kept) == ((first,), 2)
    assert {blob.digest for blob in app.blobs.all()} == {second, still}
    assert sweep_blobs(app, ADA).removed == ()
    told = [entry.after for entry in app.audit.page(action="files.sweep")]
    assert [one["files"] for one in told] == [1, 1]


def test_a_change_taken_back_still_has_its_file(app):
    digest = put(app, POSTER, 10)
    detach_file(app, EVE, FILM, POSTER)
    grow_old(app, 3)
    assert sweep_blobs(app, ADA).removed == ()
    undo(app, EVE, app.audit.page()[0].id)
    assert app.blobs.exists(digest)


def test_only_administrators_sweep(app):
    with pytest.raises(NotAllowed):
        sweep_blobs(app, EVE)


def test_the_command_tells_before_it_removes(app, tmp_path, capsys):
    lost = app.blobs.put(b"lost", limit=100).digest
    os.utime(app.blobs._path(lost), (0, 0))
    asked = ["sweep", "--home", str(tmp_path / "home"), "--json"]
    assert main([*asked, "--dry-run"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"removed": [lost], "bytes": 4, "kept": 0, "dry_run": True, "leftovers": []}
    assert app.blobs.exists(lost)
    assert main(asked) == 0
    assert not app.blobs.exists(lost)


def leave(app, path, days, content="x"):
    """Puts a file into the workspace that nobody has touched for so many days."""
    file = app.home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    stamp = (app.clock() - timedelta(days=days)).timestamp()
    os.utime(file, (stamp, stamp))


def uploaded(app, folder, state, days):
    """A job about an upload, which ended so many days ago (or did not)."""
    at = app.clock() - timedelta(days=days)
    app.jobs.add(
        Job(id=f"job-{folder}", kind="catalog.import", parameters={"folder": folder}, actor="eve", created=at)
    )
    if state is not JobState.QUEUED:
        app.jobs.claim(at)
    if state.is_final:
        app.jobs.finish(f"job-{folder}", at, state, {}, {})


def test_what_ended_work_left_goes_by_age_and_never_what_is_needed(app):
    film = put(app, POSTER, 10)  # any attached file's digest will do for a film
    gone, unused = "f" * 64, "e" * 64
    for folder, state, days in (
        ("failedlongago", JobState.FAILED, 40),
        ("donelongago", JobState.DONE, 40),
        ("failedlately", JobState.FAILED, 29),
        ("running", JobState.RUNNING, 90),
        ("queued", JobState.QUEUED, 90),
    ):
        uploaded(app, folder, state, days)
        leave(app, f"uploads/{folder}/rows.csv", 90)
    leave(app, "uploads/nobodys/rows.csv", 31)
    leave(app, "uploads/half/old.srt", 90)
    leave(app, "uploads/half/new.srt", 1)
    for name, days in ((film, 400), (gone, 31), (unused, 29)):
        leave(app, f"analyses/{name}/shots/1.jpg", days)
        leave(app, f"waveforms/{name}.npz", days)
        leave(app, f"versions/{name}/hls/master.m3u8", days)
    leave(app, f"analyses/{film}.film", 3, "copy")
    leave(app, f"analyses/{gone}.still", 1)
    leave(app, "translations/en-de.jsonl", 181)
    leave(app, "translations/en-ja.jsonl", 179)
    leave(app, "models/ease/card.json", 900)
    expected = [
        f"analyses/{gone}",
        f"analyses/{film}.film",
        "translations/en-de.jsonl",
        "uploads/donelongago",
        "uploads/failedlongago",
        "uploads/nobodys",
        f"versions/{gone}",
        f"waveforms/{gone}.npz",
    ]
    before = {path for path in app.home.rglob("*") if path.is_file()}
    found = sweep_blobs(app, ADA, dry_run=True)
    assert [one.path for one in found.leftovers] == sorted(expected)
    assert next(one.bytes for one in found.leftovers if one.path.endswith(".film")) == 4
    assert {path for path in app.home.rglob("*") if path.is_file()} == before
    assert sweep_blobs(app, ADA).leftovers == found.leftovers
    assert not any((app.home / path).exists() for path in expected)
    assert len(before - {path for path in app.home.rglob("*") if path.is_file()}) == len(expected)
    assert sweep_blobs(app, ADA).leftovers == ()
    (told,) = app.audit.page(action="files.sweep")
    assert (told.subject, told.after["files"]) == ("leftovers", len(expected))


def test_a_film_at_work_and_a_link_stay(app, tmp_path):
    at = app.clock() - timedelta(days=60)
    film = "a" * 64
    app.jobs.add(Job(id="look", kind="video.analyze", parameters={"film": film}, actor="eve", created=at))
    leave(app, f"analyses/{film}.film", 50)
    leave(app, f"analyses/{film}/analysis.json", 50)
    outside = tmp_path / "outside"
    outside.mkdir()
    (app.home / "uploads").mkdir(exist_ok=True)
    (app.home / "uploads" / "link").symlink_to(outside)
    assert sweep_blobs(app, ADA).leftovers == ()
    assert outside.is_dir()
