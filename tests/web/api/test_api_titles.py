"""Titles: pages, reading, adding, changing with preconditions, texts, history, undo, bulk.

Over 400 lines: one noun of the API is tested in one place.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossreel.accounts.operator import Permission
from crossreel.catalog.documents import content_hash, title_to_dict
from crossreel.catalog.repository import DoubtfulPair, TitleRecord
from crossreel.catalog.title import Title
from crossreel.testing.tiny import tiny_id, tiny_titles
from crossreel.values.ids import TitleId
from crossreel.web.api.routes.title_changes import merge_patch

MOON = "/titles/tiny:moon"


def put(desk, *titles):
    records = [TitleRecord(title, content_hash(title)) for title in titles]
    desk.app.catalog.put(records, titles, {title.id: title.id for title in titles}, ())


def pages(caller, path, **query):
    """All items, page by page, following both ``next`` and the link."""
    items, params = [], {**query}
    for _ in range(200):
        response = caller.get(path, params=params)
        assert response.status_code == 200, response.text
        document = response.json()
        items += document["items"]
        assert ("link" in response.headers) is (document["next"] is not None)
        if document["next"] is None:
            return items
        assert 'rel="next"' in response.headers["link"]
        params["cursor"] = document["next"]
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_pages_hold_every_title_once(desk, reader, limit):
    ids = [item["id"] for item in pages(reader, "/titles", limit=limit)]
    assert ids == [str(title.id) for title in tiny_titles()]


def test_pages_go_on_where_titles_come_and_go(desk, reader):
    first = reader.read("/titles", params={"limit": 5})
    put(desk, Title(TitleId("a", "0"), "Before"), Title(TitleId("z", "0"), "After"))
    rest = reader.read("/titles", params={"limit": 200, "cursor": first["next"]})
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert len(set(ids)) == len(ids)
    assert ids[-1] == "z:0"
    assert "a:0" not in ids


def test_a_link_leads_to_the_next_page(reader):
    link = reader.get("/titles?limit=5&kind=film").headers["link"]
    path = link.partition(">")[0].removeprefix("</api/v1")
    assert "kind=film" in path
    assert len(reader.read(path)["items"]) == 5


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"kind": "episode"}, {"vampires-1-1", "vampires-1-2"}),
        ({"parent": "tiny:vampires"}, {"vampires-1"}),
        ({"country": "SU"}, {"potemkin"}),
        ({"language": "ZH"}, {"labor"}),
        ({"genre": "horror"}, {"nosferatu"}),
        ({"from_year": 1930}, {"zaynab", "crossroads"}),
        ({"from_year": 1922, "to_year": 1922}, {"nosferatu", "labor"}),
        ({"source": "other"}, set()),
        ({"open_in": "FR", "kind": "series"}, {"vampires"}),
        ({"open_in": "JP", "mode": "EST"}, {"orochi"}),
    ],
)
def test_filters(reader, query, keys):
    found = {item["id"].removeprefix("tiny:") for item in pages(reader, "/titles", limit=1, **query)}
    assert found == keys


def test_a_cursor_goes_only_with_its_own_list_and_filters(reader):
    cursor = reader.read("/titles?limit=1")["next"]
    for path in ("/titles?kind=film&cursor=", "/titles/doubtful?cursor=", "/audience/viewers?cursor="):
        refused = reader.get(path + cursor)
        assert refused.status_code == 400
        assert refused.json()["what"] == "cursor"


def test_names_are_shown_in_the_language_asked_for(reader):
    items = reader.read("/titles?names_in=es&kind=film&country=FR")["items"]
    assert items[0]["shown"] == {"text": "Viaje a la Luna", "language": "es"}


def test_a_rare_filter_is_spread_over_pages(desk, reader, monkeypatch):
    monkeypatch.setattr("crossreel.web.api.routes.titles._READ", 3)
    assert [item["id"] for item in pages(reader, "/titles", genre="horror")] == ["tiny:nosferatu"]
    assert reader.read("/titles?genre=horror")["items"] == []


def test_a_title_is_its_document_with_its_hash_as_tag(reader):
    title = next(title for title in tiny_titles() if title.id == tiny_id("moon"))
    response = reader.get(MOON)
    assert response.json() == title_to_dict(title)
    assert response.headers["etag"] == f'"{content_hash(title)}"'


@pytest.mark.parametrize(
    "path", ["/titles", MOON, "/me", "/rights/check?title=tiny:moon&territory=DE&at=2026-01-01T00:00:00Z"]
)
def test_what_has_not_changed_is_not_sent_again(reader, path):
    tag = reader.tag(path)
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = reader.get(path, headers={"If-None-Match": header})
        assert response.status_code == 304
        assert response.content == b""
        assert response.headers["etag"] == tag
    assert reader.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "key", ["a/b", "a/b/history", "a:b:c", "50%", "%2F", "a?b#c", "ü 千", "..", "x;y=1", "a+b"]
)
def test_ids_with_any_characters_have_an_address(desk, editor, key):
    id_ = TitleId("odd", key)
    put(desk, Title(id_, "Odd"))
    path = f"/titles/{quote(str(id_), safe='')}"
    assert editor.read(path)["id"] == str(id_)
    assert editor.read(f"{path}/history")["items"] == []
    changed = editor.patch(path, {"year": 1950}, if_match=editor.tag(path))
    assert changed.json()["year"] == 1950
    added = editor.post(f"{path}/licenses", {"id": f"l/{key}", "territories": ["DE"], "modes": ["SVOD"]})
    assert added.status_code == 201
    place = added.headers["location"].removeprefix("/api/v1")
    assert editor.read(place)["id"] == f"l/{key}"


def test_adding_a_title(desk, editor):
    document = {"id": "new", "name": "New", "texts": [{"language": "PT_br", "name": "Novo"}]}
    response = editor.post("/titles", document)
    assert response.status_code == 201
    assert response.headers["location"] == "/api/v1/titles/desk:new"
    assert response.json()["texts"] == [{"language": "pt-BR", "name": "Novo"}]
    assert editor.tag("/titles/desk:new") == response.headers["etag"]
    again = editor.post("/titles", document)
    assert again.status_code == 409
    assert again.json()["code"] == "conflict"
    (entry,) = desk.app.audit.page(subject="desk:new")
    assert (entry.action, entry.actor) == ("title.create", "ana")
    assert entry.via.startswith("token:")
    assert entry.request_id == response.headers["x-request-id"]


def test_a_request_id_is_taken_over_into_the_trail(desk, editor):
    response = editor.ask(
        "POST", "/titles", json={"id": "x", "name": "X"}, headers={"X-Request-ID": "from-outside.1"}
    )
    assert response.headers["x-request-id"] == "from-outside.1"
    assert desk.app.audit.page(subject="desk:x")[0].request_id == "from-outside.1"
    odd = editor.get("/me", headers={"X-Request-ID": 'a"\t<b>'})
    assert odd.headers["x-request-id"] != 'a"\t<b>'


def test_replacing_needs_the_state_that_was_seen(desk, editor):
    document, tag = editor.read(MOON), editor.tag(MOON)
    changed = {**document, "year": 1903}
    missing = editor.put(MOON, changed)
    assert missing.status_code == 428
    assert missing.json()["code"] == "precondition-required"
    for stale in ('"0"', f"W/{tag}", "nonsense", ""):
        refused = editor.put(MOON, changed, if_match=stale)
        assert refused.status_code == 412
        assert refused.headers["etag"] == tag
    assert editor.read(MOON) == document
    done = editor.put(MOON, changed, if_match=tag)
    assert done.status_code == 200
    assert done.json()["year"] == 1903
    assert done.headers["etag"] == editor.tag(MOON) != tag
    assert editor.put(MOON, document, if_match=tag).status_code == 412
    assert editor.put(MOON, {"name": "Only a name"}, if_match="*").json() == {
        "id": "tiny:moon",
        "kind": "film",
        "name": "Only a name",
    }


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x", "colour": "red"}, "title field"),
        ({"name": "x", "year": 1e20}, "year"),
        ({"name": "x", "id": "tiny:general"}, "id"),
        ({"name": "x", "texts": [{"language": "xx-nonsense"}]}, "texts[0].language"),
        ({"name": "x", "kind": "season"}, "parent"),
    ],
)
def test_bad_documents_change_nothing(editor, document, what):
    before = editor.get(MOON)
    refused = editor.put(MOON, document, if_match="*")
    assert refused.status_code == 400
    assert refused.json()["what"] == what
    assert editor.get(MOON).content == before.content


def test_changing_some_fields(editor):
    tag = editor.tag(MOON)
    assert editor.patch(MOON, {"year": 1903}).status_code == 428
    done = editor.patch(
        MOON, {"year": None, "external_ids": {"imdb": None}, "keywords": ["moon"]}, if_match=tag
    )
    assert done.status_code == 200
    document = done.json()
    assert "year" not in document
    assert document["external_ids"] == {"tmdb": "775"}
    assert document["keywords"] == ["moon"]
    assert document["countries"] == ["FR"]
    merge = editor.ask(
        "PATCH",
        MOON,
        content=b'{"year": 1902}',
        headers={"Content-Type": "application/merge-patch+json", "If-Match": done.headers["etag"]},
    )
    assert merge.json()["year"] == 1902


def test_merge_patch_does_what_rfc_7396_appendix_a_shows():
    cases = [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ]
    for document, patch, expected in cases:
        assert merge_patch(document, patch) == expected


def test_writing_and_removing_texts(editor):
    path = f"{MOON}/texts/pt-BR"
    assert editor.put(path, {"name": "Viagem à Lua"}).status_code == 428
    done = editor.put(path, {"name": "Viagem à Lua", "synopsis": "Astrônomos."}, if_match=editor.tag(MOON))
    assert done.status_code == 200
    texts = {text["language"]: text for text in editor.read(f"{MOON}/texts")}
    assert texts["pt-BR"] == {"language": "pt-BR", "name": "Viagem à Lua", "synopsis": "Astrônomos."}
    editor.put(path, {"synopsis": ""}, if_match=editor.tag(MOON))
    local = editor.put(f"{path}?territory=BR", {"tagline": "Só aqui"}, if_match="*")
    assert {"language": "pt-BR", "territory": "BR", "tagline": "Só aqui"} in local.json()["texts"]
    assert editor.delete(path, **{"If-Match": '"stale"'}).status_code == 412
    assert editor.delete(path).status_code == 200
    gone = editor.delete(path)
    assert gone.status_code == 404
    assert [text["language"] for text in editor.read(f"{MOON}/texts")] == ["en", "es", "pt-BR"]


def test_history_and_undo(desk, editor, reader):
    before = editor.read(MOON)
    for year in (1903, 1904, 1905):
        editor.patch(MOON, {"year": year}, if_match="*")
    history = pages(reader, f"{MOON}/history", limit=2)
    assert [entry["after"]["year"] for entry in history] == [1905, 1904, 1903]
    assert history[-1]["before"] == before
    older = editor.post(f"{MOON}/history/{history[1]['id']}/undo")
    assert older.status_code == 409
    done = editor.post(f"{MOON}/history/{history[0]['id']}/undo")
    assert done.status_code == 200
    assert done.json()["year"] == 1904
    newest = pages(reader, f"{MOON}/history", limit=1)[0]
    assert newest["undoes"] == history[0]["id"]
    assert reader.post(f"{MOON}/history/{history[0]['id']}/undo").status_code == 403
    assert editor.post(f"/titles/tiny:general/history/{history[0]['id']}/undo").status_code == 404
    assert editor.post(f"{MOON}/history/99999/undo").status_code == 404


def test_search_finds_in_any_script(reader):
    assert reader.read("/titles/search?q=orochi")["items"][0]["title_id"] == "tiny:orochi"
    assert reader.read("/titles/search", params={"q": "потемкин"})["items"][0]["title_id"] == "tiny:potemkin"
    closed = reader.read("/titles/search?q=orochi&territory=DE")
    assert closed["items"] == []


def test_doubtful_pairs_come_in_pages(desk, reader):
    pairs = [
        DoubtfulPair(tiny_id("moon"), tiny_id(key), "same year")
        for key in ("general", "labor", "nosferatu", "orochi", "raja")
    ]
    desk.app.catalog.put([], [], {}, pairs)
    found = pages(reader, "/titles/doubtful", limit=2)
    assert [pair["second"] for pair in found] == [str(pair.second) for pair in sorted(pairs)]


def test_deciding_about_a_pair(desk, editor, reader):
    twin = Title(TitleId("other", "moon"), "A Trip to the Moon", keywords=("twin",))
    put(desk, twin)
    for key in ("moon", "general"):
        desk.app.catalog.put([], [], {}, [DoubtfulPair(twin.id, tiny_id(key), "same name")])
    other = {"first": "other:moon", "second": "tiny:general"}
    assert reader.post("/titles/doubtful/different", other).status_code == 403
    assert editor.post("/titles/doubtful/different", other).json() == other
    assert [pair["second"] for pair in pages(reader, "/titles/doubtful")] == ["tiny:moon"]
    assert [pair["second"] for pair in pages(reader, "/titles/doubtful", different=True)] == ["tiny:general"]
    assert editor.post("/titles/doubtful/reopen", other).status_code == 200
    assert len(pages(reader, "/titles/doubtful")) == 2
    pair = {"first": "other:moon", "second": "tiny:moon"}
    joined = editor.post("/titles/doubtful/join", {**pair, "keep": "tiny:moon"})
    assert joined.status_code == 200
    assert joined.json()["keywords"][-1] == "twin"
    assert reader.read("/titles/other:moon") == reader.read(MOON) == joined.json()
    entry = reader.read(f"{MOON}/history")["items"][0]
    assert editor.post(f"{MOON}/history/{entry['id']}/undo").status_code == 200
    assert reader.read("/titles/other:moon")["id"] == "other:moon"
    assert editor.post("/titles/doubtful/different", {**pair, "second": "tiny:orochi"}).status_code == 404
    assert editor.post("/titles/doubtful/join", {**pair, "keep": "x"}).status_code == 422


def test_export_is_every_title(reader):
    response = reader.get("/titles/export")
    assert response.headers["content-type"].startswith("application/x-ndjson")
    assert len(response.text.splitlines()) == len(tiny_titles())


def test_a_title_never_comes_to_hang_under_itself(editor, anybody):
    own = editor.post("/titles", {"id": "loop", "name": "Loop", "kind": "season", "parent": "loop"})
    assert own.status_code == 409
    series = editor.read("/titles/tiny:vampires")
    under = {**series, "kind": "season", "parent": "tiny:vampires-1"}
    assert editor.put("/titles/tiny:vampires", under, if_match="*").status_code == 409
    assert editor.read("/titles/tiny:vampires") == series
    assert anybody.get("/storefront/titles?territory=FR").status_code == 200


def test_bulk_edits_stand_for_themselves(desk, editor):
    tag = editor.tag("/titles/tiny:general")
    edits = [
        {"op": "create", "document": {"id": "one", "name": "One"}},
        {"op": "change", "id": "tiny:moon", "document": {"year": 1903}},
        {"op": "change", "id": "tiny:moon", "document": {"year": "soon"}},
        {"op": "change", "id": "tiny:nowhere", "document": {"year": 1903}},
        {"op": "replace", "id": "tiny:general", "if_match": tag, "document": {"name": "The General!"}},
        {"op": "replace", "id": "tiny:general", "if_match": tag, "document": {"name": "Too late"}},
        {"op": "create", "document": {"id": "one", "name": "One"}},
    ]
    answer = editor.post("/titles/bulk", {"edits": edits}).json()
    assert [result["status"] for result in answer["results"]] == [201, 200, 400, 404, 200, 412, 409]
    assert (answer["done"], answer["refused"]) == (3, 4)
    assert answer["results"][0]["id"] == "desk:one"
    assert answer["results"][1]["etag"] == editor.tag(MOON)
    assert answer["results"][2]["problem"]["what"] == "year"
    assert editor.read("/titles/tiny:general")["name"] == "The General!"


def test_atomic_bulk_is_all_or_nothing(desk, editor):
    before = editor.get("/titles/export").text
    entries = len(desk.app.audit.page(limit=1000))
    edits = [{"op": "create", "document": {"id": f"n{n}", "name": f"N {n}"}} for n in range(20)]
    bad = {"op": "change", "id": "tiny:moon", "document": {"year": -1}}
    refused = editor.post("/titles/bulk", {"atomic": True, "edits": [*edits[:10], bad, *edits[10:]]})
    assert refused.status_code == 409
    (result,) = refused.json()["results"]
    assert result["index"] == 10
    assert result["problem"]["code"] == "bad-value"
    assert editor.get("/titles/export").text == before
    assert len(desk.app.audit.page(limit=1000)) == entries
    done = editor.post("/titles/bulk", {"atomic": True, "edits": edits}).json()
    assert done["done"] == 20
    assert editor.get("/titles/desk:n19").status_code == 200
    assert len(desk.app.audit.page(limit=1000)) == entries + 20


def test_bulk_has_a_limit(editor):
    edits = [{"op": "change", "id": "tiny:moon", "document": {}}] * 1001
    assert editor.post("/titles/bulk", {"edits": edits}).status_code == 422
    assert editor.post("/titles/bulk", {"edits": []}).status_code == 422


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(key=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30))
def test_every_id_survives_its_address(key, shared_editor):
    desk, editor = shared_editor
    id_ = TitleId("odd", key)
    put(desk, Title(id_, "Odd"))
    assert editor.read(f"/titles/{quote(str(id_), safe='')}")["id"] == str(id_)


@pytest.fixture(scope="module")
def shared_editor(tmp_path_factory, open_workspace):
    desk = open_workspace(tmp_path_factory.mktemp("odd") / "workspace")
    yield desk, desk.caller(Permission.READ, Permission.EDIT)
    desk.app.close()
