"""Extractive summaries beside LEAD on 64 synopses in 8 languages, at the lengths of stores.

``python benchmarks/accuracy/summaries.py``. The synopses (``synopses.json``) tell eight films in the public
domain in six sentences each; they and the reference summaries were written for this, from the films'
well-known plots, and may be used freely (CC0). ROUGE is over words, over single signs in Chinese and
Japanese. Intervals: bootstrap over films and languages, seed 42.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from crossreel.app import text_tools
from crossreel.insight.text.summary.extract import LENGTHS, METHODS, summarize
from crossreel.insight.text.summary.rouge import rouge_l, rouge_n
from crossreel.values.language import Language


def main() -> None:
    held = json.loads((Path(__file__).parent / "synopses.json").read_text(encoding="utf-8"))
    tools, scores = text_tools(), {}
    for film, texts in held.items():
        for tag, (synopsis, reference) in texts.items():
            language = Language.parse("zh-Hans" if tag == "zh" else tag)
            for length in ("short",):
                for method in METHODS:
                    made = summarize(
                        synopsis,
                        tools.splitter,
                        method=method,
                        length=length,
                        language=language,
                        embedder=tools.embedder if method == "centroid" else None,
                    )
                    told = (
                        rouge_n(reference, made.text).f1,
                        rouge_n(reference, made.text, 2).f1,
                        rouge_l(reference, made.text).f1,
                    )
                    scores.setdefault((length, method), {})[film, tag] = told
                    assert len(made.text) <= made.limit <= LENGTHS[length]
                    assert all(one.text in synopsis for one in made.sentences)
    dice = np.random.default_rng(42)
    for (length, method), found in scores.items():
        table, lead = np.array(list(found.values())), np.array(list(scores[length, "lead"].values()))
        draws = dice.integers(len(table), size=(2000, len(table)))
        gap = (table - lead)[:, 0][draws].mean(axis=1)
        by_language = {
            tag: round(float(np.mean([v[0] for k, v in found.items() if k[1] == tag])), 3)
            for tag in sorted({k[1] for k in found})
        }
        print(
            length,
            method,
            len(table),
            "ROUGE-1/2/L",
            table.mean(axis=0).round(4),
            "over LEAD",
            np.quantile(gap, (0.025, 0.975)).round(4),
            by_language,
        )
    print("load", os.getloadavg()[0], "embedder", tools.embedder.name)


if __name__ == "__main__":
    main()
