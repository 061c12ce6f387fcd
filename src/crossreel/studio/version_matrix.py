"""The version matrix of a title of the workspace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.errors import BadFile, BadInput, BadValue
from crossreel.insight.video.kept import analysis_folder
from crossreel.localize.versions import Asset, Prices, Reach, matrix, next_languages
from crossreel.markets.countries import Country, countries, country, sources
from crossreel.studio.localize_orders import folder_of
from crossreel.studio.narratives import seen_in_picture
from crossreel.values.ids import TitleId
from crossreel.values.language import UNDETERMINED, Language
from crossreel.values.territory import Territory

__all__ = ["catalog_matrix", "read_assets", "read_prices", "title_matrix"]

_ASSUMED_MINUTES = 95


def title_matrix(
    app: App,
    title: TitleId,
    territory: Territory,
    assets: Sequence[Asset] = (),
    prices: Prices | None = None,
    *,
    next_count: int = 10,
) -> dict[str, Any]:
    """What exists, what is needed and missing there, its cost, and which language to make next.

    The catalog's localized texts, attached subtitles and films count as assets; ``assets`` are those that the
    catalog does not hold.

    Raises:
        BadInput: the title's original language is unknown, so nothing can be said of what is missing.
        UnknownId: CLDR knows nothing of the territory.
    """
    found = app.catalog.get([title])[title]
    if not found.original_languages:
        raise BadInput(
            f"The original language of {title} is not known.",
            advice="Add it in the console, or import it, and ask again.",
        )
    place = country(territory)
    texts = [
        Asset("texts", one.language, "machine" if one.machine else "human", one.territory, "catalog")
        for one in found.texts
        if one.name and one.synopsis
    ]
    spoken = [Asset("audio", one, "original", None, "original version") for one in found.original_languages]
    every = [*spoken, *texts, *_attached(found), *_localized(app, found), *assets]
    minutes = found.runtime_minutes or _ASSUMED_MINUTES
    asked = prices or Prices()
    written = _shows_text(app, found, every)
    table = matrix(every, found.original_languages, _reach(place), minutes, asked, shows_text=written)
    notes = (
        []
        if found.runtime_minutes
        else [f"No running time is known; {_ASSUMED_MINUTES} minutes are assumed."]
    )
    if not table["duties_known"]:
        notes.append(f"Legal duties of {territory} have not been looked up.")
    reaches = [_reach(one) for one in countries().values()]
    ranked = next_languages(every, found.original_languages, reaches, minutes, asked)
    return {
        "title": str(title),
        "name": found.name,
        "original_languages": [str(one) for one in found.original_languages],
        **table,
        "next_languages": ranked[:next_count],
        "sources": sources(),
        "notes": notes,
    }


def catalog_matrix(app: App, territory: Territory, prices: Prices | None = None) -> dict[str, Any]:
    """What every title lacks there: a row each, the cheapest to complete first.

    Titles whose original language is unknown are in ``notes``.

    Raises:
        UnknownId: CLDR knows nothing of the territory.
    """
    country(territory)
    rows: list[dict[str, Any]] = []
    unknown = 0
    for title in app.catalog.all():
        if not title.original_languages:
            unknown += 1
            continue
        found = title_matrix(app, title.id, territory, prices=prices, next_count=1)
        missing = [row for row in found["rows"] if row["state"] == "missing"]
        rows.append(
            {
                "title": found["title"],
                "name": found["name"],
                "missing": [{"kind": row["kind"], "language": row["language"]} for row in missing],
                "cost": round(sum(row["cost"] or 0 for row in missing), 2),
                "next_language": next(iter(found["next_languages"]), None),
            }
        )
    rows.sort(key=lambda row: (row["cost"], row["title"]))
    notes = [f"Of {unknown} titles the original language is not known."] if unknown else []
    return {"territory": str(territory), "titles": rows, "sources": sources(), "notes": notes}


def _attached(title: Title) -> list[Asset]:
    """Subtitles and films of a language that the staff attached; nobody said how they were made."""
    kinds = {AttachmentRole.SUBTITLES: "subtitles", AttachmentRole.FILM: "audio"}
    return [
        Asset(kinds[one.role], one.language, "unknown", one.territory, f"attached {one.role.value}")
        for one in title.attachments
        if one.role in kinds and one.language != UNDETERMINED
    ]


def _localized(app: App, title: Title) -> list[Asset]:
    """What was made of the title's films in the workspace."""
    films = [one.digest for one in title.attachments if one.role is AttachmentRole.FILM]
    paths = [folder_of(app, film) / "versions.json" for film in films]
    made = [one for path in paths if path.is_file() for one in read_assets(path)]
    return [one for one in made if one.quality not in ("original", "human")]  # the title has those itself


def _shows_text(app: App, title: Title, assets: Sequence[Asset]) -> bool | None:
    """Whether the film shows text that must be read; None where nobody looked into it."""
    if any(one.kind == "forced" for one in assets):
        return True
    films = [one.digest for one in title.attachments if one.role is AttachmentRole.FILM]
    looked = [path for film in films if (path := analysis_folder(app.home, film) / "analysis.json").is_file()]
    return any(seen_in_picture(path).cues for path in looked) if looked else None


def read_assets(path: Path) -> list[Asset]:
    """A JSON list of ``{"kind", "language", "quality", "territory", "where"}``; the last three may be absent.

    Raises:
        BadFile: it is not that, with the number of the entry.
    """
    read = _json(path)
    if not isinstance(read, list):
        raise BadFile(path, "is not a JSON list of assets")
    assets = []
    for row, one in enumerate(read, start=1):
        try:
            where = one.get("territory")
            assets.append(
                Asset(
                    one["kind"],
                    Language.parse(one["language"]),
                    one.get("quality", "unknown"),
                    Territory.parse(where) if where else None,
                    one.get("where", ""),
                )
            )
        except (KeyError, AttributeError, TypeError) as error:
            raise BadFile(path, "has an asset without kind or language", row=row) from error
        except BadValue as error:
            raise BadFile(path, error.message.rstrip("."), row=row) from error
    return assets


def read_prices(path: Path) -> Prices:
    """A JSON object of the fields of ``Prices``. Raises ``BadFile`` for anything else."""
    read = _json(path)
    try:
        prices = Prices(**read)
        amounts = [value for key, value in read.items() if key != "source"]
        if all(isinstance(amount, int | float) and amount >= 0 for amount in amounts):
            return prices
    except TypeError as error:
        raise BadFile(path, f"is no price list ({error})") from error
    raise BadFile(path, "is no price list: every price is a number of 0 or more")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(path, f"cannot be read as JSON ({error})") from error


def _reach(place: Country) -> Reach:
    shares: dict[Language, float] = {}
    for one in place.languages:
        tag = Language.parse(one.language.primary)
        shares[tag] = min(1.0, shares.get(tag, 0.0) + one.share)
    return Reach(place.territory, place.online, shares)
