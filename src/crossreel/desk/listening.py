"""What the workbench draws beside the lines: the outline of the film's sound, and where its shots begin."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.errors import BadFile, Conflict
from crossreel.insight.video.kept import kept_analysis, kept_shots
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import shipped_network
from crossreel.insight.video.shots import shots_of, transitions_of
from crossreel.jobs.runner import Progress, enqueue
from crossreel.localize.proofs.proof import Proof
from crossreel.media.reading import FilmReader
from crossreel.media.waveform import outline
from crossreel.values.job import Job

__all__ = ["KIND", "SAMPLE_FILM", "Heard", "has_film", "heard", "listen_job", "start_listening"]

KIND = "proof.listen"
SAMPLE_FILM = "sample"
"""Stands where a digest would: titles of the sample workspace share one film."""
_SAMPLE_SOURCE = "sample:"


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a film: ``peaks`` of each hundredth of a second (0 to 255), starts of shots."""

    peaks: NDArray[np.uint8]
    shots: tuple[Fraction, ...]


def has_film(proof: Proof) -> str:
    """The digest of a proof's film, ``SAMPLE_FILM``, or empty."""
    return proof.film or (SAMPLE_FILM if proof.title.startswith(_SAMPLE_SOURCE) else "")


def heard(app: App, proof: Proof) -> Heard | None:
    """What a job found of the proof's film; None before."""
    film = has_film(proof)
    path = _kept(app, film)
    if not film or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as found:
        return Heard(found["peaks"], tuple(Fraction(str(shot)) for shot in found["shots"]))


def start_listening(app: App, actor: Actor, proof: Proof) -> Job:
    """Queues looking through the proof's film.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: it has no film.
    """
    actor.require(Permission.EDIT)
    if not has_film(proof):
        raise Conflict("The proof has no film.", advice="Attach one to the title.")
    with app.atomic():
        return enqueue(app.jobs, KIND, {"proof": proof.id, "file": proof.name}, actor.operator, app.clock())


def listen_job(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Finds the outline of the sound, and shots where no analysis told them; again is no change."""
    proof = app.proofs.get(str(parameters["proof"]))
    film = has_film(proof)
    known = heard(app, proof)
    if known is None:
        looked = kept_analysis(app.home, film)
        with _film(app, film) as path:
            shots = [one.start for one in kept_shots(looked)] if looked else _shots(path, progress)
            try:
                peaks = outline(path, lambda seconds: progress(seconds, 0, "sound"))
            except BadFile:
                peaks = np.zeros(0, np.uint8)  # a silent film has pictures all the same
        kept = _kept(app, film)
        kept.parent.mkdir(exist_ok=True)
        unfinished = kept.with_suffix(".part.npz")
        np.savez_compressed(unfinished, peaks=peaks, shots=np.array([str(shot) for shot in shots]))
        unfinished.replace(kept)
        known = Heard(peaks, tuple(shots))
    app.proofs.set_film(proof.id, proof.film, known.shots)
    return {"shots": len(known.shots), "seconds": len(known.peaks) // 100, "proof": proof.id}


def _shots(path: Path, progress: Progress) -> list[Fraction]:
    reader = FilmReader(path)
    facts = reader.describe()
    total = facts["video"]["frames"] or int(facts["duration"] * (facts["video"]["fps"] or 25))
    listener = ShotListener()
    rows: list[NDArray[Any]] = []
    times: list[Fraction] = []
    for block, _ in reader.read(None):
        rows.append(listener.hear(block)["rows"])
        times.extend(block.times)
        progress(len(times), max(total, len(times)), "pictures")
    if not times:
        return []
    transitions = transitions_of(shipped_network().answer(np.concatenate(rows)))
    return [shot.start for shot in shots_of(transitions, times, times[-1])]


def _kept(app: App, film: str) -> Path:
    return app.home / "waveforms" / f"{film}.npz"


@contextmanager
def _film(app: App, film: str) -> Iterator[Path]:
    """A film as a file, for as long as it is needed."""
    if film == SAMPLE_FILM:
        yield Path(str(files("crossreel.sample").joinpath("film", "sample.mp4")))
        return
    with tempfile.TemporaryDirectory(dir=app.home) as folder, app.blobs.open(film) as stream:
        path = Path(folder) / "film"
        with path.open("wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
        yield path
