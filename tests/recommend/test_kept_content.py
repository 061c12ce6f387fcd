"""Likeness by content is made once for a state of the catalog, whichever process asks."""

from dataclasses import replace

import numpy as np
import pytest

from crossreel.catalog import search
from crossreel.recommend import content
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.features import TitleFeatures
from crossreel.recommend.kept_content import KeptContent
from crossreel.testing.tiny import tiny_titles

TITLES = list(tiny_titles())
IDS = [title.id for title in TITLES]


@pytest.fixture
def reader():
    made = []

    def read():
        made.append(TITLES)
        return TITLES

    read.made = made
    return read


def same(one, other):
    return all(np.array_equal(array, other.arrays()[name]) for name, array in one.arrays().items())


def likeness(model):
    return model.between(np.arange(model.features.shape[0]))


def test_the_second_process_reads_it(tmp_path, reader):
    first = KeptContent(tmp_path).model(3, IDS, reader)
    second = KeptContent(tmp_path).model(3, IDS, reader)
    assert len(reader.made) == 1
    assert same(first, second)


@pytest.mark.parametrize(("revision", "ids"), [(4, IDS), (3, IDS[:-1]), (3, IDS[::-1])])
def test_another_state_is_made_anew_and_the_old_file_goes(tmp_path, reader, revision, ids):
    KeptContent(tmp_path).model(3, IDS, reader)
    KeptContent(tmp_path).model(revision, ids, reader)
    assert len(reader.made) == 2
    assert len(list(tmp_path.iterdir())) == 1


def test_a_catalog_that_changes_all_the_time_is_not_written_all_the_time(tmp_path, reader):
    kept = KeptContent(tmp_path)
    kept.model(3, IDS, reader)
    (file,) = tmp_path.iterdir()
    kept.model(4, IDS, reader)
    assert list(tmp_path.iterdir()) == [file]


def test_damage_and_a_missing_folder_only_cost_time(tmp_path, reader):
    first = KeptContent(tmp_path).model(3, IDS, reader)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert same(KeptContent(tmp_path).model(3, IDS, reader), first)
    assert len(reader.made) == 2
    KeptContent(tmp_path / "none").model(3, IDS, reader)
    assert not (tmp_path / "none").exists()


def test_only_what_changed_is_read_again_and_the_likeness_is_that_of_reading_all(monkeypatch):
    read = []

    def tokens(text):
        read.append(text)
        return search.tokens(text)

    monkeypatch.setattr(content, "tokens", tokens)
    features, titles = TitleFeatures(), list(TITLES)
    ContentToContent().of_titles(titles, features)
    changed = replace(titles[0], name="A wholly other name", genres=("western",))
    titles[0], titles[-1] = changed, None
    read.clear()
    again = ContentToContent().of_titles(titles, features)
    assert read.count("A wholly other name") == 1
    assert not set(read) & {title.name for title in TITLES[1:]}
    np.testing.assert_allclose(likeness(again), likeness(ContentToContent().of_titles(titles)), atol=1e-6)


def test_features_that_nothing_has_any_more_are_forgotten():
    features = TitleFeatures()
    fields = {"keywords": lambda title: title.keywords}
    for step in range(8):
        words = tuple(f"word-{step}-{number}" for number in range(3_000))
        (counts,) = features.counts([replace(TITLES[0], keywords=words)], fields)
        assert counts.sum() == 3_000
    assert counts.shape[1] <= 15_000
