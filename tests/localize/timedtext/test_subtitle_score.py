"""Scores: SubER by its definition, chrF and BLEU by sacrebleu, times in milliseconds."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadValue
from crossreel.localize.timedtext.formats import read_file
from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.localize.timedtext.scoring.edits import edits
from crossreel.localize.timedtext.scoring.score import score
from crossreel.localize.timedtext.scoring.suber import suber
from crossreel.localize.timedtext.scoring.timing import pairs
from crossreel.values.language import Language

EN = Language.parse("en")


def document(*cues: tuple[float, float, str]) -> Document:
    return Document(tuple(cue_of(Fraction(str(a)), Fraction(str(b)), text) for a, b, text in cues))


def costs(hypothesis: str, reference: str) -> np.ndarray:
    return np.array([[int(a != b) for b in reference] for a in hypothesis], dtype=np.int64).reshape(
        len(hypothesis), len(reference)
    )


def test_edits_count_a_moved_block_once() -> None:
    assert edits(costs("abcdef", "abcdef")) == 0
    assert edits(costs("defabc", "abcdef")) == 1
    assert edits(costs("abxdef", "abcdef")) == 1
    assert edits(costs("", "abc")) == 3
    assert edits(costs("abc", "")) == 3
    assert edits(np.array([[2]], dtype=np.int64)) == 2  # never together: one out, one in


def test_suber_counts_words_and_breaks_and_ignores_case_and_punctuation() -> None:
    right = document((1, 3, "Hello there,\nmy friend."), (4, 5, "Bye."))
    assert suber(document((1, 3, "hello there\nMy friend"), (4, 5, "bye")).cues, right.cues, EN) == 0
    # 8 tokens: hello there <eol> my friend <eob> bye <eob>; the line break is missing.
    assert suber(document((1, 3, "Hello there, my friend."), (4, 5, "Bye.")).cues, right.cues, EN) == 12.5
    # The same words at other times stand for nothing.
    late = document((101, 103, "Hello there,\nmy friend."), (104, 105, "Bye."))
    assert suber(late.cues, right.cues, EN) == 200
    assert suber((), right.cues, EN) == 100


@pytest.mark.shared
@pytest.mark.parametrize(
    ("hypothesis", "reference", "expected"),
    [
        ("morevna-ep3/morevna-ep3-spa.srt", "morevna-ep3/morevna-ep3-por.srt", 82.673),
        ("morevna-ep3/morevna-ep3-fra.srt", "morevna-ep3/morevna-ep3-spa.srt", 99.448),
        ("course-synfig/spa/synfig-05-keyframes.srt", "course-synfig/por/synfig-05-keyframes.srt", 82.613),
        ("course-synfig/ita/synfig-01-basics.srt", "course-synfig/spa/synfig-01-basics.srt", 86.506),
    ],
)
def test_suber_equals_the_reference_program(
    shared_data: Path, hypothesis: str, reference: str, expected: float
) -> None:
    """Expected values: subtitle-edit-rate 0.4.0 (``python -m suber -H ... -R ...``)."""
    films = shared_data / "subtitles" / "open-films"
    found = suber(read_file(films / hypothesis).cues, read_file(films / reference).cues, EN)
    assert round(found, 3) == expected


def test_score_has_words_times_and_signatures() -> None:
    right = document((1, 3, "The old house is empty tonight."), (4, 6, "Nobody has seen him since then."))
    late = replace(right, cues=tuple(replace(cue, start=cue.start + Fraction(1, 4)) for cue in right.cues))
    found = score(late, right, EN)
    assert (found["chrf"], found["bleu"], found["suber"]) == (100, 100, 0)
    assert found["timing"]["start"] == {"median": 250, "p95": 250, "max": 250, "bias": 250}
    assert found["timing"]["end"]["max"] == 0
    assert found["signatures"]["chrf"].startswith("nrefs:1")
    assert found["aligned"] == "by cue"


def test_other_cue_counts_are_compared_by_time() -> None:
    right = document((1, 3, "The old house is empty tonight."), (4, 6, "Nobody has seen him since then."))
    one = document((1, 6, "The old house is empty tonight. Nobody has seen him since then."))
    found = score(one, right, EN)
    assert found["aligned"] == "by time"
    assert found["chrf"] == 100
    assert pairs(one.cues, right.cues) == [(0, 0)] or pairs(one.cues, right.cues) == [(0, 1)]


def test_a_reference_without_words_is_refused() -> None:
    with pytest.raises(BadValue, match="reference"):
        score(document((1, 2, "Hello")), Document(()), EN)
