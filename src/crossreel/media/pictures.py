"""Large pictures out of decoded frames: upright, square pixels, and as JPEG."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.media.opening import av_library

__all__ = ["to_jpeg", "upright_rgb"]


def upright_rgb(raw: Any, widest: int | None = None) -> NDArray[np.uint8]:
    """A frame as height x width x 3, turned upright, pixels square.

    Args:
        raw: PyAV's frame.
        widest: scale down so that the longer side has at most this many pixels.
    """
    aspect = getattr(raw, "sample_aspect_ratio", None) or Fraction(1)
    width, height = max(1, round(raw.width * aspect)), raw.height
    if widest and max(width, height) > widest:
        factor = widest / max(width, height)
        width, height = max(1, round(width * factor)), max(1, round(height * factor))
    av = av_library()
    how = av.video.reformatter.Interpolation.AREA
    rgb = raw.reformat(width, height, "rgb24", interpolation=how, threads=1).to_ndarray()
    turns = int(raw.rotation) // 90 % 4
    return np.ascontiguousarray(np.rot90(rgb, turns)) if turns else rgb


def to_jpeg(rgb: NDArray[np.uint8], quality: int = 4) -> bytes:
    """JPEG bytes of height x width x 3.

    Args:
        rgb: the picture.
        quality: FFmpeg's quantizer, 2 (best) to 31.
    """
    av = av_library()
    height, width = rgb.shape[:2]
    rgb = np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = rgb.shape[1], rgb.shape[0], "yuvj420p"
    codec.time_base = Fraction(1, 25)
    codec.options = {"qmin": str(quality), "qmax": str(quality), "q": str(quality)}
    codec.thread_count = 1
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    frame = frame.reformat(format="yuvj420p", dst_colorspace="itu601")
    packets = [*codec.encode(frame), *codec.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
