"""A tiny catalog of real films, written by hand, for tests everywhere.

The facts (names, years, people, registry ids) are real; licenses and viewers are invented so that
territories differ. Seven scripts, one series with a season and two episodes, a mark or two on
most Latin names. Everything is built when asked for, so importing this module does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crossreel.audience.event import Viewer
from crossreel.audience.event_log import ViewerStore
from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import CatalogStore, TitleRecord
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Release, Title, TitleKind
from crossreel.rights.license import License, LicenseStore, Mode
from crossreel.values.ids import ExternalId, TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary

__all__ = ["TinyCatalog", "tiny_catalog", "tiny_id", "tiny_licenses", "tiny_titles", "tiny_viewers"]

SOURCE = "tiny"
DIRECTOR, WRITER, CAST = CreditRole.DIRECTOR, CreditRole.WRITER, CreditRole.CAST


@dataclass(frozen=True, slots=True)
class TinyCatalog:
    """Titles, licenses and viewers that belong together."""

    titles: tuple[Title, ...]
    licenses: tuple[License, ...]
    viewers: tuple[Viewer, ...]

    def fill(
        self,
        catalog: CatalogStore | None = None,
        licenses: LicenseStore | None = None,
        viewers: ViewerStore | None = None,
    ) -> None:
        """Puts everything into the given stores, one record for each title."""
        if catalog is not None:
            records = [TitleRecord(title, content_hash(title)) for title in self.titles]
            catalog.put(records, self.titles, {title.id: title.id for title in self.titles}, ())
        if licenses is not None:
            licenses.add(self.licenses)
        if viewers is not None:
            viewers.put(self.viewers)


def tiny_catalog() -> TinyCatalog:
    """All of it."""
    return TinyCatalog(tiny_titles(), tiny_licenses(), tiny_viewers())


def tiny_id(key: str) -> TitleId:
    """The id of a tiny title: ``tiny_id("nosferatu")``."""
    return TitleId(SOURCE, key)


def tiny_titles() -> tuple[Title, ...]:
    """Ten films and a series with one season and two episodes, by id."""
    titles = (*_european_films(), *_other_films(), *_asian_films(), *_series())
    return tuple(sorted(titles, key=lambda title: title.id))


def tiny_licenses() -> tuple[License, ...]:
    """Ten licenses: worldwide, by group, with exclusions, with dates, by mode; one film has none."""
    free = "Released worldwide before 1931."
    return (
        _license("moon-world", "moon", "WORLD", Mode.SVOD, Mode.AVOD, reason=free),
        _license("nosferatu-world", "nosferatu", "WORLD", Mode.SVOD, reason=free),
        _license("potemkin-no-de", "potemkin", "WORLD", Mode.SVOD, excluded=("DE", "AT"), reason=free),
        _license("general-us", "general", "US", Mode.SVOD, Mode.TVOD, reason="Sold for this country."),
        _license("phantom-eu", "phantom-carriage", "EU", Mode.SVOD, reason="Sold for this group."),
        _license("orochi-jp", "orochi", "JP", Mode.SVOD, Mode.EST, reason="Sold for this country."),
        _license("labor-world", "labor", "WORLD", Mode.AVOD, reason=free),
        _license("raja-in", "raja", "IN", Mode.SVOD, Mode.DOWNLOAD, reason="Sold for this country."),
        _license(
            "crossroads-2026",
            "crossroads",
            "WORLD",
            Mode.SVOD,
            start="2026-01-01",
            end="2026-12-31",
            reason="A year's license.",
        ),
        _license("vampires-fr", "vampires", "FR", Mode.SVOD, reason="The series covers its episodes."),
    )


def tiny_viewers() -> tuple[Viewer, ...]:
    """Five invented viewers of five territories, by id."""
    people = (
        ("ana", "Ana", "BR", "pt-BR", 1990),
        ("birgit", "Birgit", "DE", "de", 1975),
        ("chiyo", "千代", "JP", "ja", 2001),
        ("dev", "देव", "IN", "hi", 1988),
        ("eve", "Eve", "US", "en", 1969),
    )
    return tuple(
        Viewer(ViewerId(SOURCE, key), name, Territory(territory), (Language(language),), year, simulated=True)
        for key, name, territory, language, year in people
    )


def _license(
    id_: str,
    title: str,
    territory: str,
    *modes: Mode,
    excluded: tuple[str, ...] = (),
    start: str = "",
    end: str = "",
    reason: str,
) -> License:
    return License(
        id_,
        tiny_id(title),
        (territory,),
        modes,
        excluded=excluded,
        start=Boundary.parse(start),
        end=Boundary.parse(end),
        reason=reason,
    )


def _text(tag: str, name: str, synopsis: str = "") -> LocalizedText:
    return LocalizedText(Language(tag), None, name, synopsis)


def _released(day: str, territory: str) -> tuple[Release, ...]:
    return (Release(date.fromisoformat(day), Territory(territory)),)


def _european_films() -> tuple[Title, ...]:
    return (
        Title(
            tiny_id("moon"),
            "Le Voyage dans la Lune",
            original_languages=(Language("fr"),),
            countries=(Territory("FR"),),
            genres=("science-fiction", "adventure"),
            keywords=("moon", "rocket"),
            runtime_minutes=13,
            year=1902,
            texts=(
                _text(
                    "en", "A Trip to the Moon", "Astronomers are shot to the moon and captured by its people."
                ),
                _text("es", "Viaje a la Luna"),
            ),
            credits=(
                Credit("Georges Méliès", DIRECTOR),
                Credit("Georges Méliès", CAST, "Professeur Barbenfouillis"),
                Credit("Bleuette Bernon", CAST, "Phœbé"),
            ),
            external_ids=(ExternalId("imdb", "tt0000417"), ExternalId("tmdb", "775")),
        ),
        Title(
            tiny_id("nosferatu"),
            "Nosferatu – Eine Symphonie des Grauens",
            original_languages=(Language("de"),),
            countries=(Territory("DE"),),
            genres=("horror", "fantasy"),
            keywords=("vampire",),
            runtime_minutes=94,
            year=1922,
            releases=_released("1922-03-04", "DE"),
            texts=(
                _text("en", "Nosferatu", "A young clerk brings a vampire from the Carpathians to his town."),
            ),
            credits=(
                Credit("F. W. Murnau", DIRECTOR),
                Credit("Henrik Galeen", WRITER),
                Credit("Max Schreck", CAST, "Graf Orlok"),
                Credit("Greta Schröder", CAST, "Ellen"),
            ),
            external_ids=(
                ExternalId("imdb", "tt0013442"),
                ExternalId("tmdb", "653"),
                ExternalId("wikidata", "Q151895"),
            ),
        ),
        Title(
            tiny_id("phantom-carriage"),
            "Körkarlen",
            original_languages=(Language("sv"),),
            countries=(Territory("SE"),),
            genres=("drama", "fantasy"),
            keywords=("new year", "death"),
            runtime_minutes=107,
            year=1921,
            releases=_released("1921-01-01", "SE"),
            texts=(
                _text("en", "The Phantom Carriage", "The last to die in the year must drive Death's cart."),
                _text("de", "Der Fuhrmann des Todes"),
            ),
            credits=(
                Credit("Victor Sjöström", DIRECTOR),
                Credit("Victor Sjöström", CAST, "David Holm"),
                Credit("Selma Lagerlöf", WRITER),
            ),
            external_ids=(ExternalId("imdb", "tt0012364"),),
        ),
    )


def _other_films() -> tuple[Title, ...]:
    return (
        Title(
            tiny_id("potemkin"),
            "Броненосец «Потёмкин»",
            original_languages=(Language("ru"),),
            countries=(Territory("SU"),),
            genres=("drama", "history"),
            keywords=("mutiny", "odessa"),
            runtime_minutes=75,
            year=1925,
            texts=(
                _text(
                    "en", "Battleship Potemkin", "Sailors rise against their officers, and a port with them."
                ),
                _text("de", "Panzerkreuzer Potemkin"),
            ),
            credits=(Credit("Сергей Эйзенштейн", DIRECTOR),),
            external_ids=(ExternalId("imdb", "tt0015648"), ExternalId("tmdb", "643")),
            aliases=("Bronenosets Potyomkin",),
        ),
        Title(
            tiny_id("general"),
            "The General",
            original_languages=(Language("en"),),
            countries=(Territory("US"),),
            genres=("comedy", "action"),
            keywords=("train", "war"),
            runtime_minutes=78,
            year=1926,
            texts=(
                _text("en", "The General", "An engine driver chases his stolen train behind enemy lines."),
                _text("es", "El maquinista de La General"),
                _text("de", "Der General"),
            ),
            credits=(
                Credit("Buster Keaton", DIRECTOR),
                Credit("Clyde Bruckman", DIRECTOR),
                Credit("Buster Keaton", CAST, "Johnnie Gray"),
            ),
            external_ids=(ExternalId("imdb", "tt0017925"), ExternalId("tmdb", "961")),
        ),
        Title(
            tiny_id("zaynab"),
            "زينب",
            original_languages=(Language("ar"),),
            countries=(Territory("EG"),),
            genres=("drama", "romance"),
            year=1930,
            texts=(_text("en", "Zaynab", "A field worker loves one man and is married to another."),),
            credits=(Credit("محمد كريم", DIRECTOR), Credit("بهيجة حافظ", CAST)),
            aliases=("Zeinab",),
        ),
    )


def _asian_films() -> tuple[Title, ...]:
    return (
        Title(
            tiny_id("raja"),
            "राजा हरिश्चन्द्र",
            original_languages=(Language("mr"), Language("hi")),
            countries=(Territory("IN"),),
            genres=("drama", "history"),
            keywords=("king", "promise"),
            runtime_minutes=40,
            year=1913,
            releases=_released("1913-05-03", "IN"),
            texts=(_text("en", "Raja Harishchandra", "A king gives up all he has to keep a promise."),),
            credits=(Credit("दादासाहेब फाळके", DIRECTOR),),
        ),
        Title(
            tiny_id("orochi"),
            "雄呂血",
            original_languages=(Language("ja"),),
            countries=(Territory("JP"),),
            genres=("action", "drama"),
            keywords=("samurai",),
            year=1925,
            texts=(_text("en", "The Serpent", "An honest samurai is driven out step by step."),),
            credits=(Credit("二川文太郎", DIRECTOR), Credit("阪東妻三郎", CAST)),
            aliases=("Orochi",),
        ),
        Title(
            tiny_id("labor"),
            "勞工之愛情",
            original_languages=(Language("zh"),),
            countries=(Territory("CN"),),
            genres=("comedy", "romance"),
            keywords=("fruit seller",),
            runtime_minutes=22,
            year=1922,
            texts=(
                _text("zh-Hans", "劳工之爱情"),
                _text(
                    "en",
                    "Laborer's Love",
                    "A carpenter turned fruit seller finds patients for a poor doctor.",
                ),
            ),
            credits=(Credit("張石川", DIRECTOR), Credit("鄭正秋", WRITER)),
            aliases=("擲果緣",),
        ),
        Title(
            tiny_id("crossroads"),
            "청춘의 십자로",
            original_languages=(Language("ko"),),
            countries=(Territory("KR"),),
            genres=("drama", "romance"),
            year=1934,
            texts=(
                _text(
                    "en", "Crossroads of Youth", "A country lad loses his love and his sister to the city."
                ),
            ),
            credits=(Credit("안종화", DIRECTOR), Credit("신일선", CAST)),
        ),
    )


def _series() -> tuple[Title, ...]:
    series, season = tiny_id("vampires"), tiny_id("vampires-1")
    people = (Credit("Louis Feuillade", DIRECTOR), Credit("Musidora", CAST, "Irma Vep"))
    french, france = (Language("fr"),), (Territory("FR"),)
    return (
        Title(
            series,
            "Les Vampires",
            TitleKind.SERIES,
            original_languages=french,
            countries=france,
            genres=("crime", "thriller"),
            keywords=("gang", "reporter"),
            year=1915,
            texts=(_text("en", "The Vampires", "A reporter hunts a gang of criminals through Paris."),),
            credits=people,
            external_ids=(ExternalId("imdb", "tt0006206"),),
        ),
        Title(season, "Les Vampires", TitleKind.SEASON, series, 1, french, france, ("crime",), year=1915),
        *(
            Title(
                tiny_id(f"vampires-1-{number}"),
                name,
                TitleKind.EPISODE,
                season,
                number,
                french,
                france,
                ("crime", "thriller"),
                year=1915,
                releases=_released("1915-11-13", "FR"),
                texts=(_text("en", english),),
                credits=people[:1],
            )
            for number, name, english in (
                (1, "La Tête coupée", "The Severed Head"),
                (2, "La Bague qui tue", "The Ring That Kills"),
            )
        ),
    )
