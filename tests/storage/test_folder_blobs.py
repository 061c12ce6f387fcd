"""Blobs in a folder: content-addressed, bounded, atomic, and never outside the folder."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crossreel.catalog.blobs import BlobStore
from crossreel.errors import BadValue, UnknownId
from crossreel.storage.blobs import FolderBlobs

POSTER = "海报 ü".encode() * 1000


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return FolderBlobs(tmp_path / "home" / "blobs")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_content_comes_back_under_its_digest(blobs: BlobStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    blob = blobs.put(POSTER, limit=len(POSTER))
    assert blob.digest == hashlib.sha256(POSTER).hexdigest()
    assert blob.size == len(POSTER)
    assert before <= blob.created_at <= datetime.now(UTC) + timedelta(seconds=2)
    with blobs.open(blob.digest) as stream:
        assert stream.read() == POSTER
    assert blobs.find(blob.digest) == blob
    assert blobs.exists(blob.digest)


def test_a_stream_is_read_from_where_it_stands(blobs: BlobStore) -> None:
    stream = io.BytesIO(b"skip" + POSTER)
    stream.seek(4)
    assert blobs.put(stream, limit=1 << 20).digest == hashlib.sha256(POSTER).hexdigest()


def test_nothing_is_content_too(blobs: BlobStore) -> None:
    blob = blobs.put(b"", limit=0)
    assert blob.size == 0
    with blobs.open(blob.digest) as stream:
        assert stream.read() == b""


def test_putting_again_keeps_the_first_time(blobs: BlobStore, tmp_path: Path) -> None:
    first = blobs.put(POSTER, limit=1 << 20)
    [file] = _files(tmp_path)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    again = blobs.put(POSTER, limit=1 << 20)
    assert again.digest == first.digest
    assert again.created_at == datetime.fromtimestamp(1_000_000_000, UTC)
    assert _files(tmp_path) == [file]


@pytest.mark.parametrize("as_stream", [False, True])
def test_too_large_is_refused_and_leaves_nothing(blobs: BlobStore, tmp_path: Path, as_stream: bool) -> None:
    content = io.BytesIO(POSTER) if as_stream else POSTER
    with pytest.raises(BadValue, match=f"at most {len(POSTER) - 1} bytes"):
        blobs.put(content, limit=len(POSTER) - 1)
    assert _files(tmp_path) == []


def test_an_endless_stream_is_given_up(blobs: BlobStore, tmp_path: Path) -> None:
    with Path("/dev/zero").open("rb") as endless, pytest.raises(BadValue):
        blobs.put(endless, limit=3 << 20)
    assert _files(tmp_path) == []


def test_a_stream_that_breaks_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        blobs.put(Breaks(POSTER), limit=1 << 20)
    assert _files(tmp_path) == []


def test_leftovers_of_a_crash_are_swept(blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put(POSTER, limit=1 << 20)
    incoming = tmp_path / "home" / "blobs" / "incoming"
    for name, age_hours in (("old", 25), ("young", 1)):
        leftover = incoming / name
        leftover.write_bytes(b"half")
        when = datetime.now(UTC) - timedelta(hours=age_hours)
        os.utime(leftover, (when.timestamp(), when.timestamp()))
    blobs.put(b"another", limit=100)
    assert [path.name for path in incoming.iterdir()] == ["young"]


def test_delete(blobs: BlobStore) -> None:
    digest = blobs.put(POSTER, limit=1 << 20).digest
    assert blobs.delete(digest) is True
    assert blobs.delete(digest) is False
    assert blobs.exists(digest) is False
    assert blobs.find(digest) is None
    with pytest.raises(UnknownId):
        blobs.open(digest)


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "..",
        "../secret",
        "/etc/passwd",
        "../" * 20 + "0" * 4,
        "0" * 63,
        "0" * 65,
        "A" * 64,
        "0" * 63 + "/",
        "0" * 64 + "\n",
        "0" * 64 + "\x00",
        "..%2f" + "0" * 59,
        "٣" * 64,
        "incoming",
    ],
)
def test_no_name_leads_out_of_the_folder(blobs: BlobStore, tmp_path: Path, digest: str) -> None:
    (tmp_path / "home").mkdir()
    secret = tmp_path / "home" / "secret"
    secret.write_bytes(b"secret")
    for method in (blobs.open, blobs.find, blobs.exists, blobs.delete):
        with pytest.raises(BadValue):
            method(digest)
    assert secret.read_bytes() == b"secret"


def test_many_writers_of_one_content_agree(blobs: BlobStore, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: blobs.put(POSTER, limit=1 << 20).digest, range(40)))
    assert digests == {hashlib.sha256(POSTER).hexdigest()}
    assert len(_files(tmp_path)) == 1
