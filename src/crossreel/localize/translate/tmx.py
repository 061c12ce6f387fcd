"""TMX, the exchange format of translation memories (TMX 1.4b, LISA OSCAR, 2005), in and out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from crossreel.catalog.decoding import open_bounded
from crossreel.errors import BadFile, BadValue
from crossreel.localize.translate.memory import Segment
from crossreel.localize.translate.tbx import parsed_xml, tags_of
from crossreel.values.language import Language

__all__ = ["read_tmx", "tmx_of"]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_BYTES = 512 << 20


def read_tmx(path: Path, source: Language, target: Language) -> list[Segment]:
    """The segments of a language pair, in either direction; inline codes are left out.

    Raises:
        BadFile: not there, too large, no XML, or without a segment of that pair.
    """
    with open_bounded(path) as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BadFile(path, f"is larger than {_MOST_BYTES >> 20} MB")
    found = []
    for unit in tags_of(parsed_xml(data, path), "tu"):
        wordings: dict[str, str] = {}
        for variant in tags_of(unit, "tuv"):
            tag = variant.get(_LANG) or variant.get("lang") or ""
            segment = next(tags_of(variant, "seg"), None)
            language = _tag(tag)
            if segment is not None and language is not None:
                text = " ".join("".join(segment.itertext()).split())
                wordings.setdefault(str(language), text)
                wordings.setdefault(language.primary, text)
        one = wordings.get(str(source)) or wordings.get(source.primary)
        two = wordings.get(str(target)) or wordings.get(target.primary)
        if one and two:
            human = any(p.get("type") == "x-human" and p.text == "yes" for p in tags_of(unit, "prop"))
            found.append(Segment(one, two, unit.get("tuid") or path.name, human))
    if not found:
        raise BadFile(path, f"has no segment in both {source} and {target}")
    return found


def _tag(text: str) -> Language | None:
    try:
        return Language.parse(text)
    except BadValue:
        return None


def tmx_of(segments: Iterable[Segment], source: Language, target: Language, now: datetime) -> bytes:
    """Segments as a TMX 1.4 document in UTF-8."""
    root = ElementTree.Element("tmx", version="1.4")
    ElementTree.SubElement(
        root,
        "header",
        {
            "creationtool": "crossreel",
            "creationtoolversion": "1",
            "segtype": "sentence",
            "o-tmf": "crossreel",
            "adminlang": "en",
            "srclang": str(source),
            "datatype": "plaintext",
            "creationdate": now.strftime("%Y%m%dT%H%M%SZ"),
        },
    )
    body = ElementTree.SubElement(root, "body")
    for segment in segments:
        unit = ElementTree.SubElement(body, "tu", {"tuid": segment.origin} if segment.origin else {})
        if segment.human:
            ElementTree.SubElement(unit, "prop", {"type": "x-human"}).text = "yes"
        for language, text in ((source, segment.source), (target, segment.target)):
            variant = ElementTree.SubElement(unit, "tuv", {_LANG: str(language)})
            ElementTree.SubElement(variant, "seg").text = "".join(
                char for char in text if char >= " " or char in "\t\n"
            )
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
