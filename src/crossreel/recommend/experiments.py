"""Live experiments: who sees which variant, and what may be concluded while looking at any time.

Assignment is a hash of the experiment's salt and the viewer's id: no table decides it, the same
viewer always sees the same variant, and two experiments do not follow each other.

The outcome is a number a viewer, from the first exposure on: whether they watched (``watched``), how
many titles they watched (``views``) or the mean progress of what they began (``progress``). Each
variant is compared with the first one by the mixture sequential probability ratio test: with
difference D of means, its variance V = s_a^2 / n_a + s_b^2 / n_b and the mixture N(0, t^2) over the
true difference,

    L = sqrt(V / (V + t^2)) exp(t^2 D^2 / (2 V (V + t^2)))

and the p-value is 1 / the largest L so far: under no difference the chance that it ever falls below
alpha is at most alpha, however often one looks (R. Johari, P. Koomen, L. Pekelis, D. Walsh, Peeking
at A/B Tests, KDD 2017; Always Valid Inference, Operations Research 70, 2022). The bound is exact for
normal outcomes of known variance and good once each variant has ``LEAST`` viewers; before, nothing is
said. Guardrails are outcomes that must not fall: the same test on each, one-sided by its sign.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from crossreel.errors import BadValue
from crossreel.recommend.rule_fields import read_number, read_strings, read_text
from crossreel.values.ids import ViewerId

__all__ = [
    "LEAST",
    "OUTCOMES",
    "Comparison",
    "Experiment",
    "Exposures",
    "Variant",
    "always_valid_p",
    "compare",
]

Floats = npt.NDArray[np.float64]
OUTCOMES = ("watched", "views", "progress")
LEAST = 100
"""Viewers a variant needs before anything is concluded; the normal bound is poor below."""
_TENTH = 0.01
"""t^2 as a share of the outcome's variance: a tenth of a deviation, the size of effects looked for."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_STATES = ("running", "stopped")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to answer: the newest model of an algorithm, or a model by id; "" is the active one.

    ``rules`` False leaves the staff's rules out.
    """

    name: str
    algorithm: str = ""
    weight: float = 1.0
    rules: bool = True


class Exposures(Protocol):
    """Who saw which variant first, when."""

    def add(self, experiment: str, viewer: ViewerId, variant: str, at: datetime) -> None:
        """Notes the first time; later ones change nothing."""
        ...

    def all(self, experiment: str) -> list[tuple[ViewerId, str, datetime]]:
        """Viewer, variant and first time, by time."""
        ...

    def erase(self, viewer: ViewerId) -> int:
        """Forgets what a viewer saw."""
        ...


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment.

    Attributes:
        variants: two to ten; the first is what the others are compared with.
        salt: makes the assignment; a new one deals the viewers anew.
        share: of all viewers who take part, above 0 to 1.
        outcome: what decides, of ``OUTCOMES``.
        guardrails: outcomes that must not fall.
        alpha: chance of a false alarm, over all looks.
        state: running, or stopped: everybody gets the usual answer.
    """

    id: str
    variants: tuple[Variant, ...]
    salt: str
    share: float = 1.0
    outcome: str = "watched"
    guardrails: tuple[str, ...] = ()
    alpha: float = 0.05
    state: str = "running"
    note: str = ""

    KIND = "experiment"

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Reads the JSON form. Raises ``BadValue``."""
        known = ("id", "variants", "salt", "share", "outcome", "guardrails", "alpha", "state", "note")
        if unknown := sorted(set(document) - set(known)):
            raise BadValue("field of an experiment", unknown[0], "one of " + ", ".join(known))
        id_ = document.get("id")
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            raise BadValue("id of experiment", id_, "1 to 64 of a-z, 0-9, dot, dash and underscore")
        outcome = document.get("outcome", "watched")
        guardrails = read_strings("guardrails", document.get("guardrails"))
        for one in (outcome, *guardrails):
            if one not in OUTCOMES:
                raise BadValue("outcome", one, "one of " + ", ".join(OUTCOMES))
        state = document.get("state", "running")
        if state not in _STATES:
            raise BadValue("state", state, "one of " + ", ".join(_STATES))
        return cls(
            id=id_,
            variants=_variants(document.get("variants")),
            salt=read_text("salt", document.get("salt")) or id_,
            share=read_number("share", document.get("share"), 0.001, 1, 1.0),
            outcome=outcome,
            guardrails=guardrails,
            alpha=read_number("alpha", document.get("alpha"), 0.0001, 0.5, 0.05),
            state=state,
            note=read_text("note", document.get("note")),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "id": self.id,
            "variants": [
                {"name": one.name, "algorithm": one.algorithm, "weight": one.weight, "rules": one.rules}
                for one in self.variants
            ],
            "salt": self.salt,
            "share": self.share,
            "outcome": self.outcome,
            "guardrails": list(self.guardrails),
            "alpha": self.alpha,
            "state": self.state,
            "note": self.note,
        }

    def assign(self, viewer: ViewerId) -> Variant | None:
        """The viewer's variant; None where they take no part or the experiment is stopped."""
        if self.state != "running" or _draw(self.salt, "share", viewer) >= self.share:
            return None
        total = sum(one.weight for one in self.variants)
        place = _draw(self.salt, "variant", viewer) * total
        for one in self.variants:
            place -= one.weight
            if place < 0:
                return one
        return self.variants[-1]

    def chance(self, variant: Variant) -> float:
        """The probability with which a viewer is dealt a variant."""
        return self.share * variant.weight / sum(one.weight for one in self.variants)


def _draw(salt: str, what: str, viewer: ViewerId) -> float:
    """A number from 0 to below 1 that depends on nothing else."""
    digest = hashlib.sha256(f"{salt}\0{what}\0{viewer}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _variants(value: Any) -> tuple[Variant, ...]:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 10:
        raise BadValue("variants", value, "a list of two to ten")
    found = []
    for one in value:
        if not isinstance(one, Mapping) or set(one) - {"name", "algorithm", "weight", "rules"}:
            raise BadValue("variant", one, "an object with name, algorithm, weight, rules")
        name, rules = one.get("name"), one.get("rules", True)
        if not isinstance(name, str) or not _ID.fullmatch(name) or not isinstance(rules, bool):
            raise BadValue("variant", one, "a name of a-z, 0-9, dot, dash; rules true or false")
        weight = read_number("weight", one.get("weight"), 0.001, 1000, 1.0)
        found.append(Variant(name, read_text("algorithm", one.get("algorithm")), weight, rules))
    if len({one.name for one in found}) < len(found):
        raise BadValue("variants", [one.name for one in found], "different names")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One variant beside the first.

    Attributes:
        viewers: in the first and in this one.
        means: of the outcome in both.
        difference: this one minus the first, with its always valid interval ``low`` to ``high``.
        p: always valid; 1 while there are too few viewers.
        decision: "better", "worse" or "" (go on).
    """

    variant: str
    outcome: str
    viewers: tuple[int, int]
    means: tuple[float, float]
    difference: float
    low: float
    high: float
    p: float
    decision: str


def compare(
    experiment: Experiment, assigned: Sequence[str], outcomes: Mapping[str, Floats]
) -> list[Comparison]:
    """Every variant beside the first, on the outcome and on each guardrail.

    Args:
        experiment: says what is compared.
        assigned: (viewers,) names of variants, in the order of first exposure.
        outcomes: name -> (viewers,) values.
    """
    labels = np.array(assigned, dtype=object)
    first, alpha = experiment.variants[0].name, experiment.alpha / (len(experiment.variants) - 1)
    found = []
    for outcome in dict.fromkeys((experiment.outcome, *experiment.guardrails)):
        values = outcomes[outcome]
        for variant in experiment.variants[1:]:
            found.append(
                _beside(outcome, variant.name, values[labels == first], values[labels == variant.name], alpha)
            )
    return found


def _beside(outcome: str, name: str, a: Floats, b: Floats, alpha: float) -> Comparison:
    enough = min(len(a), len(b)) >= LEAST
    means = (float(a.mean()) if len(a) else 0.0, float(b.mean()) if len(b) else 0.0)
    difference = means[1] - means[0]
    p, half = 1.0, float("inf")
    if enough:
        both = float(np.concatenate([a, b]).var(ddof=1))  # where all of a variant are alike, it stands in
        spread = [float(one.var(ddof=1)) or both for one in (a, b)]
        variance = spread[0] / len(a) + spread[1] / len(b)
        p, half = always_valid_p(difference, variance, _TENTH * (spread[0] + spread[1]) / 2, alpha)
    decision = "" if p > alpha else "better" if difference > 0 else "worse"
    return Comparison(
        name, outcome, (len(a), len(b)), means, difference, difference - half, difference + half, p, decision
    )


def always_valid_p(difference: float, variance: float, t2: float, alpha: float) -> tuple[float, float]:
    """The p-value of one look, and half the length of the interval at level alpha.

    The smallest of the p-values of all looks is valid too; one alone is larger, so that it is safe.

    Args:
        difference: of the means.
        variance: of the difference.
        t2: variance of the mixture; above 0 where the outcomes differ at all.
        alpha: level of the interval.
    """
    if variance <= 0 or t2 <= 0:
        return (1.0, float("inf"))
    log_l = 0.5 * np.log(variance / (variance + t2)) + t2 * difference**2 / (2 * variance * (variance + t2))
    half = np.sqrt(
        2 * variance * (variance + t2) / t2 * (np.log(1 / alpha) + 0.5 * np.log((variance + t2) / variance))
    )
    return float(min(1.0, np.exp(-log_l))), float(half)
