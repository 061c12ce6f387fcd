"""What to change in a title for a country: ranked, each with what it rests on and how to test it.

Advice comes from five sources: complaints in the country's reviews about what a localizer can mend, opinions
that differ from home (by test), texts that the catalog lacks in the country's language, praise that the
synopsis does not use, and the analysis of the title's film. Nothing is advised without evidence; what was
not looked at is listed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import langcodes

from crossreel.catalog.title import Title
from crossreel.insight.advice import Advice, named
from crossreel.insight.advise_film import advice_from_film, film_not_looked_at
from crossreel.insight.text.aspects import LOCALIZATION
from crossreel.insight.text.reviews.tally import COMPLAINTS_ABOUT
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["advise", "home_of", "language_of"]

_FEWEST = 3
"""Negative mentions from which on a complaint counts as more than one viewer's mood."""
_MEND = {
    "subtitles": ("Check and correct the subtitles", "crossreel subtitles check FILE --language {language}"),
    "dubbing": (
        "Have the dub reviewed, and offer subtitles beside it",
        "crossreel audio dub FILM SUBTITLES OUT --language {language}",
    ),
    "translation": (
        "Have the translation reviewed against the termbase",
        "crossreel subtitles consistency SOURCE=TRANSLATION --to {language} --terms TERMS",
    ),
}


def home_of(title: Title) -> Territory | None:
    """The country that a title is compared with: the first that produced it."""
    return next(iter(title.countries), None)


def language_of(territory: Territory) -> Language:
    """The likeliest language of a territory by CLDR's likely subtags (``pt-BR`` for BR)."""
    found = langcodes.get(f"und-{territory.code}").maximize()
    return Language.parse(f"{found.language}-{territory.code}")


def advise(
    title: Title,
    territory: Territory,
    report: dict[str, Any] | None,
    film: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The advice, most urgent first.

    Args:
        title: from the catalog.
        territory: the country.
        report: what ``reviews.report.make_report`` gave with that country first, or None without reviews.
        film: the analysis of its film, or None where it was not looked into.
    """
    language, home = language_of(territory), home_of(title)
    found = [*_from_reviews(report, language), *_from_texts(title, language)]
    if film is not None:
        found += advice_from_film(film, title, territory, language)
    found.sort(key=lambda one: (-one.urgency, one.what))
    not_looked_at = film_not_looked_at(film, territory)
    if report is None:
        not_looked_at.insert(0, f"reviews from {territory.code}: no report of them was made")
    elif home and home.code not in {one["territory"] for one in report["countries"]}:
        not_looked_at.insert(
            0, f"how opinions differ from home ({home.code}): no report with its reviews was made"
        )
    return {
        "title": str(title.id),
        "name": title.name,
        "territory": territory.code,
        "language": language.tag,
        "advice": [asdict(one) for one in found],
        "not_looked_at": not_looked_at,
    }


def _from_reviews(report: dict[str, Any] | None, language: Language) -> list[Advice]:
    if report is None:
        return []
    country = report["countries"][0]
    differs = {row["what"]: row for one in report["differences"] for row in one["rows"] if row["differs"]}
    found = []
    for row in country["aspects"]:
        negative, quotes = row["opinion"]["negative"], row["quotes"]["negative"]
        figures = {
            "reviews_of": country["territory"],
            "aspect": row["aspect"],
            "mentions": row["mentions"],
            **negative,
        }
        evidence: list[dict[str, Any]] = [
            figures,
            *({"quote": one["text"], "language": one["language"]} for one in quotes),
        ]
        told = differs.get(row["aspect"]) or differs.get(f"{COMPLAINTS_ABOUT}{row['aspect']}")
        if told:
            evidence.append({"differs_from_home": told})
        if row["aspect"] in LOCALIZATION and negative["count"]:
            what, command = _MEND[row["aspect"]]
            weight = 1.0 if negative["count"] >= _FEWEST else 0.5
            found.append(
                Advice(
                    f"{what}: {negative['count']} of {row['mentions']} mentions of {row['aspect']} complain.",
                    "localization",
                    round(0.5 * weight + 0.5 * weight * negative["low"], 4),
                    tuple(evidence),
                    f"Compare the share of complaints about {row['aspect']} before and after.",
                    command.format(language=language.tag),
                )
            )
        elif negative["count"] >= _FEWEST and _is_worse(differs.get(row["aspect"]), country["territory"]):
            found.append(
                Advice(
                    f"Do not put {row['aspect']} first in trailers: it is liked less here than at home.",
                    "synopsis",
                    round(0.4 * negative["low"], 4),
                    tuple(evidence),
                    "Show two synopses to like viewers and compare how many start the title.",
                )
            )
        found += _praise(row)
    return found


def _is_worse(row: dict[str, Any] | None, territory: str) -> bool:
    """Whether a comparison that shows a difference has the greater share of complaints in a country."""
    shares = {place: told["share"] for place, told in (row or {}).items() if isinstance(told, dict)}
    return bool(shares) and shares[territory] == max(shares.values())


def _praise(row: dict[str, Any]) -> list[Advice]:
    """An aspect that viewers here praise by a clear margin is worth telling."""
    positive = row["opinion"]["positive"]
    if positive["count"] < _FEWEST or positive["low"] < 0.5 or row["aspect"] in LOCALIZATION:
        return []
    quotes = [{"quote": one["text"], "language": one["language"]} for one in row["quotes"]["positive"]]
    return [
        Advice(
            f"Bring {row['aspect']} forward in the synopsis: viewers here praise it.",
            "synopsis",
            round(0.3 * positive["low"], 4),
            ({"aspect": row["aspect"], "mentions": row["mentions"], **positive}, *quotes),
            "Show two synopses to like viewers and compare how many start the title.",
        )
    ]


def _from_texts(title: Title, language: Language) -> list[Advice]:
    """Name and synopsis that a viewer would read in another language."""
    found = []
    for what, shown, urgency in (
        ("synopsis", title.shown_synopsis([language]), 0.6),
        ("name", title.shown_name([language]), 0.2),
    ):
        spoken = shown.language.primary if shown else ""
        if spoken == language.primary:
            continue
        instead = (
            f"shown in {named(spoken)}" if shown and spoken != "und" else "missing or in an unknown language"
        )
        found.append(
            Advice(
                f"Write the {what} in {named(language.primary)}: it is {instead}.",
                "text",
                urgency,
                ({"field": what, "shown_in": spoken or None, "wanted": language.tag},),
                "Compare how many of those who see the title's page start it, before and after.",
            )
        )
    return found
