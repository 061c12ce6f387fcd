"""Rules: what the staff pins, boosts, excludes and asks for; where they are in force."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from crossreel.desk.rules import put_rule, remove_rule
from crossreel.errors import BadInput, Missing
from crossreel.recommend.policy import RuleBook
from crossreel.recommend.rules import FIELDS, Rule
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

_LONGEST = 100_000
KINDS = {
    "pin": M_("Put titles at a place of a row"),
    "boost": M_("Raise or lower the scores of titles"),
    "exclude": M_("Keep titles off every list"),
    "quota": M_("Give titles a least share of the page"),
    "leaving": M_("Say how soon “leaving soon” is"),
    "variety": M_("Mix lists by unlikeness and taste"),
    "explore": M_("Limit the places of new titles"),
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "pin": {"titles": ["source:id"], "row": "for-you", "position": 1},
    "boost": {"select": {"genres": ["drama"]}, "factor": 1.5},
    "exclude": {"select": {"genres": ["horror"]}},
    "quota": {"territories": ["EU"], "select": {"countries": ["EUROPEAN"]}, "share": 0.3},
    "leaving": {"days": 7},
    "variety": {"mmr": 0.8, "calibration": 0.2},
    "explore": {"share": 0.1, "cap": 1000},
}


def rules(sitting: Sitting) -> Response:
    """``GET /rules``; ``?kind=`` or ``?edit=`` puts a rule into the form."""
    kind, id_ = sitting.query("kind"), sitting.query("edit")
    text = ""
    if kind in FIELDS:
        text = _shown({"id": f"my-{kind}", "kind": kind, **EXAMPLES[kind]})
    elif id_ and (found := sitting.app.documents.get(RuleBook.KIND, id_)):
        text = _shown(found)
    return _rules(sitting, text)


def _shown(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _rules(sitting: Sitting, text: str, problem: str = "", status: int = 200) -> Response:
    title = sitting.tell("Rules")
    return sitting.page(
        "rules.html",
        noun="recommend",
        title=title,
        crumbs=[Crumb(title)],
        status=status,
        rules=[(rule, _told(rule)) for rule in sitting.app.shelf.rules()],
        kinds=[(kind, told) for kind, told in KINDS.items()],
        kind_names=KINDS,
        text=text,
        problem=problem,
    )


def _told(rule: Rule) -> str:
    """The fields of a rule's kind on one line."""
    document = rule.to_dict()
    return json.dumps({field: document[field] for field in FIELDS[rule.kind]}, ensure_ascii=False)


def write(sitting: Sitting, fields: Fields) -> Response:
    """``POST /rules``: checks the rule, then writes it."""
    text = fields.one("rule").strip()
    try:
        document = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return _rules(sitting, text, sitting.tell("This is not a JSON object; nothing was saved."), 422)
    try:
        rule = put_rule(sitting.app, sitting.actor, document, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return _rules(sitting, text, f"{error.message} {error.advice}".strip(), 422)
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
COMMANDS = [Command(M_("Rules"), console_url("/rules"), "pin boost exclude quota european variety explore")]
