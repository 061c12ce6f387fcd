import json
from pathlib import Path

import pytest

from crossreel.app import open_app
from crossreel.cli import main
from crossreel.testing.tiny import tiny_catalog


def test_the_matrix_of_a_title(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    home = tmp_path / "shop"
    app = open_app(home, create=True)
    tiny = tiny_catalog()
    tiny.fill(catalog=app.catalog)
    title = next(one for one in tiny.titles if one.original_languages and one.runtime_minutes)
    app.close()
    assets = tmp_path / "assets.json"
    assets.write_text('[{"kind": "subtitles", "language": "pt-BR", "quality": "human", "where": "x.srt"}]')
    words = [
        "versions",
        "matrix",
        "--title",
        str(title.id),
        "--territory",
        "BR",
        "--home",
        str(home),
        "--json",
    ]
    assert main([*words, "--assets", str(assets)]) == 0
    read = json.loads(capsysbinary.readouterr().out)
    rows = {(row["kind"], row["language"]): row for row in read["rows"]}
    assert rows["subtitles", "pt"]["where"] == "x.srt"
    assert rows["audio", "pt"]["state"] == "missing"
    assert read["cost"] > 0
    assert read["next_languages"][0]["new_viewers"] > 1e6
    assert read["sources"]["read"] == "2026-11"
    whole = ["versions", "matrix", "--territory", "BR", "--home", str(home), "--json"]
    assert main(whole) == 0
    every = json.loads(capsysbinary.readouterr().out)
    costs = [row["cost"] for row in every["titles"]]
    assert costs == sorted(costs)
    own = next(row for row in every["titles"] if row["title"] == str(title.id))
    assert {"kind": "audio", "language": "pt"} in own["missing"]
    known = [one for one in tiny.titles if one.original_languages]
    assert len(every["titles"]) == len(known)
    assert main([*whole, "--assets", str(assets)]) == 2
    for wrong in ("{}", '[{"kind": "smell", "language": "pt"}]', "[1]", "nothing"):
        assets.write_text(wrong)
        assert main([*words, "--assets", str(assets)]) == 3
    prices = tmp_path / "prices.json"
    prices.write_text('{"audio": -1}')
    assert main([*words, "--prices", str(prices)]) == 3
    assert main([*words[:5], "BR", "--home", str(tmp_path / "none"), "--json"]) == 4
    assert main(["versions", "matrix", "--title", "tiny:nothing", *words[4:]]) == 3
