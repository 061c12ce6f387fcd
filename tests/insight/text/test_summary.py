"""Summaries of whole sentences; ROUGE and the graph methods beside rouge-score and sumy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadInput, BadValue
from crossreel.insight.text.sentences import Splitter
from crossreel.insight.text.summary.extract import METHODS, summarize
from crossreel.insight.text.summary.graphs import lexrank, textrank
from crossreel.insight.text.summary.rouge import english_tokens, rouge_l, rouge_n
from crossreel.values.language import Language

PEERS = json.loads((Path(__file__).parent / "summary_peers.json").read_text(encoding="utf-8"))
TEXT = (
    "A ship's cook inherits a lighthouse on a northern island. The island has no ferry in winter. "
    "Every night a light answers hers from the sea. The fishermen of the island say that it is her father's "
    "boat, lost with all hands thirty years before. She takes the old lifeboat out to find the light."
)


class ByLetters:
    """Vectors of letter counts, enough to tell sentences apart."""

    name, dimensions = "letters", 26

    def embed(self, texts):
        rows = np.array(
            [[1 + text.lower().count(chr(97 + n)) for n in range(26)] for text in texts], np.float32
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("pair", PEERS["rouge"])
def test_rouge_is_that_of_rouge_score(pair):
    told = (pair["reference"], pair["candidate"])
    for name, score in (
        ("rouge1", rouge_n(*told, 1, english_tokens)),
        ("rouge2", rouge_n(*told, 2, english_tokens)),
        ("rougeL", rouge_l(*told, english_tokens)),
    ):
        assert [score.precision, score.recall, score.f1] == pytest.approx(pair["scores"][name], abs=1e-6)


@pytest.mark.parametrize("method", ["lexrank", "textrank"])
def test_the_graph_methods_choose_what_sumy_chooses(method):
    rank = {"lexrank": lexrank, "textrank": textrank}[method]
    for held in PEERS["ranks"]:
        scores = rank(held["sentences"])
        chosen = sorted(sorted(range(len(scores)), key=lambda at: -round(scores[at], 12))[:3])
        assert chosen == held[method]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("length", ["logline", "short", 60, 120])
def test_no_sentence_is_cut_and_the_length_is_kept(method, length):
    made = summarize(TEXT, Splitter(), method=method, length=length, embedder=ByLetters())
    assert len(made.text) <= made.limit
    assert made.sentences
    for one in made.sentences:
        assert TEXT[one.start : one.end] == one.text
        assert one.text.endswith(".")
    assert list(made.sentences) == sorted(made.sentences, key=lambda one: one.start)


def test_chinese_is_counted_in_its_own_signs():
    text = "老水手回到故乡。港口早已荒废。他的女儿在灯塔等他。每天夜里灯都会亮。直到有一天灯灭了。"
    made = summarize(text, Splitter(), method="textrank", length=16, language=Language("zh"))
    assert len(made.text) <= 16
    assert " " not in made.text
    logline = summarize(text, Splitter(), method="lead", length="logline", language=Language("zh"))
    assert logline.limit < 140


def test_the_ending_can_be_left_out():
    made = summarize(TEXT, Splitter(), method="lead", length=1000, without_ending=True)
    assert "takes the old lifeboat" not in made.text


def test_what_cannot_be_summarized_is_said():
    with pytest.raises(BadInput, match="No sentence of the text"):
        summarize(TEXT, Splitter(), method="lead", length=10)
    with pytest.raises(BadInput, match="no sentence"):
        summarize(" ", Splitter(), method="lead")
    with pytest.raises(BadValue, match="method"):
        summarize(TEXT, Splitter(), method="best")
    with pytest.raises(BadValue, match="length"):
        summarize(TEXT, Splitter(), method="lead", length="tiny")
