"""The audit log: who changed what, when, from what to what; and taking it back while that is possible."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Permission
from crossreel.web.console.addresses import shown
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.console.trail import ACTIONS, Change, described

__all__ = ["NOUN"]

PAGE_ENTRIES = 50
_FILTERS = ("actor", "action", "subject")
_OTHERS = {
    "model.activate": M_("let a model serve"),
    "job.start": M_("asked for a job"),
    "job.retry": M_("tried a job again"),
    "job.cancel": M_("canceled a job"),
    "audience.take": M_("took in events"),
    "viewer.export": M_("exported a viewer"),
    "viewer.erase": M_("erased a viewer"),
    "operator.add": M_("added an operator"),
    "operator.change": M_("changed an operator"),
    "token.issue": M_("made an API token"),
    "token.revoke": M_("revoked an API token"),
    "proof.open": M_("opened a translated file"),
    "proof.remove": M_("removed a translated file"),
    "proof.unify": M_("made a series consistent"),
    "memory.import": M_("brought in a translation memory"),
    "cast.keep": M_("chose voices"),
    "versions.publish": M_("published languages of a film"),
    "versions.withdraw": M_("withdrew languages of a film"),
    "complaint.state": M_("marked a complaint"),
    "experiment.write": M_("changed an experiment"),
    "rule.write": M_("wrote a rule"),
    "rule.remove": M_("removed a rule"),
    "rule.undo": M_("took back a change of the rules"),
    "list.write": M_("wrote a list"),
    "list.remove": M_("removed a list"),
    "list.undo": M_("took back a change of a list"),
    "person.name": M_("named a person in a film"),
    "person.erase": M_("erased a person's name"),
    "files.sweep": M_("swept what ended jobs left"),
}
"""What the actions say after a name that have no page of their own history."""
_LARGEST_ID = 1 << 62


def audit(sitting: Sitting) -> Response:
    """``GET /audit``: newest first; filters are exact, ``before`` leads to older entries."""
    filters = {name: sitting.query(name)[:300] for name in _FILTERS}
    asked = sitting.query("before")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    found = sitting.app.audit.page(before=before, limit=PAGE_ENTRIES + 1, **filters)
    rows = _told(sitting, found[:PAGE_ENTRIES])
    older = (
        console_url("/audit", **filters, before=found[PAGE_ENTRIES - 1].id)
        if len(found) > PAGE_ENTRIES
        else ""
    )
    return sitting.page(
        "audit.html",
        noun="audit",
        title=sitting.tell("Audit log"),
        rows=[(change, _subject_url(change.entry.action, change.entry.subject)) for change in rows],
        filters=filters,
        filtered=any(filters.values()),
        actors=[operator.name for operator in sitting.app.accounts.operators()] + ["cli"],
        actions=(*ACTIONS, *_OTHERS),
        older=older,
        newest=console_url("/audit", **filters) if before is not None else "",
    )


def entry(sitting: Sitting) -> Response:
    """``GET /audit/{id}``: one change."""
    asked = sitting.request.path_params["id"]
    found = sitting.app.audit.get(min(asked, _LARGEST_ID))
    (change,) = _told(sitting, [found])
    here = sitting.tell("Change %(number)s", number=found.id)
    return sitting.page(
        "audit_entry.html",
        noun="audit",
        title=here,
        crumbs=[Crumb(here)],
        change=change,
        subject_url=_subject_url(found.action, found.subject),
    )


def _told(sitting: Sitting, entries: list[AuditEntry]) -> list[Change]:
    """Entries in words, without facts that are empty before and after."""
    return [
        replace(
            change,
            action=sitting.tell(_OTHERS.get(change.entry.action, change.action)),
            told=tuple(one for one in change.told if one.pieces),
        )
        for change in described(sitting, entries)
    ]


def _subject_url(action: str, subject: str) -> str:
    """Where the changed thing is found, "" where it has no page."""
    noun = action.partition(".")[0]
    if noun in {"title", "license", "artwork"}:
        return title_url(subject)
    if noun == "job":
        return console_url(f"/job/{subject}")
    if noun == "model":
        return console_url("/models")
    if noun == "viewer" and action != "viewer.erase":
        return console_url("/viewer", id=subject)
    if noun in {"operator", "token"}:
        return console_url("/operators" if noun == "operator" else "/tokens")
    return ""


NOUN = Noun(
    key="audit",
    label=M_("Audit log"),
    path="/audit",
    routes=[
        shown("/audit", audit, Permission.ADMINISTER),
        shown("/audit/{id:int}", entry, Permission.ADMINISTER),
    ],
    commands=[
        Command(M_("Audit log"), console_url("/audit"), "changes history undo who", Permission.ADMINISTER)
    ],
    needs=Permission.ADMINISTER,
)
