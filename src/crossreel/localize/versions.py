"""The version matrix: what exists of a title in each language, what a territory needs and lacks, the cost.

``Need`` is decided by language shares (``markets.countries`` through a plain mapping, as localize knows no
markets) and by legal duties (``duties``), each with source and date. Costs are the operator's price list; the
default one is an estimate and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crossreel.errors import BadValue
from crossreel.localize.duties import duties_of, looked_up
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["KINDS", "Asset", "Prices", "Reach", "matrix", "next_languages"]

KINDS: Final = ("audio", "subtitles", "sdh", "forced", "audio-description", "texts", "artwork", "picture")
_SUBTITLED, _DUBBED = 0.05, 0.20
"""Share of a territory's people from which on subtitles, and a dub, of a language are needed."""
_DUBBING: Final = frozenset(
    ("AT", "BR", "CH", "CN", "CZ", "DE", "ES", "FR", "HU", "IT", "JP", "MX", "TH", "TR", "UA")
)
"""Markets whose mainstream releases are dubbed: a list of ours by trade practice, 2026-11."""


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that exists of a title.

    Args:
        kind: one of ``KINDS``.
        language: of it; ``zxx`` for pictures without words.
        quality: "original", "human", "reviewed", "machine", or "unknown".
        territory: where only it may be used, or None.
        where: the file or record.
    """

    kind: str
    language: Language
    quality: str = "unknown"
    territory: Territory | None = None
    where: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadValue("kind of asset", self.kind, "one of " + ", ".join(KINDS))


@dataclass(frozen=True, slots=True)
class Prices:
    """What making an asset costs, in units (euro, say) a minute of film, or a piece.

    The default is an order of magnitude of European rate cards, an estimate of 2026-11: bring your own.
    """

    audio: float = 60.0
    subtitles: float = 6.0
    sdh: float = 3.0
    forced: float = 1.0
    audio_description: float = 18.0
    texts: float = 30.0
    artwork: float = 80.0
    source: str = "estimate of 2026-11; bring your own price list"

    def cost(self, kind: str, minutes: float) -> float:
        """Of one asset of a film of so many minutes; texts and artwork are a piece each."""
        unit = float(getattr(self, kind.replace("-", "_"), 0.0))
        return round(unit if kind in ("texts", "artwork") else unit * minutes, 2)


@dataclass(frozen=True, slots=True)
class Reach:
    """The people of one territory: how many are online, and the share that uses each language."""

    territory: Territory
    people: float
    shares: Mapping[Language, float]


def matrix(
    assets: Sequence[Asset],
    originals: Sequence[Language],
    reach: Reach,
    minutes: float,
    prices: Prices,
    *,
    shows_text: bool | None = None,
) -> dict[str, Any]:
    """The matrix of one title in one territory, as JSON.

    ``shows_text`` says whether the picture shows text that must be read (forced narratives); None where
    nobody looked, which the row says.

    Each row is a kind and language; its ``state`` is ``exists`` (with the best quality) or ``missing`` (with
    cost and why it is needed). Every asset that exists or is needed there has a row.
    """
    usable = [one for one in assets if one.territory in (None, reach.territory)]
    rows: list[dict[str, Any]] = []
    for kind, language, why in _needs(originals, reach, shows_text):
        found = [one for one in usable if one.kind == kind and one.language.primary == language.primary]
        row = {"kind": kind, "language": str(language), "needed": why}
        if found:
            best = min(found, key=lambda one: _QUALITY.index(one.quality) if one.quality in _QUALITY else 9)
            rows.append({**row, "state": "exists", "quality": best.quality, "where": best.where, "cost": 0.0})
        else:
            cost = prices.cost(kind, minutes)
            rows.append({**row, "state": "missing", "quality": None, "where": "", "cost": cost})
    asked = {(row["kind"], Language.parse(row["language"]).primary) for row in rows}
    rows += [
        {
            "kind": one.kind,
            "language": str(one.language),
            "needed": "",
            "state": "exists",
            "quality": one.quality,
            "where": one.where,
            "cost": 0.0,
        }
        for one in usable
        if (one.kind, one.language.primary) not in asked
    ]
    missing = [row for row in rows if row["state"] == "missing"]
    return {
        "territory": reach.territory.code,
        "minutes": minutes,
        "rows": rows,
        "missing": len(missing),
        "cost": round(sum(row["cost"] for row in missing), 2),
        "prices": prices.source,
        "duties_known": looked_up(reach.territory),
        "duties": [duty.to_dict() for duty in duties_of(reach.territory)],
    }


_QUALITY = ("original", "human", "reviewed", "machine", "unknown")


def _needs(
    originals: Sequence[Language], reach: Reach, shows_text: bool | None
) -> list[tuple[str, Language, str]]:
    """(kind, language, why) of all that a territory needs, languages with most people first."""
    needs: list[tuple[str, Language, str]] = []
    own = {one.primary for one in originals}
    for language, share in sorted(reach.shares.items(), key=lambda pair: -pair[1]):
        why = f"{share:.0%} of the people use it"
        if share < _SUBTITLED:
            continue
        needs.append(("texts", language, why))
        if language.primary not in own:
            needs.append(("subtitles", language, why))
            if shows_text is not False:
                unseen = "" if shows_text else "; nobody has looked whether the picture shows text"
                needs.append(("forced", language, why + unseen))
            if share >= _DUBBED and reach.territory.code in _DUBBING:
                needs.append(("audio", language, f"{why}; a dubbing market"))
    main = next((language for _, language, _ in needs), None)
    for duty in duties_of(reach.territory):
        asked = duty.language or main
        if asked is not None and duty.is_needed:
            needs.append((duty.kind, asked, f"{duty.rule} ({duty.source}; read {duty.read})"))
    kept = {(kind, language.primary): (kind, language, why) for kind, language, why in reversed(needs)}
    return list(reversed(kept.values()))


def next_languages(
    assets: Sequence[Asset],
    originals: Sequence[Language],
    reaches: Iterable[Reach],
    minutes: float,
    prices: Prices,
) -> list[dict[str, Any]]:
    """Languages by new viewers per unit of cost, best first, if each were subtitled.

    New viewers are the people online who use the language and none that the title is spoken or subtitled in;
    as surveys of who uses which pair do not exist, use of two languages is taken as independent.
    """
    served = {one.primary for one in originals}
    served |= {one.language.primary for one in assets if one.kind in ("audio", "subtitles")}
    gained: dict[str, float] = {}
    for reach in reaches:
        unserved = 1.0
        for language, share in reach.shares.items():
            if language.primary in served:
                unserved *= 1 - min(1.0, share)
        for language, share in reach.shares.items():
            if language.primary not in served:
                people = reach.people * min(1.0, share) * unserved
                gained[language.primary] = gained.get(language.primary, 0.0) + people
    cost = prices.cost("subtitles", minutes) + prices.cost("forced", minutes) + prices.cost("texts", minutes)
    return [
        {
            "language": language,
            "new_viewers": round(people),
            "cost": round(cost, 2),
            "viewers_per_unit": round(people / cost, 1) if cost else None,
        }
        for language, people in sorted(gained.items(), key=lambda pair: (-pair[1], pair[0]))
        if people >= 1
    ]
