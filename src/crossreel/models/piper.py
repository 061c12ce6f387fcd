"""Piper as a process (GPL-3, so never in ours): fast neural voices, an ONNX file and a JSON each."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from crossreel.errors import BadFile, BadValue, MissingModel, MissingProgram, OutsideFailure
from crossreel.models.wave_bytes import sound_of_wave
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Spoken

__all__ = ["PiperVoice"]

_SECONDS = 120


class PiperVoice:
    """The voices of a folder.

    Args:
        folder: holds NAME.onnx and NAME.onnx.json.
        program: Piper's name or path.

    Raises:
        MissingModel: no voice in the folder.
        MissingProgram: Piper is not installed.
    """

    name = "piper"
    license = "GPL-3.0-or-later (a process of its own)"
    needs = "the program piper"
    sends_data = False

    def __init__(self, folder: Path, program: str = "piper") -> None:
        found = shutil.which(program)
        if found is None:
            raise MissingProgram(
                f"This needs the program {program}, which is not installed.",
                advice="Install it apart from crossreel: pipx install piper-tts.",
                program=program,
            )
        self._program = found
        self._models = {path.name.removesuffix(".onnx"): path for path in sorted(folder.glob("*.onnx"))}
        if not self._models:
            raise MissingModel(
                f"There is no Piper voice in {folder}.", advice="Put NAME.onnx and NAME.onnx.json there."
            )

    def voices(self) -> tuple[Spoken, ...]:
        """One for each model; the language is read from its JSON."""
        return tuple(Spoken(name, _language(path)) for name, path in self._models.items())

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """See ``Voice.speak``. Raises ``OutsideFailure`` where the program fails."""
        if voice not in self._models:
            raise BadValue("voice", voice, "one of " + ", ".join(self._models))
        if not text.strip():
            raise BadValue("text to speak", text, "some words")
        with tempfile.TemporaryDirectory(prefix="crossreel-piper-") as folder:
            target = Path(folder) / "said.wav"
            command = [self._program, "--model", str(self._models[voice]), "--output_file", str(target)]
            command += ["--length_scale", f"{1 / rate:.4f}"]
            try:
                done = subprocess.run(
                    command,
                    input=" ".join(text.split()).encode(),
                    capture_output=True,
                    timeout=_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise OutsideFailure(
                    "Piper did not answer within two minutes.", advice="Try again."
                ) from error
            if done.returncode or not target.is_file():
                said = done.stderr.decode("utf-8", "replace").strip()[-200:]
                raise OutsideFailure(f"Piper failed: {said}.", advice="Check the voice's files.")
            return sound_of_wave(target.read_bytes())


def _language(model: Path) -> Language:
    try:
        facts = json.loads(model.with_name(model.name + ".json").read_text(encoding="utf-8"))
        return Language.parse(str(facts["language"]["code"]).replace("_", "-"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(model, "has no readable NAME.onnx.json with its language") from error
