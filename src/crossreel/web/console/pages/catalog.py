"""The catalog table: filter by a sentence, sort, choose columns, save views, select, take out."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qs, urlencode

from starlette.responses import RedirectResponse, Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.genres import GENRES
from crossreel.catalog.title import Title
from crossreel.errors import BadValue
from crossreel.values.language import UNDETERMINED
from crossreel.web.cards import words
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.columns import COLUMNS
from crossreel.web.console.cookies import SavedView
from crossreel.web.console.facts import FACTS, FIELD_KINDS
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages import bulk, duplicates, licenses, new_title
from crossreel.web.console.pages import title as title_pages
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sentence import Clause, join, read, split, write
from crossreel.web.console.sitting import Sitting
from crossreel.web.console.table import TableState, find_rows, read_state
from crossreel.web.console.verbs import KINDS
from crossreel.web.views import Words

__all__ = ["NOUN"]

_READY = (
    ("", M_("All titles")),
    ("expires within 30 days", M_("A license ends within 30 days")),
    ("licenses is 0", M_("Without a license")),
    ("synopsis is missing", M_("Without a synopsis")),
)
"""Views that everybody has."""


def catalog(sitting: Sitting) -> Response:
    """``GET /catalog``."""
    parameters = sitting.request.query_params
    state = read_state(parameters, parameters.getlist("columns"))
    if parameters.get("field"):
        return _with_clause(sitting, state)
    found = find_rows(sitting, state)
    names = [_original(row.line.title) for row in found.rows]
    return sitting.page(
        "catalog.html",
        noun="catalog",
        title=sitting.tell("Catalog"),
        names=names,
        state=state,
        found=found,
        columns={name: COLUMNS[name] for name in state.columns},
        all_columns=COLUMNS,
        demands=_demands(state),
        facts=FACTS,
        verbs=_verbs(),
        genres=GENRES,
        ready=[(TableState(sentence).url(), label, sentence == state.sentence) for sentence, label in _READY],
        views=sitting.console.cookies.views(sitting.request, sitting.actor.operator),
        view_query=urlencode(state.query(page=1), doseq=True),
        bulk_actions=bulk.ACTIONS,
    )


def _original(title: Title) -> Words:
    languages = title.original_languages
    return words(title.name, languages[0] if languages else UNDETERMINED)


def _demands(state: TableState) -> list[tuple[str, str]]:
    """Each demand of the filter, and the address of the table without it."""
    parts = split(state.phrase)
    return [
        (write(part), state.url(sentence=write(join([*parts[:n], *parts[n + 1 :]])), page=1))
        for n, part in enumerate(parts)
    ]


def _verbs() -> list[str]:
    """Every verb once, the most usual first."""
    return list(
        dict.fromkeys(verb for kind in ("set", "text", "number", "date") for verb in KINDS[kind].verbs)
    )


def _with_clause(sitting: Sitting, state: TableState) -> Response:
    """The form that builds a filter: adds one statement and leads to the sentence it makes."""
    parameters = sitting.request.query_params
    field, verb, value = (parameters.get(name, "").strip() for name in ("field", "verb", "value"))
    if FIELD_KINDS.get(field) == "place":
        verb = "in"
    told = f"{field} {verb}"
    if value and verb not in {"is missing", "is known", "never", "ever"}:
        lone = Clause("name", "is", (value,))
        free = verb in {"is one of", "is none of", "between", "is between", "within", "in"}
        told += " " + (value if free else write(lone).removeprefix("name is "))
    try:
        added = read(told, FIELD_KINDS)
    except BadValue:
        added = None  # the table says what is wrong with the sentence that it makes
    if added is None or state.problem:
        sentence = " and ".join(part for part in (state.sentence, told) if part)
    else:
        sentence = write(join([*split(state.phrase), *split(added)]))
    return RedirectResponse(state.url(sentence=sentence, page=1), 303)


def download(sitting: Sitting) -> Response:
    """``GET /catalog.csv``: every title that the filter picks, with the columns of the table."""
    parameters = sitting.request.query_params
    state = read_state(parameters, parameters.getlist("columns"))
    if state.problem:
        raise state.problem
    columns = {"id": COLUMNS["id"], **{name: COLUMNS[name] for name in state.columns}}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in find_rows(sitting, state, everything=True).rows:
        writer.writerow([_plain(column.text(row)) for column in columns.values()])
    headers = {
        "Content-Disposition": 'attachment; filename="titles.csv"',
        "Cache-Control": "private, no-store",
    }
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and text[:1] else text


def save_view(sitting: Sitting, fields: Fields) -> Response:
    """``POST /catalog/views``: keeps the table's state under a name, or forgets it."""
    cookies, operator = sitting.console.cookies, sitting.actor.operator
    name, query = " ".join(fields.one("name").split())[:60], fields.one("query")[:1500]
    known = parse_qs(query)
    kept: dict[str, list[str]] = {key: known[key] for key in ("q", "sort", "columns") if key in known}
    query = urlencode(kept, doseq=True)
    url = console_url("/catalog") + (f"?{query}" if query else "")
    views = [view for view in cookies.views(sitting.request, operator) if view.name != name]
    if fields.one("step") == "forget":
        response = sitting.go(url, sitting.tell("The view “%(name)s” is forgotten.", name=name))
    elif not name:
        return sitting.go(url, sitting.tell("Give the view a name."), problem=True)
    else:
        views.append(SavedView(name, query))
        response = sitting.go(url, sitting.tell("The view “%(name)s” is saved.", name=name))
    if not cookies.keep_views(response, operator, views):
        return sitting.go(
            url, sitting.tell("There is no room for more views; forget one first."), problem=True
        )
    return response


NOUN = Noun(
    key="catalog",
    label=M_("Catalog"),
    path="/catalog",
    routes=[
        shown("/catalog", catalog),
        shown("/catalog.csv", download),
        changed("/catalog/views", save_view, Permission.READ),
        *bulk.ROUTES,
        *duplicates.ROUTES,
        *new_title.ROUTES,
        *licenses.ROUTES,
        *title_pages.ROUTES,
    ],
    commands=[
        Command(M_("Browse the catalog"), console_url("/catalog"), "titles table list filter"),
        Command(M_("Add a title"), console_url("/new-title"), "create new film series", Permission.EDIT),
        Command(
            M_("Titles with a license that ends within 30 days"),
            console_url("/catalog", q="expires within 30 days"),
            "expiring rights",
        ),
        Command(M_("Titles without a synopsis"), console_url("/catalog", q="synopsis is missing"), "texts"),
        Command(M_("Titles without a license"), console_url("/catalog", q="licenses is 0"), "rights closed"),
        *duplicates.COMMANDS,
        Command(M_("Download the catalog as CSV"), console_url("/catalog.csv"), "export spreadsheet"),
    ],
)
