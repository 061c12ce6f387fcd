"""Reasons, rights and fallbacks as sentences of the interface language.

The domains give codes and data; every sentence a reader sees is made here or in a template.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crossreel.catalog.repository import CatalogStore
from crossreel.catalog.title import CreditRole, ShownText, Title
from crossreel.recommend import reasons
from crossreel.recommend.reasons import Reason
from crossreel.recommend.rows import EDITORS_PICKS, FOLLOWED_LIST, FOR_YOU
from crossreel.rights.availability import Because
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import NO_LINGUISTIC_CONTENT, UNDETERMINED, Language
from crossreel.values.territory import Territory
from crossreel.web.negotiation import interface_language
from crossreel.web.phrasebook import N_, OFFERED, Phrasebook, phrasebook

__all__ = ["GENRE_NAMES", "Wording"]

GENRE_NAMES = {
    "action": N_("Action"),
    "adult": N_("Adult"),
    "adventure": N_("Adventure"),
    "animation": N_("Animation"),
    "anime": N_("Anime"),
    "biography": N_("Biography"),
    "classic": N_("Classic"),
    "comedy": N_("Comedy"),
    "crime": N_("Crime"),
    "cult": N_("Cult"),
    "documentary": N_("Documentary"),
    "drama": N_("Drama"),
    "faith": N_("Faith"),
    "family": N_("Family"),
    "experimental": N_("Experimental"),
    "fantasy": N_("Fantasy"),
    "film-noir": N_("Film noir"),
    "game-show": N_("Game show"),
    "history": N_("History"),
    "horror": N_("Horror"),
    "independent": N_("Independent"),
    "lgbtq": N_("LGBTQ"),
    "melodrama": N_("Melodrama"),
    "music": N_("Music"),
    "musical": N_("Musical"),
    "mystery": N_("Mystery"),
    "nature": N_("Nature"),
    "news": N_("News"),
    "politics": N_("Politics"),
    "reality": N_("Reality"),
    "romance": N_("Romance"),
    "science-fiction": N_("Science fiction"),
    "short": N_("Short film"),
    "silent": N_("Silent film"),
    "soap": N_("Soap"),
    "sport": N_("Sport"),
    "stand-up": N_("Stand-up"),
    "talk-show": N_("Talk show"),
    "teen": N_("Teen"),
    "thriller": N_("Thriller"),
    "tv-movie": N_("TV movie"),
    "war": N_("War"),
    "western": N_("Western"),
}
"""Names of the canonical genres (``catalog.genres.GENRES``), and of some that collections add."""

_ROLES = {
    CreditRole.DIRECTOR: N_("Directed by"),
    CreditRole.WRITER: N_("Written by"),
    CreditRole.CAST: N_("Cast"),
    CreditRole.COMPOSER: N_("Music by"),
    CreditRole.CINEMATOGRAPHER: N_("Photographed by"),
    CreditRole.PRODUCER: N_("Produced by"),
    CreditRole.EDITOR: N_("Edited by"),
}

_OPEN_UNTIL = {
    Mode.SVOD: N_("Included in membership until %(day)s"),
    Mode.TVOD: N_("To rent until %(day)s"),
    Mode.EST: N_("To buy until %(day)s"),
    Mode.AVOD: N_("Free with ads until %(day)s"),
    Mode.DOWNLOAD: N_("To download until %(day)s"),
}
_OPEN = {
    Mode.SVOD: N_("Included in membership"),
    Mode.TVOD: N_("To rent"),
    Mode.EST: N_("To buy"),
    Mode.AVOD: N_("Free with ads"),
    Mode.DOWNLOAD: N_("To download"),
}

_MISSES = {
    "not-yet-open": N_("It opens here (%(territory)s) on %(day)s."),
    "ended": N_("It was open here (%(territory)s) until %(day)s; that license has ended."),
    "language-not-licensed": N_("Its language versions are not licensed here (%(territory)s)."),
    "mode-not-licensed": N_("It is not licensed in this way here (%(territory)s)."),
    "never-open-here": N_("The dates of its license leave no time in which it is open here (%(territory)s)."),
    "territory-excluded": N_("Its license leaves out this country (%(territory)s)."),
    "territory-not-licensed": N_("It is licensed elsewhere, not here (%(territory)s)."),
    "no-license": N_("No license is written for it, so it is open nowhere."),
}
"""Codes of ``rights.Because`` that say why not."""


class Wording:
    """Makes sentences in one interface language.

    Args:
        book: the interface language.
        name_of: the name of a title as the reader knows it.
    """

    def __init__(self, book: Phrasebook, name_of: Callable[[TitleId], str]) -> None:
        self.book = book
        self.name_of = name_of

    @classmethod
    def in_language(cls, language: Language, catalog: CatalogStore) -> Wording:
        """Wording in the nearest offered language, names as a reader of ``language`` sees them."""

        def name_of(id_: TitleId) -> str:
            merged = catalog.resolve([id_]).get(id_, id_)
            title = catalog.get([merged]).get(merged)
            return title.shown_name((language,)).text if title else str(id_)

        return cls(phrasebook(interface_language((language,), OFFERED, OFFERED[0])), name_of)

    def reason(self, reason: Reason) -> str:
        """Why one title is shown."""
        say, names = self.book.gettext, self._names(reason)
        where = self.book.territory(reason.territory) if reason.territory else ""
        match reason.code:
            case reasons.BECAUSE_YOU_LIKED if names:
                return say("Because you liked %(titles)s", titles=names)
            case reasons.SIMILAR_TO if names:
                return say("Like %(titles)s", titles=names)
            case reasons.POPULAR_IN if where:
                return say("Popular here: %(territory)s", territory=where)
            case reasons.ON_LIST if reason.list:
                return say("On the list “%(list)s”", list=reason.list)
            case reasons.LEAVING_SOON if where:
                return say("Leaving soon: %(territory)s", territory=where)
            case reasons.NEW_HERE if where:
                return say("New here: %(territory)s", territory=where)
            case reasons.OPEN_HERE if where:
                return say("Open here: %(territory)s; no likes yet", territory=where)
            case _:
                return say("Popular in all countries")

    def _names(self, reason: Reason) -> str:
        return self.book.listed([self.name_of(id_) for id_ in reason.titles[:2]])

    def heading(self, code: str, anchor: TitleId | None, territory: Territory, name: str = "") -> str:
        """The heading of a row of the home page; ``name`` is that of the list it shows."""
        if code == FOR_YOU:
            return self.book.gettext("Picked for you")
        if code == FOLLOWED_LIST:
            return self.book.gettext("From a list you follow: %(list)s", list=name)
        if code == EDITORS_PICKS:
            return self.book.gettext("Chosen by the editors: %(list)s", list=name)
        return self.reason(Reason(code, (anchor,) if anchor else (), territory))

    def offer(self, mode: Mode, until: datetime | None, territory: Territory) -> str:
        """One way a title can be had."""
        if until is None:
            return self.book.gettext(_OPEN[mode])
        return self.book.gettext(_OPEN_UNTIL[mode], day=self._last_day(until, territory))

    def refusal(self, because: Because, territory: Territory) -> str:
        """One reason why a title is closed here."""
        message = _MISSES.get(because.code, _MISSES["territory-not-licensed"])
        end = because.code == "ended"
        day = ""
        if because.when is not None:
            day = self._last_day(because.when, territory) if end else self.book.day(because.when, territory)
        return self.book.gettext(message, territory=self.book.territory(territory), day=day)

    def _last_day(self, end: datetime, territory: Territory) -> str:
        """The last day on which something that closes at ``end`` is still open."""
        return self.book.day(end - timedelta(microseconds=1), territory)

    def elsewhere(self, territories: list[Territory]) -> str:
        """Where a title is open instead; "" if nowhere."""
        if not territories:
            return ""
        names = sorted(map(self.book.territory, territories))[:6]
        more = len(territories) - len(names)
        if more <= 0:
            return self.book.gettext("Open elsewhere: %(territories)s", territories=self.book.listed(names))
        return self.book.ngettext(
            "Open elsewhere: %(territories)s and %(num)s more country",
            "Open elsewhere: %(territories)s and %(num)s more countries",
            more,
            territories=", ".join(names),
        )

    def time_left(self, until: datetime, now: datetime, territory: Territory) -> str:
        """How long something stays: days within a month, else the last day."""
        days = (until - now).days
        if days > 30:
            return self.book.gettext("until %(day)s", day=self._last_day(until, territory))
        if days < 1:
            return self.book.gettext("last hours")
        return self.book.ngettext("%(num)s day left", "%(num)s days left", days)

    def fallback(self, shown: ShownText | None, wanted: Language) -> str:
        """What is said when a text is not in the reader's language; "" when it is."""
        mine = self.book.language
        language = self.book.language_name(mine if mine.primary == wanted.primary else wanted)
        if shown is None:
            return self.book.gettext("No synopsis has been written yet.")
        if not shown.is_fallback:
            return ""
        if shown.language in (UNDETERMINED, NO_LINGUISTIC_CONTENT):
            return self.book.gettext("No text in %(language)s yet.", language=language)
        return self.book.gettext(
            "Shown in %(shown)s; there is no text in %(language)s yet.",
            shown=self.book.language_name(shown.language),
            language=language,
        )

    def facts(self, title: Title) -> str:
        """Year, countries and running time on one line."""
        countries = ", ".join(self.book.territory(country) for country in title.countries)
        minutes = self.book.minutes(title.runtime_minutes) if title.runtime_minutes else ""
        year = str(title.year) if title.year else ""
        return " · ".join(part for part in (year, countries, minutes) if part)

    def genre(self, slug: str) -> str:
        """A genre's name; an unknown one as it was written."""
        known = GENRE_NAMES.get(slug)
        return self.book.gettext(known) if known else slug.replace("-", " ").capitalize()

    def language(self, language: Language) -> str:
        """A language's name; of a film without speech, that."""
        if language == NO_LINGUISTIC_CONTENT:
            return self.book.gettext("No spoken language")
        return self.book.language_name(language)

    def role(self, role: CreditRole) -> str:
        """A heading for the people of one role."""
        return self.book.gettext(_ROLES[role])
