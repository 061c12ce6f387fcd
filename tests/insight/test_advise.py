"""Advice for a country rests on evidence and is ranked."""

from __future__ import annotations

import json
from dataclasses import replace

from crossreel.app import open_app
from crossreel.catalog.attachment import Attachment, AttachmentRole
from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import TitleRecord
from crossreel.catalog.title import LocalizedText, Title
from crossreel.cli import main
from crossreel.cli.insight import _print_advice
from crossreel.insight.advise import advise, language_of
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory


def share(count, of):
    return {"count": count, "share": count / of, "low": max(0.0, count / of - 0.2), "high": 1.0}


def aspect(name, positive, negative):
    of = positive + negative
    quotes = {
        "negative": [{"text": f"bad {name}", "language": "pt"}],
        "positive": [{"text": f"good {name}", "language": "pt"}],
    }
    opinion = {"positive": share(positive, of), "neutral": share(0, of), "negative": share(negative, of)}
    return {"aspect": name, "mentions": of, "opinion": opinion, "quotes": quotes}


REPORT = {
    "countries": [
        {
            "territory": "BR",
            "reviews": 40,
            "aspects": [aspect("subtitles", 1, 9), aspect("music", 18, 1), aspect("dubbing", 5, 1)],
        }
    ],
    "differences": [],
}
FILM = Title(TitleId("shop", "1"), "The Light", original_languages=(Language("en"),))


def test_languages_of_territories():
    assert [language_of(Territory(code)).tag for code in ("BR", "KR", "FR")] == ["pt-BR", "ko-KR", "fr-FR"]


def test_complaints_come_first_and_carry_their_quotes():
    found = advise(FILM, Territory("BR"), REPORT)["advice"]
    assert [one["urgency"] for one in found] == sorted((one["urgency"] for one in found), reverse=True)
    first = found[0]
    assert first["kind"] == "localization"
    assert "subtitles" in first["what"]
    assert {"quote": "bad subtitles", "language": "pt"} in first["evidence"]
    assert all(one["evidence"] and one["test"] for one in found)
    assert any("music" in one["what"] and one["kind"] == "synopsis" for one in found)
    many, few = (next(one for one in found if name in one["what"]) for name in ("subtitles", "dubbing"))
    assert many["urgency"] > few["urgency"]


def test_what_is_liked_less_at_home_is_not_held_back_abroad():
    def advice_where(here, home):
        row = {
            "what": "acting",
            "BR": {"share": here},
            "US": {"share": home},
            "p_corrected": 0.01,
            "differs": True,
        }
        report = {
            "countries": [{"territory": "BR", "reviews": 40, "aspects": [aspect("acting", 12, 8)]}],
            "differences": [{"home": "BR", "abroad": "US", "rows": [row]}],
        }
        return [
            one["what"] for one in advise(FILM, Territory("BR"), report)["advice"] if "acting" in one["what"]
        ]

    assert any("liked less here" in one for one in advice_where(0.4, 0.1))
    assert not any("liked less here" in one for one in advice_where(0.4, 0.9))


def test_texts_that_are_there_are_not_asked_for():
    missing = {one["evidence"][0].get("field") for one in advise(FILM, Territory("BR"), None)["advice"]}
    assert missing == {"synopsis", "name"}
    text = LocalizedText(Language("pt-BR"), name="A Luz", synopsis="Um farol.")
    whole = Title(FILM.id, FILM.name, original_languages=FILM.original_languages, texts=(text,))
    document = advise(whole, Territory("BR"), None)
    assert document["advice"] == []
    assert document["not_looked_at"][0] == "reviews from BR: no report of them was made"


def test_the_command(tmp_path, capfdbinary):
    path = tmp_path / "reviews.csv"
    path.write_text("viewer,title,text,territory\n1,film,Good.,US\n", encoding="utf-8")
    assert main(["reviews", "import", str(path), "--home", str(tmp_path / "shop")]) == 0
    capfdbinary.readouterr()
    words = [
        "insight",
        "advise",
        "reviews:film",
        "--territory",
        "BR",
        "--home",
        str(tmp_path / "shop"),
        "--json",
    ]
    assert main(words) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert document["language"] == "pt-BR"
    assert document["advice"]


def test_the_terminal_tells_all_of_it(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    row = {
        "what": "subtitles",
        "BR": {"share": 0.9, "of": 10},
        "US": {"share": 0.1, "of": 20},
        "p_corrected": 0.001,
        "differs": True,
    }
    differences = [{"home": "BR", "abroad": "US", "rows": [row]}]
    _print_advice(advise(FILM, Territory("BR"), {**REPORT, "differences": differences}))
    told = capsys.readouterr().out
    for part in (
        "1. Check and correct the subtitles: 9 of 10 mentions of subtitles complain.",
        "9 of 10 mentions of subtitles: 90% (95 % interval 70% to 100%)",
        "“bad subtitles” (pt)",
        "negative mentions of subtitles: BR 90% of 10, US 10% of 20, p 0.001",
        "To test it: Compare the share of complaints about subtitles before and after.",
        "   crossreel subtitles check FILE --language pt-BR\n",
        "field synopsis, shown in –, wanted pt-BR",
        "Not looked at:",
        "the film was not looked into",
    ):
        assert part in told
    assert max(map(len, told.splitlines())) <= 80
    _print_advice({"name": "Film", "territory": "NO", "advice": [], "not_looked_at": ["reviews from NO"]})
    assert capsys.readouterr().out == "Film, NO\nNothing is advised.\n\nNot looked at:\n   reviews from NO\n"


def test_a_home_without_reviews_hinders_no_report(pretrained, tmp_path, capfdbinary):
    pretrained("e5-small"), pretrained("lid-176")
    film = Title(TitleId("reviews", "film"), "The Light", countries=(Territory("US"),))
    app = open_app(tmp_path / "shop", create=True, environment={})
    app.catalog.put([TitleRecord(film, content_hash(film))], [film], {film.id: film.id}, ())
    app.close()
    reviews = tmp_path / "reviews.csv"
    reviews.write_text(
        "viewer,title,text,territory\n1,film,As legendas estão cheias de erros.,BR\n", encoding="utf-8"
    )
    home = ["--home", str(tmp_path / "shop")]
    assert main(["reviews", "import", str(reviews), *home]) == 0
    capfdbinary.readouterr()
    words = ["insight", "advise", "reviews:film", *home, "--territory"]
    assert main([*words, "BR", "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert document["report_made_at"]
    assert document["not_looked_at"][0].startswith("how opinions differ from home (US)")
    assert main([*words, "BR", "--against", "NO"]) == 3
    assert b"no review of this title from NO" in capfdbinary.readouterr().err
    assert main([*words, "NO"]) == 0
    assert "reviews from NO: no report of them was made" in capfdbinary.readouterr().out.decode()


LINE = {"text": "Kein Eintritt", "language": "de", "start": 12.0, "end": 14.0, "score": 0.9}
SCENE = {"topic": "weapons", "seen": "knife", "start": 30.0, "end": 31.0, "frame": 720, "score": 0.8}
PICTURE = {
    "frame": 240,
    "time": 10.0,
    "score": 0.7,
    "faces": [[0, 0, 1, 1]],
    "crops": {"2:3": {"keeps_all": True, "title": {"ltr": "lower left", "rtl": "lower right"}}},
}
BOARD = {
    "territory": "GB",
    "board": "BBFC",
    "source": "guides",
    "questions": [{"topic": "weapons", "signals": [0]}],
    "not_covered": ["violence"],
}
LOOKED_INTO = {
    "onscreen_text": [LINE, {**LINE, "text": "?", "language": None}, {**LINE, "language": "en"}],
    "compliance": {"signals": [SCENE], "territories": [BOARD]},
    "artwork": [PICTURE],
}


def from_film(territory, title=FILM):
    told = advise(title, Territory(territory), None, LOOKED_INTO)
    return {one["kind"]: one for one in told["advice"]}, told["not_looked_at"]


def test_the_film_says_what_to_redo_look_at_and_show():
    found, missing = from_film("GB")
    assert (
        found["picture"]["what"]
        == "Redo or subtitle 1 line of text in the picture for English: in German now."
    )
    assert found["picture"]["evidence"][1] == {"quote": "Kein Eintritt", "language": "de"}
    assert found["rating"]["what"] == "Look at 1 scene before BBFC asks about weapons."
    assert found["rating"]["evidence"][1]["start"] == 30.0
    assert found["artwork"]["evidence"][0]["room_for_the_title"] == "lower left"
    assert missing[-1] == "BBFC also asks about what no model here sees: violence"


def test_what_a_country_needs_not_is_not_advised():
    poster = Attachment(AttachmentRole.POSTER, "0" * 64, "image/png", 9, territory=Territory("DE"))
    found, missing = from_film("DE", replace(FILM, attachments=(poster,)))
    assert "artwork" not in found
    assert "rating" not in found
    assert "in English now" in found["picture"]["what"]
    assert "which one DE has is not known here" in missing[-1]
    assert from_film("AE")[0]["artwork"]["evidence"][0]["room_for_the_title"] == "lower right"


def test_a_film_that_was_not_looked_into_is_said():
    assert "the film was not looked into" in advise(FILM, Territory("GB"), None)["not_looked_at"][-1]
