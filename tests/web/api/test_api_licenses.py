"""Licenses and rights: adding, replacing, removing, closing; single checks and the matrix."""

from __future__ import annotations

import itertools

import pytest

from crossreel.rights.license import Mode
from crossreel.testing.tiny import tiny_licenses, tiny_titles
from crossreel.values.territory import Territory, all_territories

MOON = "/titles/tiny:moon/licenses"
CHECK = "/rights/check?title=tiny:moon"


def test_a_titles_licenses_and_one_of_them(reader):
    listed = reader.read(MOON)
    (one,) = listed["items"]
    alone = reader.get(f"{MOON}/moon-world")
    assert one == {**alone.json(), "etag": alone.headers["etag"]}
    assert reader.get(f"{MOON}/general-us").status_code == 404
    assert reader.get("/titles/tiny:zaynab/licenses").json()["items"] == []


def test_adding_opens_and_removing_closes(desk, editor):
    check = "/rights/check?title=tiny:zaynab&territory=EG"
    assert not editor.read(check)["available"]
    form = {"territories": ["eg"], "modes": ["svod"], "reason": "bought", "start": "2026-01-01"}
    added = editor.post("/titles/tiny:zaynab/licenses", form)
    assert added.status_code == 201
    document = added.json()
    assert document["id"].startswith("desk-")
    assert document["title"] == "tiny:zaynab"
    place = added.headers["location"].removeprefix("/api/v1")
    assert editor.read(check)["available"]
    assert editor.read(check)["because"][0]["license"] == document["id"]
    assert editor.delete(place, **{"If-Match": '"no"'}).status_code == 412
    assert editor.delete(place, **{"If-Match": added.headers["etag"]}).status_code == 204
    assert not editor.read(check)["available"]
    assert editor.delete(place).status_code == 404
    actions = [entry.action for entry in desk.app.audit.page(subject="tiny:zaynab")]
    assert actions == ["license.remove", "license.add"]


@pytest.mark.parametrize(
    "form",
    [
        {"territories": ["Atlantis"], "modes": ["SVOD"]},
        {"territories": ["DE"], "modes": ["VHS"]},
        {"territories": ["DE"], "modes": ["SVOD"], "excluded": ["EU"]},
        {"territories": ["DE"], "modes": ["SVOD"], "start": "tomorrow"},
        {"territories": ["DE"], "modes": ["SVOD"], "start": "2026-02-01", "end": "2026-01-01"},
        {"territories": ["DE"], "modes": ["SVOD"], "reason": "two\nlines"},
        {"territories": ["DE"], "modes": ["SVOD"], "title": "tiny:general"},
    ],
)
def test_bad_licenses_are_refused(editor, form):
    refused = editor.post(MOON, form)
    assert refused.status_code == 400
    assert refused.json()["code"] == "bad-value"
    assert len(editor.read(MOON)["items"]) == 1


def test_a_taken_id_is_refused(editor):
    form = {"id": "general-us", "territories": ["DE"], "modes": ["SVOD"]}
    assert editor.post(MOON, form).status_code == 409


def test_replacing_a_license(editor):
    path = f"{MOON}/moon-world"
    form = {"territories": ["FR"], "modes": ["SVOD"]}
    assert editor.put(path, form).status_code == 428
    assert editor.put(path, form, if_match='"stale"').status_code == 412
    assert editor.put(path, {**form, "id": "other"}, if_match="*").status_code == 400
    done = editor.put(path, form, if_match=editor.tag(path))
    assert done.status_code == 200
    assert done.headers["etag"] == editor.tag(path)
    assert not editor.read(f"{CHECK}&territory=DE")["available"]
    assert editor.read(f"{CHECK}&territory=FR")["available"]


def test_closing_in_one_territory_now(desk, editor, anybody):
    storefront = "/storefront/titles/tiny:moon?territory=JP"
    assert anybody.get(storefront).status_code == 200
    done = editor.post(f"{MOON}/close", {"territory": "jp"})
    assert done.status_code == 200
    assert done.json()["ended"][0]["territories"] == ["JP"]
    assert anybody.get(storefront).status_code == 404
    assert "tiny:moon" not in anybody.get("/storefront/titles?territory=JP").text
    assert anybody.get("/storefront/titles/tiny:moon?territory=DE").status_code == 200
    refusal = editor.read(f"{CHECK}&territory=JP")
    assert refusal["because"][0]["code"] == "ended"
    assert editor.post(f"{MOON}/close", {"territory": "JP"}).status_code == 409
    entry = editor.read("/titles/tiny:moon/history")["items"][0]
    assert entry["action"] == "license.close"
    assert editor.post(f"/titles/tiny:moon/history/{entry['id']}/undo").status_code == 200
    assert anybody.get(storefront).status_code == 200


def test_a_check_answers_as_the_predicate(desk, reader):
    found = reader.read("/rights/check?title=tiny:crossroads&territory=JP&at=2026-12-31T14:59:59Z")
    assert found["available"]
    assert found["until"] == "2026-12-31T15:00:00Z"
    later = reader.read("/rights/check?title=tiny:crossroads&territory=JP&at=2026-12-31T15:00:00Z")
    assert not later["available"]
    windows = reader.read("/rights/windows?title=tiny:crossroads&territory=JP")["windows"]
    assert windows == [{"start": "2025-12-31T15:00:00Z", "end": "2026-12-31T15:00:00Z"}]
    assert reader.read("/rights/windows?title=tiny:moon&territory=JP")["windows"] == [
        {"start": None, "end": None}
    ]


def test_licenses_in_conflict_page_by_page(desk, editor, reader):
    before = len(reader.read("/rights/conflicts")["items"])
    form = {"territories": ["DE"], "modes": ["SVOD"], "languages": ["de"], "start": "2026-01-01"}
    for name in ("limit-1", "limit-2"):
        assert editor.post(MOON, {**form, "id": name}).status_code == 201
    listed = reader.read("/rights/conflicts")["items"]
    assert len(listed) == before + 2
    double = next(one for one in listed if one["kind"] == "duplicate")
    assert [one["id"] for one in double["licenses"]] == ["limit-1", "limit-2"]
    limit = next(one for one in listed if one["kind"] == "languages")
    assert (limit["title"], limit["territories"], limit["start"]) == ("tiny:moon", ["DE"], "2026-01-01")
    assert limit["severity"] == "conflict"
    address, walked = "/rights/conflicts?limit=1", []
    while address:
        page = reader.read(address)
        walked += page["items"]
        address = page["next"] and f"/rights/conflicts?limit=1&cursor={page['next']}"
    assert walked == listed
    assert not reader.read("/rights/conflicts?title=tiny:moon&territory=JP")["items"]
    assert len(reader.read("/rights/conflicts?title=tiny:moon&ahead=true")["items"]) == 2
    assert reader.get("/rights/conflicts?title=tiny:none").status_code == 404
    assert reader.get("/rights/conflicts?cursor=abc").status_code == 400


def test_the_matrix_is_every_single_check(desk, reader):
    ids = [str(title.id) for title in tiny_titles()]
    codes = ["JP", "DE", "US", "FR", "IN"]
    form = {"titles": ids, "territories": codes, "modes": ["SVOD"], "at": "2026-06-15T12:00:00Z"}
    answer = reader.post("/rights/matrix", form).json()
    assert answer["titles"] == ids
    assert answer["territories"] == codes
    for (row, title), (column, code) in itertools.product(enumerate(tiny_titles()), enumerate(codes)):
        decision = desk.app.rights.check(title.id, Territory(code), Mode.SVOD, desk.clock())
        assert answer["open"][row][column] is decision.available


def test_the_matrix_of_all_territories(reader):
    answer = reader.post("/rights/matrix", {"titles": ["tiny:labor", "tiny:zaynab"]}).json()
    assert answer["territories"] == [territory.code for territory in all_territories()]
    assert all(answer["open"][0])
    assert not any(answer["open"][1])


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"titles": []}, 422),
        ({"titles": ["x:1"] * 1001}, 422),
        ({"titles": ["tiny:nowhere"]}, 404),
        ({"titles": ["tiny:moon"], "territories": ["XX"]}, 400),
        ({"titles": ["tiny:moon"], "modes": ["VHS"]}, 400),
        ({"titles": ["tiny:moon"], "at": "soon"}, 400),
        ({"titles": "tiny:moon"}, 422),
    ],
)
def test_bad_questions_of_the_matrix(reader, form, status):
    assert reader.post("/rights/matrix", form).status_code == status


def test_export_is_every_license(reader):
    assert len(reader.get("/licenses/export").text.splitlines()) == len(tiny_licenses())
