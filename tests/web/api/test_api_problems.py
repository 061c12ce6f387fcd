"""Errors in one shape, hostile input, and the description and reference of it all."""

from __future__ import annotations

import json
import logging

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from crossreel import errors
from crossreel.accounts.operator import Permission
from crossreel.web.api import api_page
from crossreel.web.api.assembly import describe_only
from crossreel.web.api.problems import CODES
from crossreel.web.statuses import STATUSES

FIXED = {"type", "title", "status", "code", "detail", "advice", "request_id"}


def problem(response, status, code=None):
    """The problem of an answer that must have this status and the one shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document.keys() >= FIXED
    assert document["status"] == status
    assert document["type"] == f"urn:crossreel:problem:{document['code']}"
    assert document["detail"]
    assert document["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    assert code is None or document["code"] == code
    return document


@pytest.mark.parametrize("cls", list(STATUSES))
def test_every_error_of_the_tree(desk, reader, monkeypatch, cls):
    error = cls.__new__(cls)
    message = f"It went wrong in {desk.app.home}/uploads/x."
    errors.CrossreelError.__init__(error, message, advice="Do this.", what="thing", title="taken")
    monkeypatch.setattr(type(desk.app.jobs), "page", _raiser(error))
    document = problem(reader.get("/jobs"), STATUSES[cls], cls.code)
    assert document["advice"] == "Do this."
    assert document["what"] == "thing"
    assert document["title"] != "taken"
    assert document["detail"] == "It went wrong in uploads/x."


def test_a_fault_of_ours_tells_nothing_and_is_logged(desk, reader, monkeypatch, caplog):
    monkeypatch.setattr(type(desk.app.jobs), "page", _raiser(RuntimeError("secret detail")))
    with caplog.at_level(logging.ERROR, logger="crossreel.web"):
        response = reader.get("/jobs")
    document = problem(response, 500, "fault")
    assert "secret" not in response.text
    assert "secret detail" in caplog.text
    assert document["request_id"] in caplog.text


def test_statuses_of_http_itself(reader, editor):
    problem(reader.get("/nowhere"), 404, "not-found")
    problem(reader.get("/"), 404, "not-found")
    problem(reader.get("/titles/a/b/c/d"), 404, "not-found")
    document = reader.ask("DELETE", "/titles/tiny:moon")
    problem(document, 405, "method-not-allowed")
    assert document.headers["allow"] == "GET, HEAD, PATCH, PUT"
    xml = editor.ask("POST", "/titles", content=b"<a/>", headers={"Content-Type": "application/xml"})
    problem(xml, 415, "unsupported-media-type")
    assert xml.headers["accept"] == "application/json"
    problem(editor.ask("POST", "/titles", content=b"{}"), 415)
    large = editor.ask(
        "POST", "/titles", content=b"[" + b" " * (1 << 20), headers={"Content-Type": "application/json"}
    )
    assert problem(large, 413, "too-large")["limit"] == 1 << 20
    assert set(CODES) <= {400, 401, 404, 405, 406, 412, 413, 415, 428, 429, 500}


def test_an_id_chosen_further_out_is_kept_and_written_once(desk):
    caller = desk.caller(Permission.READ)
    inside = caller.client.app

    async def outside(scope, receive, send):
        scope.setdefault("state", {})["request_id"] = "chosen-outside"
        await inside(scope, receive, send)
        assert scope["route"].path == "/titles/{title}"

    caller.client = TestClient(outside, raise_server_exceptions=False)
    response = caller.get("/titles/tiny:nothing", headers={"X-Request-ID": "from-the-client"})
    assert response.json()["request_id"] == "chosen-outside"
    assert "x-request-id" not in response.headers


def test_head_is_get_without_the_body(reader):
    got, head = reader.get("/titles/tiny:moon"), reader.ask("HEAD", "/titles/tiny:moon")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == got.headers["etag"]
    assert reader.ask("HEAD", "/titles/tiny:nothing").status_code == 404
    assert reader.ask("HEAD", "/titles/export").content == b""


def test_a_body_without_a_length_has_the_limit_too(editor):
    def endless():
        for _ in range(64):
            yield b" " * (1 << 16)

    response = editor.ask("POST", "/titles", content=endless(), headers={"Content-Type": "application/json"})
    problem(response, 413)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b'{"id": NaN}',
        b'{"id": "\\ud800"}',
        b'{"id": "a\xff"}',
        b'{"id": 1e999}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"id":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"id":' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b'{"name": "x", "id": "a\\u0000b"}',
        b'{"name": "x", "id": 12345678901234567890123}',
        b'{"name": "x", "id": "a", "year": 99999999999999999999}',
        b'{"name": "x", "id": "a", "texts": [[]]}',
        b'{"name": "x", "id": "a", "external_ids": {"imdb": {"a": 1}}}',
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/titles"), ("PUT", "/titles/tiny:moon"), ("PATCH", "/titles/tiny:moon")]
)
def test_hostile_bodies(editor, method, path, body):
    before = editor.get("/titles/export").text
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    response = editor.ask(method, path, content=body, headers=headers)
    assert response.status_code in {400, 422}, response.text
    problem(response, response.status_code)
    assert editor.get("/titles/export").text == before


@pytest.mark.parametrize(
    "path",
    [
        "/titles?cursor=!!!",
        "/titles?cursor=W10",
        "/titles?cursor=bnVsbA",
        "/titles?limit=0",
        "/titles?limit=99999999999999999999999",
        "/titles?limit=1e9",
        "/titles?from_year=-1",
        "/titles?country=%00",
        "/titles?open_in=%C3%9F%C3%9F",
        "/titles?mode=" + "x" * 5000,
        "/rights/check?title=tiny:moon&territory=DE&at=0001-01-01T00:00:00%2B23:59",
        "/rights/check?title=tiny:moon&territory=DE&at=99999-01-01",
        "/recommend/top?viewer=a%0Ab&territory=DE",
        "/recommend/popular?territory=DE&n=0",
        "/audit/99999999999999999999999999",
        "/titles/%00:%00",
        "/titles/%FF%FE:x",
        "/titles/a:" + "x" * 790,
        "/jobs/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/titles/x%0A:y",
    ],
)
def test_hostile_addresses(administrator, path):
    response = administrator.get(path)
    assert response.status_code in {400, 404, 422}, response.text
    problem(response, response.status_code)


def test_far_instants_are_answered(reader):
    for at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        for path in (
            "/rights/check?title=tiny:crossroads&territory=WS",
            "/recommend/top?viewer=crowd:1&territory=NZ",
            "/recommend/rows?viewer=crowd:1&territory=NZ",
            "/recommend/popular?territory=NZ",
        ):
            assert reader.get(f"{path}&at={at}").status_code == 200, (path, at)


@pytest.mark.parametrize(
    "query", ["", " ", '"', "a*b", "NEAR(", "\x00", "-", "%", "'; DROP TABLE titles; --", "千" * 200]
)
def test_odd_searches_are_searches(reader, anybody, query):
    assert reader.get("/titles/search", params={"q": query}).status_code == 200
    found = anybody.get("/storefront/search", params={"q": query, "territory": "DE"})
    assert found.status_code == 200


def test_the_description_is_whole():
    document = describe_only().openapi()
    ids = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            ids.append(operation["operationId"])
            assert operation["summary"], (path, method)
            assert len(operation["tags"]) == 1
            assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
            assert {"400", "422", "429", "500"} <= operation["responses"].keys()
            assert ("401" in operation["responses"]) is bool(operation["security"])
            for response in operation["responses"].values():
                if "$ref" in response:
                    assert response["$ref"].rpartition("/")[2] in document["components"]["responses"]
    assert len(ids) == len(set(ids))
    text = json.dumps(document)
    assert "x-crossreel" not in text
    assert "HTTPValidationError" not in text


def test_every_schema_is_one_and_every_reference_leads_somewhere():
    document = describe_only().openapi()
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert "__" not in name, "two models share a name"
    for reference in _references(document):
        group, name = reference.removeprefix("#/components/").split("/")
        assert name in document["components"][group], reference


def test_the_description_is_served_to_anybody(anybody):
    assert anybody.read("/openapi.json")["servers"] == [{"url": "/api/v1"}]


def test_the_reference_page_names_every_operation():
    page = api_page()
    for path, operations in describe_only().openapi()["paths"].items():
        for method in operations:
            assert f"### `{method.upper()} {path}`" in page
    assert page == api_page()


def _references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def _raiser(error):
    def fail(*_args, **_named):
        raise error

    return fail
