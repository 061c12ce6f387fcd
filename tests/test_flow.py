from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crossreel import Event, EventKind, Language, Territory, TitleId, ViewerId, open_app
from crossreel.app import text_tools
from crossreel.flow import journey


@pytest.mark.shared
def test_the_journey_of_one_title(
    shared_data: Path, tmp_path: Path, pretrained: Callable[[str], Path]
) -> None:
    pretrained("e5-small")
    pretrained("lid-176")
    folder = shared_data / "ratings" / "ml-100k"
    app = open_app(tmp_path / "home", create=True)
    japan, now = Territory.parse("JP"), datetime(2026, 11, 23, tzinfo=UTC)
    words = {"1": "最高の映画でした。素晴らしい。", "2": "字幕が間違いだらけでひどい。"}
    app.events.append(
        [
            Event(EventKind.REVIEW, ViewerId("jp", key), TitleId("ml", "100"), now, text=text,
                  language=Language("ja"), territory=japan)
            for key, text in words.items()
        ]
    )  # fmt: skip
    try:
        told = journey(
            app,
            titles=folder,
            events=folder,
            title="ml:100",
            viewer=ViewerId("ml", "196"),
            territory=japan,
            until="2030-12-31",
            at=now,
            texts=text_tools(),
        )
        assert told.audience.events == 100_000
        assert told.opinion is not None
        assert [country["reviews"] for country in told.opinion["countries"]] == [2]
        assert told.availability.available
        assert told.place is not None
        assert told.place <= 20
        seen = {event.title for event in app.events.history(ViewerId("ml", "196"))}
        assert not seen & {item.title for item in told.recommended.items}
        closed = app.shelf.top(ViewerId("ml", "196"), japan, 10, at=datetime(2031, 1, 1, tzinfo=UTC))
        assert closed.items == ()
    finally:
        app.close()
