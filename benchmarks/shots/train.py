"""Fits the fast shot detector's network to rows from ``make_rows.py``; writes the weights that ship.

    python benchmarks/shots/train.py --rows none.npz live.npz drawn.npz --validate held.npz --out one.npz
    python benchmarks/shots/train.py --rows none.npz live.npz drawn.npz more.npz --validate held.npz \
        --beside one.npz --out shots.npz

The second writes a file of two networks that answer together: the first one and what it trains. Needs
torch (the extra ``deep``); running the networks does not. Seeded.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from crossreel.insight.video.shot_features import FEATURES
from crossreel.insight.video.shot_network import DISTANCES, TAPS

WIDE, MIDDLE = 48, 32


class Net(nn.Module):
    """The network of ``shot_network.py`` in torch."""

    def __init__(self, mean: Any, scale: Any) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.enter = nn.Linear(FEATURES, WIDE)
        self.convs = nn.ModuleList(
            nn.Conv1d(WIDE, WIDE, TAPS, padding=d * (TAPS // 2), dilation=d) for d in DISTANCES
        )
        self.middle = nn.Linear(WIDE, MIDDLE)
        self.out = nn.Linear(MIDDLE, 5)
        self.drop = nn.Dropout(0.1)

    def forward(self, rows: Any) -> Any:
        x = self.drop(torch.relu(self.enter((rows - self.mean) / self.scale))).transpose(1, 2)
        for conv in self.convs:
            x = x + torch.relu(conv(x))
        return self.out(torch.relu(self.middle(self.drop(x.transpose(1, 2)))))

    def arrays(self) -> dict[str, Any]:
        """Weights as ``ShotNetwork`` reads them."""
        n = {k: v.detach().numpy() for k, v in self.state_dict().items()}
        kept = {"mean": n["mean"], "scale": n["scale"], "in_w": n["enter.weight"].T, "in_b": n["enter.bias"]}
        for place in range(len(DISTANCES)):
            kept[f"conv{place}_w"] = n[f"convs.{place}.weight"].transpose(2, 1, 0)
            kept[f"conv{place}_b"] = n[f"convs.{place}.bias"]
        kept |= {"mid_w": n["middle.weight"].T, "mid_b": n["middle.bias"]}
        kept |= {"out_w": n["out.weight"].T, "out_b": n["out.bias"]}
        return {name: np.ascontiguousarray(value, np.float32) for name, value in kept.items()}


def loss_of(out: Any, cuts: Any, kinds: Any) -> Any:
    gradual = (kinds >= 0).float()
    bce = nn.functional.binary_cross_entropy_with_logits
    loss = bce(out[..., 0], cuts, pos_weight=torch.tensor(6.0)) * 3
    loss = loss + bce(out[..., 1], gradual, pos_weight=torch.tensor(1.5))
    inside = kinds >= 0
    if inside.any():
        loss = loss + 0.2 * nn.functional.cross_entropy(out[..., 2:][inside], kinds[inside].long() - 1)
    return loss


def read(paths: list[Path]) -> tuple[Any, Any, Any]:
    files = [np.load(path) for path in paths]
    return tuple(
        torch.tensor(np.concatenate([file[name] for file in files]).astype(type_))
        for name, type_ in (("rows", np.float32), ("cuts", np.float32), ("kinds", np.int8))
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rows", type=Path, nargs="+", required=True)
    ask.add_argument("--validate", type=Path, nargs="+", required=True)
    ask.add_argument("--beside", type=Path, help="networks that were trained before")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--epochs", type=int, default=14)
    ask.add_argument("--seed", type=int, default=7)
    args = ask.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    rows, cuts, kinds = read(args.rows)
    held = read(args.validate)
    flat = rows.reshape(-1, rows.shape[-1])
    net = Net(flat.mean(0), flat.std(0) + 1e-3)
    batch = 8
    steps = args.epochs * (len(rows) // batch)
    adam = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(adam, 3e-3, total_steps=steps + 1)
    started = time.process_time()
    for epoch in range(args.epochs):
        net.train()
        order, total = torch.randperm(len(rows)), 0.0
        for at in range(0, len(rows) - batch + 1, batch):
            pick = order[at : at + batch]
            start = int(torch.randint(0, 128, (1,)))
            part = slice(start, start + 384)
            noisy = rows[pick, part] + 0.02 * torch.randn(batch, 384, rows.shape[-1])
            loss = loss_of(net(noisy), cuts[pick, part], kinds[pick, part])
            adam.zero_grad()
            loss.backward()
            adam.step()
            plan.step()
            total += float(loss.detach())
        net.eval()
        with torch.no_grad():
            out = net(held[0])
            valid = float(loss_of(out, held[1], held[2]))
            hit = ((out[..., 1] > 0) == (held[2] >= 0)).float().mean()
            found = (out[..., 0] > 0)[held[1] > 0].float().mean()
        print(
            f"{epoch} loss {total / (len(rows) // batch):.4f} held {valid:.4f} gradual right {hit:.4f} "
            f"cuts {found:.4f} cpu {time.process_time() - started:.0f} s",
            flush=True,
        )
    weights = dict(np.load(args.beside)) if args.beside else {}
    number = len({name.partition("/")[0] for name in weights})
    np.savez_compressed(
        args.out, **weights, **{f"{number}/{name}": one for name, one in net.arrays().items()}
    )


if __name__ == "__main__":
    main()
