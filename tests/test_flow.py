from datetime import UTC, datetime
from pathlib import Path

import pytest

from crossreel import Territory, ViewerId, open_app
from crossreel.flow import journey


@pytest.mark.shared
def test_the_journey_of_one_title(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "ratings" / "ml-100k"
    app = open_app(tmp_path / "home", create=True)
    try:
        told = journey(
            app,
            titles=folder,
            events=folder,
            title="ml:100",
            viewer=ViewerId("ml", "196"),
            territory=Territory.parse("JP"),
            until="2030-12-31",
            at=datetime(2026, 11, 23, tzinfo=UTC),
        )
        assert told.audience.events == 100_000
        assert told.availability.available
        assert told.place is not None
        assert told.place <= 20
        seen = {event.title for event in app.events.history(ViewerId("ml", "196"))}
        assert not seen & {item.title for item in told.recommended.items}
        closed = app.shelf.top(
            ViewerId("ml", "196"), Territory.parse("JP"), 10, at=datetime(2031, 1, 1, tzinfo=UTC)
        )
        assert closed.items == ()
    finally:
        app.close()
