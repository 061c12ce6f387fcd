"""Assignment and the sequential test, on simulated viewers."""

from __future__ import annotations

import numpy as np
import pytest

from crossreel.errors import BadValue
from crossreel.recommend.experiments import Experiment, compare
from crossreel.values.ids import ViewerId

BASE = {"id": "e", "variants": [{"name": "a"}, {"name": "b"}]}


def viewers(count):
    return [ViewerId("made", str(n)) for n in range(count)]


def test_assignment_is_sticky_fair_and_independent_of_others():
    first, other = Experiment.read(BASE), Experiment.read({**BASE, "id": "f"})
    names = [first.assign(one).name for one in viewers(4000)]
    assert names == [first.assign(one).name for one in viewers(4000)]
    assert 0.46 < names.count("a") / 4000 < 0.54
    again = [other.assign(one).name for one in viewers(4000)]
    assert 0.46 < np.mean([one == two for one, two in zip(names, again, strict=True)]) < 0.54


def test_shares_weights_and_stopping_deal_as_written():
    experiment = Experiment.read(
        {**BASE, "share": 0.25, "variants": [{"name": "a", "weight": 3}, {"name": "b"}]}
    )
    dealt = [experiment.assign(one) for one in viewers(8000)]
    took = [one.name for one in dealt if one]
    assert 0.22 < len(took) / 8000 < 0.28
    assert 0.70 < took.count("a") / len(took) < 0.80
    stopped = Experiment.read({**experiment.to_dict(), "state": "stopped"})
    assert all(stopped.assign(one) is None for one in viewers(50))


def looks(rng, lift, runs, steps=30, each=40):
    """Share of experiments that ever conclude while looked at after every 40 new viewers."""
    experiment = Experiment.read(BASE)
    concluded = 0
    for _ in range(runs):
        size = steps * each
        labels = np.where(rng.random(size) < 0.5, "a", "b")
        watched = (rng.random(size) < np.where(labels == "b", 0.2 + lift, 0.2)).astype(float)
        for stop in range(each, size + 1, each):
            (found,) = compare(experiment, labels[:stop].tolist(), {"watched": watched[:stop]})
            if found.decision:
                concluded += 1
                break
    return concluded / runs


def test_looking_all_the_time_raises_few_false_alarms():
    alarms = looks(np.random.default_rng(1), 0.0, 200)
    assert alarms <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)


def test_a_fixed_test_peeked_at_would_raise_many():
    rng, alarms = np.random.default_rng(2), 0
    for _ in range(200):
        labels, watched = rng.random(1200) < 0.5, (rng.random(1200) < 0.2).astype(float)
        for stop in range(240, 1201, 40):
            a, b = watched[:stop][labels[:stop]], watched[:stop][~labels[:stop]]
            z = (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
            if abs(z) > 1.96:
                alarms += 1
                break
    assert alarms / 200 > 0.12, "which is why the always valid one is used"


def test_a_true_lift_is_found():
    assert looks(np.random.default_rng(3), 0.15, 60) > 0.9


def test_intervals_hold_the_truth_at_every_look_and_guardrails_are_told():
    rng, experiment = np.random.default_rng(4), Experiment.read({**BASE, "guardrails": ["progress"]})
    missed = 0
    for _ in range(100):
        labels = np.where(rng.random(2000) < 0.5, "a", "b")
        progress = np.where(labels == "b", 0.5, 0.6) + rng.normal(0, 0.2, 2000)
        outcomes = {"watched": np.ones(2000), "progress": progress}
        found = [
            compare(experiment, labels[:stop].tolist(), {name: one[:stop] for name, one in outcomes.items()})
            for stop in range(400, 2001, 400)
        ]
        missed += any(not guardrail.low <= -0.1 <= guardrail.high for _, guardrail in found)
        outcome, guardrail = found[-1]
        assert (outcome.p, outcome.decision) == (1.0, "")
        assert (guardrail.outcome, guardrail.decision) == ("progress", "worse")
    assert missed <= 5 + 2 * np.sqrt(100 * 0.05 * 0.95)


def test_too_few_viewers_say_nothing():
    labels = ["a"] * 99 + ["b"] * 500
    (found,) = compare(Experiment.read(BASE), labels, {"watched": np.array([0.0] * 99 + [1.0] * 500)})
    assert (found.p, found.decision) == (1.0, "")


@pytest.mark.parametrize(
    "change",
    [
        {"variants": [{"name": "a"}]},
        {"variants": [{"name": "a"}, {"name": "a"}]},
        {"variants": [{"name": "a"}, {"name": "b", "weight": 0}]},
        {"variants": [{"name": "a"}, {"name": "b", "model": "x"}]},
        {"share": 0},
        {"share": float("nan")},
        {"alpha": 1},
        {"outcome": "money"},
        {"guardrails": ["money"]},
        {"state": "paused"},
        {"id": "A"},
        {"seed": 1},
    ],
)
def test_what_is_no_experiment_is_refused(change):
    with pytest.raises(BadValue):
        Experiment.read({**BASE, **change})
