"""Writes ``lines.json``: the sixty fixed lines that the dubbing benchmark speaks, in six languages.

The first sixty cues with spoken words of "Pepper & Carrot, episode 6" (Morevna Project, CC BY 4.0), whose
hand-made subtitles exist in all the languages with the same times; the spoken cues after them are the
validation part. Run: ``python benchmarks/speech/choose_lines.py FOLDER``, the folder that holds
``pepper-and-carrot-ep6``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from crossreel.localize.timedtext import read_file

LANGUAGES = {"en": "eng", "es": "spa", "fr": "fra", "it": "ita", "pt-BR": "por", "ja": "jpn"}
LINES = 60
_SOUND = re.compile(r"\[[^\]]*\]|\([^)]*\)|[♪♫]")


def spoken(text: str) -> str:
    """The words of a cue without sounds and line breaks."""
    return " ".join(_SOUND.sub(" ", text).split())


def main() -> None:
    folder = Path(sys.argv[1]) / "pepper-and-carrot-ep6"
    read = {
        language: read_file(folder / f"pepper-and-carrot-ep6-{name}.srt").cues
        for language, name in LANGUAGES.items()
    }
    rows = []
    for number, cue in enumerate(read["en"]):
        texts = {language: spoken(cues[number].text) for language, cues in read.items()}
        same = all((cues[number].start, cues[number].end) == (cue.start, cue.end) for cues in read.values())
        if same and all(any(sign.isalpha() for sign in text) for text in texts.values()):
            rows.append({"cue": cue.id, "start": float(cue.start), "end": float(cue.end), "texts": texts})
    document = {
        "source": "Pepper & Carrot, episode 6, subtitles by the Morevna Project, CC BY 4.0, read 2026-11",
        "lines": rows[:LINES],
        "validation": rows[LINES:],
    }
    out = Path(__file__).with_name("lines.json")
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(rows[:LINES])} lines and {len(rows[LINES:])} for validation written to {out}")


if __name__ == "__main__":
    main()
