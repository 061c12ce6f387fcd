"""How long a file of events takes to import, beside ``pandas.read_csv`` of the same file.

    python benchmarks/speed/import_events.py [FILE] [--rows 100000 1000000 5000000 20000000]

FILE is MovieLens 1M as ``user_id,movie_id,rating_ge3,timestamp_approx`` (plain or gzip); without
it a file of that shape is made (seeded). Other sizes are made from it: the first rows for a
smaller one, copies with shifted viewers for a larger one, gzip like the original.

Each size runs in processes of its own: one reads the file with pandas twice and times the second,
one imports a small file and then times ``import_audience`` into an empty workspace: validation,
search for repeats, Parquet segment, manifest, viewers, and a catalog record for every title. Peak
memory is that of the importing process (``ru_maxrss``).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

COLUMNS = "user_id,movie_id,rating_ge3,timestamp_approx"
MAPPING = {"viewer": "user_id", "title": "movie_id", "value": "rating_ge3", "time": "timestamp_approx"}
ROWS = (100_000, 1_000_000, 5_000_000, 20_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS)
    parser.add_argument("--keep-whole", action="store_true", help="also measure FILE as it is")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, path = options.child
        print(json.dumps((_pandas if kind == "pandas" else _import)(Path(path))))
        return
    import pandas

    versions = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, pandas {pandas.__version__}"
    print(f"{versions}; {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
    print(f"{'rows':>11} {'import s':>9} {'pandas s':>9} {'ratio':>6} {'peak MiB':>9} {'load':>5}")
    with tempfile.TemporaryDirectory() as folder:
        base = options.file or _made(Path(folder))
        if options.keep_whole:
            _measure(base)
        for rows in options.rows:
            path = Path(folder) / f"{rows}.csv.gz"
            _resize(base, path, rows)
            _measure(path)
            path.unlink()


def _measure(path: Path) -> None:
    found: dict[str, Any] = {}
    for kind in ("pandas", "import"):
        done = subprocess.run(
            [sys.executable, __file__, "--child", kind, str(path)], check=True, capture_output=True, text=True
        )
        found |= json.loads(done.stdout)
    print(
        f"{found['events']:>11,} {found['seconds']:>9.2f} {found['pandas']:>9.2f} "
        f"{found['seconds'] / found['pandas']:>6.1f} {found['peak']:>9.0f} {os.getloadavg()[0]:>5.1f}",
        flush=True,
    )


def _pandas(path: Path) -> dict[str, float]:
    import pandas

    pandas.read_csv(path)
    started = time.perf_counter()
    pandas.read_csv(path)
    return {"pandas": time.perf_counter() - started}


def _import(path: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        small.write_text(f"{COLUMNS}\n1,1,1,\n", encoding="utf-8")
        _imported(small, Path(folder) / "warm")
        report = _imported(path, Path(folder) / "home")
    scale = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in KiB on Linux, bytes on macOS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20
    return {"events": report.events, "seconds": report.seconds, "peak": peak}


def _imported(path: Path, home: Path) -> Any:
    from crossreel.app import open_app
    from crossreel.audience.importing import import_audience

    app = open_app(home, create=True)
    try:
        return import_audience(
            path,
            log=app.events,
            viewers=app.viewers,
            catalog=app.catalog,
            format="csv",
            source="bench",
            mapping=MAPPING,
            kind="positive",
        )
    finally:
        app.close()


def _made(folder: Path) -> Path:
    path = folder / "made.csv.gz"
    duckdb.execute("SELECT setseed(0.42)")
    duckdb.execute(
        "COPY (SELECT DISTINCT ON (user_id, movie_id) * FROM (SELECT 1 + i // 166 AS user_id, "
        "1 + (3706 * pow(random(), 2))::INTEGER AS movie_id, (random() < 0.836)::INTEGER AS rating_ge3, "
        "CASE WHEN random() < 0.8 THEN 956703932 + i * 19 END AS timestamp_approx FROM range(1150000) t(i))"
        f" ORDER BY user_id, timestamp_approx) TO '{path}' (HEADER, COMPRESSION gzip)"
    )
    return path


def _resize(base: Path, path: Path, rows: int) -> None:
    """Writes the first ``rows`` rows of copies of ``base`` whose viewers are shifted."""
    connection = duckdb.connect(config={"preserve_insertion_order": True})
    connection.execute(f"CREATE TABLE base AS SELECT * FROM read_csv('{base}')")
    held, viewers = connection.execute("SELECT count(*), max(user_id) FROM base").fetchone() or (1, 1)
    copies = -(-rows // held)
    connection.execute(
        f"COPY (SELECT user_id + copy * {viewers} AS user_id, movie_id, rating_ge3, timestamp_approx "
        f"FROM range({copies}) c(copy), base LIMIT {rows}) TO '{path}' (HEADER, COMPRESSION gzip)"
    )
    connection.close()


if __name__ == "__main__":
    main()
