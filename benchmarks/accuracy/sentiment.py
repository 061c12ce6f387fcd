"""Sentiment by language: without labels, as shipped, and by 5-fold; VADER and TF-IDF in the same run.

``python benchmarks/accuracy/sentiment.py ../shared/data/reviews --out figures.json [--part zero-shot-ko]
[--minutes 9]``. Each file is shuffled with seed 42. The first rows (``LOOKED_AT``) were looked at when the
model was chosen and are left out of every figure; ``--rows`` of those after them are taken. The zero-shot
parts use an encoder and a head that saw no labeled text of that language: the encoder Korean reviews only
for English, English snippets only for Korean, both for the others, and the head these and our own short
reviews in other languages. These encoders are read from
``--encoders``, where ``scripts/tune_encoder.py --sources ko --out DIR/ko.npz`` (and ``en``, ``en,ko``) leaves
them. The rows of NSMC that the shipped models learned from come later in that file. A part that is in
``--out`` already is not done again, vectors are remembered, and after ``--minutes`` no further part begins:
run it again to go on. VADER needs ``pip install vaderSentiment``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import train_sentiment as training

from crossreel.app import pretrained_models, text_tools
from crossreel.insight.text.column import read_columns
from crossreel.insight.text.excerpt import excerpt
from crossreel.insight.text.sentiment.accurate import AccurateScorer
from crossreel.insight.text.sentiment.calibration import calibration_error, macro_f1, macro_f1_interval
from crossreel.insight.text.sentiment.fast import shipped_fast, taught_models
from crossreel.insight.text.sentiment.head import shipped_head
from crossreel.insight.text.sentiment.local import fit_local
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.models.e5 import E5Embedder
from crossreel.models.low_rank import OPINION_WINDOW, LowRankUpdates
from crossreel.models.registry import card
from crossreel.models.vector_cache import CachedEmbedder
from crossreel.values.language import Language

FILES = {
    "en": "en-imdb-dev.tsv.gz",
    "ko": "ko-nsmc-dev.tsv.gz",
    "zh": "zh-douban-dev.tsv.gz",
    "fr": "fr-allocine-dev.tsv.gz",
}
LOOKED_AT = {"en": 500, "ko": 2000, "zh": 600, "fr": 250}
"""Rows of each shuffled file that choices were made by."""


def load(folder, language, rows, first=0):
    held = list(read_columns(folder / FILES[language], ("label", "text")))
    order = np.random.default_rng(42).permutation(len(held))[first : min(first + rows, training.NSMC_FROM)]
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


def two_classes(found):
    return found[:, 2] / np.maximum(found[:, 2] + found[:, 0], 1e-12)


class Parts:
    """Each method is a part of the benchmark for one language."""

    def __init__(self, folder, rows, encoders):
        self.folder, self.rows, self.encoders = folder, rows, encoders
        self.embedder = text_tools().opinion_embedder

    def data(self, language):
        texts, labels = load(self.folder, language, self.rows, LOOKED_AT[language])
        return texts, [excerpt(text) for text in texts], labels

    def english(self):
        return [
            training.snippets("movieReviewSnippets", training.FILM_ROWS),
            training.snippets("amazonReviewSnippets", training.PRODUCT_ROWS),
        ]

    def korean(self):
        return [training.nsmc(self.folder / FILES["ko"], training.NSMC_ROWS)]

    def zero_shot(self, language):
        sources = {"en": "ko", "ko": "en"}.get(language, "en,ko")
        given = [*(self.english() if "en" in sources else []), *(self.korean() if "ko" in sources else [])]
        given += [one for one in training.own_reviews() if one.language != language]
        embedder = self.tuned(sources)
        head = training.fit_head(embedder, given, "zero-shot")
        _, texts, labels = self.data(language)
        opinions = opinion_features(texts, [Language.parse(language)] * len(texts))
        return figures(two_classes(head.probabilities(embedder.embed(texts), opinions)), labels)

    def tuned(self, sources):
        """The embedder whose encoder learned from these alone."""
        path = self.encoders and self.encoders / f"{sources}.npz"
        if not path or not path.exists():
            made = f"python scripts/tune_encoder.py --nsmc FILE --sources {sources} --out DIR/{sources}.npz"
            sys.exit(f"The zero-shot parts need --encoders DIR and in it {sources}.npz. Make it with: {made}")
        folder = pretrained_models().locate(card("e5-small"))
        updates = LowRankUpdates.load(path)
        files = (folder / "e5-small-q4.bin", folder / "e5-small.onnx", card("e5-small").revision)
        return CachedEmbedder(E5Embedder(*files, updates, OPINION_WINDOW), self.encoders / "vectors.sqlite")

    def shipped(self, language):
        """The accurate tier as an installation has it before any training."""
        texts, _, labels = self.data(language)
        scorer = AccurateScorer(self.embedder, None, shipped_head(), None, taught_models())
        scores = scorer.score(texts, [Language.parse(language)] * len(texts))
        found = np.array([[one.negative, one.neutral, one.positive] for one in scores])
        return figures(two_classes(found), labels)

    def fast(self, language):
        texts, _, labels = self.data(language)
        return figures(two_classes(shipped_fast()[language].probabilities(texts)), labels)

    def vader(self, language):
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        texts, _, labels = self.data(language)
        analyze = SentimentIntensityAnalyzer().polarity_scores
        return figures((np.array([analyze(text)["compound"] for text in texts]) + 1) / 2, labels)

    def folded(self, language):
        """5-fold: the blend, the n-grams alone, and the blend as ``reviews train`` makes it.

        The last differs in languages whose shipped n-grams labels taught: it reads these too.
        """
        texts, read, labels = self.data(language)
        vectors, head = self.embedder.embed(read), shipped_head()
        fold = np.random.default_rng(42).permutation(len(labels)) % 5
        companion = shipped_fast().get(language)
        told = {name: np.zeros(len(labels)) for name in ("blend", "n-grams alone", "as trained")}
        for one in range(5):
            learn, tell = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
            own, others = [texts[at] for at in learn], [texts[at] for at in tell]
            model = fit_local(language, vectors[learn], own, labels[learn], head)
            told["blend"][tell] = model.positive(vectors[tell], others)
            told["n-grams alone"][tell] = 1 / (1 + np.exp(-model.ngram_odds(others)))
            if companion:
                model = fit_local(language, vectors[learn], own, labels[learn], head, companion=companion)
            told["as trained"][tell] = model.positive(vectors[tell], others)
        return {name: figures(shares, labels) for name, shares in told.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--out", type=Path, required=True, help="JSON that parts are kept in")
    parser.add_argument("--encoders", type=Path, help="folder of the encoders of the zero-shot parts")
    parser.add_argument("--part", action="append", help="only these, such as zero-shot-ko")
    parser.add_argument("--minutes", type=float, default=9.0)
    given = parser.parse_args()
    parts, end = Parts(given.folder, given.rows, given.encoders), time.monotonic() + 60 * given.minutes
    work = {f"zero-shot-{one}": (parts.zero_shot, one) for one in FILES}
    work |= {f"shipped-{one}": (parts.shipped, one) for one in FILES}
    work |= {f"fast-{one}": (parts.fast, one) for one in shipped_fast()}
    work |= {f"5-fold-{one}": (parts.folded, one) for one in FILES}
    if importlib.util.find_spec("vaderSentiment"):
        work["vader-en"] = (parts.vader, "en")
    kept = json.loads(given.out.read_text()) if given.out.exists() else {}
    for name, (run, language) in work.items():
        wanted = (not given.part or name in given.part) and f"{name} {given.rows}" not in kept
        if not wanted:
            continue
        if time.monotonic() > end:
            sys.exit(f"Time is up before {name}; run it again to go on.")
        kept[f"{name} {given.rows}"] = {**run(language), "load": os.getloadavg()[0]}
        given.out.write_text(json.dumps(kept, indent=1))
        print(name, json.dumps(kept[f"{name} {given.rows}"]), flush=True)
    zero = [kept.get(f"zero-shot-{one} {given.rows}") for one in FILES]
    if all(zero):
        print("mean zero-shot", round(float(np.mean([one["accuracy"] for one in zero])), 4))


if __name__ == "__main__":
    main()
