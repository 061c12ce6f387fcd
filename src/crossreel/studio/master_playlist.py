"""The master playlist of an HLS package (RFC 8216, 4.3.4): sounds and texts beside one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import langcodes

__all__ = ["Rendition", "master_playlist"]


@dataclass(frozen=True, slots=True)
class Rendition:
    """One sound or text of a package.

    Args:
        type: ``AUDIO`` or ``SUBTITLES``.
        language: BCP 47 tag.
        uri: of its media playlist, from the master.
        forced: forced narratives; subtitles only.
        default: played where the viewer chose nothing; at most one sound.
        original: the film's own sound.
        codecs: RFC 6381 name of sound.
        channels: of sound.
        peak, average: bits a second of sound.
    """

    type: str
    language: str
    uri: str
    forced: bool = False
    default: bool = False
    original: bool = False
    codecs: str = ""
    channels: int = 0
    peak: int = 0
    average: int = 0

    @property
    def slot(self) -> tuple[str, str, bool]:
        """What it replaces: a package has one of each."""
        return self.type, self.language, self.forced

    @property
    def name(self) -> str:
        """What players show: the language's own name, unique within its group."""
        if self.language == "und":
            return "Original"
        own = langcodes.Language.get(self.language).display_name(self.language)
        return own[:1].upper() + own[1:] + (" [forced]" if self.forced else "")


def master_playlist(picture: Mapping[str, Any], renditions: Sequence[Rendition]) -> str:
    """The playlist's text.

    FORCED stands on subtitles only, DEFAULT implies AUTOSELECT, (GROUP-ID, NAME) is unique (4.3.4.1);
    BANDWIDTH is the picture's peak and that of the heaviest sound (4.3.4.2).
    """
    sounds = [one for one in renditions if one.type == "AUDIO"]
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += [_media(one) for one in (*sounds, *(one for one in renditions if one.type == "SUBTITLES"))]
    facts = [
        f"BANDWIDTH={picture['peak'] + max((one.peak for one in sounds), default=0)}",
        f"AVERAGE-BANDWIDTH={picture['average'] + max((one.average for one in sounds), default=0)}",
    ]
    codecs = [picture["codecs"], *sorted({one.codecs for one in sounds})]
    if all(codecs):
        facts.append(f'CODECS="{",".join(codecs)}"')
    facts.append(f"RESOLUTION={picture['width']}x{picture['height']}")
    if picture["rate"]:
        facts.append(f"FRAME-RATE={picture['rate']:.3f}")
    if sounds:
        facts.append('AUDIO="audio"')
    if any(one.type == "SUBTITLES" for one in renditions):
        facts.append('SUBTITLES="subtitles"')
    return "\n".join([*lines, "#EXT-X-STREAM-INF:" + ",".join(facts), "video/playlist.m3u8"]) + "\n"


def _media(one: Rendition) -> str:
    def word(yes: bool) -> str:
        return "YES" if yes else "NO"

    facts = [f"TYPE={one.type}", f'GROUP-ID="{one.type.lower()}"', f'NAME="{one.name}"']
    if one.language != "und":
        facts.append(f'LANGUAGE="{one.language}"')
    facts += [f"DEFAULT={word(one.default)}", "AUTOSELECT=YES"]
    if one.type == "SUBTITLES":
        facts.append(f"FORCED={word(one.forced)}")
    else:
        facts.append(f'CHANNELS="{one.channels}"')
    return "#EXT-X-MEDIA:" + ",".join([*facts, f'URI="{one.uri}"'])
