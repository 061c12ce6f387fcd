"""A film as an HLS package whose languages are added one by one; the picture's segments are written once.

The folder of the master playlist holds ``video/``, ``audio/LANGUAGE-DIGEST/``, ``subtitles/LANGUAGE-DIGEST/``
and ``renditions.json``, which says what each is and the sha256 of the picture's segments. New renditions are
written beside the old ones; the master playlist is replaced last, so a player sees all of a language or none.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, BadValue, Conflict, OutsideFailure
from crossreel.localize.timedtext import read_file, write_bytes
from crossreel.media.hls import COPIED_SOUND, PLAYLIST, raise_target, segment_stream, target_duration
from crossreel.media.muxing import film_digest
from crossreel.media.sound_reading import read_blocks, sound_facts
from crossreel.media.sound_writing import write_blocks
from crossreel.studio.dubbing import film_length
from crossreel.studio.master_playlist import Rendition, master_playlist
from crossreel.studio.whole_files import write_whole
from crossreel.values.language import UNDETERMINED, Language
from crossreel.values.sound import MASTER_RATE

__all__ = ["Track", "hls_package"]

_MANIFEST = "renditions.json"
_URI = re.compile(r'URI="([^"]+)"')
Progress = Callable[[int, int, str], None]


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Track:
    """A sound or subtitle file to add: of one language, forced narratives or not."""

    path: Path
    language: Language
    forced: bool = False


def hls_package(
    film: Path,
    master: Path,
    sounds: Sequence[Track] = (),
    texts: Sequence[Track] = (),
    *,
    own: Language | None = None,
    default: Language | None = None,
    keep_sound: bool = True,
    progress: Progress = _silent,
) -> dict[str, Any]:
    """Makes the package, or adds to one that is there; a language that is there already is replaced.

    Args:
        film: with a picture.
        master: the master playlist to write, ``.m3u8``.
        sounds: each becomes a rendition; encoded to AAC where players do not take its codec.
        texts: in any subtitle format.
        own: language of the film's own sound, where its file does not say.
        default: which sound plays first; the film's own otherwise.
        keep_sound: whether the film's own sound is a rendition.
        progress: of tracks.

    Returns:
        ``{"film", "output", "picture_sha256", "picture_segments", "picture_written", "added",
        "renditions"}``.

    Raises:
        BadFile: a file cannot be read or written.
        Conflict: the package holds another film's picture.
        OutsideFailure: a segment of the picture is not what was written.
    """
    if master.suffix.lower() != ".m3u8":
        raise BadValue("package to write", master.name, "a name that ends in .m3u8")
    folder = master.parent
    manifest, written = _picture(film, folder)
    known = [Rendition(**one) for one in manifest["renditions"]]
    tracks = [("audio", one) for one in sounds] + [("subtitles", one) for one in texts]
    of = len(tracks) + 1
    target = target_duration(folder / "video" / PLAYLIST)
    seconds = film_length(film)
    added: list[Rendition] = []
    has_own = any(one.original for one in known) and own is None
    if keep_sound and not has_own and (facts := sound_facts(film)):
        language = own or (Language.parse(facts[0].language) if facts[0].language else UNDETERMINED)
        added.append(_sound(Track(film, language), folder, target, original=True))
    progress(1, of, "tracks")
    for number, (kind, track) in enumerate(tracks, start=2):
        made = _sound(track, folder, target) if kind == "audio" else _text(track, folder, seconds)
        added.append(made)
        progress(number, of, "tracks")
    slots = {one.slot for one in added}
    every = _with_default([*(one for one in known if one.slot not in slots), *added], default)
    _check_picture(folder, manifest)
    manifest["renditions"] = [asdict(one) for one in every]
    _write_json(folder / _MANIFEST, manifest)
    write_whole(master, master_playlist(manifest["picture"], every).encode())
    _tidy(folder, every)
    return {
        "film": str(film),
        "output": str(master),
        "picture_sha256": manifest["picture"]["digest"],
        "picture_segments": len(manifest["segments"]) - 2,
        "picture_written": written,
        "added": sorted({one.uri for one in added} - {one.uri for one in known}),
        "renditions": [
            {
                "type": one.type,
                "language": one.language,
                "name": one.name,
                "forced": one.forced,
                "uri": one.uri,
            }
            for one in every
        ],
    }


def _picture(film: Path, folder: Path) -> tuple[dict[str, Any], bool]:
    """The manifest of the package, with the picture in it, and whether that was written now."""
    digest, _ = film_digest(film)
    path = folder / _MANIFEST
    if path.is_file():
        manifest = _read_json(path)
        if manifest["picture"]["digest"] != digest:
            raise Conflict(
                f"{folder} holds the picture of another film or cut.",
                advice="Name another folder for this one.",
            )
        return manifest, False
    shutil.rmtree(folder / "video", ignore_errors=True)
    facts = segment_stream(film, "video", folder / "video")
    manifest = {
        "version": 1,
        "picture": asdict(facts),
        "segments": {one.name: _sha256(one) for one in sorted((folder / "video").iterdir())},
        "renditions": [],
    }
    _write_json(path, manifest)
    return manifest, True


def _check_picture(folder: Path, manifest: dict[str, Any]) -> None:
    for name, digest in manifest["segments"].items():
        path = folder / "video" / name
        if not path.is_file() or _sha256(path) != digest:
            raise OutsideFailure(
                f"{path} is not what was written when the film was packaged.",
                advice="Restore it, or package the film into a new folder.",
            )


def _sound(track: Track, folder: Path, target: int, *, original: bool = False) -> Rendition:
    facts = sound_facts(track.path)
    if not facts:
        raise BadFile(track.path, "has no sound", advice="Name a file with an audio stream.")
    name = f"{track.language}-{_sha256(track.path)[:12]}"
    to = folder / "audio" / name
    if not to.exists():
        with tempfile.TemporaryDirectory(dir=folder, prefix=".sound.") as made:
            source = track.path
            if facts[0].codec not in COPIED_SOUND:
                source = Path(made) / "sound.m4a"
                layout = facts[0].layout if facts[0].layout in ("mono", "stereo", "5.1") else "stereo"
                write_blocks(
                    source, read_blocks(track.path, rate=MASTER_RATE, layout=layout), MASTER_RATE, layout
                )
            written = segment_stream(source, "audio", Path(made) / name, seconds=min(6, target))
            raise_target(Path(made) / name / PLAYLIST, target, write_whole)
            _write_json(Path(made) / name / "facts.json", asdict(written))
            to.parent.mkdir(exist_ok=True)
            (Path(made) / name).rename(to)
    made_facts = _read_json(to / "facts.json")
    return Rendition(
        "AUDIO",
        str(track.language),
        uri=f"audio/{name}/{PLAYLIST}",
        original=original,
        codecs=made_facts["codecs"],
        channels=made_facts["channels"],
        peak=made_facts["peak"],
        average=made_facts["average"],
    )


def _text(track: Track, folder: Path, seconds: Fraction) -> Rendition:
    document = read_file(track.path, language=track.language)
    data = write_bytes(document, "webvtt").data
    head, _, rest = data.partition(b"\n")
    timed = head + b"\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n" + rest
    name = f"{track.language}{'-forced' if track.forced else ''}-{hashlib.sha256(timed).hexdigest()[:12]}"
    to = folder / "subtitles" / name
    to.mkdir(parents=True, exist_ok=True)
    write_whole(to / "all.vtt", timed)
    listing = (
        f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{ceil(seconds)}\n#EXT-X-MEDIA-SEQUENCE:0\n"
        f"#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{float(seconds):.6f},\nall.vtt\n#EXT-X-ENDLIST\n"
    )
    write_whole(to / PLAYLIST, listing.encode())
    return Rendition(
        "SUBTITLES", str(track.language), uri=f"subtitles/{name}/{PLAYLIST}", forced=track.forced
    )


def _with_default(renditions: Sequence[Rendition], asked: Language | None) -> list[Rendition]:
    """One default sound: the one asked for, else the one that was it, the film's own, the first."""
    sounds = [one for one in renditions if one.type == "AUDIO"]
    if asked is not None and all(one.language != str(asked) for one in sounds):
        raise BadValue("default language", str(asked), "one of " + ", ".join(one.language for one in sounds))
    ranked = sorted(sounds, key=lambda one: (one.language != str(asked), not one.default, not one.original))
    first = ranked[0].slot if ranked else None
    return [replace(one, default=one.slot == first) for one in renditions]


def _tidy(folder: Path, renditions: Sequence[Rendition]) -> None:
    """Removes the folders of renditions that were replaced and that no playlist beside the master names."""
    named = {one.uri.rpartition("/")[0] for one in renditions}
    for playlist in folder.glob("*.m3u8"):
        named |= {one.rpartition("/")[0] for one in _URI.findall(playlist.read_text(encoding="utf-8"))}
    for kind in ("audio", "subtitles"):
        for old in (folder / kind).glob("*/"):
            if f"{kind}/{old.name}" not in named:
                shutil.rmtree(old)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, document: dict[str, Any]) -> None:
    write_whole(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _read_json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(read, dict):
            return read
    except (OSError, ValueError) as error:
        raise BadFile(path, f"cannot be read as JSON ({error})") from error
    raise BadFile(path, "is not what packaging wrote", advice="Package the film into a new folder.")
