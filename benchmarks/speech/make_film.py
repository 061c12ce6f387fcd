"""Makes a film by program on the times of a real subtitle file: picture, speech, music and effects apart.

Run: ``python benchmarks/speech/make_film.py SUBTITLES.srt FOLDER KOKORO_FOLDER``, for instance with
``morevna-ep3-eng.srt`` (Morevna Project, CC BY 4.0). Two Kokoro voices take turns, the next one after each
finished sentence, as the file names no speakers. Spoken lines are kept in ``FOLDER/takes``, and a film
that is there is not made again. ``--language`` and ``--voices`` make it in another language.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from crossreel.localize.dub.cast import CastBook
from crossreel.localize.timedtext import read_file
from crossreel.models.kokoro import KokoroVoice
from crossreel.testing.spoken_film import make_spoken_film, with_speakers
from crossreel.values.language import Language

NAMES = ("Marya", "Ivan")


def show(done: int, of: int, what: str) -> None:
    if done == of or done % 10 == 0:
        print(f"{what}: {done} of {of}", file=sys.stderr, flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("subtitles", type=Path)
    words.add_argument("folder", type=Path)
    words.add_argument("kokoro", type=Path)
    words.add_argument("--language", default="en")
    words.add_argument("--voices", default="af_heart,am_michael", help="of the two speakers")
    words.add_argument("--music", type=float, default=-36.0, help="loudness of the stem, LUFS")
    words.add_argument("--stride", type=int, default=1, help="frames between two pictures; more is faster")
    given = words.parse_args()
    if (given.folder / "film.mp4").is_file():
        print(f"{given.folder / 'film.mp4'} is there already")
        return
    language = Language.parse(given.language)
    cast = CastBook({})
    for name, voice in zip(NAMES, given.voices.split(","), strict=True):
        cast = cast.cast(name, voice)
    document = with_speakers(read_file(given.subtitles, language=language), NAMES)
    made = make_spoken_film(
        given.folder,
        document,
        language,
        KokoroVoice(given.kokoro),
        cast,
        music=given.music,
        stride=given.stride,
        progress=show,
    )
    print(f"{made.film}: {float(made.seconds):.2f} s, {made.film.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
