"""A series is consistent, or it is told where not; unifying changes only what was found."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from crossreel.cli import main
from crossreel.localize.timedtext.model import Document, Span, Text, cue_of
from crossreel.localize.translate.consistency import Episode, inconsistencies
from crossreel.localize.translate.memory import MemoryList, Segment
from crossreel.localize.translate.rivals import rival_words
from crossreel.localize.translate.terms import Term, Termbase
from crossreel.localize.translate.unifying import unified
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")


def film(*lines: str) -> Document:
    return Document(
        tuple(cue_of(Fraction(2 * n), Fraction(2 * n + 1), text, str(n + 1)) for n, text in enumerate(lines))
    )


SERIES = [
    Episode("1", film("¡Abre la puerta!", "Viene Marya Morevna.", "Una nave."), film(
        "Open the door!", "Marya Morevna comes.", "A ship.")),
    Episode("2", film("¡Abra la puerta!", "Aquí está Morewna.", "La barco."), film(
        "Open the door!", "Here is Morevna.", "The ship.")),
    Episode("3", film("¡Abre la puerta!", "La reina Morevna.", "Open la nave."), film(
        "Open the door!", "Queen Morevna.", "Open the ship.")),
]  # fmt: skip


def test_lines_and_names_are_unified_to_the_majority() -> None:
    found = inconsistencies(SERIES)
    assert [(one.kind, one.chosen, one.by) for one in found] == [
        ("line", "¡Abre la puerta!", "majority"), ("name", "Morevna", "majority"),
    ]  # fmt: skip
    made = unified(SERIES, found, ES)
    assert [changed for _, changed in made] == [(), (0, 1), ()]
    assert [cue.text for cue in made[1][0].cues] == ["¡Abre la puerta!", "Aquí está Morevna.", "La barco."]
    after = [Episode(e.name, document, e.source) for e, (document, _) in zip(SERIES, made, strict=True)]
    assert inconsistencies(after) == []


def test_what_a_person_approved_goes_before_the_majority_and_terms_are_placed() -> None:
    memory = MemoryList([Segment("Open the door!", "¡Abra la puerta!", "ep", human=True)])
    terms = Termbase(
        [Term("ship", "nave"), Term("open", "abrir"), Term("Morevna", "Morewna", "name")], EN, ES
    )
    found = inconsistencies(SERIES, terms, memory)
    told = {(one.kind, one.source): (one.chosen, one.by) for one in found}
    assert told["line", "Open the door!"] == ("¡Abra la puerta!", "memory")
    assert told["name", "Morevna"] == ("Morewna", "termbase")
    assert told["term", "ship"] == ("nave", "termbase")
    made = unified(SERIES, found, ES, terms=terms)
    assert made[2][0].cues[0].text == "¡Abra la puerta!"
    assert made[2][0].cues[1].text == "La reina Morewna."
    assert made[2][0].cues[2].text.startswith("Abrir")  # the source's own word went through untranslated
    assert made[1][0].cues[2].text == "La barco."  # nothing says that barco stood for the term


def test_a_tie_is_told_and_left_alone_and_markup_stays() -> None:
    first = film("Hecho.", "Morevna, ven.", "Ven, Morevna.")
    cue = first.cues[1]
    second = film("Listo.", "Morewna, ven.")
    tree = (Span("i", (Text("Ay, Morewna, "),)), Text("ven."))
    second = Document((second.cues[0], type(cue)(cue.start, cue.end, tree, cue.id)))
    series = [
        Episode("1", first, film("Done.", "Morevna, come.", "Come, Morevna.")),
        Episode("2", second, film("Done.", "Oh, Morevna, come.")),
    ]
    found = inconsistencies(series)
    assert [(one.kind, one.fixable) for one in found] == [("line", False), ("name", True)]
    made = unified(series, found, ES)
    assert made[1][1] == (1,)
    assert made[1][0].cues[1].tree == (Span("i", (Text("Ay, Morevna, "),)), Text("ven."))


def test_rivals_are_words_that_take_turns() -> None:
    names = ["north", "south", "east", "west", "upper", "lower"]
    pairs = [(f"The {n} kingdom falls", f"Cae el reino {n}") for n in names[:3]]
    pairs += [(f"The {n} kingdom falls", f"Cae la corona {n}") for n in names[3:]]
    pairs += [("He sleeps deeply", "Duerme hondo")] * 120
    found = {word: {one for one, _ in rivals} for word, rivals in rival_words(pairs)}
    assert found["kingdom"] == {"corona", "reino"}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    from crossreel.localize.timedtext import write_bytes

    made = []
    for episode in SERIES:
        for tag, document in (("en", episode.source), ("es", episode.target)):
            assert document is not None
            (tmp_path / f"{episode.name}.{tag}.srt").write_bytes(write_bytes(document, "srt").data)
        made.append(f"{tmp_path}/{episode.name}.en.srt={tmp_path}/{episode.name}.es.srt")
    return made


def test_the_command_tells_and_repairs(
    files: list[str], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "out"
    asked = ["subtitles", "consistency", *files, "--to", "es", "--json", "--strict", "--repair", str(out)]
    assert main(asked) == 3
    result = json.loads(capsysbinary.readouterr().out)
    assert result["summary"] == {"line": 1, "name": 1}
    assert result["findings"][0]["wordings"][1] == {
        "text": "¡Abra la puerta!", "count": 1, "places": [{"file": str(tmp_path / "2.es.srt"), "cue": 1}],
    }  # fmt: skip
    assert [one["changed"] for one in result["repaired"]] == [[], [1, 2], []]
    assert "Morevna" in (out / "2.es.srt").read_text(encoding="utf-8")
