"""Cross-entropy over the whole catalog without ever holding all its logits.

The gradients are taken in the forward pass, a few hundred positions at a time, while their logits
are still in the processor's cache: memory is (chunk x titles), and the time is that of three matrix
products. This is what makes an exact softmax over thousands of titles cheaper on a processor than
a sampled one.
"""

from __future__ import annotations

from typing import Any

import torch

__all__ = ["full_softmax"]

_CHUNK = {"cpu": 512, "cuda": 8192}


class _FullSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, states: torch.Tensor, titles: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        count = len(states)
        by_state, by_title = torch.empty_like(states), torch.zeros_like(titles)
        loss = states.new_zeros(())
        across = titles.T.contiguous()
        chunk = _CHUNK[states.device.type]
        for start in range(0, count, chunk):
            part, target = states[start : start + chunk], wanted[start : start + chunk, None]
            shares = part @ across
            shares.sub_(shares.amax(1, keepdim=True)).exp_()
            total = shares.sum(1, keepdim=True)
            shares.div_(total)
            loss -= shares.gather(1, target).clamp_min_(1e-30).log_().sum()
            shares.scatter_add_(1, target, torch.full_like(total, -1.0))
            torch.mm(shares, titles, out=by_state[start : start + chunk])
            by_title.addmm_(shares.T, part)
        ctx.save_for_backward(by_state, by_title)
        ctx.count = count
        return loss / count

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        by_state, by_title = ctx.saved_tensors
        scale = grads[0] / ctx.count
        return by_state * scale, by_title * scale, None


def full_softmax(states: torch.Tensor, titles: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of the wanted titles under softmax(states @ titles.T).

    Args:
        states: (positions, width), at least one position.
        titles: (titles, width) output embeddings.
        wanted: (positions,) int64 title numbers.
    """
    result: torch.Tensor = _FullSoftmax.apply(states, titles, wanted)  # type: ignore[no-untyped-call]
    return result
