"""Counts opinions of reviews as they stream by: in memory are counts, a few quotes and 8 bytes a text."""

from __future__ import annotations

import hashlib
import heapq
import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import fisher_exact, poisson

from crossreel.insight.text.aspects import LOCALIZATION, Mention
from crossreel.insight.text.reviews.reading import Review
from crossreel.values.text_roles import SentimentScore

__all__ = [
    "ALL_REVIEWS",
    "COMPLAINTS_ABOUT",
    "LABELS",
    "Tally",
    "compare",
    "compared",
    "fingerprint",
    "wilson",
]

LABELS = ("positive", "neutral", "negative")
_QUOTES = 3
_COMPLAINTS = 50
"""Complaints about localization that are kept of an aspect and country, the surest ones."""
_HEARD = 200
"""Sentences of a country that are kept to say in a few what its viewers say."""
_BOMB_P = 1e-4
_FEWEST = 5
_SHORTEST = 20
"""Characters from which on a text is compared with others; shorter ones are alike by chance."""
ALL_REVIEWS = "all reviews"
"""``what`` of the comparison of negative reviews."""
COMPLAINTS_ABOUT = "complaints about "
"""Begins ``what`` of a comparison of how many of all reviews complain of an aspect."""


def fingerprint(text: str) -> int | None:
    """What two reviews with the same words have in common; None of a text too short to be compared.

    Case and white space do not count.
    """
    folded = " ".join(text.casefold().split())
    if len(folded) < _SHORTEST:
        return None
    return int.from_bytes(
        hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _shares(counts: Counter[str]) -> dict[str, Any]:
    total = sum(counts.values())
    return {
        label: {
            "count": counts[label],
            "share": counts[label] / total if total else 0.0,
            "low": wilson(counts[label], total)[0],
            "high": wilson(counts[label], total)[1],
        }
        for label in LABELS
    }


@dataclass
class Tally:
    """What is known so far of the reviews of one title in one country."""

    territory: str
    counts: Counter[str] = field(default_factory=Counter)
    months: dict[str, Counter[str]] = field(default_factory=dict)
    days: dict[str, Counter[str]] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    untrained: int = 0
    aspects: dict[str, Counter[str]] = field(default_factory=dict)
    quotes: dict[tuple[str, str], list[tuple[float, str, str]]] = field(default_factory=dict)
    texts: array[int] = field(default_factory=lambda: array("Q"))
    said: list[tuple[str, str]] = field(default_factory=list)
    sentences: int = 0
    unread: int = 0
    complaining: Counter[str] = field(default_factory=Counter)
    """Reviews that say something negative of an aspect, however often."""

    def add(
        self,
        reviews: Sequence[Review],
        scores: Sequence[SentimentScore],
        mentions: Sequence[Sequence[Mention]],
    ) -> None:
        """Counts a portion of reviews with their opinions."""
        for review, score, found in zip(reviews, scores, mentions, strict=True):
            self.counts[score.label] += 1
            self.untrained += not score.trained
            language = score.language.tag if score.language else "und"
            self.languages[language] += 1
            mark = fingerprint(review.text)
            if mark is not None:
                self.texts.append(mark)
            if review.time is not None:
                self.months.setdefault(f"{review.time:%Y-%m}", Counter())[score.label] += 1
                self.days.setdefault(f"{review.time:%Y-%m-%d}", Counter())[score.label] += 1
            for mention in found:
                self._add_mention(mention, language)
            self.complaining.update({one.aspect for one in found if one.opinion.label == "negative"})

    def hear(self, sentence: str, language: str) -> None:
        """Keeps a fair sample of the sentences (reservoir sampling, by their hashes instead of chance)."""
        self.sentences += 1
        if len(self.said) < _HEARD:
            self.said.append((sentence, language))
            return
        digest = hashlib.blake2b(f"{self.sentences}\0{sentence}".encode("utf-8", "replace"), digest_size=8)
        place = int.from_bytes(digest.digest(), "little") % self.sentences
        if place < _HEARD:
            self.said[place] = (sentence, language)

    def _add_mention(self, mention: Mention, language: str) -> None:
        label = mention.opinion.label
        self.aspects.setdefault(mention.aspect, Counter())[label] += 1
        sure = mention.opinion.positive if label == "positive" else mention.opinion.negative
        kept = self.quotes.setdefault((mention.aspect, label), [])
        entry = (round(sure, 6), mention.span, language)
        if label != "neutral" and entry not in kept:
            heapq.heappush(kept, entry)
            if len(kept) > (_COMPLAINTS if mention.aspect in LOCALIZATION else _QUOTES):
                heapq.heappop(kept)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; shares carry 95 % Wilson intervals."""
        return {
            "territory": self.territory,
            "reviews": sum(self.counts.values()),
            "opinion": _shares(self.counts),
            "languages": dict(self.languages.most_common()),
            "in_languages_without_training": self.untrained,
            "not_read": self.unread,
            "months": [{"month": month, **_shares(self.months[month])} for month in sorted(self.months)],
            "aspects": [
                {
                    "aspect": aspect,
                    "mentions": sum(counts.values()),
                    "opinion": _shares(counts),
                    "quotes": {
                        label: [
                            {"text": text, "language": language, "probability": sure}
                            for sure, text, language in sorted(
                                self.quotes.get((aspect, label), ()), reverse=True
                            )[:_QUOTES]
                        ]
                        for label in ("positive", "negative")
                    },
                }
                for aspect, counts in sorted(self.aspects.items(), key=lambda pair: -sum(pair[1].values()))
            ],
            "duplicates": self.duplicates(),
            "bombs": self.bombs(),
        }

    def of_all(self, aspect: str) -> Counter[str]:
        """How many of all reviews complain of an aspect, and how many do not."""
        complaining = self.complaining[aspect]
        return Counter(negative=complaining, other=self.counts.total() - complaining)

    def complaints(self) -> list[dict[str, Any]]:
        """What is complained of that a localizer can mend, the surest first for each aspect."""
        return [
            {
                "territory": self.territory,
                "aspect": aspect,
                "text": text,
                "language": language,
                "probability": sure,
            }
            for aspect in LOCALIZATION
            for sure, text, language in sorted(self.quotes.get((aspect, "negative"), ()), reverse=True)
        ]

    def duplicates(self) -> dict[str, int]:
        """How many texts of 20 characters or more stand in several reviews, and in how many."""
        shared = self.shared()
        return {"texts": len(shared), "reviews": sum(shared.values())}

    def shared(self) -> dict[int, int]:
        """Fingerprints of the texts that several reviews share, with how many do, the most shared first."""
        marks, counts = np.unique(np.frombuffer(self.texts, dtype=np.uint64), return_counts=True)
        several = counts > 1
        pairs = zip(marks[several].tolist(), counts[several].tolist(), strict=True)
        return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))

    def bombs(self) -> list[dict[str, Any]]:
        """Days with far more negative reviews than the days before and after would let expect.

        The expectation is the mean of negative reviews over the other days from the first to the last; a day
        is listed where a Poisson count as high has a probability below 0.0001 over all days (Bonferroni).
        """
        if len(self.days) < 2:
            return []
        first, last = min(self.days), max(self.days)
        span = max(_days_between(first, last) + 1, 2)
        total = sum(counts["negative"] for counts in self.days.values())
        found = []
        for day, counts in sorted(self.days.items()):
            expected = max((total - counts["negative"]) / (span - 1), 0.5)
            chance = float(poisson.sf(counts["negative"] - 1, expected)) * span
            if counts["negative"] >= 5 and chance < _BOMB_P:
                found.append({"day": day, "negative": counts["negative"], "expected": expected, "p": chance})
        return found


def _days_between(first: str, last: str) -> int:
    from datetime import date

    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def compare(home: Tally, abroad: Tally) -> list[dict[str, Any]]:
    """Where two countries differ: negative reviews, negative mentions of an aspect, complaints about it.

    Fisher's exact test, two-sided, p-values corrected for the number of comparisons (Holm 1979).
    The mentions of an aspect are compared where both countries name it five times or more. How many
    of all reviews complain of it ("complaints about subtitles") is compared where five do in either
    country and it is one of ``LOCALIZATION`` or not named often enough in both: what only one country
    speaks of is a difference as well.
    ``differs`` means corrected p < 0.05.
    """
    pairs = [(ALL_REVIEWS, home.counts, abroad.counts)]
    for aspect in sorted(set(home.aspects) | set(abroad.aspects)):
        here, there = home.aspects.get(aspect, Counter()), abroad.aspects.get(aspect, Counter())
        is_named = min(here.total(), there.total()) >= _FEWEST
        if is_named:
            pairs.append((aspect, here, there))
        if max(home.complaining[aspect], abroad.complaining[aspect]) >= _FEWEST and (
            aspect in LOCALIZATION or not is_named
        ):
            pairs.append((f"{COMPLAINTS_ABOUT}{aspect}", home.of_all(aspect), abroad.of_all(aspect)))
    rows: list[dict[str, Any]] = []
    for what, first, second in pairs:
        n_first, n_second = sum(first.values()), sum(second.values())
        bad_first, bad_second = first["negative"], second["negative"]
        table = [[bad_first, n_first - bad_first], [bad_second, n_second - bad_second]]
        chance = float(fisher_exact(table).pvalue) if n_first and n_second else 1.0
        rows.append(
            {
                "what": what,
                home.territory: _negative(bad_first, n_first),
                abroad.territory: _negative(bad_second, n_second),
                "p": chance,
            }
        )
    worst = 0.0
    for rank, row in enumerate(sorted(rows, key=lambda row: row["p"])):
        worst = max(worst, min(1.0, row["p"] * (len(rows) - rank)))
        row["p_corrected"] = worst
        row["differs"] = worst < 0.05
    return sorted(rows, key=lambda row: row["p_corrected"])


def compared(what: str) -> tuple[str, str]:
    """What a comparison counts, as people read it: a phrase with ``%(aspect)s``, and the aspect or ""."""
    if what == ALL_REVIEWS:
        return "negative reviews", ""
    if what.startswith(COMPLAINTS_ABOUT):
        return "reviews with complaints about %(aspect)s", what.removeprefix(COMPLAINTS_ABOUT)
    return "negative mentions of %(aspect)s", what


def _negative(bad: int, of: int) -> dict[str, Any]:
    low, high = wilson(bad, of)
    return {"negative": bad, "of": of, "share": bad / of if of else 0.0, "low": low, "high": high}
