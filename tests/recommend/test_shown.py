"""The share of what was shown that is of some kind, per territory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crossreel.audience.event import Event, EventKind
from crossreel.recommend.rules import Selection
from crossreel.recommend.shown import shown_shares
from crossreel.testing.small_world import BR, DE, NOW, film, viewer, western
from crossreel.values.territory import Territory


def impression(key, where, minute):
    return Event(
        viewer=viewer(1),
        title=film(key),
        kind=EventKind.IMPRESSION,
        time=NOW + timedelta(minutes=minute),
        territory=where,
    )


@pytest.fixture
def logged(empty_world):
    world = empty_world
    titles = [
        replace(western("fr"), countries=(Territory("FR"), Territory("US"))),
        replace(western("us"), countries=(Territory("US"),)),
        replace(western("br"), countries=(BR,)),
        western("nowhere"),
    ]
    world.add(*titles, where="DE")
    shown = [("fr", DE), ("fr", DE), ("us", DE), ("nowhere", DE), ("fr", BR), ("br", BR), ("br", None)]
    world.events.append([impression(key, where, n) for n, (key, where) in enumerate(shown)])
    columns = world.events.columns(kinds=[EventKind.IMPRESSION])
    return columns, {title.id: title for title in titles if title.id != film("us")}


def test_european_works_are_counted_where_they_were_shown(logged):
    columns, records = logged
    germany, brazil, unknown = shown_shares(columns, records, {}, Selection(countries=("EUROPEAN",)))
    assert (germany.territory, germany.impressions, germany.selected) == ("DE", 4, 2)
    assert (germany.titles, germany.selected_titles, germany.unknown) == (3, 1, 2)
    assert germany.to_dict()["share"] == 0.5
    assert (brazil.territory, brazil.share, unknown.territory, unknown.share) == ("BR", 0.5, "", 0.0)


def test_local_is_what_the_territory_made_and_merged_titles_count_as_one(logged):
    columns, records = logged
    aliases = {film("br"): film("fr")}
    by_code = {
        one.territory: one for one in shown_shares(columns, records, {}, Selection(countries=("LOCAL",)))
    }
    assert (by_code["BR"].selected, by_code["DE"].selected, by_code[""].selected) == (1, 0, 0)
    merged = {
        one.territory: one for one in shown_shares(columns, records, aliases, Selection(countries=("FR",)))
    }
    assert (merged["BR"].selected, merged["BR"].titles) == (2, 1)
