"""Backup and restore: a workspace that is written to, destroyed, and there again."""

from __future__ import annotations

import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crossreel.app import App, open_app, restore_workspace
from crossreel.audience.event import Event, EventKind, Scale
from crossreel.errors import BadFile, Conflict
from crossreel.rights.license import License, Mode
from crossreel.testing.tiny import tiny_catalog
from crossreel.values.ids import TitleId, ViewerId

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def fresh(home: Path, *, create: bool = False) -> App:
    return open_app(home, create=create, clock=lambda: NOON, environment={})


def ratings(first: int, last: int) -> list[Event]:
    return [
        Event(
            EventKind.RATING,
            ViewerId("crowd", str(n % 7)),
            TitleId("tiny", f"t{n}"),
            NOON - timedelta(minutes=n),
            float(1 + n % 5),
            Scale(1, 5),
        )
        for n in range(first, last)
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with something of everything: records, live and compacted events, a model, a blob."""
    home = tmp_path / "home"
    app = fresh(home, create=True)
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    ids = [title.id for title in app.catalog.all() if title.parent is None]
    for number, title in enumerate(ids):
        app.events.append(
            [
                Event(EventKind.RATING, ViewerId("crowd", str(viewer)), title, NOON, 4.0, Scale(1, 5))
                for viewer in range(number % 3, 12)
            ]
        )
    app.events.compact()
    app.events.append(ratings(0, 10))
    app.shelf.train("popular")
    app.blobs.put(b"a poster" * 1000, limit=1 << 20)
    (home / "crossreel.toml").write_text('[web]\nterritory = "JP"\n', encoding="utf-8")
    (home / "web.key").write_bytes(b"k" * 32)
    app.close()
    return home


def contents(home: Path) -> dict[str, object]:
    """All that a workspace says, read through the application."""
    app = fresh(home)
    try:
        return {
            "titles": list(app.catalog.all()),
            "aliases": app.catalog.aliases(),
            "licenses": list(app.licenses.all()),
            "viewers": app.viewers.page(limit=1000),
            "events": sorted(app.events.query("SELECT viewer, title, kind, time, value FROM events")),
            "models": [card.id for card in app.shelf.cards()],
            "active": app.shelf.active(),
            "settings": app.settings,
            "blobs": {
                path.name: (path.read_bytes(), app.blobs.find(path.name))
                for path in sorted((home / "blobs").glob("*/*"))
            },
            "key": (home / "web.key").read_bytes(),
        }
    finally:
        app.close()


def back_up(home: Path, archive: Path) -> None:
    app = fresh(home)
    try:
        app.backup(archive)
    finally:
        app.close()


def test_what_was_destroyed_is_there_again(home: Path, tmp_path: Path) -> None:
    before = contents(home)
    app = fresh(home)
    told: list[tuple[int, int]] = []
    report = app.backup(tmp_path / "a.zip", lambda done, of, what: told.append((done, of)))
    app.close()
    assert told[-1] == (report.bytes, report.bytes)
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600
    shutil.rmtree(home)
    restored = restore_workspace(tmp_path / "a.zip", home)
    assert (restored.files, restored.bytes, restored.created) == (
        report.files,
        report.bytes,
        NOON.isoformat(),
    )
    assert contents(home) == before
    assert not list(tmp_path.glob(".*"))
    assert not list(home.glob(".*"))


def test_a_backup_during_writes_is_of_one_instant(home: Path, tmp_path: Path) -> None:
    app = fresh(home)
    stop, wrote = threading.Event(), [0]

    def write() -> None:
        """One license with each event, in one transaction, and compactions between."""
        while not stop.is_set():
            n = wrote[0]
            with app.atomic():
                app.events.append(ratings(1000 + n, 1001 + n))
                app.licenses.add([License(f"w{n}", TitleId("tiny", "x"), ("JP",), (Mode.SVOD,))])
            wrote[0] += 1
            if n % 5 == 4:
                app.events.compact()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while wrote[0] < 3:
            stop.wait(0.01)
        for number in range(3):
            app.backup(tmp_path / f"{number}.zip")
    finally:
        stop.set()
        thread.join()
        app.close()
    for number in range(3):
        restore_workspace(tmp_path / f"{number}.zip", tmp_path / f"home{number}")
        copy = fresh(tmp_path / f"home{number}")
        written = sum(1 for license_ in copy.licenses.all() if license_.id.startswith("w"))
        events = copy.events.query("SELECT count(*) FROM events WHERE title LIKE 'tiny:t1___'")[0][0]
        copy.close()
        assert written == events >= 3


def test_nothing_is_overwritten_and_targets_inside_are_refused(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.zip"
    taken.write_bytes(b"precious")
    with pytest.raises(Conflict):
        back_up(home, taken)
    assert taken.read_bytes() == b"precious"
    with pytest.raises(BadFile):
        back_up(home, home / "here.zip")
    with pytest.raises(BadFile):
        back_up(home, tmp_path / "absent" / "a.zip")
    (home / "backups").mkdir()
    back_up(home, home / "backups" / "one.zip")
    back_up(home, tmp_path / "two.zip")
    with zipfile.ZipFile(tmp_path / "two.zip") as archive:
        assert not [name for name in archive.namelist() if "backups" in name]


def test_a_home_in_use_or_not_empty_is_kept(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "a.zip")
    before = contents(home)
    with pytest.raises(Conflict, match="--replace"):
        restore_workspace(tmp_path / "a.zip", home)
    app = fresh(home)
    app.catalog.ids()
    with pytest.raises(Conflict, match="open"):
        restore_workspace(tmp_path / "a.zip", home, replace=True)
    app.events.append(ratings(500, 600))
    app.close()
    assert contents(home) != before
    restore_workspace(tmp_path / "a.zip", home, replace=True)
    assert contents(home) == before
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "home"}


def test_an_empty_folder_may_be_there(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "a.zip")
    (tmp_path / "new").mkdir()
    restore_workspace(tmp_path / "a.zip", tmp_path / "new")
    assert contents(tmp_path / "new") == contents(home)


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            changed = change(info.filename, old.read(info))
            if changed is not None:
                new.writestr(*changed)


def _flipped(name: str, data: bytes) -> tuple[str, bytes]:
    return name, data[:-1] + bytes([data[-1] ^ 1]) if name.endswith(".parquet") else data


def _missing(name: str, data: bytes) -> tuple[str, bytes] | None:
    return None if name.endswith("card.json") else (name, data)


def _unlisted(name: str, data: bytes) -> tuple[str, bytes] | None:
    if name != "manifest.json":
        return None if name.endswith(".parquet") else (name, data)
    document = json.loads(data)
    document["files"] = [e for e in document["files"] if not e["path"].endswith(".parquet")]
    return name, json.dumps(document).encode()


def _renamed(to: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name == "workspace/web.key":
            return f"workspace/{to}", data
        return name, data.replace(b'"web.key"', json.dumps(to).encode()) if name == "manifest.json" else data

    return change


def _newer(name: str, data: bytes) -> tuple[str, bytes]:
    return name, data.replace(b'"version": 1', b'"version": 2') if name == "manifest.json" else data


def _bomb(name: str, data: bytes) -> tuple[str, bytes]:
    """States a size that nobody's workspace has."""
    if name != "manifest.json":
        return name, data
    document = json.loads(data)
    document["files"][0]["size"] = 1 << 50
    return name, json.dumps(document).encode()


@pytest.mark.parametrize(
    "change",
    [
        _flipped,
        _missing,
        _unlisted,
        _newer,
        _bomb,
        *(_renamed(to) for to in ("../web.key", "/tmp/x", "a/../../b", "C:\\x", "a\\..\\b", "a//b", "b/.")),
    ],
)
def test_damaged_and_dangerous_archives_change_nothing(
    home: Path, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]
) -> None:
    back_up(home, tmp_path / "good.zip")
    rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", change)
    before = contents(home)
    with pytest.raises(BadFile):
        restore_workspace(tmp_path / "bad.zip", tmp_path / "new")
    with pytest.raises(BadFile):
        restore_workspace(tmp_path / "bad.zip", home, replace=True)
    assert contents(home) == before
    assert {path.name for path in tmp_path.iterdir()} == {"good.zip", "bad.zip", "home"}


def test_truncated_foreign_and_absent_files_are_refused(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "good.zip")
    data = (tmp_path / "good.zip").read_bytes()
    broken = bytearray(data)
    broken[len(data) // 2] ^= 0xFF
    for name, content in {
        "cut.zip": data[: len(data) // 2],
        "broken.zip": bytes(broken),
        "text.zip": b"not an archive",
        "empty.zip": b"",
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadFile):
            restore_workspace(tmp_path / name, tmp_path / "new")
    with pytest.raises(BadFile):
        restore_workspace(tmp_path / "absent.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_real_bomb_is_refused_before_it_unpacks(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossreel.storage.restoring._FLOOR", 1 << 20)
    blob = "workspace/blobs/zz/" + "0" * 64

    def inflated(name: str, data: bytes) -> tuple[str, bytes]:
        if name != "manifest.json":
            return name, data
        document = json.loads(data)
        entry = {"path": blob.removeprefix("workspace/"), "size": 1 << 28, "sha256": "0" * 64, "modified": 0}
        document["files"].append(entry)
        return name, json.dumps(document).encode()

    back_up(home, tmp_path / "good.zip")
    rewritten(tmp_path / "good.zip", tmp_path / "bomb.zip", inflated)
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(blob, "w") as file,
    ):
        for _ in range(256):
            file.write(bytes(1 << 20))
    with pytest.raises(BadFile, match="honest"):
        restore_workspace(tmp_path / "bomb.zip", tmp_path / "new")


def test_links_are_not_followed_out_of_the_workspace(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine", encoding="utf-8")
    (home / "link").symlink_to(tmp_path / "secret")
    back_up(home, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "workspace/link" not in archive.namelist()


@pytest.fixture(autouse=True)
def _no_leftovers(tmp_path: Path) -> Iterator[None]:
    yield
    assert not list(tmp_path.glob(".backup-*"))
    assert not list(tmp_path.glob(".*restoring*"))
