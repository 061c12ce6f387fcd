"""Aspects, the report of a title's reviews, and its command."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crossreel.app import open_app
from crossreel.audience.event import Event, EventKind
from crossreel.cli import main
from crossreel.errors import BadInput
from crossreel.insight.text.aspects import find_aspects, find_spans
from crossreel.insight.text.reviews.checkpoint import Checkpoint
from crossreel.insight.text.reviews.reading import Review, read_reviews
from crossreel.insight.text.reviews.report import left_out, make_report
from crossreel.insight.text.reviews.tally import Tally, compare, compared, wilson
from crossreel.insight.text.sentences import Splitter
from crossreel.insight.text.tools import TextTools
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.text_roles import SentimentScore
from crossreel.web.review_report import aspect_chart, review_page, time_chart


class ByWord:
    """Says that what holds a bad word is bad."""

    def score(self, texts, languages=None):
        return [
            SentimentScore(0.1, 0.1, 0.8, Language("en"))
            if any(word in text.lower() for word in ("bad", "terrible", "awful"))
            else SentimentScore(0.8, 0.1, 0.1, Language("en"))
            for text in texts
        ]


@pytest.mark.parametrize(
    ("language", "text", "aspects"),
    [
        ("en", "The acting is great, but the subtitles are terrible.", {"acting", "subtitles"}),
        ("es", "El doblaje es pésimo.", {"dubbing"}),
        ("de", "Die Untertitel sind voller Fehler.", {"subtitles"}),
        ("fr", "La musique est belle mais les sous-titres sont pleins de fautes.", {"music", "subtitles"}),
        ("ja", "字幕が間違いだらけだ。", {"subtitles"}),
        ("ko", "자막 번역이 엉망이다.", {"subtitles", "translation"}),
        ("zh", "剧情无聊，但是配音很好。", {"story", "dubbing"}),
        ("ru", "Ужасный дубляж и плохой перевод.", {"dubbing", "translation"}),
        ("ar", "الموسيقى والصور جميلة جدا.", {"music"}),
        ("ar", "والترجمة سيئة جدا لكن التمثيل رائع.", {"translation", "acting"}),
        ("he", "הכתוביות שגויות אבל המשחק מצוין.", {"subtitles", "acting"}),
        ("el", "Οι υπότιτλοι είναι λάθος και η μεταγλώττιση χάλια.", {"subtitles", "dubbing"}),
        ("hu", "A feliratok hibásak, de a zene jó.", {"subtitles", "music"}),
        ("fi", "Tekstitys on huono, mutta näyttelijät ovat hyviä.", {"subtitles", "acting"}),
        ("pl", "Cena za wysoka.", {"price"}),
        ("en", "I had a good time.", set()),
        ("en", "A legendary attorney from Dublin, dubious but priceless; soldiers cherish him.", set()),
        ("pt", "Perdi meu tempo, a cena final é preciosa.", set()),
        ("fr", "Ce travail cherche la vérité en Argentine.", set()),
        ("es", "La temporada pasada fue preciosa.", set()),
        ("de", "Die Lage ist ernst.", set()),
        ("th", "ภาพยนตร์ซับซ้อนและแปลกดี", set()),
    ],
)
def test_aspects_in_many_languages(language, text, aspects):
    found = find_spans(text, Splitter(), Language(language))
    assert {aspect for aspect, *_ in found} == aspects
    assert all(0 <= start < end <= len(text) for *_, start, end in found)


@pytest.mark.parametrize(
    ("language", "text", "spans"),
    [
        (
            "sv",
            "Undertexterna är fel men skådespelarna är bra.",
            ["Undertexterna är fel", "men skådespelarna är bra."],
        ),
        ("he", "הכתוביות שגויות אבל המשחק מצוין.", ["הכתוביות שגויות", "אבל המשחק מצוין."]),
        ("en", "The men subtitling it did well.", ["The men subtitling it did well."]),
        ("zh", "“字幕错了！”他说。配音很好。", ["“字幕错了！”他说。", "配音很好。"]),
    ],
)
def test_quotes_are_the_words_of_the_text(language, text, spans):
    found = find_spans(f"  {text}", Splitter(), Language(language))
    assert [f"  {text}"[start:end] for *_, start, end in found] == spans


def test_each_aspect_gets_its_own_clause():
    text = "The acting is great, but the subtitles are terrible."
    (mentions,) = find_aspects([text], Splitter(), ByWord(), [Language("en")])
    told = {one.aspect: (one.span, one.opinion.label) for one in mentions}
    assert told["acting"] == ("The acting is great", "positive")
    assert told["subtitles"] == ("but the subtitles are terrible.", "negative")
    assert all(text[one.start : one.end] == one.span for one in mentions)


def reviews_of(count, bad, day=None):
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Review(
            f"v{n}",
            day or first + timedelta(days=n % 90),
            f"The subtitles are {'awful' if n < bad else 'fine'}, review number {n}.",
            Language("en"),
        )
        for n in range(count)
    ]


def tally(territory, reviews):
    made, scorer = Tally(territory), ByWord()
    texts, languages = [one.text for one in reviews], [one.language for one in reviews]
    made.add(reviews, scorer.score(texts), find_aspects(texts, Splitter(), scorer, languages))
    return made


def test_a_difference_needs_numbers():
    rows = compare(tally("US", reviews_of(100, 10)), tally("BR", reviews_of(100, 60)))
    told = {"all reviews": True, "subtitles": True, "complaints about subtitles": True}
    assert {row["what"]: row["differs"] for row in rows} == told
    few = compare(tally("US", reviews_of(5, 1)), tally("BR", reviews_of(5, 3)))
    assert not any(row["differs"] for row in few)
    assert all(row["p"] <= row["p_corrected"] <= 1 for row in rows)


def test_what_only_one_country_complains_of_is_a_difference():
    silent = [replace(one, text=f"A good evening, number {n}.") for n, one in enumerate(reviews_of(60, 0))]
    rows = compare(tally("US", silent), tally("BR", reviews_of(40, 20)))
    (first,) = [row for row in rows if row["what"] == "complaints about subtitles"]
    assert first["differs"]
    assert (first["US"]["negative"], first["US"]["of"]) == (0, 60)
    assert (first["BR"]["negative"], first["BR"]["of"]) == (20, 40)
    few = compare(tally("US", silent), tally("BR", reviews_of(40, 4)))
    assert [row["what"] for row in few] == ["all reviews"]


def test_a_bomb_is_a_day_that_its_neighbors_do_not_explain():
    day = datetime(2026, 2, 14, 12, tzinfo=UTC)
    calm = tally("US", reviews_of(90, 20))
    assert calm.bombs() == []
    bombed = tally("US", reviews_of(90, 20) + reviews_of(40, 40, day))
    assert [one["day"] for one in bombed.bombs()] == ["2026-02-14"]


def test_duplicates_are_counted():
    one = Review("a", None, "The very same text, word for word.", None)
    made = tally("US", [one, Review("b", None, "the very same  text, word for word.", None)])
    assert made.to_dict()["duplicates"] == {"texts": 1, "reviews": 2}


def film_reviews(app, said):
    """Reviews of one film: (country, text) each; its id."""
    film = TitleId("reviews", "film")
    app.events.append(
        [
            Event(
                EventKind.REVIEW,
                ViewerId("reviews", f"{n:03}"),
                film,
                datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n),
                text=text,
                territory=Territory(place),
                language=Language("en"),
            )
            for n, (place, text) in enumerate(said)
        ]
    )
    return film


class WordTools(TextTools):
    """Texts are read by words, without any model."""

    def __init__(self):
        super().__init__(None, None, None)

    def scorer(self, tier="accurate"):
        scorer = ByWord()
        scorer.name = "words"
        return scorer


def report_of(app, film, *codes):
    return make_report(
        app.events, [film], [Territory(code) for code in codes], WordTools(), lambda *_: None, tier="fast"
    )


def test_texts_that_reviews_share_are_shown_with_their_counts(tmp_path):
    app = open_app(tmp_path / "shop", create=True, environment={})
    shared = "The very same text, word for word."
    said = [("US", shared), ("US", shared.upper()), ("US", "Another one that two people sent in.")]
    said += [("US", shared), said[-1], ("US", "Only one person wrote this here.")]
    film = film_reviews(app, said)
    document = report_of(app, film, "US")
    (country,) = document["countries"]
    assert country["duplicates"] == {
        "texts": 2,
        "reviews": 5,
        "examples": [
            {"text": shared, "language": "en", "reviews": 3},
            {"text": said[2][1], "language": "en", "reviews": 2},
        ],
    }
    page = review_page({**document, "name": "Film"})
    assert "5 reviews share 2 texts." in page
    assert f'{shared}<br><small lang="en">in 3 reviews' in page
    app.close()


def test_a_country_without_reviews_is_refused_before_anything_is_read(tmp_path):
    app = open_app(tmp_path / "shop", create=True, environment={})
    film = film_reviews(app, [("US", "A great film.")])
    with pytest.raises(BadInput, match="no review of this title from NO, SE"):
        report_of(app, film, "US", "NO", "SE")
    app.close()


def opinion(negative, of):
    low, high = wilson(negative, of)
    bad = {"count": negative, "share": negative / of, "low": low, "high": high}
    low, high = wilson(of - negative, of)
    return {
        "positive": {"count": of - negative, "share": 1 - negative / of, "low": low, "high": high},
        "negative": bad,
    }


def aspects(*told):
    rows = [{"aspect": name, "mentions": of, "opinion": opinion(negative, of)} for name, negative, of in told]
    return {"territory": "BR", "aspects": rows}


@pytest.mark.parametrize(
    ("told", "finding"),
    [
        ([("subtitles", 39, 42), ("acting", 3, 3)], "subtitles (39 of 42 mentions)"),
        ([("music", 2, 9), ("story", 1, 4), ("acting", 2, 2)], "music and acting (2 each)"),
    ],
)
def test_a_chart_names_what_most_complaints_are_about(told, finding):
    assert aspect_chart(aspects(*told)).finding == f"BR: most complaints are about {finding}"


def test_a_chart_without_complaints_says_so():
    assert aspect_chart(aspects(("music", 0, 9))).finding == "BR: nobody complains about an aspect"


@pytest.mark.parametrize(
    ("first", "last", "finding"),
    [
        ((0, 3), (2, 4), "no change shown between 2026-01 and 2026-03"),
        ((10, 100), (60, 100), "90 % positive in 2026-01, 40 % in 2026-03"),
    ],
)
def test_two_months_differ_only_where_their_intervals_do(first, last, finding):
    months = [{"month": "2026-01", **opinion(*first)}, {"month": "2026-03", **opinion(*last)}]
    assert time_chart({"territory": "BR", "months": months}).finding == f"BR: {finding}"


def test_comparisons_say_what_they_count():
    told = [compared(what) for what in ("all reviews", "subtitles", "complaints about subtitles")]
    assert [phrase % {"aspect": aspect} for phrase, aspect in told] == [
        "negative reviews",
        "negative mentions of subtitles",
        "reviews with complaints about subtitles",
    ]


def test_what_is_left_out_is_said_and_summaries_carry_their_translations():
    country = tally("BR", reviews_of(8, 2)).to_dict()
    said = {"text": "Um filme lindo.", "language": "pt", "translation": "A beautiful film."}
    document = {
        "name": "Film",
        "model": "words",
        "countries": [{**country, "not_read": 7, "in_short": [said]}],
        "differences": [],
        "not_translated": {"fi": "No engine translates from fi into en."},
    }
    lines = [
        "BR: 7 reviews are left out, in languages that the fast tier does not read.",
        "Quotes in fi are not translated: No engine translates from fi into en.",
    ]
    assert left_out(document) == lines
    page = review_page(document)
    assert all(line in page for line in lines)
    assert "<em>A beautiful film.</em> (machine translation)" in page


def test_wilson_interval():
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert wilson(0, 0) == (0.0, 1.0)
    assert Counter(round(value, 2) for value in wilson(0, 50))[0.0] == 1


def test_from_the_file_to_the_report(pretrained, tmp_path, capfdbinary):
    pretrained("e5-small"), pretrained("lid-176")
    path, home, out = tmp_path / "reviews.csv", tmp_path / "shop", tmp_path / "out"
    rows = [("viewer", "title", "text", "territory", "time")]
    said = {
        "US": ["I loved the story and the acting.", "A wonderful film.", "Boring, a waste of time."],
        "BR": ["As legendas estão cheias de erros.", "A dublagem é péssima.", "Um filme lindo, adorei."],
        "KR": ["자막이 오역투성이다.", "연기가 훌륭하다."],
        "FR": ["Les sous-titres sont pleins de fautes.", "La musique est magnifique."],
    }
    for territory, texts in said.items():
        rows += [(f"{territory}{n}", "film1", text, territory, "2026-03-01") for n, text in enumerate(texts)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    assert main(["reviews", "import", str(path), "--home", str(home), "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["events"] == 10
    words = ["reviews", "report", "reviews:film1", "--territory", "US", "--against", "BR"]
    assert main([*words, "--home", str(home), "--out", str(out), "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert [one["reviews"] for one in document["countries"]] == [3, 3]
    complaints = {(one["territory"], one["aspect"]) for one in document["localization_complaints"]}
    assert complaints == {("BR", "subtitles"), ("BR", "dubbing")}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "As legendas estão cheias de erros." in page
    assert (out / "report.csv").read_text(encoding="utf-8").startswith("territory,aspect,label")
    with (out / "differences.csv").open(encoding="utf-8", newline="") as file:
        compared = list(csv.DictReader(file))
    told = document["differences"][0]
    assert [row["what"] for row in compared] == [row["what"] for row in told["rows"]]
    first, same = compared[0], told["rows"][0]
    assert (first["home"], first["abroad"]) == (told["home"], told["abroad"])
    assert int(first["abroad_negative"]) == same[told["abroad"]]["negative"]
    assert float(first["p_corrected"]) == pytest.approx(same["p_corrected"], rel=1e-3)
    assert "negative mentions of" in page or "negative reviews" in page
    assert main([*words[:3], "--territory", "JP", "--home", str(home)]) == 3
    capfdbinary.readouterr()
    assert main([*words, "--against", "NO", "--home", str(home)]) == 3
    assert b"no review of this title from NO" in capfdbinary.readouterr().err
    assert main([*words, "--against", "US", "--home", str(home)]) == 3
    assert b"another than US" in capfdbinary.readouterr().err
    assert main([*words, "--home", str(home), "--out", str(path)]) == 3
    assert b"cannot be made a folder" in capfdbinary.readouterr().err
    fast = ["reviews", "report", "reviews:film1", "--territory", "KR", "--against", "BR", "--tier", "fast"]
    assert main([*fast, "--home", str(home)]) == 3
    assert b"The fast tier reads none of the languages of the reviews from BR" in capfdbinary.readouterr().err
    assert main([*words, "--home", str(home)]) == 0
    assert b"negative reviews" in capfdbinary.readouterr().out


def test_reviews_are_read_by_key_and_a_stopped_report_goes_on(tmp_path, capfdbinary):
    app = open_app(tmp_path / "shop", create=True, environment={})
    film, start = TitleId("reviews", "film"), datetime(2026, 1, 1, tzinfo=UTC)
    said = ("The subtitles are terrible.", "A great film, I loved it.", "Good acting but bad dubbing.")
    app.events.append(
        [
            Event(
                EventKind.REVIEW,
                ViewerId("reviews", f"{n:03}"),
                film,
                None if n % 7 == 0 else start + timedelta(hours=n // 3),
                text=f"{said[n % 3]} Number {n // 4}.",
                territory=Territory("US"),
            )
            for n in range(120)
        ]
    )
    everything = list(read_reviews(app.events, [film], Territory("US"), 1000))
    portions = list(read_reviews(app.events, [film], Territory("US"), 7))
    assert [one for portion, _ in portions for one in portion] == everything[0][0]
    assert len(portions) == 18, "each review stands in one portion"
    halfway = list(read_reviews(app.events, [film], Territory("US"), 1000, after=portions[8][1]))
    assert halfway[0][0] == everything[0][0][63:]

    kept, tally, scorer = Checkpoint(tmp_path / "part.json", "key"), Tally("US"), ByWord()
    for portion, place in portions:
        texts = [one.text for one in portion]
        languages = [Language("en")] * len(texts)
        tally, _ = kept.begin("US")
        tally.add(portion, scorer.score(texts), find_aspects(texts, Splitter(), scorer, languages))
        kept.keep(tally, place)
        kept = Checkpoint(tmp_path / "part.json", "key")  # as another process finds it
    whole = Tally("US")
    texts = [one.text for one in everything[0][0]]
    mentions = find_aspects(texts, Splitter(), scorer, [Language("en")] * len(texts))
    whole.add(everything[0][0], scorer.score(texts), mentions)
    assert kept.begin("US")[0].to_dict() == whole.to_dict()
    assert Checkpoint(tmp_path / "part.json", "other").begin("US")[0].to_dict()["reviews"] == 0
    app.close()
