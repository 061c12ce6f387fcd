import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossreel.errors import BadInput, Conflict, OutsideFailure, WrongUse
from crossreel.localize.timedtext import read_file
from crossreel.media.loudness import loudness_of
from crossreel.media.sound_reading import read_sound
from crossreel.media.sound_writing import write_sound
from crossreel.studio.folder_lock import only_one
from crossreel.studio.localizing import LocalizeOrder, Localizer
from crossreel.studio.localizing_cost import expected
from crossreel.testing.spoken_film import SpokenFilm
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Heard

EN, ES = Language.parse("en"), Language.parse("es")


class Deaf:
    name = "deaf"

    def recognize(self, sound: Sound, language: Language | None = None) -> Heard:
        return Heard((), EN, 0.4)


@pytest.fixture
def order(spoken_film: SpokenFilm, out: Path, humming: Any, shouting: Any) -> Any:
    def make(**facts: Any) -> LocalizeOrder:
        usual = {
            "film": spoken_film.film,
            "out": out,
            "source": EN,
            "target": ES,
            "engine": shouting(),
            "voice": humming,
            "recognizer": Deaf,
            "subtitles": spoken_film.subtitles,
            "stem": spoken_film.stem,
        }
        return LocalizeOrder(**{**usual, **facts})

    return make


def states(document: dict[str, Any]) -> list[str]:
    return [one["state"] for one in document["steps"]]


def test_a_film_goes_into_another_language_and_only_what_changed_is_done_again(
    order: Any, spoken_film: SpokenFilm, out: Path, humming: Any
) -> None:
    before = expected(Localizer(order()))
    assert [one["state"] for one in before["steps"]] == ["to do"] * 5
    assert before["seconds"] > 0
    assert not before["sends_away"]
    first = Localizer(order()).run()
    assert states(first) == ["done"] * 6
    dub = read_sound(out / "dub.es.m4a")
    assert dub.length == int(spoken_film.seconds * 48_000)
    read = loudness_of(dub)
    assert read.integrated == pytest.approx(-23, abs=0.5)
    assert read.true_peak <= -1
    step = next(one for one in first["steps"] if one["step"] == "dub.es")
    assert (step["overlaps"], step["left_out"]) == (0, [])
    assert step["cast"] == {"Marya": "es-f", "Ivan": "es-m"}
    said = len(humming.asked)
    assert states(Localizer(order()).run()) == ["kept"] * 6
    draft = out / "translation.es.vtt"
    draft.write_text(draft.read_text(encoding="utf-8").replace("GOOD MORNING", "BUENAS"), encoding="utf-8")
    third = Localizer(order()).run()
    assert states(third) == ["kept", "edited", "done", "kept", "done", "done"]
    assert len(humming.asked) == said + 1
    assert "BUENAS" in (out / "subtitles.es.vtt").read_text(encoding="utf-8")
    with pytest.raises(Conflict, match=r"translation\.es\.vtt was edited"):
        Localizer(order(engine=type(order().engine)(name="another"))).run()


def test_two_never_work_in_one_folder(order: Any, out: Path) -> None:
    out.mkdir()
    waited: list[str] = []

    def seen(_done: int, _of: int, what: str) -> None:
        waited.append(what)
        raise KeyboardInterrupt

    with only_one(out):
        with pytest.raises(Conflict, match=f"Another process .{os.getpid()}. works in"):
            Localizer(order()).run()
        assert [one.name for one in out.iterdir()] == [".lock"]
        with pytest.raises(KeyboardInterrupt):
            Localizer(order()).run(seen, wait=True)
    assert waited == ["waiting for another language"]
    with only_one(out):
        pass


def test_a_second_language_joins_the_first_and_the_matrix_knows_both(order: Any, out: Path) -> None:
    Localizer(order()).run()
    segments = {one: one.read_bytes() for one in (out / "hls" / "video").iterdir()}
    second = Localizer(order(target=Language.parse("pt"))).run()
    assert states(second)[0] == "kept"
    assert {one: one.read_bytes() for one in (out / "hls" / "video").iterdir()} == segments
    master = (out / "hls" / "master.m3u8").read_text(encoding="utf-8")
    assert all(f'LANGUAGE="{tag}"' in master for tag in ("en", "es", "pt"))
    assets = json.loads((out / "versions.json").read_text(encoding="utf-8"))
    assert [(one["kind"], one["language"]) for one in assets] == [
        ("audio", "es"),
        ("subtitles", "es"),
        ("audio", "en"),
        ("subtitles", "en"),
        ("audio", "pt"),
        ("subtitles", "pt"),
    ]


def test_an_interrupted_run_goes_on(order: Any, out: Path, humming: Any) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, _of: int, what: str) -> None:
        if what == "lines spoken" and done == 2:
            raise Stop

    with pytest.raises(Stop):
        Localizer(order()).run(stop)
    assert not (out / "dub.es.m4a").exists()
    assert states(Localizer(order()).run()) == ["kept", "kept", "kept", "kept", "done", "done"]
    assert len(humming.asked) == len(set(humming.asked)) == 4


def test_lines_that_no_engine_translated_are_not_spoken(order: Any, shouting: Any, humming: Any) -> None:
    made = Localizer(order(engine=shouting(drops="hawk"))).run()
    assert made["steps"][1]["counts"]["untranslated"] >= 1
    assert all("hawk" not in text for text in humming.asked)
    assert any("is not translated and is not spoken" in note for note in made["notes"])
    with pytest.raises(OutsideFailure, match="none of 4"):
        Localizer(order(engine=shouting(drops=" "), out=order().out / "other")).run()


def test_ids_and_times_of_the_source_stay(order: Any, spoken_film: SpokenFilm, out: Path) -> None:
    Localizer(order()).run()
    source, draft = read_file(spoken_film.subtitles).cues, read_file(out / "translation.es.vtt").cues
    assert [(one.id, one.start, one.end) for one in draft] == [(one.id, one.start, one.end) for one in source]


def test_films_without_speech_or_language(order: Any, out: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nobody speaks"):
        Localizer(order(subtitles=None, source=None)).run()
    assert not list(out.glob("*.vtt"))
    with pytest.raises(WrongUse, match="language"):
        Localizer(order(source=None))


def test_a_stem_in_surround_gives_a_dub_in_surround(
    order: Any, spoken_film: SpokenFilm, tmp_path: Path
) -> None:
    surround = tmp_path / "surround.flac"
    tone = (0.1 * np.sin(np.arange(48_000 * 11) * 0.05)).astype(np.float32)
    write_sound(surround, Sound(np.stack([tone] * 6), 48_000, "5.1"))
    made = Localizer(order(stem=surround, layout="5.1")).run()
    dub = read_sound(order().out / "dub.es.m4a")
    assert (dub.layout, dub.length) == ("5.1", int(spoken_film.seconds * 48_000))
    assert made["steps"][4]["loudness"]["integrated_lufs"] == pytest.approx(-23, abs=0.5)
    assert 'CHANNELS="6"' in (order().out / "hls" / "master.m3u8").read_text(encoding="utf-8")


def test_text_in_the_picture_becomes_forced_narratives_and_is_not_spoken(
    order: Any, out: Path, tmp_path: Path, humming: Any
) -> None:
    subtitles = tmp_path / "marked.vtt"
    subtitles.write_text(
        "WEBVTT\n\n1\n00:01.000 --> 00:02.500\nGood morning.\n\n"
        "2\n00:03.000 --> 00:04.600\n<c.forced>The hawk inn</c>\n"
    )
    seen = {"start": 6.0, "end": 8.0, "label": "Bakery", "score": 0.9, "language": "en"}
    said = {"start": 1.2, "end": 2.4, "label": "GOOD MORNING", "score": 0.9, "language": "en"}
    analysis = tmp_path / "analysis.json"
    faces = [{"start": 0.0, "end": 3.0}]
    analysis.write_text(json.dumps({"onscreen_text": [seen, said], "faces": faces}))
    made = Localizer(order(subtitles=subtitles, analysis=analysis)).run()
    cues = read_file(out / "forced.es.vtt").cues
    assert [(one.text, float(one.start)) for one in cues] == [("THE HAWK INN", 3.0), ("BAKERY", 6.0)]
    assert humming.asked == ["GOOD MORNING."]
    assert "INN" in (out / "subtitles.es.vtt").read_text(encoding="utf-8")
    plan = json.loads((out / "dub.es.json").read_text(encoding="utf-8"))
    assert plan["placed"][0]["flags"] == ["lip-sync"]  # it ends long before the mouth that is seen
    master = (out / "hls" / "master.m3u8").read_text(encoding="utf-8")
    (line,) = [one for one in master.splitlines() if "FORCED=YES" in one]
    assert "TYPE=SUBTITLES" in line
    assert 'LANGUAGE="es"' in line
    assert ("forced", "es") in [(one["kind"], one["language"]) for one in made["assets"]]
    assert any("burned-in subtitles" in note for note in made["notes"])
