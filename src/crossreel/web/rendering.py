"""Templates in one interface language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from crossreel.web.compiled_templates import compiled_templates
from crossreel.web.constants import Constants
from crossreel.web.finding_views import Span
from crossreel.web.fragments import Fragments
from crossreel.web.phrasebook import Phrasebook
from crossreel.web.views import Card, Words

__all__ = ["Renderer", "counting", "static_url"]


class Renderer:
    """Fills templates; everything put in is escaped, an unknown name is an error."""

    def __init__(self, book: Phrasebook) -> None:
        environment = Environment(
            loader=PackageLoader("crossreel.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n", Constants],
            bytecode_cache=None if book.is_disguised else compiled_templates(f"pages in {book.language}"),
            auto_reload=False,  # a running server keeps its templates; else each page looks at seven files
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            lambda message: book.gettext(message),
            lambda one, many, count: book.disguise(book.messages.ngettext(one, many, count)),
            newstyle=True,
        )
        says = _says(book)
        environment.globals.update(_=says, gettext=says, ngettext=counting(book))
        constants = environment.extensions[Constants.identifier]
        constants.functions = {  # type: ignore[attr-defined]  # of the extension
            "_": lambda message: str(says(message)),
            "static": static_url,
            "icon": lambda name: str(environment.get_template("icons.html").module.icon(name)),  # type: ignore[attr-defined]
        }
        environment.globals["icon"] = constants.functions["icon"]  # type: ignore[attr-defined]
        environment.globals.update(
            words=_words, spans=_spans, static=static_url, poster_card=self.card, wall=self.wall
        )
        self._environment = environment
        self._cards = Fragments()
        self._card = environment.get_template("card.html").render

    def render(self, template: str, **context: Any) -> str:
        """The HTML of ``template`` (a file name in ``templates``)."""
        return self._environment.get_template(template).render(context)

    def card(self, card: Card, lazy: bool = True) -> Markup:
        """The HTML of a card. One that says the same to everyone is written once.

        Args:
            card: what is shown.
            lazy: the picture may be loaded when it comes near.
        """
        if card.why or card.until or card.watched:
            return Markup(self._card(card=card, lazy=lazy))
        return self._cards.get((id(card), lazy), card, lambda: Markup(self._card(card=card, lazy=lazy)))

    def wall(self, cards: Sequence[Card], at_once: int = 0) -> Markup:
        """Cards as list items; the pictures of the first ``at_once`` are loaded with the page."""
        items = (self.card(card, number >= at_once) for number, card in enumerate(cards))
        return Markup("".join(f"<li>{item}</li>" for item in items))


def _says(book: Phrasebook) -> Callable[..., Markup]:
    @cache
    def plain(message: str) -> Markup:
        return escape(book.gettext(message))

    def says(message: str, **values: Any) -> Markup:
        if not values:
            return plain(message)
        return Markup(book.filled(str(plain(message)), _escaped(values)))

    return says


def counting(book: Phrasebook) -> Callable[..., Markup]:
    """``ngettext`` of a language's templates; ``%(num)s`` is written as that language writes numbers."""

    def counts(one: str, many: str, count: int, /, **values: Any) -> Markup:
        text = escape(book.disguise(book.messages.ngettext(one, many, count)))
        return Markup(book.filled(str(text), _escaped({"num": book.number(count), **values})))

    return counts


def _escaped(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(escape(value)) for name, value in values.items()}


def _words(text: Words) -> Markup:
    """Text of the catalog, marked with its language and direction; nobody translates it."""
    tag, way = escape(text.language), escape(text.direction)
    return Markup(f'<span lang="{tag}" dir="{way}" translate="no">{escape(text.text)}</span>')


def _spans(spans: Sequence[Span]) -> Markup:
    """Text in pieces, what the query matched in a ``mark``."""
    pieces = (f"<mark>{escape(one.text)}</mark>" if one.hit else escape(one.text) for one in spans)
    return Markup("".join(pieces))


@cache
def static_url(path: str) -> str:
    """The address of a file in ``static``; it changes with the content, so copies may be kept."""
    file = files("crossreel.web").joinpath("static", path)
    tag = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "absent"
    return f"/static/{path}?v={tag}"
