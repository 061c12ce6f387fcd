"""The availability predicate beside an independent scalar oracle, by the million.

    python benchmarks/accuracy/rights_oracle.py [--worlds 24] [--json]

Oracle, worlds and comparison are those of ``tests/rights/test_availability_oracle.py``, which compares a few
worlds at each run of the tests; here are many. A world has some 30 titles in families, with merged records
and up to 60 licenses; it is asked in 20 territories at every boundary of a license -1 s, 0 and +1 s, every
title in every mode, with a language and without; seeds 0 to N-1. Leaves with 1 at the first difference.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType

ORACLE = Path(__file__).parents[2] / "tests" / "rights" / "test_availability_oracle.py"


def oracle() -> ModuleType:
    """The test's module."""
    spec = importlib.util.spec_from_file_location("availability_oracle", ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    began, judge, checks, wrong = time.process_time(), oracle(), 0, 0
    for seed in range(given.worlds):
        more, off = judge.count_checks(seed)
        checks, wrong = checks + more, wrong + off
    found = {
        "worlds": given.worlds,
        "checks_without_language": checks,
        "checks_with_language": checks,
        "differences": wrong,
        "cpu_seconds": round(time.process_time() - began, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(found) if given.json else "\n".join(f"{k:24} {v:,}" for k, v in found.items()))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
