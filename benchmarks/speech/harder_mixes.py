"""Mixes of a program-made film that are harder to hear: loud music over speech, voices over one another.

Run: ``python benchmarks/speech/harder_mixes.py FILM_FOLDER OTHER_SPEECH OUT``. FILM_FOLDER is what
``make_film.py`` made (``sound.flac`` with speech at -23 LUFS, ``stem.flac`` beside it, truth.json).
OTHER_SPEECH is a file in which somebody else speaks, such as another film's ``sound.flac``. Written to OUT,
for ``benchmarks/accuracy/subtitle_sync_sound.py``:

music-23, music-18, music-13   the stem at that loudness, all through, beside speech at -23 LUFS
crosstalk                      a second voice speaks over the end of every third line, and on for two seconds
babble-29, babble-23           another film's speech all through, at that loudness, over the film's own
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from crossreel.media.loudness import loudness_of
from crossreel.media.sound_reading import read_sound
from crossreel.media.sound_writing import write_sound
from crossreel.values.sound import Samples, Sound

RATE, SECONDS, OVER = 16_000, 2.5, 0.5
"""Seconds that the second voice speaks, and that it begins before a line ends."""


def at(sound: Samples, wanted: float) -> Samples:
    """The same at that loudness."""
    return sound * np.float32(10 ** ((wanted - loudness_of(Sound.mono(sound, RATE)).integrated) / 20))


def mono(path: Path) -> Samples:
    return read_sound(path, rate=RATE, layout="mono").samples[0]


def crosstalk(folder: Path, length: int, other: Samples) -> Samples:
    """The second voice: pieces of another's speech over the ends of every third line."""
    found = np.zeros(length, dtype=np.float32)
    voiced = other[np.abs(other) > 0.02 * np.abs(other).max()]  # without its pauses
    size = int(SECONDS * RATE)
    for number, line in enumerate(json.loads((folder / "truth.json").read_text(encoding="utf-8"))[::3]):
        start = int((line["end"] - OVER) * RATE)
        piece = voiced[(number * size) % (len(voiced) - size) :][:size]
        found[start : start + size] += piece[: max(0, length - start)]
    return found


def main() -> None:
    folder, other_path, out = (Path(one) for one in sys.argv[1:4])
    out.mkdir(parents=True, exist_ok=True)
    sound, stem, other = mono(folder / "sound.flac"), mono(folder / "stem.flac"), mono(other_path)
    length = min(len(sound), len(stem))
    sound, stem = sound[:length], stem[:length]
    other = np.resize(other, length)
    mixes = {f"music{level}": sound + at(stem, level) for level in (-23, -18, -13)}
    mixes["crosstalk"] = sound + at(crosstalk(folder, length, other), -23)
    mixes |= {f"babble{level}": sound + at(other, level) for level in (-29, -23)}
    for name, mix in mixes.items():
        peak = np.abs(mix).max()
        path = out / f"{name}.flac"
        write_sound(path, Sound.mono(mix / max(1.0, peak), RATE))
        print(f"{path}: {loudness_of(Sound.mono(mix, RATE)).integrated:.1f} LUFS before limiting", flush=True)


if __name__ == "__main__":
    main()
