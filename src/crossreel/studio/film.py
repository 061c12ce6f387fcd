"""Analyzing a film: one pass for every listener, then shots, key frames, findings, lists and a report.

What was found is kept in ``OUT/.work`` every few thousand frames, so that the same command goes on after an
interruption; memory is bounded by figures of about 250 bytes a frame (43 MB for two hours) and by what the
large pictures show.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import BadValue
from crossreel.insight.video.cards import credits_start, slates
from crossreel.insight.video.careful import careful_transitions
from crossreel.insight.video.checkpoint import Checkpoint
from crossreel.insight.video.findings import findings_of
from crossreel.insight.video.keyframes import Candidate, best_of, crops_of, eyes_of, of_shots, worth_of
from crossreel.insight.video.lists import to_edl, to_otio
from crossreel.insight.video.report import write_report
from crossreel.insight.video.shot_network import shipped_network
from crossreel.insight.video.shots import shots_of, transitions_of, within_film
from crossreel.insight.video.signals import black_mask, letterbox_of, still_mask, stretches
from crossreel.media.frames import JOINED
from crossreel.media.reading import FilmReader
from crossreel.studio.film_parts import Parts
from crossreel.studio.film_pass import hear_film, look
from crossreel.studio.film_sound import sound_of
from crossreel.studio.out_folder import make_folder
from crossreel.values.media_roles import Shot

__all__ = ["Progress", "analyze_film"]

Progress = Callable[[int, int, str], None]
_FIGURES = ["mean", "top", "spread", "change", "hash", "edges", "bars"]


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


def analyze_film(
    path: Path,
    out: Path,
    *,
    best: int = 10,
    progress: Progress = _silent,
    threads: int = 0,
    parts: Parts | None = None,
    name: str = "",
) -> dict[str, Any]:
    """Finds what is in a film; writes JSON, lists, pictures and a report into ``out``.

    Args:
        path: a film file.
        out: a folder, made where it is not there.
        best: pictures to choose for artwork.
        progress: called as ``progress(done, of, what)``; what it raises stops the work.
        threads: of the decoder; 0 lets FFmpeg choose.
        parts: what is looked for beside shots, key frames and signals (see ``parts_of``); nothing by default.
        name: what the report and the lists call the film; the file's name by default.

    Returns:
        the document of ``crossreel video analyze --json``.

    Raises:
        BadFile: it is no film, not one picture decodes, or ``out`` is no folder that can be written to.
        BadValue: ``best`` is below 0.
        MissingExtra: PyAV is not installed.
    """
    if best < 0:
        raise BadValue("number of pictures", best, "0 or more")
    parts = parts or Parts()
    reader = FilmReader(path, threads)
    facts = reader.describe()
    make_folder(out)
    work = Checkpoint(out / ".work", _identity(path, parts))
    heard = hear_film(reader, work, parts, facts, out, progress)
    times = heard.times
    figures = work.joined(["rows", "careful", *_FIGURES])
    rate = Fraction(facts["video"]["frame_rate"] or 25)
    end = times[-1] + (times[-1] - times[-2] if len(times) > 1 else 1 / rate)
    shots = shots_of(_transitions(figures, parts), times, end)
    chosen, artwork = _keyframes(reader, parts, shots, heard.looks, times, figures, out, best, progress)
    signals = _signals(figures, times, end, rate)
    seconds = [float(time) for time in times]
    signals["slates"] = slates(heard.looks, seconds, signals["freeze"])
    signals["credits_start"] = credits_start(heard.looks, seconds, float(end))
    document = {
        "file": str(path),
        "called": name or path.stem,
        "duration": float(end),
        "fps": float(rate),
        "frames": len(times),
        "shots": [_shot(shot) for shot in shots],
        "keyframes": chosen,
        **findings_of(heard.looks, shots, times, parts.language_of),
        "audio": _audio(path, progress, parts, heard.holes),
        "artwork": artwork,
        "signals": signals,
        "holes": heard.holes,
        "probe": facts,
        "method": _method(parts),
    }
    _write(document, shots, rate, None if name else path, out)
    work.clear()
    return document


def _audio(path: Path, progress: Progress, parts: Parts, holes: list[dict[str, Any]]) -> dict[str, Any]:
    found = sound_of(path, progress, parts.voice)
    if found["tracks"] and any(hole["problem"] == JOINED for hole in holes):
        found["problem"] = found["problem"] or (
            "recordings are joined here; behind one with less sound than pictures its times are too early"
        )
    return found


def _identity(path: Path, parts: Parts) -> dict[str, Any]:
    """What work in progress belongs to: the file as it is, and what is looked for."""
    stat = path.stat()
    file = {"file": str(path.resolve()), "size": stat.st_size, "changed": stat.st_mtime_ns}
    return {**file, "version": 2, "parts": sorted(parts.ran), "careful": parts.closer is not None}


def _transitions(figures: dict[str, Any], parts: Parts) -> Any:
    odds = shipped_network().answer(figures["rows"])
    found = careful_transitions(odds, figures["careful"]) if parts.closer else transitions_of(odds)
    return within_film(found, black_mask(figures))


def _method(parts: Parts) -> dict[str, Any]:
    fast = "temporal convolution network over 84 figures of 96x54 pictures"
    looker = parts.looker
    found: dict[str, Any] = {"faces": looker.faces, "objects": looker.objects, "onscreen_text": looker.text}
    found |= {"speech": parts.voice, "compliance": looker.nudity, "eyes": looker.eyes}
    return {
        "shots": f"{fast}, {parts.closer.name} where it is in doubt"
        if parts.closer
        else f"{fast}, fast mode",
        "models": {name: one.name for name, one in found.items() if one is not None},
        "not_run": list(parts.not_run),
        "notices": list(parts.notices),
        "text_read": looker.text.reads if looker.text else None,
    }


def _write(document: dict[str, Any], shots: list[Shot], rate: Fraction, film: Path | None, out: Path) -> None:
    """The document last: what finds it finds everything."""
    called = document["called"]
    clip = film.name if film else called
    (out / "shots.edl").write_text(to_edl(called, shots, rate, clip), encoding="utf-8")
    (out / "shots.otio").write_text(to_otio(called, shots, rate, film), encoding="utf-8")
    write_report({**document, "file": clip}, out / "report.html")
    whole = json.dumps(document, ensure_ascii=False, indent=1)
    unfinished = out / "analysis.json.part"
    unfinished.write_text(whole, encoding="utf-8")
    unfinished.replace(out / "analysis.json")


def _keyframes(
    reader: FilmReader,
    parts: Parts,
    shots: list[Shot],
    looks: list[dict[str, Any]],
    times: list[Fraction],
    figures: dict[str, Any],
    out: Path,
    best: int,
    progress: Progress,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A key frame for each shot, and the best of the title; pictures that serve for neither are removed."""
    told = {one["frame"]: one for one in looks}

    def candidate(one: dict[str, Any]) -> Candidate:
        frame, busy = one["frame"], tuple(one["busy"])
        bits = int(figures["hash"][frame])
        return Candidate(frame, float(times[frame]), worth_of(one), bits, busy, one["width"], one["height"])

    chosen = of_shots(shots, [candidate(one) for one in looks])
    for place, (shot, one) in enumerate(zip(shots, chosen, strict=True)):
        if one is not None:
            continue
        frame = (shot.start_frame + shot.end_frame) // 2
        picture = reader.picture_at(frame, times[frame], 640)
        progress(place, len(shots), "key frames")
        if picture is None:
            continue
        file = f"frames/{frame:07d}.jpg"
        (out / file).write_bytes(reader.jpeg(picture.rgb, 5))
        told[frame] = look(parts, picture, 0, file)
        chosen[place] = candidate(told[frame])
    kept = [one for one in chosen if one is not None]
    keyframes = [_keyframe(one, told) for one in kept]
    artwork = [_artwork(one, told) for one in best_of(kept, best)]
    used = {one["file"] for one in keyframes}
    for name in {one["file"] for one in told.values()} - used:
        (out / name).unlink(missing_ok=True)
    return keyframes, artwork


def _keyframe(one: Candidate, told: dict[int, dict[str, Any]]) -> dict[str, Any]:
    seen = told[one.frame]
    place = {"frame": one.frame, "time": one.time, "score": one.score}
    return {**place, "file": seen["file"], "eyes": eyes_of(seen)}


def _artwork(one: Candidate, told: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """A key frame for artwork: crops keep the faces; where text stands is told, as it dates a picture."""
    seen = told[one.frame]
    surest = sorted(seen.get("faces", ()), key=lambda face: -face["score"] * face["box"][2] * face["box"][3])
    faces = [face["box"] for face in surest]  # what is large but hardly a face does not draw the poster
    text = [line["box"] for line in seen.get("text", ())]
    size = {"width": one.width, "height": one.height}
    return {**_keyframe(one, told), **size, "faces": faces, "text": text, "crops": crops_of(one, faces)}


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
