"""What the verbs of ``crossreel subtitles`` share: their options and their reading."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossreel.cli.terminal import announce
from crossreel.errors import BadValue, WrongUse

if TYPE_CHECKING:
    from crossreel.localize.timedtext import Document
    from crossreel.values.language import Language
    from crossreel.values.text_roles import LanguageDetector
    from crossreel.values.timing import FrameRate

__all__ = [
    "FINDINGS",
    "Children",
    "Encoding",
    "File",
    "Format",
    "Fps",
    "Profile",
    "Sdh",
    "Shots",
    "Strict",
    "Tongue",
    "language_of",
    "profile_note",
    "rate_of",
    "read",
    "shots_of",
    "tell",
]

FINDINGS = 3
"""The exit code of ``--strict`` with violations, and of a refused sync."""

File = Annotated[Path, typer.Argument(help="A subtitle file.")]
Format = Annotated[str | None, typer.Option("--format", help="Its format, where the file does not tell it.")]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Its character encoding; otherwise it is detected.")
]
Fps = Annotated[str | None, typer.Option("--fps", help="Frames a second: 24, 23.976, 29.97 DF, 24000/1001.")]
Tongue = Annotated[
    str | None,
    typer.Option("--language", help="BCP 47 tag; else the file's own, or its name's (film.es.srt)."),
]
Profile = Annotated[
    str, typer.Option("--profile", help="netflix, ted, bbc, dcmp, default, or a TOML file of your own.")
]
Shots = Annotated[Path | None, typer.Option("--shots", help="JSON: the seconds at which shots begin.")]
Children = Annotated[bool, typer.Option("--children", help="Reading speed for children.")]
Sdh = Annotated[bool, typer.Option("--sdh", help="For the deaf and hard of hearing.")]
Strict = Annotated[bool, typer.Option("--strict", help="End with exit code 3 where violations are left.")]


def read(
    file: Path, format_: str | None, encoding: str | None, language: str | None, fps: str | None
) -> Document:
    """Reads a subtitle file as the options say."""
    from crossreel.localize.timedtext import read_file
    from crossreel.values.language import Language

    tongue = Language.parse(language) if language else None
    return read_file(file, format=format_, encoding=encoding, language=tongue, rate=rate_of(fps))


def rate_of(fps: str | None) -> FrameRate | None:
    """The frame rate asked for."""
    from crossreel.values.timing import FrameRate

    return FrameRate.parse(fps) if fps else None


def language_of(file: Path, document: Document, asked: str | None, *, other: Path | None = None) -> Language:
    """The language asked for, else the document's, else the one in the name of the file (or the other's).

    Raises:
        WrongUse: nothing tells it.
    """
    from crossreel.values.language import Language

    if asked:
        return Language.parse(asked)
    if document.language is not None:
        return document.language
    for path in (file, other) if other is not None else (file,):
        named = Path(path.stem).suffix.removeprefix(".")
        try:
            return Language.parse(named)
        except BadValue:
            continue
    raise WrongUse(
        f"Nothing tells the language of {file.name}.",
        advice="Name it with --language, such as --language es.",
    )


def shots_of(path: Path | None, document: Document, fps: str | None) -> tuple[Fraction, ...]:
    """Where shots begin, from the file named."""
    from crossreel.localize.timedtext import read_shots
    from crossreel.localize.timedtext.rules.sheet import ASSUMED_RATE

    if path is None:
        return ()
    return read_shots(path, rate_of(fps) or document.frame_rate or ASSUMED_RATE)


def profile_note(asked: str, used: str, language: Language) -> tuple[str, ...]:
    """What to say where a profile lacks the language."""
    if used != "default" or asked == "default":
        return ()
    return (f"The profile {asked} has no rules for {language}: the profile default was used.",)


_SCRIPTS = {"Jpan": ("Hira", "Kana", "Hani"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
_FEW_LETTERS, _LEAST_SHARE = 10, 0.3


def doubted_script(document: Document, language: Language) -> tuple[str, ...]:
    """A note where most letters are of another script than the language's."""
    from crossreel.insight.text.language import letters_by_script

    counts = letters_by_script(" ".join(cue.text for cue in document.cues[:200])[:5000])
    total = sum(counts.values())
    own = sum(counts[one] for one in _SCRIPTS.get(language.script, (language.script,)))
    if total < _FEW_LETTERS or own >= _LEAST_SHARE * total:
        return ()
    other = counts.most_common(1)[0][0]
    return (
        f"Most letters are {other}, and {language} is written in {language.script}: is the language right?",
    )


def doubted_language(
    document: Document, language: Language, detector: LanguageDetector | None
) -> tuple[str, ...]:
    """A note where the model of languages is sure (0.8 or more) of another than is said."""
    if detector is None:
        return doubted_script(document, language)
    guess = detector.detect(" ".join(cue.text for cue in document.cues[:200])[:5000])
    if guess.language is None or guess.confidence < 0.8 or guess.language.primary == language.primary:
        return ()
    return (f"It hardly looks like {language}, rather like {guess.language}: is the language right?",)


def tell(notes: list[str] | tuple[str, ...]) -> None:
    """Each note on standard error."""
    for note in notes:
        announce(note)
