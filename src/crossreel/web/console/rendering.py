"""The console's templates; everything put in is escaped, an unknown name is an error."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.web.cards import words
from crossreel.web.charts import draw
from crossreel.web.compiled_templates import compiled_templates
from crossreel.web.console.nouns import ROOT
from crossreel.web.console.phrases import Phrases
from crossreel.web.rendering import counting, static_url

__all__ = ["Renderer", "console_url", "title_url"]


def console_url(path: str = "", /, **query: Any) -> str:
    """An address of the console; empty parts of the query are left out."""
    told = {key: value for key, value in query.items() if value not in ("", None, ())}
    return ROOT + path + (f"?{urlencode(told, doseq=True)}" if told else "")


def title_url(id_: TitleId | str, tab: str = "", /, **query: Any) -> str:
    """The address of a title's page in the console."""
    return console_url(f"/title/{quote(str(id_), safe=':')}", **({"tab": tab} if tab else {}), **query)


class Renderer:
    """Fills templates in the console's language."""

    def __init__(self, phrases: Phrases) -> None:
        environment = Environment(
            loader=PackageLoader("crossreel.web.console", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            bytecode_cache=compiled_templates("console"),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        book = phrases.book
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            lambda message: book.gettext(message),
            lambda one, many, count: book.disguise(book.messages.ngettext(one, many, count)),
            newstyle=True,
        )
        environment.globals |= {
            "book": book,
            "ngettext": counting(book),
            "static": static_url,
            "console_url": console_url,
            "title_url": title_url,
            "words": words,
            "all_modes": tuple(Mode),
            "draw": lambda chart: draw(chart, book.number),
        }
        self._environment = environment

    def render(self, template: str, **context: Any) -> str:
        """The HTML of ``template``."""
        return self._environment.get_template(template).render(context)
