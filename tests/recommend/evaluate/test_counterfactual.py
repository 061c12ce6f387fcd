"""Counterfactual estimates against a simulation whose truth is known."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from crossreel.audience.event import Event, EventKind
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.counterfactual import Logged, counterfactual
from crossreel.recommend.evaluate.logged_policy import logged_rows
from crossreel.recommend.popular import Popular
from crossreel.testing.small_world import DE, World, film, viewer, western

ACTIONS = 6


def simulated(rows: int, seed: int, *, wrong_model: bool = False, wrong_odds: bool = False):
    """Rows of a softmax policy over contexts, and the true mean reward of another policy."""
    rng = np.random.default_rng(seed)
    context = rng.normal(size=(rows, 3))
    taste, old, new = np.random.default_rng(9).normal(size=(3, 3, ACTIONS))
    chance = 1 / (1 + np.exp(-(context @ taste)))
    log, target = (np.exp(0.4 * context @ one) for one in (old, new))
    log /= log.sum(axis=1, keepdims=True)
    target /= target.sum(axis=1, keepdims=True)
    action = (np.cumsum(log, axis=1) > rng.random(rows)[:, None]).argmax(axis=1)
    every = np.arange(rows)
    reward = (rng.random(rows) < chance[every, action]).astype(float)
    model = np.full_like(chance, 0.9) if wrong_model else chance
    shown_with = log[every, action] ** (0.5 if wrong_odds else 1.0)
    return Logged(
        reward, shown_with, target[every, action], model[every, action], (target * model).sum(axis=1)
    ), float((target * chance).sum(axis=1).mean())


def test_the_truth_lies_within_the_intervals_as_often_as_promised():
    inside = {"ips": 0, "snips": 0, "dr": 0}
    errors = {name: [] for name in inside}
    for seed in range(24):
        logged, truth = simulated(800, seed)
        found = counterfactual(logged, seed=seed)
        for name in inside:
            one = getattr(found, name)
            inside[name] += one.low <= truth <= one.high
            errors[name].append(one.value - truth)
    assert all(19 <= count <= 24 for count in inside.values()), inside
    spread = {name: float(np.std(values)) for name, values in errors.items()}
    assert spread["dr"] < spread["snips"] < spread["ips"] * 1.05
    assert all(abs(np.mean(values)) < 3 * spread[name] / math.sqrt(24) for name, values in errors.items())


def test_doubly_robust_needs_only_one_of_the_two_to_be_right():
    for options in ({"wrong_model": True}, {"wrong_odds": True}):
        logged, truth = simulated(20_000, 1, **options)
        assert counterfactual(logged).dr.value == pytest.approx(truth, abs=0.02)
    assert counterfactual(logged).ips.value != pytest.approx(truth, abs=0.05)
    assert any("mean" in told for told in counterfactual(logged).warnings)


def test_what_was_shown_anyway_is_what_was_earned():
    logged, _ = simulated(3000, 3)
    same = counterfactual(Logged(logged.reward, logged.shown_with, logged.shown_with))
    assert same.ips.value == pytest.approx(logged.reward.mean(), abs=1e-12)
    assert same.snips.value == pytest.approx(logged.reward.mean(), abs=1e-12)
    assert same.effective == pytest.approx(3000)
    assert same.warnings == ()
    assert same.dr is None


def test_a_log_that_says_too_little_is_told():
    rng = np.random.default_rng(0)
    shown = np.where(rng.random(5000) < 0.001, 0.001, 0.999)
    target = np.where(shown < 0.5, 0.999, 0.001)
    found = counterfactual(Logged(np.ones(5000), shown, target))
    assert any("worth only" in told for told in found.warnings)
    never = counterfactual(Logged(np.ones(3), np.full(3, 0.5), np.zeros(3)))
    assert "never shows" in never.warnings[0]
    cut = counterfactual(Logged(np.ones(5000), shown, target), clip=5.0)
    assert cut.clipped > 0
    assert any("cut" in told for told in cut.warnings)
    json.dumps(cut.to_dict())


def test_rows_that_cannot_be_are_refused():
    good = np.full(3, 0.5)
    with pytest.raises(BadInput, match="no logged rows"):
        counterfactual(Logged(good[:0], good[:0], good[:0]))
    with pytest.raises(BadInput, match="2 values"):
        counterfactual(Logged(good, good[:2], good))
    with pytest.raises(BadInput, match="Row 2: the logged probability"):
        counterfactual(Logged(good, np.array([0.5, 0.0, 0.5]), good))
    with pytest.raises(BadInput, match="Row 1: the reward is not a number"):
        counterfactual(Logged(np.array([np.nan, 1, 1]), good, good))
    with pytest.raises(BadInput, match="target's probability must be from 0 to 1"):
        counterfactual(Logged(good, good, np.array([0.5, 1.5, 0.5])))
    with pytest.raises(BadValue, match="weight"):
        counterfactual(Logged(good, good, good), clip=0)


@pytest.fixture
def logged_world(empty_world: World) -> World:
    """Four titles shown at random; everybody who is shown w0 watches it, nobody else watches anything."""
    world = empty_world
    world.add(*(western(f"w{n}") for n in range(4)), where="DE")
    rng = np.random.default_rng(5)
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    events = []
    for number in range(400):
        time = start + timedelta(hours=6 * number)
        title = f"w{rng.integers(4)}"
        who = viewer(number % 40)
        events.append(
            Event(EventKind.IMPRESSION, who, film(title), time=time, value=0.25, territory=DE, position=0)
        )
        if title == "w0":
            events.append(
                Event(
                    EventKind.VIEW, who, film(title), time=time + timedelta(hours=1), value=1.0, territory=DE
                )
            )
    world.events.append(events)
    return world


def test_the_log_of_a_workspace_becomes_rows(logged_world: World) -> None:
    everything = lambda titles, place, at: np.ones(len(titles), dtype=bool)  # noqa: E731
    rows = logged_rows(Popular(), logged_world.events, logged_world.catalog, everything, temperature=1e6)
    assert len(rows.reward) == pytest.approx(200, abs=5)
    assert set(np.unique(rows.shown_with)) == {0.25}
    assert rows.reward.mean() == pytest.approx(0.25, abs=0.1)
    found = counterfactual(rows)
    assert found.snips.value == pytest.approx(rows.reward.mean(), abs=0.15)
    nothing = World.empty(logged_world.folder / "other")
    with pytest.raises(BadInput, match="probability"):
        logged_rows(Popular(), nothing.events, nothing.catalog, everything)
    with pytest.raises(BadValue, match="learn"):
        logged_rows(Popular(), logged_world.events, logged_world.catalog, everything, learn=1.0)
