"""Translations as jobs: what they will take before they run, how far they are, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crossreel.catalog.attachment import AttachmentRole
from crossreel.desk.translating import KIND, Order, Quote, keep_order, quote, read_order, start_translations
from crossreel.errors import BadInput, BadValue, CrossreelError, UnknownId
from crossreel.localize.timedtext import profile_names
from crossreel.localize.translate.engines.registry import ENGINES
from crossreel.values.job import Job, JobState
from crossreel.values.language import Language
from crossreel.web.console.addresses import changed, many_uploaded, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.job_words import job_cost
from crossreel.web.console.nouns import Command
from crossreel.web.console.pages.jobs import Progress, progress_of
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

MOST_BYTES = 12 << 20
_JOBS = 400
"""Of the newest jobs of every kind, so many are looked through."""


@dataclass(frozen=True, slots=True)
class Row:
    """A translation as the table shows it."""

    told: Progress
    languages: tuple[str, str]
    expected: str
    cost: str


def translations(sitting: Sitting) -> Response:
    """``GET /translations``."""
    return _page(sitting, {})


def _page(sitting: Sitting, values: dict[str, str], problem: str = "", status: int = 200) -> Response:
    found = [job for job in sitting.app.jobs.page(limit=_JOBS) if job.kind == KIND]
    title = sitting.tell("Translations")
    return sitting.page(
        "translations.html",
        noun="localize",
        title=title,
        crumbs=[Crumb(title)],
        status=status,
        rows=[_row(sitting, job) for job in found],
        counts=[(state, sum(job.state is state for job in found)) for state in JobState],
        spent=_spent(found),
        running=any(not job.state.is_final for job in found),
        values=values,
        problem=problem,
        engines=ENGINES,
        profiles=profile_names(),
    )


def _row(sitting: Sitting, job: Job) -> Row:
    book = sitting.phrases.book
    pair = tuple(book.language_name(Language.parse(str(job.parameters[key]))) for key in ("from", "to"))
    return Row(progress_of(sitting, job), (pair[0], pair[1]), *job_cost(sitting, job))


def _spent(jobs: list[Job]) -> list[str]:
    """What all of them have cost so far, by currency."""
    sums: dict[str, Decimal] = {}
    for job in jobs:
        cost, estimate = job.result.get("cost"), job.parameters.get("estimate") or {}
        if cost is not None:
            currency = str(estimate.get("currency", ""))
            sums[currency] = sums.get(currency, Decimal()) + Decimal(str(cost))
    return [_money(total, currency) for currency, total in sorted(sums.items())]


def _money(cost: object, currency: object) -> str:
    return "" if cost is None else f"{currency} {Decimal(str(cost)):.2f}"


def ask(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Response:
    """``POST /translations``: keeps the file and tells what each language will take."""
    try:
        order = _kept(sitting, fields, files)
        return _quoted(sitting, order)
    except BadInput as error:
        return _page(sitting, fields, f"{error.message} {error.advice}".strip(), 422)


def _kept(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Order:
    source = Language.parse(fields.get("from", ""))
    targets = [Language.parse(one) for one in fields.get("to", "").replace(",", " ").split()]
    file, terms = files.get("file"), files.get("terms")
    title = fields.get("title", "").strip()
    if file is not None and file.filename:
        named = (file.filename[-100:], file.file.read())
    elif title:
        named = _attached(sitting, title, source)
    else:
        raise BadInput(
            sitting.tell("Choose a file, or name a title that has subtitles in the source language.")
        )
    try:
        budget = Decimal(fields["budget"]) if fields.get("budget", "").strip() else None
    except InvalidOperation as error:
        raise BadValue("budget", fields["budget"], "a number") from error
    return keep_order(
        sitting.app,
        sitting.actor,
        named,
        source,
        targets,
        terms=(terms.filename, terms.file.read()) if terms is not None and terms.filename else None,
        engine=fields.get("engine", "apertium"),
        model=fields.get("model", "").strip(),
        title=str(sitting.app.title_id(title)) if title else "",
        notes=fields.get("notes", "").strip()[:4000],
        profile=fields.get("profile") or "netflix",
        budget=budget,
        may_leave=fields.get("away") == "yes",
        back=fields.get("back", "").strip(),
    )


def _attached(sitting: Sitting, text: str, source: Language) -> tuple[str, bytes]:
    id_ = sitting.app.title_id(text)
    title = sitting.app.catalog.get([id_])[id_]
    for one in title.attachments:
        if one.role is AttachmentRole.SUBTITLES and one.language == source:
            with sitting.app.blobs.open(one.digest) as stream:
                return f"{id_.key[-60:]}.vtt", stream.read()
    raise UnknownId(f"subtitle file in {source} of the title", id_, advice="Send a file.")


def _quoted(sitting: Sitting, order: Order, problem: str = "", status: int = 200) -> Response:
    quotes = quote(sitting.app, order)
    title = sitting.tell("What it will take")
    return sitting.page(
        "translation_quote.html",
        noun="localize",
        title=title,
        crumbs=[Crumb(sitting.tell("Translations"), console_url("/translations")), Crumb(title)],
        status=status,
        quotes=[(one, sitting.phrases.book.language_name(one.target)) for one in quotes],
        total=_total(quotes),
        fields=_hidden(order),
        order=order,
        problem=problem,
        possible=all(not one.problem and not one.over_budget for one in quotes),
        leaves=any(one.facts is not None and one.facts.sends_away for one in quotes),
        money=_money,
    )


def _total(quotes: list[Quote]) -> tuple[int, str, float]:
    """Characters, cost and seconds of all languages; no cost where one of them is not known."""
    known = [one.estimate for one in quotes if one.estimate is not None]
    costs = [one.cost for one in known]
    cost = sum((one for one in costs if one is not None), Decimal())
    told = _money(cost, known[0].currency) if known and None not in costs else ""
    return sum(one.characters for one in known), told, sum(one.seconds for one in known)


def _hidden(order: Order) -> list[tuple[str, str]]:
    fields = {**order.parameters(order.targets[0]), "to": ",".join(map(str, order.targets))}
    fields["may_leave"] = ""
    return [(key, str(value)) for key, value in fields.items() if value not in (None, "", False)]


def start(sitting: Sitting, fields: Fields) -> Response:
    """``POST /translations/start``: queues what was told before."""
    order = read_order({**dict(fields.pairs), "may_leave": fields.one("away") == "yes"})
    try:
        jobs = start_translations(sitting.app, sitting.actor, order, request_id=sitting.request_id)
    except CrossreelError as error:
        return _quoted(sitting, order, f"{error.message} {error.advice}".strip(), 409)
    told = sitting.tell_n("%(num)s translation is queued.", "%(num)s translations are queued.", len(jobs))
    return sitting.go(console_url("/translations"), told)


ROUTES = [
    shown("/translations", translations),
    many_uploaded("/translations", ask, MOST_BYTES, 2),
    changed("/translations/start", start),
]
COMMANDS = [
    Command(M_("Translations"), console_url("/translations"), "translate batch jobs cost estimate subtitles"),
]
