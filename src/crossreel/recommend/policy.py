"""The staff's rules over today's offer: what is in force in one territory at one instant, as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.recommend.documents import Documents
from crossreel.recommend.facets import Facets
from crossreel.recommend.placement import Offer, Placed
from crossreel.recommend.roles import Floats
from crossreel.recommend.rules import Rule
from crossreel.values.territory import Territory, expand
from crossreel.values.window import Window

__all__ = ["PLAIN", "Pin", "Policy", "Quota", "RuleBook"]

Bools = npt.NDArray[np.bool_]

NEW_SHARE = 0.2
"""Share of a list's places that may go to titles nobody had met in training, without a rule."""
_POLICIES_KEPT = 512


@dataclass(frozen=True, slots=True, eq=False)
class Quota:
    """At least ``share`` of what a page shows is among ``mask`` (offer,), as far as there are any."""

    rule: str
    share: float
    mask: Bools


@dataclass(frozen=True, slots=True)
class Pin:
    """A title's number and its place, from 1, in the row of that code."""

    rule: str
    row: str
    position: int
    number: int


@dataclass(frozen=True, eq=False)
class Policy:
    """What the rules in force come to; arrays are (offer,) or None where no rule speaks.

    Attributes:
        excluded_by: number of a title -> the rules that exclude it.
        boost: factors of scores.
        boosted_by: number -> the rules that boost it.
        leaving_days: how soon "leaving soon" is; None is the default.
        mmr, calibration: see ``recommend.variety``; the mildest of all variety rules in force.
        explore_share: most places of a list for new titles.
        explore_cap: showings after which a title is new no more; None is without limit.
    """

    excluded: Bools | None = None
    excluded_by: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    boost: Floats | None = None
    boosted_by: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    pins: tuple[Pin, ...] = ()
    quotas: tuple[Quota, ...] = ()
    leaving_days: int | None = None
    mmr: float = 0.9
    calibration: float = 0.1
    explore_share: float = NEW_SHARE
    explore_cap: int | None = None

    @property
    def explore_every(self) -> int:
        """Every how manieth place may be a new title's; 0 is none."""
        return round(1 / self.explore_share) if self.explore_share > 0 else 0


PLAIN = Policy()
"""No rule is in force."""


class RuleBook:
    """All rules over one offer; policies are made once for each set of rules in force.

    Args:
        documents: where rules are written, under the kind ``rule``.
    """

    KIND = "rule"

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._lock = Lock()
        self._revision = -1
        self._rules: tuple[tuple[Rule, frozenset[Territory]], ...] = ()
        self._policies: dict[Any, Policy] = {}

    def rules(self) -> tuple[Rule, ...]:
        """Every rule, by id."""
        return tuple(rule for rule, _ in self._read())

    def in_force(self, territory: Territory, at: datetime) -> tuple[Rule, ...]:
        """The rules of a territory at an instant, by id."""
        return tuple(
            rule
            for rule, where in self._read()
            if territory in where and at in Window.between(rule.start, rule.end, territory)
        )

    def policy(self, placed: Placed, territory: Territory, at: datetime) -> Policy:
        """What the rules in force come to, over the offer of ``placed``."""
        rules = self.in_force(territory, at)
        if not rules:
            return PLAIN
        offer = placed.offer
        key = (self._revision, offer.revision, territory, tuple(rule.id for rule in rules))
        found = self._policies.get(key)
        if found is None:
            found = _policy(rules, offer, placed.facets, territory)
            with self._lock:
                if len(self._policies) >= _POLICIES_KEPT:
                    self._policies.clear()
                self._policies[key] = found
        return found

    def _read(self) -> tuple[tuple[Rule, frozenset[Territory]], ...]:
        revision = self._documents.revision()
        if revision != self._revision:
            with self._lock:
                found = [Rule.read(document) for document in self._documents.all(self.KIND).values()]
                self._rules = tuple((rule, expand(rule.territories)) for rule in found)
                self._policies.clear()
                self._revision = revision
        return self._rules


def _policy(rules: Sequence[Rule], offer: Offer, facets: Facets, territory: Territory) -> Policy:
    size = len(offer.titles)
    excluded, boost = np.zeros(size, dtype=bool), np.ones(size, dtype=np.float32)
    excluded_by: dict[int, tuple[str, ...]] = {}
    boosted_by: dict[int, tuple[str, ...]] = {}
    facts: dict[str, Any] = {}
    pins: list[Pin] = []
    quotas: list[Quota] = []
    for rule in rules:
        mask = facets.mask(rule.select, offer.tops, territory) if rule.select else np.zeros(size, dtype=bool)
        if rule.kind == "exclude":
            excluded |= mask
            _note(excluded_by, mask, rule.id)
        elif rule.kind == "boost":
            boost[mask] *= np.float32(rule.factor)
            _note(boosted_by, mask, rule.id)
        elif rule.kind == "quota":
            quotas.append(Quota(rule.id, rule.share, mask))
        elif rule.kind == "pin":
            pins += _pins(rule, offer)
        elif rule.kind == "leaving":
            facts["leaving_days"] = min(rule.days, facts.get("leaving_days", rule.days))
        elif rule.kind == "variety":
            facts["mmr"] = max(rule.mmr, facts.get("mmr", rule.mmr))
            facts["calibration"] = min(rule.calibration, facts.get("calibration", rule.calibration))
        else:
            facts["explore_share"] = min(rule.share, facts.get("explore_share", rule.share))
            facts["explore_cap"] = min(rule.cap, facts.get("explore_cap", rule.cap))
    return Policy(
        excluded=excluded if excluded.any() else None,
        excluded_by=excluded_by,
        boost=boost if boosted_by else None,
        boosted_by=boosted_by,
        pins=tuple(sorted(pins, key=lambda pin: pin.position)),
        quotas=tuple(quotas),
        **facts,
    )


def _note(by: dict[int, tuple[str, ...]], mask: Bools, rule: str) -> None:
    for number in np.flatnonzero(mask):
        by[int(number)] = (*by.get(int(number), ()), rule)


def _pins(rule: Rule, offer: Offer) -> list[Pin]:
    numbers = (offer.titles.number(offer.tops.get(id_, id_)) for id_ in rule.titles)
    known = [number for number in numbers if number is not None]
    return [Pin(rule.id, rule.row, rule.position + place, number) for place, number in enumerate(known)]
