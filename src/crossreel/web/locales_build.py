"""Brings the gettext catalogs in step with the code: ``python -m crossreel.web.locales_build``.

Extracts every message of the Python files and templates of ``crossreel.web`` into
``locales/crossreel.pot`` and merges it into each language's ``.po``. The English catalog is filled
with the messages themselves. Catalogs are compiled in memory when the site starts
(``crossreel.web.phrasebook``), so there is nothing to build for a wheel.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

__all__ = ["catalog_path", "extracted", "main", "pot_text"]

_WEB = Path(__file__).parent
_METHODS = [
    ("api/**", "ignore"),
    ("console/**", "ignore"),  # operators read English
    ("templates/console/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
]
_OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "say": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def extracted() -> Catalog:
    """Every message of the code, in order of file and line."""
    catalog = Catalog(project="crossreel", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        str(_WEB),
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords=_KEYWORDS,
        comment_tags=("Translators:",),
    )
    for file, line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        place = [(Path(file).as_posix(), line)]
        catalog.add(message, locations=place, auto_comments=comments, context=context)
    return catalog


def pot_text(catalog: Catalog) -> str:
    """A catalog as a ``.po`` or ``.pot`` file, without dates and line numbers that change for nothing."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, omit_header=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    plural = f'"Plural-Forms: {catalog.plural_forms}\\n"\n' if catalog.locale else ""
    return header + plural + "\n" + out.getvalue().decode()


def catalog_path(tag: str) -> Path:
    """The ``.po`` file of one language."""
    return _WEB / "locales" / tag / "LC_MESSAGES" / "crossreel.po"


def main() -> None:
    """Rewrites the template and every language's catalog; says what is left to translate."""
    (_WEB / "locales" / "crossreel.pot").write_text(pot_text(extracted()), encoding="utf-8")
    for path in sorted(_WEB.glob("locales/*/LC_MESSAGES/crossreel.po")):
        tag = path.parent.parent.name
        catalog = read_po(io.BytesIO(path.read_bytes()), locale=tag.replace("-", "_"))
        catalog.update(extracted(), no_fuzzy_matching=True)  # it takes over the template's messages
        catalog.obsolete.clear()
        if tag == "en":
            for message in catalog:
                message.string = message.id
        path.write_text(pot_text(catalog), encoding="utf-8")
        missing = [message.id for message in catalog if message.id and not _is_complete(message.string)]
        print(f"{tag}: {len(catalog)} messages, {len(missing)} to translate")


def _is_complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
