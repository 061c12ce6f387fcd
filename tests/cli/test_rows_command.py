"""Home pages and rules by command, by Python and by REST: one answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from crossreel.accounts import access
from crossreel.accounts.operator import Operator, Permission, Role
from crossreel.accounts.passwords import hash_password
from crossreel.app import open_app
from crossreel.audience.event import Event, EventKind
from crossreel.cli import main
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api import create_api
from crossreel.web.recommended import show_page

AT = "2026-06-15T12:00:00Z"
FRANCE = Territory("FR")
QUOTA = {"id": "eu", "kind": "quota", "share": 0.5, "select": {"countries": ["EUROPEAN"]}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    app = open_app(home, create=True)
    tiny_catalog().fill(app.catalog, app.licenses, app.viewers)
    time = datetime(2026, 1, 1, tzinfo=UTC)
    films = ("nosferatu", "moon", "labor", "potemkin")
    app.events.append(
        [
            Event(
                EventKind.RATING,
                ViewerId("crowd", str(n)),
                tiny_id(key),
                time,
                5.0,
                territory=Territory("FR"),
            )
            for n in range(8)
            for place, key in enumerate(films)
            if (n + place) % 4
        ]
    )
    app.shelf.train("ease", {"lam": 5})
    app.close()
    return home


@pytest.fixture
def run(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def _run(*words: object, code: int = 0) -> Any:
        capfdbinary.readouterr()
        assert main([*(str(word) for word in words), "--home", str(home), "--json"]) == code
        return json.loads(capfdbinary.readouterr().out)

    return _run


def test_command_python_and_rest_give_one_answer(run: Any, home: Path) -> None:
    run("recommend", "set-rule", json.dumps(QUOTA))
    asked = ("--viewer", "crowd:3", "--territory", "FR", "--language", "ja", "--at", AT)
    by_command = run("recommend", "rows", *asked, "-n", 4)
    assert by_command["rows"]
    assert by_command["quotas"][0]["rule"] == "eu"
    why = run("recommend", "why", "tiny:orochi", *asked, "-n", 4)
    assert (why["because"], why["place"]) == ("closed", None)
    assert why["rights"]
    app = open_app(home)
    try:
        viewer, where = ViewerId("crowd", "3"), Territory("FR")
        page = app.shelf.page(viewer, where, 4, datetime(2026, 6, 15, 12, tzinfo=UTC))
        assert show_page(app, page, viewer, where, Language("ja")) == by_command
        password = hash_password("correct horse battery")
        app.accounts.put_operator(Operator("ana", Role.EDITOR, password, app.clock()))
        token = access.issue_token(app.accounts, "ana", "t", frozenset({Permission.READ}), app.clock())
        client = TestClient(create_api(app))
        headers = {"Authorization": f"Bearer {token.text}"}
        query = {"viewer": "crowd:3", "territory": "FR", "language": "ja", "at": AT, "n": 4}
        assert client.get("/recommend/rows", params=query, headers=headers).json() == by_command
        answer = client.get("/recommend/why", params={**query, "title": "tiny:orochi"}, headers=headers)
        assert answer.json() == why
    finally:
        app.close()


def test_reasons_are_in_the_viewers_language_with_the_evidence(run: Any) -> None:
    found = {}
    for language in ("en", "ja"):
        rows = run("recommend", "rows", "--viewer", "crowd:3", "--territory", "FR", "--language", language)
        items = [item for row in rows["rows"] if row["code"] == "for-you" for item in row["items"]]
        found[language] = next(item for item in items if item["reasons"][0]["titles"])
    assert found["en"]["reasons"][0]["code"] == found["ja"]["reasons"][0]["code"] == "because-you-liked"
    assert found["en"]["reasons"][0]["text"].startswith("Because you liked")
    assert found["en"]["reasons"][0]["text"] != found["ja"]["reasons"][0]["text"]
    assert found["en"]["reasons"][0]["titles"] == found["ja"]["reasons"][0]["titles"]


def test_rules_are_written_all_or_none_and_removed(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps([QUOTA, {"id": "bad", "kind": "leaving", "days": 0}]), encoding="utf-8")
    assert run("recommend", "set-rule", path, code=3)["error"]["code"] == "bad-value"
    assert run("recommend", "rules")["rules"] == []
    missing = {"id": "p", "kind": "pin", "titles": ["tiny:nothing"]}
    assert run("recommend", "set-rule", json.dumps(missing), code=3)["error"]["code"] == "unknown-id"
    assert run("recommend", "set-rule", tmp_path / "none.json", code=3)["error"]["code"] == "bad-file"
    run("recommend", "set-rule", json.dumps(QUOTA))
    assert [rule["id"] for rule in run("recommend", "rules")["rules"]] == ["eu"]
    run("recommend", "remove-rule", "eu")
    assert run("recommend", "rules")["rules"] == []
    assert run("recommend", "remove-rule", "eu", code=3)["error"]["code"] == "unknown-id"
