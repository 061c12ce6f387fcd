"""Models of own labels: many short ones, Hangul, and on top of what is shipped for a language."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from crossreel.errors import BadFile
from crossreel.insight.text.sentiment import local, naive_bayes
from crossreel.insight.text.sentiment.fast import taught_models
from crossreel.insight.text.sentiment.head import shipped_head
from crossreel.insight.text.sentiment.local import LocalModel, fit_local
from crossreel.insight.text.sentiment.margin import fit_margin
from crossreel.insight.text.sentiment.naive_bayes import ngrams_for
from crossreel.insight.text.sentiment.ngrams import Ngrams


def test_the_margin_is_the_optimum_of_its_formula():
    rng = np.random.default_rng(3)
    dense = rng.normal(size=(120, 6)) * (rng.random((120, 6)) < 0.5)
    labels = (dense[:, 0] - dense[:, 1] + rng.normal(size=120) > 0.3).astype(np.int64)
    signs, strength = 2.0 * labels - 1, 0.5

    def loss(flat):
        gaps = np.maximum(0, 1 - signs * (dense @ flat[:-1] + flat[-1]))
        return flat @ flat / 2 + strength * (gaps**2).sum()

    best = minimize(loss, np.zeros(7)).x
    weights, bias = fit_margin(sparse.csr_matrix(dense), labels, strength, passes=100)
    assert np.append(weights, bias) == pytest.approx(best, abs=2e-3)
    again, _ = fit_margin(sparse.csr_matrix(dense), labels, strength, passes=100)
    assert again.tobytes() == weights.tobytes()


def test_letters_of_hangul_are_shared_by_syllables_that_differ():
    texts = ["재밌다", "재밌당", "재밌다ㅋㅋㅋㅋㅋ", "재밌다ㅋㅋ"]
    whole = Ngrams(bits=18, characters=(2, 4), words=0).transform(texts)
    letters = Ngrams(bits=18, characters=(2, 4), words=0, letters=True).transform(texts)
    assert (letters[0] @ letters[1].T)[0, 0] > (whole[0] @ whole[1].T)[0, 0] > 0
    assert (letters[2] != letters[3]).nnz == 0
    assert (whole[2] != whole[3]).nnz > 0


def test_which_ngrams_are_counted(monkeypatch):
    monkeypatch.setattr(naive_bayes, "MANY", 10)
    assert [one.letters for one in ngrams_for(["정말 재밌다 good"] * 11)] == [False, True]
    assert [one.letters for one in ngrams_for(["정말 재밌다"] * 9)] == [False]
    assert [one.letters for one in ngrams_for(["quite good 재"] * 11)] == [False]
    assert ngrams_for(["a long review " * 40])[0].words == 3


def _korean(rows):
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 2, rows)
    words = (["지루", "별로", "최악"], ["최고", "재밌", "감동"])
    texts = [f"영화 {rng.integers(50)} {words[label][rng.integers(3)]}" for label in labels]
    return rng.normal(size=(rows, 384)).astype(np.float32), texts, labels


def test_many_short_reviews_in_hangul(monkeypatch, tmp_path):
    monkeypatch.setattr(naive_bayes, "MANY", 100)
    monkeypatch.setattr(local, "MANY", 100)
    vectors, texts, labels = _korean(200)
    head, companion = shipped_head(), taught_models()["ko"]
    with_vector = np.arange(200) < 120
    model = fit_local("ko", vectors, texts, labels, head, with_vector=with_vector, companion=companion)
    assert [one.ngrams.letters for one in model.ngram_parts] == [False, True]
    assert len(model.blend) == 5
    assert ((model.ngram_odds(texts) > 0) == labels).mean() > 0.95
    told = model.positive(vectors, texts)
    assert ((told > 0.5) == labels).mean() > 0.95
    model.save(tmp_path / "ko.npz")
    again = LocalModel.load(tmp_path / "ko.npz", head, companion)
    assert again.positive(vectors, texts) == pytest.approx(told, abs=0.02)
    with pytest.raises(BadFile, match="earlier version"):
        LocalModel.load(tmp_path / "ko.npz", head)


def test_a_model_of_an_earlier_version_is_refused(tmp_path):
    head = shipped_head()
    facts = json.dumps({"language": "de", "labels": 50, "head": head.name}).encode()
    np.savez(tmp_path / "de.npz", facts=np.frombuffer(facts, dtype=np.uint8))
    with pytest.raises(BadFile, match="earlier version") as refused:
        LocalModel.load(tmp_path / "de.npz", head)
    assert "reviews train" in str(refused.value.advice)


def test_few_labels_do_not_unlearn_what_is_shipped():
    vectors, _, labels = _korean(80)
    words = (["지루", "별로", "최악"], ["최고", "재밌", "감동"])
    texts = [f"{words[label][n % 2]} {n}" for n, label in enumerate(labels)]
    companion = taught_models()["ko"]
    told = ["감동 그 자체", "최악이다 진짜", "시간 아까운 쓰레기", "인생 명작"]
    model = fit_local("ko", vectors, texts, labels, shipped_head(), companion=companion)
    shares = model.positive(np.zeros((4, 384), np.float32), told)
    assert shares[0] > shares[1]
    assert shares[3] > shares[2]
