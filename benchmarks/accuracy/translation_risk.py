"""Does the risk of a line find the bad ones? Apertium on the open films; fitted on some, reported on others.

``python benchmarks/accuracy/translation_risk.py SHARED_DATA KEEP [--films NAME ...] [--fit]``. A line's
truth is its chrF2 beside the human translation. Signs of each line (meaning by e5-small, likeness of the
translation back, lengths, reasons) are kept in the JSON Lines file KEEP, so that a run can be split by
``--films``. ``--fit`` prints the weights of ``localize.translate.signs`` from the films of FIT; the report
is of the others. Area: how often one of the worst fifth of a film has a higher risk than another line of it
(0.5 is chance).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from sacrebleu.metrics import CHRF

from crossreel.app import translation_signs
from crossreel.localize.proofs.opening import paired
from crossreel.localize.timedtext import read_file
from crossreel.localize.translate import signs as model
from crossreel.localize.translate.back import back_likeness, back_translations
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.risk import combined
from crossreel.values.language import Language

PAIRS = (("eng", "spa", "en", "es"), ("spa", "por", "es", "pt-BR"), ("fra", "spa", "fr", "es"))
FIT = ("morevna-ep3", "synfig-02-first-animation", "synfig-05-keyframes")
OURS = ("estimate", "back-translation")
_CHRF = CHRF()


def films(folder: Path, one: str, two: str, names: list[str]) -> list[tuple[str, Path, Path]]:
    found = []
    for path in sorted(folder.rglob("*.srt")):
        other = path.with_name(path.name.replace(f"-{one}.srt", f"-{two}.srt"))
        if path.parent.name == one:
            other = path.parent.parent / two / path.name
        name = path.stem.removesuffix(f"-{one}")
        if other != path and other.exists() and (not names or name in names):
            found.append((name, path, other))
    return found


def signs(path: Path, other: Path, source: Language, target: Language) -> list[dict[str, Any]]:
    """The lines of a film that stand for one line of the human translation."""
    document, reference = read_file(path, language=source), read_file(other, language=target)
    task = Task(source, target, Apertium(), back=Apertium(), signs=translation_signs())
    done = translate_document(document, task)
    backs = back_translations(done.document.cues, [(line.state, "") for line in done.lines], task)
    rows = []
    for places, place in paired(document.cues, reference.cues):
        line = done.lines[places[0]] if len(places) == 1 else None
        if line is None or place is None or line.state != "machine":
            continue
        told, wanted = " ".join(line.target.split()), " ".join(reference.cues[place].text.split())
        source_text = " ".join(line.source.split())
        rows.append(
            {
                "source": source_text,
                "target": told,
                "chrf": float(_CHRF.sentence_score(told, [wanted]).score),
                "reasons": {one.kind: one.weight for one in line.reasons},
                "back": back_likeness(source_text, backs.get(places[0])),
                **model.signs_of(source_text, told, (source, target)),
            }
        )
    near = model.meanings([(row["source"], row["target"]) for row in rows], task.signs.embedder)  # type: ignore[arg-type]
    return [{**row, "meaning": meaning} for row, meaning in zip(rows, near, strict=True)]


def worst(rows: list[dict[str, Any]]) -> set[int]:
    order = sorted(range(len(rows)), key=lambda place: rows[place]["chrf"])
    return set(order[: len(rows) // 5])


def area(rows: list[dict[str, Any]], risks: list[float]) -> float:
    """How often one of the worst fifth has a higher risk than one of the others; ties count half."""
    bad = worst(rows)
    pairs = [(risks[a], risks[b]) for a in bad for b in range(len(rows)) if b not in bad]
    return mean((one > two) + 0.5 * (one == two) for one, two in pairs)


def fitted(by_film: dict[tuple[str, str], list[dict[str, Any]]]) -> tuple[dict[str, float], dict[str, float]]:
    """Weights and means of a logistic model (Newton's method, ridge 1 on standardized signs) of being bad."""
    names = ("meaning", "back", "length", "ratio")
    table, truth = [], []
    for (_, film), rows in by_film.items():
        if film in FIT:
            bad = worst(rows)
            table += [[row[name] for name in names] for row in rows]
            truth += [float(place in bad) for place in range(len(rows))]
    x, y = np.array(table), np.array(truth)
    means, spread = x.mean(axis=0), x.std(axis=0)
    x = np.hstack([np.ones((len(x), 1)), (x - means) / spread])
    ridge = np.diag([0.0, 1.0, 1.0, 1.0, 1.0])
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + ridge, x.T @ (p - y) + ridge @ w)
    own = w[1:] / spread
    weights = {"bias": float(w[0] - own @ means), **dict(zip(names, map(float, own), strict=True))}
    return weights, dict(zip(names, map(float, means), strict=True))


def risks(rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[float]:
    """As ``judging`` puts them together, with those signs looked for."""
    from crossreel.localize.translate.lines import Reason

    found = []
    for row in rows:
        chance = model.likely_bad({name: row[name] for name in ("length", "ratio", *names)})
        reasons = [Reason(kind, weight, "") for kind, weight in row["reasons"].items() if kind not in OURS]
        found.append(combined([*reasons, Reason("estimate", chance, "")]))
    return found


def main() -> None:
    """Collects, fits, or prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("keep", type=Path)
    asked.add_argument("--films", nargs="*", default=[])
    asked.add_argument("--fit", action="store_true")
    options = asked.parse_args()
    kept = (
        [json.loads(line) for line in options.keep.read_text().splitlines()] if options.keep.exists() else []
    )
    by_film = {(one["pair"], one["film"]): one["rows"] for one in kept}
    for one, two, from_, to in PAIRS if options.films else ():
        for name, path, other in films(options.data / "subtitles" / "open-films", one, two, options.films):
            if (f"{from_}-{to}", name) not in by_film:
                rows = signs(path, other, Language.parse(from_), Language.parse(to))
                by_film[f"{from_}-{to}", name] = rows
                with options.keep.open("a") as out:
                    out.write(json.dumps({"pair": f"{from_}-{to}", "film": name, "rows": rows}) + "\n")
    if options.fit:
        print(*fitted(by_film), sep="\n")
        return
    shown: dict[str, list[list[dict[str, Any]]]] = defaultdict(list)
    for (pair, film), rows in by_film.items():
        if film not in FIT:
            shown[pair].append(rows)
    for pair, all_ in shown.items():
        print(pair, len(all_), "films", sum(map(len, all_)), "lines")
        for told, names in (
            ("neither", ()),
            ("meaning", ("meaning",)),
            ("back", ("back",)),
            ("both", ("meaning", "back")),
        ):
            areas, tenths = [], []
            for rows in all_:
                found = risks(rows, names)
                areas.append(area(rows, found))
                order = sorted(range(len(rows)), key=lambda n, found=found: -found[n])  # type: ignore[misc]
                tenths += [rows[n]["chrf"] for n in order[: max(1, len(rows) // 10)]]
            print(
                f"  {told}: area {mean(areas):.3f}, riskiest tenth {mean(tenths):.1f}, "
                f"all {mean(row['chrf'] for rows in all_ for row in rows):.1f}"
            )
    _CHRF.sentence_score("", [""])
    print(f"sacrebleu {_CHRF.get_signature()}")


if __name__ == "__main__":
    main()
