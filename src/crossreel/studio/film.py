"""Analyzing a film: one pass for every listener, then shots, key frames, lists and a report.

What was found is kept in ``OUT/.work`` every few thousand frames, so that the same command goes on after an
interruption; memory is bounded by figures of about 250 bytes a frame (43 MB for two hours).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import BadValue
from crossreel.insight.video.checkpoint import Checkpoint
from crossreel.insight.video.keyframes import Candidate, best_of, crops_of, look_at, of_shots
from crossreel.insight.video.lists import to_edl, to_otio
from crossreel.insight.video.report import write_report
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import shipped_network
from crossreel.insight.video.shots import shots_of, transitions_of, within_film
from crossreel.insight.video.signals import Signals, black_mask, letterbox_of, still_mask, stretches
from crossreel.media.reading import FilmReader, Stop
from crossreel.studio.film_sound import sound_of
from crossreel.values.media_roles import Shot

__all__ = ["Progress", "analyze_film"]

Progress = Callable[[int, int, str], None]
_FIGURES = ["mean", "top", "spread", "change", "hash", "edges", "bars"]
_PART = 4096
_EVERY = Fraction(1, 2)
"""Seconds between pictures that are looked at closely."""


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


def analyze_film(
    path: Path, out: Path, *, best: int = 10, progress: Progress = _silent, threads: int = 0
) -> dict[str, Any]:
    """Finds shots, key frames and signals of a film; writes JSON, lists, pictures and a report into ``out``.

    Args:
        path: a film file.
        out: a folder, made where it is not there.
        best: pictures to choose for artwork.
        progress: called as ``progress(done, of, what)``; what it raises stops the work.
        threads: of the decoder; 0 lets FFmpeg choose.

    Returns:
        the document of ``crossreel video analyze --json``.

    Raises:
        BadFile: it is no film, or not one picture decodes.
        BadValue: ``best`` is below 0.
        MissingExtra: PyAV is not installed.
    """
    if best < 0:
        raise BadValue("number of pictures", best, "0 or more")
    reader = FilmReader(path, threads)
    facts = reader.describe()
    out.mkdir(parents=True, exist_ok=True)
    stat = path.stat()
    identity = {"file": str(path.resolve()), "size": stat.st_size, "changed": stat.st_mtime_ns, "version": 1}
    work = Checkpoint(out / ".work", identity)
    times, looks, holes = _pass(reader, work, facts, out, progress)
    figures = work.joined(["rows", *_FIGURES])
    rate = Fraction(facts["video"]["frame_rate"] or 25)
    end = times[-1] + (times[-1] - times[-2] if len(times) > 1 else 1 / rate)
    transitions = within_film(transitions_of(shipped_network().answer(figures["rows"])), black_mask(figures))
    shots = shots_of(transitions, times, end)
    chosen, artwork = _keyframes(reader, shots, looks, times, figures, out, best, progress)
    document = {
        "file": str(path),
        "duration": float(end),
        "fps": float(rate),
        "frames": len(times),
        "shots": [_shot(shot) for shot in shots],
        "keyframes": chosen,
        "faces": [],
        "objects": [],
        "onscreen_text": [],
        "audio": sound_of(path, progress),
        "artwork": artwork,
        "signals": _signals(figures, times, end, rate),
        "holes": [asdict(hole) for hole in holes],
        "probe": facts,
        "method": {
            "shots": "temporal convolution network over 84 figures of 96x54 pictures, fast mode",
            "not_run": ["faces", "objects", "onscreen_text", "speech", "compliance"],
        },
    }
    (out / "analysis.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    (out / "shots.edl").write_text(to_edl(path.stem, shots, rate), encoding="utf-8")
    (out / "shots.otio").write_text(to_otio(path, shots, rate), encoding="utf-8")
    write_report(document, out / "report.html")
    work.clear()
    return document


def _pass(
    reader: FilmReader, work: Checkpoint, facts: dict[str, Any], out: Path, progress: Progress
) -> tuple[list[Fraction], list[dict[str, Any]], list[Any]]:
    """Reads the film once, from where an earlier run was left."""
    listeners: dict[str, Any] = {"shots": ShotListener(), "signals": Signals()}
    left = work.last_facts()
    stop = None
    times: list[Fraction] = []
    looks: list[dict[str, Any]] = []
    if left:
        stop = Stop(left["frames"], Fraction(left["time"]), left["first_pts"])
        times, looks = [Fraction(t) for t in left["times"]], left["looks"]
        for name, listener in listeners.items():
            listener.restore(work.last_arrays(f"state-{name}-"))
    total = facts["video"]["frames"] or int(facts["duration"] * (facts["video"]["fps"] or 25))
    (out / "frames").mkdir(exist_ok=True)
    held: dict[str, list[Any]] = {}

    def keep() -> None:
        state = {
            f"state-{name}-{key}": value
            for name, listener in listeners.items()
            for key, value in listener.state().items()
        }
        joined = {name: np.concatenate(parts) for name, parts in held.items()}
        said = {
            "frames": len(times),
            "time": str(times[-1]),
            "first_pts": reader.first_pts,
            "times": [str(t) for t in times],
            "looks": looks,
        }
        work.add({**joined, **state}, said)
        held.clear()

    for block, pictures in reader.read(_EVERY, after=stop):
        for listener in listeners.values():
            for name, value in listener.hear(block).items():
                held.setdefault(name, []).append(value)
        times.extend(block.times)
        for picture in pictures:
            name = f"frames/{picture.frame:07d}.jpg"
            (out / name).write_bytes(reader.jpeg(picture.rgb, 5))
            size = {"width": picture.rgb.shape[1], "height": picture.rgb.shape[0]}
            looks.append({"frame": picture.frame, "file": name, **size, **look_at(picture)})
        if sum(len(part) for part in held["rows"]) >= _PART:
            keep()
        progress(len(times), max(total, len(times)), "pictures")
    if held:
        keep()
    return times, looks, reader.holes


def _keyframes(
    reader: FilmReader,
    shots: list[Shot],
    looks: list[dict[str, Any]],
    times: list[Fraction],
    figures: dict[str, Any],
    out: Path,
    best: int,
    progress: Progress,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A key frame for each shot, and the best of the title; pictures that serve for neither are removed."""
    files = {look["frame"]: look["file"] for look in looks}

    def candidate(look: dict[str, Any]) -> Candidate:
        frame = look["frame"]
        return Candidate(
            frame,
            float(times[frame]),
            look["score"],
            int(figures["hash"][frame]),
            tuple(look["busy"]),
            look["width"],
            look["height"],
        )

    chosen = of_shots(shots, [candidate(look) for look in looks])
    for place, (shot, one) in enumerate(zip(shots, chosen, strict=True)):
        if one is not None:
            continue
        frame = (shot.start_frame + shot.end_frame) // 2
        picture = reader.picture_at(frame, times[frame], 640)
        progress(place, len(shots), "key frames")
        if picture is None:
            continue
        files[frame] = f"frames/{frame:07d}.jpg"
        (out / files[frame]).write_bytes(reader.jpeg(picture.rgb, 5))
        size = {"width": picture.rgb.shape[1], "height": picture.rgb.shape[0]}
        chosen[place] = candidate({"frame": frame, **size, **look_at(picture)})
    kept = [one for one in chosen if one is not None]
    keyframes = [{"frame": c.frame, "time": c.time, "score": c.score, "file": files[c.frame]} for c in kept]
    artwork = [
        {"frame": c.frame, "time": c.time, "score": c.score, "file": files[c.frame], "crops": crops_of(c)}
        for c in best_of(kept, best)
    ]
    used = {one["file"] for one in keyframes}
    for name in set(files.values()) - used:
        (out / name).unlink(missing_ok=True)
    return keyframes, artwork


def _shot(shot: Shot) -> dict[str, Any]:
    return {
        "start_frame": shot.start_frame,
        "end_frame": shot.end_frame,
        "start": float(shot.start),
        "end": float(shot.end),
        "transition": shot.transition,
        "transition_start_frame": shot.transition_start,
        "transition_end_frame": shot.transition_end,
    }


def _signals(figures: dict[str, Any], times: list[Fraction], end: Fraction, rate: Fraction) -> dict[str, Any]:
    """Black, freeze, color bars with times; the film's letterbox."""
    black, still = black_mask(figures), still_mask(figures)

    def told(mask: Any, seconds: float) -> list[dict[str, Any]]:
        shortest = max(2, round(float(rate) * seconds))
        return [
            {
                "start_frame": one.start,
                "end_frame": one.end,
                "start": float(times[one.start]),
                "end": float(times[one.end] if one.end < len(times) else end),
            }
            for one in stretches(mask, shortest)
        ]

    box = letterbox_of(figures["edges"], figures["mean"])
    return {
        "black": told(black, 0.12),
        "freeze": told(still & ~black, 1.0),
        "color_bars": told(np.asarray(figures["bars"]) > 0.5, 0.5),
        "letterbox": None
        if box is None
        else dict(zip(("above", "below", "left", "right"), box, strict=True)),
    }
