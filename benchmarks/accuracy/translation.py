"""Apertium alone, and what each thing put around it adds: films, courses, news.

    python benchmarks/accuracy/translation.py ../shared/data [--pairs en-es] [--news]

Data: subtitles of open films and courses (CC BY 4.0), lines paired by time, and NTREX-128 (news, CC BY-SA,
evaluation only). Rules were written looking at the films of DEV, and at the even lines of the English-Spanish
files before that; reported are the other files, and NTREX, never looked at. Steps, each with those before it:

alone      each cue by itself through Apertium as installed
sentences  rebuilt over cues and shared out again; marks, casing and typography finished; source rewritten
edits      readings, wordings and orders set right between Apertium's programs
terms      a termbase: the wordings of TERMS and the register, as the translators have them in the DEV files
memory     a translation memory of the DEV files of the same language pair
"""

from __future__ import annotations

import argparse
from pathlib import Path

from crossreel.localize.proofs.opening import paired
from crossreel.localize.timedtext import Document, read_file
from crossreel.localize.timedtext.scoring.lexical import compare_lines
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.memory import MemoryList, Segment
from crossreel.localize.translate.roles import Request
from crossreel.localize.translate.terms import Term, Termbase
from crossreel.localize.translate.wording import finished, prepared
from crossreel.values.language import Language

PAIRS = {
    "en-es": ("eng", "spa", "en", "es"),
    "fr-es": ("fra", "spa", "fr", "es"),
    "es-pt": ("spa", "por", "es", "pt-BR"),
}
DEV = ("morevna-ep3", "synfig-01-basics", "synfig-02-first-animation", "synfig-05-keyframes")
COURSES = ("synfig", "coatools")
TERMS = {
    "en-es": (
        ("keyframe", "fotograma clave"), ("waypoint", "punto de referencia"), ("canvas", "lienzo"),
        ("frame", "cuadro"), ("handle", "tirador"), ("work area", "área de trabajo"), ("mouse", "ratón"),
        ("toolbox", "caja de herramientas"), ("timetrack", "línea de tiempo"), ("layer", "capa"),
        ("boy", "niño"), ("wheel", "rueda"), ("feature", "función"),
    ),
    "fr-es": (
        ("calque", "capa"), ("canevas", "lienzo"), ("souris", "ratón"), ("poignée", "tirador"),
        ("onglet", "pestaña"),
        ("fichier", "archivo"), ("image clé", "fotograma clave"),
    ),
    "es-pt": (
        ("fotograma clave", "quadro-chave"), ("cuadro", "quadro"), ("capa", "camada"), ("archivo", "arquivo"),
    ),
}  # fmt: skip
"""Of the courses, as their translators have them in the DEV files."""
NEWS = {
    "en-es": ("src.eng", ("spa-MX", "spa")),
    "fr-es": ("ref.fra", ("spa-MX",)),
    "es-pt": ("ref.spa-MX", ("por-BR",)),
}
"""NTREX: the source file and the references; of pairs without English both are translations of it."""
REGISTER = {"en-es": "informal", "fr-es": "informal", "es-pt": "informal"}


def line(text: str) -> str:
    return " ".join(text.split())


def films(folder: Path, source: str, target: str) -> list[tuple[str, Document, Document]]:
    found = []
    for path in sorted(folder.rglob("*.srt")):
        other = path.with_name(path.name.replace(f"-{source}.srt", f"-{target}.srt"))
        if path.parent.name == source:
            other = path.parent.parent / target / path.name
        if other != path and other.exists():
            found.append((path.stem.removesuffix(f"-{source}"), read_file(path), read_file(other)))
    return found


def show(name: str, hypotheses: list[str], references: list[str], language: Language) -> None:
    found = compare_lines(hypotheses, references, language)
    scores = f"chrF {found.chrf:.1f}, BLEU {found.bleu:.1f}"
    print(f"{name}: {len(references)} lines, {scores} ({found.chrf_signature})", flush=True)


def alone(texts: list[str], source: Language, target: Language, *, edits: bool = False) -> list[str]:
    asked = [Request(str(n), text) for n, text in enumerate(texts)]
    found = {answer.id: answer.text for answer in Apertium(edits=edits).translate(asked, source, target)}
    return [found[str(n)] for n in range(len(texts))]


def subtitles(folder: Path, pair: str) -> None:
    one, two, from_, to = PAIRS[pair]
    source, target = Language.parse(from_), Language.parse(to)
    every = films(folder, one, two)
    memory = MemoryList(
        Segment(line(x.cues[places[0]].text), line(y.cues[place].text))
        for name, x, y in every
        if name in DEV
        for places, place in paired(x.cues, y.cues)
        if place is not None and len(places) == 1
    )
    base = Termbase(
        [*(Term(*term) for term in TERMS[pair]), Term("*", REGISTER[pair], "address", "*")], source, target
    )
    for kind in ("courses", "films"):
        own = [
            entry
            for entry in every
            if entry[0] not in DEV and ("lesson" in entry[0] or "synfig" in entry[0]) == (kind == "courses")
        ]
        terms = base if kind == "courses" else None
        report(f"{kind} {pair}", own, (source, target), terms, memory)


def report(
    name: str,
    own: list[tuple[str, Document, Document]],
    languages: tuple[Language, Language],
    terms: Termbase | None,
    memory: MemoryList,
) -> None:
    pairs = [(x, y, [(a, b) for a, b in paired(x.cues, y.cues) if a and b is not None]) for _, x, y in own]
    references = [line(y.cues[b].text) for _, y, rows in pairs for _, b in rows]
    bare = []
    for x, _, rows in pairs:
        texts = alone([line(cue.text) for cue in x.cues], *languages)
        bare += [" ".join(texts[place] for place in a) for a, _ in rows]
    show(f"{name} alone", bare, references, languages[1])
    steps = {
        "sentences": {"engine": Apertium(edits=False)},
        "edits": {"engine": Apertium()},
        "terms": {"engine": Apertium(), "terms": terms},
        "memory": {"engine": Apertium(), "terms": terms, "memory": memory},
    }
    for step, options in steps.items():
        if step == "terms" and terms is None:
            continue
        lines = []
        for x, _, rows in pairs:
            done = translate_document(x, Task(*languages, **options))  # type: ignore[arg-type]
            lines += [" ".join(line(done.document.cues[place].text) for place in a) for a, _ in rows]
        show(f"{name} {step}", lines, references, languages[1])


def news(folder: Path, pair: str) -> None:
    source, target = (Language.parse(tag) for tag in PAIRS[pair][2:])
    given, references = NEWS[pair]
    lines = (folder / f"newstest2019-{given}.txt").read_text(encoding="utf-8").splitlines()
    ready = [prepared(text, source)[0] for text in lines]
    made = {"alone": alone(lines, source, target)}
    for name, edits in (("rewritten", False), ("edits", True)):
        raw = alone(ready, source, target, edits=edits)
        made[name] = [finished(text, old, target) for text, old in zip(raw, lines, strict=True)]
    for variant in references:
        path = folder / f"newstest2019-ref.{variant}.txt"
        if not path.exists():
            print(f"NTREX {pair}, {variant}: the reference is not there")
            continue
        wanted = path.read_text(encoding="utf-8").splitlines()
        for name, texts in made.items():
            show(f"NTREX {pair}, {variant} {name}", texts, wanted, target)


def main() -> None:
    """Prints the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--pairs", nargs="*", default=list(PAIRS))
    asked.add_argument("--news", action="store_true")
    options = asked.parse_args()
    for pair in options.pairs:
        subtitles(options.data / "subtitles" / "open-films", pair)
        if options.news:
            news(options.data / "translation" / "ntrex", pair)


if __name__ == "__main__":
    main()
