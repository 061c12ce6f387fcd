import gettext
import io
import re
import unicodedata
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po

from crossreel.audience.event import Viewer
from crossreel.catalog.genres import GENRES
from crossreel.catalog.title import CreditRole
from crossreel.errors import Missing
from crossreel.recommend import reasons
from crossreel.recommend.reasons import Reason
from crossreel.recommend.rows import ROW_CODES
from crossreel.rights.availability import Because
from crossreel.rights.decision import _NEARNESS
from crossreel.rights.license import Mode
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.web.locales_build import catalog_path, extracted, pot_text
from crossreel.web.phrasebook import OFFERED, phrasebook, pseudo_phrasebook
from crossreel.web.wording import GENRE_NAMES, Wording

PATHS = [
    *("/", "/search", "/search?q=moon", "/search?q=zzzz", "/preferences", "/nowhere"),
    *(f"/title/tiny:{key}" for key in ("moon", "crossroads", "phantom-carriage", "zaynab", "none")),
    "/title/moon",
    *("/browse", "/browse?genre=drama&decade=1920&country=FR", "/person/Louis%20Feuillade", "/person/Nobody"),
    *("/list", "/ratings", "/history", "/profiles", "/search/suggest?q=moon", "/search/suggest?q=mooon"),
    *("/watch/tiny:moon", "/watch/tiny:phantom-carriage", "/title/tiny:vampires", "/search?q=mooon"),
]
GERMANY = Territory("DE")


def test_the_template_is_in_step_with_the_code():
    pot = catalog_path("en").parents[2] / "crossreel.pot"
    assert pot.read_text(encoding="utf-8") == pot_text(extracted()), (
        "run: python -m crossreel.web.locales_build"
    )


@pytest.mark.parametrize("language", OFFERED, ids=str)
def test_every_catalog_is_complete_and_keeps_the_fields(language):
    catalog = _catalog(language)
    assert catalog_path(language.tag).read_text(encoding="utf-8") == pot_text(catalog)
    wanted = {message.id for message in extracted() if message.id}
    assert {message.id for message in catalog if message.id} == wanted
    for message in catalog:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        targets = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(targets), message.id
        assert not message.fuzzy, f"{message.id}: a draft that nobody has read"
        assert len(targets) == (catalog.num_plurals if len(sources) > 1 else 1), message.id
        for target in targets:
            assert _fields(sources[-1]) == _fields(target), (message.id, target)
            assert target == target.strip(), message.id


@pytest.mark.parametrize("language", OFFERED, ids=str)
def test_plural_forms_are_those_of_cldr(language):
    book = phrasebook(language)
    form = gettext.c2py(_catalog(language).plural_expr)
    pairs = {(form(number), book.locale.plural_form(number)) for number in range(1000)}
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


@pytest.mark.parametrize("language", OFFERED[1:], ids=str)
def test_a_translation_is_not_english(language):
    same = [message.id for message in _catalog(language) if message.id and message.id == message.string]
    assert len(same) < 20, same  # Drama, Musical, min ...


@pytest.mark.parametrize("language", OFFERED[1:], ids=str)
def test_a_translation_is_written_in_its_script(language):
    scripts = {"ar": "ARABIC", "hi": "DEVANAGARI", "ja": ("CJK", "HIRAGANA", "KATAKANA"), "zh": "CJK"}
    prefix = scripts.get(language.primary, "LATIN")
    for message in _catalog(language):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts if message.id else ():
            letters = [one for one in re.sub(r"%\(\w+\)s", "", text) if one.isalpha()]
            known = any(unicodedata.name(one).startswith(prefix) for one in letters)
            assert known or not letters or message.id in {"LGBTQ", "Science fiction"}, (message.id, text)


@pytest.mark.parametrize("language", OFFERED, ids=str)
def test_every_page_can_be_read_in_every_language(stage, language):
    visitor = stage.visitor()
    visitor.headers["accept-language"] = language.tag
    direction = "rtl" if language.tag == "ar" else "ltr"
    for path in (path for path in PATHS if "suggest" not in path):
        html = visitor.get(path).text
        assert f'<html lang="{language.tag}" dir="{direction}"' in html, path
        assert "%(" not in html, path


def test_names_keep_their_own_direction_inside_a_right_to_left_sentence():
    book = phrasebook(Language("ar"))
    text = book.gettext("Like %(titles)s", titles="The General")
    assert "\u2068The General\u2069" in text
    assert "\u2068" not in phrasebook(Language("de")).gettext("Like %(titles)s", titles="The General")


def test_numbers_lists_and_days_are_those_of_cldr():
    said = {}
    for language in OFFERED:
        book = phrasebook(language)
        day = book.day(datetime(2026, 3, 5, 12, tzinfo=UTC), GERMANY)
        said[language.tag] = (book.number(1234.5), book.listed(["A", "B", "C"]), day, book.percent(0.5))
    assert said["de"] == ("1.234,5", "A, B und C", "5. März 2026", "50\xa0%")
    assert said["hi"][1:3] == ("A, B, और C", "5 मार्च 2026")
    assert said["ja"][1:3] == ("A、B、C", "2026年3月5日")
    assert said["zh-Hans"][1:3] == ("A、B和C", "2026年3月5日")
    assert said["pt-BR"][:3] == ("1.234,5", "A, B e C", "5 de março de 2026")
    assert "مارس" in said["ar"][2]
    assert "وB" in said["ar"][1]


def _catalog(language):
    return read_po(io.BytesIO(catalog_path(language.tag).read_bytes()), locale=language.tag.replace("-", "_"))


def _fields(text):
    return sorted(re.findall(r"%\((\w+)\)s", text))


def _disguise(text):
    """Marks a text as translated; its fields stay."""
    return f"⟦{text}⟧"


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_hard_coded(stage, path):
    stage.app.viewers.put([Viewer(ViewerId("tiny", "nameless"), territory=Territory("US"), simulated=True)])
    visitor = stage.visitor(books={"en": pseudo_phrasebook(_disguise)})
    visitor.choose(viewer="tiny:nameless")
    html = visitor.get(path).text
    page = stage.read(html)
    plain = [text for text, kept in page.texts if not kept and _has_words(text)]
    assert not plain
    named = (path.startswith("/title/tiny:") and "none" not in path) or "suggest" in path
    assert named or "<title>⟦" in html
    assert not [one for one in page.attributes if _has_words(one[2]) and "⟦" not in one[2]]


def _has_words(text):
    bare = re.sub(r"⟦[^⟦⟧]*⟧", "", re.sub(r"⟦[^⟦⟧]*⟧", "", re.sub(r"⟦[^⟦⟧]*⟧", "", text)))
    return any(letter.isalpha() for letter in bare)


@pytest.mark.parametrize("language", OFFERED)
def test_every_code_of_the_domains_has_words(stage, language):
    wording = Wording.in_language(language, stage.app.catalog)
    for code in reasons.CODES:
        assert wording.reason(Reason(code, (tiny_id("moon"),), GERMANY))
        assert wording.reason(Reason(code))
    for code in ROW_CODES:
        assert wording.heading(code, tiny_id("moon"), GERMANY)
    for code in _NEARNESS:
        because = Because(code, "", when=stage.clock.now)
        assert "%" not in wording.refusal(because, GERMANY)
    for mode in Mode:
        assert wording.offer(mode, None, GERMANY)
        assert "2026" in wording.offer(mode, stage.clock.now, GERMANY)
    for role in CreditRole:
        assert wording.role(role)
    assert set(GENRES) <= set(GENRE_NAMES)


def test_reasons_differ_by_their_data(stage):
    wording = Wording.in_language(Language("de"), stage.app.catalog)
    assert wording.reason(Reason(reasons.BECAUSE_YOU_LIKED, (tiny_id("potemkin"),))) == (
        "Weil dir Panzerkreuzer Potemkin gefallen hat"
    )
    assert wording.reason(Reason(reasons.POPULAR_IN, (), GERMANY)) == "Beliebt hier: Deutschland"


def test_every_territory_has_a_name():
    for language in OFFERED:
        book = phrasebook(language)
        for territory in (*all_territories(), *(Territory(code) for code in ("SU", "YU", "CS", "DD", "AN"))):
            assert book.territory(territory) != territory.code


def test_days_are_those_of_the_place(stage):
    book = phrasebook(Language("es"))
    instant = stage.clock.now.replace(month=1, day=1, hour=0)
    assert book.day(instant, Territory("JP")) == "1 de enero de 2026"
    assert book.day(instant, Territory("US")) == "31 de diciembre de 2025"


def test_a_language_that_is_not_offered_is_refused():
    with pytest.raises(Missing, match="en, es"):
        phrasebook(Language("fr"))
