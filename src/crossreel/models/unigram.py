"""Unigram subword tokenizer: the likeliest cut of a text into pieces of a vocabulary (Kudo 2018).

Normalization and the marking of word starts by U+2581 are those of XLM-RoBERTa's SentencePiece model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["UnigramTokenizer"]

_WORD_START = "\u2581"
_UNKNOWN_PENALTY = 10.0
"""How much less likely than the rarest piece an unknown character is (SentencePiece's kUnkPenalty)."""


class UnigramTokenizer:
    """Cuts texts into ids.

    Args:
        pieces: the vocabulary by id.
        scores: log-probability of each piece.
        normalization: what a code point is read as.
        unknown: id of a character that is in no piece.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        normalization: Mapping[int, tuple[int, ...]],
        unknown: int,
    ) -> None:
        self._scored = {
            piece: (float(score), id_)
            for id_, (piece, score) in enumerate(zip(pieces, scores, strict=True))
            if id_ != unknown and piece
        }
        self._longest = max(map(len, self._scored))
        self._unknown = unknown
        self._unknown_score = float(min(scores)) - _UNKNOWN_PENALTY
        self._normalization = {point: "".join(map(chr, to)) for point, to in normalization.items()}

    def encode(self, text: str) -> list[int]:
        """Ids of the pieces, without special tokens."""
        folded = re.sub(" {2,}", " ", text.translate(self._normalization))
        if not folded.startswith(" "):
            folded = " " + folded
        ids: list[int] = []
        for word in re.findall(" [^ ]*", folded):
            ids.extend(self._word(word.replace(" ", _WORD_START)))
        return ids

    def _word(self, word: str) -> list[int]:
        """The best path through one word; no piece but "▁" itself reaches across a word's start."""
        length = len(word)
        best = [0.0] + [float("-inf")] * length
        back: list[tuple[int, int]] = [(0, 0)] * (length + 1)
        scored, longest = self._scored, self._longest
        for start in range(length):
            reached = best[start]
            if reached + self._unknown_score > best[start + 1]:
                best[start + 1], back[start + 1] = reached + self._unknown_score, (start, self._unknown)
            for end in range(start + 1, min(length, start + longest) + 1):
                piece = scored.get(word[start:end])
                if piece is not None and reached + piece[0] > best[end]:
                    best[end], back[end] = reached + piece[0], (start, piece[1])
        ids: list[int] = []
        at = length
        while at > 0:
            at, id_ = back[at]
            ids.append(id_)
        return ids[::-1]
