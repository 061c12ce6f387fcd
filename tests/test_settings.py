from pathlib import Path

import pytest

from crossreel.errors import BadFile, BadValue
from crossreel.settings import Settings, default_home, load_settings, setting_rows


def test_defaults_without_a_file(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_the_file_overrides_defaults_and_the_environment_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "crossreel.toml").write_text('[web]\nport = 9000\nterritory = "DE"\n', encoding="utf-8")
    settings = load_settings(tmp_path, {"CROSSREEL_WEB_PORT": "9100", "CROSSREEL_WEB_SECURE_COOKIES": "yes"})
    assert (settings.web.port, settings.web.territory, settings.web.secure_cookies) == (9100, "DE", True)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("not toml at all [", BadFile),
        ("[nowhere]\nx = 1\n", BadFile),
        ("[web]\nporrt = 1\n", BadFile),
        ('[web]\nport = "many"\n', BadValue),
        ("[web]\nport = -1\n", BadValue),
        ("[web]\nport = true\n", BadValue),
        ("[web]\nhost = 5\n", BadValue),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, text: str, error: type[Exception]) -> None:
    (tmp_path / "crossreel.toml").write_text(text, encoding="utf-8")
    with pytest.raises(error):
        load_settings(tmp_path, {})


def test_the_home_comes_from_the_environment() -> None:
    assert default_home({"CROSSREEL_HOME": "somewhere"}) == Path("somewhere")
    assert default_home({}) == Path("crossreel-workspace")


def test_of_a_key_only_is_told_that_it_is_set(tmp_path: Path) -> None:
    (tmp_path / "crossreel.toml").write_text('[translate]\ndeepl_key = "secret"\n')
    environment = {"CROSSREEL_SPEECH_HTTP_KEY": "hidden"}
    rows = setting_rows(load_settings(tmp_path, {}), tmp_path, environment)
    told = {f"{row.section}.{row.name}": (row.value, row.pending) for row in rows}
    assert told["translate.deepl_key"] == ("(set, not shown)", None)
    assert told["speech.http_key"] == ("", "(set, not shown)")
    assert told["translate.openai_key"] == ("", None)
    assert "secret" not in repr(rows)
    assert "hidden" not in repr(rows)
