"""The audit log, operators, tokens and settings."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from crossreel.accounts import access
from crossreel.accounts.operator import Actor, Permission, Role
from crossreel.catalog.documents import title_to_dict
from crossreel.desk.titles import edit_title
from crossreel.settings import setting_rows
from crossreel.values.ids import TitleId

HOSTILE = "<script>alert(1)</script>"
EDITH = Actor("edith", frozenset({Permission.READ, Permission.EDIT}), "session")
MOON = TitleId("tiny", "moon")


def rename(desk, name: str) -> None:
    title = desk.app.catalog.get([MOON])[MOON]
    edit_title(desk.app, EDITH, MOON, {**title_to_dict(title), "name": name})


def test_the_log_shows_changes_and_takes_them_back(desk, ana):
    before = desk.app.catalog.get([MOON])[MOON].name
    rename(desk, HOSTILE)
    page = ana.page("/audit")
    assert HOSTILE not in page
    assert "edited the title" in page
    assert before in page
    (entry,) = desk.app.audit.page(subject=str(MOON))
    assert HOSTILE not in ana.page(f"/audit/{entry.id}")
    ana.done("/undo", {"change": str(entry.id), "next": "/console/audit"})
    assert desk.app.catalog.get([MOON])[MOON].name == before
    text = ana.text("/audit")
    assert "undone" in text
    assert f"takes back #{entry.id}" in text


def test_old_changes_cannot_be_undone(desk, ana):
    rename(desk, "Another name")
    assert 'name="change"' in ana.page("/audit")
    session_ends = desk.clock.now + timedelta(days=2)
    desk.clock.now = session_ends
    assert 'name="change"' not in desk.browser("ana").page("/audit")


def test_the_log_is_filtered_and_paged(desk, ana):
    for number in range(60):
        rename(desk, f"Name{number}")
    ana.done("/operators/change", {"name": "rita", "step": "disable"})
    assert "Name59" in ana.page("/audit?action=title.edit")
    assert "operator.change" not in re.sub(r"<option.*?</option>", "", ana.page("/audit?action=title.edit"))
    assert "Name59" not in ana.page("/audit?actor=ana")
    assert "No change matches" in ana.text("/audit?subject=%3Cscript%3E&actor=x&action=y")
    first = ana.page("/audit?subject=tiny:moon")
    older = re.findall(r'rel="next" href="/console([^"]+)"', first)[0].replace("&amp;", "&")
    assert "Name3" in ana.page(older)
    assert ana.get("/audit?before=99999999999999999999").status_code == 200


def test_only_administrators_read_the_log(edith, rita, anybody):
    for browser in (edith, rita):
        assert browser.get("/audit").status_code == 403
        assert browser.get("/audit/1").status_code == 403
        assert "/console/audit" not in browser.page("/jobs")
    assert anybody.get("/audit").status_code == 303


def test_unknown_entries_are_not_found(ana):
    assert ana.get("/audit/77").status_code == 404
    assert ana.get("/audit/99999999999999999999999999").status_code == 404
    assert ana.get("/audit/x").status_code == 404


def test_operators_are_added_changed_and_disabled(desk, ana):
    fields = {"name": "Nora@example.org", "role": "editor", "password": "four unrelated words"}
    ana.done("/operators", fields)
    accounts = desk.app.accounts
    assert accounts.operator("nora@example.org").role is Role.EDITOR
    ana.done("/operators/change", {"name": "nora@example.org", "step": "role", "role": "reporter"})
    assert accounts.operator("nora@example.org").role is Role.REPORTER
    old = accounts.operator("nora@example.org").password_hash
    ana.done(
        "/operators/change", {"name": "nora@example.org", "step": "password", "password": "some new words x"}
    )
    assert accounts.operator("nora@example.org").password_hash != old
    ana.done("/operators/change", {"name": "nora@example.org", "step": "disable"})
    assert accounts.operator("nora@example.org").disabled
    ana.done("/operators/change", {"name": "nora@example.org", "step": "enable"})
    assert not accounts.operator("nora@example.org").disabled
    trail = " ".join(str(entry) for entry in desk.app.audit.page())
    assert "unrelated" not in trail
    assert "some new words" not in trail


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "ana", "role": "editor", "password": "four unrelated words"},
        {"name": HOSTILE, "role": "editor", "password": "four unrelated words"},
        {"name": "nora", "role": HOSTILE, "password": "four unrelated words"},
        {"name": "nora", "role": "editor", "password": "brief"},
    ],
)
def test_operators_that_cannot_be_are_refused(desk, ana, fields):
    answer = ana.post("/operators", fields)
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    assert fields["password"] not in answer.text
    assert len(desk.app.accounts.operators()) == 3


def test_the_last_administrator_stays(desk, ana):
    answer = ana.post("/operators/change", {"name": "ana", "step": "disable"})
    assert answer.status_code == 422
    assert not desk.app.accounts.operator("ana").disabled
    assert ana.post("/operators/change", {"name": "ana", "step": "fly"}).status_code == 400


def test_only_administrators_manage_people(desk, ana, edith, rita):
    for path in ("/operators", "/operators/change"):
        for browser in (edith, rita):
            assert browser.post(path, {"name": "rita", "step": "disable"}).status_code == 403
        assert ana.forged(path, {"name": "rita", "step": "disable"}).status_code == 403
    assert edith.get("/operators").status_code == 403
    assert not desk.app.accounts.operator("rita").disabled


def test_a_token_is_shown_once_works_and_is_revoked(desk, edith, rita):
    answer = edith.post("/tokens", {"label": HOSTILE, "days": "7", "scope": ["read", "edit"]})
    assert answer.status_code == 200
    assert HOSTILE not in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    (text,) = re.findall(r"crossreel_[0-9a-f]{12}_[\w-]+", answer.text)
    actor = access.token_actor(desk.app.accounts, text, desk.clock())
    assert actor.permissions == {Permission.READ, Permission.EDIT}
    assert text.rpartition("_")[2] not in edith.page("/tokens")
    (token,) = desk.app.accounts.tokens("edith")
    assert token.id not in rita.page("/tokens")
    assert rita.post("/tokens/revoke", {"id": token.id}).status_code == 403
    assert edith.forged("/tokens/revoke", {"id": token.id}).status_code == 403
    edith.done("/tokens/revoke", {"id": token.id})
    assert access.token_actor(desk.app.accounts, text, desk.clock()) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"days": "7", "scope": ["edit"]},
        {"days": "7", "scope": ["read"], "operator": "ana"},
        {"days": "7"},
        {"days": "0", "scope": ["read"]},
        {"days": "99999", "scope": ["read"]},
        {"days": "7", "scope": [HOSTILE]},
    ],
)
def test_nobody_gets_more_than_their_role(desk, rita, fields):
    answer = rita.post("/tokens", {"label": "x", **fields})
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    assert not desk.app.accounts.tokens()
    assert rita.forged("/tokens", {"days": "7", "scope": ["read"]}).status_code == 403


def test_an_administrator_sees_and_makes_tokens_of_others(desk, ana, edith):
    edith.post("/tokens", {"label": "nightly", "days": "7", "scope": ["read"]})
    assert "nightly" in ana.text("/tokens")
    ana.post("/tokens", {"label": "for rita", "days": "7", "scope": ["read"], "operator": "rita"})
    assert [token.label for token in desk.app.accounts.tokens("rita")] == ["for rita"]


def test_ones_own_password_asks_for_the_old_one(desk, rita):
    wrong = {"old": "not the old one", "password": "some new words x"}
    assert rita.post("/own-password", wrong).status_code == 422
    assert rita.forged("/own-password", wrong).status_code == 403
    rita.done("/own-password", {"old": "correct horse battery", "password": "some new words x"})
    assert rita.get("/jobs").status_code == 303
    signed = access.sign_in(desk.app.accounts, "rita", "some new words x", "here", desk.clock())
    assert signed.session.operator == "rita"


def test_settings_say_where_they_come_from(desk, rita, ana):
    (desk.app.home / "crossreel.toml").write_text("[web]\nport = 8500\n")
    text = rita.text("/settings")
    assert "1 setting will change at the next start" in text
    assert "next start: 8500" in text
    assert "CROSSREEL_WEB_PORT" in text
    assert str(desk.app.home) not in text
    assert str(desk.app.home) in ana.text("/settings")
    rows = setting_rows(desk.app.settings, desk.app.home, {"CROSSREEL_STORE_THREADS": "3"})
    found = {(row.section, row.name): row for row in rows}
    assert found["web", "port"].origin == "crossreel.toml"
    assert found["store", "threads"].origin == "environment"
    assert found["store", "threads"].pending == "3"
    assert found["logs", "level"].origin == "default"
    assert found["logs", "level"].pending is None
