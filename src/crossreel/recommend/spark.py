"""Training and batch scoring on Apache Spark, for audiences that one machine is too slow for.

Extra ``spark``; needs Java 17 or later. The jobs read the Parquet event log and give what the local
engine gives: ``aggregate`` the matrices of ``audience.interactions``, ``train`` a model of
``recommend.neighbors`` or ``recommend.factors`` in the format of ``recommend.saved``, ``score`` ranked
lists as Parquet. How the work is shared:

- Events are reduced to one row a pair by Spark SQL; what comes to the driver is three numbers a pair.
- Title neighbors: the driver writes W and W' as plain arrays into a folder that all workers see; each
  task maps them into memory and runs ``similarity.nearest_rows`` on a block of candidates. A sum
  S_ij = sum_k w_ik w_jk is made whole in one task, in the order of k, as the local engine's sparse
  products make it, so that the result does not depend on how many tasks there are.
- ALS: each half step solves blocks of rows in tasks; the other side's factors are broadcast.

With ``local[*]`` the folder is a temporary one; on a cluster it is a shared one (NFS, a mounted
bucket), and the workers need this package: docs/guide/spark.md.
"""

from __future__ import annotations

import os
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

__all__ = ["ALGORITHMS", "SparkFit", "aggregate", "score", "session"]

_ROWS = 4096
_PARTS = ("data", "indices", "indptr")


@contextmanager
def session(master: str, *, memory: str = "2g", settings: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A Spark session, stopped at the end.

    Args:
        master: ``local[*]``, ``spark://host:7077``, ``yarn``, ``k8s://...``.
        memory: of the driver; counts only where this process starts it.
        settings: further settings of Spark.

    Raises:
        MissingExtra: PySpark is not installed.
        MissingProgram: there is no Java.
    """
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
        "spark.sql.shuffle.partitions": "8",
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
    spark: Any, files: Sequence[Path | str], tops: Mapping[TitleId, TitleId], titles: Vocabulary[TitleId]
) -> Interactions:
    """What ``interactions_from`` makes of the same events (of several equal in everything, any counts).

    Args:
        spark: a session.
        files: Parquet segments of the event log.
        tops: record id -> the title it counts for.
        titles: the wanted columns.
    """
    return interactions_of(spark, [str(file) for file in files], tops, titles)


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
        return aggregate(self._spark, self._files, tops, titles)

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

    def broadcast(self, value: Any) -> Any:
        """Sends a value to every worker once."""
        return self._spark.sparkContext.broadcast(value)

    @contextmanager
    def shared(self, **matrices: sp.csr_array) -> Iterator[str]:
        """A folder that holds these matrices while inside."""
        with TemporaryDirectory(prefix="crossreel-spark-", dir=self._folder) as folder:
            for name, matrix in matrices.items():
                for part in _PARTS:
                    np.save(Path(folder) / f"{name}.{part}.npy", getattr(matrix, part), allow_pickle=False)
                np.save(Path(folder) / f"{name}.shape.npy", np.array(matrix.shape), allow_pickle=False)
            yield folder

    def rows(self, count: int) -> list[slice]:
        """So many rows in pieces that keep every task busy."""
        return list(blocks(count, max(1, min(_ROWS, -(-count // self._tasks)))))


def mapped(folder: str, name: str) -> sp.csr_array:
    """A matrix of ``SparkFit.shared``, its arrays mapped from the files."""
    data, indices, indptr = (
        np.load(Path(folder) / f"{name}.{part}.npy", mmap_mode="r", allow_pickle=False) for part in _PARTS
    )
    rows, columns = (int(n) for n in np.load(Path(folder) / f"{name}.shape.npy", allow_pickle=False))
    return sp.csr_array((data, indices, indptr), shape=(rows, columns))


def _title_neighbors(
    by: SparkFit, algorithm: Any, data: TrainingData, context: TrainingContext
) -> TitleNeighborsModel:
    assert isinstance(algorithm, TitleNeighbors)
    if algorithm.asymmetry != 0.5:
        raise BadValue("setting asymmetry on Spark", algorithm.asymmetry, "0.5; others train on one machine")
    weights = algorithm.weights(data)
    k, shrinkage = algorithm.k, algorithm.shrinkage
    pieces = [(part.start, part.stop) for part in by.rows(weights.shape[0])]
    with by.shared(weights=weights, turned=sp.csr_array(weights.T)) as folder:

        def work(piece: tuple[int, int]) -> tuple[npt.NDArray[Any], ...]:
            own, turned = mapped(folder, "weights"), mapped(folder, "turned")
            found = nearest_rows(own, turned, slice(*piece), k, shrinkage=shrinkage)
            return found.data, found.indices, found.indptr

        context.progress(0, len(pieces), "neighbors on Spark")
        found = by.map(work, pieces)
        context.progress(len(pieces), len(pieces), "neighbors on Spark")
    titles = weights.shape[0]
    parts = [
        sp.csr_array(arrays, shape=(stop - start, titles))
        for (start, stop), arrays in zip(pieces, found, strict=True)
    ]
    return TitleNeighborsModel(sp.csr_array(sp.vstack(parts, format="csr"), dtype=np.float32))


def _als(by: SparkFit, algorithm: Any, data: TrainingData, context: TrainingContext) -> ImplicitAlsModel:
    assert isinstance(algorithm, ImplicitAls)
    liked = sp.csr_array(data.interactions.liked, dtype=np.float32)
    with by.shared(liked=liked, fans=sp.csr_array(liked.T)) as folder:

        def half(side: str, _rows: sp.csr_array, others: Floats, mine: Floats, pull: Floats | None) -> None:
            sent = by.broadcast((others, algorithm.gram_of(others)))

            def work(piece: tuple[int, int, Floats, Floats | None]) -> Floats:
                start, stop, own, toward = piece
                some = sp.csr_array(mapped(folder, side)[start:stop])
                given, whole = sent.value
                algorithm.improve(some, given, own, pull=toward, whole=whole, threads=1)
                return own

            parts = by.rows(len(mine))
            pieces = [
                (part.start, part.stop, mine[part], None if pull is None else pull[part]) for part in parts
            ]
            for part, found in zip(parts, by.map(work, pieces), strict=True):
                mine[part] = found
            sent.destroy()

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
    viewers = [str(id_) for id_ in known.viewers.ids]
    titles = spark.sparkContext.broadcast([str(id_) for id_ in known.titles.ids])
    with by.shared(liked=known.liked, seen=known.seen) as folder:

        def work(piece: tuple[int, int, list[str]]) -> Iterator[tuple[str, str, int]]:
            start, stop, who = piece
            own = algorithm.restore(arrays.value)
            histories, seen = (sp.csr_array(mapped(folder, name)[start:stop]) for name in ("liked", "seen"))
            ranked = rank(own, histories, seen, k, threads=1)
            for row, viewer in enumerate(who):
                for place, number in enumerate(ranked[row], 1):
                    if number >= 0:
                        yield viewer, titles.value[number], place

        pieces = [(part.start, part.stop, viewers[part]) for part in by.rows(len(viewers))]
        rows = spark.sparkContext.parallelize(pieces, min(by._tasks, max(len(pieces), 1))).flatMap(work)
        frame = spark.createDataFrame(rows, "viewer string, title string, place int").cache()
        frame.write.parquet(str(out))
        count = int(frame.count())
        frame.unpersist()
    return count
