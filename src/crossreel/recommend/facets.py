"""The offered titles' facts as arrays, for rules and for calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from crossreel.catalog.title import Title
from crossreel.recommend.rules import Selection
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["Facets"]

Bools = npt.NDArray[np.bool_]


class Facets:
    """The offer's facts, for selecting by them.

    Args:
        titles: the records in the order of the offer; None where there is none.
    """

    def __init__(self, titles: Sequence[Title | None]) -> None:
        self._titles = titles
        names = sorted({genre for title in titles if title for genre in title.genres})
        place = {name: number for number, name in enumerate(names)}
        self.genres = np.zeros((len(titles), len(names)), dtype=np.float64)
        for number, title in enumerate(titles):
            for genre in title.genres if title else ():
                self.genres[number, place[genre]] = 1 / len(set(title.genres)) if title else 0

    def mask(self, select: Selection, tops: Mapping[TitleId, TitleId], territory: Territory) -> Bools:
        """(offer,) which titles are selected, seen from a territory.

        Args:
            select: what is asked for.
            tops: id of any record -> the title it counts for.
            territory: what ``LOCAL`` means.
        """
        origins = select.origins(territory)
        named = {tops.get(id_, id_) for id_ in select.titles}

        def fits(title: Title | None) -> bool:
            if title is None:
                return False
            return (
                (not named or title.id in named)
                and (not select.genres or bool(set(title.genres) & set(select.genres)))
                and (not select.countries or bool(origins & set(title.countries)))
                and (
                    not select.languages
                    or any(one.primary in select.languages for one in title.original_languages)
                )
                and (select.since is None or (title.year or 0) >= select.since)
                and (select.until is None or (title.year or 9999) <= select.until)
            )

        return np.fromiter((fits(title) for title in self._titles), dtype=bool, count=len(self._titles))
