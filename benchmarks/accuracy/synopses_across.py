"""Do synopses of different languages meet? Content-to-content over the sample's titles, with and without e5.

Each title of the sample with synopses in several languages is cut in two titles that have nothing but a
synopsis: one keeps the English, the other a synopsis in another language, drawn with the seed. Measured is
how often the nearest English title of the second is its other half; and over one title each, in a language
drawn with the seed, which share of the ten nearest have the same language (chance: that of a random pair).

    python benchmarks/accuracy/synopses_across.py
"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np

from crossreel.app import text_tools
from crossreel.catalog.title import LocalizedText, Title
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.meanings import Meanings
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

SEEDS = range(5)


def bare(number: int, language: str, synopsis: str) -> Title:
    """A title of which nothing but a synopsis is known; its name is one word that no other has."""
    text = LocalizedText(Language(language), synopsis=synopsis)
    return Title(TitleId("cut", f"{language}-{number}"), f"q{number}{language}q", texts=(text,))


def measured(synopses: list[dict[str, str]], meanings: Meanings | None, seed: int) -> tuple[float, ...]:
    """Share of found halves; share of one language among the ten nearest; the same by chance."""
    random = np.random.default_rng(seed)
    english = [bare(n, "en", told["en"]) for n, told in enumerate(synopses)]
    pairs = []
    for number, told in enumerate(synopses):
        others = sorted(set(told) - {"en"})
        if others:
            language = str(random.choice(others))
            pairs.append((number, bare(number, language, told[language])))
    drawn = [str(random.choice(sorted(told))) for told in synopses]
    mixed = [bare(n, language, synopses[n][language]) for n, language in enumerate(drawn)]
    halves = _between(english + [title for _, title in pairs], meanings)[len(english) :, : len(english)]
    found = np.mean([halves[row].max() > 0 and halves[row].argmax() == n for row, (n, _) in enumerate(pairs)])
    near = _between(mixed, meanings)
    np.fill_diagonal(near, -np.inf)
    same = np.equal.outer(drawn, drawn)
    top = np.argsort(-near, axis=1, kind="stable")[:, :10]
    chance = (same.sum() - len(drawn)) / (len(drawn) * (len(drawn) - 1))
    return float(found), float(np.take_along_axis(same, top, axis=1).mean()), float(chance)


def _between(titles: list[Title], meanings: Meanings | None) -> np.ndarray:
    vectors = meanings.make(titles) if meanings else None
    return ContentToContent().of_titles(titles, vectors=vectors).between(np.arange(len(titles)))


def main() -> None:
    """Prints both as JSON, means over the seeds."""
    lines = files("crossreel.sample").joinpath("titles.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line).get("texts", []) for line in lines]
    synopses = [{one["language"]: one["synopsis"] for one in texts if one.get("synopsis")} for texts in told]
    embedder = text_tools().embedder
    report = {"titles": len(synopses), "pairs": sum(len(one) > 1 for one in synopses), "seeds": len(SEEDS)}
    for name, meanings in (("plain", None), (embedder.name, Meanings(lambda: embedder))):
        means = np.mean([measured(synopses, meanings, seed) for seed in SEEDS], axis=0)
        keys = ("other_half_nearest", "same_language_of_ten", "same_language_by_chance")
        report[name] = dict(zip(keys, map(lambda value: round(float(value), 3), means), strict=True))
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
