"""Trains the sentiment models in the package: ``head.npz`` (sentence vectors) and ``fast.npz`` (n-grams).

``python scripts/train_sentiment.py --nsmc ratings.tsv``. Data: the film and product snippets of the
vaderSentiment 3.3.2 source archive (MIT; ``crossreel models pull vader-snippets``), NSMC (CC0;
https://github.com/e9t/nsmc, or any TSV with the columns label and text) and, beside this script, reviews of
films that do not exist, which a language model wrote for this (CC0): ``own_reviews.tsv``, 1,707 short ones
in 27 languages, and ``long_reviews.tsv``, 3,280 in English (45 to 260 words), which teach n-grams alone.
Nothing else is learned from. The encoder comes first (``tune_encoder.py``). Everything is seeded; vectors are
remembered, so that a second run takes a minute.
"""

from __future__ import annotations

import argparse
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from crossreel.app import pretrained_models, text_tools
from crossreel.insight.text.column import read_columns
from crossreel.insight.text.excerpt import excerpt, tidy
from crossreel.insight.text.sentiment.calibration import fit_temperature
from crossreel.insight.text.sentiment.fast import FastModel, save_fast
from crossreel.insight.text.sentiment.head import CLASSES, Head
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.insight.text.sentiment.projection import fit_projection
from crossreel.insight.text.sentiment.softmax import Softmax, fit_softmax
from crossreel.insight.text.tools import TextTools
from crossreel.models.registry import card
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder

OWN, LONG = (Path(__file__).parent / name for name in ("own_reviews.tsv", "long_reviews.tsv"))
PLACE = Path(__file__).parents[1] / "src/crossreel/insight/text/sentiment"
SEED = 42
NEUTRAL = 0.5
"""Mean human score (-4 to 4) up to which a snippet counts as neutral."""
STEEPNESS = 4.0
"""Of the logistic curves that turn a score into shares of the classes."""
HELD_OUT = 0.1
FILM_ROWS, PRODUCT_ROWS, NSMC_ROWS = 10_605, 3_708, 4_000
NSMC_FROM = 100_000
"""Rows of the shuffled NSMC file from here on are learned from; those before are left for reports."""
CHOOSING_ROWS = 2_000
"""First rows of the shuffled NSMC file: choices were made by them, and no report counts them."""
PENALTY = 3e-4
OWN_WEIGHT = 1.0
"""Of all texts of our own together; every other source weighs 1."""
FAST_PENALTY = 0.1
"""Of the squared n-gram weights, by rows."""
FAST_OWN_WEIGHT = {"en": 4.0, "ko": 2.0}
"""Of each text of our own there, where a snippet or a Korean review weighs 1."""
WORDS = 2.0
"""How much more words of opinion count than fitted. The encoder has seen the texts that the head learns from,
beside whose vectors words seem to say little: on rows held out 1.3 (all) to 1.9 times (our own) are best,
and on the rows that choose log loss is least at 1.5 in four languages, at 2 with short texts of 32 more."""
SMOOTHING = 0.1
"""Added to the counts that n-grams are weighted by."""
WORDLESS = 0.5
"""Weight of every row a second time without its words of opinion, for languages that have no list of them."""


@dataclass(frozen=True)
class Labeled:
    """Texts of one source.

    Attributes:
        language: primary subtag.
        texts: as they are read (excerpts of long ones).
        labels: 0 negative, 1 neutral, 2 positive.
        possible: which of the three classes its annotators could choose.
        weight: of the whole source against the others.
        audience: whether an audience wrote it; the head does not claim a language for texts of our own.
        shares: how much of each class a text is, where annotators gave scores.
    """

    language: str
    texts: list[str]
    labels: NDArray[np.int64]
    possible: NDArray[np.bool_]
    weight: float = 1.0
    audience: bool = True
    shares: NDArray[np.float64] | None = None

    @property
    def goals(self) -> NDArray[np.float64]:
        """What is learned of each text, shape (rows, 3): the shares, or 1 for the label."""
        return np.eye(3)[self.labels] if self.shares is None else self.shares


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
    sure = 1 / (1 + np.exp(STEEPNESS * np.column_stack([NEUTRAL + scores, NEUTRAL - scores])))
    shares = np.column_stack([sure[:, 0], 1 - sure.sum(axis=1), sure[:, 1]])
    possible = np.ones((len(order), 3), bool)
    return Labeled("en", [excerpt(rows[at][2]) for at in order], labels, possible, shares=shares)


def held_out(count: int) -> NDArray[np.bool_]:
    """Rows of a source that the encoder does not learn from, so that temperatures can be fitted on them."""
    return np.random.default_rng(SEED).random(count) < HELD_OUT


def nsmc(path: Path, most: int, first: int = NSMC_FROM) -> Labeled:
    """Korean reviews, positive or negative."""
    rows = list(read_columns(path, ("label", "text")))
    order = np.random.default_rng(SEED).permutation(len(rows))[first : first + most]
    labels = np.array([2 * int(rows[at][0]) for at in order])
    possible = np.tile([True, False, True], (len(order), 1))
    return Labeled("ko", [excerpt(rows[at][1]) for at in order], labels, possible)


def own_reviews() -> list[Labeled]:
    """Reviews written for this, one source a language; together they weigh ``OWN_WEIGHT``."""
    rows = list(read_columns(OWN, ("language", "label", "text")))
    found = []
    for language in sorted({row[0] for row in rows}):
        own = [row for row in rows if row[0] == language]
        labels = np.array([CLASSES.index(row[1]) for row in own])
        possible = np.ones((len(own), 3), bool)
        share = OWN_WEIGHT * len(own) / len(rows)
        found.append(Labeled(language, [excerpt(row[2]) for row in own], labels, possible, share, False))
    return found


def long_reviews() -> Labeled:
    """Long English reviews written for this, whole: what n-grams read."""
    rows = list(read_columns(LONG, ("label", "text")))
    labels = np.array([CLASSES.index(label) for label, _ in rows])
    return Labeled(
        "en", [tidy(text) for _, text in rows], labels, np.ones((len(rows), 3), bool), audience=False
    )


def fit_head(
    embedder: Embedder, sources: list[Labeled], name: str = "sentiment-6", words: float = WORDS
) -> Head:
    """The head: sources by their weights, classes within one weigh the same; temperature by held-out rows."""
    projection = fit_projection(embedder.embed)
    vectors = np.vstack([projection(embedder.embed(one.texts)) for one in sources]).astype(np.float64)
    opinions = np.vstack([opinions_of(one) for one in sources]).astype(np.float64)
    labels = np.concatenate([one.labels for one in sources])
    possible = np.vstack([one.possible for one in sources])
    weights = np.concatenate([one.weight * _balanced(one.labels) for one in sources])
    unseen = np.concatenate([held_out(len(one.texts)) for one in sources])

    def fitted_on(rows: NDArray[np.bool_]) -> Softmax:
        told = np.hstack([vectors[rows], opinions[rows]])
        wordless = np.hstack([vectors[rows], np.zeros_like(opinions[rows])])
        fitted = fit_softmax(
            np.vstack([told, wordless]),
            np.tile(labels[rows], 2),
            3,
            penalty=PENALTY,
            weights=np.concatenate([weights[rows], WORDLESS * weights[rows]]),
            possible=np.tile(possible[rows], (2, 1)),
        )
        counted = np.where(np.arange(len(fitted.weights)) < vectors.shape[1], 1.0, words)
        return replace(fitted, weights=(fitted.weights * counted[:, None]).astype(fitted.weights.dtype))

    features = np.hstack([vectors[unseen], opinions[unseen]])
    temperature = fit_temperature(fitted_on(~unseen).scores(features), labels[unseen], possible[unseen])
    languages = tuple(sorted({one.language for one in sources if one.audience}))
    return Head(name, embedder.name, projection, fitted_on(unseen | True), temperature, languages)


def opinions_of(one: Labeled) -> NDArray[np.float32]:
    """Its texts' words of opinion."""
    return opinion_features(one.texts, [Language.parse(one.language)] * len(one.texts))


def _balanced(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    counts = np.bincount(labels, minlength=3)
    present = (counts > 0).sum()
    return 1.0 / (present * counts[labels])


def fit_fast(
    told: Sequence[tuple[Labeled, NDArray[np.float64] | None]], likelihood: bool = False
) -> FastModel:
    """A student of one language.

    Praise against blame is one regression, what is neutral another over the first, so that labels which know
    no neutral teach the first alone.

    Args:
        told: texts, and what a teacher says of each (shape (rows, 3)), None where there is none. A goal is
            the mean of that and the label, or the label alone.
        likelihood: n-grams are weighted ``by_likelihood`` first.
    """
    texts, goals, weights, neutral = [], [], [], []
    for one, said in told:
        goal = np.eye(3)[one.labels]
        if said is not None:
            goal = (said + goal) / 2
            goal = np.where(one.possible[:, 1:2], goal, _with_neutral(goal, said[:, 1]))
        texts += one.texts
        goals.append(goal)
        weights.append(np.full(len(one.texts), one.weight))
        neutral.append(one.possible[:, 1] | (said is not None))
    ngrams = Ngrams(bits=17, characters=(1, 5), words=2)
    table = sparse.vstack(
        [ngrams.transform(texts[at : at + 200]) for at in range(0, len(texts), 200)], format="csr"
    )
    goal, weight, known = np.vstack(goals), np.concatenate(weights), np.concatenate(neutral)
    decided = goal[:, 0] + goal[:, 2]
    praise = goal[:, 2] / np.maximum(decided, 1e-9)
    scales = by_likelihood(table, praise, weight * decided) if likelihood else np.ones(table.shape[1])
    odds, odds_bias = fit_odds(table @ sparse.diags(scales), praise, weight * decided)
    odds *= scales
    half = (table @ odds + odds_bias) / 2
    offset = -np.logaddexp(half, -half)
    flat, flat_bias = fit_odds(table[known], goal[known, 1], weight[known], offset[known])
    return FastModel(
        ngrams,
        np.column_stack([-odds / 2, flat, odds / 2]).astype(np.float32),
        np.array([-odds_bias / 2, flat_bias, odds_bias / 2], np.float32),
    )


def _with_neutral(goal: NDArray[np.float64], neutral: NDArray[np.float64]) -> NDArray[np.float64]:
    """The goals with their share of neutral replaced, the others in proportion."""
    decided = (1 - neutral) / np.maximum(goal[:, 0] + goal[:, 2], 1e-9)
    return np.column_stack([goal[:, 0] * decided, neutral, goal[:, 2] * decided])


def by_likelihood(
    table: Any, praise: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Factors of the columns, by which the regression finds first what praise and blame differ in.

    How far each n-gram is likelier in one of them (NB-SVM; Wang and Manning 2012), by root mean square 1.
    """
    for_it, against = (table.T @ share + SMOOTHING for share in (weights * praise, weights * (1 - praise)))
    ratio = np.log(for_it / for_it.sum()) - np.log(against / against.sum())
    return np.asarray(np.abs(ratio) / np.sqrt(np.mean(ratio**2)))


def fit_odds(
    table: Any,
    goals: NDArray[np.float64],
    weights: NDArray[np.float64],
    offset: NDArray[np.float64] | float = 0.0,
) -> tuple[NDArray[np.float64], float]:
    """Logistic regression on shares instead of labels: weights of the columns, and bias.

    Args:
        table: shape (rows, columns), scipy.sparse CSR.
        goals: from 0 to 1.
        weights: of each row.
        offset: log-odds that each row starts from.
    """
    share, turned = weights / weights.sum(), table.T.tocsr()
    penalty = FAST_PENALTY / len(goals)

    def loss(held: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = table @ held[:-1] + held[-1] + offset
        error = (1 / (1 + np.exp(-odds)) - goals) * share
        value = (share * (np.logaddexp(0, odds) - goals * odds)).sum() + penalty / 2 * held[:-1] @ held[:-1]
        return float(value), np.append(turned @ error + penalty * held[:-1], error.sum())

    start = np.zeros(table.shape[1] + 1)
    held = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return held[:-1], float(held[-1])


def fit_mix(
    head: Head, embedder: Embedder, model: FastModel, chosen_by: Labeled
) -> tuple[float, float, float]:
    """How a model that labels taught and the head are added, by rows that neither learned from."""
    said = head.probabilities(embedder.embed(chosen_by.texts), opinions_of(chosen_by))
    other = model.probabilities(chosen_by.texts)
    columns = np.column_stack([np.log(one[:, 2] / one[:, 0]) for one in (said, other)])
    fitted = fit_softmax(columns, chosen_by.labels // 2, 2, penalty=1e-4)
    weights = fitted.weights[:, 1] - fitted.weights[:, 0]
    return float(weights[0]), float(weights[1]), float(fitted.bias[1] - fitted.bias[0])


def main() -> None:
    """Trains both and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nsmc", type=Path, required=True, help="TSV with the columns label and text")
    parser.add_argument("--out", type=Path, default=PLACE)
    parser.add_argument("--head-only", action="store_true", help="leave the n-grams as they are")
    given = parser.parse_args()
    tools = text_tools()
    english = [snippets("movieReviewSnippets", FILM_ROWS), snippets("amazonReviewSnippets", PRODUCT_ROWS)]
    korean, own = [nsmc(given.nsmc, NSMC_ROWS)], own_reviews()
    head = fit_head(tools.opinion_embedder, [*english, *korean, *own])
    head.save(given.out / "head.npz")
    print(f"head: temperature {head.temperature:.3f}, languages {', '.join(head.languages)}")
    if not given.head_only:
        students = fit_students(tools, head, english, korean, own, given.nsmc)
        save_fast(students, given.out / "fast.npz")
        size = (given.out / "fast.npz").stat().st_size
        print(f"fast: {size} bytes, mixed with the head in ko by {students['ko'].mix}")


def fit_students(
    tools: TextTools,
    head: Head,
    english: list[Labeled],
    korean: list[Labeled],
    own: list[Labeled],
    nsmc_file: Path,
) -> dict[str, FastModel]:
    """The n-gram models by language.

    The teacher in English is a head over the encoder as it was before: what the encoder learned from it knows
    by heart, and would teach no more than the label. (On rows that neither is told on: .801 of 1,500, by the
    head itself .795. In Korean, of the 2,000 rows that choose, it is .827 to .834.) Weighting by
    likelihood is for English, whose reviews are unlike most of what is learned from: .850 of these rows
    instead of .829; Korean has .824 with it and .834 without.
    """
    before = fit_head(tools.embedder, [*english, *korean, *own], "before", words=1.0)

    def told_by(teacher: Head, embedder: Embedder, one: Labeled) -> tuple[Labeled, NDArray[np.float64]]:
        return one, teacher.probabilities(embedder.embed(one.texts), opinions_of(one))

    written = {
        one.language: replace(one, weight=FAST_OWN_WEIGHT[one.language])
        for one in own
        if one.language in FAST_OWN_WEIGHT
    }
    long = replace(long_reviews(), weight=FAST_OWN_WEIGHT["en"])
    more = [replace(snippets(name, 1_000_000), weight=0.5) for name in ("tweets", "nytEditorialSnippets")]
    labels_alone = [(one, None) for one in (*more, written["en"], long)]
    english_told = [told_by(before, tools.embedder, one) for one in english]
    students = {"en": fit_fast([*english_told, *labels_alone], likelihood=True)}
    extra = nsmc(nsmc_file, 16_000, NSMC_FROM + NSMC_ROWS)
    by_head = [told_by(head, tools.opinion_embedder, one) for one in korean]
    taught = fit_fast([*by_head, (extra, None), (written["ko"], None)])
    mix = fit_mix(head, tools.opinion_embedder, taught, nsmc(nsmc_file, CHOOSING_ROWS, 0))
    return {**students, "ko": replace(taught, mix=mix)}


if __name__ == "__main__":
    main()
