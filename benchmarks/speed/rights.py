"""Speed of the availability predicate, beside a lookup a title in SQLite, in the same run.

    python benchmarks/speed/rights.py [--json] [--titles 1000,10000,100000] [--licenses 1,10]

Data: made here with random.Random(7): TITLES titles, a fifth of them episodes of series of ten;
licenses per title as asked, each for one of nine territory lists, one or two modes, local dates
in 2020-2029 (3,650 distinct days). Question: what is open in Germany for SVOD.

- licenses: making the License objects (what a store does when it reads them), seconds
- compile: from License objects to columns, once a revision, seconds
- first mask: the first question for a territory and a vocabulary of titles, seconds
- mask: the same question at instants that were not asked before, milliseconds
- mask again: between the same two changes, milliseconds
- check: one title with reasons, microseconds, and how many a second on one core
- matrix: 249 territories x all titles; the first one, and the next, seconds
- conflicts: all licenses compared with those of the same title and its parents, CPU seconds, and findings
- SQL each: one prepared, indexed SELECT a title (in memory, dates resolved to instants for Germany
  beforehand, parents looked up with the same statement), milliseconds for all titles
- SQL whole: the same as one statement for all titles, milliseconds

Both SQL ways are given the answer's dates already resolved, and are checked to agree with the mask.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from crossreel import __version__
from crossreel.rights.availability import Availability
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import Boundary

SEED = 7
AT = datetime(2025, 6, 1, tzinfo=UTC)
DE = Territory("DE")
REACHES = (
    *(("WORLD",), ("EU",), ("DACH", "BENELUX"), ("LATAM",), ("DE",), ("JP",)),
    *(("NORTHERN_AMERICA", "GB"), ("ASIA",), ("AFRICA", "OCEANIA")),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make(count: int, each: int) -> tuple[list[TitleId], dict[TitleId, TitleId], list[License]]:
    chance = random.Random(SEED)
    titles = [TitleId("bench", str(number)) for number in range(count)]
    family = {titles[n]: titles[n - n % 10] for n in range(count // 5) if n % 10}
    licenses = []
    for number in range(count * each):
        first = date(2020, 1, 1) + timedelta(chance.randrange(3000))
        licenses.append(
            License(
                f"L{number}",
                chance.choice(titles),
                chance.choice(REACHES),
                tuple(chance.sample(list(Mode), chance.randint(1, 2))),
                chance.choice(((), (), ("FR",), ("AT", "GB", "MX"))),
                start=Boundary(day=first),
                end=Boundary(day=first + timedelta(chance.randint(0, 650))),
            )
        )
    return titles, family, licenses


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def median(call: Callable[[int], Any], times: int) -> float:
    return statistics.median(timed(lambda n=n: call(n))[0] for n in range(times))  # type: ignore[misc]


def measure(count: int, each: int) -> dict[str, Any]:
    making, (titles, family, licenses) = timed(lambda: make(count, each))
    store = MemoryLicenses()
    store.add(licenses)
    rights = Availability(store, lambda: family, dict, lambda: 1)
    vocabulary = Vocabulary(titles)
    compiling, _ = timed(lambda: rights.check(titles[0], DE, Mode.SVOD, AT))
    first, mask = timed(lambda: rights.mask(vocabulary, DE, [Mode.SVOD], AT))
    fresh = median(lambda n: rights.mask(vocabulary, DE, [Mode.SVOD], AT + timedelta(days=n, hours=1)), 101)
    again = median(lambda n: rights.mask(vocabulary, DE, [Mode.SVOD], AT + timedelta(seconds=n)), 101)
    some = [titles[(n * 7919) % count] for n in range(5000)]
    checking, _ = timed(lambda: [rights.check(title, DE, Mode.SVOD, AT) for title in some])
    matrices = [timed(lambda: rights.matrix(vocabulary, AT, [Mode.SVOD]))[0] for _ in range(2)]
    started = time.process_time()
    findings = len(rights.conflicts())
    comparing = time.process_time() - started
    sql_each, sql_whole = peers(titles, family, licenses, mask)
    return {
        "titles": count,
        "licenses": len(licenses),
        "open": int(mask.sum()),
        "making_s": round(making, 3),
        "compile_s": round(compiling, 3),
        "first_mask_s": round(first, 3),
        "mask_ms": round(fresh * 1e3, 3),
        "mask_again_ms": round(again * 1e3, 3),
        "check_us": round(checking / len(some) * 1e6, 1),
        "checks_per_s": round(len(some) / checking),
        "matrix_s": [round(seconds, 2) for seconds in matrices],
        "conflicts_cpu_s": round(comparing, 2),
        "findings": findings,
        "sql_each_ms": round(sql_each * 1e3, 1),
        "sql_whole_ms": round(sql_whole * 1e3, 1),
        "each_over_mask": round(sql_each / fresh),
        "whole_over_mask": round(sql_whole / fresh, 1),
    }


def peers(
    titles: list[TitleId], family: dict[TitleId, TitleId], licenses: list[License], mask: np.ndarray
) -> tuple[float, float]:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE licenses (title TEXT, mode TEXT, start INTEGER, end INTEGER)")
    base.execute("CREATE TABLE titles (number INTEGER PRIMARY KEY, id TEXT, parent TEXT)")
    rows = (
        (str(one.title), str(mode), seconds(one.start.opens(DE)), seconds(one.end.closes(DE)))
        for one in licenses
        if DE in one.where
        for mode in one.modes
    )
    base.executemany("INSERT INTO licenses VALUES (?, ?, ?, ?)", rows)
    parents = ((n, str(id_), str(family[id_]) if id_ in family else None) for n, id_ in enumerate(titles))
    base.executemany("INSERT INTO titles VALUES (?, ?, ?)", parents)
    base.execute("CREATE INDEX by_title ON licenses (title, mode, start, end)")
    base.execute("ANALYZE")
    at = seconds(AT)
    one = (
        "SELECT EXISTS (SELECT 1 FROM licenses WHERE title = ? AND mode = 'SVOD' AND start <= ? AND end > ?)"
    )
    names = [(str(title), str(family.get(title, title))) for title in titles]

    def each() -> list[bool]:
        return [
            bool(base.execute(one, (name, at, at)).fetchone()[0])
            or (parent != name and bool(base.execute(one, (parent, at, at)).fetchone()[0]))
            for name, parent in names
        ]

    def whole() -> list[int]:
        found = base.execute(
            "SELECT number FROM titles t WHERE EXISTS"
            " (SELECT 1 FROM licenses l WHERE l.title IN (t.id, t.parent)"
            " AND l.mode = 'SVOD' AND l.start <= ? AND l.end > ?)",
            (at, at),
        )
        return [number for (number,) in found]

    each_s, answers = timed(each)
    whole_s, numbers = timed(whole)
    assert answers == mask.tolist()
    assert sorted(numbers) == np.flatnonzero(mask).tolist()
    return each_s, whole_s


def seconds(instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--titles", default="1000,10000,100000", help="comma-separated")
    parser.add_argument("--licenses", default="1,10", help="licenses a title, comma-separated")
    asked = parser.parse_args()
    measure(500, 1)  # warm: imports, zone tables
    results = [
        measure(int(count), int(each))
        for each in asked.licenses.split(",")
        for count in asked.titles.split(",")
        if int(count) * int(each) <= 100_000
    ]
    report = {
        "data": "made here",
        "seed": SEED,
        "versions": {
            "crossreel": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "sqlite": sqlite3.sqlite_version,
        },
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "results": results,
    }
    if asked.json:
        print(json.dumps(report, indent=2))
        return
    for key in ("data", "seed", "versions", "cores", "load_average"):
        print(f"{key}: {report[key]}")
    for key in results[0]:
        print(f"{key:16}" + "".join(f"{one[key]!s:>16}" for one in results))


if __name__ == "__main__":
    main()
