"""What a viewer is shown is noted under their own id, in batches, and is of use to those who judge models."""

from datetime import UTC, datetime

import pytest

from crossreel.accounts.operator import Actor, Permission
from crossreel.audience.event import EventKind
from crossreel.audience.impressions import Impressions, ShownPage
from crossreel.desk.audience import erase_viewer
from crossreel.desk.experiments import put_experiment
from crossreel.recommend.evaluate.logged_policy import logged_rows
from crossreel.recommend.popular import Popular
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory

ADA = Actor("ada", frozenset(Permission), "cli")
QUERY = (
    "SELECT viewer, title, row, position, algorithm, value, territory FROM events "
    "WHERE kind = 'impression' ORDER BY row, position"
)


def logged(app):
    app.impressions.flush()
    return app.events.query(QUERY)


def become_somebody(visitor):
    visitor.rate(TitleId("shorts", "00"), 5)
    visitor.page("/")


def test_strangers_leave_no_trace(stage, visitor):
    visitor.page("/")
    visitor.page("/title/shorts:00")
    assert logged(stage.app) == []


def test_rows_places_and_the_model_are_noted_once_a_page(stage, visitor):
    become_somebody(visitor)
    assert len(stage.app.impressions) > 5
    assert stage.app.events.query(QUERY) == []  # the answer did not wait for the log
    found = logged(stage.app)
    assert len({viewer for viewer, *_ in found}) == 1
    assert found[0][0].startswith("visitor:")
    assert {one[4:] for one in found} == {("popular", 1.0, "US")}
    places = {}
    for _, title, row, position, *_ in found:
        places.setdefault(row, []).append((position, title))
    assert "popular-in" in places
    for row in places.values():
        assert [position for position, _ in row] == list(range(len(row)))
    shown = {str(id_) for id_ in visitor.page("/").titles}
    assert {title for _, title, *_ in found} <= shown


def test_what_an_experiment_deals_has_its_probability(stage, visitor):
    variants = [{"name": "usual", "weight": 3}, {"name": "plain", "rules": False}]
    put_experiment(stage.app, ADA, {"id": "e", "variants": variants, "share": 1.0})
    become_somebody(visitor)
    assert {one[5] for one in logged(stage.app)} <= {0.75, 0.25}


def test_they_are_rows_of_a_counterfactual_question(stage):
    for number in range(4):
        visitor = stage.visitor()
        stage.clock.now = datetime(2026, 6, 15, 12, number, tzinfo=UTC)
        become_somebody(visitor)
    stage.app.impressions.flush()
    rights = stage.app.rights
    rows = logged_rows(
        Popular(),
        stage.app.events,
        stage.app.catalog,
        lambda titles, place, at: rights.mask(titles, place, tuple(Mode), at),
    )
    assert len(rows.reward) >= 2


def test_more_than_is_written_goes_and_is_counted(stage):
    impressions = Impressions(stage.app.events, most=10)
    for number in range(7):
        impressions.note(page(ViewerId("v", str(number))))
    assert len(impressions) == 9
    assert impressions.dropped == 12
    assert impressions.flush() == 9
    assert len(impressions) == 0


def page(viewer):
    titles = tuple(TitleId("shorts", f"{number:02}") for number in range(3))
    at = datetime(2026, 6, 15, tzinfo=UTC)
    return ShownPage(viewer, at, Territory("US"), "popular", 1.0, (("for-you", titles),))


def test_an_erased_viewer_is_not_written_later(stage):
    gone, other = ViewerId("v", "gone"), ViewerId("v", "other")
    for viewer in (gone, other):
        stage.app.impressions.note(page(viewer))
    erase_viewer(stage.app, ADA, gone)
    assert {one[0] for one in logged(stage.app)} == {"v:other"}


@pytest.mark.parametrize("seconds", [0, 5])
def test_the_setting_switches_them(stage, seconds, monkeypatch):
    monkeypatch.setattr(type(stage.app.settings.web), "impressions_seconds", seconds)
    visitor = stage.visitor()
    become_somebody(visitor)
    assert bool(len(stage.app.impressions)) is bool(seconds)


def test_the_rest_is_written_at_the_end(stage):
    with stage.app.logging_impressions():
        stage.app.impressions.note(page(ViewerId("v", "1")))
    assert stage.app.events.history(ViewerId("v", "1"))[0].kind is EventKind.IMPRESSION
