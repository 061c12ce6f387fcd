"""Settings in effect and where each comes from; the staff and their API tokens."""

from __future__ import annotations

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.settings import setting_rows
from crossreel.web.console.addresses import shown
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages import operators
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Sitting

__all__ = ["NOUN"]


def settings(sitting: Sitting) -> Response:
    """``GET /settings``: read only; changes are made in the file or the environment."""
    rows = setting_rows(sitting.app.settings, sitting.app.home)
    return sitting.page(
        "settings.html",
        noun="settings",
        title=sitting.tell("Settings"),
        sections=[
            (name, [row for row in rows if row.section == name])
            for name in dict.fromkeys(r.section for r in rows)
        ],
        home=str(sitting.app.home) if sitting.may(Permission.ADMINISTER) else "",
        stale=[row for row in rows if row.pending is not None],
    )


NOUN = Noun(
    key="settings",
    label=M_("Settings"),
    path="/settings",
    routes=[shown("/settings", settings), *operators.ROUTES],
    commands=[
        Command(M_("Settings"), console_url("/settings"), "configuration"),
        *operators.COMMANDS,
    ],
)
