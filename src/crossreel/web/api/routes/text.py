"""Texts: their language, their sentiment, summaries of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.app import summary_writer, text_tools
from crossreel.desk.suggesting import suggest_synopsis
from crossreel.desk.texts import languages_of, sentiment_of, summary_of
from crossreel.values.language import Language
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling, TitlePath
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("text")

Texts = Annotated[list[Annotated[str, Field(max_length=20_000)]], Field(max_length=200)]


class TextsForm(Form):
    """Texts to look at."""

    texts: Texts


class SentimentForm(TextsForm):
    """Texts to score."""

    classes: Literal[2, 3] = 3
    tier: Literal["accurate", "fast"] = "accurate"


class SummaryForm(Form):
    """A text to summarize by sentences of its own, or in other words by an `engine`."""

    text: str = Field(max_length=200_000)
    method: Literal["centroid", "lexrank", "textrank", "lead"] = "centroid"
    length: Literal["logline", "short", "long"] | Annotated[int, Field(ge=1, le=100_000)] = "short"
    language: str = Field("", max_length=35, description="BCP 47; empty: it is detected.")
    without_ending: bool = Field(False, description="Leave out the last third, which tells how it ends.")
    engine: Literal["", "openai"] = Field("", description="A model of the settings tells it in other words.")
    or_extract: bool = Field(False, description="Sentences of the text where the model's summary is refused.")


class Items(Document):
    """One item a text, in the order of the texts."""

    items: list[dict[str, Any]]


class Sentiments(Items):
    """Scores, and the model that gave them."""

    model: str


class SummaryDocument(Document):
    """A summary as `crossreel text summarize` prints it."""

    summary: str
    characters: int
    limit: int
    method: str
    language: str | None
    sentences: list[dict[str, Any]]
    refused: str


class SuggestedSynopsis(SummaryDocument):
    """A synopsis that is proposed for a title; it is saved nowhere."""

    source: str


@router.post("/text/language", **operation(Permission.READ, Items, errors=(503,)))
def language(call: Calling, form: TextsForm) -> Response:
    """Say which language each text is in; null where that cannot be told."""
    return answer(call.request, {"items": languages_of(text_tools(call.app.home), form.texts)})


@router.post("/text/sentiment", **operation(Permission.READ, Sentiments, errors=(503,)))
def sentiment(call: Calling, form: SentimentForm) -> Response:
    """Say whether each text is positive, neutral or negative, with probabilities."""
    return answer(
        call.request,
        sentiment_of(text_tools(call.app.home), form.texts, classes=form.classes, tier=form.tier),
    )


@router.post("/text/summarize", **operation(Permission.READ, SummaryDocument, errors=(502, 503)))
def summarize(call: Calling, form: SummaryForm) -> Response:
    """Summarize a text by whole sentences of its own, or in other words by an `engine`."""
    made = summary_of(
        text_tools(call.app.home),
        form.text,
        method=form.method,
        length=form.length,
        language=form.language,
        without_ending=form.without_ending,
        writer=summary_writer(form.engine, call.app.home) if form.engine else None,
        or_extract=form.or_extract,
    )
    return answer(call.request, made)


@router.get(
    "/text/summarize/{title}", **operation(Permission.READ, SuggestedSynopsis, errors=(400, 404, 503))
)
def suggest(
    call: Calling,
    title: TitlePath,
    language: Annotated[str, Query(min_length=2, max_length=35, description="BCP 47.")],
    length: Literal["logline", "short", "long"] = "short",
    source: Literal["synopsis", "subtitles"] = "synopsis",
    method: Literal["", "centroid", "lexrank", "textrank", "lead"] = "",
) -> Response:
    """Propose a shorter synopsis of a title, of its own longer one or of its subtitles; nothing is saved."""
    id_ = call.title(title)
    stored = call.app.catalog.get([id_])[id_]
    made = suggest_synopsis(call.app, stored, Language.parse(language), length, source=source, method=method)
    return answer(call.request, made)
