"""Apertium alone and with what we put around it: open films, NTREX.

    python benchmarks/accuracy/translation.py ../shared/data

Data: subtitles of open films and courses (CC BY 4.0) with as many cues in both languages, and NTREX-128
(news, CC BY-SA, evaluation only). Cues and lines at even places were looked at while the rewriting rules
were written; those at odd places are reported. ``alone``: each cue by itself through Apertium. ``ours``:
sentences over cues, rewriting, typography. ``memory``: a translation memory of the even cues of the same
films is used as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crossreel.errors import CrossreelError
from crossreel.localize.timedtext import Document, read_file
from crossreel.localize.timedtext.scoring.lexical import compare_lines
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.memory import MemoryList, Segment
from crossreel.localize.translate.roles import Request
from crossreel.localize.translate.wording import finished, prepared
from crossreel.values.language import Language

PAIRS = (("eng", "spa", "en", "es"), ("spa", "por", "es", "pt"), ("fra", "spa", "fr", "es"))


def line(text: str) -> str:
    return " ".join(text.split())


def films(folder: Path, source: str, target: str) -> list[tuple[Document, Document]]:
    found = []
    for path in sorted(folder.rglob("*.srt")):
        other = path.with_name(path.name.replace(f"-{source}.", f"-{target}."))
        if path.parent.name == source:
            other = path.parent.parent / target / path.name
        if other == path or not other.exists():
            continue
        try:
            pair = read_file(path), read_file(other)
        except CrossreelError:
            continue
        if len(pair[0].cues) == len(pair[1].cues):
            found.append(pair)
    return found


def show(name: str, hypotheses: list[str], references: list[str], language: Language) -> None:
    found = compare_lines(hypotheses, references, language)
    scores = f"chrF {found.chrf:.1f}, BLEU {found.bleu:.1f}"
    print(f"{name}: {len(references)} lines, {scores} ({found.chrf_signature})", flush=True)


def alone(texts: list[str], source: Language, target: Language) -> list[str]:
    answers = Apertium().translate([Request(str(n), t) for n, t in enumerate(texts)], source, target)
    found = {answer.id: answer.text for answer in answers}
    return [found[str(n)] for n in range(len(texts))]


def main() -> None:
    data = Path(sys.argv[1])
    for one, two, from_, to in PAIRS:
        source, target = Language.parse(from_), Language.parse(to)
        pairs = films(data / "subtitles" / "open-films", one, two)
        memory = MemoryList(
            Segment(line(a.text), line(b.text))
            for x, y in pairs
            for a, b in zip(x.cues[::2], y.cues[::2], strict=True)
        )
        references = [line(cue.text) for _, y in pairs for cue in y.cues[1::2]]
        texts = [line(cue.text) for x, _ in pairs for cue in x.cues[1::2]]
        show(f"open films {from_}-{to} alone", alone(texts, source, target), references, target)
        for name, known in (("ours", None), ("ours and memory", memory)):
            done = [translate_document(x, Task(source, target, Apertium(), memory=known)) for x, _ in pairs]
            lines = [line(cue.text) for result in done for cue in result.document.cues[1::2]]
            show(f"open films {from_}-{to} {name}", lines, references, target)
    ntrex(data / "translation" / "ntrex")


def ntrex(news: Path) -> None:
    source, target = Language.parse("en"), Language.parse("es")
    english = (news / "newstest2019-src.eng.txt").read_text(encoding="utf-8").splitlines()[1::2]
    ready = [prepared(text, source)[0] for text in english]
    bare, rewritten = alone(english, source, target), alone(ready, source, target)
    ours = [finished(text, old, target) for text, old in zip(rewritten, english, strict=True)]
    for variant in ("spa-MX", "spa"):
        path = news / f"newstest2019-ref.{variant}.txt"
        if path.exists():
            wanted = path.read_text(encoding="utf-8").splitlines()[1::2]
            show(f"NTREX en-{variant} alone", bare, wanted, target)
            show(f"NTREX en-{variant} ours", ours, wanted, target)


if __name__ == "__main__":
    main()
