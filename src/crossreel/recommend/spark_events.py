"""Events to pairs by Spark SQL: the rules of ``audience.interactions``, said once more in SQL.

A test compares the two on events of every kind, so that they cannot part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["interactions_of"]

_NO_TIME = EventColumns.NO_TIME

_TYPES = (
    ("viewer", "STRING"),
    ("title", "STRING"),
    ("kind", "STRING"),
    ("time", "TIMESTAMP"),
    ("value", "DOUBLE"),
    ("low", "DOUBLE"),
    ("high", "DOUBLE"),
    ("territory", "STRING"),
)
"""What training reads of an event."""

_EVENTS = """
SELECT viewer, coalesce(t.top, e.title) AS title, kind,
  coalesce(unix_micros(CAST(time AS TIMESTAMP)), {no_time}) AS time,
  CAST(value AS FLOAT) AS value, nullif(territory, '') AS territory,
  CAST((CAST(value AS FLOAT) - CAST(low AS FLOAT)) / (CAST(high AS FLOAT) - CAST(low AS FLOAT)) AS FLOAT)
    AS share
FROM log e LEFT JOIN tops t ON e.title = t.record WHERE kind <> 'impression'
"""

_STRENGTHS = """
SELECT *, CASE
    WHEN kind IN ('rating', 'review') THEN CASE WHEN share >= 0.5 THEN 1.0 ELSE 0.0 END
    WHEN kind IN ('thumbs', 'positive') THEN CASE WHEN value IS NULL OR share > 0.5 THEN 1.0 ELSE 0.0 END
    WHEN kind = 'list-add' THEN CASE WHEN share <= 0.5 OR (gone IS NOT NULL AND time <= gone) THEN NULL
      WHEN value IS NULL OR share > 0.5 THEN 1.0 ELSE 0.0 END
    WHEN kind = 'view' THEN CASE WHEN coalesce(value, CAST(0.5 AS FLOAT)) >= CAST(0.3 AS FLOAT)
      THEN coalesce(value, CAST(0.5 AS FLOAT)) ELSE 0.0 END
  END AS strength,
  kind = 'positive' OR (kind IN ('rating', 'review', 'thumbs') AND value IS NOT NULL) AS judged
FROM (SELECT *, max(CASE WHEN kind = 'list-add' AND share <= 0.5 THEN time END)
        OVER (PARTITION BY viewer, record, kind) AS gone FROM events)
"""

_PAIRS = """
SELECT v.number AS row, c.number AS column, CAST(strength AS FLOAT) AS strength, judged,
  CAST(coalesce(share, 1) AS FLOAT) AS share, time, last
FROM (SELECT *, max(time) OVER (PARTITION BY viewer, title) AS last,
        row_number() OVER (PARTITION BY viewer, title ORDER BY judged DESC,
          CASE WHEN judged THEN time ELSE 0 END DESC, strength DESC) AS place
      FROM strengths WHERE strength IS NOT NULL) s
JOIN viewers v ON s.viewer = v.id JOIN titles c ON s.title = c.id
WHERE place = 1
"""

_HOMES = """
SELECT number AS row, territory FROM (
  SELECT v.number, territory, row_number() OVER (PARTITION BY v.number ORDER BY n DESC, territory) AS place
  FROM (SELECT viewer, territory, count(*) AS n FROM events
        WHERE territory IS NOT NULL GROUP BY viewer, territory) e JOIN viewers v ON e.viewer = v.id)
WHERE place = 1
"""


def interactions_of(
    spark: Any, files: Sequence[str], tops: Mapping[TitleId, TitleId], titles: Vocabulary[TitleId]
) -> Interactions:
    """See ``recommend.spark.aggregate``."""
    _log(spark, files).createOrReplaceTempView("log")
    merged = [(str(record), str(top)) for record, top in tops.items() if record != top]
    spark.createDataFrame(merged, "record string, top string").createOrReplaceTempView("tops")
    query = _EVENTS.format(no_time=_NO_TIME).replace("AS title, kind", "AS title, e.title AS record, kind")
    spark.sql(query).createOrReplaceTempView("events")
    found = [row[0] for row in spark.sql("SELECT DISTINCT viewer FROM events").collect()]
    viewers = Vocabulary(sorted(ViewerId.parse(text) for text in found))
    for name, vocabulary in (("viewers", viewers), ("titles", titles)):
        rows = [(str(id_), number) for number, id_ in enumerate(vocabulary.ids)]
        spark.createDataFrame(rows, "id string, number int").createOrReplaceTempView(name)
    spark.sql(_STRENGTHS.format(no_time=_NO_TIME)).createOrReplaceTempView("strengths")
    pairs = _columns(spark.sql(_PAIRS))
    homes = _columns(spark.sql(_HOMES))
    codes = [row[0] for row in spark.sql("SELECT DISTINCT territory FROM events").collect()]
    return _interactions(viewers, titles, pairs, homes, sorted(code for code in codes if code))


def _log(spark: Any, files: Sequence[str]) -> Any:
    """All segments as one frame: an import writes only the columns its source has, in its own types."""
    import pyarrow.parquet as pq  # heavy, and of the extra

    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for file in files:
        schema = pq.read_schema(file)
        alike.setdefault(tuple((field.name, str(field.type)) for field in schema), []).append(file)
    frames = []
    for columns, some in alike.items():
        present = {name for name, _ in columns}
        wanted = (
            f"CAST({name if name in present else 'NULL'} AS {type_}) AS {name}" for name, type_ in _TYPES
        )
        frames.append(spark.read.parquet(*some).selectExpr(*wanted))
    return reduce(lambda one, other: one.unionAll(other), frames)


def _columns(frame: Any) -> dict[str, npt.NDArray[Any]]:
    table = frame.toArrow()
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _interactions(
    viewers: Vocabulary[ViewerId],
    titles: Vocabulary[TitleId],
    pairs: Mapping[str, npt.NDArray[Any]],
    homes: Mapping[str, npt.NDArray[Any]],
    codes: Sequence[str],
) -> Interactions:
    shape = (len(viewers), len(titles))
    order = np.lexsort((pairs["column"], pairs["row"]))
    row, column, strength, judged, share, time, last = (
        pairs[name][order] for name in ("row", "column", "strength", "judged", "share", "time", "last")
    )

    def matrix(which: npt.NDArray[np.bool_], data: npt.NDArray[Any]) -> sp.csr_array:
        indptr = np.zeros(shape[0] + 1, dtype=np.int32)
        np.cumsum(np.bincount(row[which], minlength=shape[0]), out=indptr[1:])
        return sp.csr_array((data[which], column[which].astype(np.int32), indptr), shape=shape)

    everything = np.ones(len(row), dtype=bool)
    liked, said = strength > 0, judged.astype(bool)
    territory = np.full(shape[0], -1, dtype=np.int16)
    place = {code: number for number, code in enumerate(codes)}
    territory[homes["row"]] = [place[code] for code in homes["territory"]]
    return Interactions(
        viewers=viewers,
        titles=titles,
        liked=matrix(liked, strength.astype(np.float32)),
        liked_time=last[liked].astype(np.int64),
        seen=matrix(everything, everything),
        rated=matrix(said, share.astype(np.float32)),
        territory=territory,
        territory_codes=tuple(codes),
        rated_time=time[said].astype(np.int64),
    )
