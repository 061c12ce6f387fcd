"""Events to pairs on Spark, by the rules of ``audience.interactions`` themselves.

Spark sorts the events by ranges of viewers, so that a task has all events of each of its viewers. It
encodes them as the event log's columns in the log's order, reduces them by ``interactions_from``, and leaves
arrays in a folder that driver and workers see; as the ranges follow each other, the whole is the pieces
one below the other. No event and no pair passes Spark's driver.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event import ACTS, EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions, interactions_from
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["interactions_of"]

_EVENTS_A_TASK = 500_000
"""So many take some 150 MB in a task."""
_TYPES = (
    ("viewer", "STRING"),
    ("title", "STRING"),
    ("kind", "STRING"),
    ("time", "BIGINT"),
    ("value", "DOUBLE"),
    ("low", "DOUBLE"),
    ("high", "DOUBLE"),
    ("territory", "STRING"),
    ("device", "STRING"),
)
"""What training reads of an event; times as microseconds since 1970 UTC."""
_MATRICES = ("rated", "seen", "liked", "device")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What every task needs: which titles are the columns, and which records count for which of them."""

    tops: Mapping[TitleId, TitleId]
    titles: Vocabulary[TitleId]


def interactions_of(
    spark: Any,
    files: Sequence[str],
    tops: Mapping[TitleId, TitleId],
    titles: Vocabulary[TitleId],
    folder: Path | None = None,
    tasks: int = 1,
) -> Interactions:
    """See ``recommend.spark.aggregate``; ``tasks`` is the least number of pieces."""
    log, events = _log(spark, files)
    parts = max(tasks, -(-events // _EVENTS_A_TASK))
    wanted = spark.sparkContext.broadcast(_Wanted(tops, titles))
    with TemporaryDirectory(prefix="crossreel-spark-", dir=folder) as shared:
        source = "substring_index(viewer, ':', 1)"  # as ids are ordered: by source, then by key
        ranges = log.selectExpr("*", f"{source} AS source").repartitionByRange(parts, "source", "viewer")
        told = ranges.drop("source").mapInArrow(partial(_reduced, wanted, shared), "part INT").collect()
        found = _stacked([_path(shared, row["part"]) for row in sorted(told)], titles) if told else None
    wanted.destroy()
    return interactions_from(_encoded([]), titles=titles) if found is None else found


def _log(spark: Any, files: Sequence[str]) -> tuple[Any, int]:
    """All segments as one frame, and how many rows: an import writes only what its source has."""
    import pyarrow.parquet as pq  # heavy, and of the extra

    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    events = 0
    for file in files:
        facts = pq.read_metadata(file)
        events += facts.num_rows
        schema = facts.schema.to_arrow_schema()
        alike.setdefault(tuple((field.name, str(field.type)) for field in schema), []).append(file)
    frames = []
    for columns, some in alike.items():
        present = {name for name, _ in columns}
        wanted = []
        for name, type_ in _TYPES:
            cell = name if name in present else "NULL"
            if name == "time":
                cell = f"unix_micros(CAST({cell} AS TIMESTAMP))"
            wanted.append(f"CAST({cell} AS {type_}) AS {name}")
        frames.append(spark.read.parquet(*some).selectExpr(*wanted))
    whole = reduce(lambda one, other: one.unionAll(other), frames)
    kinds = ", ".join(f"'{kind.value}'" for kind in ACTS)
    return whole.where(f"kind IN ({kinds})"), events


def _reduced(wanted: Any, folder: str, batches: Iterable[Any]) -> Iterator[Any]:
    """The work of a task: its events to a file of arrays; yields the number of its piece."""
    import pyarrow as pa
    from pyspark import TaskContext

    columns = _encoded(list(batches))
    task = TaskContext.get()
    if task is None or not len(columns):
        return
    needs: _Wanted = wanted.value
    part = task.partitionId()
    _write(_path(folder, part), interactions_from(columns, aliases=needs.tops, titles=needs.titles))
    yield pa.RecordBatch.from_arrays([pa.array([part], pa.int32())], names=["part"])


def _path(folder: str, part: int) -> Path:
    return Path(folder) / f"{part}.npz"


def _encoded(batches: Sequence[Any]) -> EventColumns:
    """Record batches as the columns of ``EventLog.columns``, in its order."""
    import pyarrow as pa

    types = {"STRING": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64()}
    schema = pa.schema([(name, types[type_]) for name, type_ in _TYPES])
    table = pa.Table.from_batches(batches, schema=None if batches else schema)
    (viewers, viewer), (titles, title), (kinds, kind), (territories, territory), (devices, device) = (
        _numbered(table.column(name)) for name in ("viewer", "title", "kind", "territory", "device")
    )
    time = np.asarray(table.column("time").fill_null(EventColumns.NO_TIME))
    value, low, high = (np.asarray(table.column(name)) for name in ("value", "low", "high"))
    order = np.lexsort((value, kind, title, time, viewer))
    places = {each.value: number for number, each in enumerate(EventKind)}
    return EventColumns(
        viewer_ids=tuple(map(ViewerId.parse, viewers)),
        title_ids=tuple(map(TitleId.parse, titles)),
        territory_codes=tuple(territories),
        viewer=viewer[order],
        title=title[order],
        kind=np.array([places[name] for name in kinds], dtype=np.int8)[kind[order]],
        time=time[order],
        value=value[order].astype(np.float32),
        low=low[order].astype(np.float32),
        high=high[order].astype(np.float32),
        territory=territory[order].astype(np.int16),
        device_names=tuple(devices),
        device=device[order].astype(np.int16),
    )


def _numbered(column: Any) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The distinct texts as ids are ordered, and each row's number among them; -1 for no text."""
    encoded = column.dictionary_encode().unify_dictionaries()
    texts = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    ordered = sorted((text for text in texts if text), key=lambda text: text.partition(":"))
    place = {text: number for number, text in enumerate(ordered)}
    number = np.array([*(place.get(text, -1) for text in texts), -1], dtype=np.int32)
    rows = [np.asarray(chunk.indices.fill_null(len(texts))) for chunk in encoded.chunks]
    return ordered, number[np.concatenate(rows)] if rows else number[:0]


def _write(path: Path, found: Interactions) -> None:
    """Leaves a piece as one file; a task that is tried again puts the same in its place."""
    texts = {
        "viewers": "\n".join(map(str, found.viewers.ids)),
        "territories": json.dumps(found.territory_codes),
        "devices": json.dumps(found.device_names),
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        name: np.frombuffer(text.encode(), dtype=np.uint8) for name, text in texts.items()
    }
    arrays |= {"territory": found.territory, "liked_time": found.liked_time}
    if found.rated_time is not None:
        arrays["rated_time"] = found.rated_time
    for name in _MATRICES:
        matrix = getattr(found, name)
        if matrix is None:
            matrix = sp.csr_array(found.liked.shape, dtype=np.int16)
        arrays |= {f"{name}.{array}": getattr(matrix, array) for array in ("data", "indices", "indptr")}
    draft = path.with_name(f"{path.stem}.{os.getpid()}.npz")
    np.savez(draft, allow_pickle=False, **arrays)
    draft.replace(path)


class _Pieces:
    """The files of all tasks, by range of viewers; read array by array, so that little is in memory twice."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files = [np.load(path, allow_pickle=False) for path in paths]

    def whole(self, name: str) -> npt.NDArray[Any]:
        """An array's pieces, one behind the other."""
        return np.concatenate([file[name] for file in self._files])

    def matrix(self, name: str, shape: tuple[int, int]) -> sp.csr_array:
        """A matrix's pieces, one below the other."""
        indptr = np.zeros(shape[0] + 1, dtype=np.int64)
        np.cumsum(np.concatenate([np.diff(file[f"{name}.indptr"]) for file in self._files]), out=indptr[1:])
        data, indices = self.whole(f"{name}.data"), self.whole(f"{name}.indices")
        if len(data) <= np.iinfo(np.int32).max:
            indptr = indptr.astype(np.int32)
        return sp.csr_array((data, indices, indptr), shape=shape)

    def viewers(self) -> Vocabulary[ViewerId]:
        """The rows."""
        texts = (bytes(file["viewers"]).decode().split("\n") for file in self._files)
        return Vocabulary(ViewerId.parse(text) for some in texts for text in some)

    def names(self, name: str) -> tuple[tuple[str, ...], list[npt.NDArray[np.int16]]]:
        """All names of the pieces' lists, and each piece's numbers as numbers of these; -1 stays."""
        lists = [json.loads(bytes(file[name])) for file in self._files]
        every = sorted({each for some in lists for each in some})
        place = {each: number for number, each in enumerate(every)}
        return tuple(every), [np.array([*map(place.get, some), -1], dtype=np.int16) for some in lists]

    def renumbered(
        self, name: str, numbers: Sequence[npt.NDArray[np.int16]], less: int = 0
    ) -> npt.NDArray[np.int16]:
        """An array of numbers (of which ``less`` is taken for the time being) by other numbers."""
        pairs = zip(self._files, numbers, strict=True)
        return np.concatenate([number[file[name] - less] + np.int16(less) for file, number in pairs])

    def close(self) -> None:
        """Closes the files."""
        for file in self._files:
            file.close()


def _stacked(paths: Sequence[Path], titles: Vocabulary[TitleId]) -> Interactions:
    with closing(_Pieces(paths)) as pieces:
        rated_time, liked_time = pieces.whole("rated_time"), pieces.whole("liked_time")
        viewers = pieces.viewers()
        matrices = {name: pieces.matrix(name, (len(viewers), len(titles))) for name in _MATRICES}
        territories, by_territory = pieces.names("territories")
        devices, by_device = pieces.names("devices")
        matrices["device"].data = pieces.renumbered("device.data", by_device, 1)
        return Interactions(
            viewers=viewers,
            titles=titles,
            liked=matrices["liked"],
            liked_time=liked_time,
            seen=matrices["seen"],
            rated=matrices["rated"],
            territory=pieces.renumbered("territory", by_territory),
            territory_codes=territories,
            device=matrices["device"] if devices else None,
            device_names=devices,
            rated_time=rated_time,
        )
