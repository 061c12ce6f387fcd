"""A film into another language by one command: transcribed or imported, translated, fixed, dubbed, packaged.

The folder that it works in holds every stage as a file that a person may edit:

- ``subtitles.SOURCE.vtt``, imported or heard;
- ``translation.TARGET.vtt``, what is dubbed, with the ids and times of the source;
- ``subtitles.TARGET.vtt``, the same fixed for reading;
- ``forced.TARGET.vtt``, what must be read though subtitles are off, from marks and from text in the picture;
- ``cast.TARGET.toml``, ``dub.TARGET.m4a`` and the plan in ``dub.TARGET.json``;
- ``hls/master.m3u8``, and ``versions.json`` for ``versions matrix --assets``.

A second run does only what changed; other languages are added to the same folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from crossreel.errors import BadInput, OutsideFailure, WrongUse
from crossreel.localize.dub.cast import CastBook, read_cast
from crossreel.localize.forced import Draft, is_forced
from crossreel.localize.timedtext import Document, fix, read_file, write_bytes
from crossreel.localize.translate.cache import AnswerCache
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.memory import Memory, MemoryList
from crossreel.localize.translate.roles import TranslationEngine
from crossreel.localize.translate.signs import Signs
from crossreel.localize.translate.terms import read_terms
from crossreel.localize.translate.tmx import read_tmx
from crossreel.media.leveling import target_named
from crossreel.media.sound_reading import sound_facts
from crossreel.studio.dubbing import Bed, DubOrder, dub, film_length
from crossreel.studio.folder_lock import only_one
from crossreel.studio.localizing_assets import keep_assets
from crossreel.studio.localizing_lines import mouths_of, speakable, with_ids, written_by_people
from crossreel.studio.narratives import seen_in_picture, translated_narratives, with_marked
from crossreel.studio.shorter_wordings import ShorterWordings
from crossreel.studio.steps import Step, Steps, content
from crossreel.studio.streaming import Track, hls_package
from crossreel.studio.transcribing import transcribe
from crossreel.studio.whole_files import write_whole
from crossreel.values.language import Language
from crossreel.values.speech_roles import Recognizer, Voice

__all__ = ["LocalizeOrder", "Localizer"]

Progress = Callable[[int, int, str], None]


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class LocalizeOrder:
    """What to make, and with what.

    Args:
        film: with a picture.
        out: folder to work in, made where it is not there.
        source: language of the film; None has it detected, where there are no subtitles.
        target: language to make.
        engine: translates.
        voice: speaks.
        recognizer: gives who listens; called only where there are no subtitles.
        subtitles: of the film in its own language; None has it transcribed.
        stem: music and effects; the film's own sound is ducked otherwise.
        cast: cast book; voices are chosen otherwise.
        terms, memory: termbase and TMX of the translation.
        loudness: target by name.
        layout: of the mix: stereo or 5.1.
        profile: rules of the subtitles.
        notes: what the engine may know of the film.
        signs: models that look for doubtful lines.
        back: translates back, to find doubtful lines.
        digest: sha256 of the film, where it is known.
        remembered: a memory that is asked where ``memory`` is none; what it learns later undoes nothing.
        analysis: JSON of ``video analyze``: its texts become forced narratives, its faces say which lines
            must fit a mouth.
        accepted: ids of lines that people accepted: they are said as they are.
        reviewed: whether people have accepted every line of the translation.
    """

    film: Path
    out: Path
    source: Language | None
    target: Language
    engine: TranslationEngine
    voice: Voice
    recognizer: Callable[[], Recognizer]
    subtitles: Path | None = None
    stem: Path | None = None
    cast: Path | None = None
    terms: Path | None = None
    memory: Path | None = None
    loudness: str = "ebu-r128"
    layout: str = "stereo"
    profile: str = "netflix"
    notes: str = ""
    signs: Signs = field(default_factory=Signs)
    back: TranslationEngine | None = None
    digest: str = ""
    remembered: Memory | None = None
    analysis: Path | None = None
    accepted: frozenset[str] = frozenset()
    reviewed: bool = False


class Localizer:
    """The steps of one order; ``run`` does them, each only where it is not done yet.

    Raises:
        BadFile: the folder's list of steps, or the film, cannot be read.
        WrongUse: subtitles are given without their language.
    """

    def __init__(self, order: LocalizeOrder) -> None:
        if order.subtitles is not None and order.source is None:
            raise WrongUse("Nothing says which language the film speaks.", advice="Name it with --from.")
        self.order = order
        self.length = film_length(order.film)
        target_named(order.loudness)
        self.steps = Steps(order.out / "steps.json")
        self._film = order.digest or content(order.film)

    def source_inputs(self) -> dict[str, Any]:
        """What the first step depends on."""
        order = self.order
        read = order.subtitles
        return {
            "film": None if read else self._film,
            "subtitles": content(read) if read else None,
            "language": str(order.source),
            "profile": order.profile,
        }

    @property
    def source_files(self) -> list[Path]:
        """What the first step makes; its name holds the language where that was told."""
        return [self.order.out / f"subtitles.{self.order.source or 'source'}.vtt"]

    def run(self, progress: Progress = _silent, *, wait: bool = False) -> dict[str, Any]:
        """Does all of it; returns the document of ``crossreel versions localize --json``.

        Args:
            progress: told of every sentence, line and segment.
            wait: until the folder is free, where another process works in it.

        Raises:
            BadInput: nothing is said in the film, or a file is wrong.
            Conflict: a person edited what would be overwritten, or another process works in the folder.
            Missing: an engine or model is not there.
            OutsideFailure: the engine translated nothing.
        """
        self.order.out.mkdir(parents=True, exist_ok=True)
        waiting = partial(progress, 0, 1, "waiting for another language") if wait else None
        with only_one(self.order.out, waiting):
            self.steps = Steps(self.order.out / "steps.json")  # as the process before left it
            return self._all(progress)

    def _all(self, progress: Progress) -> dict[str, Any]:
        first = self.steps.run(
            "transcript", self.source_inputs(), self.source_files, lambda: self._transcript(progress)
        )
        source = Language.parse(first.facts["language"])
        spoken = read_file(self.source_files[0], language=source)
        order = self.order
        forced = tuple(first.facts.get("forced", ()))
        done = [first, self._translated(spoken, source, progress), self._fixed()]
        done.append(self._forced(spoken, source, forced))
        done.append(self._dubbed(source, forced, progress))
        done.append(self._packaged(source, progress))
        return self._told(
            done, source, keep_assets(order, self.source_files[0].name, source, self._has_forced())
        )

    def _transcript(self, progress: Progress) -> dict[str, Any]:
        order, out = self.order, self.source_files[0]
        if order.subtitles is not None:
            document = read_file(order.subtitles, language=order.source)
            facts: dict[str, Any] = {
                "language": str(order.source),
                "how": "imported",
                "notes": list(document.notes),
            }
        else:
            progress(0, 1, "listening")
            heard = transcribe(
                order.film, order.recognizer(), order.source, profile=order.profile, turns=True
            )
            progress(1, 1, "listening")
            document = heard.document
            facts = {
                "language": str(order.source or heard.language),
                "how": "transcribed",
                "language_probability": round(heard.probability, 4),
                "notes": list(heard.notes),
            }
        if not document.cues:
            raise BadInput(
                "Nobody speaks in the film, so there is nothing to localize.",
                advice="Name its subtitles with --subtitles if there is speech.",
            )
        document = with_ids(document)
        write_whole(out, write_bytes(document, "webvtt").data)
        forced = [cue.id for cue in document.cues if is_forced(cue)]
        return {**facts, "cues": len(document.cues), "forced": forced}

    def _translated(self, spoken: Document, source: Language, progress: Progress) -> Step:
        order = self.order
        files = [
            order.out / f"translation.{order.target}.vtt",
            order.out / f"translation.{order.target}.json",
        ]
        inputs = {
            "source": content(self.source_files[0]),
            "languages": [str(source), str(order.target)],
            "engine": order.engine.facts.name,
            "terms": content(order.terms) if order.terms else None,
            "memory": content(order.memory) if order.memory else None,
            "notes": order.notes,
        }

        def work() -> dict[str, Any]:
            done = translate_document(
                spoken, self.task(source), progress=lambda n, of: progress(n, of, "sentences translated")
            )
            counts = done.counts()
            if counts.get("untranslated", 0) == len(spoken.cues) - counts.get("empty", 0):
                reason = next((line.reasons[0].message for line in done.lines if line.reasons), "")
                raise OutsideFailure(
                    f"{done.engine} translated none of {len(spoken.cues)} cues. {reason}".strip(),
                    advice="See whether the engine works, then run it again.",
                )
            lines = {"lines": [line.to_dict() for line in done.lines]}
            write_whole(files[1], (json.dumps(lines, ensure_ascii=False, indent=1) + "\n").encode())
            write_whole(files[0], write_bytes(done.document, "webvtt").data)
            return {
                "engine": done.engine,
                "route": list(done.route),
                "counts": counts,
                "worst": [line.cue for line in done.worst_first() if line.reasons][:20],
                "estimate": done.estimate.to_dict(),
                "looked_for": dict(done.looked_for),
                "notes": list(done.notes),
            }

        return self.steps.run(f"translation.{order.target}", inputs, files[:1], work)

    def task(self, source: Language) -> Task:
        """How it is translated; answers are kept in the folder."""
        order = self.order
        return Task(
            source,
            order.target,
            order.engine,
            terms=read_terms(order.terms, source, order.target) if order.terms else None,
            memory=MemoryList(read_tmx(order.memory, source, order.target))
            if order.memory
            else order.remembered,
            cache=AnswerCache(order.out / "answers.jsonl"),
            notes=order.notes,
            signs=order.signs,
            back=order.back,
            profile=order.profile,
        )

    def _draft(self) -> Path:
        return self.order.out / f"translation.{self.order.target}.vtt"

    def _fixed(self) -> Step:
        order = self.order
        out = order.out / f"subtitles.{order.target}.vtt"

        def work() -> dict[str, Any]:
            fixed = fix(read_file(self._draft(), language=order.target), order.target, order.profile)
            write_whole(out, write_bytes(fixed.document, "webvtt").data)
            left = [violation.message for violation in fixed.unsolved]
            return {
                "cues": len(fixed.document.cues),
                "unsolved": len(left),
                "notes": [*fixed.notes, *left[:10]],
            }

        return self.steps.run(
            f"fix.{order.target}", {"draft": content(self._draft()), "profile": order.profile}, [out], work
        )

    def _forced(self, spoken: Document, source: Language, marked: tuple[str, ...]) -> Step:
        """The track of forced narratives; a file without cues where there is none."""
        order = self.order
        out = order.out / f"forced.{order.target}.vtt"

        def work() -> dict[str, Any]:
            draft = seen_in_picture(order.analysis, spoken) if order.analysis else Draft(())
            made = translated_narratives(draft, lambda: self.task(source), order.target)
            track = with_marked(made, read_file(self._draft(), language=order.target), marked)
            fixed = fix(track, order.target, order.profile).document if track.cues else track
            write_whole(out, write_bytes(fixed, "webvtt").data)
            return {"cues": len(fixed.cues), "marked": len(marked), "notes": list(made.notes)}

        inputs = {
            "draft": content(self._draft()) if marked else None,
            "marked": list(marked),
            "analysis": content(order.analysis) if order.analysis else None,
            "profile": order.profile,
        }
        return self.steps.run(f"forced.{order.target}", inputs, [out], work)

    def _dubbed(self, source: Language, forced: tuple[str, ...], progress: Progress) -> Step:
        order = self.order
        out = order.out / f"dub.{order.target}.m4a"
        inputs = {
            "draft": content(self._draft()),
            "film": self._film,
            "stem": content(order.stem) if order.stem else None,
            "cast": content(order.cast) if order.cast else None,
            "voice": order.voice.name,
            "loudness": order.loudness,
            "layout": order.layout,
            "faces": content(order.analysis) if order.analysis else None,
            "forced": list(forced),
            "accepted": sorted(order.accepted),
        }

        def work() -> dict[str, Any]:
            spoken = read_file(self.source_files[0], language=source)
            held = order.accepted | written_by_people(self._draft(), order.target)
            return self._dub(out, forced, ShorterWordings(spoken, self.task(source), held), progress)

        return self.steps.run(f"dub.{order.target}", inputs, [out], work)

    def _dub(
        self, out: Path, forced: tuple[str, ...], condense: ShorterWordings, progress: Progress
    ) -> dict[str, Any]:
        order = self.order
        document, silent = speakable(self._draft(), self.source_files[0], order.target, forced)
        bed = order.stem or (order.film if sound_facts(order.film) else None)
        made = dub(
            DubOrder(
                document,
                order.target,
                read_cast(order.cast) if order.cast else CastBook({}),
                Bed(bed, order.stem is not None, order.layout),
                self.length,
                target_named(order.loudness),
                condense=condense,
                on_screen=mouths_of(order.analysis, document),
            ),
            order.voice,
            order.out / "takes",
            out,
            progress,
        )
        plan = json.dumps(made.to_dict(), ensure_ascii=False, indent=1) + "\n"
        write_whole(order.out / f"dub.{order.target}.json", plan.encode())
        write_whole(order.out / f"cast.{order.target}.toml", made.cast.to_toml().encode())
        facts = {key: value for key, value in made.to_dict().items() if key not in ("placed", "notes")}
        return {**facts, "voice_engine": order.voice.name, "notes": [*silent, *condense.notes, *made.notes]}

    def _packaged(self, source: Language, progress: Progress) -> Step:
        order = self.order
        master = order.out / "hls" / "master.m3u8"
        sounds = [Track(order.out / f"dub.{order.target}.m4a", order.target)]
        texts = [
            Track(self.source_files[0], source),
            Track(order.out / f"subtitles.{order.target}.vtt", order.target),
        ]
        if self._has_forced():
            texts.append(Track(order.out / f"forced.{order.target}.vtt", order.target, forced=True))
        begun = time.monotonic()
        made = hls_package(order.film, master, sounds, texts, own=source, progress=progress)
        state = "done" if made["added"] or made["picture_written"] else "kept"
        facts = {key: value for key, value in made.items() if key not in ("film", "output")}
        return Step(f"package.{order.target}", state, time.monotonic() - begun, facts)

    def _has_forced(self) -> bool:
        track = self.order.out / f"forced.{self.order.target}.vtt"
        return track.is_file() and bool(read_file(track, language=self.order.target).cues)

    def _told(self, done: Sequence[Step], source: Language, assets: list[dict[str, Any]]) -> dict[str, Any]:
        order = self.order
        return {
            "film": str(order.film),
            "output": str(order.out),
            "from": str(source),
            "to": str(order.target),
            "seconds": round(float(self.length), 3),
            "steps": [step.to_dict() for step in done],
            "assets": assets,
            "notes": [note for step in done for note in step.facts.get("notes", ())],
        }
