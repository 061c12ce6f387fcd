"""A simulated audience, seeded and documented (docs/guide/sample-workspace.md).

The model: every title has a latent vector made of its genres, era, countries and a part of its
own; every viewer has a taste vector around the mean of the viewer's territory. In each session a
viewer is shown five titles that are open there at that instant, drawn by softmax over

    appeal = taste . vector + popularity + language bonus

with the probability of each draw logged, picks one (or none), watches a share of it that grows
with its appeal, and sometimes rates, thumbs, lists or reviews it. Sessions follow the local hour
and the weekday. Titles a viewer has finished are not shown again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event import Viewer
from crossreel.catalog.title import Title
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["SOURCE", "AudienceModel", "simulate_audience"]

SOURCE = "sample"
COLUMNS = (
    "kind", "viewer", "title", "time", "territory", "device", "value", "row", "position", "algorithm",
    "text", "language",
)  # fmt: skip

Floats = npt.NDArray[np.float64]

_COUNTRIES: dict[str, tuple[float, tuple[str, ...], str]] = {
    "US": (0.16, ("en", "es"), "Ada Ben Cora Dan Elle Finn Gwen Hank Iris Jack Kate Leo"),
    "GB": (0.09, ("en",), "Alfie Beth Colin Dora Ewan Faye Gus Hazel Ivy Jude Kit Lily"),
    "DE": (0.10, ("de", "en"), "Anna Bruno Carla Dirk Elke Fritz Greta Hanno Ida Jan Katja Lutz"),
    "FR": (0.09, ("fr", "en"), "Agathe Benoît Chloé Denis Élise Fabien Gaëlle Hugo Inès Jules Lise"),
    "ES": (0.08, ("es", "ca"), "Alba Bruno Celia Diego Elena Fermín Gema Hugo Inés Jorge Lola"),
    "BR": (0.10, ("pt-BR",), "Ana Bruno Caio Davi Elisa Fábio Gabi Heitor Iara João Lia"),
    "MX": (0.08, ("es-MX",), "Ana Beto Citlali Diego Elsa Fer Gloria Hugo Itzel Juan Lupe"),
    "JP": (0.09, ("ja",), "Aiko Daichi Emi Fumio Haru Jun Kaori Makoto Nao Rin Sora"),
    "IN": (0.10, ("hi", "en"), "Aarav Bina Charu Dev Esha Farhan Gita Hari Isha Kiran Lata"),
    "CN": (0.05, ("zh-Hans",), "An Bo Chen Dan Fang Gang Hua Jing Lan Min Ning"),
    "EG": (0.03, ("ar",), "Amal Basma Dalia Farid Hala Iman Karim Laila Mona Nabil"),
    "ZA": (0.03, ("en", "zu"), "Anele Busi Carel Dineo Fezile Gugu Hannes Jabu Kagiso Lebo"),
}
_DEVICES = (("tv", 0.45), ("phone", 0.3), ("desktop", 0.15), ("tablet", 0.1))
_HOUR_WEIGHTS = np.array(
    [3, 1.5, 0.8, 0.4, 0.3, 0.3, 0.5, 1, 1.4, 1.5, 1.6, 1.9, 2.4, 2.3, 2, 2, 2.3, 3, 4.5, 7, 9, 9.5, 8, 5]
)
_DAY_WEIGHTS = np.array([0.85, 0.8, 0.85, 0.9, 1.25, 1.5, 1.35])
_LATENT = 10
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class AudienceModel:
    """How large and how skewed the simulated audience is.

    Attributes:
        viewers: how many.
        sessions: mean sessions a viewer (log-normal).
        days: how far back the first session lies.
        popularity: standard deviation of the titles' popularity, in logits; sets the skew.
        seed: of every random choice.
    """

    viewers: int = 3100
    sessions: float = 8.4
    days: int = 180
    popularity: float = 1.5
    seed: int = 20261123


def simulate_audience(
    path: Path,
    titles: Sequence[Title],
    open_titles: Callable[[Territory, datetime], npt.NDArray[np.bool_]],
    now: datetime,
    model: AudienceModel | None = None,
    progress: Callable[[int, int, str], None] = lambda done, of, what: None,
) -> list[Viewer]:
    """Writes the simulated events as CSV (columns ``COLUMNS``) and returns the viewers.

    Args:
        path: the file to write.
        titles: the catalog.
        open_titles: the rights predicate over ``titles`` in a territory at an instant.
        now: the end of the simulated time.
        model: sizes, skew and seed.
        progress: told after every territory.
    """
    model = model or AudienceModel()
    rng = np.random.default_rng(model.seed)
    world = _World.build(titles, model, rng)
    viewers = _viewers(model, rng)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, viewer in enumerate(viewers):
            writer.writerows(_life(viewer, world, open_titles, now, model, rng))
            if number % 100 == 0:
                progress(number, len(viewers), "simulating the audience")
    progress(len(viewers), len(viewers), "simulating the audience")
    return viewers


@dataclass(frozen=True, slots=True)
class _World:
    """Every title as numbers: (n, latent) vectors, (n,) popularity, languages and runtimes."""

    keys: list[str]
    vectors: Floats
    popularity: Floats
    languages: list[frozenset[str]]
    spoken: list[str]

    @classmethod
    def build(cls, titles: Sequence[Title], model: AudienceModel, rng: np.random.Generator) -> _World:
        features = sorted({feature for title in titles for feature in _features(title)})
        place = {feature: number for number, feature in enumerate(features)}
        directions = rng.normal(size=(len(features), _LATENT))
        vectors = rng.normal(scale=0.35, size=(len(titles), _LATENT))
        for number, title in enumerate(titles):
            mine = [place[feature] for feature in _features(title)]
            if mine:
                vectors[number] += directions[mine].sum(axis=0) / np.sqrt(len(mine))
        vectors /= np.sqrt((vectors**2).sum(axis=1, keepdims=True))
        return cls(
            keys=[title.id.key for title in titles],
            vectors=vectors,
            popularity=rng.normal(scale=model.popularity, size=len(titles)),
            languages=[
                frozenset(text.language.primary for text in title.texts if text.synopsis) for title in titles
            ],
            spoken=[
                title.original_languages[0].primary if title.original_languages else "" for title in titles
            ],
        )


def _features(title: Title) -> list[str]:
    era = [f"era:{title.year // 15}"] if title.year else []
    countries = [f"country:{country.code}" for country in title.countries[:2]]
    return [*(f"genre:{genre}" for genre in title.genres), *era, *countries]


def _viewers(model: AudienceModel, rng: np.random.Generator) -> list[Viewer]:
    codes = list(_COUNTRIES)
    shares = np.array([_COUNTRIES[code][0] for code in codes])
    home = rng.choice(len(codes), size=model.viewers, p=shares / shares.sum())
    home[: len(codes)] = np.arange(len(codes))
    result = []
    for number in range(model.viewers):
        code = codes[int(home[number])]
        _, languages, names = _COUNTRIES[code]
        spoken = languages if rng.random() < 0.4 else languages[:1]
        result.append(
            Viewer(
                id=ViewerId(SOURCE, f"v{number + 1:04d}"),
                name=str(rng.choice(names.split())),
                territory=Territory(code),
                languages=tuple(Language.parse(tag) for tag in spoken),
                birth_year=int(np.clip(rng.normal(1987, 15), 1940, 2012)),
                simulated=True,
            )
        )
    return result


def _life(
    viewer: Viewer,
    world: _World,
    open_titles: Callable[[Territory, datetime], npt.NDArray[np.bool_]],
    now: datetime,
    model: AudienceModel,
    rng: np.random.Generator,
) -> Iterator[tuple[object, ...]]:
    """One viewer's sessions, oldest first, as CSV rows."""
    assert viewer.territory is not None
    mean = np.random.default_rng([model.seed, *viewer.territory.code.encode()]).normal(size=_LATENT)
    taste = 2.4 * (0.45 * mean + rng.normal(size=_LATENT)) / np.sqrt(_LATENT) * 1.8
    reads = {language.primary for language in viewer.languages}
    understood = np.array([bool(reads & languages) for languages in world.languages])
    own = np.array([language in reads for language in world.spoken])
    appeal = world.vectors @ taste + world.popularity + 0.9 * understood + 0.8 * own
    fresh = np.ones(len(world.keys), dtype=bool)
    sessions = int(np.clip(rng.lognormal(np.log(model.sessions) - 0.32, 0.8), 1, 120))
    device = str(rng.choice([name for name, _ in _DEVICES], p=[share for _, share in _DEVICES]))
    for time in sorted(_session_times(viewer.territory, now, model.days, sessions, rng)):
        possible = np.flatnonzero(open_titles(viewer.territory, time) & fresh)
        if len(possible) < _SHOWN:
            return
        yield from _session(viewer, device, time, possible, appeal, world, fresh, rng)


def _session_times(
    territory: Territory, now: datetime, days: int, count: int, rng: np.random.Generator
) -> list[datetime]:
    zone = territory.zone
    back = rng.integers(1, days, size=count * 2)
    times: list[datetime] = []
    for ago in back:
        day = (now.astimezone(zone) - timedelta(days=int(ago))).date()
        if rng.random() < _DAY_WEIGHTS[day.weekday()] / _DAY_WEIGHTS.max() and len(times) < count:
            hour = int(rng.choice(24, p=_HOUR_WEIGHTS / _HOUR_WEIGHTS.sum()))
            minute, second = (int(part) for part in rng.integers(0, 60, size=2))
            local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
            times.append(local.astimezone(UTC))
    return times


def _session(
    viewer: Viewer,
    device: str,
    time: datetime,
    possible: npt.NDArray[np.intp],
    appeal: Floats,
    world: _World,
    fresh: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> Iterator[tuple[object, ...]]:
    logits = appeal[possible] / 1.1
    chance = np.exp(logits - logits.max())
    chance /= chance.sum()
    noise = -np.log(-np.log(rng.random(len(possible))))  # Gumbel top-k draws without replacement
    shown = np.argsort(-(np.log(chance) + noise))[:_SHOWN]
    who, where = viewer.id.key, viewer.territory.code if viewer.territory else ""
    stamp = time.isoformat()
    for position, place in enumerate(shown):
        probability = f"{chance[place]:.6f}"
        key = world.keys[possible[place]]
        yield (
            "impression",
            who,
            key,
            stamp,
            where,
            device,
            probability,
            "for-you",
            position,
            "softmax",
            "",
            "",
        )
    liking = appeal[possible[shown]] + rng.logistic(size=_SHOWN) - 0.35 * np.arange(_SHOWN)
    best = int(np.argmax(liking))
    if liking[best] < 0.4:
        return
    number = int(possible[shown[best]])
    enjoyment = float(appeal[number] - world.popularity[number] * 0.6 + rng.normal(scale=0.9))
    progress = (
        1.0 if enjoyment > 0.4 and rng.random() < 0.8 else float(np.clip(rng.beta(2.2, 1.6), 0.02, 0.99))
    )
    minutes = timedelta(minutes=1 + int(rng.integers(0, 3)))
    stamp = (time + minutes).isoformat()
    yield ("view", who, world.keys[number], stamp, where, device, f"{progress:.3f}", "", "", "", "", "")
    if progress > 0.85:
        fresh[number] = False
    later = (time + minutes + timedelta(hours=2)).isoformat()
    yield from _judgment(viewer, world.keys[number], later, where, device, enjoyment, rng)


def _judgment(
    viewer: Viewer, key: str, stamp: str, where: str, device: str, enjoyment: float, rng: np.random.Generator
) -> Iterator[tuple[object, ...]]:
    who = viewer.id.key
    stars = int(np.clip(np.rint(1.85 + 0.67 * enjoyment), 1, 5))
    fate = rng.random()
    if fate < 0.42:
        yield ("rating", who, key, stamp, where, device, stars, "", "", "", "", "")
    elif fate < 0.52:
        yield ("thumbs", who, key, stamp, where, device, 1 if stars >= 3 else -1, "", "", "", "", "")
    elif fate < 0.58 and stars >= 4:
        yield ("list-add", who, key, stamp, where, device, 1, "", "", "", "", "")
    language = viewer.languages[0].primary
    if rng.random() < 0.09 and language in _phrases():
        text = _review(language, stars, rng)
        yield ("review", who, key, stamp, where, device, stars, "", "", "", text, language)


def _review(language: str, stars: int, rng: np.random.Generator) -> str:
    bank = _phrases()[language]
    mood = "good" if stars >= 4 else "fair" if stars == 3 else "poor"
    parts = [str(rng.choice(bank["opening"][mood]))]
    for aspect in rng.permutation(sorted(bank["aspect"]))[: int(rng.integers(1, 3))]:
        side = mood if mood != "fair" else str(rng.choice(["good", "poor"]))
        parts.append(bank["aspect"][str(aspect)][side])
    if rng.random() < 0.5:
        parts.append(str(rng.choice(bank["closing"][mood])))
    return ("" if language == "ja" else " ").join(parts)


@cache
def _phrases() -> dict[str, Any]:
    text = files("crossreel.sample").joinpath("review_phrases.json").read_text(encoding="utf-8")
    return {key: bank for key, bank in json.loads(text).items() if key != "note"}
