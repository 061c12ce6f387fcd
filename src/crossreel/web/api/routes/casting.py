"""Voices at hand, and who of a film speaks with which."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.trail import record
from crossreel.studio.casting import Character, cast_of, engines_at_hand, keep_cast
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Call, Calling, TitlePath
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("versions")

EngineName = Annotated[str, Query(max_length=20, description="kokoro, espeak, piper or http.")]
Tongue = Annotated[str, Query(min_length=2, max_length=35, description="BCP 47 tag of the dub.")]


class VoiceDocument(Document):
    """A voice of an engine."""

    id: str
    language: str
    gender: str = Field(description="f, m, or empty where nothing is said of it.")


class VoiceEngine(Document):
    """An engine with its voices, or what it lacks and how to get it."""

    name: str
    voices: list[VoiceDocument]
    license: str
    sends_data: bool
    problem: str


class VoiceEngines(Document):
    """Every engine."""

    items: list[VoiceEngine]


class CastMember(Document):
    """Somebody who speaks; the empty name is whoever has no voice of their own."""

    character: str
    lines: int
    voice: str = Field(description="Empty: one is chosen when the dub is made.")
    locked: bool


class CastDocument(Document):
    """The cast book of a film for an engine and a language."""

    engine: str
    language: str
    cast: list[CastMember]


class CastChoice(Form):
    """A voice for a character."""

    character: str = Field(max_length=200)
    voice: str = Field("", max_length=200)
    locked: bool = False


class CastForm(Form):
    """The whole cast book; a locked voice is only changed where it is unlocked here."""

    cast: list[CastChoice] = Field(max_length=2000)


@router.get("/versions/voices", **operation(Permission.READ, VoiceEngines))
def list_voices(call: Calling) -> Response:
    """List the voice engines with their voices, or what they lack."""
    items = [
        {
            "name": one.name,
            "voices": [
                {"id": voice.id, "language": str(voice.language), "gender": voice.gender}
                for voice in one.voices
            ],
            "license": one.license,
            "sends_data": one.sends_data,
            "problem": one.problem,
        }
        for one in engines_at_hand(call.app.home)
    ]
    return answer(call.request, {"items": items})


@router.get("/titles/{title}/localization/cast", **operation(Permission.READ, CastDocument, errors=(409,)))
def get_cast(call: Calling, title: TitlePath, language: Tongue, engine: EngineName = "kokoro") -> Response:
    """Get who speaks in a title's film, and with which voice."""
    return _told(call, call.title(title), engine, Language.parse(language))


@router.put(
    "/titles/{title}/localization/cast", **operation(Permission.EDIT, CastDocument, errors=(409, 503))
)
def put_cast(
    call: Calling, title: TitlePath, form: CastForm, language: Tongue, engine: EngineName = "kokoro"
) -> Response:
    """Choose voices; the next dub of the film speaks with them."""
    id_, tongue = call.title(title), Language.parse(language)
    choices = [Character(one.character, 0, one.voice, one.locked) for one in form.cast]
    kept = keep_cast(call.app, call.actor, id_, engine, tongue, choices)
    told = {"engine": engine, "language": str(tongue), "voices": kept}
    record(call.app, call.actor, "cast.keep", str(id_), after=told, request_id=call.request_id)
    return _told(call, id_, engine, tongue)


def _told(call: Call, id_: TitleId, engine: str, language: Language) -> Response:
    cast = [
        {"character": one.name, "lines": one.lines, "voice": one.voice, "locked": one.locked}
        for one in cast_of(call.app, id_, engine, language)
    ]
    return answer(call.request, {"engine": engine, "language": str(language), "cast": cast})
