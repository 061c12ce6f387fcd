"""Sentences of several scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.insight.text.sentences import Splitter
from crossreel.testing.text_roles_suite import SentenceSplitterSuite
from crossreel.values.language import Language


@pytest.fixture
def splitter():
    return Splitter()


class TestSplitter(SentenceSplitterSuite):
    pass


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Mr. Smith met Dr. Jones at 5 p.m. yesterday.",
                '"Really?" she asked.',
                "It cost $3.50!",
                "And then?",
            ],
        ),
        ("de", ["Am 3. Mai kam z.B. Dr. Weiß.", "Er blieb 2,5 Stunden.", "Warum?"]),
        ("fr", ["M. Dupont arrive.", "« Quel film ! » dit-il.", "Elle rit…"]),
        ("es", ["¿Quién es el Sr. López?", "¡Nadie lo sabe!", "Fin."]),
        ("ru", ["Он жил в г. Москве.", "Зачем?", "Никто не знал!"]),
        ("hi", ["यह अच्छा है।", "क्या तुमने देखा?", "हाँ॥"]),
        ("ar", ["هل شاهدت الفيلم؟", "نعم.", "كان رائعا!"]),
        ("ar", ["قال د. أحمد إنها رحلت.", "عاد وحيدا."]),
        ("hi", ["डॉ. शर्मा चली गई।", "वह लौटा।"]),
        (
            "en",
            [
                "The U.S. Army sends him to Washington, D.C.",
                "He meets J. R. R. Tolkien at 5 p.m.",
                "They talk.",
            ],
        ),
        ("de", ["Er fährt z. B. nach Berlin.", "Sie bleibt."]),
        ("es", ["Vuelve a EE. UU. en 1950.", "Nadie lo espera."]),
        ("ru", ["«Стой!» — крикнул он.", "Все ушли."]),
        ("el", ["Θα τον βρει;", "Κανείς δεν ξέρει."]),
        ("my", ["သူသည် ရွာသို့ ပြန်လာသည်။", "အမေကို တွေ့မလား။"]),
    ],
)
def test_sentences_with_spaces(splitter, language, sentences):
    found = splitter.split(" ".join(sentences), Language(language))
    assert [one.text for one in found] == sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("zh", ["今天很好。", "你呢？", "我很「好。」他说！", "再见"]),
        ("zh", ["“快跑！”他喊道。", "“相信我。也许吧。”他说，“走吧。”", "她走了。"]),
        ("ja", ["彼は言った。", "「行くの？」", "静かな夜だった。"]),
        ("ja", ["「来た。見た。」と彼は言った。", "彼は「行こう！」と叫んだ。", "本当に？"]),
    ],
)
def test_sentences_without_spaces(splitter, language, sentences):
    found = splitter.split("".join(sentences), Language(language))
    assert [one.text for one in found] == sentences


def test_thai_sentences_end_at_a_space_between_long_runs(splitter):
    first = "หญิงสาวคนหนึ่งเดินทางกลับบ้านเกิดหลังจากผ่านไปสิบปี"
    second = "เธอพบว่าทุกอย่างเปลี่ยนไปหมดแล้ว แต่ความรักยังคงอยู่"
    assert [one.text for one in splitter.split(f"{first} {second}", Language("th"))] == [first, second]


def test_a_thai_clause_that_goes_on_is_not_parted(splitter):
    text = "นิดาเป็นครูสาวจากกรุงเทพฯ ที่ถูกย้ายไปสอนในโรงเรียนเล็กๆ บนดอยสูงทางภาคเหนือ เธอไม่เคยใช้ชีวิตโดยไม่มีไฟฟ้า"
    found = [one.text for one in splitter.split(text, Language("th"))]
    assert found == [text.split(" เธอ")[0], "เธอไม่เคยใช้ชีวิตโดยไม่มีไฟฟ้า"]


@given(st.text(max_size=300))
def test_nothing_is_lost(text):
    found = Splitter().split(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert "".join("".join(one.text for one in found).split()) == "".join(text.split())
