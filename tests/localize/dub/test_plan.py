import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.localize.dub.line import Limits, Line, Wording
from crossreel.localize.dub.plan import _candidates, _gap, plan_dub


def line(id: str, start: int, end: int, *speech: int, **facts: object) -> Line:
    return Line(
        id, start, end, tuple(Wording(f"{id}{n}", s, cost=3.0 * n) for n, s in enumerate(speech)), **facts
    )  # type: ignore[arg-type]


@st.composite
def films(draw: st.DrawFn) -> tuple[list[Line], int]:
    """Films of all kinds: slots that touch, overlap, or are far too short for their words."""
    lines, at = [], 0
    for number in range(draw(st.integers(0, 8))):
        start = max(0, at + draw(st.integers(-400, 1500)))
        end = start + draw(st.integers(1, 4000))
        wordings = tuple(
            Wording(f"{number}.{n}", draw(st.integers(1, 6000)), draw(st.integers(0, 800)), 2.0 * n)
            for n in range(draw(st.integers(1, 3)))
        )
        speaker = draw(st.sampled_from(["", "Ivan", "Marya"]))
        lines.append(
            Line(str(number), start, end, wordings, speaker, draw(st.sampled_from([None, True, False])))
        )
        at = end
    last = max((one.start for one in lines), default=0)
    return lines, last + draw(st.integers(1, 6000))


@given(films())
@settings(max_examples=50)
def test_nothing_overlaps_nothing_is_lost_and_the_film_keeps_its_length(film: tuple[list[Line], int]) -> None:
    lines, length = film
    plan = plan_dub(lines, length)
    assert plan.length == length
    ids = [one.line.id for one in plan.placed] + [one.id for one in plan.left_out]
    assert sorted(ids) == sorted(one.id for one in lines)
    assert plan.overlaps == 0
    limits = plan.limits
    for one in plan.placed:
        assert 0 <= one.start < one.end <= length
        assert limits.slowest <= one.rate <= limits.hardest + 1e-9
        shift = one.start - one.line.start
        assert -limits.shift <= shift <= limits.shift
        assert ("shifted" in one.flags) == (not -limits.early <= shift <= limits.late)
        assert not (one.line.on_screen and "shifted" in one.flags)
        assert one.end - one.start >= one.wording.speech / one.rate + one.wording.pauses * one.pause - 1e-6
        assert ("fast" in one.flags) == (one.rate > limits.fastest + 1e-9)
    assert plan_dub(list(reversed(lines)), length).cost == pytest.approx(plan.cost)


@given(
    st.lists(
        st.tuples(st.integers(200, 900), st.integers(100, 1400), st.integers(0, 200)), min_size=2, max_size=3
    )
)
@settings(max_examples=12)
def test_the_plan_is_the_cheapest_of_all(slots: list[tuple[int, int, int]]) -> None:
    limits = Limits(early=0, late=40, borrow=100, hardest=1.25, far=0, shift=0)
    lines, at = [], 0
    for number, (slot, speech, pause) in enumerate(slots):
        lines.append(line(str(number), at, at + slot, speech, speaker="Ivan"))
        at += slot + pause
    length = at + 3000
    found = [_candidates(one, length, limits) for one in lines]
    least = np.inf
    for choice in itertools.product(*(range(len(one.start)) for one in found)):
        picked = list(zip(found, choice, strict=True))
        cost = sum(one.cost[at] for one, at in picked)
        for (one, i), (two, j), before, after in zip(picked, picked[1:], lines, lines[1:], strict=False):
            if one.end[i] + _gap(before, after, limits) > two.start[j]:
                break
            cost += ((one.rate[i] - two.rate[j]) / limits.jump) ** 2
        else:
            least = min(least, cost)
    plan = plan_dub(lines, length, limits)
    if np.isfinite(least):
        assert plan.cost == pytest.approx(least)
    else:
        assert plan.left_out


def test_what_fits_is_left_natural() -> None:
    plan = plan_dub([line("a", 1000, 3000, 1950), line("b", 4000, 6000, 1980)], 10_000)
    assert [(one.start, one.flags) for one in plan.placed] == [(1000, ()), (4000, ())]
    assert [one.rate for one in plan.placed] == pytest.approx([1.0, 1.0], abs=0.03)


def test_silence_is_borrowed_before_speech_is_hurried() -> None:
    plan = plan_dub([line("a", 0, 2000, 2300)], 10_000)
    (one,) = plan.placed
    assert one.end > 2000
    assert one.rate < 1.16


def test_a_line_in_need_runs_on_into_a_long_silence_unless_its_mouth_is_seen() -> None:
    def planned(on_screen: bool | None, next_start: int) -> object:
        lines = [
            line("a", 1000, 3000, 4000, on_screen=on_screen),
            line("b", next_start, next_start + 900, 800),
        ]
        return plan_dub(lines, 20_000).placed[0]

    calm = planned(None, 12_000)
    assert calm.rate <= 1.2
    assert "fast" not in calm.flags
    assert calm.end <= 3000 + 1500
    assert "fast" in planned(True, 12_000).flags
    assert "fast" in planned(None, 3_200).flags


def test_a_crowded_line_takes_time_from_calm_neighbors() -> None:
    lines = [line("a", 1000, 2000, 700), line("b", 2040, 4000, 2800), line("c", 4040, 6000, 1300)]
    plan = plan_dub(lines, 20_000)
    assert plan.natural_share == 1
    assert plan.overlaps == 0


def test_a_shorter_wording_is_taken_where_nothing_else_fits() -> None:
    lines = [line("a", 0, 2000, 4000, 2100), line("b", 2040, 4000, 1800)]
    plan = plan_dub(lines, 5_000)
    assert plan.placed[0].wording.text == "a1"
    assert plan.placed[0].flags == ("shorter",)
    assert plan.natural_share == 1


def test_pauses_inside_give_way_first() -> None:
    tight = Line("a", 0, 2000, (Wording("I ... know", 1800, 600),))
    one = plan_dub([tight, line("b", 2000, 4000, 1900)], 5_000).placed[0]
    assert one.pause < 1
    assert one.rate <= 1.15


def test_what_cannot_fit_is_flagged_or_left_out_but_never_overlaps() -> None:
    lines = [line("a", 0, 1000, 2300), line("b", 1000, 1100, 5000), line("c", 1100, 3000, 1800)]
    plan = plan_dub(lines, 4_000)
    assert [one.id for one in plan.left_out] == ["b"]
    assert "fast" in plan.placed[0].flags
    assert plan.overlaps == 0
    assert plan.summary()["natural_share"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_seen_mouth_that_moves_on_is_flagged() -> None:
    plan = plan_dub([line("a", 0, 3000, 1000, on_screen=True), line("b", 5000, 8000, 1000)], 9_000)
    assert [one.flags for one in plan.placed] == [("lip-sync",), ()]


def test_no_lines_and_wrong_lines() -> None:
    assert plan_dub([], 1000).summary()["natural_share"] == 1
    with pytest.raises(BadValue, match="id"):
        plan_dub([line("a", 0, 10, 5), line("a", 20, 30, 5)], 100)
    with pytest.raises(BadValue, match="film's end"):
        plan_dub([line("a", 200, 300, 5)], 100)
    with pytest.raises(BadValue, match="length"):
        plan_dub([], 0)
    with pytest.raises(BadValue, match="start"):
        line("a", 30, 30, 5)
