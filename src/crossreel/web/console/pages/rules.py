"""Rules: what the staff pins, boosts, excludes and asks for; where they are in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from crossreel.catalog.genres import GENRES
from crossreel.desk.rules import put_rule, remove_rule
from crossreel.errors import BadInput, Missing, UnknownId
from crossreel.recommend.policy import RuleBook
from crossreel.recommend.rule_fields import ROWS
from crossreel.recommend.rules import FIELDS
from crossreel.values.territory import all_territories, group_names
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.rule_form import EXAMPLES, rule_document, rule_errors, rule_sentence, rule_values
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

KINDS = {
    "pin": (M_("Pin"), M_("Put titles at a place of a row")),
    "boost": (M_("Boost"), M_("Raise or lower the scores of titles")),
    "exclude": (M_("Exclude"), M_("Keep titles off every list")),
    "quota": (M_("Quota"), M_("Give titles a least share of the page")),
    "leaving": (M_("Leaving soon"), M_("Say how soon “leaving soon” is")),
    "variety": (M_("Variety"), M_("Mix lists by unlikeness and taste")),
    "explore": (M_("New titles"), M_("Limit the places of new titles")),
}


def rules(sitting: Sitting) -> Response:
    """``GET /rules``; ``?kind=`` opens an empty form, ``?edit=`` that of a rule."""
    kind, id_ = sitting.query("kind"), sitting.query("edit")
    document: Mapping[str, Any] | None = None
    if id_:
        document = sitting.app.documents.get(RuleBook.KIND, id_)
    elif kind in FIELDS:
        document = {"id": "", "kind": kind, **EXAMPLES[kind]}
    return _page(sitting, document)


def _page(
    sitting: Sitting,
    document: Mapping[str, Any] | None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
) -> Response:
    title = sitting.tell("Rules")
    values = rule_values(document) if document else {}
    kind = str(document.get("kind")) if document else ""
    return sitting.page(
        "rules.html",
        noun="recommend",
        title=title,
        crumbs=[Crumb(title)],
        status=422 if errors or problem else 200,
        rules=[(rule, rule_sentence(rule)) for rule in sitting.app.shelf.rules()],
        kinds=KINDS,
        kind=kind if kind in KINDS else "",
        parts_of_kind=FIELDS.get(kind, ()),
        known={rule.id for rule in sitting.app.shelf.rules()},
        values=values,
        errors=errors or {},
        problem=problem,
        rows=ROWS,
        genres=sorted(GENRES),
        groups=group_names(),
        territories=all_territories(),
    )


def write(sitting: Sitting, fields: Fields) -> Response:
    """``POST /rules``: ``step`` adds or removes a row of titles, else the rule is checked and written."""
    document, step = rule_document(fields), fields.one("step")
    if step == "add" or step.startswith("remove-"):
        rows = fields.all("titles")
        if step == "add":
            rows.append("")
        elif (place := step.removeprefix("remove-")).isdecimal() and int(place) < len(rows):
            del rows[int(place)]
        return _page(sitting, {**document, "titles": rows})
    if errors := rule_errors(document):
        return _page(sitting, document, errors)
    try:
        rule = put_rule(sitting.app, sitting.actor, document, request_id=sitting.request_id)
    except UnknownId as error:
        place = "titles" if document.get("titles") else "select-titles"
        return _page(sitting, document, {place: f"{error.message} {error.advice}".strip()})
    except (BadInput, Missing) as error:
        return _page(sitting, document, problem=f"{error.message} {error.advice}".strip())
    return sitting.go(console_url("/rules"), sitting.tell("%(rule)s is in force.", rule=rule.id), undo=True)


def remove(sitting: Sitting, fields: Fields) -> Response:
    """``POST /rules/remove``."""
    id_ = fields.one("id")
    try:
        remove_rule(sitting.app, sitting.actor, id_, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return sitting.go(console_url("/rules"), error.message, problem=True)
    return sitting.go(console_url("/rules"), sitting.tell("%(rule)s is removed.", rule=id_), undo=True)


ROUTES = [shown("/rules", rules), changed("/rules", write), changed("/rules/remove", remove)]
COMMANDS = [
    Command(M_("Rules"), console_url("/rules"), "pin boost exclude quota european variety explore"),
]
