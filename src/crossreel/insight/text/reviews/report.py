"""The report of a title's reviews in one country or two."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crossreel.audience.event_log import EventLog
from crossreel.errors import BadInput
from crossreel.insight.text.aspects import LOCALIZATION, find_aspects
from crossreel.insight.text.reviews.reading import read_reviews
from crossreel.insight.text.reviews.tally import Tally, compare
from crossreel.insight.text.sentiment.accurate import AccurateScorer
from crossreel.insight.text.sentiment.fast import FastScorer
from crossreel.insight.text.tools import TextTools
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["make_report", "write_csv"]

Progress = Callable[[int, int, str], None]


def make_report(
    log: EventLog,
    records: Sequence[TitleId],
    territories: Sequence[Territory],
    tools: TextTools,
    progress: Progress,
    *,
    tier: str = "accurate",
) -> dict[str, Any]:
    """What a title's reviews say in each country, and how the first differs from each of the others.

    Scores of reviews are remembered by way of their vectors, so that a run that was stopped goes on quickly.

    Raises:
        BadInput: no review of the title from any of the countries.
        MissingModel: weights are absent.
    """
    scorer: AccurateScorer | FastScorer | None = None
    tallies = []
    for territory in territories:
        tally, done = Tally(territory.code), 0
        for portion in read_reviews(log, records, territory):
            scorer = scorer or tools.scorer(tier)
            texts = [review.text for review in portion]
            languages = [review.language or tools.detector.detect(review.text).language for review in portion]
            scores = scorer.score(texts, languages)
            tally.add(portion, scores, find_aspects(texts, tools.splitter, scorer, languages))
            done += len(portion)
            progress(done, 0, f"reviews from {territory.code}")
        tallies.append(tally)
    if scorer is None:
        raise BadInput(
            "There is no review of this title from " + ", ".join(one.code for one in territories) + ".",
            advice="Import some: crossreel reviews import FILE.csv.",
        )
    countries = [tally.to_dict() for tally in tallies]
    return {
        "model": scorer.name,
        "countries": countries,
        "differences": [
            {"home": tallies[0].territory, "abroad": other.territory, "rows": compare(tallies[0], other)}
            for other in tallies[1:]
        ],
        "localization_complaints": [
            {"territory": country["territory"], "aspect": row["aspect"], **quote}
            for country in countries
            for row in country["aspects"]
            if row["aspect"] in LOCALIZATION
            for quote in row["quotes"]["negative"]
        ],
    }


def write_csv(report: dict[str, Any], path: Path) -> None:
    """One row a country and aspect: mentions and shares with their intervals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["territory", "aspect", "label", "count", "share", "low", "high"])
        for country in report["countries"]:
            parts = [("all reviews", country["opinion"])]
            parts += [(row["aspect"], row["opinion"]) for row in country["aspects"]]
            for aspect, opinion in parts:
                for label, told in opinion.items():
                    numbers = [f"{told[name]:.4f}" for name in ("share", "low", "high")]
                    writer.writerow([country["territory"], aspect, label, told["count"], *numbers])
