"""The product as the web benchmarks serve it: a made workspace of 2,000 titles in eight languages.

    python benchmarks/speed/product.py HOME

prints its address; with ``CROSSREEL_PROFILE=FILE`` it writes cProfile's numbers at its end.
"""

from __future__ import annotations

import cProfile
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crossreel.app import App, open_app
from crossreel.audience.event import Event, EventKind, Scale
from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import TitleRecord
from crossreel.catalog.title import LocalizedText, Title
from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary
from crossreel.web.serving import serve

TITLES, FORTY = 2000, 40
LANGUAGES = ("en", "es", "de", "fr", "ja", "zh", "ar", "hi")


def fill(app: App) -> None:
    """Makes the workspace; of its titles exactly 40 are found by the word zebra."""
    chance = random.Random(7)
    titles = []
    for number in range(TITLES):
        word = "zebra" if number % (TITLES // FORTY) == 0 else "heron"
        texts = tuple(
            LocalizedText(Language(tag), name=f"{tag} name {number}", synopsis=f"What happens in {number}.")
            for tag in LANGUAGES
        )
        titles.append(
            Title(
                TitleId("bench", str(number)),
                f"Original {word} {number}",
                original_languages=(Language("it"),),
                countries=(Territory("IT"),),
                genres=("drama",),
                year=1900 + number % 120,
                texts=texts,
            )
        )
    records = [TitleRecord(title, content_hash(title)) for title in titles]
    app.catalog.put(records, titles, {title.id: title.id for title in titles}, [])
    today = datetime.now(UTC).date()
    app.licenses.add(
        License(
            f"L{number}",
            title.id,
            ("US", "DE", "JP"),
            (Mode.SVOD,),
            start=Boundary(day=today - timedelta(chance.randrange(1, 400))),
            end=Boundary(day=today + timedelta(chance.randrange(400))),
        )
        for number, title in enumerate(titles)
    )
    now = datetime.now(UTC)
    app.events.append(
        [
            Event(
                EventKind.RATING,
                ViewerId("crowd", str(viewer)),
                titles[int(chance.paretovariate(0.5)) % TITLES].id,
                now - timedelta(minutes=viewer * 7 + number),
                float(chance.randint(1, 5)),
                Scale(1, 5),
                territory=Territory("US"),
            )
            for viewer in range(300)
            for number in range(20)
        ]
    )
    app.events.compact()
    app.shelf.train("popular")


def main() -> None:
    home = Path(sys.argv[1])
    made = home.exists()
    app = open_app(home, create=True)
    if not made:
        fill(app)
    profile = os.environ.get("CROSSREEL_PROFILE")
    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    serve(app, "127.0.0.1", 0, lambda address: print(address, flush=True))
    if profiler:
        profiler.disable()
        profiler.dump_stats(str(profile))
    app.close()


if __name__ == "__main__":
    main()
