"""From events to preferences, against a version that reads one event after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.audience.event import SCALES, EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions, interactions_from, judgments, strengths
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

KINDS = list(EventKind)
NEVER = EventColumns.NO_TIME
JUDGED = {EventKind.RATING, EventKind.REVIEW, EventKind.THUMBS}


def columns(rows, *, viewers=3, titles=4):
    """Columns of rows (viewer, title, kind, time, share of the scale or None, territory)."""
    scale = [SCALES[kind] for _, _, kind, *_ in rows]
    value = [
        math.nan if row[4] is None else s.low + row[4] * (s.high - s.low)
        for row, s in zip(rows, scale, strict=True)
    ]
    return EventColumns(
        viewer_ids=tuple(ViewerId("t", str(n)) for n in range(viewers)),
        title_ids=tuple(TitleId("t", str(n)) for n in range(titles)),
        territory_codes=("DE", "JP"),
        viewer=np.array([row[0] for row in rows], dtype=np.int32),
        title=np.array([row[1] for row in rows], dtype=np.int32),
        kind=np.array([KINDS.index(row[2]) for row in rows], dtype=np.int8),
        time=np.array([row[3] for row in rows], dtype=np.int64),
        value=np.array(value, dtype=np.float32),
        low=np.array([s.low for s in scale], dtype=np.float32),
        high=np.array([s.high for s in scale], dtype=np.float32),
        territory=np.array([row[5] for row in rows], dtype=np.int16),
    )


rows = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 3),
        st.sampled_from(KINDS),
        st.sampled_from([NEVER, -5, 0, 1, 2]),
        st.sampled_from([None, 0.0, 0.25, 0.5, 0.75, 1.0]),
        st.integers(-1, 1),
    ),
    max_size=25,
)


def naive_strength(kind, share):
    if kind is EventKind.IMPRESSION:
        return None
    if kind is EventKind.VIEW:
        progress = 0.5 if share is None else share
        return progress if progress >= 0.3 else 0.0
    if kind in (EventKind.RATING, EventKind.REVIEW):
        return float(share is not None and share >= 0.5)
    return float(share is None or share > 0.5)


def naive(events):
    """(viewer, title) -> (strength, share of the judgment or None, last time)."""
    found = {}
    off = {}
    for viewer, title, kind, time, share, _ in events:
        if kind is EventKind.LIST_ADD and share is not None and share <= 0.5:
            off[viewer, title] = max(time, off.get((viewer, title), time))
    for viewer, title, kind, time, share, _ in events:
        if kind is EventKind.LIST_ADD and time <= off.get((viewer, title), NEVER - 1):
            continue
        strength = naive_strength(kind, share)
        if strength is None:
            continue
        judged = (kind in JUDGED and share is not None) or kind is EventKind.POSITIVE
        said = (1.0 if share is None else share) if judged else None
        rank = (judged, time if judged else 0, strength)
        old = found.get((viewer, title))
        last = time if old is None else max(time, old[3])
        best = max(rank, old[0]) if old else rank
        shares = [said] if old is None or rank > old[0] else ([*old[2], said] if rank == old[0] else old[2])
        found[viewer, title] = (best, strength, shares, last)
    return {pair: (best[2], shares, last) for pair, (best, _, shares, last) in found.items()}


@given(rows)
def test_it_is_what_reading_one_by_one_gives(events):
    known = interactions_from(columns(events), titles=Vocabulary(TitleId("t", str(n)) for n in range(4)))
    expected = naive(events)
    seen = {(int(r), int(c)) for r, c in zip(*known.seen.nonzero(), strict=True)}
    assert seen == set(expected)
    liked = {pair: strength for pair, (strength, _, _) in expected.items() if strength > 0}
    coo = known.liked.tocoo()
    assert {(int(r), int(c)): float(v) for r, c, v in zip(coo.row, coo.col, coo.data, strict=True)} == liked
    times = dict(zip(zip(coo.row.tolist(), coo.col.tolist(), strict=True), known.liked_time, strict=True))
    assert times == {pair: expected[pair][2] for pair in liked}
    rated = known.rated.tocoo()
    for r, c, share in zip(rated.row, rated.col, rated.data, strict=True):
        assert float(share) in expected[int(r), int(c)][1]
    assert rated.nnz == sum(shares[0] is not None for _, shares, _ in expected.values())


@given(rows)
def test_the_matrices_are_well_formed(events):
    known = interactions_from(columns(events))
    for matrix in (known.liked, known.seen, known.rated):
        matrix.check_format(full_check=True)
        assert matrix.has_sorted_indices
        assert matrix.shape == (3, 4)
    assert len(known.liked_time) == known.liked.nnz
    assert known.liked.dtype == np.float32


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_log_does_not_matter(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    one, other = interactions_from(columns(events)), interactions_from(columns(shuffled))
    assert (one.liked != other.liked).nnz == 0
    assert (one.seen != other.seen).nnz == 0
    np.testing.assert_array_equal(one.liked_time, other.liked_time)


def test_a_verdict_beats_any_number_of_views_and_the_latest_verdict_wins():
    view, rating = EventKind.VIEW, EventKind.RATING
    bad_film_seen_twice = [(0, 0, view, 9, 1.0, -1), (0, 0, rating, 1, 0.1, -1), (0, 0, view, 10, 1.0, -1)]
    changed_mind = [(0, 1, rating, 5, 0.9, -1), (0, 1, rating, 3, 0.1, -1)]
    short_second_visit = [(0, 2, view, 1, 1.0, -1), (0, 2, view, 2, 0.05, -1)]
    undated_first = [(0, 3, rating, NEVER, 1.0, -1), (0, 3, rating, -99, 0.0, -1)]
    known = interactions_from(
        columns([*bad_film_seen_twice, *changed_mind, *short_second_visit, *undated_first])
    )
    assert known.liked.toarray()[0].tolist() == [0, 1, 1, 0]
    assert known.seen.toarray()[0].all()
    assert known.liked_time.tolist() == [5, 2]


def test_aliases_join_titles_and_others_are_left_out():
    events = [(0, 0, EventKind.RATING, 1, 1.0, -1), (0, 1, EventKind.RATING, 2, 0.0, -1)]
    aliases = {TitleId("t", "1"): TitleId("t", "0")}
    assert interactions_from(columns(events), aliases=aliases).liked.nnz == 0
    elsewhere = Vocabulary([TitleId("t", "9")])
    known = interactions_from(columns(events), titles=elsewhere)
    assert known.seen.shape == (3, 1)
    assert known.seen.nnz == 0
    assert interactions_from(columns(events), titles=Vocabulary([])).seen.shape == (3, 0)


def test_nothing_logged_gives_empty_matrices():
    known = interactions_from(columns([], viewers=0, titles=0))
    assert known.liked.shape == known.seen.shape == known.rated.shape == (0, 0)


def test_home_is_where_a_viewer_is_most_often():
    view = EventKind.VIEW
    events = [
        (0, 0, view, 1, 1.0, 1),
        (0, 1, view, 1, 1.0, 1),
        (0, 2, view, 1, 1.0, 0),
        (1, 0, view, 1, 1.0, -1),
    ]
    assert interactions_from(columns(events)).territory.tolist() == [1, -1, -1]


@pytest.mark.parametrize(
    ("kind", "share", "strength"),
    [
        (EventKind.IMPRESSION, None, math.nan),
        (EventKind.VIEW, None, 0.5),
        (EventKind.VIEW, 0.25, 0.0),
        (EventKind.VIEW, 0.75, 0.75),
        (EventKind.RATING, 0.5, 1.0),
        (EventKind.RATING, 0.25, 0.0),
        (EventKind.REVIEW, None, 0.0),
        (EventKind.THUMBS, 0.0, 0.0),
        (EventKind.THUMBS, 1.0, 1.0),
        (EventKind.POSITIVE, None, 1.0),
        (EventKind.POSITIVE, 0.0, 0.0),
        (EventKind.LIST_ADD, 1.0, 1.0),
    ],
)
def test_what_each_kind_tells(kind, share, strength):
    assert strengths(columns([(0, 0, kind, 1, share, -1)])) == pytest.approx([strength], nan_ok=True)


def test_views_lists_and_wordless_reviews_are_no_verdicts():
    events = [(0, 0, kind, 1, None, -1) for kind in KINDS]
    assert [kind for kind, said in zip(KINDS, judgments(columns(events)), strict=True) if said] == [
        EventKind.POSITIVE
    ]


def test_interactions_of_likes_alone():
    viewers, titles = Vocabulary([ViewerId("t", "a")]), Vocabulary([TitleId("t", "x"), TitleId("t", "y")])
    known = Interactions.from_liked(viewers, titles, np.array([[0.5, 0.0]]))
    assert known.liked.nnz == known.seen.nnz == len(known.liked_time) == 1
    assert known.rated.nnz == 0
