"""Apertium, rule-based translation of close and some distant languages, as a process (GPL, not linked).

Measured 2026-11: Apertium 3.8.3 of Debian bookworm. A language pair is a Debian package
(``apertium-eng-spa``); what it can do is the list of its modes (``apertium -l``).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import lru_cache

from crossreel.errors import BadValue, MissingProgram, OutsideFailure
from crossreel.localize.translate.engines.apertium_edits import edits_for
from crossreel.localize.translate.engines.apertium_stages import run_stages, stages_of
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language

__all__ = ["PAIRS", "Apertium", "installed_modes"]

PAIRS = {
    "apertium-eng-spa": ("en", "es"), "apertium-es-pt": ("es", "pt"), "apertium-fr-es": ("fr", "es"),
    "apertium-spa-ita": ("es", "it"), "apertium-eng-cat": ("en", "ca"), "apertium-fra-cat": ("fr", "ca"),
    "apertium-spa-cat": ("es", "ca"), "apertium-por-cat": ("pt", "ca"), "apertium-es-gl": ("es", "gl"),
    "apertium-swe-dan": ("sv", "da"), "apertium-swe-nor": ("sv", "nb"), "apertium-dan-nor": ("da", "nb"),
    "apertium-rus-ukr": ("ru", "uk"), "apertium-urd-hin": ("ur", "hi"), "apertium-afr-nld": ("af", "nl"),
    "apertium-ind-zlm": ("id", "ms"), "apertium-cat-ita": ("ca", "it"), "apertium-oci-fra": ("oc", "fr"),
}  # fmt: skip
"""Debian packages (bookworm, read 2026-11-23) and the languages they join; both ways where modes exist."""

_BATCH = 400
_PER_REQUEST, _START = 0.5, 60.0
_SEPARATOR = "\n\n"
_LIKELY_PIVOTS = ("es", "ca", "fr", "pt", "en")


@lru_cache(maxsize=1)
def installed_modes() -> tuple[str, ...]:
    """The modes of the installed pairs, such as ``eng-spa`` and ``es-pt_BR``.

    Raises:
        MissingProgram: Apertium is not installed.
    """
    program = shutil.which("apertium")
    if program is None:
        raise _missing(("apertium-eng-spa",))
    done = subprocess.run([program, "-l"], capture_output=True, text=True, timeout=60, check=False)
    return tuple(mode for line in done.stdout.splitlines() if "-" in (mode := line.strip()))


def _missing(packages: Sequence[str]) -> MissingProgram:
    return MissingProgram(
        "Apertium or a language pair of it is not installed.",
        advice=f"Install it with: apt install apertium {' '.join(packages)}.",
        program="apertium",
        packages=list(packages),
    )


class Apertium:
    """Apertium over the pairs that are installed.

    Args:
        pivots: whether a text may go through further languages where no mode joins the two.
        modes: stands in for ``apertium -l`` in tests.
        edits: set its readings, wordings and registers right between its programs; False gives it bare.
    """

    def __init__(
        self, *, pivots: bool = True, modes: Sequence[str] | None = None, edits: bool = True
    ) -> None:
        self._pivots, self._edits = pivots, edits
        self._modes = modes

    @property
    def facts(self) -> EngineFacts:
        """Free, local, without context."""
        return EngineFacts(
            "apertium",
            "GPL-2.0-or-later (a program of its own)",
            "Debian packages apertium and apertium-XXX-YYY",
            sends_away=False,
            rule_based=True,
            characters_a_second=20_000.0,
        )

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """The modes a text goes through: the fewest, the more exact variant among equals."""
        if self._modes is not None:
            return self._through_modes(self._modes, source, target)
        found = self._through_modes(installed_modes(), source, target)
        if not found:  # a pair may have been installed since the modes were listed
            installed_modes.cache_clear()
            found = self._through_modes(installed_modes(), source, target)
        return found

    def _through_modes(self, modes: Sequence[str], source: Language, target: Language) -> tuple[str, ...]:
        ends: dict[Language, list[tuple[str, Language]]] = {}
        for mode in modes:
            pair = _languages(mode)
            if pair is not None:
                ends.setdefault(Language.parse(pair[0].primary), []).append((mode, pair[1]))
        level: list[tuple[Language, tuple[str, ...]]] = [(Language.parse(source.primary), ())]
        seen = {level[0][0]}
        for _ in range(3 if self._pivots else 1):
            steps = [
                (end, (*route, mode))
                for at, route in level
                for mode, end in _ordered(ends.get(at, []), target)
            ]
            arrived = [route for end, route in steps if end.primary == target.primary]
            if arrived:
                return arrived[0]
            level = []
            for end, route in steps:
                plain = Language.parse(end.primary)
                if plain not in seen:
                    seen.add(plain)
                    level.append((plain, route))
        return ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Answers by id; the texts stand apart by empty lines, which Apertium keeps.

        Raises:
            BadValue: no package joins these languages.
            MissingProgram: Apertium or the pair is not installed.
            OutsideFailure: the process failed, hung, or lost count.
        """
        route = self.route(source, target)
        if not route:
            raise self._unsupported(source, target)
        answers: list[Answer] = []
        for start in range(0, len(requests), _BATCH):
            batch = requests[start : start + _BATCH]
            texts = [" ".join(request.text.split()) or "." for request in batch]
            registers = [request.register for request in batch]
            for mode in route:
                steered = registers if mode == route[-1] else [""] * len(texts)
                texts = self._through(mode, texts, steered)
            answers += [
                Answer(request.id, text if "#" in request.text else text.replace("#", ""))
                for request, text in zip(batch, texts, strict=True)
            ]
        return answers

    def _unsupported(self, source: Language, target: Language) -> Exception:
        wanted = {source.primary, target.primary}
        packages = [name for name, pair in PAIRS.items() if set(pair) == wanted]
        packages = packages or _by_pivot(source.primary, target.primary)
        if packages:
            return _missing(packages)
        return BadValue(
            "language pair",
            f"{source}-{target}",
            "one that Apertium has",
            advice="Choose another engine; apertium -l lists the pairs that are installed.",
        )

    def _through(self, mode: str, texts: Sequence[str], registers: Sequence[str]) -> list[str]:
        program = shutil.which("apertium")
        if program is None:
            raise _missing(("apertium-eng-spa",))
        try:
            done = self._run(program, mode, texts, registers)
        except subprocess.TimeoutExpired as error:
            raise OutsideFailure(
                f"Apertium did not answer within {error.timeout:.0f} seconds (mode {mode}).",
                advice="Try again with fewer lines, or see what apertium prints for them.",
            ) from error
        if done.returncode != 0:
            raise OutsideFailure(
                f"Apertium failed (mode {mode}, exit {done.returncode}): {done.stderr.strip()[:200]}",
                advice="Run: apertium -l, and reinstall the pair if it is not listed.",
            )
        found = re.split(r"\n[ \t]*\n", done.stdout.strip("\n")) if done.stdout.strip() else []
        if len(found) == len(texts):
            return [" ".join(text.split()) for text in found]
        if len(texts) == 1:
            return [" ".join(done.stdout.split())]
        half = len(texts) // 2  # one of the texts confused it: find it, keep the rest exact
        return [
            *self._through(mode, texts[:half], registers[:half]),
            *self._through(mode, texts[half:], registers[half:]),
        ]

    def _run(
        self, program: str, mode: str, texts: Sequence[str], registers: Sequence[str]
    ) -> subprocess.CompletedProcess[str]:
        """One mode over all texts, with what we set right between its programs where it has seams."""
        timeout = _START + _PER_REQUEST * len(texts)
        stages = stages_of(mode) if self._edits else None
        if stages is not None:
            edits = edits_for(mode, texts, registers)
            return run_stages(stages, _SEPARATOR.join(texts), len(texts), timeout, **edits)
        return subprocess.run(
            [program, "-u", mode], input=_SEPARATOR.join(texts), capture_output=True, text=True,
            encoding="utf-8", errors="replace", timeout=timeout, check=False,
        )  # fmt: skip


def _languages(mode: str) -> tuple[Language, Language] | None:
    """The two languages of a mode's name; None for variants such as ``eco-es-fr``."""
    match = re.fullmatch(r"([a-z]{2,3}(?:_[A-Za-z0-9]+)?)-([a-z]{2,3}(?:_[A-Za-z0-9]+)*)", mode)
    if match is None:
        return None
    found = []
    for part in match.groups():
        code, _, variant = part.partition("_")
        try:
            known = len(variant) == 2 and variant.isupper()
            found.append(Language.parse(f"{code}-{variant}" if known else code))
        except BadValue:
            return None
    return found[0], found[1]


def _ordered(steps: list[tuple[str, Language]], target: Language) -> list[tuple[str, Language]]:
    """The variant asked for first, then plain names, then other variants; likely pivots before others."""

    def key(step: tuple[str, Language]) -> tuple[bool, bool, int, str]:
        mode, end = step
        rank = _LIKELY_PIVOTS.index(end.primary) if end.primary in _LIKELY_PIVOTS else len(_LIKELY_PIVOTS)
        return end != target, "_" in mode, rank, mode

    return sorted(steps, key=key)


def _by_pivot(source: str, target: str) -> list[str]:
    """Two packages that join the languages through a third."""
    for first, one in PAIRS.items():
        for second, two in PAIRS.items():
            shared = set(one) & set(two)
            if first != second and len(shared) == 1 and {source, target} == set(one) ^ set(two):
                return [first, second]
    return []
