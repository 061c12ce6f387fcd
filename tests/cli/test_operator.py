import io
import json
from pathlib import Path

import pytest

from crossreel.cli import main
from crossreel.testing.tiny import tiny_catalog

PASSWORD = "four quiet tin boats"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    from crossreel.app import open_app

    app = open_app(tmp_path / "home", create=True)
    tiny_catalog().fill(app.catalog)
    app.close()
    return tmp_path / "home"


def run(home: Path, capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, object]:
    capfd.readouterr()
    assert main(["operator", *words, "--home", str(home), "--json"]) == code
    return json.loads(capfd.readouterr().out)  # type: ignore[no-any-return]


def test_an_operator_from_adding_to_disabling(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, role in (("root@example.org", "administrator"), ("ada@example.org", "editor")):
        monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
        added = run(home, capfd, "add", name, "--role", role, "--password-stdin")
        assert added == {"name": name, "role": role}
    token = run(home, capfd, "token", "ada@example.org", "--scope", "read", "--days", "7")
    assert str(token["token"]).startswith("crossreel_")
    assert run(home, capfd, "disable", "ada@example.org")["disabled"] is True
    told = run(home, capfd, "list")["operators"]
    assert isinstance(told, list)
    assert [(one["name"], one["state"]) for one in told] == [
        ("ada@example.org", "disabled"),
        ("root@example.org", ""),
    ]
    assert (
        run(home, capfd, "change", "ada@example.org", "--enable", "--role", "reporter")["disabled"] is False
    )


def test_wrong_words(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    error = run(home, capfd, "add", "ada@example.org", "--password-stdin", code=3)["error"]
    assert isinstance(error, dict)
    assert "short" not in json.dumps(error["message"].replace("shortest", ""))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    run(home, capfd, "add", "ada@example.org", code=2)
    run(home, capfd, "disable", "nobody@example.org", code=3)
