"""What was found in a film becomes a record of its titles, which likeness by content reads."""

from __future__ import annotations

from dataclasses import replace

from crossreel.accounts.operator import Actor
from crossreel.app import App
from crossreel.catalog.documents import title_to_dict
from crossreel.desk.titles import edit_title
from crossreel.insight.video.kept import kept_analysis
from crossreel.insight.video.pictured import features_of

__all__ = ["keep_pictured", "pictured_in"]


def pictured_in(app: App, digest: str) -> tuple[str, ...]:
    """What a film shows, by the analysis that is kept of it; nothing where there is none."""
    document = kept_analysis(app.home, digest)
    return features_of(document) if document else ()


def keep_pictured(app: App, actor: Actor, digest: str) -> int:
    """Writes what a film shows to all titles that have it; returns how many changed.

    Args:
        app: the application.
        actor: who asked for the analysis.
        digest: of the film; without a finished analysis nothing happens.

    Raises:
        NotAllowed: the actor may not edit.
    """
    shows = pictured_in(app, digest)
    if not shows:
        return 0
    changed = 0
    with app.atomic():
        for title in list(app.catalog.all()):
            files = tuple(
                replace(one, shows=shows) if one.digest == digest else one for one in title.attachments
            )
            if files != title.attachments:
                told = title_to_dict(replace(title, attachments=files))
                edit_title(app, actor, title.id, told, action="film.shows")
                changed += 1
    return changed
