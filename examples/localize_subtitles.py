"""Subtitles into another language: translated, repaired by the rules there, doubtful lines first.

apt-get install apertium apertium-eng-spa
python examples/localize_subtitles.py film.en.srt en es film.es.srt
"""

import sys
from pathlib import Path

from crossreel import Language
from crossreel.app import translation_engine
from crossreel.flow import localized
from crossreel.localize.timedtext import write_bytes


def main(source: str, spoken: str, language: str, target: str) -> None:
    made = localized(
        Path(source), Language.parse(spoken), Language.parse(language), translation_engine("apertium")
    )
    Path(target).write_bytes(write_bytes(made.document, "srt").data)
    print(f"{len(made.document.cues)} cues; {len(made.report.violations)} rules that no repair could keep")
    print("Read these first:")
    for cue, original, translation in made.doubtful[:5]:
        print(f"  {cue}: {original!r} -> {translation!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
