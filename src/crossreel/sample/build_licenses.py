"""Derives the sample's licenses.jsonl from copyright_terms.json and rights_facts.jsonl.

Run as ``python -m crossreel.sample.build_licenses``. The facts say when a film was published and
when its authors died; the terms say what follows from that in each territory. A fact that is not
known closes the territory, so an incomplete line costs audience and never a wrong promise. See
docs/guide/sample-workspace.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["license_lines", "license_rows", "main"]

ALL_MODES = ["SVOD", "AVOD", "TVOD", "EST", "DOWNLOAD"]

_LENT_INSIDE_EU = frozenset({"DE"})
"""EU countries a copy may be lent to; those with a rule of their own need no place here."""

Facts = Mapping[str, Any]
Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Grant:
    """Where one film is open, from when, and why.

    Attributes:
        name: what tells this grant from the film's others; becomes part of the license's id.
        territories: ISO 3166-1 codes or groups.
        excluded: territories taken out of a group again.
        start: ISO date of the first open day; None where there is no such boundary.
        reason: the ground in one sentence.
    """

    name: str
    territories: tuple[str, ...]
    excluded: tuple[str, ...]
    start: str | None
    reason: str


def license_rows(terms: Mapping[str, Any], facts: Iterator[Facts]) -> Iterator[dict[str, Any]]:
    """Yields every license row of the sample, in the order of the facts and the rules."""
    for film in facts:
        _check(film)
        for grant in _grants(terms, film):
            yield from _rows(film, grant)


def license_lines() -> str:
    """The text of licenses.jsonl as the packaged terms and facts give it."""
    folder = files("crossreel.sample")
    terms = json.loads(folder.joinpath("copyright_terms.json").read_text(encoding="utf-8"))
    lines = folder.joinpath("rights_facts.jsonl").read_text(encoding="utf-8").splitlines()
    rows = license_rows(terms, (json.loads(line) for line in lines))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Writes licenses.jsonl beside this file."""
    path = Path(__file__).with_name("licenses.jsonl")
    path.write_text(license_lines(), encoding="utf-8")


def _check(film: Facts) -> None:
    deaths = [author["died"] for author in film["authors"]]
    last = max(deaths) if deaths and None not in deaths else None
    if film["authors_last_death"] != last:
        raise ValueError(f"{film['title']}: authors_last_death is {film['authors_last_death']}, not {last}")


def _grants(terms: Mapping[str, Any], film: Facts) -> Iterator[Grant]:
    if film["open_license"]:
        yield _open_license(film["open_license"])
        return
    stated = _stated(film)
    closed = {code for entry in film.get("closed", ()) for code in entry["territories"]}
    covered = {code for grant in stated for code in grant.territories}
    for rule in terms["rules"]:
        if covered & set(rule["territories"]):
            continue
        found = _KINDS[rule["kind"]](rule, film)
        if found and found[0] <= terms["upcoming_until"]:
            grant = _by_rule(rule, found[0], found[1])
            yield from _without(grant, closed)
    yield from stated


def _open_license(license: Mapping[str, str]) -> Grant:
    reason = f"Released by its makers under {license['name']}: {license['source']}"
    return Grant("world", ("WORLD",), (), None, reason)


def _stated(film: Facts) -> list[Grant]:
    """Grants whose ground is a fact of its own: a lapsed renewal, Crown copyright and the like."""
    found = []
    if "us" in film:
        ground = film["us"]
        found.append(Grant("us", ("US",), (), ground["since"], f"US: {ground['note']}"))
    for number, extra in enumerate(film.get("extra", ()), start=1):
        territories = tuple(extra["territories"])
        found.append(Grant(f"extra{number}", territories, (), extra["start"], extra["reason"]))
    return found


def _by_rule(rule: Rule, start: str, ground: str) -> Grant:
    place = rule["territories"][0]
    reason = f"{place}: {rule['summary']} ({rule['law']}); {ground}"
    return Grant(rule["id"], tuple(rule["territories"]), tuple(rule.get("excluded", ())), start, reason)


def _without(grant: Grant, closed: set[str]) -> Iterator[Grant]:
    """The grant less the closed territories; nothing if none is left of it."""
    left = tuple(code for code in grant.territories if code not in closed)
    if not left:
        return
    excluded = tuple(sorted({*grant.excluded, *closed})) if "EU" in left else grant.excluded
    yield replace(grant, territories=left, excluded=excluded)


def _new_year(year: int) -> str:
    return f"{year:04d}-01-01"


def _by_publication(rule: Rule, film: Facts) -> tuple[str, str] | None:
    published = film["published"]
    ground = f"published {published}"
    older = rule.get("older")
    if older and published < older["published_before"]:
        return older["since"], ground
    return _new_year(published + rule["years"] + 1), ground


def _known_authors(film: Facts) -> list[Mapping[str, Any]]:
    """All authors with their years of death, or none at all if anything about them is missing."""
    authors: list[Mapping[str, Any]] = list(film["authors"])
    known = film["authors_complete"] and all(author["died"] is not None for author in authors)
    return authors if known else []


def _by_authors(rule: Rule, film: Facts) -> tuple[str, str] | None:
    authors = _known_authors(film)
    if not authors:
        return None
    last = max(authors, key=lambda author: _term(rule, film, author))
    return _new_year(_term(rule, film, last) + 1), f"{last['name']} died {last['died']}"


def _term(rule: Rule, film: Facts, author: Mapping[str, Any]) -> int:
    """The last protected year on account of one author."""
    applies = {
        "died-for-france": bool(author.get("died_for_france")),
        "composer-of-sound-film": film["sound"] and author["role"] == "composer",
    }
    extra = sum(entry["years"] for entry in rule.get("extra_years", ()) if applies[entry["when"]])
    return int(author["died"] + rule["years"] + extra)


def _by_early_deaths(rule: Rule, film: Facts) -> tuple[str, str] | None:
    authors = _known_authors(film)
    if not authors or max(author["died"] for author in authors) >= rule["year"]:
        return None
    if film["published"] >= rule["year"]:
        return None
    last = max(authors, key=lambda author: int(author["died"]))
    return rule["since"], f"{last['name']} died {last['died']}"


def _by_director(rule: Rule, film: Facts) -> tuple[str, str] | None:
    directors = [author for author in film["authors"] if author["role"] == "director"]
    unknown = any(author["died"] is None for author in directors)
    if not directors or unknown or film["published"] >= rule["made_before"]:
        return None
    last = max(directors, key=lambda author: int(author["died"]))
    year = max(last["died"] + rule["director_years"], film["published"] + rule["publication_years"])
    if not set(film["countries"]) <= set(rule["no_wartime_countries"]):
        year += rule["wartime_years"]
    return _new_year(year + 1), f"{last['name']} died {last['died']}, published {film['published']}"


_KINDS: Mapping[str, Callable[[Rule, Facts], tuple[str, str] | None]] = {
    "publication": _by_publication,
    "authors": _by_authors,
    "authors-died-before": _by_early_deaths,
    "director-or-publication": _by_director,
}


def _rows(film: Facts, grant: Grant) -> Iterator[dict[str, Any]]:
    """The grant's rows: what is lent for a time apart, the rest without an end."""
    for window in film.get("windows", ()):
        inside = {code for code in window["territories"] if _reaches(grant, code)}
        if inside:
            end, note = window["end"], window["reason"]
            lent = replace(grant, name=f"{grant.name}-lent", territories=tuple(sorted(inside)), excluded=())
            yield _row(film, lent, end, note)
            left = list(_without(grant, inside))
            if not left:
                return
            grant = left[0]
    yield _row(film, grant, None, "")


def _reaches(grant: Grant, code: str) -> bool:
    if code in grant.excluded:
        return False
    return code in grant.territories or ("EU" in grant.territories and code in _LENT_INSIDE_EU)


def _row(film: Facts, grant: Grant, end: str | None, note: str) -> dict[str, Any]:
    notes = [grant.reason, note, film.get("modes_reason", "")]
    return {
        "id": f"lic-{film['title']}-{grant.name}",
        "title": film["title"],
        "territories": list(grant.territories),
        "excluded": list(grant.excluded),
        "modes": film.get("modes", ALL_MODES),
        "start": grant.start,
        "end": end,
        "reason": ". ".join(part for part in notes if part),
    }


if __name__ == "__main__":
    main()
