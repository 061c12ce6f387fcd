"""Operators, tokens and the audit trail."""

from __future__ import annotations

import pytest

from crossreel.web.choices import Cookies, site_secret

PASSWORD = "twelve monkeys walk"


def test_who_am_i(reader, editor):
    assert reader.read("/me")["permissions"] == ["read"]
    assert editor.read("/me")["permissions"] == ["edit", "read"]


def test_adding_and_changing_an_operator(desk, administrator):
    form = {"name": "New@Example.org", "role": "editor", "password": PASSWORD}
    added = administrator.post("/operators", form)
    assert added.status_code == 201
    assert added.json()["name"] == "new@example.org"
    place = added.headers["location"].removeprefix("/api/v1")
    assert administrator.tag(place) == added.headers["etag"]
    assert administrator.post("/operators", form).status_code == 409
    assert administrator.patch(place, {"disabled": True}).status_code == 428
    assert administrator.patch(place, {"disabled": True}, if_match='"x"').status_code == 412
    changed = administrator.patch(place, {"disabled": True}, if_match=added.headers["etag"])
    assert changed.json()["disabled"]
    renewed = administrator.patch(place, {"password": PASSWORD + "!"}, if_match=changed.headers["etag"])
    assert renewed.headers["etag"] != changed.headers["etag"], "a password is a change"
    shown = str([entry.after for entry in desk.app.audit.page(subject="new@example.org")])
    assert PASSWORD not in shown
    assert "argon2" not in shown + administrator.get("/operators").text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"name": "x", "role": "editor", "password": PASSWORD}, 400),
        ({"name": "eve", "role": "king", "password": PASSWORD}, 422),
        ({"name": "eve", "role": "editor", "password": "short"}, 400),
        ({"name": "eve", "role": "editor", "password": "a" * 300}, 422),
        ({"name": "eve", "role": "editor"}, 422),
    ],
)
def test_bad_operators_are_refused_without_their_password(administrator, form, status):
    refused = administrator.post("/operators", form)
    assert refused.status_code == status
    if form.get("password"):
        assert form["password"] not in refused.text
    assert administrator.get("/operators/eve").status_code == 404


def test_the_last_administrator_stays(administrator):
    refused = administrator.patch("/operators/ana", {"disabled": True}, if_match="*")
    assert refused.status_code == 409
    assert administrator.get("/me").status_code == 200


def test_tokens_are_made_by_sessions_only(desk, administrator):
    form = {"operator": "edith", "label": "feed", "scopes": ["read"], "days": 7}
    assert administrator.post("/tokens", form).status_code == 403
    caller = desk.signed_in("ana")
    caller.client.cookies.set("crossreel-form", "b" * 32)
    token = Cookies(site_secret(desk.app.home), secure=False).form_token("b" * 32)
    headers = {"X-CSRF-Token": token}
    issued = caller.post("/tokens", form, headers=headers)
    assert issued.status_code == 201
    assert issued.headers["cache-control"] == "no-store"
    text, id_ = issued.json()["text"], issued.json()["token"]["id"]
    program = desk.caller()
    program.headers["Authorization"] = f"Bearer {text}"
    assert program.read("/me") == {"operator": "edith", "via": f"token:{id_}", "permissions": ["read"]}
    assert text not in administrator.get("/tokens?operator=edith").text
    assert caller.post("/tokens", {**form, "scopes": ["administer"]}, headers=headers).status_code == 403
    assert caller.post("/tokens", {**form, "operator": "nobody"}, headers=headers).status_code == 404
    assert caller.post("/tokens", {**form, "days": 400}, headers=headers).status_code == 422
    assert caller.post("/tokens", {**form, "label": "a\tb"}, headers=headers).status_code == 400
    assert administrator.delete(f"/tokens/{id_}").status_code == 204
    assert program.get("/me").status_code == 401
    assert administrator.delete(f"/tokens/{id_}").status_code == 404


def test_the_trail_comes_in_pages_and_filtered(desk, editor, administrator):
    for number in range(7):
        editor.post("/titles", {"id": f"t{number}", "name": "T"})
    editor.patch("/titles/tiny:moon", {"year": 1903}, if_match="*")
    found, cursor = [], ""
    while cursor is not None:
        page = administrator.read("/audit", params={"limit": 3, "cursor": cursor})
        found += page["items"]
        cursor = page["next"]
    ids = [entry["id"] for entry in found]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 8
    assert len(administrator.read("/audit?action=title.create")["items"]) == 7
    assert len(administrator.read("/audit?subject=desk:t3")["items"]) == 1
    assert administrator.read("/audit?actor=nobody")["items"] == []
    assert administrator.read(f"/audit/{ids[0]}")["after"]["year"] == 1903
    assert administrator.get("/audit/99999999").status_code == 404
    assert administrator.get("/audit/0").status_code == 422
    assert editor.get("/audit").status_code == 403
