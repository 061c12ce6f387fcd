"""Summaries in other words by a model of the operator's choice; what fails the check is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from crossreel.errors import BadInput, OutsideFailure
from crossreel.insight.text.summary.checking import reasons_against
from crossreel.insight.text.summary.extract import length_limit
from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageDetector, SentenceSplitter

__all__ = ["SummaryWriter", "ToldSummary", "tell_summary"]

_ROUNDS = 2
"""A refused summary is asked for once more, with what was wrong with it."""


class SummaryWriter(Protocol):
    """Summarizes in its own words."""

    @property
    def name(self) -> str:
        """Engine and model."""
        ...

    def write(self, text: str, language: Language | None, limit: int, wrong: Sequence[str]) -> str:
        """A summary of ``text`` in its language with at most ``limit`` characters.

        ``wrong`` says what was wrong with the last one. Raises ``OutsideFailure`` or ``NotAllowed``.
        """
        ...


@dataclass(frozen=True, slots=True)
class ToldSummary:
    """A summary that passed the check, and who wrote it."""

    text: str
    method: str
    limit: int


def tell_summary(
    text: str,
    splitter: SentenceSplitter,
    writer: SummaryWriter,
    detector: LanguageDetector,
    *,
    length: str | int = "short",
    language: Language | None = None,
    without_ending: bool = False,
) -> ToldSummary:
    """Lets a model summarize, and checks length, language, names and numbers against the source.

    Args:
        text: the source.
        splitter: finds its sentences.
        writer: the model.
        detector: says what language the summary is in.
        length: as for ``extract.summarize``.
        language: of the text.
        without_ending: the model does not get to see the last third of the sentences.

    Raises:
        BadInput: the text has no sentence.
        BadValue: no such length.
        NotAllowed: the service refuses the key.
        OutsideFailure: the service failed, or its summary is refused (``reasons`` says why).
    """
    limit = length_limit(length, language)
    sentences = splitter.split(text, language)
    if not sentences:
        raise BadInput("There is no sentence to summarize.", advice="Give a text.")
    if without_ending and len(sentences) > 2:
        text = text[: sentences[len(sentences) - len(sentences) // 3 - 1].end]
    reasons: list[str] = []
    for _ in range(_ROUNDS):
        told = " ".join(writer.write(text, language, limit, reasons).split())
        reasons = reasons_against(text, told, limit, language, detector)
        if not reasons:
            return ToldSummary(told, writer.name, limit)
    raise OutsideFailure(
        f"The summary by {writer.name} is refused: {'; '.join(reasons)}.",
        advice="Use another model, or ask for sentences of the text where it is refused (--or-extract).",
        reasons=reasons,
    )
