"""Notes what a viewer is shown, for those who judge the models later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crossreel.audience.impressions import ShownPage
from crossreel.desk.experiments import Dealt
from crossreel.recommend.popular import Popular
from crossreel.recommend.top import Recommendation
from crossreel.web.visit import NEWCOMER, Visit

__all__ = ["note_shown"]


def note_shown(
    visit: Visit, rows: Iterable[tuple[str, Sequence[Recommendation]]], dealt: Dealt | None = None
) -> None:
    """Notes recommended titles under the viewer's own id; of strangers, who have none, nothing.

    Args:
        visit: whose page it is.
        rows: code of the row, and its titles as they stand.
        dealt: how the viewer came by this answer, where experiments have a say.
    """
    if visit.viewer == NEWCOMER or not visit.app.settings.web.impressions_seconds:
        return
    titles = tuple((code, tuple(item.title for item in items)) for code, items in rows if items)
    if not titles:
        return
    algorithm = dealt.variant.algorithm if dealt and dealt.variant else ""
    model = visit.app.shelf.active() or Popular.name
    visit.app.impressions.note(
        ShownPage(
            viewer=visit.viewer,
            time=visit.now,
            territory=visit.territory,
            algorithm=algorithm or model,
            probability=dealt.probability if dealt else 1.0,
            rows=titles,
            device="web",
        )
    )
