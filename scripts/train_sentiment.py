"""Trains the sentiment models in the package: ``head.npz`` (sentence vectors) and ``fast.npz`` (n-grams).

``python scripts/train_sentiment.py --nsmc ratings.tsv``. Data: the film and product snippets of the
vaderSentiment 3.3.2 source archive (MIT; ``crossreel models pull vader-snippets``) and NSMC (CC0;
https://github.com/e9t/nsmc, or any TSV with the columns label and text). Nothing else is learned from.
Everything is seeded; vectors are remembered, so that a second run takes a minute.
"""

from __future__ import annotations

import argparse
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.app import pretrained_models, text_tools
from crossreel.insight.text.column import read_columns
from crossreel.insight.text.excerpt import excerpt
from crossreel.insight.text.sentiment.calibration import fit_temperature
from crossreel.insight.text.sentiment.fast import FastModel, save_fast
from crossreel.insight.text.sentiment.head import Head
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.insight.text.sentiment.projection import fit_projection
from crossreel.insight.text.sentiment.softmax import Softmax, fit_softmax
from crossreel.models.registry import card
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder

PLACE = Path(__file__).parents[1] / "src/crossreel/insight/text/sentiment"
SEED = 42
NEUTRAL = 0.5
"""Mean human score (-4 to 4) up to which a snippet counts as neutral."""
FILM_ROWS, PRODUCT_ROWS, NSMC_ROWS = 10_605, 3_708, 4_000
NSMC_FROM = 100_000
"""Rows of the shuffled NSMC file from here on are learned from; those before are left for reports."""
PENALTY = 3e-4
WORDLESS = 0.5
"""Weight of every row a second time without its words of opinion, for languages that have no list of them."""


@dataclass(frozen=True)
class Labeled:
    """Texts of one source; ``possible`` tells which of the three classes its annotators could choose."""

    language: str
    texts: list[str]
    labels: NDArray[np.int64]
    possible: NDArray[np.bool_]


def snippets(name: str, most: int) -> Labeled:
    """Snippets with a mean human score, as negative (0), neutral (1) and positive (2)."""
    archive = pretrained_models().locate(card("vader-snippets")) / "hutto_ICWSM_2014.tar.gz"
    with tarfile.open(archive) as tar:
        held = tar.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt")
        assert held is not None
        rows = [line.split("\t", 2) for line in held.read().decode("utf-8", "replace").splitlines()]
    order = np.random.default_rng(SEED).permutation(len(rows))[:most]
    scores = np.array([float(rows[at][1]) for at in order])
    labels = np.where(scores > NEUTRAL, 2, np.where(scores < -NEUTRAL, 0, 1))
    return Labeled("en", [excerpt(rows[at][2]) for at in order], labels, np.ones((len(order), 3), bool))


def nsmc(path: Path, most: int, first: int = NSMC_FROM) -> Labeled:
    """Korean reviews, positive or negative."""
    rows = list(read_columns(path, ("label", "text")))
    order = np.random.default_rng(SEED).permutation(len(rows))[first : first + most]
    labels = np.array([2 * int(rows[at][0]) for at in order])
    possible = np.tile([True, False, True], (len(order), 1))
    return Labeled("ko", [excerpt(rows[at][1]) for at in order], labels, possible)


def fit_head(embedder: Embedder, sources: list[Labeled], name: str = "sentiment-2") -> Head:
    """The head: every source weighs the same, classes within it weigh the same, one fifth is held out."""
    projection = fit_projection(embedder.embed)
    vectors = np.vstack([projection(embedder.embed(one.texts)) for one in sources]).astype(np.float64)
    opinions = np.vstack([opinions_of(one) for one in sources]).astype(np.float64)
    labels = np.concatenate([one.labels for one in sources])
    possible = np.vstack([one.possible for one in sources])
    weights = np.concatenate([_balanced(one.labels) for one in sources])
    held_out = np.random.default_rng(SEED).random(len(labels)) < 0.2

    def fitted_on(rows: NDArray[np.bool_]) -> Softmax:
        told = np.hstack([vectors[rows], opinions[rows]])
        wordless = np.hstack([vectors[rows], np.zeros_like(opinions[rows])])
        return fit_softmax(
            np.vstack([told, wordless]),
            np.tile(labels[rows], 2),
            3,
            penalty=PENALTY,
            weights=np.concatenate([weights[rows], WORDLESS * weights[rows]]),
            possible=np.tile(possible[rows], (2, 1)),
        )

    features = np.hstack([vectors[held_out], opinions[held_out]])
    temperature = fit_temperature(fitted_on(~held_out).scores(features), labels[held_out], possible[held_out])
    languages = tuple(sorted({one.language for one in sources}))
    return Head(name, embedder.name, projection, fitted_on(held_out | True), temperature, languages)


def opinions_of(one: Labeled) -> NDArray[np.float32]:
    """Its texts' words of opinion."""
    return opinion_features(one.texts, [Language.parse(one.language)] * len(one.texts))


def _balanced(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    counts = np.bincount(labels, minlength=3)
    present = (counts > 0).sum()
    return 1.0 / (present * counts[labels])


def fit_fast(head: Head, embedder: Embedder, sources: list[Labeled], extra: Labeled) -> dict[str, FastModel]:
    """Students: the mean of what the head says of a text and of its label; ``extra`` has labels only."""
    students = {}
    for language in sorted({one.language for one in sources}):
        own = [one for one in sources if one.language == language]
        texts = [text for one in own for text in one.texts]
        taught = np.vstack([head.probabilities(embedder.embed(one.texts), opinions_of(one)) for one in own])
        goals = (taught + np.eye(3)[np.concatenate([one.labels for one in own])]) / 2
        if extra.language == language:
            texts, goals = texts + extra.texts, np.vstack([goals, np.eye(3)[extra.labels]])
        ngrams = Ngrams(bits=17, characters=(1, 5), words=2)
        table = ngrams.transform([text for text in texts for _ in range(3)])
        labels = np.tile(np.arange(3), len(texts))
        fitted: Softmax = fit_softmax(
            table, labels, 3, penalty=0.5 / len(texts), weights=goals.ravel() + 1e-9, iterations=60
        )
        students[language] = FastModel(
            ngrams, fitted.weights.astype(np.float32), fitted.bias.astype(np.float32)
        )
    return students


def main() -> None:
    """Trains both and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nsmc", type=Path, required=True, help="TSV with the columns label and text")
    parser.add_argument("--out", type=Path, default=PLACE)
    parser.add_argument("--head-only", action="store_true", help="leave the n-grams as they are")
    given = parser.parse_args()
    embedder = text_tools().embedder
    sources = [
        snippets("movieReviewSnippets", FILM_ROWS),
        snippets("amazonReviewSnippets", PRODUCT_ROWS),
        nsmc(given.nsmc, NSMC_ROWS),
    ]
    head = fit_head(embedder, sources)
    head.save(given.out / "head.npz")
    print(f"head: temperature {head.temperature:.3f}, languages {', '.join(head.languages)}")
    if given.head_only:
        return
    extra = nsmc(given.nsmc, 16_000, NSMC_FROM + NSMC_ROWS)
    save_fast(fit_fast(head, embedder, sources, extra), given.out / "fast.npz")
    print(f"fast: {(given.out / 'fast.npz').stat().st_size} bytes")


if __name__ == "__main__":
    main()
