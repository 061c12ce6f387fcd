from dataclasses import replace

import pytest

from crossreel.errors import BadFile, BadValue
from crossreel.settings import Settings, WebSettings
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.choices import Choices, site_secret
from crossreel.web.site import create_site


def test_choices_survive_and_the_rest_stays(visitor):
    visitor.choose(territory="BR")
    visitor.choose(language="es")
    html = visitor.get("/").text
    assert '<html lang="es"' in html
    assert "Popular aquí: Brasil" in html


def test_a_choice_of_language_wins_over_the_browser(visitor):
    visitor.headers["accept-language"] = "es"
    assert '<html lang="es"' in visitor.get("/").text
    visitor.choose(language="en")
    assert '<html lang="en"' in visitor.get("/").text


def test_any_of_all_countries_can_be_chosen(visitor):
    html = visitor.get("/preferences").text
    assert html.count("<option value=") > 249
    visitor.choose(territory="AQ")
    assert "Antarctica" in visitor.page("/").text


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("territory", "WORLD", 400),
        ("territory", "XX", 400),
        ("language", "tlh", 400),
        ("viewer", "tiny:nobody", 404),
    ],
)
def test_what_does_not_exist_cannot_be_chosen(visitor, field, value, status):
    assert visitor.post("/preferences", **{field: value}).status_code == status


def test_a_profile_can_be_named_by_its_id(visitor):
    visitor.choose(viewer="", viewer_id="tiny:chiyo")
    assert "千代" in visitor.page("/").text


def test_going_back_to_ones_own_profile_finds_its_ratings(visitor):
    visitor.rate(tiny_id("moon"), 5)
    visitor.choose(viewer="tiny:eve")
    visitor.choose(viewer="")
    assert "Your rating: 5 of 5." in visitor.page("/title/tiny:moon").text


@pytest.mark.parametrize(
    "where",
    [
        "https://example.com/",
        "//example.com",
        "/\\example.com",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "x" * 3000,
        "///x",
    ],
)
def test_nobody_is_led_to_another_site(visitor, where):
    assert visitor.post("/preferences", next=where).headers["location"] == "/"


def test_one_comes_back_to_the_page_one_was_on(visitor):
    response = visitor.post("/preferences", next="/search?q=moon", territory="DE")
    assert response.headers["location"] == "/search?q=moon"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor):
    for response in (visitor.get("/"), visitor.post("/preferences", territory="DE")):
        for cookie in response.headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=lax" in cookie


def test_behind_https_cookies_are_bound_to_it(empty_stage, tmp_path):
    empty_stage.app = replace(empty_stage.app, settings=Settings(web=WebSettings(secure_cookies=True)))
    response = empty_stage.visitor().get("/")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-crossreel-form=")
    assert "Secure" in cookie
    assert response.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("forged", ["x", "eyJ0IjoiREUifQ.forged", "", "a" * 5000, "W10.x"])
def test_a_forged_cookie_counts_as_none(visitor, forged):
    visitor.client.cookies.set("crossreel", forged)
    assert "United States" in visitor.page("/").text


def test_choices_round_trip():
    choices = Choices(Territory("DE"), Language("es"), ViewerId("a", "b:c"), ViewerId("visitor", "1"))
    assert Choices.from_dict(choices.to_dict()) == choices
    assert Choices.from_dict({}) == Choices()


def test_the_key_is_made_once_and_kept_to_the_owner(tmp_path):
    key = site_secret(tmp_path)
    assert len(key) == 32
    assert site_secret(tmp_path) == key
    assert (tmp_path / "web.key").stat().st_mode & 0o077 == 0


def test_a_broken_key_is_refused(tmp_path):
    (tmp_path / "web.key").write_bytes(b"short")
    with pytest.raises(BadFile, match="32 bytes"):
        site_secret(tmp_path)


@pytest.mark.parametrize("wrong", [{"territory": "WORLD"}, {"language": "no such"}])
def test_settings_that_mean_nothing_are_refused_at_the_start(empty_stage, wrong):
    app = replace(empty_stage.app, settings=Settings(web=WebSettings(**wrong)))
    with pytest.raises(BadValue):
        create_site(app)
