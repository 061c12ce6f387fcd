"""Teaches the sentence encoder what opinions are: low-rank updates of its upper half. Needs torch.

``python scripts/tune_encoder.py --nsmc ratings.tsv`` writes ``src/crossreel/models/opinion.npz``, from the
data that ``train_sentiment.py`` names; run that script afterwards, as the head reads the new vectors.
``--sources`` leaves some of them out, for models that are asked in a language they saw nothing of.

The lower six of the twelve layers stay as they are, so that what they say of each text is computed once.
In the upper six, all four matrices of a layer learn an update (LoRA; Hu et al. 2021, arXiv 2106.09685)
together with a softmax over projected vectors and words of opinion, which begins where regression over the
unchanged vectors ends and is thrown away afterwards. Everything is seeded; one thread, forty minutes.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import train_sentiment as training
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from crossreel.app import pretrained_models
from crossreel.insight.text.sentiment.projection import fit_projection
from crossreel.insight.text.sentiment.softmax import fit_softmax
from crossreel.models.e5 import E5Embedder, batches
from crossreel.models.low_rank import LowRankUpdates
from crossreel.models.packed_e5 import PackedE5, read_packed
from crossreel.models.registry import card

PLACE = Path(__file__).parents[1] / "src/crossreel/models/opinion.npz"
NAME = "opinion-1"
ALL = "en,ko,own"
"""All sources."""
FROZEN = 6
"""Layers that stay as they are."""
PARTS = ("q", "ao", "fi", "fo")
RANK, PASSES = 16, 2
NSMC_ROWS = 20_000
OWN_TIMES = 3
"""How often a pass reads the texts of our own, as there are few of each language."""
LONGEST = 160
"""Tokens of a text that are read."""
BATCH = 640
"""Tokens of a step, padding included."""
START_ROWS = 3_500
"""Rows of each source that the first softmax is fitted on."""
RATES = {"first": 5e-4, "second": 2e-3, "head": 0.02}


class Matrix(nn.Module):
    """A matrix that stays, with its bias, and an update that is learned."""

    def __init__(self, packed: PackedE5, layer: int, part: str, rank: int) -> None:
        super().__init__()
        weights = torch.from_numpy(packed.joined(layer, part).copy())
        self.register_buffer("weights", weights)
        self.register_buffer("bias", torch.from_numpy(packed.joined_bias(layer, part).copy()))
        inputs, outputs = weights.shape
        self.first = nn.Parameter(torch.randn(inputs, rank) / math.sqrt(inputs)) if rank else None
        self.second = nn.Parameter(torch.zeros(rank, outputs)) if rank else None

    def forward(self, x: Tensor) -> Tensor:
        """What it makes of ``x``."""
        same = x @ self.weights + self.bias
        return same if self.first is None else same + x @ self.first @ self.second


class Layer(nn.Module):
    """One layer of the encoder, as ``crossreel.models.e5_graph`` writes it."""

    def __init__(self, packed: PackedE5, at: int, rank: int) -> None:
        super().__init__()
        self.heads, self.epsilon = packed.heads, float(packed.epsilon)
        for part in PARTS:
            setattr(self, part, Matrix(packed, at, part, rank))
        for name in ("aln", "oln"):
            for kind in "wb":
                values = np.array(packed.tensors[f"l{at}.{name}.{kind}"], copy=True)
                self.register_buffer(f"{name}_{kind}", torch.from_numpy(values))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """What follows ``x``, shape (rows, tokens, 384)."""
        rows, tokens, hidden = x.shape
        joined = self.q(x).view(rows, tokens, 3, self.heads, hidden // self.heads)
        query, key, value = joined.permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        attended = self.ao(attended.transpose(1, 2).reshape(rows, tokens, hidden))
        x = self._normal(x + functional.dropout(attended, 0.1, self.training), "aln")
        inner = self.fo(functional.gelu(self.fi(x)))
        return self._normal(x + functional.dropout(inner, 0.1, self.training), "oln")

    def _normal(self, x: Tensor, name: str) -> Tensor:
        scale, shift = getattr(self, f"{name}_w"), getattr(self, f"{name}_b")
        return functional.layer_norm(x, x.shape[-1:], scale, shift, self.epsilon)


class Encoder:
    """The encoder in two halves: what stays, and what learns.

    Args:
        folder: of the pretrained model e5-small.
        rank: of the updates.
    """

    def __init__(self, folder: Path, rank: int = RANK) -> None:
        self.whole = E5Embedder(
            folder / "e5-small-q4.bin", folder / "e5-small.onnx", card("e5-small").revision
        )
        packed = read_packed(folder / "e5-small-q4.bin")
        self.lower = nn.ModuleList(Layer(packed, at, 0) for at in range(FROZEN)).eval()
        self.upper = nn.ModuleList(Layer(packed, at, rank) for at in range(FROZEN, packed.layers))
        self._epsilon = float(packed.epsilon)
        self._scale, self._shift = (
            torch.from_numpy(np.array(packed.tensors[f"emb.ln.{kind}"], copy=True)) for kind in "wb"
        )

    @torch.no_grad()
    def states(self, texts: Sequence[str]) -> list[NDArray[np.float16]]:
        """What the lower half says of each text, shapes (tokens, 384)."""
        ids = [self.whole.windows(text)[0] for text in texts]
        ids = [one if len(one) <= LONGEST else [*one[: LONGEST - 1], one[-1]] for one in ids]
        found: list[Any] = [None] * len(ids)
        for rows in batches([len(one) for one in ids], range(len(ids)), 2048):
            width = max(len(ids[row]) for row in rows)
            padded = np.zeros((len(rows), width), dtype=np.int64)
            for place, row in enumerate(rows):
                padded[place, : len(ids[row])] = ids[row]
            x = torch.from_numpy(self.whole.embedded(padded))
            x = functional.layer_norm(x, x.shape[-1:], self._scale, self._shift, self._epsilon)
            lengths = torch.tensor([len(ids[row]) for row in rows])
            for layer in self.lower:
                x = layer(x, mask_of(lengths, width))
            for place, row in enumerate(rows):
                found[row] = x[place, : len(ids[row])].numpy().astype(np.float16)
        return found

    def vectors(self, states: Sequence[NDArray[np.float16]]) -> Tensor:
        """Unit vectors of texts, shape (rows, 384)."""
        lengths = torch.tensor([len(one) for one in states])
        x = torch.zeros(len(states), int(lengths.max()), states[0].shape[1])
        for row, one in enumerate(states):
            x[row, : len(one)] = torch.from_numpy(one.astype(np.float32))
        mask = mask_of(lengths, x.shape[1])
        for layer in self.upper:
            x = layer(x, mask)
        inside = (torch.arange(x.shape[1])[None] < lengths[:, None])[:, :, None]
        return functional.normalize((x * inside).sum(1) / lengths[:, None])

    def updates(self, name: str) -> LowRankUpdates:
        """What was learned, under a name."""
        pairs = {}
        for at, layer in enumerate(self.upper, FROZEN):
            for part in PARTS:
                held = getattr(layer, part)
                pairs[at, part] = (held.first.detach().numpy(), held.second.detach().numpy())
        return LowRankUpdates(name, self.whole.name, pairs)


def mask_of(lengths: Tensor, width: int) -> Tensor:
    """Added to the scores of attention: padding is not attended to."""
    inside = torch.arange(width)[None] < lengths[:, None]
    return torch.where(inside, 0.0, -1e9)[:, None, None, :]


@dataclass(frozen=True)
class Rows:
    """What is learned from: states, shares of the classes (-1: could not be chosen), opinions, source."""

    states: list[NDArray[np.float16]]
    goals: Tensor
    opinions: Tensor
    source: NDArray[np.int64]

    def batch(self, rows: Sequence[int]) -> tuple[list[NDArray[np.float16]], Tensor, Tensor]:
        """States, goals and opinions of some rows."""
        return [self.states[row] for row in rows], self.goals[rows], self.opinions[rows]


def read_rows(encoder: Encoder, sources: Sequence[training.Labeled]) -> Rows:
    """All rows but those that the head's temperature is fitted on."""
    states: list[NDArray[np.float16]] = []
    goals, opinions, places = [], [], []
    for place, one in enumerate(sources):
        learn = np.flatnonzero(~training.held_out(len(one.texts)))
        states += encoder.states([one.texts[row] for row in learn])
        goals.append(np.where(one.possible, one.goals, -1.0)[learn])
        opinions.append(training.opinions_of(one)[learn])
        places.append(np.full(len(learn), place))
        print(f"{one.language}: {len(learn)} texts", flush=True)
    tensors = (torch.from_numpy(np.vstack(one).astype(np.float32)) for one in (goals, opinions))
    return Rows(states, *tensors, np.concatenate(places))


class Head(nn.Module):
    """Softmax over projected vectors and words of opinion; begins with regression over ``vectors``."""

    def __init__(self, rows: Rows, encoder: Encoder) -> None:
        super().__init__()
        projection = fit_projection(encoder.whole.embed)
        self.register_buffer("mean", torch.from_numpy(projection.mean))
        self.register_buffer("directions", torch.from_numpy(projection.directions))
        places = [np.flatnonzero(rows.source == one)[:START_ROWS] for one in np.unique(rows.source)]
        some = np.concatenate(places)
        seen = self.projected(unchanged(rows, some, encoder))
        told = torch.cat([seen, rows.opinions[some]], 1).numpy().astype(np.float64)
        wordless = np.hstack([told[:, : seen.shape[1]], np.zeros_like(told[:, seen.shape[1] :])])
        goals = rows.goals[some].numpy()
        fitted = fit_softmax(
            np.vstack([told, wordless]),
            np.tile(goals.argmax(axis=1), 2),
            3,
            penalty=training.PENALTY,
            weights=np.repeat([1.0, training.WORDLESS], len(some)),
            possible=np.tile(goals >= 0, (2, 1)),
        )
        self.weights = nn.Parameter(torch.from_numpy(fitted.weights.astype(np.float32)))
        self.bias = nn.Parameter(torch.from_numpy(fitted.bias.astype(np.float32)))

    def projected(self, vectors: Tensor) -> Tensor:
        """Vectors without what tells languages apart."""
        centered = vectors - self.mean
        return centered - (centered @ self.directions.T) @ self.directions

    def loss(self, vectors: Tensor, opinions: Tensor, goals: Tensor) -> Tensor:
        """Cross-entropy with the goals, over the classes that could be chosen."""
        scores = torch.cat([self.projected(vectors), opinions], 1) @ self.weights + self.bias
        likely = functional.log_softmax(scores.masked_fill(goals < 0, -1e9), 1)
        return -(goals.clamp(min=0) * likely).sum(1).mean()


@torch.no_grad()
def unchanged(rows: Rows, some: NDArray[np.int64], encoder: Encoder) -> Tensor:
    """Vectors as they are before anything is learned."""
    encoder.upper.eval()
    found = torch.zeros(len(some), rows.states[0].shape[1])
    lengths = [len(rows.states[row]) for row in some]
    for part in batches(lengths, range(len(some)), 2048):
        found[part] = encoder.vectors([rows.states[some[at]] for at in part])
    return found


def steps(rows: Rows, repeats: NDArray[np.int64], random: np.random.Generator) -> Iterator[list[int]]:
    """The batches of all passes; each pass has its own order."""
    lengths = [len(one) for one in rows.states]
    for _ in range(PASSES):
        order = random.permutation(np.repeat(np.arange(len(lengths)), repeats))
        made: list[list[int]] = []
        for at in range(0, len(order), 2000):
            made += batches(lengths, order[at : at + 2000].tolist(), BATCH)
        for place in random.permutation(len(made)):
            yield made[place]


def learn(
    encoder: Encoder, rows: Rows, repeats: NDArray[np.int64], told: Callable[[str], None] = print
) -> None:
    """AdamW over all steps, the rates rising for a tenth of them and falling to 0 then."""
    head, random = Head(rows, encoder), np.random.default_rng(training.SEED)
    todo = list(steps(rows, repeats, random))
    groups = [
        {"params": [one for name, one in encoder.upper.named_parameters() if name.endswith(kind)], "lr": rate}
        for kind, rate in RATES.items()
        if kind != "head"
    ]
    groups.append({"params": list(head.parameters()), "lr": RATES["head"], "weight_decay": 0.0})
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01)
    count = len(todo)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda at: min(10 * (at + 1) / count, (count - at) / (0.9 * count))
    )
    encoder.upper.train()
    began, losses = time.process_time(), []
    for at, chosen in enumerate(todo, 1):
        states, goals, opinions = rows.batch(chosen)
        worded = opinions * (torch.rand(len(chosen), 1) > training.WORDLESS / (1 + training.WORDLESS))
        loss = head.loss(encoder.vectors(states), worded, goals)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(list(encoder.upper.parameters()), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if at % 100 == 0 or at == count:
            spent = time.process_time() - began
            told(f"{at} of {count}: loss {np.mean(losses[-100:]):.3f}, {spent:.0f} s of CPU")


def tune(
    folder: Path, sources: Sequence[training.Labeled], name: str, told: Callable[[str], None] = print
) -> LowRankUpdates:
    """Learns from labeled texts.

    Args:
        name: of the updates.
        folder: of the pretrained model e5-small.
        sources: each text counts the same, but those of our own ``OWN_TIMES`` as much.
        told: is given a line every hundred steps.
    """
    torch.set_num_threads(1)
    torch.manual_seed(training.SEED)
    encoder = Encoder(folder)
    rows = read_rows(encoder, sources)
    times = np.array([1 if one.audience else OWN_TIMES for one in sources])
    learn(encoder, rows, times[rows.source], told)
    return encoder.updates(name)


def main() -> None:
    """Learns and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nsmc", type=Path, required=True, help="TSV with the columns label and text")
    parser.add_argument("--sources", default=ALL, help="which of en, ko and own are learned from")
    parser.add_argument("--out", type=Path, default=PLACE)
    given = parser.parse_args()
    sources: list[training.Labeled] = []
    for one in given.sources.split(","):
        if one == "own":
            sources += training.own_reviews()
        elif one == "ko":
            sources.append(training.nsmc(given.nsmc, NSMC_ROWS))
        else:
            sources.append(training.snippets("movieReviewSnippets", training.FILM_ROWS))
            sources.append(training.snippets("amazonReviewSnippets", training.PRODUCT_ROWS))
    name = NAME if given.sources == ALL else f"{NAME}-{given.sources}"
    folder = pretrained_models().locate(card("e5-small"))
    tune(folder, sources, name, lambda line: print(line, flush=True)).save(given.out)
    print(f"{given.out}: {given.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
