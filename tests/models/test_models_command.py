"""``crossreel models``."""

from __future__ import annotations

import json

import pytest

from crossreel.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSREEL_MODELS_FOLDER", str(tmp_path / "models"))
    return tmp_path


def test_the_list_says_what_is_here(folder, capfdbinary):
    assert main(["models", "list", "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert document["folder"] == str(folder / "models")
    e5 = next(one for one in document["models"] if one["name"] == "e5-small")
    assert (e5["task"], e5["present"], e5["weights_license"][:3]) == ("embedding", False, "MIT")


def test_what_is_absent_ends_with_four_and_the_command(folder, capfdbinary):
    assert main(["models", "verify", "e5-small", "--json"]) == 4
    assert b"crossreel models pull e5-small" in capfdbinary.readouterr().err
    assert main(["models", "pull", "no-such-model"]) == 4
    assert main(["models", "pull"]) == 2


def test_other_content_is_refused_with_three(folder, capfdbinary):
    (folder / "lid.176.ftz").write_bytes(b"no model")
    words = ["models", "pull", "lid-176", "--from", str(folder)]
    assert main(words) == 3
    assert b"sha256" in capfdbinary.readouterr().err
    assert main([*words, "--accept-other", "--json"]) == 0
    capfdbinary.readouterr()
    assert main(["models", "verify", "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["models"][0]["state"] == "sound"
    (folder / "models" / "lid-176" / "lid.176.ftz").write_bytes(b"other")
    assert main(["models", "verify"]) == 3
