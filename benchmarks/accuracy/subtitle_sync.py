"""Subtitle sync beside ffsubsync: shifts, frame rates, a 30 s cut, foreign files.

    python benchmarks/accuracy/subtitle_sync.py ../shared/data/subtitles/open-films --peer /path/to/ffsubsync

Data: subtitles of open films and courses (CC BY 4.0), groups of translations of one picture; only the
groups at odd places are reported, the gate and the price of a cut were chosen on the others. Protocol: a
file is moved (seed 3) and brought back by another translation; the 95th percentile of the starts' errors
over a file is taken, then the median and the worst file. The peer (in an environment of its own) gets the
same files, SRT to SRT.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from crossreel.errors import CrossreelError
from crossreel.localize.timedtext import Document, read_file, write_bytes
from crossreel.localize.timedtext.syncing.sync import RATES, sync_to_document

SEED = 3


def groups(folder: Path) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for path in sorted(folder.rglob("*.srt")):
        name = path.stem if path.parent.parent.name.startswith("course") else path.parent.name
        try:
            document = read_file(path)
        except CrossreelError:
            continue  # two files of the set have no times
        if len(document.cues) >= 20:
            found.setdefault(name, []).append(document)
    return {name: found[name] for place, name in enumerate(sorted(found)) if place % 2}


def moved(document: Document, change: Callable[[Fraction], Fraction]) -> Document:
    cues = (replace(cue, start=change(cue.start), end=change(cue.end)) for cue in document.cues)
    return replace(document, cues=tuple(cues))


def error_ms(ours: Document, truth: Document) -> float:
    pairs = zip(ours.cues, truth.cues, strict=False)
    return float(np.percentile([abs(float(a.start - b.start)) * 1000 for a, b in pairs], 95))


def by_peer(peer: Path, document: Document, reference: Document) -> Document | None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in (("in.srt", document), ("ref.srt", reference)):
            (folder / file).write_bytes(write_bytes(content, "srt").data)
        words = [peer, folder / "ref.srt", "-i", folder / "in.srt", "-o", folder / "out.srt"]
        subprocess.run(words, capture_output=True, check=False)
        return read_file(folder / "out.srt") if (folder / "out.srt").exists() else None


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--peer", type=Path)
    options.add_argument("--peer-files", type=int, default=8)
    options.add_argument("--films", type=int, default=1000, help="only that many")
    asked = options.parse_args()
    rng = random.Random(SEED)
    films = groups(asked.folder)
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    refused: dict[str, int] = {}
    peer_wrote = foreign = accepted = 0
    for name, documents in list(films.items())[: asked.films]:
        truth, reference = rng.choice(documents), rng.choice(documents)
        middle = truth.cues[-1].end * Fraction(rng.randint(30, 70), 100)
        shift, rate = Fraction(rng.randint(5_000, 40_000), 1000), rng.choice(RATES[1:])
        cases: dict[str, Document] = {
            "shift": moved(truth, lambda t, s=shift: t + s),
            "rate": moved(truth, lambda t, r=rate: t * r),
            "cut": moved(truth, lambda t, m=middle: t + (30 if t >= m else 0)),
        }
        other = rng.choice([d for n, ds in films.items() if n != name for d in ds])
        cases["foreign"] = other
        for case, document in cases.items():
            found = sync_to_document(document, reference)
            peer = (
                by_peer(asked.peer, document, reference)
                if asked.peer and foreign < asked.peer_files
                else None
            )
            if case == "foreign":
                foreign += 1
                accepted += found.action != "refused"
                peer_wrote += peer is not None
                continue
            refused[case] = refused.get(case, 0) + (found.action == "refused")
            ours.setdefault(case, []).append(error_ms(found.document, truth))
            if peer is not None:
                theirs.setdefault(case, []).append(error_ms(peer, truth))
    for case, values in ours.items():
        line = f"{case}: {len(values)} files, refused {refused[case]}, p95 median {np.median(values):.1f} ms"
        line += f", worst {max(values):.1f} ms"
        if case in theirs:
            peer_values = theirs[case]
            median, worst = np.median(peer_values), max(peer_values)
            line += f" | ffsubsync: {len(peer_values)} files, {median:.1f}, {worst:.1f} ms"
        print(line)
    peer_files = min(foreign, asked.peer_files)
    print(f"foreign: {foreign} files, {accepted} accepted | ffsubsync wrote {peer_wrote} of {peer_files}")


if __name__ == "__main__":
    main()
