"""The cast book of a title's film: which engine speaks a language, and who has which voice."""

from __future__ import annotations

from urllib.parse import quote as quoted

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.trail import record
from crossreel.errors import CrossreelError
from crossreel.studio.casting import (
    Character,
    EngineAtHand,
    cast_of,
    engines_at_hand,
    keep_cast,
    sample_of,
    speaking,
)
from crossreel.values.ids import TitleId
from crossreel.values.language import ENGLISH, Language
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["ROUTES", "casting_url"]

GENDERS = {"f": M_("female"), "m": M_("male"), "": ""}


def casting_url(title: TitleId, /, **query: object) -> str:
    """The address of a title's cast book."""
    return console_url(f"/cast/{quoted(str(title), safe=':')}", **query)


def cast(sitting: Sitting) -> Response:
    """``GET /cast/{id}?engine=&language=``."""
    return _page(sitting, sitting.query("engine"), sitting.query("language"))


def _page(sitting: Sitting, engine: str, tag: str, problem: str = "", status: int = 200) -> Response:
    id_ = sitting.app.title_id(sitting.request.path_params["id"])
    stored = sitting.app.catalog.get([id_])[id_]
    at_hand = engines_at_hand(sitting.app.home)
    ready = [one for one in at_hand if one.voices]
    chosen = next((one for one in at_hand if one.name == engine), (ready or at_hand)[0])
    tongues = _languages(sitting, chosen)
    own = stored.original_languages
    first = next((one for one, _ in tongues if one.primary not in {o.primary for o in own}), None)
    language = Language.parse(tag) if tag else first
    if language is not None and not speaking(chosen, language):
        language = first
    name = shown_words(stored.shown_name((ENGLISH,)))
    here = sitting.tell("Voices")
    return sitting.page(
        "casting.html",
        noun="catalog",
        title=f"{name.text} · {here}",
        crumbs=[
            Crumb(name, title_url(id_)),
            Crumb(sitting.tell("Localize"), title_url(id_, "localize")),
            Crumb(here),
        ],
        names=[name],
        status=status,
        name=name,
        title_id=id_,
        engines=at_hand,
        chosen=chosen,
        languages=tongues,
        language=language,
        voices=[(one, sitting.tell(GENDERS.get(one.gender, ""))) for one in speaking(chosen, language)]
        if language
        else [],
        characters=cast_of(sitting.app, id_, chosen.name, language) if language else [],
        here=lambda **query: casting_url(id_, **query),
        sample_url=lambda voice: console_url("/voice-sample", title=id_, engine=chosen.name, voice=voice),
        problem=problem,
    )


def _languages(sitting: Sitting, engine: EngineAtHand) -> list[tuple[Language, str]]:
    """What it speaks, by name."""
    book = sitting.phrases.book
    named = [(one, book.language_name(one)) for one in dict.fromkeys(v.language for v in engine.voices)]
    return sorted(named, key=lambda pair: pair[1])


def save(sitting: Sitting, fields: Fields) -> Response:
    """``POST /cast/{id}``: keeps the whole cast book of an engine and language."""
    id_ = sitting.app.title_id(sitting.request.path_params["id"])
    engine, language = fields.one("engine"), Language.parse(fields.one("language"))
    locked = set(fields.all("locked"))
    named = zip(fields.all("character"), fields.all("voice"), strict=False)
    choices = [
        Character(name.strip(), 0, voice, str(number) in locked)
        for number, (name, voice) in enumerate(named)
        if name.strip() or number == 0 or voice
    ]
    unique = {one.name: one for one in choices}
    try:
        kept = keep_cast(sitting.app, sitting.actor, id_, engine, language, list(unique.values()))
    except CrossreelError as error:
        problem = f"{error.message} {error.advice}".strip()
        return _page(sitting, engine, str(language), problem, 422)
    told = {"engine": engine, "language": str(language), "voices": kept}
    record(sitting.app, sitting.actor, "cast.keep", str(id_), after=told, request_id=sitting.request_id)
    message = sitting.tell_n(
        "%(num)s voice is chosen; the next dub speaks with it.",
        "%(num)s voices are chosen; the next dub speaks with them.",
        len(kept),
    )
    return sitting.go(casting_url(id_, engine=engine, language=str(language)), message)


def sample(sitting: Sitting) -> Response:
    """``GET /voice-sample?title=&engine=&voice=``: how a voice says the title's name."""
    id_ = sitting.app.title_id(sitting.query("title"))
    sound = sample_of(sitting.app, id_, sitting.query("engine"), sitting.query("voice"))
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})


ROUTES = [
    shown("/voice-sample", sample, needs=Permission.EDIT),
    shown("/cast/{id:path}", cast),
    changed("/cast/{id:path}", save),
]
