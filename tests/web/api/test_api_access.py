"""Who may do what: every route with every kind of caller."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from crossreel.accounts import access
from crossreel.accounts.operator import Permission
from crossreel.web.api.assembly import describe_only
from crossreel.web.api.buckets import Buckets, Rate
from crossreel.web.api.gate import ApiLimits
from crossreel.web.choices import Cookies, site_secret

ROUTES = [
    (method.upper(), re.sub(r"\{[^}]+\}", "x:1", path), operation["x-permission"])
    for path, operations in describe_only().openapi()["paths"].items()
    for method, operation in operations.items()
]
GUARDED = [route for route in ROUTES if route[2] != "none"]


def send(caller, method, path):
    return caller.ask(method, path, headers={"Content-Type": "application/json"}, content=b"{}")


@pytest.fixture(scope="module")
def callers(tmp_path_factory, open_workspace):
    desk = open_workspace(tmp_path_factory.mktemp("matrix") / "workspace")
    by_scope = {scope.value: desk.caller(scope) for scope in Permission}
    yield {**by_scope, "nobody": desk.caller(), "reporter": desk.signed_in("rita")}
    desk.app.close()


def test_storefront_and_health_are_all_that_is_open():
    open_ = {path for _, path, permission in ROUTES if permission == "none"}
    assert open_ == {
        "/storefront/titles",
        "/storefront/titles/x:1",
        "/storefront/search",
        "/storefront/rows",
        "/health",
    }


@pytest.mark.parametrize(("method", "path", "permission"), GUARDED)
def test_nobody_comes_in_without_a_token(callers, method, path, permission):
    response = send(callers["nobody"], method, path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["code"] == "not-signed-in"


@pytest.mark.parametrize(("method", "path", "permission"), GUARDED)
@pytest.mark.parametrize("scope", [scope.value for scope in Permission])
def test_a_token_reaches_exactly_its_scope(callers, method, path, permission, scope):
    response = send(callers[scope], method, path)
    if scope == permission:
        assert response.status_code not in {401, 403}, response.text
    else:
        assert response.status_code == 403
        assert response.json()["code"] == "not-allowed"
        assert response.json()["permission"] == permission


@pytest.mark.parametrize(("method", "path", "permission"), GUARDED)
def test_a_reporters_session_only_reads(callers, method, path, permission):
    response = send(callers["reporter"], method, path)
    may = permission == "read" and method == "GET"
    assert (response.status_code != 403) is may, response.text


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer crossreel_",
        "Bearer crossreel_abc_def",
        b"Bearer crossreel_\xff_\xfe",
        "Basic YW5hOnNlY3JldA==",
        "Bearer " + "x" * 5000,
    ],
)
def test_broken_tokens_are_refused(anybody, header):
    assert anybody.get("/me", headers={"Authorization": header}).status_code == 401


def test_a_token_ends_with_its_time_its_operator_and_its_revocation(desk, administrator, reader):
    assert reader.get("/me").status_code == 200
    desk.clock.now += timedelta(days=400)
    assert reader.get("/me").status_code == 401


def test_a_disabled_operators_token_stops_at_once(desk, reader):
    ana = desk.app.accounts.operator("ana")
    desk.app.accounts.put_operator(replace(ana, disabled=True))
    assert reader.get("/me").status_code == 401


def test_a_bad_token_is_not_made_up_for_by_a_session(desk):
    caller = desk.signed_in()
    assert caller.get("/me").json()["via"] == "session"
    assert caller.get("/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_session_changes_nothing_without_the_pages_header(desk):
    caller = desk.signed_in("edith")
    document = {"id": "new", "name": "New"}
    refused = caller.post("/titles", document)
    assert refused.status_code == 403
    assert "X-CSRF-Token" in refused.json()["detail"]
    cookies = Cookies(site_secret(desk.app.home), secure=False)
    caller.client.cookies.set("crossreel-form", "a" * 32)
    token = cookies.form_token("a" * 32)
    assert caller.post("/titles", document, headers={"X-CSRF-Token": token + "x"}).status_code == 403
    assert caller.post("/titles", document, headers={"X-CSRF-Token": token}).status_code == 201


def test_a_session_of_another_make_can_be_told(desk):
    told = access.session_actor
    assert told(desk.app.accounts, "none", desk.clock()) is None
    caller = desk.caller(session=lambda request: None)
    caller.client.cookies.set("crossreel_desk", "secret-of-ana")
    assert caller.get("/me").status_code == 401


def test_too_many_requests_of_one_token_wait(desk):
    caller = desk.caller(Permission.READ, limits=ApiLimits(token=Rate(60, 3)))
    answers = [caller.get("/me").status_code for _ in range(4)]
    assert answers[:3] == [200, 200, 200]
    assert answers[3] == 429
    last = caller.get("/me")
    assert 1 <= int(last.headers["retry-after"]) <= 2
    assert last.json()["code"] == "too-many-requests"


def test_visitors_and_failed_tokens_are_counted_by_address(desk):
    caller = desk.caller(limits=ApiLimits(address=Rate(60, 2)))
    statuses = [caller.get("/health").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    guesses = [
        caller.get("/me", headers={"Authorization": "Bearer crossreel_a_b"}).status_code for _ in range(3)
    ]
    assert guesses == [401, 401, 429]


def test_buckets_fill_again_and_forget_old_keys():
    now = [0.0]
    buckets = Buckets(Rate(60, 2), clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    now[0] = 0.5
    assert buckets.take("a") == pytest.approx(0.5)
    now[0] = 1.0
    assert buckets.take("a") == 0
    now[0] = 1000
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    for number in range(10_001):
        buckets.take(str(number))
    assert buckets.take("a") == 0, "a forgotten key begins with a full bucket"


def test_the_body_is_not_read_before_the_caller_is_let_in(anybody, desk, monkeypatch):
    monkeypatch.setattr("crossreel.desk.work.MOST_BYTES", 10)
    files = {"file": ("a.jsonl", b"x" * 100_000)}
    response = anybody.ask("POST", "/imports", files=files, data={"of": "catalog"})
    assert response.status_code == 401
    assert not (desk.app.home / "uploads").exists()
