"""Every benchmark that needs no outside data, one after the other: ``python -m benchmarks``.

Each script is run by itself, as the documentation quotes it; those that want a data set tell so in their
first lines.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RUNS = (
    ("accuracy/rights_oracle.py",),
    ("speed/rights.py",),
    ("speed/subtitles.py",),
    ("speed/web.py",),
    ("speed/soak.py", "--seconds", "180"),
)


def main() -> int:
    """Runs all of them; 1 when one failed, after the others."""
    failed = []
    for script, *words in RUNS:
        print(f"\n== {' '.join((script, *words))}", flush=True)
        if subprocess.run([sys.executable, str(HERE / script), *words], check=False).returncode:
            failed.append(script)
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
