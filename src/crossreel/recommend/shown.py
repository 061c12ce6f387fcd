"""What share of what viewers were shown was of some kind, such as European works: from logged impressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crossreel.audience.event_log import EventColumns
from crossreel.catalog.title import Title
from crossreel.recommend.facets import Facets
from crossreel.recommend.rules import Selection
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["ShownShare", "shown_shares"]


@dataclass(frozen=True, slots=True)
class ShownShare:
    """What was shown in one territory.

    Attributes:
        territory: its code, "" where it was not logged.
        impressions: places of rows that viewers were shown.
        selected: how many of them held a selected title.
        titles: distinct titles shown.
        selected_titles: how many of them are selected.
        unknown: impressions of titles whose record names no country.
    """

    territory: str
    impressions: int
    selected: int
    titles: int
    selected_titles: int
    unknown: int

    @property
    def share(self) -> float:
        """Of the impressions."""
        return self.selected / self.impressions

    @property
    def share_of_titles(self) -> float:
        """Of the distinct titles."""
        return self.selected_titles / self.titles

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, with both shares."""
        return {**asdict(self), "share": self.share, "share_of_titles": self.share_of_titles}


def shown_shares(
    columns: EventColumns,
    records: Mapping[TitleId, Title],
    aliases: Mapping[TitleId, TitleId],
    select: Selection,
) -> list[ShownShare]:
    """One figure a territory, that with the most impressions first.

    Args:
        columns: impressions.
        records: of the titles that were shown; one without a record is never selected.
        aliases: merged id -> id of the title.
        select: what counts; ``LOCAL`` is read as of the territory that was shown.
    """
    ids: Sequence[TitleId] = [aliases.get(id_, id_) for id_ in columns.title_ids]
    number = {id_: place for place, id_ in enumerate(dict.fromkeys(ids))}
    title = np.array([number[id_] for id_ in ids], dtype=np.int64)[columns.title]
    kept = [records.get(id_) for id_ in number]
    silent = np.array([not (one and one.countries) for one in kept], dtype=bool)
    facets = Facets(kept)
    found = []
    for place in np.unique(columns.territory):
        code = columns.territory_codes[place] if place >= 0 else ""
        here = title[columns.territory == place]
        # without a territory nothing is local
        where = Territory.parse(code) if code else Territory("ZZ")
        mask = facets.mask(select, {}, where)
        met = np.unique(here)
        found.append(
            ShownShare(
                code,
                len(here),
                int(mask[here].sum()),
                len(met),
                int(mask[met].sum()),
                int(silent[here].sum()),
            )
        )
    return sorted(found, key=lambda one: (-one.impressions, one.territory))
