"""Experiments by the staff, dealt to viewers, read from the log; by command, REST and in the storefront."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crossreel.accounts.operator import COMMAND_LINE, ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.audience.event import Event, EventKind
from crossreel.desk import experiments
from crossreel.desk.audience import erase_viewer
from crossreel.errors import Conflict, MissingModel, NotAllowed, UnknownId
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.ids import ViewerId

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EDITOR = Actor("ada", ROLES[Role.EDITOR], "session")
REPORTER = Actor("rob", ROLES[Role.REPORTER], "session")
BOTH = {
    "id": "e",
    "variants": [{"name": "usual"}, {"name": "plain", "rules": False}],
    "guardrails": ["views"],
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "home", create=True, clock=lambda: NOW)
    tiny_catalog().fill(app.catalog, app.licenses, app.viewers)
    yield app
    app.close()


def test_what_viewers_do_after_they_were_dealt_counts(app: App) -> None:
    experiments.put_experiment(app, EDITOR, BOTH)
    events = []
    for number in range(260):
        viewer = ViewerId("crowd", str(number))
        variant = experiments.dealt(app, viewer, NOW)
        assert variant == experiments.dealt(app, viewer, NOW + timedelta(days=1)), "the first time counts"
        before, after = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
        events.append(Event(EventKind.VIEW, viewer, tiny_id("moon"), before, 1.0))
        if variant.name == "plain":
            events.append(Event(EventKind.VIEW, viewer, tiny_id("moon"), after, 0.9))
        else:
            events.append(Event(EventKind.VIEW, viewer, tiny_id("moon"), after, 0.1))
    app.events.append(events)
    found = experiments.results(app, "e")
    watched, views = found["comparisons"]
    assert sum(found["viewers"].values()) == 260
    assert watched["means"] == [0.0, 1.0]
    assert (watched["decision"], views["is_guardrail"]) == ("better", True)
    assert found["advice"] == "plain is better than usual."
    erase_viewer(app, COMMAND_LINE, ViewerId("crowd", "7"))
    assert sum(experiments.results(app, "e")["viewers"].values()) == 259


def test_the_dealing_stays_once_viewers_have_seen_it(app: App) -> None:
    experiments.put_experiment(app, EDITOR, BOTH)
    experiments.put_experiment(app, EDITOR, {**BOTH, "share": 0.5})
    dealt = [experiments.dealt(app, ViewerId("crowd", str(n)), NOW) for n in range(20)]
    assert any(dealt)
    assert not all(dealt)
    with pytest.raises(Conflict, match="have seen"):
        experiments.put_experiment(app, EDITOR, BOTH)
    assert experiments.stop_experiment(app, EDITOR, "e").state == "stopped"
    assert experiments.dealt(app, ViewerId("crowd", "1"), NOW) is None
    assert [entry.action for entry in app.audit.page(subject="e")] == ["experiment.write"] * 3


def test_only_editors_start_and_models_must_be_there(app: App) -> None:
    with pytest.raises(NotAllowed):
        experiments.put_experiment(app, REPORTER, BOTH)
    missing = {**BOTH, "variants": [{"name": "a"}, {"name": "b", "algorithm": "ease"}]}
    with pytest.raises(MissingModel):
        experiments.put_experiment(app, EDITOR, missing)
    for act in (experiments.results, experiments.find_experiment):
        with pytest.raises(UnknownId):
            act(app, "none")
    assert not experiments.experiments(app)
