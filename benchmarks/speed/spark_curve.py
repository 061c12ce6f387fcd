"""What training takes as events grow: the local engine until it no longer fits, Spark throughout.

    python benchmarks/speed/spark_curve.py --events 1000000 [--events 10000000 ...] [--master local[*]]
        [--algorithm title-neighbors] [--memory-mb 3000] [--driver-memory 2g] [--engines local,spark]
        [--minutes 40] [--folder DIR] [--json]

Simulated ratings, 1 viewer per 50 events over 20,000 titles, popularity by a power of chance, are written
as Parquet in the form of the event log by DuckDB. Both engines go from the files to a fitted model. The
local engine runs in a process whose address space is limited to ``--memory-mb``; that it does not fit, or
that ``--minutes`` of wall time were not enough, is a result. CPU seconds and memory are those of the
process and all that it starts (Java, Python workers): the most that they have at one time of their own,
what they share counted once (PSS), looked at every second; disk is the most in Spark's folders. Each row
is also printed on standard error as soon as it is there. Events are kept in ``--folder`` if given, else
deleted; 100 million take 2 GB, and Spark about 6 GB beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import duckdb
import psutil

TITLES = 20_000
SETTINGS: dict[str, dict[str, Any]] = {"title-neighbors": {"k": 50}, "als": {}}
SIMULATE = """
COPY (SELECT 'made' AS source, 'made:' || CAST(floor(random() * {viewers}) AS BIGINT) AS viewer,
  'made:' || CAST(floor({titles} * pow(random(), 3)) AS BIGINT) AS title, 'rating' AS kind,
  TIMESTAMP '2026-01-01' + to_seconds(CAST(random() * 1e7 AS BIGINT)) AS time,
  1.0::DOUBLE + floor(random() * 5) AS value, 1.0::DOUBLE AS low, 5.0::DOUBLE AS high, 'DE' AS territory
  FROM range({events})) TO '{path}' (FORMAT parquet)
"""


class Watch(Thread):
    """Looks every second at this process and all that it started, and at a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.ended = folder, Event()
        self.memory = self.disk = 0
        self.used: dict[int, float] = {}

    def run(self) -> None:
        while not self.ended.wait(1):
            self.look()

    def look(self) -> None:
        memory = 0
        me = psutil.Process()
        for process in [me, *me.children(recursive=True)]:
            try:
                memory += process.memory_full_info().pss
                self.used[process.pid] = sum(process.cpu_times()[:2])
            except psutil.NoSuchProcess:
                continue
        self.memory = max(self.memory, memory)
        files = (path for path in self.folder.rglob("*") if path.is_file())
        with suppress(FileNotFoundError):  # deleted while it was being looked at
            self.disk = max(self.disk, sum(path.stat().st_blocks * 512 for path in files))

    def figures(self) -> dict[str, Any]:
        self.ended.set()
        self.join()
        self.look()
        return {
            "cpu_seconds": round(sum(self.used.values()), 1),
            "peak_mb": round(self.memory / 2**20),
            "disk_mb": round(self.disk / 2**20),
        }


def one(engine: str, path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Fits once in this process and prints nothing; seconds from files to model, CPU, memory, disk."""
    from crossreel.recommend.registry import configure
    from crossreel.recommend.roles import TrainingContext, TrainingData
    from crossreel.values.ids import TitleId
    from crossreel.values.vocabulary import Vocabulary

    titles = Vocabulary(TitleId("made", str(n)) for n in range(TITLES))
    algorithm, began = configure(asked.algorithm, SETTINGS[asked.algorithm]), time.perf_counter()
    reduced = 0.0

    def told(known: Any) -> TrainingData:
        nonlocal reduced
        reduced = time.perf_counter() - began
        return TrainingData(known, (None,) * TITLES)

    with TemporaryDirectory(dir=path.parent) as scratch:
        watch = Watch(Path(scratch))
        watch.start()
        if engine == "spark":
            from crossreel.recommend.spark import SparkFit, session

            with session(
                asked.master, memory=asked.driver_memory, settings={"spark.local.dir": scratch}
            ) as spark:
                cluster = SparkFit(spark, [path], Path(scratch))
                cluster.fit(algorithm, told(cluster.interactions({}, titles)), TrainingContext())
                seconds, figures = time.perf_counter() - began, watch.figures()
        else:
            resource.setrlimit(resource.RLIMIT_AS, (asked.memory_mb << 20, asked.memory_mb << 20))
            algorithm.fit(told(_local(path, Path(scratch), titles)), TrainingContext())
            seconds, figures = time.perf_counter() - began, watch.figures()
    return {"seconds": round(seconds, 1), "of which to pairs": round(reduced, 1), **figures}


def _local(path: Path, scratch: Path, titles: Any) -> Any:
    """The way of a workspace: import the file, read the columns, reduce them to pairs."""
    from crossreel.app import open_app
    from crossreel.audience.importing import import_audience
    from crossreel.audience.interactions import interactions_from

    app = open_app(scratch / "home", create=True)
    try:
        import_audience(
            path,
            log=app.events,
            viewers=app.viewers,
            catalog=app.catalog,
            format="parquet",
            source="made",
        )
        return interactions_from(app.events.columns(), titles=titles)
    finally:
        app.close()


def _run(words: list[str], seconds: float) -> dict[str, Any]:
    """What the process prints, or how it failed; it and all that it started end with its time."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, told = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        used = sum(sum(one.cpu_times()[:2]) for one in family)
        for one in family:
            one.kill()
        process.communicate()
        return {"failed": f"not done after {seconds:.0f} s of wall time, {used:.0f} s of CPU"}
    lines = out.splitlines()
    if process.returncode == 0 and lines:
        found: dict[str, Any] = json.loads(lines[-1])
        return found
    return {"failed": (told.strip().splitlines() or ["killed"])[-1][:200]}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, action="append")
    parser.add_argument("--master", default="local[*]")
    parser.add_argument("--memory-mb", type=int, default=3000)
    parser.add_argument("--driver-memory", default="2g", help="of Spark's driver")
    parser.add_argument("--algorithm", choices=list(SETTINGS), default="title-neighbors")
    parser.add_argument("--engines", default="local,spark")
    parser.add_argument("--folder", type=Path, help="where the events are kept")
    parser.add_argument("--minutes", type=float, default=40.0, help="of wall time a row")
    parser.add_argument("--one", choices=["local", "spark"])
    parser.add_argument("--path", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.path, given)))
        return
    rows = []
    for events in given.events or [1_000_000]:
        with TemporaryDirectory() as folder:
            path = (given.folder or Path(folder)) / f"events-{events}.parquet"
            if not path.exists():
                sql = SIMULATE.format(events=events, viewers=max(events // 50, 1), titles=TITLES, path=path)
                duckdb.execute("SELECT setseed(0.42)").fetchall()
                duckdb.execute(sql)
            for engine in given.engines.split(","):
                words = [sys.executable, __file__, "--one", engine, "--path", str(path)]
                words += ["--master", given.master, "--memory-mb", str(given.memory_mb)]
                words += ["--driver-memory", given.driver_memory, "--algorithm", given.algorithm]
                found = {"events": events, "engine": engine, **_run(words, given.minutes * 60)}
                rows.append({**found, "load": round(os.getloadavg()[0], 1)})
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(json.dumps(rows, indent=2) if given.json else "\n".join(map(str, rows)))


if __name__ == "__main__":
    main()
