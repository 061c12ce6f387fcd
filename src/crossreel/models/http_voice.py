"""Any voice service that speaks HTTP: text in as JSON, a PCM WAV out. The text leaves the machine."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Final

from crossreel.errors import BadValue, OutsideFailure
from crossreel.models.wave_bytes import sound_of_wave
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Spoken

__all__ = ["HttpVoice"]

_SECONDS: Final = 120
_MOST_BYTES: Final = 200_000_000


class HttpVoice:
    """A service in the shape of ``POST /v1/audio/speech``.

    Sends ``{"model", "input", "voice", "speed", "response_format": "wav"}``, as OpenAI's speech endpoint and
    the many servers that copy it take (OpenAI API reference, "Create speech", read 2026-11).

    Args:
        address: https, or http to this machine; the whole address of the endpoint.
        voices: what it offers; it cannot be asked.
        token: sent as a bearer token, where given.
        model: name of the service's model.

    Raises:
        BadValue: another kind of address.
    """

    license = "the service's terms"
    needs = "a service of the operator's choice"
    sends_data = True

    def __init__(
        self, address: str, voices: tuple[Spoken, ...], token: str = "", model: str = "tts-1"
    ) -> None:
        local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
        if not address.startswith(("https://", *local)):
            raise BadValue("voice service", address, "an https address (http only to this machine)")
        self.name = f"http:{address}"
        self._address, self._voices, self._token, self._model = address, voices, token, model

    def voices(self) -> tuple[Spoken, ...]:
        """The voices named when it was set up."""
        return self._voices

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """See ``Voice.speak``.

        Raises:
            BadValue: no text.
            OutsideFailure: the service cannot be reached, refuses, or answers something else than WAV.
        """
        if not text.strip():
            raise BadValue("text to speak", text, "some words")
        words = {
            "model": self._model,
            "input": text,
            "voice": voice,
            "speed": rate,
            "response_format": "wav",
        }
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._address, json.dumps(words).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                return sound_of_wave(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            wait = error.headers.get("Retry-After")
            advice = (
                f"Try again in {wait} seconds." if wait else "Check the address, the token and the quota."
            )
            raise OutsideFailure(
                f"The voice service answered with status {error.code}.", advice=advice, status=error.code
            ) from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise OutsideFailure(
                f"The voice service cannot be reached ({error}).", advice="Check its address and the network."
            ) from error
