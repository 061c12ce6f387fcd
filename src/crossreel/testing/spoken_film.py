"""A film made by program whose every word is known: moving picture, spoken lines, music and effects apart.

The picture changes scene every few seconds and shows a bar while somebody speaks; lines are spoken by a voice
back end at the times of a subtitle file, fitted as a dub is; music and effects lie in a stem of their own
and in the film's sound beneath the speech. What was said when is written beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.localize.dub.cast import CastBook
from crossreel.localize.timedtext import Cue, Document, Span, write_bytes
from crossreel.media.leveling import TARGETS
from crossreel.media.loudness import loudness_of
from crossreel.media.sound_reading import read_blocks
from crossreel.media.sound_writing import write_sound
from crossreel.sample.film.drawing import HEIGHT, WIDTH
from crossreel.sample.film.picture import FRAME_RATE, FRAMES, draw_frame
from crossreel.sample.film.sound import make_sound
from crossreel.studio.dubbing import Bed, Dub, DubOrder, dub
from crossreel.values.language import Language
from crossreel.values.sound import MASTER_RATE, Samples, Sound
from crossreel.values.speech_roles import Voice

__all__ = ["SpokenFilm", "make_spoken_film", "music_and_effects", "with_speakers"]

_FIRST_SCENE = 8 * FRAME_RATE
"""Frames of the countdown and title that are not used."""
_MUSIC_LUFS = -36.0
_TAIL = 3
"""Seconds after the last line."""


@dataclass(frozen=True, slots=True)
class SpokenFilm:
    """The files of a made film.

    Args:
        film: H.264 and AAC in MP4.
        stem: music and effects, FLAC.
        subtitles: WebVTT with the speakers named.
        truth: JSON: every line's true start and end in seconds, its speaker, voice and words.
        seconds: exact length.
    """

    film: Path
    stem: Path
    subtitles: Path
    truth: Path
    seconds: Fraction


def with_speakers(document: Document, names: Sequence[str]) -> Document:
    """The document with a speaker for every cue: the next one begins after each finished sentence."""
    turn, cues = 0, []
    for cue in document.cues:
        cues.append(replace(cue, tree=(Span("v", cue.tree, value=names[turn % len(names)]),), raw=None))
        turn += cue.text.rstrip().endswith((".", "!", "?")) and not cue.text.rstrip().endswith("...")
    return replace(document, cues=tuple(cues))


def make_spoken_film(
    folder: Path,
    document: Document,
    language: Language,
    voice: Voice,
    cast: CastBook,
    *,
    music: float = _MUSIC_LUFS,
    takes: Path | None = None,
    stride: int = 1,
    progress: Callable[[int, int, str], None] = lambda _done, _of, _what: None,
) -> SpokenFilm:
    """Makes the film into ``folder``.

    Args:
        folder: made where it is not there.
        document: what is said, with times.
        language: of it.
        voice: who speaks.
        cast: which voice a speaker has.
        music: loudness of the stem, LUFS.
        takes: where spoken lines are kept; in ``folder`` otherwise.
        stride: every how many frames the picture moves; larger is faster to make.
        progress: of lines, then of frames.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frames = int((_last_end(document.cues) + _TAIL) * FRAME_RATE)
    seconds = Fraction(frames, FRAME_RATE)
    made = SpokenFilm(
        folder / "film.mp4",
        folder / "stem.flac",
        folder / f"film.{language}.vtt",
        folder / "truth.json",
        seconds,
    )
    write_sound(made.stem, music_and_effects(seconds, music))
    sound = folder / "sound.flac"
    order = DubOrder(document, language, cast, Bed(made.stem), seconds, TARGETS["ebu-r128"])
    spoken = dub(order, voice, takes or folder / "takes", sound, progress)
    truth = _truth(spoken)
    made.truth.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    made.subtitles.write_bytes(write_bytes(document, "webvtt").data)
    spans = [(line["start"], line["end"]) for line in truth]
    part = folder / "part.mp4"
    _encode(part, frames, read_blocks(sound), spans, stride, progress)
    part.replace(made.film)
    return made


def music_and_effects(seconds: Fraction, loudness: float) -> Sound:
    """Chords and a melody over and over, and a dull blow at every change of scene; 48 kHz stereo."""
    total = int(seconds * MASTER_RATE)
    tune = make_sound()[5 * MASTER_RATE :]
    music = np.resize(tune, total).astype(np.float32)
    blow = np.random.default_rng(7).normal(0, 0.05, MASTER_RATE // 4) * np.exp(
        -np.arange(MASTER_RATE // 4) / 2000
    )
    for at in range(MASTER_RATE * 4, total - len(blow), MASTER_RATE * 9):
        music[at : at + len(blow)] += blow.astype(np.float32)
    pair = np.stack([music, np.roll(music, 480)])
    gain = loudness - loudness_of(Sound(pair, MASTER_RATE, "stereo")).integrated
    return Sound(pair * np.float32(10 ** (gain / 20)), MASTER_RATE, "stereo")


def _last_end(cues: Sequence[Cue]) -> Fraction:
    return max(cue.end for cue in cues)


def _truth(spoken: Dub) -> list[dict[str, Any]]:
    return [
        {
            "cue": one.line.id,
            "start": one.start / 1000,
            "end": one.end / 1000,
            "speaker": one.line.speaker,
            "voice": spoken.cast.voice(one.line.speaker),
            "text": one.wording.text,
        }
        for one in spoken.plan.placed
    ]


def _encode(
    path: Path,
    frames: int,
    sound: Any,
    spans: Sequence[tuple[float, float]],
    stride: int,
    progress: Callable[[int, int, str], None],
) -> None:
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        video: Any = film.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"crf": "26", "preset": "veryfast", "threads": "1", "g": str(2 * FRAME_RATE)}
        audio: Any = film.add_stream("aac", rate=MASTER_RATE, layout="stereo")
        audio.bit_rate = 160_000
        drawn: dict[int, NDArray[np.uint8]] = {}
        for number in range(frames):
            film.mux(video.encode(av.VideoFrame.from_ndarray(_frame(number, spans, stride, drawn), "rgb24")))
            if number % 240 == 0:
                progress(number, frames, "frames drawn")
        film.mux(video.encode(None))
        _encode_sound(av, film, audio, sound)
    progress(frames, frames, "frames drawn")


def _frame(
    number: int, spans: Sequence[tuple[float, float]], stride: int, drawn: dict[int, NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    scene = _FIRST_SCENE + (number // stride * stride) % (FRAMES - _FIRST_SCENE)
    if scene not in drawn:
        drawn[scene] = draw_frame(scene)
    picture = drawn[scene]
    at = number / FRAME_RATE
    for start, end in spans:
        if start <= at < end:
            picture = picture.copy()
            picture[HEIGHT - 14 : HEIGHT - 8, 20 : 20 + int((WIDTH - 40) * (at - start) / (end - start))] = (
                235
            )
            break
    return picture


def _encode_sound(av: Any, film: Any, audio: Any, blocks: Any) -> None:
    fifo, place = av.AudioFifo(), 0

    def put(frame: Any) -> int:
        frame.pts, frame.sample_rate = place, MASTER_RATE
        film.mux(audio.encode(frame))
        return int(place + frame.samples)

    for block in blocks:
        samples: Samples = np.ascontiguousarray(block, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
        frame.sample_rate, frame.pts = MASTER_RATE, None
        fifo.write(frame)
        while (full := fifo.read(1024)) is not None:
            place = put(full)
    rest = fifo.read(0, partial=True)
    if rest is not None and rest.samples:
        place = put(rest)
    film.mux(audio.encode(None))
