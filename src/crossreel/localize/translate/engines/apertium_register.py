"""Formal or informal in Apertium's target, by the person of verbs and pronouns before they are inflected.

Spanish usted and Portuguese você take the third person, French vous the second of the plural. Only the
second person is changed (and back from the plural): a third person may be about somebody else, so that what
the engine already made formal stays, and what remains is found by the check of registers.
"""

from __future__ import annotations

import re

from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["STEERED", "addressed"]

STEERED = ("es", "pt", "fr")
"""Target languages whose register can be steered."""

_VERB = re.compile(r"<v[a-z]+>")
_SECOND = re.compile(r"<p2>(?:<mf>|<m>|<f>)?<(?:sg|pl|sp)>")
_PRONOUNS = {
    "es": {"tú": "usted", "vosotros": "usted", "ti": "usted"},
    "pt": {"tu": "você", "ti": "você", "vós": "você"},
}
_CLITICS = ("prpers", "te", "os", "vos")
_POSSESSIVES = {
    "es": {"tuyo": "suyo", "vuestro": "suyo"},
    "pt": {"teu": "seu", "vosso": "seu"},
}


def addressed(stream: str, language: str, register: str) -> str:
    """The stream of one text in that register.

    Args:
        stream: what goes into the generator.
        language: primary tag of the target, one of ``STEERED``.
        register: ``formal`` or ``informal``.
    """
    units, rest = units_in(stream)
    for place, unit in enumerate(units):
        parts = unit.surface.split("+")
        if language == "fr":
            unit.surface = "+".join(_french(part, register) for part in parts)
        elif register == "formal":
            following = units[place + 1] if place + 1 < len(units) else None
            unit.surface = "+".join(_third(part, language, parts, following) for part in parts)
        else:
            unit.surface = "+".join(_singular(part, language) for part in parts)
    return joined(units, rest)


def _split(part: str) -> tuple[str, str]:
    lemma, mark, tags = part.partition("<")
    return lemma, mark + tags


def _as(lemma: str, new: str) -> str:
    return new[:1].upper() + new[1:] if lemma[:1].isupper() else new


def _third(part: str, language: str, parts: list[str], following: Unit | None) -> str:
    lemma, tags = _split(part)
    low = lemma.lower()
    if _VERB.match(tags):
        return lemma + re.sub(r"<p2><(?:sg|pl)>", "<p3><sg>", tags)
    possessive = _POSSESSIVES[language].get(low)
    if possessive and "<pos>" in tags:
        return _as(lemma, possessive) + (
            re.sub(r"<pos><[mf]+>", "<pos><mf>", tags) if language == "es" else tags
        )
    if "<p2>" not in tags or "<prn>" not in tags:
        return part
    if "<tn>" in tags:
        wanted = "prpers" if low == "prpers" else _PRONOUNS[language].get(low, low)
        return _as(lemma, wanted) + _SECOND.sub("<p3><mf><sg>", tags)
    if low not in _CLITICS:
        return part
    verb = parts[0] if len(parts) > 1 else following.surface if following is not None else ""
    itself = re.search(r"<p2><(?:sg|pl)>", verb) is not None
    if itself or (following is not None and "<prn><pro><p3>" in following.surface):
        reflexive = "<enc>" if "<enc>" in tags else "<pro>"
        return f"{_as(lemma, 'se')}<prn>{reflexive}<ref><p3><mf><sp>"
    other = "prpers" if low == "prpers" else "lhe" if language == "pt" else "le"
    return _as(lemma, other) + _SECOND.sub("<p3><mf><sg>", tags)


def _singular(part: str, language: str) -> str:
    """Vosotros to one person is tú; what is singular already stays."""
    lemma, tags = _split(part)
    low = lemma.lower()
    one = (
        {"vosotros": "tú", "os": "te", "vuestro": "tuyo"}
        if language == "es"
        else {"vós": "tu", "vosso": "teu"}
    )
    if _VERB.match(tags):
        return lemma + tags.replace("<p2><pl>", "<p2><sg>")
    if low in one and ("<p2>" in tags or "<pos>" in tags):
        return _as(lemma, one[low]) + re.sub(r"<p2><(?:m|f|mf)><pl>", "<p2><mf><sg>", tags)
    return part.replace("<p2><mf><pl>", "<p2><mf><sg>") if "<prn>" in tags else part


_FRENCH = {"tu": "vous", "te": "vous", "toi": "vous", "ton": "votre"}


def _french(part: str, register: str) -> str:
    lemma, tags = _split(part)
    low = lemma.lower()
    formal = register == "formal"
    if _VERB.match(tags):
        return lemma + (
            tags.replace("<p2><sg>", "<p2><pl>") if formal else tags.replace("<p2><pl>", "<p2><sg>")
        )
    if "<pos>" in tags and low in ("ton", "votre"):
        return _as(lemma, "votre" if formal else "ton") + tags
    if "<p2>" not in tags or "<prn>" not in tags:
        return part
    if formal and low in _FRENCH:
        return _as(lemma, "vous") + tags.replace("<sg>", "<pl>")
    if not formal and low == "vous":
        return _as(lemma, "te" if "<tn>" not in tags else "tu") + tags.replace("<pl>", "<sg>")
    return part
