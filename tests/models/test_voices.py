import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadValue, MissingModel, MissingProgram, OutsideFailure
from crossreel.models.espeak import EspeakVoice, phonemes
from crossreel.models.http_voice import HttpVoice
from crossreel.models.kokoro import KokoroVoice
from crossreel.models.piper import PiperVoice
from crossreel.models.registry import card
from crossreel.models.wave_bytes import sound_of_wave
from crossreel.models.whisper import WhisperRecognizer


def wave_bytes(seconds: float = 0.1) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(np.full(round(seconds * 24_000) * 2, 8_192, dtype="<i2").tobytes())
    return held.getvalue()


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict], Callable[[int, bytes], None]]]:
    """A local service that answers what it is told to, and keeps what it was asked."""
    asked: list[dict] = []
    answer: list[tuple[int, bytes]] = [(200, wave_bytes())]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            asked[-1]["token"] = self.headers.get("Authorization")
            status, body = answer[0]
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def say(status: int, body: bytes) -> None:
            answer[0] = (status, body)

        yield f"http://127.0.0.1:{server.server_port}/v1/audio/speech", asked, say
        server.shutdown()
        thread.join()


def test_a_service_is_asked_and_its_failures_are_told(service) -> None:  # type: ignore[no-untyped-def]
    address, asked, say = service
    voice = HttpVoice(address, (), "secret")
    sound = voice.speak("Hola", "nova", 1.1)
    assert (sound.rate, sound.length) == (24_000, 2_400)
    assert sound.samples.max() == pytest.approx(0.25)
    assert asked[0]["input"] == "Hola"
    assert asked[0]["speed"] == 1.1
    assert asked[0]["token"] == "Bearer secret"
    say(429, b"")
    with pytest.raises(OutsideFailure, match=r"429.*7 seconds"):
        voice.speak("Hola", "nova")
    for body in (b"<html>oops</html>", b"", wave_bytes()[:20]):
        say(200, body)
        with pytest.raises(OutsideFailure):
            voice.speak("Hola", "nova")
    with pytest.raises(BadValue, match="https"):
        HttpVoice("http://example.org/speech", ())
    with pytest.raises(BadValue):
        voice.speak("  ", "nova")
    with pytest.raises(OutsideFailure, match="reached"):
        HttpVoice("http://127.0.0.1:9/none", ()).speak("Hola", "nova")


def test_espeak_speaks_and_gives_phonemes(debian: Callable[..., str]) -> None:
    debian("espeak-ng", package="espeak-ng")
    voice = EspeakVoice()
    assert {"es", "it", "ja"} <= {one.id for one in voice.voices()}
    slow, fast = voice.speak("Buenos días a todos", "es"), voice.speak("Buenos días a todos", "es", 1.5)
    assert 0.5 < float(fast.seconds) < float(slow.seconds) < 4
    assert phonemes("¡Hola, amigo!", "es") == "ˈola, amˈiɣo!"
    with pytest.raises(BadValue, match="voice"):
        voice.speak("x", "klingon")
    with pytest.raises(BadValue, match="text"):
        voice.speak(" ", "es")


def test_piper_is_a_process(tmp_path: Path) -> None:
    with pytest.raises(MissingProgram, match="pipx"):
        PiperVoice(tmp_path, "no-such-piper")
    program = tmp_path / "piper"
    program.write_text(
        '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = --output_file ] && out=$2; shift; done\n'
        f'cat > /dev/null; cp {tmp_path}/said.wav "$out"\n'
    )
    program.chmod(0o755)
    with pytest.raises(MissingModel):
        PiperVoice(tmp_path, str(program))
    (tmp_path / "joe.onnx").touch()
    (tmp_path / "joe.onnx.json").write_text('{"language": {"code": "en_US"}}')
    (tmp_path / "said.wav").write_bytes(wave_bytes())
    voice = PiperVoice(tmp_path, str(program))
    assert [(one.id, str(one.language)) for one in voice.voices()] == [("joe", "en-US")]
    assert voice.speak("Hello", "joe").length == 2_400
    (tmp_path / "said.wav").unlink()
    with pytest.raises(OutsideFailure, match="Piper failed"):
        voice.speak("Hello", "joe")


def test_missing_models_say_how_to_get_them(tmp_path: Path) -> None:
    for opened in (KokoroVoice, WhisperRecognizer):
        with pytest.raises(MissingModel, match="crossreel models pull"):
            opened(tmp_path)
    assert card("kokoro").size > 90_000_000
    assert card("whisper-base").size > 140_000_000


def test_streamed_waves_are_read() -> None:
    data = bytearray(wave_bytes())
    assert sound_of_wave(bytes(data)).length == 2_400
    with pytest.raises(OutsideFailure):
        sound_of_wave(b"RIFF")
