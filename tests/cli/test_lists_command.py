"""``crossreel lists``, and lists measured beside models."""

from __future__ import annotations

import json

import pytest

from crossreel.app import open_app
from crossreel.cli import main
from crossreel.testing.tiny import tiny_catalog
from crossreel.values.ids import ViewerId


@pytest.fixture
def home(tmp_path):
    app = open_app(tmp_path / "home", create=True)
    tiny_catalog().fill(app.catalog, app.licenses, app.viewers)
    app.close()
    return tmp_path / "home"


@pytest.fixture
def run(home, capfd):
    def _run(*words, code=0):
        assert main([*words, "--json"] + ([] if words[0] == "recommend" else ["--home", str(home)])) == code
        out = capfd.readouterr().out
        return json.loads(out) if code == 0 else out

    return _run


def test_lists_are_written_followed_and_erased_with_their_viewer(run, home):
    lists = [
        {"id": "nights", "name": "Nights", "titles": ["tiny:moon"], "territories": ["DE"]},
        {"id": "days", "name": "Days", "titles": ["tiny:nosferatu"]},
    ]
    run("lists", "write", json.dumps([*lists, {"id": "bad", "name": "Bad", "titles": ["tiny:none"]}]), code=3)
    assert run("lists", "list") == {"lists": []}, "all or none"
    assert len(run("lists", "write", json.dumps(lists))["lists"]) == 2
    assert [one["id"] for one in run("lists", "list", "--territory", "DE")["lists"]] == ["nights"]
    assert run("lists", "follow", "days", "--viewer", "tiny:eve")["follows"] is True
    assert run("lists", "show", "days")["followers"] == 1
    assert [one["id"] for one in run("lists", "list", "--viewer", "tiny:eve")["lists"]] == ["days"]
    run("audience", "erase", "tiny:eve")
    assert run("lists", "show", "days")["followers"] == 0
    assert run("lists", "remove", "days") == {"removed": "days"}
    run("lists", "show", "days", code=3)


def test_what_a_viewer_made_goes_with_the_viewer(run, home):
    app = open_app(home)
    from crossreel.desk.lists import new_own_list

    new_own_list(app, ViewerId("tiny", "eve"), "Mine")
    app.close()
    assert len(run("lists", "list")["lists"]) == 1
    run("audience", "erase", "tiny:eve")
    assert run("lists", "list")["lists"] == []


def test_each_list_is_measured_beside_the_models(run, tmp_path):
    rows = [f"v{v},t{t}" for v in range(40) for t in range(12) if (t + v) % 3 or v % 2 == t % 2]
    (tmp_path / "likes.csv").write_text("viewer,title\n" + "\n".join(rows))
    lists = [{"id": "even", "name": "Even", "titles": [f"shop:t{t}" for t in range(0, 12, 2)]}]
    (tmp_path / "lists.json").write_text(json.dumps(lists))
    words = ["recommend", "evaluate", "--ratings", str(tmp_path / "likes.csv"), "--algorithms"]
    found = run(*words, "human-lists", "--lists", str(tmp_path / "lists.json"))
    assert [one["algorithm"] for one in found["results"]] == ["human-lists", "list"]
    assert found["results"][1]["config"]["list"] == "even"
    assert all(0 < one["metrics"]["ndcg@10"]["value"] <= 1 for one in found["results"])
