"""Which voice engine is asked, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossreel.app import pretrained_models, speech_settings
from crossreel.errors import BadValue, WrongUse
from crossreel.media.sound_writing import write_sound
from crossreel.models.espeak import EspeakVoice
from crossreel.models.http_voice import HttpVoice
from crossreel.models.kokoro import KokoroVoice
from crossreel.models.piper import PiperVoice
from crossreel.models.registry import card
from crossreel.values.language import Language
from crossreel.values.speech_roles import Spoken, Voice

__all__ = ["ENGINES", "say", "voice_engine", "voice_for"]

ENGINES = ("kokoro", "piper", "espeak", "http")


def voice_engine(
    name: str,
    *,
    home: Path | None = None,
    folder: Path | None = None,
    address: str | None = None,
    token: str = "",
    offered: tuple[str, ...] = (),
) -> Voice:
    """An engine ready to speak.

    Args:
        name: one of ``ENGINES``.
        home: workspace whose settings say where models lie, and Piper's voices or the service.
        folder: of the model, instead of the pulled one or that of the settings.
        address: of the service, for ``http``.
        token: for it.
        offered: its voices as LANGUAGE=VOICE.

    Raises:
        BadValue: another name, or a voice in another form.
        Missing: its model or program is not there.
        WrongUse: something it needs was not named.
    """
    if name == "kokoro":
        return KokoroVoice(folder or pretrained_models(home).locate(card("kokoro")))
    if name == "espeak":
        return EspeakVoice()
    told = speech_settings(home)
    if name == "piper":
        named = (home or Path()) / told.piper_folder if told.piper_folder else None
        if folder is None and named is None:
            raise WrongUse(
                "Piper needs the folder of its voices.",
                advice="Get it: pipx install piper-tts. Then name speech.piper_folder, or --model-dir.",
            )
        return PiperVoice(folder or named)  # type: ignore[arg-type]
    if name == "http":
        if not (address or told.http_url):
            raise WrongUse(
                "The voice service has no address.",
                advice="Name it by speech.http_url and its voices by speech.http_voices in crossreel.toml.",
            )
        voices = offered or tuple(told.http_voices.replace(",", " ").split())
        return HttpVoice(address or told.http_url, tuple(map(_offered, voices)), token or told.http_key)
    raise BadValue("voice engine", name, "one of " + ", ".join(ENGINES))


def voice_for(engine: Voice, language: Language, wanted: str | None) -> str:
    """The voice asked for, else the engine's first of that language (regions count).

    Raises:
        BadValue: it has no voice of that language.
    """
    if wanted is not None:
        return wanted
    spoken = engine.voices()
    exact = [one.id for one in spoken if one.language == language]
    near = [one.id for one in spoken if one.language.primary == language.primary]
    for voice in (*exact, *near):
        return voice
    raise BadValue("language to speak", str(language), f"one that {engine.name} speaks")


def _offered(text: str) -> Spoken:
    language, mark, voice = text.partition("=")
    if not mark or not voice:
        raise BadValue("voice", text, "LANGUAGE=VOICE, such as es=nova")
    return Spoken(voice, Language.parse(language))


def say(
    engine: Voice, text: str, language: Language, wanted: str | None, rate: float, out: Path
) -> dict[str, Any]:
    """Speaks a text into a file: ``{"output", "engine", "voice", "seconds", "rate", "sends_data"}``."""
    voice = voice_for(engine, language, wanted)
    sound = engine.speak(text, voice, rate)
    write_sound(out, sound)
    return {
        "output": str(out),
        "engine": engine.name,
        "license": engine.license,
        "voice": voice,
        "seconds": round(float(sound.seconds), 4),
        "rate": rate,
        "sends_data": engine.sends_data,
    }
