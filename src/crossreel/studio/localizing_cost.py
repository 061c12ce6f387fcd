"""What localizing a film will take, told before anything is done: seconds, money, what leaves the house."""

from __future__ import annotations

from typing import Any, Final

from crossreel.localize.dub.script import script_of
from crossreel.localize.timedtext import read_file
from crossreel.localize.translate.machine import estimate
from crossreel.studio.localizing import Localizer
from crossreel.studio.steps import content

__all__ = ["expected"]

_LISTEN, _MIX, _PACK = 0.35, 0.25, 0.03
"""Seconds of one core for a second of film; docs/benchmarks/dubbing.md."""
_SPEAK: Final = {"kokoro": 0.08, "piper": 0.01, "espeak": 0.002}
"""Seconds of one core for a character; 0.05 where the voice is somebody else's service."""
_HEARD_CHARACTERS = 9.0
"""Characters said in a second of film, where nothing is known yet."""


def expected(work: Localizer) -> dict[str, Any]:
    """The steps to come, each with seconds of one core, cost and whether data leave the machine.

    Numbers are what was measured once, not promises; a step that is done costs nothing.
    """
    order, seconds = work.order, float(work.length)
    state = work.steps.state("transcript", work.source_inputs(), work.source_files)
    listening = 0.0 if order.subtitles is not None or state != "to do" else _LISTEN * seconds
    steps: list[dict[str, Any]] = [_step("transcript", state, listening)]
    known = order.subtitles or (work.source_files[0] if state != "to do" else None)
    characters = round(_HEARD_CHARACTERS * seconds)
    translation: dict[str, Any] = {"cost": None, "currency": "", "characters": characters, "seconds": 0.0}
    if known is not None and order.source is not None:
        document = read_file(known, language=order.source)
        told = estimate(document, work.task(order.source)).to_dict()
        characters = sum(len(line.text) for line in script_of(document)[0])
        translation = {key: told[key] for key in ("cost", "currency", "characters", "seconds")}
    sends = order.engine.facts.sends_away
    draft = order.out / f"translation.{order.target}.vtt"
    steps.append(
        {
            **_step("translation", _there(draft), translation.pop("seconds")),
            **translation,
            "sends_away": sends,
        }
    )
    steps.append(_step("fix", _there(order.out / f"subtitles.{order.target}.vtt"), characters / 20_000))
    speaking = characters * _SPEAK.get(order.voice.name, 0.05)
    dubbed = order.out / f"dub.{order.target}.m4a"
    step = _step("dub", _there(dubbed), speaking + _MIX * seconds)
    steps.append({**step, "characters": characters, "sends_away": order.voice.sends_data})
    steps.append(_step("package", _there(order.out / "hls" / "master.m3u8"), _PACK * seconds))
    return {
        "film": str(order.film),
        "content": content(order.film)[:12],
        "film_seconds": round(seconds, 3),
        "steps": steps,
        "seconds": round(sum(one["seconds"] for one in steps), 1),
        "sends_away": sends or order.voice.sends_data,
    }


def _there(path: Any) -> str:
    return "there" if path.is_file() else "to do"


def _step(name: str, state: str, seconds: float) -> dict[str, Any]:
    return {
        "step": name,
        "state": state,
        "seconds": round(0.0 if state in ("kept", "edited") else seconds, 1),
    }
