"""What training takes as events grow: the local engine until it no longer fits, Spark throughout.

    python benchmarks/speed/spark_curve.py --events 1000000 [--events 10000000 ...] [--master local[*]]
        [--memory-mb 3000] [--driver-memory 2g] [--engines local,spark] [--minutes 40] [--json]

Simulated likes of 1 viewer per 50 events over 20,000 titles, popularity by Zipf's law, are written as
Parquet in the form of the event log by DuckDB. Both engines go from the files to a fitted model of
title neighbors. The local engine runs in a process whose memory is limited to ``--memory-mb``; that it
does not fit, or that ``--minutes`` of wall time were not enough, is a result. Each row is also printed on
standard error as soon as it is there. 100 million events need about 6 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import psutil

TITLES = 20_000
SIMULATE = """
COPY (SELECT 'made' AS source, 'made:' || CAST(floor(random() * {viewers}) AS BIGINT) AS viewer,
  'made:' || CAST(floor({titles} * pow(random(), 3)) AS BIGINT) AS title, 'rating' AS kind,
  TIMESTAMP '2026-01-01' + to_seconds(CAST(random() * 1e7 AS BIGINT)) AS time,
  1.0 + floor(random() * 5) AS value, 1.0 AS low, 5.0 AS high, 'DE' AS territory
  FROM range({events})) TO '{path}' (FORMAT parquet)
"""


def one(engine: str, path: Path, master: str, limit_mb: int, driver: str) -> dict[str, Any]:
    """Fits once in this process and prints nothing; seconds from files to model, and peak memory."""
    from crossreel.recommend.evaluate.measuring import peak_memory_mb
    from crossreel.recommend.neighbors import TitleNeighbors
    from crossreel.recommend.roles import TrainingContext, TrainingData
    from crossreel.values.ids import TitleId
    from crossreel.values.vocabulary import Vocabulary

    titles = Vocabulary(TitleId("made", str(n)) for n in range(TITLES))
    algorithm, began, cpu = TitleNeighbors(k=50), time.perf_counter(), time.process_time()
    memory = 0.0
    if engine == "spark":
        from crossreel.recommend.spark import SparkFit, session

        with session(master, memory=driver) as spark:
            cluster = SparkFit(spark, [path])
            known = cluster.interactions({}, titles)
            cluster.fit(algorithm, TrainingData(known, (None,) * TITLES), TrainingContext())
            workers = psutil.Process().children(recursive=True)  # Java and the Pythons it started
            cpu -= sum(sum(worker.cpu_times()[:4]) for worker in workers)
            memory = sum(worker.memory_info().rss for worker in workers) / 2**20
    else:
        resource.setrlimit(resource.RLIMIT_AS, (limit_mb << 20, limit_mb << 20))
        algorithm.fit(TrainingData(_local(path, titles), (None,) * TITLES), TrainingContext())
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_rss_mb": round(peak_memory_mb() + memory),
    }


def _local(path: Path, titles: Any) -> Any:
    """The way of a workspace: import the file, read the columns, reduce them to pairs."""
    from crossreel.app import open_app
    from crossreel.audience.importing import import_audience
    from crossreel.audience.interactions import interactions_from

    with TemporaryDirectory() as folder:
        app = open_app(Path(folder) / "home", create=True)
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
    parser.add_argument("--engines", default="local,spark")
    parser.add_argument("--minutes", type=float, default=40.0, help="of wall time a row")
    parser.add_argument("--one", choices=["local", "spark"])
    parser.add_argument("--path", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.path, given.master, given.memory_mb, given.driver_memory)))
        return
    rows = []
    for events in given.events or [1_000_000]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "events.parquet"
            sql = SIMULATE.format(events=events, viewers=max(events // 50, 1), titles=TITLES, path=path)
            duckdb.execute("SELECT setseed(0.42)").fetchall()
            duckdb.execute(sql)
            for engine in given.engines.split(","):
                words = [sys.executable, __file__, "--one", engine, "--path", str(path)]
                words += ["--master", given.master, "--memory-mb", str(given.memory_mb)]
                words += ["--driver-memory", given.driver_memory]
                found = {"events": events, "engine": engine, **_run(words, given.minutes * 60)}
                rows.append({**found, "load": round(os.getloadavg()[0], 1)})
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(json.dumps(rows, indent=2) if given.json else "\n".join(map(str, rows)))


if __name__ == "__main__":
    main()
