"""espeak-ng as a process (GPL-3, so never in ours): phonemes for other voices, and a guide voice."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from functools import cache, lru_cache
from pathlib import Path

from crossreel.errors import BadValue, MissingProgram, OutsideFailure
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Spoken

__all__ = ["EspeakVoice", "espeak_program", "phonemes"]

_WORDS_A_MINUTE = 165
"""What ``rate`` 1 is; espeak-ng's own default is 175."""
_SECONDS = 60
_PAUSES = re.compile(r"([;:,.!?¡¿—–…\"«»“”()\n]+)")
_SWITCH = re.compile(r"\([a-z-]+\)")
_LEFT_OUT = str.maketrans({"¡": "", "¿": "", "«": "“", "»": "”", "–": "—", "\n": " "})


@cache
def espeak_program() -> str:
    """The program's path. Raises ``MissingProgram`` where it is not installed."""
    found = shutil.which("espeak-ng")
    if found is None:
        raise MissingProgram(
            "This needs the program espeak-ng, which is not installed.",
            advice="Install it with: apt-get install espeak-ng (or brew install espeak-ng).",
            program="espeak-ng",
        )
    return found


@lru_cache(maxsize=4096)
def phonemes(text: str, voice: str) -> str:
    """The text in IPA with stress marks; punctuation stays where it stood.

    Args:
        text: plain words.
        voice: espeak-ng's name of a language: "en-us", "es", "fr-fr", "it", "pt-br".
    """
    parts: list[str] = []
    for piece in _PAUSES.split(text):
        if not piece.strip():
            parts.append(" " if piece else "")
        elif _PAUSES.fullmatch(piece):
            parts.append(piece.translate(_LEFT_OUT))
        else:
            spoken = _run(["-q", "--ipa", "-v", voice, "--", piece]).decode("utf-8", "replace")
            said = " ".join(_SWITCH.sub("", spoken).split())
            lead = " " if piece[0].isspace() else ""
            parts.append(lead + said + (" " if piece[-1].isspace() else ""))
    return " ".join("".join(parts).split())


class EspeakVoice:
    """A robotic guide voice in some 130 languages; good for timing, not for release."""

    name = "espeak-ng"
    license = "GPL-3.0-or-later (a process of its own)"
    needs = "the program espeak-ng"
    sends_data = False

    @cache  # noqa: B019 - one instance lives as long as the process
    def voices(self) -> tuple[Spoken, ...]:
        """The voices the program lists."""
        listed = _run(["--voices"]).decode("utf-8", "replace").splitlines()[1:]
        found: list[Spoken] = []
        for line in listed:
            columns = line.split()
            try:
                language = Language.parse(columns[1])
            except (BadValue, IndexError):
                continue
            gender = columns[2].rpartition("/")[2].lower()
            found.append(Spoken(columns[1], language, gender if gender in ("f", "m") else ""))
        return tuple(found)

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """Mono, 22,050 samples a second; see ``Voice.speak``."""
        if voice not in {known.id for known in self.voices()}:
            raise BadValue("voice", voice, "one that espeak-ng --voices lists")
        if not text.strip():
            raise BadValue("text to speak", text, "some words")
        from crossreel.models.wave_bytes import sound_of_wave

        with tempfile.TemporaryDirectory(prefix="crossreel-espeak-") as folder:
            target = Path(folder) / "said.wav"
            speed = str(max(80, round(_WORDS_A_MINUTE * rate)))
            _run(["-v", voice, "-s", speed, "-w", str(target), "--", text])
            return sound_of_wave(target.read_bytes())


def _run(arguments: list[str]) -> bytes:
    try:
        done = subprocess.run(
            [espeak_program(), *arguments],
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise OutsideFailure("espeak-ng did not answer within a minute.", advice="Try again.") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[:200]
        raise OutsideFailure(f"espeak-ng failed: {said}.", advice="Check the voice's name.")
    return done.stdout
