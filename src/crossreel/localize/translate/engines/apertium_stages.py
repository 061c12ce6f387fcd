"""An Apertium mode taken apart at its seams, so that what runs between its programs can be edited.

A mode is a line of programs: analysis, tagging and dictionary, transfer, generation. Its words travel as
lexical units, ``^surface/lemma<tags>/lemma<tags>$`` (Apertium stream format, wiki.apertium.org, read
2026-11). The programs and their data are run as installed; only the stream between them is changed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["Edit", "Stages", "Unit", "joined", "run_stages", "stages_of", "units_in"]

Edit = Callable[[int, str], str]
"""Changes the stream of one text: (number of the text, its stream)."""

_BOUNDARY = re.compile(r"(\[\]\[\n[ \t]*\n\])")
_UNIT = re.compile(r"\^((?:\\.|[^\\$])*)\$")


@dataclass(frozen=True, slots=True)
class Stages:
    """The programs of a mode as shell text; ``transfer`` is empty where the dictionary is inside it."""

    analysis: str
    dictionary: str
    transfer: str
    generation: str


@dataclass(slots=True)
class Unit:
    """A lexical unit: what stood before it, its surface (after analysis only), and its readings."""

    before: str
    surface: str
    readings: list[str]


@lru_cache(maxsize=64)
def stages_of(mode: str) -> Stages | None:
    """The stages of an installed mode; None where it is put together in another way."""
    program = shutil.which("apertium")
    if program is None:
        return None
    path = Path(program).resolve().parent.parent / "share" / "apertium" / "modes" / f"{mode}.mode"
    try:
        programs = path.read_text(encoding="utf-8").strip().split(" | ")
    except OSError:
        return None
    tagger = next((n for n, one in enumerate(programs) if one.startswith("apertium-tagger ")), 0)
    last = next((n for n, one in enumerate(programs) if one.startswith("lt-proc $1 ")), 0)
    if not 0 < tagger < last:
        return None
    bilingual = ("lt-proc -b ", "lrx-proc ")
    split = max((n + 1 for n in range(tagger, last) if programs[n].startswith(bilingual)), default=last)
    return Stages(
        *(" | ".join(programs[a:b]) for a, b in ((0, tagger), (tagger, split), (split, last), (last, None)))
    )


def run_stages(
    stages: Stages,
    text: str,
    count: int,
    timeout: float,
    *,
    analyzed: Edit | None = None,
    chosen: Edit | None = None,
    transferred: Edit | None = None,
) -> subprocess.CompletedProcess[str]:
    """Translates texts that stand apart by empty lines; the result is that of the failing or last step.

    Args:
        stages: of the mode.
        text: all texts.
        count: how many; a stream that falls into another number is not edited.
        timeout: seconds for each step.
        analyzed: edits the readings of each word before one is chosen.
        chosen: edits what the dictionary found, before words are put in order.
        transferred: edits the target's lemmas and tags before they are inflected.

    Raises:
        subprocess.TimeoutExpired: a step took too long.
    """
    steps = (
        (f"apertium-destxt | {stages.analysis}", analyzed),
        (stages.dictionary, chosen),
        (stages.transfer, transferred),
        (f"{stages.generation} | apertium-retxt", None),
    )
    done = subprocess.CompletedProcess("", 0, text, "")
    for programs, edit in steps:
        if not programs:
            if edit is not None:
                done.stdout = _edited(done.stdout, count, edit)
            continue
        done = _step(programs, done.stdout, timeout)
        if done.returncode != 0:
            return done
        if edit is not None:
            done.stdout = _edited(done.stdout, count, edit)
    return done


def _step(programs: str, text: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """One part of the line; ``$1`` makes the generator leave unknown words unmarked."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {programs}", "apertium", "-n"],
        input=text, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=timeout,
        check=False,
    )  # fmt: skip


def _edited(stream: str, count: int, edit: Edit) -> str:
    parts = _BOUNDARY.split(stream)
    if len(parts) != 2 * count - 1:
        return stream
    for number in range(count):
        parts[2 * number] = edit(number, parts[2 * number])
    return "".join(parts)


def units_in(stream: str) -> tuple[list[Unit], str]:
    """The lexical units of a stream, and what stands after the last."""
    units, at = [], 0
    for match in _UNIT.finditer(stream):
        surface, *readings = re.split(r"(?<!\\)/", match.group(1))
        units.append(Unit(stream[at : match.start()], surface, readings))
        at = match.end()
    return units, stream[at:]


def joined(units: Sequence[Unit], rest: str) -> str:
    """The stream of units."""
    return "".join(f"{one.before}^{'/'.join((one.surface, *one.readings))}$" for one in units) + rest
