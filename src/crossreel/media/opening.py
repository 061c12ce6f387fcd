"""Opening media files without trusting them.

Only container formats that hold their own data are opened, and only from local files: a playlist
that calls itself ``film.mp4`` could otherwise make the demuxer read other files or addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, MissingExtra

__all__ = ["FORMATS", "av_library", "length_of", "opened"]

FORMATS = (
    "3dostr,aac,ac3,aiff,amr,apng,asf,ass,au,av1,avi,avs,bmp_pipe,caf,dirac,dnxhd,dts,dv,eac3,flac,flv,gif,"
    "gxf,h261,h263,h264,hevc,ivf,j2k_pipe,jpeg_pipe,lmlm4,lxf,m4v,matroska,webm,mjpeg,mov,mp4,m4a,3gp,3g2,"
    "mj2,mp3,mpeg,mpegts,mpegvideo,mxf,nut,obu,ogg,png_pipe,pva,rm,roq,swf,tiff_pipe,truehd,vc1,vvc,w64,wav,"
    "webp_pipe,wtv,wv,y4m,yuv4mpegpipe"
)
"""Demuxers of FFmpeg that read one self-contained file; no playlists, scripts or plain text."""


def av_library() -> Any:
    """The module ``av``, imported at first use. Raises ``MissingExtra``."""
    try:
        import av
        import av.logging
    except ImportError as error:
        raise MissingExtra("av", "media") from error
    av.logging.set_libav_level(av.logging.PANIC)  # set_level would call Python from decoder threads
    return av


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """An open container, closed at the end.

    Args:
        path: a local file.

    Raises:
        BadFile: it is not there, empty, cut off before its index, or no media file.
        MissingExtra: PyAV is not installed.
    """
    av = av_library()
    _check_plain(path)
    options = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
    try:
        container = av.open(f"file:{path}", container_options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise BadFile(path, _why_not(path, error), advice="Give a whole film file.") from error
    try:
        yield container
    finally:
        container.close()


def length_of(container: Any) -> Fraction:
    """Seconds that an open container lasts, 0 where it does not say.

    Matroska counts its duration from zero, other formats from their first stamp: a recording whose
    stamps begin at an hour is no hour longer.
    """
    length = Fraction(container.duration or 0, 1_000_000)
    if "matroska" in container.format.name and container.start_time:
        length = max(length - Fraction(container.start_time, 1_000_000), Fraction(0))
    return length


def _check_plain(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise BadFile(path, "is not there") from error
    except IsADirectoryError as error:
        raise BadFile(path, "is a folder") from error
    except (OSError, ValueError) as error:
        raise BadFile(path, f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if not path.is_file():
        raise BadFile(path, "is not a plain file")
    if size == 0:
        raise BadFile(path, "is empty (zero bytes)")


def _why_not(path: Path, error: Exception) -> str:
    """What is probably wrong with a file that FFmpeg refuses, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in {b"ftyp", b"mdat", b"moov", b"wide", b"free"}:
        return "is cut off or damaged: its index (moov) cannot be read"
    if head[:4] in {b"\x1a\x45\xdf\xa3", b"RIFF", b"OggS"}:
        return "is cut off or damaged right at its start"
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return f"is not a media file that FFmpeg reads ({getattr(error, 'strerror', None) or error})"
    return "holds text, not a film"
