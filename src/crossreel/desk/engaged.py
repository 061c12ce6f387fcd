"""How engaged a workspace's audience is, territory by territory."""

from __future__ import annotations

from crossreel.app import App
from crossreel.audience.engagement import Engagement, engagement

__all__ = ["workspace_engagement"]


def workspace_engagement(app: App, completed_from: float = 0.9) -> Engagement:
    """Watch time, completion and return over the whole log. Raises ``BadValue`` as ``engagement``."""
    columns, aliases = app.events.columns(), app.catalog.aliases()
    records = app.catalog.get(sorted({aliases.get(id_, id_) for id_ in columns.title_ids}))
    runtimes = {
        id_: title.runtime_minutes
        for id_ in columns.title_ids
        if (title := records.get(aliases.get(id_, id_))) is not None and title.runtime_minutes
    }
    return engagement(columns, runtimes, completed_from=completed_from)
