"""Writes what rouge-score and sumy say of seeded texts, for ``tests/insight/text/test_summary.py``.

Run it in an environment of its own: ``pip install rouge-score==0.1.2 sumy==0.13.0``, then
``python benchmarks/accuracy/summary_peers.py``.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

TEXT = (
    "river night letter father city train storm sister old captain gold house winter secret promise "
    "island doctor war song garden finds leaves hides returns loses the a of in and her his to with alone"
)
WORDS = TEXT.split()
OUT = Path(__file__).parents[2] / "tests/insight/text/summary_peers.json"


class Sentence:
    """As sumy's summarizers read it."""

    def __init__(self, words):
        self.words = tuple(words)


class Document:
    """The same."""

    def __init__(self, sentences):
        self.sentences = tuple(sentences)


def main():
    from rouge_score.rouge_scorer import RougeScorer
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer

    rng = random.Random(42)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"])
    pairs, documents = [], []
    for _ in range(40):
        reference, candidate = (" ".join(rng.choices(WORDS, k=rng.randint(0, 30))) for _ in range(2))
        reference = reference.replace("storm", "Storm's, 7th").replace("island", "île")
        found = {
            name: [score.precision, score.recall, score.fmeasure]
            for name, score in scorer.score(reference, candidate).items()
        }
        pairs.append({"reference": reference, "candidate": candidate, "scores": found})
        sentences = [rng.choices(WORDS, k=rng.randint(2, 14)) for _ in range(rng.randint(1, 14))]
        held = Document(Sentence(words) for words in sentences)
        chosen = {}
        for name, summarizer in (("lexrank", LexRankSummarizer()), ("textrank", TextRankSummarizer())):
            kept = summarizer(held, 3)
            chosen[name] = [held.sentences.index(one) for one in kept]
        documents.append({"sentences": sentences, **chosen})
    OUT.write_text(json.dumps({"rouge": pairs, "ranks": documents}, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
