"""What every class that plays a role around text must do; a test class inherits these and gives a fixture."""

from __future__ import annotations

import numpy as np
import pytest

from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder, LanguageDetector, SentenceSplitter, SentimentScorer

__all__ = [
    "ODD_TEXTS",
    "EmbedderSuite",
    "LanguageDetectorSuite",
    "SentenceSplitterSuite",
    "SentimentScorerSuite",
]

ODD_TEXTS = ("", " \n", "\0", "\ud800", "🎬🎬", "...", "x" * 30_000, "a\u0301\u200d\u202e", "12:34")


class EmbedderSuite:
    """Gives the fixture ``embedder``."""

    def test_shape_and_length(self, embedder: Embedder) -> None:
        vectors = embedder.embed(ODD_TEXTS)
        assert vectors.shape == (len(ODD_TEXTS), embedder.dimensions)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(ODD_TEXTS)), abs=2e-3)

    def test_order_and_company_change_nothing(self, embedder: Embedder) -> None:
        alone = embedder.embed(["A quiet film."])[0]
        together = embedder.embed(["A long sentence that goes on about a film.", "Short.", "A quiet film."])[
            2
        ]
        assert alone @ together == pytest.approx(1, abs=2e-3)


class LanguageDetectorSuite:
    """Gives the fixture ``detector``."""

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_any_text_is_answered(self, detector: LanguageDetector, text: str) -> None:
        guess = detector.detect(text)
        assert 0 <= guess.confidence <= 1
        assert guess.language is None or isinstance(guess.language, Language)

    def test_plain_sentences(self, detector: LanguageDetector) -> None:
        for tag, text in (
            ("en", "The story is gripping from beginning to end."),
            ("fr", "L'histoire est captivante du début à la fin."),
            ("ko", "이야기가 처음부터 끝까지 흥미진진하다."),
            ("ar", "القصة مشوقة من البداية إلى النهاية."),
        ):
            found = detector.detect(text).language
            assert found is not None
            assert found.primary == tag


class SentenceSplitterSuite:
    """Gives the fixture ``splitter``."""

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_any_text_is_cut_without_loss(self, splitter: SentenceSplitter, text: str) -> None:
        found = splitter.split(text)
        assert all(text[one.start : one.end] == one.text for one in found)
        assert "".join("".join(one.text for one in found).split()) == "".join(text.split())


class SentimentScorerSuite:
    """Gives the fixture ``scorer``."""

    def test_probabilities_add_up_whatever_the_text(self, scorer: SentimentScorer) -> None:
        english = [Language("en")] * len(ODD_TEXTS)
        for score in scorer.score(ODD_TEXTS, english):
            assert score.positive + score.neutral + score.negative == pytest.approx(1)

    def test_order_is_kept_and_the_plain_is_told(self, scorer: SentimentScorer) -> None:
        texts = [
            "A wonderful film, I loved it.",
            "Boring, awful, a waste of time.",
            "A wonderful film, I loved it.",
        ]
        scores = scorer.score(texts, [Language("en")] * 3)
        assert [score.positive > score.negative for score in scores] == [True, False, True]
        assert scores[0] == scores[2]
        assert scorer.score([]) == []
