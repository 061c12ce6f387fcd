"""Training and batch scoring on Apache Spark, for audiences that one machine is too slow for.

Extra ``spark``; needs Java 17 or later. The jobs read the Parquet event log and give what the local
engine gives: ``aggregate`` the matrices of ``audience.interactions``, ``train`` a model of
``recommend.neighbors`` or ``recommend.factors`` in the format of ``recommend.saved``, ``score`` ranked
lists as Parquet. How the work is shared:

- Events are sorted by ranges of viewers and reduced to pairs in tasks (``recommend.spark_events``).
- Title neighbors: the driver writes W and W' as plain arrays into a folder that all workers see; each
  task maps them into memory and runs ``similarity.nearest_rows`` on a block of candidates. A sum
  S_ij = sum_k w_ik w_jk is made whole in one task, in the order of k, as the local engine's sparse
  products make it, so that the result does not depend on how many tasks there are.
- ALS: each half step solves blocks of rows in tasks, which map the other side's factors.

What is large goes through that folder, in both directions; through Spark's driver go only the numbers of
pieces. With ``local[*]`` the folder is a temporary one; on a cluster it is a shared one (NFS, a mounted
bucket), and the workers need this package: docs/guide/spark.md.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.errors import BadInput, BadValue, MissingExtra, MissingProgram
from crossreel.recommend.factors import ImplicitAls, ImplicitAlsModel
from crossreel.recommend.neighbors import TitleNeighbors, TitleNeighborsModel
from crossreel.recommend.ranking import blocks, rank
from crossreel.recommend.roles import Algorithm, Floats, Recommender, TrainingContext, TrainingData
from crossreel.recommend.similarity import nearest_rows
from crossreel.recommend.spark_events import interactions_of
from crossreel.values.ids import TitleId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["ALGORITHMS", "DRIVER_MEMORY", "SparkFit", "aggregate", "driver_memory", "score", "session"]

DRIVER_MEMORY = "2g"
_SHIFT = {"k": 10, "m": 20, "g": 30, "t": 40}
_ROWS = 4096
_CELLS = 16_000_000
"""Products a task holds at a time: some 300 MB."""
_PARTS = ("data", "indices", "indptr")


def driver_memory(text: str) -> str:
    """A size of the driver's memory such as ``2g`` or ``1536m``, in lower case.

    Raises:
        BadValue: not a whole number with a unit (k, m, g, t), or under 512 MiB: Spark refuses to start with
            less than 450 (``UnifiedMemoryManager``, Spark 4).
    """
    size = re.fullmatch(r"([1-9][0-9]{0,11})([kmgt])b?", text.strip().lower())
    if size is None or int(size[1]) << _SHIFT[size[2]] < 512 << 20:
        raise BadValue("driver memory", text, "a size of at least 512m, such as 2g or 1536m")
    return size[1] + size[2]


@contextmanager
def session(
    master: str, *, memory: str = DRIVER_MEMORY, settings: Mapping[str, str] | None = None
) -> Iterator[Any]:
    """A Spark session, stopped at the end.

    Args:
        master: ``local[*]``, ``spark://host:7077``, ``yarn``, ``k8s://...``.
        memory: of the driver, as Java writes sizes (``driver_memory``).
        settings: further settings of Spark.

    Raises:
        BadValue: the memory is no size, or too little for Spark.
        MissingExtra: PySpark is not installed.
        MissingProgram: there is no Java.
    """
    memory = driver_memory(memory)
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtra("pyspark", "spark") from error
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and (Path(home) / "bin" / "java").is_file()):
        raise MissingProgram(
            "Spark needs Java 17 or later, which is not installed.",
            advice="Install it: apt-get install openjdk-17-jre-headless (or set JAVA_HOME).",
            program="java",
        )
    builder = SparkSession.builder.appName("crossreel").master(master)
    fixed = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": memory,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
        "spark.log.level": "ERROR",
    }
    for key, value in {**fixed, **(settings or {})}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    if master.startswith("local"):  # workers are children of this process: the same Python serves them
        spark.sparkContext.pythonExec = sys.executable
    try:
        yield spark
    finally:
        spark.stop()


def aggregate(
    spark: Any,
    files: Sequence[Path | str],
    tops: Mapping[TitleId, TitleId],
    titles: Vocabulary[TitleId],
    folder: Path | None = None,
) -> Interactions:
    """What ``interactions_from`` makes of the same events.

    Args:
        spark: a session.
        files: Parquet segments of the event log.
        tops: record id -> the title it counts for.
        titles: the wanted columns.
        folder: one that driver and workers see; default is a temporary one, right for ``local``.
    """
    return SparkFit(spark, files, folder).interactions(tops, titles)


class SparkFit:
    """Spark as the ``Cluster`` of ``recommend.training``: ``fit`` gives what ``Algorithm.fit`` gives.

    Args:
        spark: a session.
        files: Parquet segments of the event log.
        folder: one that driver and workers see; default is a temporary one, right for ``local``.
        tasks: pieces of work; default is two for each core Spark has.
    """

    def __init__(
        self, spark: Any, files: Sequence[Path | str] = (), folder: Path | None = None, tasks: int = 0
    ) -> None:
        self._spark, self._files = spark, files
        self._folder = folder
        self._tasks = tasks or 2 * spark.sparkContext.defaultParallelism

    def interactions(self, tops: Mapping[TitleId, TitleId], titles: Vocabulary[TitleId]) -> Interactions:
        """The pairs of the log. Raises ``BadInput`` where no segment is there."""
        if not self._files:
            raise BadInput("Spark has no events to read.", advice="Import events first.")
        files = [str(file) for file in self._files]
        return interactions_of(self._spark, files, tops, titles, self._folder, self._tasks)

    def fit(self, algorithm: Algorithm, data: TrainingData, context: TrainingContext) -> Recommender:
        """The fitted model. Raises ``BadValue`` for algorithms without a job, else as those do."""
        job = ALGORITHMS.get(algorithm.name)
        if job is None:
            raise BadValue("algorithm for Spark", algorithm.name, "one of " + ", ".join(ALGORITHMS))
        if not data.interactions.liked.nnz:
            return algorithm.fit(data, context)  # which tells that there is nothing to learn from
        return job(self, algorithm, data, context)

    def map(self, work: Callable[[Any], Any], pieces: Sequence[Any]) -> list[Any]:
        """``work`` of each piece by the workers, in their order."""
        if not pieces:
            return []
        tasks = min(self._tasks, len(pieces))
        found: list[Any] = self._spark.sparkContext.parallelize(list(pieces), tasks).map(work).collect()
        return found

    @contextmanager
    def shared(self, **matrices: sp.csr_array) -> Iterator[str]:
        """A folder that holds these matrices while inside."""
        with TemporaryDirectory(prefix="crossreel-spark-", dir=self._folder) as folder:
            while matrices:  # which lets go of them, so that the caller can
                name, matrix = matrices.popitem()
                for part in _PARTS:
                    _put(folder, f"{name}.{part}", getattr(matrix, part))
                _put(folder, f"{name}.shape", np.array(matrix.shape))
                del matrix
            yield folder

    def rows(self, count: int, most: int = _ROWS) -> list[slice]:
        """So many rows in pieces of at most so many that keep every task busy."""
        return list(blocks(count, max(1, min(most, -(-count // self._tasks)))))


def _put(folder: str, name: str, array: npt.NDArray[Any]) -> None:
    """Writes an array whole or not at all, as tasks are tried again."""
    draft = Path(folder) / f"{name}.{os.getpid()}.draft"
    with draft.open("wb") as file:
        np.save(file, array, allow_pickle=False)
    draft.replace(Path(folder) / f"{name}.npy")


def _get(folder: str, name: str, rows: slice = slice(None)) -> npt.NDArray[Any]:
    """An array, mapped: only what is read comes into memory, and what is written stays there."""
    found: npt.NDArray[Any] = np.load(Path(folder) / f"{name}.npy", mmap_mode="c", allow_pickle=False)[rows]
    return found.view(np.ndarray)


def _take(folder: str, name: str) -> npt.NDArray[Any]:
    """An array; its file is deleted."""
    path = Path(folder) / f"{name}.npy"
    found: npt.NDArray[Any] = np.load(path, allow_pickle=False)
    path.unlink()
    return found


def mapped(folder: str, name: str) -> sp.csr_array:
    """A matrix of ``SparkFit.shared``, its arrays mapped from the files."""
    data, indices, indptr = (_get(folder, f"{name}.{part}") for part in _PARTS)
    rows, columns = (int(n) for n in _get(folder, f"{name}.shape"))
    return sp.csr_array((data, indices, indptr), shape=(rows, columns))


def _title_neighbors(
    by: SparkFit, algorithm: Any, data: TrainingData, context: TrainingContext
) -> TitleNeighborsModel:
    assert isinstance(algorithm, TitleNeighbors)
    if algorithm.asymmetry != 0.5:
        raise BadValue("setting asymmetry on Spark", algorithm.asymmetry, "0.5; others train on one machine")
    weights = algorithm.weights(data)
    k, shrinkage = algorithm.k, algorithm.shrinkage
    titles = weights.shape[0]
    pieces = [(part.start, part.stop) for part in by.rows(titles, max(_CELLS // titles, 1))]
    with by.shared(weights=weights, turned=sp.csr_array(weights.T)) as folder:
        del weights

        def work(piece: tuple[int, int]) -> None:
            own, turned = mapped(folder, "weights"), mapped(folder, "turned")
            found = nearest_rows(own, turned, slice(*piece), k, shrinkage=shrinkage)
            for part in _PARTS:
                _put(folder, f"{piece[0]}.{part}", getattr(found, part))

        context.progress(0, len(pieces), "neighbors on Spark")
        by.map(work, pieces)
        context.progress(len(pieces), len(pieces), "neighbors on Spark")
        parts = [
            sp.csr_array(
                tuple(_take(folder, f"{start}.{part}") for part in _PARTS), shape=(stop - start, titles)
            )
            for start, stop in pieces
        ]
    return TitleNeighborsModel(sp.csr_array(sp.vstack(parts, format="csr"), dtype=np.float32))


def _als(by: SparkFit, algorithm: Any, data: TrainingData, context: TrainingContext) -> ImplicitAlsModel:
    assert isinstance(algorithm, ImplicitAls)
    liked = sp.csr_array(data.interactions.liked, dtype=np.float32)
    with by.shared(liked=liked, fans=sp.csr_array(liked.T)) as folder:

        def half(side: str, _rows: sp.csr_array, others: Floats, mine: Floats, pull: Floats | None) -> None:
            pulled = pull is not None
            given = {"others": others, "whole": algorithm.gram_of(others), "mine": mine, "pull": pull}
            for name, array in given.items():
                if array is not None:
                    _put(folder, name, array)

            def work(piece: tuple[int, int]) -> None:
                rows = slice(*piece)
                some, own = sp.csr_array(mapped(folder, side)[rows]), _get(folder, "mine", rows)
                toward = _get(folder, "pull", rows) if pulled else None
                whole = _get(folder, "whole")
                algorithm.improve(some, _get(folder, "others"), own, pull=toward, whole=whole, threads=1)
                _put(folder, f"mine.{piece[0]}", own)

            parts = by.rows(len(mine))
            by.map(work, [(part.start, part.stop) for part in parts])
            for part in parts:
                mine[part] = _take(folder, f"mine.{part.start}")

        return algorithm.alternate(data, context, half)


ALGORITHMS: dict[str, Callable[[SparkFit, Any, TrainingData, TrainingContext], Recommender]] = {
    TitleNeighbors.name: _title_neighbors,
    ImplicitAls.name: _als,
}
"""The algorithms that have a job, by name."""


def score(
    by: SparkFit, algorithm: Algorithm, model: Recommender, known: Interactions, k: int, out: Path
) -> int:
    """Writes the best ``k`` unseen titles of every viewer as Parquet; returns how many rows.

    Columns: ``viewer``, ``title`` (ids), ``place`` (from 1). What may be shown where is asked when a
    list is used, so that no list outlives a license.

    Args:
        by: the workers.
        algorithm: restores the model in the workers.
        model: the fitted model.
        known: whose histories; its titles are the model's.
        k: titles a viewer.
        out: a folder that does not exist yet.
    """
    spark = by._spark
    arrays = spark.sparkContext.broadcast(model.arrays())
    texts = [[str(id_) for id_ in vocabulary.ids] for vocabulary in (known.viewers, known.titles)]
    ids = spark.sparkContext.broadcast(texts)
    with by.shared(liked=known.liked, seen=known.seen) as folder:

        def work(batches: Iterator[Any]) -> Iterator[Any]:
            import pyarrow as pa

            own = algorithm.restore(arrays.value)
            viewers, titles = (pa.array(some, pa.string()) for some in ids.value)
            for start, stop in (piece.values() for batch in batches for piece in batch.to_pylist()):
                histories, seen = (
                    sp.csr_array(mapped(folder, name)[start:stop]) for name in ("liked", "seen")
                )
                ranked = rank(own, histories, seen, k, threads=1)
                row, place = np.nonzero(ranked >= 0)
                columns = [viewers.take(pa.array(start + row)), titles.take(pa.array(ranked[row, place]))]
                columns.append(pa.array(place + 1, pa.int32()))
                yield pa.RecordBatch.from_arrays(columns, names=["viewer", "title", "place"])

        pieces = [(part.start, part.stop) for part in by.rows(len(known.viewers))]
        tasks = spark.createDataFrame(pieces, "start long, stop long").repartition(by._tasks)
        tasks.mapInArrow(work, "viewer string, title string, place int").write.parquet(str(out))
    return int(spark.read.parquet(str(out)).count())
