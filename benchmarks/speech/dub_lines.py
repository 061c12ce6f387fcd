"""Dubs the sixty fixed lines into five languages and prints how they fit; see ``lines.json``.

Run: ``python benchmarks/speech/dub_lines.py KOKORO_FOLDER CACHE_FOLDER [WHISPER_FOLDER]``. Spoken lines are
kept in the cache folder, so that a second run costs seconds. One voice a language, the planner's default
limits, silence as bed, EBU R 128. With a Whisper folder all takes of a language are recognized (joined, 0.8 s
apart, language told) and word error (characters for Japanese) is printed, punctuation and case left out.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np

from crossreel.localize.dub.cast import CastBook
from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.media.leveling import TARGETS
from crossreel.media.loudness import loudness_of
from crossreel.media.sound_reading import read_sound
from crossreel.models.kokoro import KokoroVoice
from crossreel.models.whisper import WhisperRecognizer
from crossreel.studio.dubbing import Bed, DubOrder, dub
from crossreel.studio.takes import Takes
from crossreel.values.language import Language
from crossreel.values.sound import Sound

VOICES = {"es": "ef_dora", "fr": "ff_siwis", "it": "if_sara", "pt-BR": "pf_dora", "ja": "jf_alpha"}
RATE = Fraction(24)


def words(text: str, language: str) -> list[str]:
    """Words without punctuation and case; characters where words are not separated."""
    kept = "".join(sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in text.casefold())
    return list(kept.replace(" ", "")) if language == "ja" else kept.split()


def errors(wanted: list[str], heard: list[str]) -> int:
    """Edit distance."""
    row = np.arange(len(heard) + 1)
    for number, word in enumerate(wanted, start=1):
        before, row = row, np.empty_like(row)
        row[0] = number
        for at, other in enumerate(heard, start=1):
            row[at] = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (word != other))
    return int(row[-1])


def recognized(takes: Takes, lines: list[dict], language: str, listener: WhisperRecognizer) -> float:
    """Share of words that Whisper heard otherwise."""
    parts = []
    for line in lines:
        take = takes.speak(line["texts"][language], VOICES[language])
        parts += [take.samples[0], np.zeros(round(0.8 * take.rate), dtype=np.float32)]
    heard = listener.recognize(Sound.mono(np.concatenate(parts), 24_000), Language.parse(language))
    wanted = words(" ".join(line["texts"][language] for line in lines), language)
    return errors(wanted, words(" ".join(one.text for one in heard.segments), language)) / len(wanted)


def main() -> None:
    voice, cache = KokoroVoice(Path(sys.argv[1])), Path(sys.argv[2])
    listener = WhisperRecognizer(Path(sys.argv[3])) if len(sys.argv) > 3 else None
    lines = json.loads(Path(__file__).with_name("lines.json").read_text(encoding="utf-8"))["lines"]
    frames = int((lines[-1]["end"] + 2) * RATE)
    length = frames / RATE
    print(f"{len(lines)} lines, {frames} frames at {RATE}; load {os.getloadavg()[0]:.1f}")
    print("language  natural  left out  overlaps  rates  unplanned >1.2  samples off  LUFS  dBTP  error")
    for language, name in VOICES.items():
        cues = tuple(
            cue_of(Fraction(str(one["start"])), Fraction(str(one["end"])), one["texts"][language], one["cue"])
            for one in lines
        )
        out = cache / f"dub.{language}.wav"
        order = DubOrder(
            Document(cues),
            Language.parse(language),
            CastBook({}).cast("", name),
            Bed(None),
            length,
            TARGETS["ebu-r128"],
        )
        made = dub(order, voice, cache, out)
        sound, total = read_sound(out), int(length * 48_000)
        read = loudness_of(sound)
        every = [one.line for one in made.plan.placed] + list(made.plan.left_out)
        fast = sum(one.wordings[0].natural > 1.2 * (one.end - one.start) for one in every)
        facts = made.plan.summary()
        error = f"{recognized(Takes(cache, voice), lines, language, listener):.3f}" if listener else "-"
        print(
            f"{language:9} {facts['natural_share']:7.1%} {len(made.plan.left_out):9} {facts['overlaps']:9}  "
            f"{facts['slowest']:.2f}-{facts['fastest']:.2f} {fast:15} {sound.length - total:12}  "
            f"{read.integrated:6.2f}  {read.true_peak:6.2f}  {error}",
            flush=True,
        )


if __name__ == "__main__":
    main()
