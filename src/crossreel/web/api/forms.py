"""The shapes of requests and answers, for reading the first and describing both."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

__all__ = [
    "Document",
    "Form",
    "Id",
    "Instant",
    "Page",
    "Patch",
    "Problem",
    "Reason",
    "Recommended",
    "RecommendedList",
    "TitleDocument",
    "TitleReplacement",
]

T = TypeVar("T")

TITLE = "x-crossreel-title"
"""Marks where ``web.api.openapi`` puts the schema of a title."""

TitleDocument = Annotated[dict[str, Any], WithJsonSchema({"type": "object", TITLE: "Title"})]
"""A title in the form of ``catalog.documents``."""
TitleReplacement = Annotated[dict[str, Any], WithJsonSchema({"type": "object", TITLE: "TitleReplacement"})]
"""The same, where the address says the id already."""
Patch = Annotated[dict[str, Any], WithJsonSchema({"type": "object", TITLE: "TitlePatch"})]
"""Changes of a title, as a JSON Merge Patch (RFC 7396): null removes a field."""
Id = Annotated[str, Field(min_length=3, max_length=265, examples=["tmdb:653"])]
Instant = Annotated[str, Field(examples=["2026-01-01T00:00:00Z"])]


class Form(BaseModel):
    """What is sent: unknown fields are refused, no value is bent into another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Document(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class Page(Document, Generic[T]):
    """One page of a list; ``next`` is the cursor of the page after it, null at the end.

    A page can hold fewer items than asked for, even none, while there are more: go on until
    ``next`` is null.
    """

    items: list[T]
    next: str | None


class Problem(BaseModel):
    """What went wrong and the way out (RFC 9457); further fields are the facts behind it."""

    type: str = Field(examples=["urn:crossreel:problem:unknown-id"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["unknown-id"], description="Stable; never renamed.")
    detail: str = Field(examples=["There is no title 'tmdb:1'."])
    advice: str
    request_id: str


class Reason(Document):
    """Why a title is shown."""

    code: str = Field(examples=["because-you-liked"])
    text: str
    titles: list[str]


class Recommended(Document):
    """One title of a ranked list; scores of different paths do not compare, their order does."""

    title_id: str
    title: str
    score: float
    path: Literal["personal", "content", "market", "popular"]
    reasons: list[Reason]
    rules: list[str] = Field(description="Rules of the staff that brought it up or put it here.")


class RecommendedList(Document):
    """A ranked list, best first."""

    viewer: str | None
    territory: str
    algorithm: str
    items: list[Recommended]
