"""Coming in and going out: sessions, limits, forms from elsewhere, headers."""

import logging
from datetime import timedelta

import pytest

from crossreel.accounts.access import MOST_FAILURES, SESSION_HOURS, session_actor

PASSWORD = "four quiet tin boats"

PAGES = [
    "/console/",
    "/console/catalog",
    "/console/catalog?q=genre is horror&sort=-year&columns=id&columns=open",
    "/console/duplicates",
    "/console/duplicates?show=different",
    "/console/rights",
    "/console/rights?territory=JP&only=all&months=24",
    "/console/rights/check?title=tiny:moon&territory=JP&at=2026-01-01",
    "/console/go?q=moon",
    "/console/keys",
    *(
        f"/console/title/tiny:nosferatu?tab={tab}"
        for tab in ("facts", "texts", "credits", "artwork", "licenses", "calendar", "history")
    ),
    "/console/title/tiny:vampires-1-1?tab=licenses",
]
EDITING = [
    "/console/new-title",
    "/console/new-license?title=tiny:moon",
    "/console/license/moon-world",
]


@pytest.mark.parametrize("path", [*PAGES, *EDITING])
def test_nothing_is_shown_to_strangers(stranger, path):
    response = stranger.get(path)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/console/sign-in")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["ada", "rob"])
def test_every_page_answers_both_roles(at_desk, who, path):
    page = at_desk(who).page(path)
    assert page.text


@pytest.mark.parametrize("path", EDITING)
def test_forms_for_changes_are_for_editors(ada, rob, path):
    ada.page(path)
    assert rob.get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["/console/title/tiny:nosferatu?tab=licenses", "/console/catalog", "/console/"]
)
def test_a_reporter_is_not_offered_what_he_may_not_do(rob, path):
    page = rob.page(path)
    assert {form["action"].split("?")[0] for form in page.forms if form["method"] == "post"} <= {
        "/console/theme",
        "/console/sign-out",
        "/console/catalog/views",
        "/console/catalog/bulk",
    }
    assert not any("/console/new-" in link for link in page.links)


def test_signing_in_leads_on_and_out_again(stranger):
    wanted = stranger.get("/console/title/tiny:moon?tab=texts").headers["location"]
    response = stranger.sign_in("ada", path=wanted)
    assert response.headers["location"] == "/console/title/tiny:moon?tab=texts"
    cookie = next(c for c in response.headers.get_list("set-cookie") if c.startswith("crossreel_desk="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    secret = stranger.client.cookies["crossreel_desk"]
    assert stranger.post("/console/sign-out").status_code == 303
    assert stranger.get("/console/").status_code == 303
    stranger.client.cookies.set("crossreel_desk", secret)
    assert stranger.get("/console/").status_code == 303


def test_signing_in_again_ends_the_session_before(staff, ada):
    first = ada.client.cookies["crossreel_desk"]
    assert ada.get("/console/sign-in").headers["location"] == "/console/"
    assert ada.post("/console/sign-in", name="eve", password=PASSWORD).status_code == 303
    second = ada.client.cookies["crossreel_desk"]
    assert first != second
    assert session_actor(staff.accounts, first, staff.clock()) is None
    assert session_actor(staff.accounts, second, staff.clock()).operator == "eve"


@pytest.mark.parametrize(
    "asked", ["https://elsewhere.example/", "//elsewhere.example", "/title/x", "/console/../x y"]
)
def test_signing_in_leads_nowhere_else(stranger, asked):
    response = stranger.sign_in("ada", path=f"/console/sign-in?next={asked}")
    assert response.headers["location"].startswith("/console/")
    assert "elsewhere" not in response.headers["location"]


def test_a_session_ends_by_time(stage, ada):
    stage.clock.now += timedelta(hours=SESSION_HOURS, seconds=1)
    response = ada.get("/console/catalog")
    assert response.status_code == 303
    assert "Your session has ended" in ada.page(response.headers["location"]).text


def test_wrong_passwords_are_counted(stranger):
    for _ in range(MOST_FAILURES):
        response = stranger.sign_in("ada", "not the password")
        assert response.status_code == 403
        assert "The name or the password is wrong" in response.text
        assert "not the password" not in response.text
    response = stranger.sign_in("ada")
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0
    assert "Wait 15 minutes" in response.text
    assert stranger.sign_in("eve").status_code == 303


def test_forms_from_elsewhere_change_nothing(staff, ada):
    revision = staff.licenses.revision(), staff.catalog.revision()
    fields = [("id", "moon-world"), ("step", "remove")]
    assert ada.send("/console/remove-license", fields).status_code == 403
    assert ada.send("/console/remove-license", [("token", "forged"), *fields]).status_code == 403
    token = ada.token()
    ada.headers["sec-fetch-site"] = "cross-site"
    assert ada.send("/console/remove-license", [("token", token), *fields]).status_code == 403
    assert (staff.licenses.revision(), staff.catalog.revision()) == revision


def test_signing_in_needs_the_page_of_the_form(stranger):
    assert stranger.send("/console/sign-in", [("name", "ada"), ("password", "x")]).status_code == 403


def test_a_reporter_changes_nothing(staff, rob):
    revision = staff.licenses.revision(), staff.catalog.revision()
    for path, fields in (
        ("/console/close-now", {"title": "tiny:moon", "territory": "JP", "step": "close"}),
        ("/console/remove-license", {"id": "moon-world"}),
        ("/console/save-license", {"title": "tiny:moon"}),
        ("/console/title/tiny:moon", {"part": "facts", "step": "save", "name": "X"}),
        ("/console/new-title", {"name": "X"}),
        ("/console/catalog/bulk", {"pick": "tiny:moon", "action": "genre", "genre": "x", "step": "do"}),
        ("/console/duplicates/pair", {"first": "tiny:moon", "second": "tiny:orochi", "step": "same"}),
        ("/console/undo", {"change": "1"}),
    ):
        assert rob.post(path, **fields).status_code == 403, path
    assert (staff.licenses.revision(), staff.catalog.revision()) == revision


def test_pages_have_no_inline_script_or_style_and_say_so(ada):
    for path in [*PAGES, *EDITING]:
        response = ada.get(path)
        policy = response.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert " style=" not in response.text
        assert "<script>" not in response.text
        assert "onclick" not in response.text
        assert response.headers["cache-control"] == "private, no-store"


def test_what_is_not_there_is_told_in_the_frame(ada):
    for path in ("/console/nothing", "/console/title/tiny:nobody", "/console/license/none"):
        page = ada.page(path, 404)
        assert "Not found" in page.text
        assert "/console/catalog" in page.links


def test_too_large_a_form_is_refused(ada):
    assert ada.post("/console/new-title", name="x" * (5 << 20)).status_code == 413
    response = ada.client.post("/console/new-title", json={}, headers=ada.headers)
    assert response.status_code == 415


def test_the_theme_is_kept(ada):
    assert 'data-theme="auto"' in ada.get("/console/").text
    assert (
        ada.post("/console/theme", theme="dark", next="/console/keys").headers["location"] == "/console/keys"
    )
    assert 'data-theme="dark"' in ada.get("/console/").text
    ada.post("/console/theme", theme="purple")
    assert 'data-theme="auto"' in ada.get("/console/").text


def test_the_palette_finds_actions_and_titles(ada, rob):
    found = ada.get("/console/go.json?q=add").json()
    assert any(one["url"] == "/console/new-title" for one in found)
    assert not any(one["url"] == "/console/new-title" for one in rob.get("/console/go.json?q=add").json())
    assert any(
        one["url"] == "/console/title/tiny:orochi" for one in ada.get("/console/go.json?q=雄呂血").json()
    )
    assert "The Serpent" in ada.page("/console/go?q=orochi").text


@pytest.mark.parametrize(
    ("path", "told"),
    [("/console/catalog", "Our mistake"), ("/api/v1/storefront/titles/tiny:moon?territory=DE", "fault")],
)
def test_a_fault_inside_a_part_of_the_site_is_answered_and_logged_once(
    ada, staff, path, told, monkeypatch, caplog
):
    def fail(*_args, **_more):
        raise RuntimeError("secret detail")

    for name in ("all", "get", "resolve"):
        monkeypatch.setattr(staff.catalog, name, fail)
    with caplog.at_level(logging.ERROR, logger="crossreel"):
        response = ada.client.get(path)
    assert response.status_code == 500
    assert told in response.text
    assert "secret detail" not in response.text
    assert [one.name.startswith("crossreel") for one in caplog.records] == [True]
    assert "secret detail" in caplog.text
