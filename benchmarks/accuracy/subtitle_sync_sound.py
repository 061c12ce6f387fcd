"""Subtitle sync to a film's sound, beside ffsubsync: shifts, frame rates, cuts, foreign files.

    python benchmarks/accuracy/subtitle_sync_sound.py FILM.mp4 SUBTITLES.srt OPEN_FILMS [--peer FFSUBSYNC]

FILM is made by ``benchmarks/speech/make_film.py`` on the times of SUBTITLES, so every cue's true start is
the subtitle's. Shifts and places of cuts are drawn with seed 5. Three cuts: half a minute missing from the
film (later cues 30 s late), half a minute missing from the subtitles' version (its cues are gone, later ones
30 s early), and both. Starts' errors of each cue left are pooled over the runs of a case; their median and
95th percentile are printed, and how many files were refused. OPEN_FILMS gives files of other films. The
peer gets the same files; it needs ``ffmpeg`` on the path.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from crossreel.errors import CrossreelError
from crossreel.localize.timedtext import Document, read_file, write_bytes
from crossreel.localize.timedtext.syncing.sync import RATES, sync
from crossreel.studio.syncing import speech_reference

SEED, RUNS, GAP = 5, 6, Fraction(30)


def numbered(document: Document) -> Document:
    return replace(document, cues=tuple(replace(cue, id=str(n)) for n, cue in enumerate(document.cues)))


def moved(document: Document, shift: Fraction, rate: Fraction = Fraction(1)) -> Document:
    cues = (replace(cue, start=cue.start * rate + shift, end=cue.end * rate + shift) for cue in document.cues)
    return replace(document, cues=tuple(cues))


def cut(document: Document, late: Fraction | None, gone: Fraction | None) -> Document:
    """The subtitles of a version that has 30 s more from ``late`` on, and lacks the 30 s from ``gone`` on."""
    cues = []
    for cue in document.cues:
        if gone is not None and gone <= cue.start < gone + GAP:
            continue
        shift = GAP * (late is not None and cue.start >= late) - GAP * (
            gone is not None and cue.start >= gone
        )
        cues.append(replace(cue, start=cue.start + shift, end=cue.end + shift))
    return replace(document, cues=tuple(cues))


def cases(truth: Document, rng: random.Random) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {"in time": [truth]}
    end = float(truth.cues[-1].start)
    for _ in range(RUNS):
        shift = Fraction(rng.randint(-20_000, 40_000), 1000)
        found.setdefault("shift", []).append(moved(truth, max(shift, -truth.cues[0].start)))
        late, gone = (Fraction(round(rng.uniform(a * end, b * end))) for a, b in ((0.25, 0.45), (0.55, 0.75)))
        found.setdefault("30 s cut from the film", []).append(cut(truth, late, None))
        found.setdefault("30 s only in the film", []).append(cut(truth, None, gone))
        found.setdefault("both", []).append(cut(truth, late, gone))
    found["frame rate"] = [moved(truth, Fraction(0), rate) for rate in RATES[1:]]
    return found


def errors(made: Document, truth: Document, *, by_id: bool, left: Document) -> list[float]:
    """Milliseconds that each cue is off; the peer loses ids, so its cues are matched by their order."""
    right = {cue.id: cue.start for cue in truth.cues}
    ids = [cue.id for cue in (made if by_id else left).cues]
    return [abs(float(cue.start - right[id])) * 1000 for cue, id in zip(made.cues, ids, strict=False)]


def by_peer(peer: Path, film: Path, document: Document) -> Document | None:
    with tempfile.TemporaryDirectory() as name:
        file, out = Path(name) / "in.srt", Path(name) / "out.srt"
        file.write_bytes(write_bytes(document, "srt").data)
        subprocess.run([peer, film, "-i", file, "-o", out], capture_output=True, check=False)
        return read_file(out) if out.exists() else None


def line(values: list[float], refused: int) -> str:
    if not values:
        return f"refused {refused}"
    return f"{np.median(values):7.0f} {np.percentile(values, 95):7.0f}  refused {refused}"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("film", type=Path)
    options.add_argument("subtitles", type=Path)
    options.add_argument("others", type=Path)
    options.add_argument("--peer", type=Path)
    options.add_argument("--foreign", type=int, default=10)
    asked = options.parse_args()
    truth = numbered(read_file(asked.subtitles))
    begun = time.process_time()
    reference = speech_reference(asked.film)
    print(f"{asked.film}: {len(truth.cues)} cues, load {os.getloadavg()[0]:.1f}, speech found in", end=" ")
    print(f"{time.process_time() - begun:.1f} s of CPU; errors in ms: median, p95 | ffsubsync")
    for case, documents in cases(truth, random.Random(SEED)).items():
        ours, theirs, refused, unwritten = [], [], 0, 0
        for document in documents:
            found = sync(document, reference)
            if found.action == "refused":
                refused += 1
            else:
                ours += errors(found.document, truth, by_id=True, left=document)
            if asked.peer:
                made = by_peer(asked.peer, asked.film, document)
                unwritten += made is None
                theirs += errors(made, truth, by_id=False, left=document) if made else []
        print(
            f"{case:24} {len(documents)} files  {line(ours, refused)} | {line(theirs, unwritten)}", flush=True
        )
    foreign = [path for path in sorted(asked.others.rglob("*.srt")) if path.parent != asked.subtitles.parent]
    written = written_by_peer = tried = 0
    for path in random.Random(SEED).sample(foreign, asked.foreign):
        try:
            document = read_file(path)
        except CrossreelError:
            continue
        tried += 1
        written += sync(document, reference).action != "refused"
        written_by_peer += bool(asked.peer) and by_peer(asked.peer, asked.film, document) is not None
    print(f"foreign: {written} of {tried} accepted | ffsubsync wrote {written_by_peer}")


if __name__ == "__main__":
    main()
