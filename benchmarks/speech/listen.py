"""Listens to what ``crossreel versions localize`` made: words heard again, loudness, peak, overlaps, length.

Run: ``python benchmarks/speech/listen.py FILM.mp4 WORK_FOLDER LANGUAGE WHISPER_FOLDER``. The finished mix,
music and effects in it, is recognized at the place of each planned line (Whisper base, language told); word
error is against the words of the plan, punctuation and case left out.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from dub_lines import errors, words

from crossreel.media.loudness import loudness_of
from crossreel.media.sound_reading import read_sound
from crossreel.models.whisper import WhisperRecognizer
from crossreel.studio.dubbing import film_length
from crossreel.values.language import Language
from crossreel.values.sound import MASTER_RATE, SPEECH_RATE, Sound


def main() -> None:
    film, folder, language = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    sound = read_sound(folder / f"dub.{language}.m4a")
    total = int(film_length(film) * MASTER_RATE)
    read = loudness_of(sound)
    plan = json.loads((folder / f"dub.{language}.json").read_text(encoding="utf-8"))
    placed = sorted(plan["placed"], key=lambda one: one["start"])
    overlaps = sum(a["end"] > b["start"] for a, b in pairwise(placed))
    print(
        f"{sound.length} samples, {sound.length - total} off; "
        f"{read.integrated:.2f} LUFS, {read.true_peak:.2f} dBTP"
    )
    print(f"{len(placed)} lines, {len(plan['left_out'])} left out, {overlaps} overlaps, rates ", end="")
    print(f"{plan['slowest']:.2f}-{plan['fastest']:.2f}, natural {plan['natural_share']:.1%}")
    mono = read_sound(folder / f"dub.{language}.m4a", rate=SPEECH_RATE, layout="mono").samples[0]
    listener = WhisperRecognizer(Path(sys.argv[4]))
    quiet = np.zeros(round(0.6 * SPEECH_RATE), dtype=np.float32)
    parts: list[np.ndarray] = []
    for one in placed:
        start, end = (round(one[key] * SPEECH_RATE) for key in ("start", "end"))
        parts += [mono[max(0, start - 1600) : end + 1600], quiet]
    heard = listener.recognize(Sound.mono(np.concatenate(parts), SPEECH_RATE), Language.parse(language))
    wanted = words(" ".join(one["text"] for one in placed), language)
    got = words(" ".join(one.text for one in heard.segments), language)
    print(f"Whisper base: word error {errors(wanted, got) / len(wanted):.3f} of {len(wanted)} words")


if __name__ == "__main__":
    main()
