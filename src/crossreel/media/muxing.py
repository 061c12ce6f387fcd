"""Adding sound and subtitle tracks to a film without touching its picture: packets are copied bit by bit."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossreel.errors import BadFile, BadValue, OutsideFailure
from crossreel.media.opening import av_library, opened
from crossreel.values.language import Language

__all__ = ["SoundTrack", "TextTrack", "film_digest", "mux_film"]

_CONTAINERS: Final = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """A sound file to add. ``title`` is shown in players; ``is_default`` is played first."""

    path: Path
    language: Language
    title: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class TextTrack:
    """Subtitles to add: (start, end, text) in milliseconds, in order, not overlapping."""

    cues: tuple[tuple[int, int, str], ...]
    language: Language
    is_forced: bool = False


def film_digest(path: Path) -> tuple[str, int]:
    """sha256 over the picture's packets (in decoding order, payload only), and how many they are.

    Raises:
        BadFile: no picture in it.
    """
    with opened(path) as container:
        if not container.streams.video:
            raise BadFile(path, "has no picture")
        digest, count = hashlib.sha256(), 0
        for packet in container.demux(container.streams.video[0]):
            if packet.size:
                digest.update(bytes(packet))
                count += 1
    return digest.hexdigest(), count


def mux_film(
    film: Path,
    out: Path,
    sounds: Sequence[SoundTrack],
    texts: Sequence[TextTrack] = (),
    *,
    keep_sound: bool = True,
) -> dict[str, Any]:
    """Writes the film with more tracks; picture packets are copied, and that is checked in the result.

    Returns:
        ``{"picture_sha256", "picture_packets", "sounds", "texts"}``.

    Raises:
        BadFile: no picture, a sound that cannot be read, or the output cannot be written.
        BadValue: an output suffix without a container.
        OutsideFailure: FFmpeg changed the picture's packets; nothing is written.
    """
    container = _CONTAINERS.get(out.suffix.lower())
    if container is None:
        raise BadValue("film to write", out.name, "a name that ends in " + ", ".join(_CONTAINERS))
    if texts and container != "matroska":
        raise BadValue(
            "film to write",
            out.name,
            "Matroska (.mkv) where subtitles go inside",
            advice="Or leave them beside it.",
        )
    before = film_digest(film)
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
            part = Path(folder) / out.name
            _write(film, part, container, sounds, texts, keep_sound)
            after = film_digest(part)
            if after != before:
                raise OutsideFailure(
                    "FFmpeg did not copy the picture bit by bit.", advice="Write Matroska (.mkv) instead."
                )
            part.replace(out)
    except OSError as error:
        raise BadFile(out, f"cannot be written ({error.strerror or error})") from error
    return {
        "picture_sha256": before[0],
        "picture_packets": before[1],
        "sounds": len(sounds),
        "texts": len(texts),
    }


def _write(
    film: Path,
    part: Path,
    container: str,
    sounds: Sequence[SoundTrack],
    texts: Sequence[TextTrack],
    keep_sound: bool,
) -> None:
    av = av_library()
    options = {"movflags": "+faststart"} if container in ("mp4", "mov") else {}
    with ExitStack() as held:
        source = held.enter_context(opened(film))
        heard = [held.enter_context(opened(track.path)) for track in sounds]
        read = [
            held.enter_context(av.open(str(_subrip(text, part.parent, n)))) for n, text in enumerate(texts)
        ]
        out = held.enter_context(av.open(str(part), "w", format=container, options=options))
        pairs = {}
        for stream in (source.streams.video[0], *(source.streams.audio if keep_sound else ())):
            made = out.add_stream_from_template(stream)
            made.metadata.update(_tagged(stream.metadata))
            pairs[stream] = made
        queues = [_packets(source, pairs)]
        for track, handle in zip(sounds, heard, strict=True):
            if not handle.streams.audio:
                raise BadFile(track.path, "has no sound")
            made = out.add_stream_from_template(handle.streams.audio[0])
            made.metadata.update(_named(track.language, track.title))
            made.disposition = _disposition(default=track.is_default)
            queues.append(_packets(handle, {handle.streams.audio[0]: made}))
        for text, handle in zip(texts, read, strict=True):
            made = out.add_stream_from_template(handle.streams.subtitles[0])
            made.metadata.update(_named(text.language, ""))
            made.disposition = _disposition(forced=text.is_forced)
            queues.append(_packets(handle, {handle.streams.subtitles[0]: made}))
        out.start_encoding()
        for packet in _merged(queues):
            out.mux(packet)


def _subrip(text: TextTrack, folder: Path, number: int) -> Path:
    """The cues as a SubRip file beside the output, from which FFmpeg copies them."""

    def clock(milliseconds: int) -> str:
        seconds, rest = divmod(milliseconds, 1000)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"

    path = folder / f"text{number}.srt"
    blocks = [
        f"{n}\n{clock(start)} --> {clock(end)}\n{words}\n"
        for n, (start, end, words) in enumerate(text.cues, 1)
    ]
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def _packets(source: Any, pairs: dict[Any, Any]) -> Any:
    for packet in source.demux(*pairs):
        if packet.size and packet.dts is not None:
            made = pairs[packet.stream]
            packet.stream = made
            yield packet


def _merged(queues: Sequence[Any]) -> Any:
    """The packets of all queues by time, each queue in its own order."""
    import heapq

    def when(packet: Any) -> float:
        return float(packet.dts * packet.time_base)

    held: list[tuple[float, int, int, Any]] = []
    for number, queue in enumerate(queues):
        first = next(queue, None)
        if first is not None:
            heapq.heappush(held, (when(first), number, 0, first))
    count = 0
    while held:
        _, number, _, packet = heapq.heappop(held)
        yield packet
        following = next(queues[number], None)
        if following is not None:
            count += 1
            heapq.heappush(held, (when(following), number, count, following))


def _named(language: Language, title: str) -> dict[str, str]:
    import langcodes

    tags = {"language": langcodes.Language.get(str(language)).to_alpha3()}
    if title:
        tags["title"] = tags["handler_name"] = title
    return tags


def _tagged(metadata: Any) -> dict[str, str]:
    return {key: value for key, value in metadata.items() if key in ("language", "title", "handler_name")}


def _disposition(*, default: bool = False, forced: bool = False) -> Any:
    from av.stream import Disposition

    return (Disposition.default if default else Disposition(0)) | (
        Disposition.forced if forced else Disposition(0)
    )
