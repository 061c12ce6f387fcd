"""Whether a file may say the same event twice; cheap for the usual file, which does not."""

from __future__ import annotations

import duckdb
import numpy as np

__all__ = ["may_repeat"]

_MAX_PAIRS = 1 << 27


def may_repeat(session: duckdb.DuckDBPyConnection, viewers: int, titles: int, rows: int) -> bool:
    """Whether the good rows of ``checked`` may hold equal events.

    False is certain. Rows whose pairs of viewer and title differ are different events, which a
    bit map of all pairs tells at once; where pairs recur, or are too many, hashes of the whole
    rows decide (equal ones may still be an accident).
    """
    kinds = dict(session.execute("SELECT column_name, column_type FROM (DESCRIBE checked)").fetchall())
    are_numbers = all(kinds[name].startswith("ENUM") for name in ("viewer", "title"))
    # An ENUM counts the texts of bad rows too, so its size is asked of the type.
    if are_numbers and rows:
        sizes = session.execute(
            "SELECT max(enum_code(viewer))::BIGINT + 1, max(enum_code(title))::BIGINT + 1 FROM checked"
        ).fetchone()
        assert sizes is not None
        if all(sizes) and sizes[0] * sizes[1] <= _MAX_PAIRS:
            pairs = session.execute(
                f"SELECT enum_code(viewer)::BIGINT * {sizes[1]} + enum_code(title) AS pair FROM checked "
                "WHERE problem IS NULL"
            ).fetchnumpy()["pair"]
            seen = np.zeros(sizes[0] * sizes[1], dtype=bool)
            seen[np.asarray(pairs)] = True
            if int(np.count_nonzero(seen)) == len(pairs):
                return False
    rest = [name for name in ("kind", "time", "value", "text") if name in kinds]
    counts = session.execute(
        f"SELECT count(*), count(DISTINCT hash(viewer, title, {', '.join(rest)})) FROM checked "
        "WHERE problem IS NULL"
    ).fetchone()
    assert counts is not None
    return bool(counts[1] < counts[0])
