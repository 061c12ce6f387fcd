"""``crossreel doctor`` says what is here and how to get the rest."""

import json
import tomllib
from pathlib import Path

import pytest

from crossreel.cli import doctor, main

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def examined(capsys: pytest.CaptureFixture[str], home: Path) -> dict:
    assert main(["doctor", "--home", str(home), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_extra_and_each_of_its_packages_is_looked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    sums = {"all", "dev"}
    monkeypatch.setattr(doctor, "_installed", lambda package: False)
    extras = examined(capsys, tmp_path / "none")["extras"]
    assert {name: len(one["missing"]) for name, one in extras.items()} == {
        name: len(packages) for name, packages in declared.items() if name not in sums
    }
    assert extras["media"]["command"] == "pip install 'crossreel[media]'"


def test_what_is_installed_needs_no_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    media = examined(capsys, tmp_path / "none")["extras"]["media"]
    assert media["installed"]
    assert media["missing"] == []
    assert media["command"] is None


def test_programs_and_models_that_are_absent_come_with_a_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CROSSREEL_MODELS_FOLDER", str(tmp_path / "models"))
    document = examined(capsys, tmp_path / "none")
    assert document["workspace"]["state"] == "none"
    assert all("install" in one["command"] for one in document["programs"].values())
    assert document["models"]["e5-small"]["command"] == "crossreel models pull e5-small"
    assert main(["doctor", "--home", str(tmp_path / "none")]) == 0
    assert "crossreel models pull e5-small" in capsys.readouterr().out
