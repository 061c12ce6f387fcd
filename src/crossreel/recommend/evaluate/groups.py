"""The same figures per group: of viewers (territory), and of titles (language, age)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.title import Title
from crossreel.recommend.evaluate.metrics import Ranked, Values

__all__ = ["UNKNOWN", "ages_of", "by_titles", "by_viewers", "languages_of"]

UNKNOWN = "unknown"
"""The group of what has no label."""

_AGES = ((0, "this year"), (2, "1-2 years"), (5, "3-5 years"), (10, "6-10 years"), (20, "11-20 years"))


def by_viewers(values: Values, labels: Sequence[str]) -> dict[str, Values]:
    """(viewers,) values of a metric, apart for each label: label -> the values of its viewers.

    Args:
        values: of any per-viewer metric.
        labels: (viewers,) each viewer's group.
    """
    found = np.asarray(labels, dtype=object)
    return {label: values[found == label] for label in sorted(set(labels))}


def by_titles(
    metric: Callable[[int, Ranked, sp.csr_array], Values],
    k: int,
    ranked: Ranked,
    test: sp.csr_array,
    labels: Sequence[str],
) -> dict[str, Values]:
    """A metric that counts only the test titles of one group at a time; the lists stay as they are.

    Args:
        metric: one of ``metrics.RANKED``.
        k: length of the lists.
        ranked: (viewers, k) title numbers.
        test: (viewers, titles) CSR.
        labels: (titles,) each title's group.
    """
    found = np.asarray(labels, dtype=object)
    return {label: metric(k, ranked, _only(test, found == label)) for label in sorted(set(labels))}


def _only(test: sp.csr_array, wanted: npt.NDArray[np.bool_]) -> sp.csr_array:
    keep = wanted[test.indices]
    indptr = np.concatenate([[0], np.cumsum(keep)])[test.indptr]
    return sp.csr_array((test.data[keep], test.indices[keep], indptr), shape=test.shape)


def languages_of(titles: Sequence[Title | None]) -> list[str]:
    """Each title's first original language, or ``UNKNOWN``."""
    return [
        str(title.original_languages[0]) if title is not None and title.original_languages else UNKNOWN
        for title in titles
    ]


def ages_of(titles: Sequence[Title | None], year: int) -> list[str]:
    """Each title's age in ``year``, in bands; ``UNKNOWN`` where its year is not known."""
    return [UNKNOWN if title is None or title.year is None else _band(year - title.year) for title in titles]


def _band(age: int) -> str:
    return next((name for most, name in _AGES if age <= most), "over 20 years")
