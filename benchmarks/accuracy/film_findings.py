"""How well things, faces and text are found in 60 frames that were labeled by eye (``film_findings.json``).

    python benchmarks/accuracy/film_findings.py --media MEDIA

Twice: in each labeled picture by itself, by the detectors as they ship, and in the document that ``crossreel
video analyze`` makes of the clip, at that picture's time. An object counts by its kind being there or not,
not by its box; a face by the number of faces; a string as read where the letters of a found line resemble it
by .8 (1 - edits over length, letter case and spaces aside). What the labels call unsure is neither found nor
missed. Nothing was tuned on these labels. The models must be pulled.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from crossreel.media.frames import open_film
from crossreel.media.pictures import upright_rgb
from crossreel.studio.film import analyze_film
from crossreel.studio.film_parts import Parts, parts_of
from crossreel.values.media_roles import Picture

LABELS = Path(__file__).with_suffix(".json")
ALIKE = 0.8
_WIDEST = 640


def in_pictures(path: Path, frames: set[int], parts: Parts) -> dict[int, dict[str, list[str]]]:
    """What the detectors find in these pictures, each by itself."""
    found = {}
    with open_film(path) as film:
        for frame in film.frames():
            if frame.number in frames:
                picture = Picture(frame.number, frame.time, upright_rgb(frame.raw, _WIDEST))
                seen = parts.looker.look(picture, 0)
                found[frame.number] = {
                    part: [one["label"] for one in seen[part]] for part in ("objects", "faces", "text")
                }
    return found


def in_document(path: Path, frames: set[int], parts: Parts) -> dict[int, dict[str, list[str]]]:
    """What the document of the whole clip says of these frames."""
    with tempfile.TemporaryDirectory() as folder:
        document = analyze_film(path, Path(folder), parts=parts)

    def at(part: str, frame: int, word: str) -> list[str]:
        spans = [one for one in document[part] if one["start_frame"] <= frame < one["end_frame"]]
        return [one[word] for one in spans]

    return {
        frame: {
            "objects": at("objects", frame, "label"),
            "faces": at("faces", frame, "label"),
            "text": at("onscreen_text", frame, "text"),
        }
        for frame in frames
    }


def letters(text: str) -> str:
    return "".join(text.casefold().split())


def likeness(one: str, other: str) -> float:
    """1 - Levenshtein distance over the longer length."""
    a, b = letters(one), letters(other)
    before = list(range(len(b) + 1))
    for row, left in enumerate(a, 1):
        now = [row]
        for column, right in enumerate(b, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (left != right)))
        before = now
    return 1 - before[-1] / max(len(a), len(b), 1)


def is_read(text: str, lines: Iterable[str]) -> bool:
    """Whether a line, or all of them after another, resembles it."""
    held = list(lines)
    return any(likeness(text, line) >= ALIKE for line in [*held, " ".join(held)])


def tally(
    labels: list[dict[str, Any]], found: Callable[[dict[str, Any]], dict[str, list[str]]]
) -> dict[str, Counter[str]]:
    """Right, missed and false for each kind of thing, for faces and for text."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for label in labels:
        seen = found(label)
        kinds, there = set(seen["objects"]), set(label["objects"])
        for kind in kinds | there:
            if kind in there:
                told[kind]["right" if kind in kinds else "missed"] += 1
            elif kind not in label["objects_unsure"]:
                told[kind]["false"] += 1
        count = len(seen["faces"])
        told["a face"]["right"] += min(count, label["faces"])
        told["a face"]["missed"] += max(0, label["faces"] - count)
        told["a face"]["false"] += max(0, count - label["faces"] - label["faces_unsure"])
        for name, texts in (("a string", label["text"]), ("a string of small letters", label["text_small"])):
            for text in texts:
                told[name]["right" if is_read(text, seen["text"]) else "missed"] += 1
        known = [*label["text"], *label["text_small"], *label["text_unsure"]]
        for line in seen["text"]:
            if not any(is_read(line, [text]) or letters(line) in letters(text) for text in known):
                told["a string"]["false"] += 1
    return told


def shown(told: dict[str, Counter[str]]) -> list[str]:
    things = [name for name in told if not name.startswith("a ")]
    told = {**told, "all kinds of things": sum((told[name] for name in things), Counter())}
    lines = []
    for name in sorted(told, key=lambda one: (one.startswith("a"), one)):
        right, missed, false = (told[name][what] for what in ("right", "missed", "false"))
        precision = f"{right / (right + false):.2f}" if right + false else "-"
        recall = f"{right / (right + missed):.2f}" if right + missed else "-"
        counts = f"there {right + missed:3d} found {right:3d} false {false:3d}"
        lines.append(f"{name:28s} {counts}  precision {precision} recall {recall}")
    return lines


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--media", type=Path, required=True)
    ask.add_argument("--each", action="store_true", help="print what is found in every picture")
    args = ask.parse_args()
    labels = json.loads(LABELS.read_text(encoding="utf-8"))["frames"]
    parts = parts_of(only=["faces", "objects", "text"])
    frames: dict[str, set[int]] = defaultdict(set)
    for label in labels:
        frames[label["clip"]].add(label["frame"])
    for name, look in (("each picture by itself", in_pictures), ("the clip's document", in_document)):
        found = {clip: look(args.media / clip, wanted, parts) for clip, wanted in frames.items()}
        print(f"\n{name}, {len(labels)} frames")
        for line in shown(tally(labels, lambda label, seen=found: seen[label["clip"]][label["frame"]])):
            print(line, flush=True)
        if args.each:
            for label in labels:
                print(label["clip"][:12], label["frame"], found[label["clip"]][label["frame"]])


if __name__ == "__main__":
    main()
