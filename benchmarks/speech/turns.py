"""Speaker turns of known voices: how many are found, and how much speech is given to the right one.

Run: ``python benchmarks/speech/turns.py TAKES_FOLDER FILM_FOLDER ...``. TAKES_FOLDER is the cache of
``dub_lines.py``: lines of its five voices, all women's (Spanish, French, Italian, Portuguese, Japanese), are
joined one, two and three voices at a time, and the penalty is set on those. Each FILM_FOLDER is made by
``make_film.py``; its truth is only reported. The error is the share of lines outside the best one-to-one
match of groups and speakers.
"""

from __future__ import annotations

import json
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from dub_lines import VOICES
from scipy.optimize import linear_sum_assignment

from crossreel.localize.speech.turns import _PENALTY, speakers_of
from crossreel.media.sound_reading import read_sound
from crossreel.models.kokoro import KokoroVoice
from crossreel.studio.takes import Takes
from crossreel.values.sound import SPEECH_RATE


def wrong(found: list[int], truth: list[str]) -> float:
    names = sorted(set(truth))
    table = np.zeros((max(found) + 1, len(names)))
    for group, name in zip(found, truth, strict=True):
        table[group, names.index(name)] += 1
    return 1 - table[linear_sum_assignment(-table)].sum() / len(truth)


def joined(takes: Path, languages: tuple[str, ...], lines: list[dict]) -> tuple[np.ndarray, list, list[str]]:
    book = Takes(takes, KokoroVoice.__new__(KokoroVoice))  # only what is kept is used
    parts, spans, truth, at = [], [], [], 0.0
    for number, line in enumerate(lines):
        language = languages[number % len(languages)]
        path = takes / f"{book._key(line['texts'][language], VOICES[language], 1.0)}.flac"
        if not path.is_file():
            continue
        samples = read_sound(path, rate=SPEECH_RATE, layout="mono").samples[0]
        parts += [samples, np.zeros(SPEECH_RATE // 2, np.float32)]
        spans.append((at, at + len(samples) / SPEECH_RATE))
        truth.append(language)
        at += len(samples) / SPEECH_RATE + 0.5
    return np.concatenate(parts), spans, truth


def main() -> None:
    takes = Path(sys.argv[1])
    lines = json.loads(Path(__file__).with_name("lines.json").read_text(encoding="utf-8"))["lines"]
    groups = [*combinations(VOICES, 2), *combinations(VOICES, 3), *((one,) for one in VOICES)]
    sets = [joined(takes, languages, lines) for languages in groups]
    for penalty in (4.0, 8.0, 16.0, 24.0):
        errors, counts = [], []
        for samples, spans, truth in sets:
            found = speakers_of(samples, SPEECH_RATE, spans, penalty=penalty)
            errors.append(wrong(found, truth))
            counts.append(len(set(found)) == len(set(truth)))
        print(f"validation, {penalty}: lines wrong {np.mean(errors):.3f}, count right {np.mean(counts):.2f}")
    for folder in map(Path, sys.argv[2:]):
        samples = read_sound(folder / "film.mp4", rate=SPEECH_RATE, layout="mono").samples[0]
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        found = speakers_of(samples, SPEECH_RATE, [(one["start"], one["end"]) for one in truth])
        error = wrong(found, [one["speaker"] for one in truth])
        print(f"{folder.name}, {_PENALTY}: {len(set(found))} speakers, {len(truth)} lines, wrong {error:.3f}")


if __name__ == "__main__":
    main()
