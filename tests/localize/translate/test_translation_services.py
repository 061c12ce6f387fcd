"""Network engines against a local server that speaks the documented protocols, errors included."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crossreel.errors import BadValue, NotAllowed, OutsideFailure, WrongUse
from crossreel.localize.translate.asking import ask
from crossreel.localize.translate.engines.chat import ChatEngine
from crossreel.localize.translate.engines.deepl import DeepL
from crossreel.localize.translate.engines.own_http import OwnEngine
from crossreel.localize.translate.engines.registry import engine_named
from crossreel.localize.translate.roles import Request, TranslationEngine
from crossreel.testing.http_service import Reply, Service, reply
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")
REQUESTS = [Request("a", "Good night."), Request("b", "Two ships.")]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


def chat_reply(change: Callable[[dict[str, str]], str]) -> Callable[[Any], Reply]:
    def answer(body: Any) -> Reply:
        lines = json.loads(body["messages"][1]["content"])["lines"]
        content = change({id_: f"es {text}" for id_, text in lines.items()})
        return 200, {}, json.dumps({"choices": [{"message": {"content": content}}]}).encode()

    return answer


def whole(lines: dict[str, str]) -> str:
    return json.dumps({"translations": lines})


def deepl_reply(body: Any) -> Reply:
    texts = [{"detected_source_language": "EN", "text": f"es {text}"} for text in body["text"]]
    return 200, {}, json.dumps({"translations": texts}).encode()


def own_reply(body: Any) -> Reply:
    lines = [{"id": line["id"], "text": f"es {line['text']}"} for line in reversed(body["lines"])]
    return 200, {}, json.dumps({"translations": lines}).encode()


MAKERS: dict[str, tuple[Callable[..., TranslationEngine], Callable[[Any], Reply]]] = {
    "openai": (lambda url, **more: ChatEngine(url, "m", "secret", **more), chat_reply(whole)),
    "deepl": (lambda url, **more: DeepL("secret", url, **more), deepl_reply),
    "own": (lambda url, **more: OwnEngine(url, "secret", **more), own_reply),
}


@pytest.fixture(params=sorted(MAKERS))
def engine_and_good(
    request: pytest.FixtureRequest,
) -> tuple[Callable[..., TranslationEngine], Callable[[Any], Reply]]:
    return MAKERS[request.param]


def test_good_answers(service: Service, engine_and_good: Any) -> None:
    make, good = engine_and_good
    service.replies = [good]
    found = ask(make(service.url), REQUESTS, EN, ES)
    assert found.texts == {"a": "es Good night.", "b": "es Two ships."}
    assert "secret" in service.headers[0]["Authorization"]


def test_too_many_requests_waits_as_asked(service: Service, engine_and_good: Any) -> None:
    make, good = engine_and_good
    service.replies = [reply(429, {}, Retry_After="7"), reply(503, b"<html>busy</html>"), good]
    waits: list[float] = []
    found = ask(make(service.url, sleep=waits.append), REQUESTS, EN, ES)
    assert len(found.texts) == 2
    assert waits == [7, 2]


def test_endless_429_is_a_failure_with_the_lines_named(service: Service, engine_and_good: Any) -> None:
    make, _ = engine_and_good
    service.replies = [reply(429, {})]
    found = ask(make(service.url, sleep=lambda _: None, tries=2), REQUESTS, EN, ES)
    assert not found.texts
    assert set(found.missing) == {"a", "b"}
    assert "429" in found.missing["a"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(200, b"<html><body>Sign in</body></html>"), "HTML"),
        (reply(200, b'{"translations": [{"te'), "whole JSON"),
        (reply(200, b""), "whole JSON"),
        (reply(400, {"message": "bad model"}), "400"),
    ],
)
def test_nonsense_is_a_failure_never_a_text(
    service: Service, engine_and_good: Any, answer: Callable[[Any], Reply], words: str
) -> None:
    make, _ = engine_and_good
    service.replies = [answer]
    with pytest.raises(OutsideFailure, match=words):
        list(make(service.url, tries=1).translate(REQUESTS, EN, ES))


def test_half_an_answer_and_no_answer_are_tried_again(service: Service, engine_and_good: Any) -> None:
    make, good = engine_and_good
    service.replies = [None, good]
    assert len(ask(make(service.url, sleep=lambda _: None), REQUESTS, EN, ES).texts) == 2
    closed = make("http://127.0.0.1:9", tries=1)
    with pytest.raises(OutsideFailure, match="reached"):
        list(closed.translate(REQUESTS, EN, ES))


def test_a_refused_key_is_said(service: Service, engine_and_good: Any) -> None:
    make, _ = engine_and_good
    service.replies = [reply(403, {})]
    with pytest.raises(NotAllowed, match="key"):
        list(make(service.url).translate(REQUESTS, EN, ES))


def test_a_chat_model_that_drops_doubles_or_fences_is_repaired(service: Service) -> None:
    def dropping(lines: dict[str, str]) -> str:
        return whole(dict(list(lines.items())[:1]) if len(lines) > 1 else lines)

    service.replies = [chat_reply(dropping)]
    found = ask(ChatEngine(service.url, "m"), REQUESTS, EN, ES)
    assert found.texts == {"a": "es Good night.", "b": "es Two ships."}
    service.replies = [chat_reply(lambda lines: f"Sure!\n```json\n{whole(lines)}\n```")]
    assert len(ask(ChatEngine(service.url, "m"), REQUESTS, EN, ES).texts) == 2
    doubled = '{"translations": {"a": "one", "a": "two", "b": "es Two ships."}}'
    service.replies = [chat_reply(lambda lines: doubled if len(lines) > 1 else whole(lines))]
    assert ask(ChatEngine(service.url, "m"), REQUESTS, EN, ES).texts["a"] == "es Good night."
    service.replies = [reply(200, {"error": {"message": "no such model"}})]
    with pytest.raises(OutsideFailure, match="no such model"):
        list(ChatEngine(service.url, "m").translate(REQUESTS, EN, ES))


def test_a_chat_model_gets_context_and_terms(service: Service) -> None:
    service.replies = [chat_reply(whole)]
    request = Request(
        "1", "He left.", ("The captain.",), "Why?", "ANNA", "A sea story.", (("ship", "buque"),), most=12
    )
    list(ChatEngine(service.url, "m").translate([request], EN, ES))
    asked = json.loads(service.bodies[0]["messages"][1]["content"])
    assert asked["before"] == ["The captain."]
    assert asked["terms"] == {"ship": "buque"}
    assert asked["speakers"] == {"1": "ANNA"}
    assert asked["notes"] == "A sea story."
    assert asked["most"] == {"1": 12}


def test_a_chat_model_shortens_where_both_languages_are_one(service: Service) -> None:
    service.replies = [chat_reply(whole)]
    list(ChatEngine(service.url, "m").translate([Request("1", "He has left.", most=8)], EN, EN))
    rules, question = service.bodies[0]["messages"]
    assert rules["content"].startswith("You shorten film subtitles in en")
    assert json.loads(question["content"])["most"] == {"1": 8}


def test_deepl_asks_in_groups_and_refuses_another_count(service: Service) -> None:
    service.replies = [deepl_reply]
    many = [Request(str(n), f"Line {n}") for n in range(70)]
    assert len(list(DeepL("k", service.url).translate(many, EN, Language.parse("pt-BR")))) == 70
    assert [len(body["text"]) for body in service.bodies] == [50, 20]
    assert service.bodies[0]["target_lang"] == "PT-BR"
    service.replies = [reply(200, {"translations": [{"text": "one"}]})]
    with pytest.raises(OutsideFailure, match="1 texts to 2"):
        list(DeepL("k", service.url).translate(REQUESTS, EN, ES))


def test_engines_by_name_say_what_they_lack() -> None:
    with pytest.raises(WrongUse, match="openai_url"):
        engine_named("openai", {})
    with pytest.raises(WrongUse, match="no translation engine"):
        engine_named("nobody", {})
    with pytest.raises(BadValue, match="URL"):
        engine_named("own", {"own_url": "file:///etc/passwd"})
    facts = engine_named("deepl", {"deepl_key": "k", "price": "25"}).facts
    assert facts.sends_away
    assert facts.cost_per_million == 25
