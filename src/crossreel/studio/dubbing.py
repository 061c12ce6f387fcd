"""A dub from subtitles: cast, spoken, planned, fitted, mixed and leveled; the film keeps its length."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import BadFile, BadInput, BadValue
from crossreel.localize.dub.cast import CastBook, read_cast
from crossreel.localize.dub.line import Limits, Line, Placed, Plan, Wording
from crossreel.localize.dub.mix import Ducking, SpokenLine, exactly, mixed, silence
from crossreel.localize.dub.plan import plan_dub
from crossreel.localize.dub.script import ScriptLine, script_of
from crossreel.localize.dub.takes import fitted, pauses_of, resampled
from crossreel.localize.timedtext import Document, read_file
from crossreel.media.leveling import Leveled, Target, level, target_named
from crossreel.media.loudness import SILENCE, loudness_of
from crossreel.media.opening import opened
from crossreel.media.sound_reading import read_blocks, sound_facts
from crossreel.media.sound_writing import write_blocks
from crossreel.studio.takes import Takes
from crossreel.values.language import Language
from crossreel.values.sound import LAYOUTS, MASTER_RATE, Samples, Sound
from crossreel.values.speech_roles import Voice

__all__ = [
    "Bed",
    "Dub",
    "DubOrder",
    "dub",
    "dub_film",
    "film_length",
    "prepare_lines",
    "seen_lines",
    "spoken_lines",
]

_LINE_LUFS = -23.0
_DUCK_DECIBELS, _DUCK_SECONDS = 16.0, 0.12
_TIGHT = 1.1
"""Natural time over slot from which on shorter wordings are looked for."""
Progress = Callable[[int, int, str], None]


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Bed:
    """What the speech is laid over.

    Args:
        path: a file with sound, or None for silence.
        is_stem: music and effects without speech, kept as they are; else the original, which is ducked.
        layout: of the mix.
    """

    path: Path | None
    is_stem: bool = True
    layout: str = "stereo"


@dataclass(frozen=True, slots=True)
class DubOrder:
    """All that a dub is made from.

    Args:
        document: the subtitles in the language of the dub.
        language: of the dub.
        cast: the cast book; characters without entry get voices of the language.
        bed: see ``Bed``.
        length: of the film, exact seconds.
        target: loudness.
        limits: of the planner.
        shorter: other wordings by cue id, best first, that a person gave.
        condense: gives shorter wordings of a line that takes so many times its slot; asked only where a line
            would have to be spoken faster than nobody hears.
        on_screen: whether the mouth is seen, by cue id, where face tracks told.
    """

    document: Document
    language: Language
    cast: CastBook
    bed: Bed
    length: Fraction
    target: Target
    limits: Limits = field(default_factory=Limits)
    shorter: Mapping[str, Sequence[str]] = field(default_factory=dict)
    condense: Callable[[ScriptLine, float], Sequence[str]] | None = None
    on_screen: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dub:
    """A finished dub.

    Args:
        plan: where every line stands.
        cast: with the voices that were chosen.
        leveled: loudness before and after.
        samples: a channel, in the written file.
        notes: what was not spoken, and why.
    """

    plan: Plan
    cast: CastBook
    leveled: Leveled
    samples: int
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **self.plan.summary(),
            "cast": {name: entry.voice for name, entry in self.cast.entries.items()},
            "loudness": self.leveled.after.to_dict(),
            "samples": self.samples,
            "rate": MASTER_RATE,
            "notes": list(self.notes),
            "placed": [one.to_dict() for one in self.plan.placed],
        }


def dub(order: DubOrder, voice: Voice, takes: Path, out: Path, progress: Progress = _silent) -> Dub:
    """Speaks, plans, mixes and writes a dub; ``takes`` is the folder that spoken lines are kept in.

    Raises:
        BadInput: nothing in the subtitles is spoken.
        BadFile: the bed cannot be read, or the output not written.
        BadValue: the voices do not speak the language.
    """
    script, notes = script_of(order.document)
    length = int(order.length * 1000)
    late = [line for line in script if line.start >= length]
    script = tuple(line for line in script if line.start < length)
    notes += tuple(f"Line {line.id} begins after the film's end and is not spoken." for line in late)
    if not script:
        raise BadInput(
            "Nothing in the subtitles is spoken within the film.",
            advice="Check that the subtitles belong to this film.",
        )
    cast = order.cast.completed((line.speaker for line in script), voice.voices(), order.language)
    book = Takes(takes, voice)
    lines, unspoken = prepare_lines(script, cast, book, order, progress)
    plan = plan_dub(lines, length, order.limits)
    said = spoken_lines(plan, cast, book)
    notes += unspoken + tuple(
        f"Line {line.id} does not fit and is left out: reword it." for line in plan.left_out
    )
    total = int(order.length * MASTER_RATE)
    leveled = _mixed_file(order, said, plan, total, out)
    progress(len(script), len(script), "lines spoken")
    return Dub(plan, cast, leveled, total, notes)


def dub_film(
    film: Path,
    subtitles: Path,
    out: Path,
    language: Language,
    voice: Voice,
    *,
    takes: Path,
    stem: Path | None = None,
    cast: Path | None = None,
    wordings: Path | None = None,
    faces: Path | None = None,
    target: str = "ebu-r128",
    layout: str = "stereo",
    progress: Progress = _silent,
) -> Dub:
    """``dub`` from files; without a stem the film's own sound is ducked, and a silent film gets silence.

    Raises:
        As ``dub``; BadFile also for a cast book, wordings or face tracks that cannot be read.
    """
    if layout not in ("stereo", "5.1"):
        raise BadValue("layout of the dub", layout, "stereo or 5.1")
    document = read_file(subtitles, language=language)
    source = stem or (film if sound_facts(film) else None)
    order = DubOrder(
        document=document,
        language=language,
        cast=read_cast(cast) if cast else CastBook({}),
        bed=Bed(source, stem is not None, layout),
        length=film_length(film),
        target=target_named(target),
        shorter=_wordings(wordings) if wordings else {},
        on_screen=_seen(faces, document) if faces else {},
    )
    return dub(order, voice, takes, out, progress)


def _wordings(path: Path) -> dict[str, list[str]]:
    read = _json(path)
    if not isinstance(read, dict) or not all(isinstance(one, list) for one in read.values()):
        raise BadFile(path, "is not a JSON object of cue id to a list of wordings")
    return {str(id): [str(text) for text in texts] for id, texts in read.items()}


def _seen(path: Path, document: Document) -> dict[str, bool]:
    """Which lines are spoken while a face is seen for at least half of their time."""
    read = _json(path)
    if isinstance(read, dict):  # a document of video analyze
        read = read.get("faces", ())
    try:
        spans = [(float(one["start"]), float(one["end"])) for one in read]
    except (TypeError, KeyError, ValueError) as error:
        raise BadFile(path, "is not a JSON list of {start, end} in seconds") from error
    return seen_lines(spans, document)


def seen_lines(spans: Sequence[tuple[float, float]], document: Document) -> dict[str, bool]:
    """By cue id, whether a mouth is seen (seconds of ``spans``) for at least half of the line."""
    seen = {}
    for line in script_of(document)[0]:
        start, end = line.start / 1000, line.end / 1000
        shared = sum(max(0.0, min(end, last) - max(start, first)) for first, last in spans)
        seen[line.id] = shared >= (end - start) / 2
    return seen


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(path, f"cannot be read as JSON ({error})") from error


def prepare_lines(
    script: Sequence[ScriptLine], cast: CastBook, book: Takes, order: DubOrder, progress: Progress = _silent
) -> tuple[list[Line], tuple[str, ...]]:
    """The lines with how long each wording takes in its voice, and in words what no voice can say."""
    lines: list[Line] = []
    notes: list[str] = []
    for number, one in enumerate(script):
        voice = cast.voice(one.speaker)
        wordings = []
        for place, text in enumerate((one.text, *order.shorter.get(one.id, ()))):
            try:
                take = book.speak(text, voice or "")
            except BadValue as error:
                notes.append(f"Line {one.id} is not spoken: {error.message}")
                continue
            wordings.append(_wording(text, take, 3.0 * place))
        if wordings and order.condense is not None:
            excess = wordings[0].natural / (one.end - one.start)
            for text in order.condense(one, excess) if excess > _TIGHT else ():
                take = book.speak(text, voice or "")
                if (made := _wording(text, take, 3.0 * len(wordings))).natural < wordings[-1].natural:
                    wordings.append(made)
        if wordings:
            lines.append(
                Line(one.id, one.start, one.end, tuple(wordings), one.speaker, order.on_screen.get(one.id))
            )
        progress(number + 1, len(script), "lines spoken")
    return lines, tuple(notes)


def _wording(text: str, take: Sound, cost: float) -> Wording:
    quiet = sum(pause.end - pause.start for pause in pauses_of(take.samples[0], take.rate))
    pauses = round(1000 * quiet / take.rate)
    whole = -(-1000 * take.length // take.rate)
    return Wording(text, max(1, whole - pauses), pauses, cost)


def spoken_lines(plan: Plan, cast: CastBook, book: Takes) -> list[SpokenLine]:
    """Every placed line, fitted to its time at the master rate and brought to one loudness."""
    return [_spoken(one, cast, book) for one in plan.placed]


def _spoken(one: Placed, cast: CastBook, book: Takes) -> SpokenLine:
    take = book.speak(one.wording.text, cast.voice(one.line.speaker) or "")
    start = one.start * MASTER_RATE // 1000
    count = one.end * MASTER_RATE // 1000 - start
    own = round(count * take.rate / MASTER_RATE)
    made = resampled(fitted(take.samples[0], take.rate, own, one.rate, one.pause), take.rate, MASTER_RATE)
    exact = np.pad(made, (0, max(0, count - len(made))))[:count].astype(np.float32)
    loud = loudness_of(Sound.mono(exact, MASTER_RATE)).integrated
    gain = 10 ** ((_LINE_LUFS - loud) / 20) if loud > SILENCE else 1.0
    return SpokenLine(start, exact * np.float32(min(gain, 8.0)))


def _mixed_file(order: DubOrder, said: Sequence[SpokenLine], plan: Plan, total: int, out: Path) -> Leveled:
    bed = order.bed
    channels = len(LAYOUTS[bed.layout])
    ducking = None
    if bed.path is not None and not bed.is_stem:
        spans = [(one.line.start, one.line.end) for one in plan.placed] + [
            (p.start, p.end) for p in plan.placed
        ]
        spans += [(line.start, line.end) for line in plan.left_out]
        scaled = tuple(
            (start * MASTER_RATE // 1000, end * MASTER_RATE // 1000) for start, end in sorted(spans)
        )
        ducking = Ducking(_DUCK_DECIBELS, round(_DUCK_SECONDS * MASTER_RATE), scaled)

    def blocks() -> Iterable[Samples]:
        under = (
            silence(channels, total)
            if bed.path is None
            else exactly(read_blocks(bed.path, rate=MASTER_RATE, layout=bed.layout), channels, total)
        )
        return mixed(under, said, bed.layout, ducking)

    return level(
        blocks,
        MASTER_RATE,
        bed.layout,
        order.target,
        lambda made: write_blocks(out, made, MASTER_RATE, bed.layout),
    )


def film_length(path: Path) -> Fraction:
    """Exact seconds of a film: of its picture (frames over rate) where it has one, else of its sound.

    Raises:
        BadFile: neither says how long it is.
    """
    with opened(path) as container:
        for stream in (*container.streams.video, *container.streams.audio):
            if stream.duration and stream.time_base:
                return Fraction(stream.duration * stream.time_base)
        if container.duration:
            return Fraction(container.duration, 1_000_000)
    facts = sound_facts(path)
    if facts:
        samples = sum(block.shape[1] for block in read_blocks(path))
        return Fraction(samples, facts[0].rate)
    raise BadFile(path, "does not say how long it is", advice="Remux it into MP4 or Matroska first.")
