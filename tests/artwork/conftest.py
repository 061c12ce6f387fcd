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
