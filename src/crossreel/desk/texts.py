"""What commands and the API answer about texts: one shape for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crossreel.errors import BadValue, OutsideFailure
from crossreel.insight.text.summary.extract import summarize
from crossreel.insight.text.summary.told import SummaryWriter, tell_summary
from crossreel.insight.text.tools import TextTools
from crossreel.values.language import Language
from crossreel.values.text_roles import SentimentScore

__all__ = ["languages_of", "sentiment_of", "summary_of", "told_score"]


def languages_of(tools: TextTools, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Language (None where it cannot be told), confidence, script and others of each text."""
    return [
        {
            "language": guess.language and guess.language.tag,
            "confidence": round(guess.confidence, 4),
            "script": guess.script,
            "others": [{"language": other.tag, "share": round(share, 3)} for other, share in guess.others],
        }
        for guess in map(tools.detector.detect, texts)
    ]


def sentiment_of(tools: TextTools, texts: Sequence[str], *, classes: int, tier: str) -> dict[str, Any]:
    """``{"model", "items"}``, one item a text.

    Raises:
        BadValue: no such tier, or other classes than 2 or 3.
        MissingModel: weights are absent.
    """
    if classes not in (2, 3):
        raise BadValue("number of classes", classes, "2 or 3")
    scorer = tools.scorer(tier)
    return {"model": scorer.name, "items": [told_score(score, classes) for score in scorer.score(texts)]}


def told_score(score: SentimentScore, classes: int) -> dict[str, Any]:
    """One answer; with two classes, what neutral had is divided in proportion."""
    shares = {"positive": score.positive, "neutral": score.neutral, "negative": score.negative}
    if classes == 2:
        decided = max(score.positive + score.negative, 1e-12)
        shares = {"positive": score.positive / decided, "negative": score.negative / decided}
    shares = {name: round(share, 6) for name, share in shares.items()}
    return {
        # a text that says nothing has equal shares, and is neither praise nor blame
        "label": max(sorted(shares, key=lambda name: name != "neutral"), key=lambda name: shares[name]),
        "probabilities": shares,
        "language": score.language and score.language.tag,
        "trained_language": score.trained,
    }


def summary_of(
    tools: TextTools,
    text: str,
    *,
    method: str,
    length: str | int,
    language: str = "",
    without_ending: bool = False,
    writer: SummaryWriter | None = None,
    or_extract: bool = False,
) -> dict[str, Any]:
    """A summary by sentences of the text, or in other words.

    Args:
        tools: the roles around text.
        text: the source.
        method: as for ``summarize``, where its sentences are chosen.
        length: a name or a number of characters.
        without_ending: without its last third.
        language: BCP 47; "" is detected.
        writer: a model that writes the summary; without one it is made of the text's own sentences.
        or_extract: it is so too where the model gives none or it is refused; ``refused`` then says why.

    Raises:
        as ``summarize`` and ``tell_summary`` do.
    """
    spoken = Language.parse(language) if language else tools.detector.detect(text).language
    refused = ""
    if writer is not None:
        try:
            return _told(tools, text, writer, length, spoken, without_ending)
        except OutsideFailure as error:
            if not or_extract:
                raise
            refused = error.message
    made = summarize(
        text,
        tools.splitter,
        method=method,
        length=length,
        language=spoken,
        embedder=tools.embedder if method == "centroid" else None,
        without_ending=without_ending,
    )
    return {
        "summary": made.text,
        "characters": len(made.text),
        "limit": made.limit,
        "method": made.method,
        "language": spoken and spoken.tag,
        "sentences": [{"text": one.text, "start": one.start, "end": one.end} for one in made.sentences],
        "refused": refused,
    }


def _told(
    tools: TextTools,
    text: str,
    writer: SummaryWriter,
    length: str | int,
    spoken: Language | None,
    without_ending: bool,
) -> dict[str, Any]:
    told = tell_summary(
        text,
        tools.splitter,
        writer,
        tools.detector,
        length=length,
        language=spoken,
        without_ending=without_ending,
    )
    return {
        "summary": told.text,
        "characters": len(told.text),
        "limit": told.limit,
        "method": told.method,
        "language": spoken and spoken.tag,
        "sentences": [],
        "refused": "",
    }
