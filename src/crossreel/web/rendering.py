"""Templates in one interface language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from crossreel.web.phrasebook import Phrasebook

__all__ = ["Renderer", "static_url"]


class Renderer:
    """Fills templates; everything put in is escaped, an unknown name is an error."""

    def __init__(self, book: Phrasebook) -> None:
        environment = Environment(
            loader=PackageLoader("crossreel.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            lambda message: book.gettext(message),
            lambda one, many, count: book.disguise(book.messages.ngettext(one, many, count)),
            newstyle=True,
        )
        environment.globals.update(_=_says(book), gettext=_says(book), ngettext=_counts(book))
        environment.globals["static"] = static_url
        self._environment = environment

    def render(self, template: str, **context: Any) -> str:
        """The HTML of ``template`` (a file name in ``templates``)."""
        return self._environment.get_template(template).render(context)


def _says(book: Phrasebook) -> Callable[..., Markup]:
    def says(message: str, **values: Any) -> Markup:
        return Markup(book.filled(str(escape(book.gettext(message))), _escaped(values)))

    return says


def _counts(book: Phrasebook) -> Callable[..., Markup]:
    def counts(one: str, many: str, count: int, **values: Any) -> Markup:
        text = escape(book.disguise(book.messages.ngettext(one, many, count)))
        return Markup(book.filled(str(text), _escaped({"num": book.number(count), **values})))

    return counts


def _escaped(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(escape(value)) for name, value in values.items()}


@cache
def static_url(path: str) -> str:
    """The address of a file in ``static``; it changes with the content, so copies may be kept."""
    file = files("crossreel.web").joinpath("static", path)
    tag = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "absent"
    return f"/static/{path}?v={tag}"
