"""The 13 queries of the search specification and 60 of our own over the sample catalog, all open."""

from __future__ import annotations

from importlib.resources import as_file, files

import pytest

from crossreel.catalog.importing import import_catalog
from crossreel.catalog.title import Credit, CreditRole, Title
from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

BESIDE = {
    "leon": ("Léon", ()),
    "lowcy": ("Łowcy głów", ()),
    "coeur": ("Un cœur en hiver", ()),
    "jonssonligan": ("Jönssonligan dyker upp igen", ()),
    "cidadao": ("Cidadão Ilustre", ()),
    "chihiro": ("千と千尋の神隠し", ("Sen to Chihiro no kamikakushi",)),
    "zhong": ("鐘馗嫁妹", ()),
    "parasite": ("기생충", ("Parasite",)),
    "brat": ("Брат", ()),
    "strasse": ("Straße der Nacht", ()),
    "odipus": ("Ødipus", ()),
    "istanbul": ("İstanbul Kırmızısı", ()),
    "forever": ("ชั่วฟ้าดินสลาย", ()),
    "nran": ("Նռան գույնը", ()),
    "avoda": ("עבודה", ()),
}
"""What the sample catalog does not have, so that every query has its film."""

SPECIFIED = [
    ("leon", "test:leon"),
    ("lowcy", "test:lowcy"),
    ("coeur", "test:coeur"),
    ("jonssonligan", "test:jonssonligan"),
    ("cidadao", "test:cidadao"),
    ("千尋", "test:chihiro"),
    ("钟", "test:zhong"),
    ("神隠し", "test:chihiro"),
    ("기생", "test:parasite"),
    ("брат", "test:brat"),
    ("strasse", "test:strasse"),
    ("odipus", "test:odipus"),
    ("istanbul", "test:istanbul"),
]
OWN = [
    # Latin, with and without the marks of nine languages
    ("melies lune", "sample:a-trip-to-the-moon-1902"),
    ("voyage dans la lune", "sample:a-trip-to-the-moon-1902"),
    ("a la conquete du pole", "sample:the-conquest-of-the-pole-1912"),
    ("haxan", "sample:haxan-1922"),
    ("Häxan", "sample:haxan-1922"),
    ("korkarlen", "sample:the-phantom-carriage-1921"),
    ("koerkarlen", "sample:the-phantom-carriage-1921"),
    ("independenta romaniei", "sample:independenta-romaniei-1912"),
    ("lacplesis", "sample:lacplesis-1930"),
    ("arsin mal alan", "sample:arshin-mal-alan-1945"),
    ("menilmontant", "sample:menilmontant-1926"),
    ("buchse der pandora", "sample:pandoras-box-1929"),
    ("schloss vogelod", "sample:the-haunted-castle-1921"),
    ("napoleon", "sample:napoleon-1927"),
    ("el automovil gris", "sample:el-automovil-gris-1919"),
    ("ultimo malon", "sample:el-ultimo-malon-1918"),
    ("hyppolit a lakaj", "sample:hyppolit-the-butler-1931"),
    ("bunuel", "sample:un-chien-andalou-1929"),
    ("METROPOLIS", "sample:metropolis-1927"),
    ("zero de conduite", "sample:zero-for-conduct-1933"),
    ("czlowiek z kamera", "sample:man-with-a-movie-camera-1929"),
    ("blekitny aniol", "sample:the-blue-angel-1930"),
    # Cyrillic
    ("стачка", "sample:strike-1925"),
    ("броненосец потемкин", "sample:battleship-potemkin-1925"),
    ("АЭЛИТА", "sample:aelita-1924"),
    ("звенигора", "sample:zvenigora-1928"),
    ("българан", "sample:the-bulgarian-is-gallant-1915"),
    ("пиковая", "sample:the-queen-of-spades-1916"),
    # Greek
    ("δαφνις", "sample:daphnis-and-chloe-1931"),
    ("Χλόη", "sample:daphnis-and-chloe-1931"),
    # Arabic, of Arabs and Persians
    ("باب الحديد", "sample:cairo-station-1958"),
    ("العزيمه", "sample:the-will-1939"),
    ("رحلة الى القمر", "sample:a-trip-to-the-moon-1902"),
    ("خانه سیاه", "sample:the-house-is-black-1963"),
    ("غزل", "sample:the-flirtation-of-girls-1949"),
    # Hebrew letters
    ("דיבוק", "sample:the-dybbuk-1937"),
    ("עבודה", "test:avoda"),
    # Devanagari
    ("आवारा", "sample:awaara-1951"),
    ("राजा", "sample:raja-harishchandra-1913"),
    ("दो बीघा", "sample:do-bigha-zamin-1953"),
    # Bengali, Tamil, Telugu, Malayalam, Sinhala
    ("পথের", "sample:pather-panchali-1955"),
    ("নায়ক", "sample:nayak-1966"),
    ("சந்திரலேகா", "sample:chandralekha-1948"),
    ("మాయాబజార్", "sample:mayabazar-1957"),
    ("ചെമ്മീൻ", "sample:chemmeen-1965"),
    ("රේඛාව", "sample:rekava-1956"),
    # Georgian, Armenian, Thai
    ("ჩემი ბებია", "sample:my-grandmother-1929"),
    ("Նռան", "test:nran"),
    ("ฟ้าดิน", "test:forever"),
    # Han: simplified, traditional, in the middle of a name
    ("女神", "sample:the-goddess-1934"),
    ("馬路天使", "sample:street-angel-1937"),
    ("马路", "sample:street-angel-1937"),
    ("铁扇", "sample:princess-iron-fan-1941"),
    ("小城之春", "sample:spring-in-a-small-town-1948"),
    # Japanese: kanji, kana of both kinds, of half width
    ("東京物語", "sample:tokyo-story-1953"),
    ("くもとちゅうりっぷ", "sample:the-spider-and-the-tulip-1943"),
    ("メトロポリス", "sample:metropolis-1927"),
    ("ﾒﾄﾛﾎﾟﾘｽ", "sample:metropolis-1927"),
    # Hangul
    ("하녀", "sample:the-housemaid-1960"),
    ("자유", "sample:madame-freedom-1956"),
    # by people and keywords
    ("murnau nosferatu", "sample:nosferatu-1922"),
    ("rocket", "sample:a-trip-to-the-moon-1902"),
]
MISTYPED = [
    ("nosfertau", "Nosferatu"),
    ("metroplis", "Metropolis"),
    ("pandoras bxo", "Pandora's Box"),
    ("bustr keaton", "Buster Keaton"),
    ("стчака", "Стачка"),
    ("caligarri", "Dr. Caligari"),
    ("مترروبوليس", "متروبوليس"),
]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    """The sample catalog and the films beside it, open everywhere but in Antarctica."""
    from crossreel.app import open_app
    from crossreel.catalog.documents import content_hash
    from crossreel.catalog.repository import TitleRecord

    app = open_app(tmp_path_factory.mktemp("scripts"), create=True, environment={})
    with as_file(files("crossreel.sample").joinpath("titles.jsonl")) as path:
        import_catalog(path, format="jsonl", source="sample", store=app.catalog)
    titles = [
        Title(
            TitleId("test", key),
            name,
            aliases=aliases,
            original_languages=(Language("und"),),
            credits=(Credit("Nobody", CreditRole.DIRECTOR),),
        )
        for key, (name, aliases) in BESIDE.items()
    ]
    records = [TitleRecord(title, content_hash(title)) for title in titles]
    app.catalog.put(records, titles, {title.id: title.id for title in titles}, [])
    app.licenses.add(
        License(f"all-{number}", id_, ("WORLD",), (Mode.AVOD,), excluded=("AQ",), reason="A test.")
        for number, id_ in enumerate(app.catalog.ids())
    )
    yield app
    app.close()


@pytest.fixture(scope="module")
def reader(scripts):
    """A visitor of that storefront."""
    from starlette.testclient import TestClient

    from crossreel.web.site import create_site

    return TestClient(create_site(scripts, secret=b"0" * 32))


def test_there_are_sixty_of_our_own_over_twelve_scripts():
    assert len(OWN) >= 60
    scripts_of = {Language.parse(tag).script for tag in ("en", "ru", "el", "ar", "he", "hi", "bn", "ta")}
    assert len(scripts_of | {"Telu", "Mlym", "Sinh", "Geor", "Armn", "Thai", "Hani", "Kana", "Hang"}) >= 12


@pytest.mark.parametrize(("typed", "id_"), [*SPECIFIED, *OWN])
def test_a_query_finds_its_film_among_the_first_three(scripts, typed, id_):
    found = [str(hit.title) for hit in scripts.search(typed, limit=3, territory=Territory("FR"))]
    assert id_ in found
    assert not scripts.search(typed, limit=3, territory=Territory("AQ"))


@pytest.mark.parametrize(("typed", "id_"), [*SPECIFIED, *OWN])
def test_it_is_suggested_while_typing(reader, typed, id_):
    answer = reader.get("/search/suggest", params={"q": typed})
    assert answer.status_code == 200
    assert f'href="/title/{id_}"' in answer.text


@pytest.mark.parametrize(("typed", "meant"), MISTYPED)
def test_a_mistyped_query_is_met_with_what_was_meant(reader, typed, meant):
    for path in ("/search", "/search/suggest"):
        answer = reader.get(path, params={"q": typed}, headers={"accept-language": "en"})
        assert "Did you mean" in answer.text
        assert meant.replace("'", "&#39;") in answer.text


def test_what_is_closed_is_neither_suggested_nor_meant(scripts):
    at = scripts.clock()
    from crossreel.web.corrections import Corrections

    help_ = Corrections(scripts.catalog, scripts.rights)
    assert "Nosferatu" in help_.near("nosfertau", Territory("FR"), at)
    assert help_.near("nosfertau", Territory("AQ"), at) == ()
