"""Sync: shifts, rates and cuts are found, files in time are left alone, foreign ones refused."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.localize.timedtext.formats import read_file
from crossreel.localize.timedtext.model import FOREVER, Cue, Document, cue_of
from crossreel.localize.timedtext.syncing.evidence import Reference
from crossreel.localize.timedtext.syncing.sync import RATES, Synced, spoken, sync, sync_to_document


def film(seed: int, cues: int = 100) -> Document:
    """Dialogue with pauses of every length, as films have."""
    rng = random.Random(seed)
    at, made = Fraction(5), []
    for _ in range(cues):
        length = Fraction(rng.randint(900, 4500), 1000)
        made.append(cue_of(at, at + length, "words"))
        at += length + Fraction(int(min(20, rng.expovariate(0.4)) * 1000) + 90, 1000)
    return Document(tuple(made))


def changed(document: Document, change: Callable[[Fraction], Fraction]) -> Document:
    cues = (replace(cue, start=change(cue.start), end=change(cue.end)) for cue in document.cues)
    return replace(document, cues=tuple(cues))


def errors(synced: Synced, truth: Document) -> list[float]:
    """Seconds that each cue left in the document is off."""
    kept = [cue for number, cue in enumerate(truth.cues, 1) if number not in synced.unplaced]
    return [
        abs(float(ours.start - right.start)) for ours, right in zip(synced.document.cues, kept, strict=True)
    ]


def other_translation(document: Document, seed: int) -> Document:
    """The same film cued by somebody else: starts and ends a little off, neighbors joined, some missing."""
    rng = random.Random(seed)
    cues: list[Cue] = []
    for cue in document.cues:
        if rng.random() < 0.08:
            continue
        start = cue.start + Fraction(rng.randint(-60, 60), 1000)
        end = cue.end + Fraction(rng.randint(-300, 500), 1000)
        if cues and rng.random() < 0.1 and start - cues[-1].end < 1:
            cues[-1] = replace(cues[-1], end=end)
        else:
            cues.append(cue_of(start, max(end, start + Fraction(1, 2)), "andere"))
    return Document(tuple(cues))


@settings(max_examples=4)
@given(st.integers(1, 50), st.integers(-40_000, 40_000))
def test_a_shift_is_found_to_40_milliseconds(seed: int, shift: int) -> None:
    truth = film(seed)
    shifted = changed(truth, lambda time: time + 45 + Fraction(shift, 1000))
    found = sync_to_document(shifted, other_translation(truth, seed))
    assert found.action == "shift"
    assert max(errors(found, truth)) <= 0.040


@pytest.mark.parametrize("rate", RATES[1:4], ids=str)
def test_a_frame_rate_is_found(rate: Fraction) -> None:
    truth = film(7)
    found = sync_to_document(changed(truth, lambda time: time / rate + 2), other_translation(truth, 7))
    assert (found.action, found.rate) == ("rate", rate)
    assert max(errors(found, truth)) <= 0.040


@pytest.mark.parametrize("seed", [1, 5])
def test_thirty_seconds_cut_away_are_found_and_their_cues_listed(seed: int) -> None:
    truth = film(seed)
    cut = truth.cues[50].start
    reference = Document(
        tuple(
            replace(cue, start=cue.start - 30 * (cue.start >= cut), end=cue.end - 30 * (cue.start >= cut))
            for cue in other_translation(truth, seed).cues
            if not cut - 30 <= cue.start < cut
        )
    )
    right = changed(truth, lambda time: time - 30 if time >= cut else time)
    found = sync_to_document(truth, reference)
    assert found.action == "cuts"
    assert np.percentile(errors(found, right), 95) <= 0.100
    gone = [n for n, cue in enumerate(truth.cues, 1) if cut - 30 <= cue.start < cut - 1]
    assert set(found.unplaced) <= {
        n for n, cue in enumerate(truth.cues, 1) if cut - 36 <= cue.start < cut + 6
    }
    assert len(set(gone) - set(found.unplaced)) <= 2
    assert all(a.start <= b.start for a, b in zip(found.document.cues, found.document.cues[1:], strict=False))


def test_an_inserted_minute_is_found_and_no_cue_lost() -> None:
    truth = film(3)
    middle = truth.cues[50].start
    without = changed(truth, lambda time: time - 8 if time >= middle else time)
    found = sync_to_document(without, other_translation(truth, 3))
    assert found.action == "cuts"
    assert not found.unplaced
    assert np.percentile(errors(found, truth), 95) <= 0.100


@pytest.mark.parametrize("seed", [2, 8])
def test_five_cues_behind_the_last_cut_are_found(seed: int) -> None:
    truth = film(seed)
    last = truth.cues[-5].start
    without = changed(truth, lambda time: time - 30 if time >= last else time)
    kept = [cue for cue in without.cues if not last - 30 <= cue.start < last or cue in without.cues[-5:]]
    right = {cue: start for cue, start in zip(without.cues, (cue.start for cue in truth.cues), strict=True)}
    found = sync_to_document(replace(without, cues=tuple(kept)), other_translation(truth, seed))
    assert found.action == "cuts"
    off = [abs(float(cue.start - right[was])) for cue, was in zip(found.document.cues, kept, strict=True)]
    assert max(off[-4:]) <= 0.100


@pytest.mark.parametrize("seed", [2, 8])
def test_a_stretch_of_cues_in_no_place_is_refused_and_named(seed: int) -> None:
    truth, other = film(seed), film(seed + 60)
    start, stop = truth.cues[40].start, truth.cues[60].start
    foreign = [cue for cue in other.cues if start <= cue.start < stop]
    mixed = replace(truth, cues=(*truth.cues[:40], *foreign, *truth.cues[60:]))
    found = sync_to_document(mixed, other_translation(truth, seed))
    assert found.action == "refused"
    first, end = map(int, re.findall(r"\d+", found.reason))
    assert 38 <= first <= 46
    assert 34 + len(foreign) <= end <= 43 + len(foreign)


def test_speech_that_is_heard_too_unclearly_is_refused() -> None:
    truth = film(6)
    rng = random.Random(2)
    heard = [interval for interval in spoken(truth.cues) if rng.random() < 0.5]
    loud = [(at, at + rng.uniform(0.3, 6)) for at in (rng.uniform(0, 450) for _ in range(150))]
    found = sync(truth, Reference.of_intervals([*heard, *loud]))
    assert found.action == "refused"


@pytest.mark.parametrize("seed", range(2))
def test_a_file_in_time_is_left_alone(seed: int) -> None:
    truth = film(seed)
    found = sync_to_document(truth, other_translation(truth, seed))
    assert found.action == "none"
    assert found.document is truth


@pytest.mark.parametrize("seed", range(3))
def test_a_foreign_file_is_refused_and_returned_as_it_was(seed: int) -> None:
    foreign = film(100 + seed)
    found = sync_to_document(foreign, film(seed))
    assert found.action == "refused"
    assert found.document is foreign
    assert found.reason


def test_too_few_cues_and_references_without_speech_are_refused() -> None:
    assert sync_to_document(film(1, 5), film(1)).action == "refused"
    assert sync_to_document(film(1), Document(())).action == "refused"
    assert sync(film(1), Reference.of_intervals([(0.0, 900.0)])).action == "refused"


def test_cues_without_words_or_end_do_not_count_but_move_along() -> None:
    truth = film(2)
    endless = replace(truth.cues[-1], end=FOREVER)
    moved = changed(replace(truth, cues=truth.cues[:-1]), lambda time: time + 3)
    moved = replace(moved, cues=(*moved.cues, replace(endless, start=endless.start + 3)))
    found = sync_to_document(moved, truth)
    assert found.action == "shift"
    assert found.document.cues[-1].end == FOREVER
    assert abs(found.document.cues[-1].start - truth.cues[-1].start) <= Fraction(40, 1000)


def test_voice_activity_with_faults_finds_shift_and_cut() -> None:
    truth = film(11)
    rng = random.Random(5)
    heard = []
    for start, stop in spoken(truth.cues):
        if rng.random() < 0.9:
            heard.append((start + rng.uniform(-0.05, 0.05), stop - rng.uniform(0.1, 0.6)))
        if rng.random() < 0.1:
            heard.append((stop + 0.2, stop + 1.0))
    reference = Reference.of_intervals(heard)
    found = sync(changed(truth, lambda time: time + 12), reference)
    assert found.action == "shift"
    assert max(errors(found, truth)) <= 0.040
    middle = truth.cues[50].start
    found = sync(changed(truth, lambda time: time + 30 if time >= middle else time), reference)
    assert found.action == "cuts"
    assert np.percentile(errors(found, truth), 95) <= 0.100


@pytest.mark.shared
def test_translations_of_a_film_fit_one_another_and_no_other_film(shared_data: Path) -> None:
    films = shared_data / "subtitles" / "open-films"
    english = read_file(films / "morevna-ep3" / "morevna-ep3-eng.srt")
    spanish = read_file(films / "morevna-ep3" / "morevna-ep3-spa.srt")
    lesson = read_file(films / "course-synfig" / "eng" / "synfig-05-keyframes.srt")
    assert sync_to_document(spanish, english).action == "none"
    found = sync_to_document(changed(spanish, lambda time: time * Fraction(25, 24) + 7), english)
    assert found.action == "rate"
    assert max(errors(found, spanish)) <= 0.040
    assert sync_to_document(lesson, english).action == "refused"
