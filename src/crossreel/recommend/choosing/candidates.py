"""Which methods fit the data and why, and the settings of each that are tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from crossreel.recommend.choosing.profile import Profile
from crossreel.recommend.linear import Ease
from crossreel.recommend.registry import ALGORITHMS, configure
from crossreel.recommend.roles import Algorithm

__all__ = ["Candidate", "Fit", "candidates", "fits"]

_VARIANTS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "content": ({}, {"learn": 2}),
    "popular": ({}, {"half_life_days": 30.0}, {"half_life_days": 36500.0}),
    "title-neighbors": ({}, {"weighting": "cosine"}),
    "user-neighbors": ({}, {"k": 300}),
    "ease": ({}, {"lam": 200.0}),
    "balanced-ease": ({}, {"lam": 200.0}, {"lam": 60.0, "content": 30.0}),
    "viewer-ease": ({}, {"lam": 150.0}),
}
"""Settings that are tried besides the defaults; further algorithms are tried with their defaults."""

_BY_LIKES = ("lam", "content")
"""Settings in units of likes: on a part of the viewers they shrink with the part."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An algorithm with settings."""

    algorithm: str
    config: tuple[tuple[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """Its name, and what differs from the defaults."""
        told = ", ".join(
            f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in self.config
        )
        return f"{self.algorithm} ({told})" if told else self.algorithm

    def configured(self, share: float = 1.0) -> Algorithm:
        """The configuration, for a ``share`` of the viewers."""
        whole = configure(self.algorithm, dict(self.config))
        if share >= 1:
            return whole
        scaled = {
            key: max(value * share, 1e-3)
            for key, value in whole.to_dict().items()
            if key in _BY_LIKES and isinstance(value, float) and self.algorithm != "als" and value >= 1
        }
        return configure(self.algorithm, {**dict(self.config), **scaled})

    def to_dict(self) -> dict[str, Any]:
        """The candidate as JSON values."""
        return {"algorithm": self.algorithm, "config": dict(self.config), "label": self.label}


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a method suits the data, and the reason in a sentence."""

    algorithm: str
    fits: bool
    why: str


def fits(profile: Profile) -> list[Fit]:
    """A verdict on every registered algorithm, in the order of the registry."""
    return [_judge(name, profile) for name in ALGORITHMS]


def candidates(profile: Profile) -> list[Candidate]:
    """What is backtested: every fitting algorithm with its settings, the quick ones first, networks last."""
    found = [
        Candidate(one.algorithm, tuple(sorted(config.items())))
        for one in fits(profile)
        if one.fits
        for config in _VARIANTS.get(one.algorithm, ({},))
        if one.algorithm != "popular" or profile.days is not None or not config
    ]
    return sorted(found, key=lambda one: _turn(one, profile))


def _turn(one: Candidate, profile: Profile) -> float:
    """When it is tried: what takes a moment at 0, then what learns settings, then by seconds."""
    if one.algorithm in {*_VARIANTS, "fan-neighbors"}:
        return 0.5 if "learn" in dict(one.config) else 0.0
    return 1.0 + _seconds(one.algorithm, profile.likes, profile.titles)


def _seconds(name: str, likes: int, titles: int) -> float:
    """About what a slow fit takes on one processor, so that none stands in the way of a quicker one.

    Only the order counts. A square of titles multiplied or inverted is 2 n^3 operations of some 5e10 a
    second; the rest grows with the likes.
    """
    cube = 2 * titles**3 / 5e10
    by_likes = likes / 1e5
    told = {
        "als": by_likes,
        "blend": cube + 3 * by_likes,
        "slim": 9 * cube + by_likes,
        "boosted-blend": 2 * cube + 25 * by_likes,
    }
    return told.get(name, math.inf)


def _judge(name: str, profile: Profile) -> Fit:
    most = getattr(configure(name), "max_titles", None)
    if most is not None and profile.titles > most:
        return Fit(
            name, False, f"It holds a square of all titles in memory; {profile.titles:,} are over {most:,}."
        )
    rule = _RULES.get(name)
    ok, why = rule(profile) if rule else (True, _summary(name))
    return Fit(name, ok, why)


def _summary(name: str) -> str:
    return (ALGORITHMS[name].__doc__ or "").strip().partition("\n")[0]


def _popular(profile: Profile) -> tuple[bool, str]:
    return True, (
        f"Answers who has no history; the most liked tenth of the titles hold "
        f"{profile.held_by_top[1]:.0%} of the likes."
    )


def _content(profile: Profile) -> tuple[bool, str]:
    best = max(profile.described, key=lambda name: profile.described[name])
    share = profile.described[best]
    if not profile.has_records:
        return False, f"Too few titles have records: {best} is known of {share:.0%}, nothing else of more."
    told = f"Titles have records ({best}: {share:.0%}); it is the one that reaches titles nobody met."
    if profile.sentence_vectors:
        return True, f"{told} Synopses are compared by the vectors of {profile.sentence_vectors}."
    if profile.described["synopsis"] > 0:
        told += (
            " Synopses are compared by their words; by their meaning with: crossreel models pull e5-small."
        )
    return True, told


def _overlap(profile: Profile) -> tuple[bool, str]:
    per_title = profile.likes / profile.titles
    told = f"{per_title:.1f} likes a title, {profile.likes_per_viewer[1]} a viewer (median)"
    if per_title < 1.5 or profile.viewers < 2:
        return False, f"Viewers share too little: {told}."
    return True, f"Viewers share titles: {told}."


def _linear(profile: Profile) -> tuple[bool, str]:
    ok, why = _overlap(profile)
    size = profile.titles**2 * 12 / 1e6
    return ok, f"{why} Its square of {profile.titles:,} titles takes about {size:,.0f} MB."


def _factors(profile: Profile) -> tuple[bool, str]:
    if profile.likes < 1000:
        return False, f"{profile.likes:,} likes are too few to learn factors from."
    return True, f"{profile.likes:,} likes; its memory grows with viewers plus titles, not with their square."


def _network(profile: Profile) -> tuple[bool, str]:
    if find_spec("torch") is None:
        return False, "It needs PyTorch: pip install 'crossreel[deep]'."
    if profile.likes < 10_000:
        return False, f"{profile.likes:,} likes are too few for a network."
    return True, f"{profile.likes:,} likes; it takes minutes to train, and a GPU where there is one."


def _clicks(profile: Profile) -> tuple[bool, str]:
    ok, why = _content(profile)
    return _network(profile) if ok else (ok, why)


def _sequences(profile: Profile) -> tuple[bool, str]:
    if profile.days is None:
        return False, "It learns from the order of likes, and these have no times."
    ok, why = _network(profile)
    if not ok:
        return ok, why
    return True, f"Likes have times ({profile.days:,.0f} days), so that it can learn what comes next."


def _blend(profile: Profile) -> tuple[bool, str]:
    if profile.likes < 5000:
        return False, f"{profile.likes:,} likes are too few to hold some out for learning weights."
    ok, why = _linear(profile)
    return ok, f"Joins several models by learned weights. {why}"


def _local(profile: Profile) -> tuple[bool, str]:
    ok, why = _overlap(profile)
    if ok and profile.titles <= Ease().max_titles:
        return False, f"{profile.titles:,} titles fit in memory whole, where EASE is the exact form of it."
    return ok, why


def _boosted(profile: Profile) -> tuple[bool, str]:
    ok, why = _blend(profile)
    if not ok:
        return ok, why
    if find_spec("lightgbm") is None:
        return False, "It needs LightGBM: pip install 'crossreel[boost]'."
    return True, "It orders the blend's candidates anew by trees, in about ten times the blend's time."


def _contextual(_profile: Profile) -> tuple[bool, str]:
    return False, (
        "Lists are compared here as they are asked for without a time, device or country, and then it "
        "answers exactly as its base. What knowing them is worth is tried apart, for likes with times: see "
        "what would change the answer."
    )


def _lists(_profile: Profile) -> tuple[bool, str]:
    return False, (
        "Lists are compared by name, as they are judgments of people: "
        "crossreel recommend evaluate --lists FILE --algorithms human-lists."
    )


_RULES: Mapping[str, Callable[[Profile], tuple[bool, str]]] = {
    "popular": _popular,
    "content": _content,
    "title-neighbors": _overlap,
    "user-neighbors": _overlap,
    "fan-neighbors": _overlap,
    "ease": _linear,
    "balanced-ease": _linear,
    "viewer-ease": _linear,
    "local-ease": _local,
    "slim": _linear,
    "als": _factors,
    "warp": _factors,
    "softmax-network": _network,
    "click-model": _clicks,
    "two-towers": _network,
    "sasrec": _sequences,
    "blend": _blend,
    "boosted-blend": _boosted,
    "contextual": _contextual,
    "human-lists": _lists,
    "list": _lists,
}
