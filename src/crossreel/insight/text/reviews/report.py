"""The report of a title's reviews in one country or two."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crossreel.audience.event_log import EventLog
from crossreel.errors import BadInput
from crossreel.insight.text.aspects import find_aspects
from crossreel.insight.text.reviews.checkpoint import Checkpoint
from crossreel.insight.text.reviews.reading import START, Review, read_reviews
from crossreel.insight.text.reviews.tally import Tally, compare, fingerprint
from crossreel.insight.text.sentiment.accurate import AccurateScorer
from crossreel.insight.text.sentiment.fast import FastScorer
from crossreel.insight.text.summary.extract import choose_sentences
from crossreel.insight.text.tools import TextTools
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["left_out", "make_report", "require_reviews", "write_csv", "write_differences_csv"]

Progress = Callable[[int, int, str], None]
_BATCH = 500
_LONGEST = 220
_SHORT = 3
"""Sentences that say in short what a country's viewers say."""
_EXAMPLES = 3
"""Texts that several reviews share and that are shown."""


def make_report(
    log: EventLog,
    records: Sequence[TitleId],
    territories: Sequence[Territory],
    tools: TextTools,
    progress: Progress,
    *,
    tier: str = "accurate",
    checkpoint: Path | None = None,
) -> dict[str, Any]:
    """What a title's reviews say in each country, and how the first differs from each of the others.

    Args:
        log: holds the reviews.
        records: ids of the title.
        territories: the countries, that of interest first.
        tools: roles around text.
        progress: called as ``progress(done, 0, what)`` after every portion.
        tier: of the sentiment.
        checkpoint: a file that remembers how far a stopped report had come, for as long as no event is added.

    Raises:
        BadInput: no review of the title from one of the countries, or none that the tier reads.
        MissingModel: weights are absent.
    """
    require_reviews(log, records, territories)
    scorer = tools.scorer(tier)
    kept = None
    if checkpoint is not None:
        of = f"2 {[str(id_) for id_ in records]} {scorer.name} {log.revision()}"
        kept = Checkpoint(checkpoint, of)
    tallies = []
    for territory in territories:
        tally, begin = kept.begin(territory.code) if kept else (Tally(territory.code), START)
        for portion, place in read_reviews(log, records, territory, after=begin):
            for start in range(0, len(portion), _BATCH):
                _count(tally, portion[start : start + _BATCH], tools, scorer)
                progress(sum(tally.counts.values()), 0, f"reviews from {territory.code}")
            if kept:
                kept.keep(tally, place)
        if not tally.counts:
            raise BadInput(
                f"The {tier} tier reads none of the languages of the reviews from {territory.code}.",
                advice="Read them with the accurate tier.",
            )
        tallies.append(tally)
    countries = [{**tally.to_dict(), "in_short": _in_short(tally, tools, tier)} for tally in tallies]
    for country, tally, territory in zip(countries, tallies, territories, strict=True):
        country["duplicates"]["examples"] = _examples(log, records, territory, tally, tools)
    if kept:
        kept.done()
    return {
        "model": scorer.name,
        "countries": countries,
        "differences": [
            {"home": tallies[0].territory, "abroad": other.territory, "rows": compare(tallies[0], other)}
            for other in tallies[1:]
        ],
        "localization_complaints": [one for tally in tallies for one in tally.complaints()],
    }


def require_reviews(log: EventLog, records: Sequence[TitleId], territories: Sequence[Territory]) -> None:
    """Refuses countries without any review before those of the others are read for nothing.

    Raises:
        BadInput: no review of the title from one of the countries.
    """
    silent = [one.code for one in territories if next(read_reviews(log, records, one, 1), None) is None]
    if silent:
        raise BadInput(
            f"There is no review of this title from {', '.join(silent)}.",
            advice="Import some: crossreel reviews import FILE.csv.",
        )


def _count(
    tally: Tally, portion: list[Review], tools: TextTools, scorer: AccurateScorer | FastScorer
) -> None:
    texts = [review.text for review in portion]
    languages = [review.language or tools.detector.detect(review.text).language for review in portion]
    if isinstance(scorer, FastScorer):  # what it cannot read is left out of the count, not guessed
        known = [at for at, spoken in enumerate(languages) if spoken is None or scorer.knows(spoken)]
        tally.unread += len(portion) - len(known)
        portion = [portion[at] for at in known]
        texts, languages = [texts[at] for at in known], [languages[at] for at in known]
    scores = scorer.score(texts, languages)
    tally.add(portion, scores, find_aspects(texts, tools.splitter, scorer, languages))
    for text, language in zip(texts, languages, strict=True):
        for sentence in tools.splitter.split(text, language)[:20]:
            if 15 <= len(sentence.text) <= _LONGEST:
                tally.hear(sentence.text, language.tag if language else "und")


def _in_short(tally: Tally, tools: TextTools, tier: str) -> list[dict[str, str]]:
    """The sentences that say best what the others say: central, and not the same twice."""
    said = list(dict(reversed(tally.said)).items())[::-1]  # what several say word for word counts once
    if len(said) <= _SHORT:
        return [{"text": text, "language": language} for text, language in said]
    texts = [text for text, _ in said]
    chosen = choose_sentences(texts, tools.embedder if tier == "accurate" else None, count=_SHORT)
    return [{"text": texts[at], "language": said[at][1]} for at in chosen]


def _examples(
    log: EventLog, records: Sequence[TitleId], territory: Territory, tally: Tally, tools: TextTools
) -> list[dict[str, Any]]:
    """The texts that most reviews share; read once more, as a tally holds no text but its fingerprint."""
    wanted = dict(list(tally.shared().items())[:_EXAMPLES])
    found: dict[int, dict[str, Any]] = {}
    for portion, _ in read_reviews(log, records, territory) if wanted else ():
        for review in portion:
            mark = fingerprint(review.text)
            if mark is None or mark not in wanted or mark in found:
                continue
            spoken = review.language or tools.detector.detect(review.text).language
            text = review.text if len(review.text) <= _LONGEST else review.text[: _LONGEST - 1].rstrip() + "…"
            tag = spoken.tag if spoken else "und"
            found[mark] = {"text": text, "language": tag, "reviews": wanted[mark]}
        if len(found) == len(wanted):
            break
    return [found[mark] for mark in wanted if mark in found]


def left_out(report: dict[str, Any]) -> list[str]:
    """What a report does not count or translate, one sentence each."""
    told = []
    for country in report["countries"]:
        if count := country["not_read"]:
            told.append(
                f"{country['territory']}: {count} {'review is' if count == 1 else 'reviews are'} left out, "
                "in languages that the fast tier does not read."
            )
    for tag, why in report.get("not_translated", {}).items():
        told.append(f"Quotes in {tag} are not translated: {why}")
    return told


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


def write_differences_csv(report: dict[str, Any], path: Path) -> None:
    """One row a comparison: negative of all in both countries, the test's p-values, whether they differ."""
    columns = ("negative", "of", "share", "low", "high")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        sides = [f"{side}_{name}" for side in ("home", "abroad") for name in columns]
        writer.writerow(["home", "abroad", "what", *sides, "p", "p_corrected", "differs"])
        for pair in report["differences"]:
            countries = (pair["home"], pair["abroad"])
            for row in pair["rows"]:
                numbers = [round(row[country][name], 4) for country in countries for name in columns]
                chances = [f"{row[name]:.4g}" for name in ("p", "p_corrected")]
                writer.writerow([*countries, row["what"], *numbers, *chances, str(row["differs"]).lower()])
