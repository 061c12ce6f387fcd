"""Language identification: scripts, short titles, mixed texts, and "unknown"."""

from __future__ import annotations

import pytest

from crossreel.insight.text.language import Detector
from crossreel.insight.text.sentiment.projection import anchor_sentences
from crossreel.models.lid import FastTextLanguages
from crossreel.testing.text_roles_suite import LanguageDetectorSuite


@pytest.fixture(scope="module")
def detector(pretrained):
    return Detector(FastTextLanguages(pretrained("lid-176") / "lid.176.ftz"))


class TestDetector(LanguageDetectorSuite):
    pass


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("기생충", "ko"),
        ("千と千尋の神隠し", "ja"),
        ("臥虎藏龍", "zh"),
        ("ร่างทรง", "th"),
        ("Как я провёл этим летом", "ru"),
        ("La vida es bella", "es"),
        ("Das Boot", "de"),
        ("Cidade de Deus", "pt"),
        ("जय भीम", "hi"),
    ],
)
def test_titles(detector, title, language):
    assert detector.detect(title).language.tag == language


@pytest.mark.parametrize(
    "text",
    ["", "12", "😀😀", "Roma", "asdkjh qwe", "OK", "??!", "https://example.org/film", "Tár", "RRR", "WALL·E"],
)
def test_too_little_is_unknown(detector, text):
    assert detector.detect(text).language is None


def test_a_mixed_text_names_the_other_language(detector):
    found = detector.detect("이 영화는 정말 재미있었어요 a really good film")
    assert found.language.tag == "ko"
    assert found.script == "Hang"
    mixed = detector.detect("This film is a masterpiece 기생충 기생충 기생충")
    assert [other.tag for other, _ in mixed.others] == ["ko"] or mixed.language is None


def test_sentences_of_thirty_languages(detector):
    told = [
        (language, detector.detect(sentence).language)
        for language, sentences in anchor_sentences().items()
        for sentence in sentences
    ]
    wrong = [(tag, found.tag) for tag, found in told if found is not None and found.tag != tag]
    unknown = [tag for tag, found in told if found is None]
    assert len(wrong) <= 0.015 * len(told), wrong
    assert len(unknown) <= 0.05 * len(told), unknown
