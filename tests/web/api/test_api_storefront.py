"""What anybody may see: open titles only, nothing of viewers."""

from __future__ import annotations

import pytest

from crossreel.rights.license import Mode
from crossreel.testing.tiny import tiny_titles
from crossreel.values.territory import Territory


@pytest.mark.parametrize("code", ["JP", "DE", "US", "FR", "IN", "BR"])
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_hold_exactly_what_is_open(desk, anybody, code, limit):
    found, cursor = [], ""
    while cursor is not None:
        page = anybody.read(
            "/storefront/titles", params={"territory": code, "limit": limit, "cursor": cursor}
        )
        found += [title["id"] for title in page["items"]]
        cursor = page["next"]
    now = desk.clock()
    open_ = [
        str(title.id)
        for title in tiny_titles()
        if any(desk.app.rights.check(title.id, Territory(code), mode, now).available for mode in Mode)
    ]
    assert found == open_


def test_a_filtered_list(anybody):
    found = anybody.read("/storefront/titles?territory=FR&kind=episode")["items"]
    assert [title["id"] for title in found] == ["tiny:vampires-1-1", "tiny:vampires-1-2"]


def test_a_title_speaks_the_visitors_language(anybody):
    path = "/storefront/titles/tiny:moon?territory=JP"
    spanish = anybody.get(path, headers={"Accept-Language": "es-MX, fr;q=0.5"})
    assert spanish.json()["name"] == {"text": "Viaje a la Luna", "language": "es"}
    assert "Accept-Language" in spanish.headers["vary"]
    assert anybody.read(path + "&language=en")["name"]["text"] == "A Trip to the Moon"
    assert {offer["mode"] for offer in spanish.json()["offers"]} == {"SVOD", "AVOD"}


def test_what_is_closed_is_as_if_it_were_not(anybody):
    closed = anybody.get("/storefront/titles/tiny:orochi?territory=DE")
    unknown = anybody.get("/storefront/titles/tiny:nothing?territory=DE")
    assert closed.status_code == unknown.status_code == 404
    shown = closed.json() | {"request_id": ""}
    assert shown == unknown.json() | {
        "request_id": "",
        "detail": unknown.json()["detail"].replace("nothing", "orochi"),
        "value": "tiny:orochi",
    }
    assert anybody.read("/storefront/search?q=orochi&territory=DE")["items"] == []
    assert "orochi" not in anybody.get("/storefront/rows?territory=DE&n=40").text


def test_search_and_rows(anybody):
    found = anybody.read("/storefront/search?q=orochi&territory=JP&language=ja")["items"]
    assert found[0]["id"] == "tiny:orochi"
    rows = anybody.read("/storefront/rows?territory=JP&language=es")
    assert rows["territory"] == "JP"
    ids = [item["id"] for row in rows["rows"] for item in row["items"]]
    assert len(ids) == len(set(ids)) > 3
    assert all(row["heading"] for row in rows["rows"])


@pytest.mark.parametrize(
    "path",
    [
        "/storefront/titles?territory=DE",
        "/storefront/rows?territory=DE",
        "/storefront/search?q=a&territory=DE",
    ],
)
def test_answers_may_be_kept_but_are_asked_for_again(anybody, path):
    response = anybody.get(path)
    assert response.headers["cache-control"] == "public, no-cache"
    assert anybody.get(path, headers={"If-None-Match": response.headers["etag"]}).status_code == 304
    for word in ("crowd", "viewer", "chiyo"):
        assert word not in response.text


def test_a_territory_is_needed(anybody):
    assert anybody.get("/storefront/titles").status_code == 422
    assert anybody.get("/storefront/titles?territory=XX").status_code == 400
    assert anybody.get("/storefront/titles?territory=EU").status_code == 400
