import logging

import pytest

from crossreel import errors
from crossreel.web.statuses import HEADINGS, STATUSES, status_of

JSON = {"accept": "application/json"}
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_every_error_class_has_its_own_line():
    ours = [cls for cls in errors.error_classes() if cls.__module__.startswith("crossreel.")]
    assert set(STATUSES) == {cls for cls in ours if cls.__module__ == "crossreel.errors"}


def test_every_status_has_its_own_words():
    assert set(STATUSES.values()) <= set(HEADINGS)


def test_an_unlisted_class_takes_its_parents_status():
    class Stale(errors.Conflict):
        pass

    assert status_of(Stale("It was edited meanwhile.")) == 409


@pytest.mark.parametrize("cls", list(STATUSES))
def test_every_error_becomes_a_page_and_a_document(stage, visitor, cls, monkeypatch):
    error = cls.__new__(cls)
    errors.CrossreelError.__init__(error, "It went <wrong>.", advice="Do this instead.", what="title")
    monkeypatch.setattr(stage.app.catalog, "resolve", _raiser(error))
    page = visitor.get("/title/tiny:moon", **BROWSER)
    assert page.status_code == STATUSES[cls]
    assert page.headers["content-type"].startswith("text/html")
    assert "It went &lt;wrong&gt;. Do this instead." in page.text
    document = visitor.get("/title/tiny:moon", **JSON)
    assert document.status_code == STATUSES[cls]
    assert document.headers["content-type"] == "application/problem+json"
    assert document.json()["code"] == cls.code
    assert document.json()["advice"] == "Do this instead."
    assert document.json()["what"] == "title"


def test_a_fault_of_ours_shows_a_reference_and_no_trace(stage, visitor, monkeypatch, caplog):
    monkeypatch.setattr(stage.app.catalog, "resolve", _raiser(RuntimeError("secret detail")))
    with caplog.at_level(logging.ERROR, logger="crossreel.web"):
        response = visitor.get("/title/tiny:moon")
    assert response.status_code == 500
    assert "Our mistake" in response.text
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text
    assert "secret detail" in caplog.text
    assert response.headers["content-security-policy"]
    reference = caplog.records[0].args[0]
    assert reference in response.text


def test_when_even_the_page_fails_plain_text_answers(stage, visitor, monkeypatch):
    monkeypatch.setattr(type(stage.app), "epoch", _raiser(RuntimeError("disk is gone")))
    response = visitor.get("/nowhere")
    assert response.status_code == 404
    assert response.text == "404 Not Found"
    assert response.headers["content-security-policy"]


def test_missing_pages_and_wrong_methods(visitor):
    assert "There is nothing at this address." in visitor.get("/nowhere").text
    response = visitor.client.post("/search")
    assert response.status_code == 405
    assert response.headers["allow"]
    assert visitor.get("/rate").status_code == 405


def test_problems_speak_the_readers_language(visitor):
    visitor.headers["accept-language"] = "es"
    response = visitor.get("/nowhere")
    assert response.status_code == 404
    assert "No hay nada en esta dirección." in response.text


def test_an_id_without_a_source_is_a_bad_address(visitor):
    response = visitor.get("/title/moon")
    assert response.status_code == 400
    assert "source:id" in response.text


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/problem+json, text/html;q=0.5", True),
        ("text/html, application/json", False),
        ("*/*", False),
        ("", False),
        ("application/json;q=0", False),
    ],
)
def test_json_is_given_where_it_is_preferred(visitor, accept, is_json):
    kind = visitor.get("/nowhere", accept=accept).headers["content-type"]
    assert ("json" in kind) is is_json


def _raiser(error):
    def fail(*_args):
        raise error

    return fail
