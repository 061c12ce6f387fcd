"""Lists and rows of recommended titles as JSON, names and reasons in words; CLI and API print these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crossreel.recommend.home_page import HomePage, Row
from crossreel.recommend.inspection import Inspection, Standing
from crossreel.recommend.picking import Recommendation
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crossreel.app import App

__all__ = ["show_items", "show_page", "show_rows", "show_why_not"]


def show_items(
    app: App, items: Sequence[Recommendation], wording: Wording, asked: Language, where: Territory
) -> list[dict[str, Any]]:
    """Recommended titles."""
    titles = app.catalog.get([item.title for item in items])
    return [
        {
            "title_id": str(item.title),
            "title": titles[item.title].shown_name((asked,), where).text,
            "score": item.score,
            "path": item.path,
            "reasons": [
                {
                    "code": reason.code,
                    "text": wording.reason(reason),
                    "titles": [str(id_) for id_ in reason.titles],
                }
                for reason in item.reasons
            ],
            "rules": list(item.rules),
        }
        for item in items
        if item.title in titles
    ]


def show_rows(app: App, rows: Sequence[Row], asked: Language, where: Territory) -> list[dict[str, Any]]:
    """The rows of a home page."""
    wording = Wording.in_language(asked, app.catalog)
    return [
        {
            "code": row.code,
            "heading": wording.heading(row.code, row.anchor, where, row.name),
            "anchor": row.anchor and str(row.anchor),
            "list_id": row.list or None,
            "items": show_items(app, row.items, wording, asked, where),
        }
        for row in rows
    ]


def show_page(
    app: App, page: HomePage, viewer: ViewerId, where: Territory, asked: Language
) -> dict[str, Any]:
    """A whole home page: its rows, and how they stand to the quotas in force."""
    return {
        "viewer": str(viewer),
        "territory": where.code,
        "rows": show_rows(app, page.rows, asked, where),
        "quotas": [
            {"rule": one.rule, "share": one.share, "shown": one.shown, "of": one.of, "met": one.met}
            for one in page.quotas
        ],
    }


def show_why_not(
    app: App, found: Inspection, title: TitleId, viewer: ViewerId, at: datetime, asked: Language
) -> dict[str, Any]:
    """Where one title stands for a viewer, and what keeps it off the list."""
    standing, where = found.about(title), found.asked.territory
    known = app.catalog.get([standing.title]).get(standing.title)
    wording = Wording.in_language(asked, app.catalog)
    refusals: list[str] = []
    if standing.offered and not standing.open:
        for mode in Mode:
            decision = app.rights.check(standing.title, where, mode, at)
            refusals += [wording.refusal(one, where) for one in decision.because[:1]]
    return {
        "viewer": str(viewer),
        "territory": where.code,
        "title_id": str(standing.title),
        "title": known.shown_name((asked,), where).text if known else None,
        "algorithm": found.card.algorithm,
        "because": standing.because,
        "text": _told(standing, len(found.items)),
        "rights": list(dict.fromkeys(refusals)),
        "excluded_by": list(standing.excluded_by),
        "boosted_by": list(standing.boosted_by),
        "place": standing.place,
        "rank": standing.rank or None,
        "open_rank": standing.open_rank,
        "score": standing.score,
        "path": found.path,
        "parts": dict(standing.parts),
        "context": {
            factor: {"category": name, "times": times} for factor, (name, times) in standing.moment.items()
        },
    }


def _told(standing: Standing, listed: int) -> str:
    """One sentence for the staff, in English."""
    match standing.because:
        case "":
            return f"It is on the list, at place {standing.place}."
        case "not-offered":
            return "It is not in the catalog as a film or series of its own."
        case "closed":
            return "It may not be shown there and then."
        case "seen":
            return "The viewer has met it."
        case "excluded":
            return "A rule keeps it away: " + ", ".join(standing.excluded_by) + "."
        case "no-evidence":
            return "Nothing known of the viewer speaks for it."
    return f"Others suit better: it is number {standing.open_rank}, the list ends at {listed}."
