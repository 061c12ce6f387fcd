import json
from importlib.resources import files

import pytest

from crossreel.artwork.fonts import fonts_are_built
from crossreel.catalog.documents import title_from_dict
from crossreel.catalog.title import Title


@pytest.fixture(scope="session")
def fonts() -> None:
    """Skips where the fonts were not put into the package."""
    if not fonts_are_built():
        pytest.skip("fonts are not built: scripts/build_assets.py")


@pytest.fixture(scope="session")
def sample_titles() -> list[Title]:
    lines = files("crossreel.sample").joinpath("titles.jsonl").read_text(encoding="utf-8").splitlines()
    return [title_from_dict(json.loads(line), "sample") for line in lines]


@pytest.fixture(scope="session")
def telling_titles(sample_titles: list[Title]) -> list[Title]:
    """Those of the sample that are hardest to set: two of each original language, and the longest names."""
    found: dict[str, list[Title]] = {}
    for title in sample_titles:
        found.setdefault(title.original_languages[0].tag, []).append(title)
    by_length = sorted(sample_titles, key=lambda title: len(title.name))
    chosen = [title for titles in found.values() for title in titles[:2]] + by_length[:3] + by_length[-12:]
    return list({title.id: title for title in chosen}.values())
