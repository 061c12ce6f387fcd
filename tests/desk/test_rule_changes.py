"""Rules by the staff: permitted, audited, undone, heard at once; by REST and in the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.desk import rules, undo
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId
from crossreel.testing.tiny import tiny_catalog

EDITOR = Actor("ada", ROLES[Role.EDITOR], "session")
REPORTER = Actor("rob", ROLES[Role.REPORTER], "session")
SOON = {"id": "soon", "kind": "leaving", "days": 7}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "home", create=True)
    tiny_catalog().fill(app.catalog, None, app.viewers)
    yield app
    app.close()


def test_a_rule_is_written_changed_and_undone_step_by_step(app: App) -> None:
    before = app.epoch()
    rules.put_rule(app, EDITOR, SOON)
    assert app.epoch() != before, "kept pages are made anew"
    rules.put_rule(app, EDITOR, {**SOON, "days": 3})
    rules.put_rule(app, EDITOR, {**SOON, "days": 3})
    last, first = app.audit.page(subject="soon")
    assert (last.action, last.actor, last.before["days"], last.after["days"]) == ("rule.write", "ada", 7, 3)
    with pytest.raises(Conflict, match="changed again"):
        undo.undo(app, EDITOR, first.id)
    undo.undo(app, EDITOR, last.id)
    assert app.shelf.rules()[0].days == 7
    rules.remove_rule(app, EDITOR, "soon")
    assert app.shelf.rules() == ()
    undo.undo(app, EDITOR, app.audit.page(subject="soon")[0].id)
    assert app.shelf.rules()[0].days == 7


def test_only_editors_write_and_only_sense_is_written(app: App) -> None:
    for act in (
        lambda: rules.put_rule(app, REPORTER, SOON),
        lambda: rules.remove_rule(app, REPORTER, "soon"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(BadValue):
        rules.put_rule(app, EDITOR, {"id": "soon", "kind": "leaving"})
    with pytest.raises(UnknownId):
        rules.put_rule(app, EDITOR, {"id": "p", "kind": "pin", "titles": ["tiny:none"]})
    with pytest.raises(UnknownId):
        rules.remove_rule(app, EDITOR, "none")
    assert not app.shelf.rules()
    assert not app.audit.page()
