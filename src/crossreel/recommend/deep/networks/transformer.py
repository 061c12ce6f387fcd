"""The causal transformer: from a viewer's titles in order to a state that points at the next."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

__all__ = ["CausalTransformer"]


class CausalTransformer(nn.Module):
    """Pre-norm decoder blocks over title embeddings with rotary positions; the output is tied.

    W.-C. Kang, J. McAuley, Self-Attentive Sequential Recommendation, ICDM 2018, with the norm
    before each part (R. Xiong et al., ICML 2020) and positions by rotation (J. Su et al., RoFormer,
    2021), so that a window may start anywhere in a viewer's history.

    Args:
        titles: size of the catalog; title 0 is padding, title n stands at n + 1.
        width: of embeddings and states; a multiple of ``2 * heads``.
        blocks, heads: of attention.
        inner: width of the hidden layer of a block's second part.
        dropout: of embeddings and of each part's output.
    """

    frequency: torch.Tensor

    def __init__(self, titles: int, width: int, blocks: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.titles = nn.Embedding(titles + 1, width, padding_idx=0)
        nn.init.normal_(self.titles.weight, std=0.02)
        self.blocks = nn.ModuleList(_Block(width, heads, inner, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        half = width // heads // 2
        self.register_buffer("frequency", 10000.0 ** -(torch.arange(half) / half), persistent=False)

    def forward(self, sequences: torch.Tensor) -> torch.Tensor:
        """(rows, length) int64, padded at the end with 0 -> (rows, length, width) states."""
        states = self.dropout(self.titles(sequences) * self.titles.embedding_dim**0.5)
        angle = torch.arange(sequences.shape[1], device=sequences.device)[:, None] * self.frequency
        turn = torch.cat([angle, angle], dim=1)
        cosine, sine = turn.cos(), turn.sin()
        for block in self.blocks:
            states = block(states, cosine, sine)
        normed: torch.Tensor = self.norm(states)
        return normed


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_inner = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        self.inner = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
        rows, length, width = states.shape
        parts = self.query_key_value(self.before_attention(states))
        query, key, value = parts.view(rows, length, 3, self.heads, width // self.heads).permute(
            2, 0, 3, 1, 4
        )
        query, key = _turned(query, cosine, sine), _turned(key, cosine, sine)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        states = states + self.dropout(self.mix(seen.transpose(1, 2).reshape(rows, length, width)))
        result: torch.Tensor = states + self.dropout(self.inner(self.before_inner(states)))
        return result


def _turned(vectors: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    first, second = vectors.chunk(2, dim=-1)
    return vectors * cosine + torch.cat([-second, first], dim=-1) * sine
