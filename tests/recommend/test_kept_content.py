"""Likeness by content is made once for a state of the catalog, whichever process asks."""

import numpy as np
import pytest

from crossreel.recommend.content import ContentToContent
from crossreel.recommend.kept_content import kept_content
from crossreel.testing.tiny import tiny_titles

TITLES = tiny_titles()
IDS = [title.id for title in TITLES]


@pytest.fixture
def maker():
    made = []

    def make():
        made.append(ContentToContent().of_titles(TITLES))
        return made[-1]

    make.made = made
    return make


def same(one, other):
    return all(np.array_equal(array, other.arrays()[name]) for name, array in one.arrays().items())


def test_the_second_process_reads_it(tmp_path, maker):
    first = kept_content(tmp_path, 3, IDS, maker)
    second = kept_content(tmp_path, 3, IDS, maker)
    assert len(maker.made) == 1
    assert same(first, second)


@pytest.mark.parametrize(("revision", "ids"), [(4, IDS), (3, IDS[:-1]), (3, IDS[::-1])])
def test_another_state_is_made_anew_and_the_old_file_goes(tmp_path, maker, revision, ids):
    kept_content(tmp_path, 3, IDS, maker)
    kept_content(tmp_path, revision, ids, maker)
    assert len(maker.made) == 2
    assert len(list(tmp_path.iterdir())) == 1


def test_damage_and_a_missing_folder_only_cost_time(tmp_path, maker):
    kept_content(tmp_path, 3, IDS, maker)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert same(kept_content(tmp_path, 3, IDS, maker), maker.made[0])
    assert len(maker.made) == 2
    kept_content(tmp_path / "none", 3, IDS, maker)
    assert not (tmp_path / "none").exists()
