"""No page of a territory links a title that is not open there at that instant."""

from datetime import UTC, datetime, timedelta

import pytest

from crossreel.rights.license import Mode
from crossreel.values.territory import Territory

TERRITORIES = ["US", "DE", "JP", "IN", "AQ"]
EDGE = datetime(2025, 12, 31, 15, tzinfo=UTC)  # 2026 begins in Japan
INSTANTS = [
    EDGE - timedelta(seconds=1),
    EDGE,
    datetime(2026, 6, 15, 12, tzinfo=UTC),
    datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 15, tzinfo=UTC),
    datetime(2030, 1, 1, tzinfo=UTC),
]
PAGES = ["/", "/browse", "/browse?genre=drama&order=oldest", "/list", "/history", "/ratings"]
FINDERS = ["/search", "/search/suggest"]
SEARCHES = ["a", "the", "vampire", "horse", "勞"]


@pytest.mark.parametrize("territory", TERRITORIES)
def test_every_title_linked_anywhere_is_open_there_and_then(stage, visitor, territory):
    where, rights = Territory(territory), stage.app.rights
    visitor.choose(territory=territory)
    ids = stage.app.catalog.ids()
    linked = 0
    for instant in INSTANTS:
        stage.clock.now = instant
        own = [f"/title/{id_}" for id_ in ids if id_.source == "tiny"]
        for path in [*PAGES, *(f"{page}?q={word}" for page in FINDERS for word in SEARCHES), *own]:
            page = visitor.page(path)
            for id_ in page.titles:
                assert rights.open_modes(id_, where, instant), (path, id_, instant)
                linked += 1
        open_ = {
            id_ for id_ in ids if any(rights.check(id_, where, mode, instant).available for mode in Mode)
        }
        shown = visitor.page("/").titles
        assert bool(shown) == bool(open_)
    assert linked or not open_


def test_a_license_that_is_withdrawn_takes_the_title_off_every_page_at_once(stage, visitor):
    before = visitor.page("/").titles | visitor.page("/search?q=moon").titles
    assert any(id_.key == "moon" for id_ in before)
    stage.app.licenses.remove(["moon-world"])
    after = visitor.page("/").titles | visitor.page("/search?q=moon").titles
    assert not any(id_.key == "moon" for id_ in after)
    assert "Not open here: United States" in visitor.page("/title/tiny:moon").text
