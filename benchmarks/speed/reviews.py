"""How many reviews a second the report of a title reads in the fast tier, and that its memory stays.

``python benchmarks/speed/reviews.py --rows 1000000``: reviews of 1 to 3 seeded sentences are written as
CSV, imported and reported on; the peak of memory is printed at every tenth. A second run with ``--stop`` is
broken off half-way and goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crossreel.app import open_app, text_tools
from crossreel.audience.importing import import_audience
from crossreel.insight.text.reviews.report import make_report
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

PARTS = (
    "I loved the {0}",
    "The {0} was terrible",
    "A wonderful {0} and great fun",
    "Boring {0}",
    "The {0} is fine",
    "What a waste of a good {0}",
    "Brilliant {0} from start to end",
    "The {0} did not convince me",
)
THINGS = (
    "acting",
    "story",
    "music",
    "subtitles",
    "dubbing",
    "direction",
    "pacing",
    "picture",
    "ending",
    "price",
)


def write(path: Path, rows: int) -> None:
    dice, start = random.Random(42), datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        file.write("viewer,title,text,territory,language,time\n")
        for row in range(rows):
            said = ". ".join(
                dice.choice(PARTS).format(dice.choice(THINGS)) for _ in range(dice.randint(1, 3))
            )
            when = start + timedelta(seconds=dice.randrange(60_000_000))
            file.write(f"v{row},film,{said} {row % 5000}.,US,en,{when:%Y-%m-%dT%H:%M:%SZ}\n")


def peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--stop", action="store_true", help="break off half-way and go on")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "reviews.csv", given.rows)
        app = open_app(folder / "shop", create=True, environment={})
        began = time.process_time()
        import_audience(
            folder / "reviews.csv",
            format="csv",
            source="reviews",
            kind="review",
            log=app.events,
            viewers=app.viewers,
            catalog=app.catalog,
        )
        told = {
            "rows": given.rows,
            "load": os.getloadavg()[0],
            "import_seconds": round(time.process_time() - began, 1),
            "memory_after_import": peak(),
        }
        memory, step = [], max(given.rows // 10, 1)

        def progress(done: int, _of: int, _what: str) -> None:
            if done % step == 0:
                memory.append((done, peak()))
                print(done, peak(), round(time.process_time() - began, 1), flush=True)
            if given.stop and done >= given.rows // 2 and not (folder / "stopped").exists():
                (folder / "stopped").touch()
                raise KeyboardInterrupt

        tools, began = text_tools(folder / "shop"), time.process_time()
        for _ in range(2):
            try:
                report = make_report(
                    app.events,
                    [TitleId("reviews", "film")],
                    [Territory("US")],
                    tools,
                    progress,
                    tier="fast",
                    checkpoint=folder / "report.part",
                )
                break
            except KeyboardInterrupt:
                told["stopped_after_seconds"] = round(time.process_time() - began, 1)
        seconds = time.process_time() - began
        told |= {
            "read": report["countries"][0]["reviews"],
            "cpu_seconds": round(seconds, 1),
            "reviews_a_second": round(given.rows / seconds),
            "peak_mb": peak(),
            "memory_by_reviews": memory,
        }
        print(json.dumps(told))
        app.close()


if __name__ == "__main__":
    main()
