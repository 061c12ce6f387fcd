"""Sentiment by language: without labels, with at most 1,000, and by 5-fold; VADER and TF-IDF in the same run.

``python benchmarks/accuracy/sentiment.py ../shared/data/reviews [--rows 1000]``. Each file is shuffled with
seed 42 and cut to ``--rows``. The zero-shot rows use a head that saw no labeled text of that language:
Korean reviews only for English, English snippets only for Korean, both for the others. The rows of NSMC
that the shipped head learned from are left out. VADER needs ``pip install vaderSentiment``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import train_sentiment as training

from crossreel.app import text_tools
from crossreel.insight.text.column import read_columns
from crossreel.insight.text.excerpt import excerpt
from crossreel.insight.text.sentiment.calibration import calibration_error, macro_f1, macro_f1_interval
from crossreel.insight.text.sentiment.local import fit_local

FILES = {
    "en": "en-imdb-dev.tsv.gz",
    "ko": "ko-nsmc-dev.tsv.gz",
    "zh": "zh-douban-dev.tsv.gz",
    "fr": "fr-allocine-dev.tsv.gz",
}


def load(folder, language, rows):
    held = list(read_columns(folder / FILES[language], ("label", "text")))
    order = np.random.default_rng(42).permutation(len(held))[: min(rows, training.NSMC_FROM)]
    return [held[at][1] for at in order], np.array([int(held[at][0]) for at in order])


def figures(shares, labels):
    said, truth = shares >= 0.5, labels == 1
    low, high = macro_f1_interval(said, truth)
    return {
        "rows": len(labels),
        "accuracy": round(float((said == truth).mean()), 4),
        "macro_f1": round(macro_f1(said, truth), 4),
        "interval": [round(low, 4), round(high, 4)],
        "calibration_error": round(calibration_error(shares, truth), 4),
    }


def folded(language, vectors, texts, labels, head):
    """5-fold: the blend, and its n-grams alone (TF-IDF-like, NB-weighted, linear)."""
    fold = np.random.default_rng(42).permutation(len(labels)) % 5
    blend, linear = np.zeros(len(labels)), np.zeros(len(labels))
    for one in range(5):
        learn, tell = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        own = [texts[at] for at in learn]
        model = fit_local(language, vectors[learn], own, labels[learn], head)
        told = [texts[at] for at in tell]
        blend[tell] = model.positive(vectors[tell], told)
        linear[tell] = 1 / (1 + np.exp(-model.ngram_odds(told)))
    return blend, linear


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1000)
    given = parser.parse_args()
    embedder = text_tools().embedder
    english = [
        training.snippets("movieReviewSnippets", training.FILM_ROWS),
        training.snippets("amazonReviewSnippets", training.PRODUCT_ROWS),
    ]
    korean = [training.nsmc(given.folder / FILES["ko"], training.NSMC_ROWS)]
    heads = {
        "en": training.fit_head(embedder, korean, "ko-only"),
        "ko": training.fit_head(embedder, english, "en-only"),
    }
    both = training.fit_head(embedder, english + korean, "en+ko")
    kept = {}
    report = {"seed": 42, "rows": given.rows, "load": os.getloadavg()[0], "languages": {}}
    for language in FILES:
        texts, labels = load(given.folder, language, given.rows)
        vectors = embedder.embed([excerpt(text) for text in texts])
        head = heads.get(language, both)
        shares = head.probabilities(vectors)
        found = {"zero-shot": figures(shares[:, 2] / (shares[:, 2] + shares[:, 0]), labels)}
        if language == "en" and importlib.util.find_spec("vaderSentiment"):
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

            analyze = SentimentIntensityAnalyzer().polarity_scores
            compound = np.array([analyze(text)["compound"] for text in texts])
            found["VADER"] = figures((compound + 1) / 2, labels)
        report["languages"][language] = found
        kept[language] = (vectors, texts, labels, head)
        print(language, json.dumps(found), file=sys.stderr, flush=True)
    for language, held in kept.items():
        found = report["languages"][language]
        blend, linear = folded(language, *held)
        found["5-fold blend"] = figures(blend, held[2])
        found["5-fold TF-IDF linear"] = figures(linear, held[2])
        print(language, json.dumps(found), file=sys.stderr, flush=True)
    for name in ("zero-shot", "5-fold blend"):
        told = [one[name]["accuracy"] for one in report["languages"].values()]
        report[f"mean {name}"] = round(float(np.mean(told)), 4)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
