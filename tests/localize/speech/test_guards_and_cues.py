from fractions import Fraction

from crossreel.localize.speech.cues import document_of
from crossreel.localize.speech.guards import guarded, without_loops
from crossreel.values.language import Language
from crossreel.values.speech_roles import HeardSegment, Word


def words(text: str, start: float = 0.0, each: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(
            word,
            Fraction(str(round(start + each * n, 3))),
            Fraction(str(round(start + each * (n + 1), 3))),
            0.9,
        )
        for n, word in enumerate(text.split())
    )


def segment(text: str, start: float = 0.0, **facts: float) -> HeardSegment:
    return HeardSegment(
        words(text, start), facts.get("silent", 0.1), facts.get("sure", -0.2), facts.get("pressed", 1.3)
    )


def test_text_over_silence_is_left_out_and_told() -> None:
    kept, notes = guarded([segment("Thanks for watching", silent=0.9, sure=-1.4), segment("Hello there", 5)])
    assert [one.text for one in kept] == ["Hello there"]
    assert "no speech" in notes[0]


def test_loops_are_cut_after_the_third_time() -> None:
    assert len(without_loops(words("no " * 30))) == 3
    assert [w.text for w in without_loops(words("a b c a b c a b c a b c a b c end"))] == [
        *"abcabcabc",
        "end",
    ]
    assert len(without_loops(words("ha ha ha that was fun"))) == 6
    kept, notes = guarded([segment("I am here", at) for at in range(0, 12, 2)])
    assert len(kept) == 3
    assert len(notes) == 3
    kept, notes = guarded([segment("lots of the same kind of thing", pressed=3.1)])
    assert not kept
    assert "repeats" in notes[0]
    kept, notes = guarded(
        [segment("I'm sorry, " * 20, pressed=8.0), segment("No no no no no!", 20, pressed=1.6)]
    )
    assert [one.text for one in kept] == ["No no no"]  # what Whisper base made of music, and a real cry
    assert "nothing but a loop" in notes[0]


def test_a_word_does_not_cover_a_minute() -> None:
    long = HeardSegment((Word("so", Fraction(1), Fraction(60), 0.9),), 0.1, -0.2, 1.0)
    assert guarded([long])[0][0].words[0].end == 5


def test_words_become_cues_at_sentences_pauses_and_length() -> None:
    told = [segment("Hey officer. Can I help you"), HeardSegment(words("somehow?", 4.0), 0.1, -0.2, 1.0)]
    told.append(segment("and " * 40, 6.0))
    made = document_of(told, Language.parse("en"))
    assert [cue.text for cue in made.cues[:3]] == ["Hey officer.", "Can I help you", "somehow?"]
    assert all(len(cue.text) <= 84 for cue in made.cues)
    assert all(a.end <= b.start for a, b in zip(made.cues, made.cues[1:], strict=False))
    assert sum(len(cue.text.split()) for cue in made.cues) == 47
    assert document_of([], Language.parse("en")).cues == ()
    japanese = document_of([HeardSegment(words("私 は ここ 。"), 0.1, -0.2, 1.0)], Language.parse("ja"))
    assert japanese.cues[0].text == "私はここ。"
