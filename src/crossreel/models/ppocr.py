"""Reads text in pictures by PP-OCRv6 (PaddleOCR, Apache-2.0): where lines are, then what they say.

The first network gives the odds of text for every place (Liao et al., "Real-time scene text detection with
differentiable binarization", AAAI 2020); connected places become upright boxes, grown again by what
the training shrank them. The second reads a line of 48 pixels' height left to right (connectionist temporal
classification). Lines that stand on end or are tilted by much are not read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from crossreel.errors import MissingModel
from crossreel.models.boxes import resized
from crossreel.models.runtime import open_graph
from crossreel.values.media_roles import SeenBox

__all__ = ["DETECTOR", "READER", "PaddleReader"]

DETECTOR, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_PLACE, _BOX, _LINE = 0.3, 0.6, 0.8
"""Odds that count: of a place, of a box on the mean, of a line's characters on the mean."""
_GROWN = 1.6
_HEIGHT, _WIDEST = 48, 1600
_SMALLEST = 6


class PaddleReader:
    """Plays ``TextReader``.

    Args:
        folder: holds both graphs.

    Raises:
        MissingExtra, MissingModel: see ``open_graph``; or the second graph holds no characters.
    """

    name = "pp-ocr-v6-small"
    reads = "Latin letters, Chinese and Japanese"

    def __init__(self, folder: Path) -> None:
        self._detector = open_graph(folder / DETECTOR, extra="vision")
        self._reader = open_graph(folder / READER, extra="vision")
        told = self._reader.get_modelmeta().custom_metadata_map.get("character", "")
        if not told:
            raise MissingModel(
                f"{folder / READER} holds no list of characters.", advice="Run: crossreel models verify ocr"
            )
        self._characters = ["", *told.splitlines(), " "]

    def look(self, rgb: NDArray[np.uint8]) -> list[SeenBox]:
        """Lines of text in a picture (height x width x 3), from above; the label is what the line says."""
        height, width = rgb.shape[:2]
        found = []
        for left, top, right, bottom in self._lines(rgb):
            text, odds = self._read(rgb[top:bottom, left:right])
            if odds < _LINE or sum(letter.isalnum() for letter in text) < 2:
                continue
            box = (left / width, top / height, (right - left) / width, (bottom - top) / height)
            found.append(SeenBox(text, odds, *box))
        return found

    def _lines(self, rgb: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
        """Left, top, right, bottom of lines in pixels, from above, then from the left."""
        height, width = rgb.shape[:2]
        rows, columns = (max(32, round(size / 32) * 32) for size in (height, width))
        x = resized(rgb, columns, rows)[..., ::-1].astype(np.float32) / 127.5 - 1
        given = {"x": np.ascontiguousarray(x.transpose(2, 0, 1)[None])}
        odds = self._detector.run(None, given)[0][0, 0]
        labels, _count = scipy.ndimage.label(odds > _PLACE, np.ones((3, 3)))
        lines = []
        for number, place in enumerate(scipy.ndimage.find_objects(labels), 1):
            inside = labels[place] == number
            if float(odds[place][inside].mean()) < _BOX:
                continue
            top, bottom, left, right = place[0].start, place[0].stop, place[1].start, place[1].stop
            tall, wide = bottom - top, right - left
            grow = tall * wide * _GROWN / (2 * (tall + wide))
            if min(tall, wide) < 3 or tall > 2.5 * wide:
                continue
            box = (left - grow, top - grow, right + grow, bottom + grow)
            scale = np.array([width / columns, height / rows] * 2)
            x0, y0, x1, y1 = np.rint(np.clip(box * scale, 0, [width, height] * 2)).astype(int).tolist()
            if y1 - y0 >= _SMALLEST and x1 - x0 >= _SMALLEST:
                lines.append((x0, y0, x1, y1))
        return sorted(lines, key=lambda line: (line[1], line[0]))

    def _read(self, rgb: NDArray[np.uint8]) -> tuple[str, float]:
        """What a line says, and the mean odds of its characters."""
        height, width = rgb.shape[:2]
        wide = min(max(round(width * _HEIGHT / height), 16), _WIDEST)
        x = resized(rgb, wide, _HEIGHT)[..., ::-1].astype(np.float32) / 127.5 - 1
        padded = np.zeros((_HEIGHT, max(wide, 320), 3), np.float32)
        padded[:, :wide] = x
        odds = self._reader.run(None, {"x": np.ascontiguousarray(padded.transpose(2, 0, 1)[None])})[0][0]
        best = odds.argmax(axis=1)
        kept = (best > 0) & np.concatenate([[True], best[1:] != best[:-1]])
        if not kept.any():
            return "", 0.0
        text = "".join(self._characters[at] for at in best[kept].tolist())
        return text.strip(), float(odds.max(axis=1)[kept].mean())
