"""TBX, the exchange format of termbases (ISO 30042:2019), as far as terms and their status go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from crossreel.errors import BadFile, BadValue
from crossreel.localize.translate.terms import Term
from crossreel.values.language import Language

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["parsed_xml", "tags_of", "terms_of_tbx"]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FORBIDDEN = ("deprecatedTerm-admn-sts", "supersededTerm-admn-sts", "deprecatedTerm", "obsoleteTerm")


def parsed_xml(data: bytes, path: Path) -> Element:
    """The root of an XML document; entity declarations are refused (they can grow without bound).

    Raises:
        BadFile: it is no XML, or it declares entities.
    """
    if b"<!ENTITY" in data:
        raise BadFile(
            path, "declares entities, which are refused", advice="Save it without a DTD of its own."
        )
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise BadFile(path, f"is not well-formed XML ({error})") from error


def tags_of(element: Element, *names: str) -> Iterator[Element]:
    """The descendants with one of those names, whatever their namespace."""
    return (
        child
        for child in element.iter()
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in names
    )


def terms_of_tbx(data: bytes, path: Path, source: Language, target: Language) -> list[Term]:
    """The terms of one language pair: every source wording with the first wording that is not forbidden.

    Raises:
        BadFile: no XML, or no entry has both languages.
    """
    found: list[Term] = []
    for entry in tags_of(parsed_xml(data, path), "conceptEntry", "termEntry"):
        ours: list[str] = []
        theirs: list[tuple[str, bool]] = []
        for section in tags_of(entry, "langSec", "langSet"):
            written = _primary(section.get(_LANG) or section.get("lang") or "")
            for term in tags_of(section, "termSec", "tig", "ntig"):
                text = next(("".join(t.itertext()).strip() for t in tags_of(term, "term")), "")
                status = " ".join((note.text or "") for note in tags_of(term, "termNote"))
                if text and written == source.primary:
                    ours.append(text)
                elif text and written == target.primary:
                    theirs.append((text, any(word in status for word in _FORBIDDEN)))
        kind = "name" if any("name" in (d.text or "").lower() for d in tags_of(entry, "descrip")) else "term"
        best = next((text for text, forbidden in theirs if not forbidden), None)
        if best is not None:
            found += [Term(text, best, kind) for text in ours]  # type: ignore[arg-type]
        found += [Term(ours[0] if ours else "", text, "forbidden") for text, forbidden in theirs if forbidden]
    if not found:
        raise BadFile(path, f"has no entry in both {source} and {target}")
    return found


def _primary(tag: str) -> str:
    try:
        return Language.parse(tag).primary
    except BadValue:
        return ""
