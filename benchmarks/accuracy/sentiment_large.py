"""All labels of a language by 5-fold, beside a TF-IDF linear model and VADER (English) in one run.

``python benchmarks/accuracy/sentiment_large.py ../shared/data/reviews en --out large-en.json --peers DIR``.
Rows, order and those left out are as in ``sentiment.py``; the rows of NSMC that the shipped head learned from
are left out too. As with ``crossreel reviews train``, n-grams learn from all labels of a fold and sentence
vectors from a fixed sample (``--vectors`` rows of the file); whatever reads vectors is reported on the rows
of that sample, each told by models that did not learn from it, and the others on the same rows and on all.
A fold that is in ``--out`` already is not done again. The peers (vaderSentiment, scikit-learn) are installed
into ``--peers`` where they are absent; ``TfidfVectorizer(sublinear_tf=True, min_df=2)`` over words 1 to 3
(English) or characters 1 to 4, then ``LinearSVC(C=0.5)``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from sentiment import LOOKED_AT, figures, load

from crossreel.app import text_tools
from crossreel.insight.text.excerpt import excerpt, tidy
from crossreel.insight.text.sentiment.fast import shipped_fast
from crossreel.insight.text.sentiment.head import shipped_head
from crossreel.insight.text.sentiment.local import fit_local

PEERS = (
    "vaderSentiment==3.3.2",
    "scikit-learn==1.9.1",
    "joblib==1.6.0",
    "threadpoolctl==3.8.0",
    "cloudpickle==3.1.3",
    "narwhals==2.29.0",
)


def add_peers(folder):
    if not (folder / "sklearn").is_dir():
        install = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(folder), *PEERS]
        subprocess.run(install, check=True)
    sys.path.append(str(folder))


def by_tfidf(language, learn, labels, tell):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    shape = {"ngram_range": (1, 3)} if language == "en" else {"analyzer": "char", "ngram_range": (1, 4)}
    made = TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32, **shape)
    odds = LinearSVC(C=0.5).fit(made.fit_transform(learn), labels).decision_function(made.transform(tell))
    return 1 / (1 + np.exp(-odds))


def one_fold(language, texts, labels, vectors, has, learn, tell):
    own = [texts[at] for at in learn]
    known = {"with_vector": has[learn], "companion": shipped_fast().get(language)}
    model = fit_local(language, vectors[learn], own, labels[learn], shipped_head(), **known)
    told = [texts[at] for at in tell]
    sampled = [at for at in tell if has[at]]
    blend = np.full(len(tell), np.nan)
    blend[has[tell]] = model.positive(vectors[sampled], [texts[at] for at in sampled])
    tfidf = by_tfidf(language, [tidy(texts[at]) for at in learn], labels[learn], [tidy(one) for one in told])
    ours = 1 / (1 + np.exp(-model.ngram_odds(told)))
    return {"rows": tell.tolist(), "blend": blend.tolist(), "ngrams": ours.tolist(), "tfidf": tfidf.tolist()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("language", choices=("en", "ko"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--vectors", type=int, default=2500)
    parser.add_argument("--folds", type=int, default=5, help="how many of the five are run")
    parser.add_argument("--out", type=Path, required=True, help="JSON that folds are kept in")
    parser.add_argument("--peers", type=Path, required=True, help="folder of the peers' packages")
    given = parser.parse_args()
    add_peers(given.peers)
    texts, labels = load(given.folder, given.language, given.rows, LOOKED_AT[given.language])
    has = np.arange(len(labels)) < given.vectors
    embedder = text_tools().opinion_embedder
    vectors = np.zeros((len(labels), embedder.dimensions), np.float32)
    vectors[has] = embedder.embed([excerpt(text) for text in texts[: given.vectors]])
    fold = np.random.default_rng(42).permutation(len(labels)) % 5
    kept = json.loads(given.out.read_text()) if given.out.exists() else {}
    for one in range(given.folds):
        if str(one) in kept:
            continue
        began, learn, tell = time.process_time(), np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        kept[str(one)] = one_fold(given.language, texts, labels, vectors, has, learn, tell)
        kept[str(one)] |= {"cpu": round(time.process_time() - began), "load": os.getloadavg()[0]}
        given.out.write_text(json.dumps(kept))
        print("fold", one, kept[str(one)]["cpu"], "s of CPU, load", kept[str(one)]["load"], flush=True)
    report(given.language, texts, labels, has, kept)


def report(language, texts, labels, has, kept):
    rows = np.concatenate([np.array(one["rows"], int) for one in kept.values()])
    for name in ("blend", "ngrams", "tfidf", "vader"):
        if name == "vader" and language != "en":
            continue
        if name == "vader":
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

            analyze = SentimentIntensityAnalyzer().polarity_scores
            some = rows[has[rows]]
            shares = np.array([(analyze(tidy(texts[at]))["compound"] + 1) / 2 for at in some])
            print(name, "sampled rows", json.dumps(figures(shares, labels[some])), flush=True)
            continue
        shares = np.concatenate([np.array(one[name], float) for one in kept.values()])
        print(
            name, "sampled rows", json.dumps(figures(shares[has[rows]], labels[rows][has[rows]])), flush=True
        )
        if name != "blend":
            print(name, "all rows", json.dumps(figures(shares, labels[rows])), flush=True)


if __name__ == "__main__":
    main()
