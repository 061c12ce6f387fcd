import io
import re
from dataclasses import replace

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
]
GERMANY = Territory("DE")


def test_the_template_is_in_step_with_the_code():
    pot = catalog_path("en").parents[2] / "crossreel.pot"
    assert pot.read_text(encoding="utf-8") == pot_text(extracted()), (
        "run: python -m crossreel.web.locales_build"
    )


@pytest.mark.parametrize("language", OFFERED)
def test_every_catalog_is_complete_and_keeps_the_fields(language):
    catalog = read_po(io.BytesIO(catalog_path(language.tag).read_bytes()), locale=language.tag)
    wanted = {message.id for message in extracted() if message.id}
    assert {message.id for message in catalog if message.id} == wanted
    for message in catalog:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        targets = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(targets), message.id
        for source, target in zip(sources, targets, strict=True):
            assert _fields(source) == _fields(target), message.id


def test_spanish_is_not_english():
    catalog = read_po(io.BytesIO(catalog_path("es").read_bytes()), locale="es")
    same = [message.id for message in catalog if message.id and message.id == message.string]
    assert len(same) < 12, same  # Drama, Musical, min ...


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
    assert (path.startswith("/title/tiny:") and "none" not in path) or "<title>⟦" in html
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
    wording = Wording.in_language(Language("de"), stage.app.catalog)  # German is read in English for now
    assert wording.reason(Reason(reasons.BECAUSE_YOU_LIKED, (tiny_id("potemkin"),))) == (
        "Because you liked Panzerkreuzer Potemkin"
    )
    assert wording.reason(Reason(reasons.POPULAR_IN, (), GERMANY)) == "Popular here: Germany"


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


def test_a_right_to_left_interface_turns_the_page(stage):
    book = replace(phrasebook(Language("en")), language=Language("ar"))
    visitor = stage.visitor(books={"ar": book})
    assert '<html lang="ar" dir="rtl">' in visitor.get("/").text
