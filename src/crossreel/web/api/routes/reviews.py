"""Reviews: which titles have them, what a country says, complaints that a localizer mends, advice."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.reviews import (
    advice_for,
    complaints,
    kept_report,
    mend_complaint,
    reviewed_titles,
    start_report,
)
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routes.jobs import JobDocument, accepted
from crossreel.web.api.routing import noun, operation

__all__ = ["insight_router", "router"]

router = noun("reviews")
insight_router = noun("insight")

Title = Annotated[str, Query(min_length=1, max_length=200, description="Title id.")]
Place = Annotated[str, Query(min_length=2, max_length=2, description="ISO 3166-1 alpha-2.")]
Code = Annotated[str, Field(min_length=2, max_length=2)]
ComplaintPath = Annotated[str, Path(min_length=1, max_length=64, description="Complaint id.")]


class ReviewedTitle(Document):
    """A title with reviews; reviews without a country are under an empty code."""

    title: str
    name: str
    reviews: int
    territories: dict[str, int]


class ReviewedTitles(Document):
    """Titles with reviews, most reviewed first."""

    items: list[ReviewedTitle]


class ReportForm(Form):
    """What to read; the first country is compared with the others."""

    title: str = Field(min_length=1, max_length=200)
    territory: Code
    against: list[Code] = Field(default_factory=list, max_length=5)
    tier: Literal["accurate", "fast"] = "accurate"
    engine: str = Field("", max_length=64, description="Translates quotes into English.")


class ReviewReport(Document):
    """What the reviews of a title say in some countries, as `crossreel reviews report` prints it."""

    title: str
    name: str
    territories: list[str]
    model: str
    countries: list[dict[str, Any]]
    differences: list[dict[str, Any]]
    localization_complaints: list[dict[str, Any]]
    made_at: str


class Complaint(Document):
    """A complaint about subtitles, dubbing or translation."""

    id: str
    title: str
    name: str
    territory: str
    aspect: str
    text: str
    language: str
    probability: float
    state: Literal["open", "mended"]


class Complaints(Document):
    """Complaints, open ones first, surest first."""

    items: list[Complaint]


class ComplaintState(Form):
    """What became of a complaint."""

    state: Literal["open", "mended"]


class AdviceDocument(Document):
    """Ranked changes for a country, as `crossreel insight advise` prints them."""

    title: str
    name: str
    territory: str
    language: str
    advice: list[dict[str, Any]]
    not_looked_at: list[str]
    report_made_at: str | None


@router.get("/reviews", **operation(Permission.READ, ReviewedTitles))
def list_reviewed_titles(call: Calling) -> Response:
    """List the titles that have reviews, with how many from where."""
    return answer(call.request, {"items": reviewed_titles(call.app)})


@router.post("/reviews/report", **operation(Permission.EDIT, JobDocument, status=202, errors=(404, 503)))
def report_reviews(call: Calling, form: ReportForm) -> Response:
    """Start reading a title's reviews; the answer is the job to follow."""
    job = start_report(
        call.app,
        call.actor,
        form.title,
        [form.territory, *form.against],
        tier=form.tier,
        engine=form.engine,
        request_id=call.request_id,
    )
    return accepted(call, job)


@router.get("/reviews/report", **operation(Permission.READ, ReviewReport, errors=(404,)))
def get_report(
    call: Calling,
    title: Title,
    territory: Place,
    against: Annotated[list[str] | None, Query(max_length=5, description="Further countries.")] = None,
) -> Response:
    """Get the last report that was made of a title and these countries."""
    codes = [Territory.parse(code).code for code in dict.fromkeys([territory, *(against or ())])]
    return answer(call.request, kept_report(call.app, call.app.title_id(title), codes))


@router.get("/reviews/complaints", **operation(Permission.READ, Complaints))
def list_complaints(call: Calling) -> Response:
    """List what viewers complain of in subtitles, dubbing and translation."""
    return answer(call.request, {"items": complaints(call.app)})


@router.put("/reviews/complaints/{complaint}", **operation(Permission.EDIT, Complaint, errors=(503,)))
def set_complaint(call: Calling, complaint: ComplaintPath, form: ComplaintState) -> Response:
    """Say that a complaint is mended, or open again."""
    told = mend_complaint(
        call.app,
        call.actor,
        path_value(complaint),
        mended=form.state == "mended",
        request_id=call.request_id,
    )
    return answer(call.request, told)


@insight_router.get("/insight/advise", **operation(Permission.READ, AdviceDocument, errors=(404,)))
def advise(call: Calling, title: Title, territory: Place) -> Response:
    """Say what to change in a title for a country, with evidence and a test for each."""
    return answer(call.request, advice_for(call.app, title, territory))
