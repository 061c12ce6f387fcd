"""Doubtful pairs: one work told twice, or two that look alike; side by side, decided by a person."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from crossreel.catalog.documents import title_to_dict
from crossreel.catalog.repository import DoubtfulPair
from crossreel.catalog.title import Title
from crossreel.desk.duplicates import join_titles, joined, mark_different, reopen_pair, review_list
from crossreel.desk.licenses import title_licenses
from crossreel.errors import BadInput, UnknownId
from crossreel.values.ids import TitleId
from crossreel.values.language import UNDETERMINED
from crossreel.web.cards import words
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.differences import LABELS
from crossreel.web.console.drafts import FACT_FIELDS, stored_draft
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

PAGE_PAIRS = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair as the list shows it."""

    pair: DoubtfulPair
    first: Title
    second: Title


def duplicates(sitting: Sitting) -> Response:
    """``GET /duplicates``."""
    review = review_list(sitting.app)
    which = "different" if sitting.query("show") == "different" else "open"
    pairs = review.different if which == "different" else review.open
    text = sitting.query("page", "1")
    pages = max(1, -(-len(pairs) // PAGE_PAIRS))
    page = min(max(int(text) if text.isdecimal() and len(text) < 7 else 1, 1), pages)
    here = pairs[(page - 1) * PAGE_PAIRS : page * PAGE_PAIRS]
    titles = sitting.app.catalog.get([id_ for pair in here for id_ in (pair.first, pair.second)])
    rows = [
        Pair(pair, titles[pair.first], titles[pair.second])
        for pair in here
        if pair.first in titles and pair.second in titles
    ]
    return sitting.page(
        "duplicates.html",
        noun="catalog",
        title=sitting.tell("Doubtful pairs"),
        crumbs=[Crumb(sitting.tell("Doubtful pairs"))],
        names=[words(title.name, UNDETERMINED) for row in rows for title in (row.first, row.second)],
        rows=rows,
        which=which,
        review=review,
        page=page,
        pages=pages,
    )


def compare(sitting: Sitting) -> Response:
    """``GET /duplicates/pair?first=&second=``: both titles side by side, fact by fact."""
    pair = _pair(sitting, sitting.query("first"), sitting.query("second"))
    first, second = pair.first, pair.second
    one, other = stored_draft("facts", first).values, stored_draft("facts", second).values
    facts = [
        (LABELS[key], one[key], other[key], one[key] == other[key])
        for key in FACT_FIELDS
        if one[key] or other[key]
    ]
    told = [title_to_dict(title) for title in (first, second)]
    pairs = review_list(sitting.app)
    names = f"{first.name} / {second.name}"
    both = joined(first, second)
    return sitting.page(
        "pair.html",
        noun="catalog",
        title=names,
        crumbs=[Crumb(sitting.tell("Doubtful pairs"), console_url("/duplicates")), Crumb(names)],
        names=[words(title.name, UNDETERMINED) for title in (first, second)],
        pair=pair.pair,
        first=first,
        second=second,
        facts=facts,
        texts=[[text["language"] for text in document.get("texts", ())] for document in told],
        credits=[[credit.name for credit in title.credits][:12] for title in (first, second)],
        licenses=[len(title_licenses(sitting.app, title.id)) for title in (first, second)],
        gained=len(both.texts) - len(first.texts),
        settled=pair.pair in pairs.different,
    )


def _pair(sitting: Sitting, first: str, second: str) -> Pair:
    wanted = {TitleId.parse(first), TitleId.parse(second)}
    for pair in sitting.app.catalog.doubtful():
        if {pair.first, pair.second} == wanted:
            titles = sitting.app.catalog.get([pair.first, pair.second])
            if len(titles) == 2:
                return Pair(pair, titles[pair.first], titles[pair.second])
    raise UnknownId("doubtful pair", f"{first} and {second}", advice="It may have been decided meanwhile.")


def decide(sitting: Sitting, fields: Fields) -> Response:
    """``POST /duplicates/pair``: ``same`` (with ``keep``), ``different`` or ``reopen``."""
    pair = _pair(sitting, fields.one("first"), fields.one("second"))
    first, second, step = pair.pair.first, pair.pair.second, fields.one("step")
    app, actor, rid = sitting.app, sitting.actor, sitting.request_id
    back = console_url("/duplicates")
    if step == "same":
        keep = second if fields.one("keep") == "second" else first
        try:
            title = join_titles(app, actor, first, second, keep=keep, request_id=rid)
        except BadInput as error:
            return sitting.go(back, f"{error.message} {error.advice}".strip(), problem=True)
        message = sitting.tell("“%(name)s” is one title now.", name=title.name)
        return sitting.go(title_url(title.id), message, undo=True)
    if step == "reopen":
        reopen_pair(app, actor, first, second, request_id=rid)
        return sitting.go(back, sitting.tell("The pair is on the list again."))
    mark_different(app, actor, first, second, request_id=rid)
    message = sitting.tell(
        "“%(first)s” and “%(second)s” are different works.", first=pair.first.name, second=pair.second.name
    )
    return sitting.go(back, message)


ROUTES = [
    shown("/duplicates", duplicates),
    shown("/duplicates/pair", compare),
    changed("/duplicates/pair", decide),
]
COMMANDS = [Command(M_("Review doubtful pairs"), console_url("/duplicates"), "duplicates merge same work")]
