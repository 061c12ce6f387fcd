"""Summaries by a chat model: a local server speaks the protocol, errors, limits and half answers included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crossreel.desk.texts import summary_of
from crossreel.errors import BadInput, NotAllowed, OutsideFailure
from crossreel.insight.text.sentences import Splitter
from crossreel.insight.text.summary.checking import reasons_against
from crossreel.insight.text.summary.told import tell_summary
from crossreel.insight.text.tools import TextTools
from crossreel.models.chat_summary import ChatSummaryWriter
from crossreel.testing.http_service import Service, reply
from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageGuess

EN, DE, JA = Language.parse("en"), Language.parse("de"), Language.parse("ja")
TEXT = (
    "Count Orlok leaves his castle in 1838. Ellen Hutter waits for Thomas in Wisborg. "
    "The plague follows the ship."
)
CUT = {"choices": [{"message": {"content": '{"summary": "Or'}, "finish_reason": "length"}]}
GOOD = "Count Orlok leaves his castle, and the plague follows him to Wisborg in 1838."


class Speaks:
    """A detector that always says one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def detect(self, text: str) -> LanguageGuess:
        return LanguageGuess(self.language, 1.0)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


def told(summary: Any, **more: Any) -> Any:
    content = json.dumps({"summary": summary})
    return reply(200, {"choices": [{"message": {"content": content}, **more}]})


def summarize(service: Service, waits: list[float] | None = None, **more: Any) -> Any:
    writer = ChatSummaryWriter(
        f"{service.url}/v1", "m", "secret", sleep=(waits if waits is not None else []).append
    )
    return tell_summary(TEXT, Splitter(), writer, Speaks(EN), language=EN, **more)


def test_a_good_summary_is_taken(service: Service) -> None:
    service.replies = [told(GOOD)]
    made = summarize(service)
    assert (made.text, made.method, made.limit) == (GOOD, "openai:m", 280)
    assert service.headers[0]["Authorization"] == "Bearer secret"
    assert "280 characters" in service.bodies[0]["messages"][0]["content"]


def test_the_model_does_not_see_an_ending_that_is_left_out(service: Service) -> None:
    service.replies = [told("Count Orlok leaves his castle in 1838.")]
    summarize(service, without_ending=True)
    assert "plague" not in service.bodies[0]["messages"][1]["content"]


def test_a_refused_summary_is_asked_for_once_more_with_the_reason(service: Service) -> None:
    service.replies = [told("Orlok sails with Murnau."), told(GOOD)]
    assert summarize(service).text == GOOD
    assert "Murnau" in service.bodies[1]["messages"][2]["content"]


def test_a_summary_that_stays_wrong_is_refused_with_its_reasons(service: Service) -> None:
    service.replies = [told("Count Orlok leaves in 1922.")]
    with pytest.raises(OutsideFailure, match="numbers that the text does not hold: 1922") as caught:
        summarize(service)
    assert "--or-extract" in caught.value.advice
    assert len(service.bodies) == 2


def test_rate_limits_are_waited_for(service: Service) -> None:
    waits: list[float] = []
    service.replies = [reply(429, {}, Retry_After="7"), reply(503, {}), told(GOOD)]
    assert summarize(service, waits).text == GOOD
    assert waits == [7.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "no whole JSON, not summaries"),
        (reply(200, b"<html>nginx</html>"), "an HTML page, not summaries"),
        (reply(200, {"error": {"message": "no such model"}}), "no such model"),
        (
            reply(200, {"choices": [{"message": {"content": '{"summary": "Or'}, "finish_reason": "length"}]}),
            "cut off",
        ),
        (told(["a", "list"]), 'no JSON with "summary"'),
        (reply(400, {"error": "context length"}), "refuses the request"),
    ],
)
def test_what_is_no_summary_is_a_failure_of_the_service(service: Service, answer: Any, message: str) -> None:
    service.replies = [answer]
    with pytest.raises(OutsideFailure, match=message):
        summarize(service)


def test_a_refused_key_is_said_at_once(service: Service) -> None:
    service.replies = [reply(401, {})]
    with pytest.raises(NotAllowed):
        summarize(service)
    assert len(service.bodies) == 1


def test_an_empty_text_is_not_sent(service: Service) -> None:
    writer = ChatSummaryWriter(service.url, "m")
    with pytest.raises(BadInput):
        tell_summary(" \n", Splitter(), writer, Speaks(EN), language=EN)
    assert not service.bodies


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("", "empty"),
        ("Orlok leaves. " * 30, "are allowed"),
        ("Count Orlok leaves his castle in", "breaks off"),
        ("Orlok leaves with 40 rats.", "numbers"),
        ("Orlok meets Mina.", "names that the text does not hold: Mina"),
        ("Mina Harker waits for Orlok.", "Harker, Mina"),
    ],
)
def test_each_reason_against_a_summary(summary: str, reason: str) -> None:
    found = reasons_against(TEXT, summary, 280, EN, Speaks(EN))
    assert len(found) == 1
    assert reason in found[0]


def test_names_may_be_inflected_and_numbers_written_otherwise() -> None:
    source = "Ellens Mann Thomas Hutter verkauft 1.200 Häuser an Graf Orlok."
    assert (
        reasons_against(
            source, "Thomas Hutters Frau Ellen wartet; Orlok kauft 1200 Häuser.", 280, DE, Speaks(DE)
        )
        == []
    )
    assert reasons_against(source, "Der Makler Knock Renfield verkauft Häuser.", 280, DE, Speaks(DE))


def test_another_language_is_refused() -> None:
    german = "Graf Orlok verlässt sein Schloss, und Ellen wartet."
    assert reasons_against(TEXT, german, 280, EN, Speaks(DE))[0] == "it is in de, the text in en"


def test_japanese_names_in_katakana() -> None:
    source = "オルロック伯爵は１８３８年に城を出る。エレンは待つ。"
    assert reasons_against(source, "オルロックは1838年に城を出る。", 100, JA, Speaks(JA)) == []
    assert "ノック" in reasons_against(source, "ノックは城を出る。", 100, JA, Speaks(JA))[0]


def test_sentences_of_the_text_stand_in_only_when_asked_for(service: Service) -> None:
    service.replies = [told("Mina waits, says Mina.")]
    tools = TextTools(lambda: None, lambda: None, lambda: None)  # type: ignore[arg-type, return-value]
    tools.detector = Speaks(EN)  # type: ignore[assignment]
    writer = ChatSummaryWriter(service.url, "m")
    asked = {"method": "lead", "length": 140, "writer": writer}
    with pytest.raises(OutsideFailure):
        summary_of(tools, TEXT, **asked)
    made = summary_of(tools, TEXT, or_extract=True, **asked)
    assert made["method"] == "lead"
    assert made["summary"] == TEXT
    assert "Mina" in made["refused"]
