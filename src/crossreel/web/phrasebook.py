"""``Phrasebook``: everything the interface says in one language.

Messages come from the gettext catalogs in ``locales`` (compiled in memory, so that a plain wheel
needs no build step); names of territories and languages, dates and numbers come from CLDR.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from crossreel.errors import Missing
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["OFFERED", "Phrasebook", "phrasebook", "pseudo_phrasebook"]

OFFERED = (
    Language("en"),
    Language("es"),
    Language("ar"),
    Language("de"),
    Language("hi"),
    Language("ja"),
    Language("pt-BR"),
    Language("zh-Hans"),
)
"""The languages the interface speaks; each has a catalog in ``locales``."""


def N_(message: str) -> str:
    """Marks a message for the catalogs where it is not yet translated."""
    return message


_FORMER = {
    "AN": N_("Netherlands Antilles"),
    "CS": N_("Czechoslovakia"),
    "DD": N_("East Germany"),
    "SU": N_("Soviet Union"),
    "YU": N_("Yugoslavia"),
}
"""Former countries, which CLDR does not name in every language."""


@dataclass(frozen=True)
class Phrasebook:
    """The interface in one language.

    Attributes:
        language: the interface language.
        locale: its CLDR locale.
        messages: its gettext catalog.
        disguise: changes every text on its way out; the pseudo-locale of the tests sets it.
    """

    language: Language
    locale: Locale
    messages: gettext.NullTranslations
    disguise: Callable[[str], str] = str

    @property
    def is_disguised(self) -> bool:
        """Whether it says other texts than the language's catalog."""
        return self.disguise is not str

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``, for the ``dir`` attribute."""
        return "rtl" if self.language.is_right_to_left else "ltr"

    def gettext(self, message: str, **values: Any) -> str:
        """The translation of ``message``, its ``%(name)s`` fields filled with ``values``."""
        return self.filled(self.disguise(self.messages.gettext(message)), values)

    def ngettext(self, one: str, many: str, count: int, **values: Any) -> str:
        """The plural form for ``count``, which fills ``%(num)s`` as a written number."""
        text = self.disguise(self.messages.ngettext(one, many, count))
        return self.filled(text, {"num": self.number(count), **values})

    def pgettext(self, context: str, message: str, **values: Any) -> str:
        """The translation of ``message`` in a named context."""
        return self.filled(self.disguise(self.messages.pgettext(context, message)), values)

    def filled(self, text: str, values: dict[str, Any]) -> str:
        """``text`` with its fields filled; in a right-to-left language each stands isolated.

        Names of films and numbers bring their own direction along; the isolates of Unicode (UAX
        #9, FSI and PDI) keep it from reordering the sentence around them.
        """
        if not values:
            return text
        if self.direction == "rtl":
            values = {name: _isolated(value) for name, value in values.items()}
        return text % values

    def number(self, value: float) -> str:
        """A number with the language's digits and separators."""
        return _number(value, self.locale)

    def day(self, instant: datetime, territory: Territory) -> str:
        """The calendar day of ``instant`` on the clocks of ``territory``."""
        return self.disguise(_day(instant.astimezone(territory.zone).date(), self.locale))

    def moment(self, instant: datetime, territory: Territory) -> str:
        """Date, time and zone of ``instant`` on the clocks of ``territory``, for hovering."""
        return self.disguise(
            dates.format_datetime(instant, format="long", tzinfo=territory.zone, locale=self.locale)
        )

    def territory(self, territory: Territory) -> str:
        """A country's name, current or former."""
        former = _FORMER.get(territory.code)
        if former:
            return self.gettext(former)
        return self.disguise(str(self.locale.territories.get(territory.code, territory.code)))

    def language_name(self, language: Language) -> str:
        """A language's name in the interface language."""
        return self.disguise(_language_name(language, self.locale))

    def listed(self, words: list[str]) -> str:
        """``a, b and c``."""
        return self.disguise(str(lists.format_list(words, locale=self.locale))) if words else ""

    def percent(self, share: float) -> str:
        """A share from 0 to 1 in whole percent."""
        return str(numbers.format_percent(share, locale=self.locale))

    def minutes(self, minutes: int) -> str:
        """A running time: ``94 min``."""
        return self.gettext("%(minutes)s min", minutes=self.number(minutes))


def _isolated(value: Any) -> Any:
    return f"\u2068{value}\u2069" if isinstance(value, str) and value else value


@lru_cache(maxsize=4096)
def _number(value: float, locale: Locale) -> str:
    return str(numbers.format_decimal(value, locale=locale))


@cache
def _day(day: date, locale: Locale) -> str:
    return str(dates.format_date(day, format="long", locale=locale))


@cache
def _language_name(language: Language, locale: Locale) -> str:
    try:
        name = Locale.parse(language.tag, sep="-").get_display_name(locale)
    except (UnknownLocaleError, ValueError):
        name = locale.languages.get(language.primary)
    return str(name or language.tag)


@cache
def phrasebook(language: Language) -> Phrasebook:
    """The phrasebook of one offered language.

    Raises:
        Missing: the catalog of that language is not in the package.
    """
    source = files("crossreel.web").joinpath("locales", language.tag, "LC_MESSAGES", "crossreel.po")
    try:
        text = source.read_bytes()
    except FileNotFoundError as error:
        raise Missing(
            f"There is no interface text in {language.tag}.",
            advice="The interface speaks " + ", ".join(map(str, OFFERED)) + ".",
        ) from error
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=language.tag.replace("-", "_")))
    compiled.seek(0)
    return Phrasebook(
        language=language,
        locale=Locale.parse(language.tag, sep="-"),
        messages=gettext.GNUTranslations(compiled),
    )


def pseudo_phrasebook(disguise: Callable[[str], str]) -> Phrasebook:
    """English with every text passed through ``disguise``; what stays plain is hard-coded."""
    return replace(phrasebook(Language("en")), disguise=disguise)
