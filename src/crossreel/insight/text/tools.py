"""What understanding a text takes, each part made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from crossreel.errors import BadValue
from crossreel.insight.text.language import Detector, RawLanguages
from crossreel.insight.text.sentences import Splitter
from crossreel.insight.text.sentiment.accurate import AccurateScorer
from crossreel.insight.text.sentiment.fast import FastScorer, shipped_fast, taught_models
from crossreel.insight.text.sentiment.head import shipped_head
from crossreel.insight.text.sentiment.local import LocalModel
from crossreel.values.text_roles import Embedder

__all__ = ["TIERS", "TextTools"]

TIERS = ("accurate", "fast")


class TextTools:
    """The roles around text, wired.

    Args:
        embedder: makes the embedder; raises ``MissingModel`` while its weights are absent.
        opinion_embedder: makes the one that learned what opinions are, for sentiment; the same.
        languages: makes the statistical language model; the same.
        local: folder of models that ``reviews train`` fitted; they are used where they are.
    """

    def __init__(
        self,
        embedder: Callable[[], Embedder],
        opinion_embedder: Callable[[], Embedder],
        languages: Callable[[], RawLanguages],
        local: Path | None = None,
    ) -> None:
        self._make_embedder, self._make_opinion_embedder = embedder, opinion_embedder
        self._make_languages, self._local = languages, local
        self.splitter = Splitter()

    @cached_property
    def embedder(self) -> Embedder:
        """Sentence vectors, remembered on disk."""
        return self._make_embedder()

    @cached_property
    def opinion_embedder(self) -> Embedder:
        """Sentence vectors for sentiment, remembered on disk; those of both never mix."""
        return self._make_opinion_embedder()

    @cached_property
    def detector(self) -> Detector:
        """Language identification."""
        return Detector(self._make_languages())

    def scorer(self, tier: str = "accurate") -> AccurateScorer | FastScorer:
        """Sentiment of a tier.

        Raises:
            BadValue: no such tier.
            MissingModel: weights are absent.
        """
        if tier == "fast":
            return FastScorer(self.detector, shipped_fast())
        if tier != "accurate":
            raise BadValue("tier", tier, "one of " + ", ".join(TIERS))
        head = shipped_head()
        found = sorted(self._local.glob("*.npz")) if self._local and self._local.is_dir() else []
        shipped = shipped_fast() if found else {}
        local = {path.stem: LocalModel.load(path, head, shipped.get(path.stem)) for path in found}
        return AccurateScorer(self.opinion_embedder, self.detector, head, local, taught_models())
