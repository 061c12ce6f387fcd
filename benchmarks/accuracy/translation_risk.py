"""Does the risk of a line find the bad ones? Apertium on the open films, with and without translating back.

``python benchmarks/accuracy/translation_risk.py SHARED_DATA``. A line's truth is its chrF2 beside the human
translation; printed are the mean of the riskiest tenth and of all lines, and how often one of the worst
fifth has a higher risk than another line (area under the ROC curve; 0.5 is chance). Nothing is tuned here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean

from sacrebleu.metrics import CHRF

from crossreel.localize.proofs.opening import paired
from crossreel.localize.timedtext import read_file
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.values.language import Language

CODES = {"en": "eng", "es": "spa", "pt": "por"}
_CHRF = CHRF()


def scored(folder: Path, source: str, target: str, back: bool) -> list[tuple[float, float]]:
    """(risk, chrF2) of every line that stands for one line of the human translation."""
    languages = Language.parse(source), Language.parse(target)
    engine = Apertium()
    rows = []
    for path in sorted(folder.rglob(f"*-{CODES[source]}.srt")):
        other = path.with_name(path.name.replace(f"-{CODES[source]}.srt", f"-{CODES[target]}.srt"))
        if not other.exists():
            continue
        document, reference = read_file(path, language=languages[0]), read_file(other, language=languages[1])
        done = translate_document(document, Task(*languages, engine, back=engine if back else None))
        for places, place in paired(document.cues, reference.cues):
            if place is not None and len(places) == 1:
                line = done.lines[places[0]]
                told, wanted = " ".join(line.target.split()), " ".join(reference.cues[place].text.split())
                rows.append((line.risk, float(_CHRF.sentence_score(told, [wanted]).score)))
    return rows


def area(rows: list[tuple[float, float]]) -> float:
    """How often one of the worst fifth has a higher risk than one of the others; ties count half."""
    order = sorted(rows, key=lambda row: row[1])
    worst, others = order[: len(rows) // 5], order[len(rows) // 5 :]
    return mean((one[0] > two[0]) + 0.5 * (one[0] == two[0]) for one in worst for two in others)


def main() -> None:
    """Prints the table."""
    folder = Path(sys.argv[1]) / "subtitles" / "open-films"
    for source, target in (("en", "es"), ("es", "pt"), ("es", "en")):
        for back in (False, True):
            rows = sorted(scored(folder, source, target, back), key=lambda row: -row[0])
            tenth = mean(score for _, score in rows[: len(rows) // 10])
            whole = mean(score for _, score in rows)
            told = f"{len(rows)} lines, riskiest tenth {tenth:.1f}, all {whole:.1f}, area {area(rows):.3f}"
            print(f"{source}-{target} back={back}: {told}")
    print(f"sacrebleu {_CHRF.get_signature()}")


if __name__ == "__main__":
    main()
