"""The calendar of rights says of each month what the predicate says of its days."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.title import Title
from crossreel.rights.license import License, Mode
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.window import Boundary, Window
from crossreel.web.console.calendar import local_days, months_from, spans_of, title_calendar
from crossreel.web.console.phrases import phrases

BOOK = phrases().book
instants = st.datetimes(datetime(2025, 10, 1), datetime(2028, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
windows = st.lists(st.tuples(instants, instants), max_size=4).map(
    lambda pairs: Window.union(Window(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])
)


@given(windows, st.sampled_from(["JP", "US", "DE", "WS"]), st.integers(1, 30))
def test_a_month_is_open_when_any_of_its_moments_is(windows, code, count):
    territory = Territory(code)
    months = months_from(date(2026, 6, 15), count, BOOK)
    spans = spans_of(local_days(windows, territory), months)
    assert sum(span.columns for span in spans) == count
    cells = [span for span in spans for _ in range(span.columns)]
    for month, span in zip(months, cells, strict=True):
        opens = Boundary(day=month.first).opens(territory)
        closes = Boundary(day=month.last).closes(territory)
        inside = Window(opens, closes)
        assert span.open == any(window.overlaps(inside) for window in windows)
        assert span.at is not None


@given(windows)
def test_edges_are_told_where_they_are_inside(windows):
    months = months_from(date(2026, 6, 15), 18, BOOK)
    first, last = months[0].first, months[-1].last
    for span in spans_of(local_days(windows, Territory("GB")), months):
        for edge in (span.start, span.end):
            assert edge is None or first <= edge <= last


def test_every_territory_stands_in_one_row_or_is_closed(stage):
    app = stage.app
    title = Title(TitleId("made", "1"), "Split")
    stage.put(title)
    app.licenses.add(
        [
            License("a", title.id, ("EU",), (Mode.SVOD, Mode.TVOD), end=Boundary.parse("2026-08-31")),
            License("b", title.id, ("FR",), (Mode.EST,), start=Boundary.parse("2026-07-14")),
        ]
    )
    calendar = title_calendar(app, title.id, stage.clock.now, 18, phrases())
    placed = [place for row in calendar.rows for place in row.territories]
    assert sorted([*placed, *calendar.closed]) == list(all_territories())
    labels = {row.label: row for row in calendar.rows}
    (france,) = [row for row in calendar.rows if row.territories == (Territory("FR"),)]
    assert labels["France"] is france
    assert [band.modes for band in france.bands] == [(Mode.SVOD, Mode.TVOD), (Mode.EST,)]
    assert france.bands[0].spans[0].end == date(2026, 8, 31)
    assert france.bands[1].spans[1].start == date(2026, 7, 14)


def test_a_cell_asks_about_a_day_on_which_it_is_true(stage):
    app, film = stage.app, tiny_id("crossroads")
    calendar = title_calendar(app, film, stage.clock.now, 24, phrases())
    (row,) = calendar.rows
    for span in row.bands[0].spans:
        noon = datetime(span.at.year, span.at.month, span.at.day, 12, tzinfo=row.example.zone)
        moment = noon.astimezone(UTC)
        decision = app.rights.check(film, row.example, Mode.SVOD, moment)
        assert decision.available == span.open
        assert app.clock() - timedelta(days=100) < moment


def test_odd_ids_have_addresses(stage, ada):
    for key in ("a/b", "a?b=c&d", "ü 東 100%", "a#b", "..", "x:y"):
        title = Title(TitleId("odd", key), f"Odd {key}")
        stage.put(title)
        stage.app.licenses.add([License(f"odd {key}", title.id, ("JP",), (Mode.SVOD,))])
        page = ada.page(
            f'/console/catalog?q=name is "odd {key}"&columns=id'.replace("%", "%25")
            .replace("#", "%23")
            .replace("&d", "%26d")
        )
        links = [link for link in page.links if link.startswith("/console/title/odd:") and "?" not in link]
        assert links, key
        title_page = ada.page(f"{links[0]}?tab=licenses")
        edit = next(link for link in title_page.links if link.startswith("/console/license/"))
        assert f"odd {key}" in ada.page(edit).text


def test_licenses_in_conflict_are_listed_and_told_at_their_title(staff, ada, rob):
    moon = tiny_id("moon")
    staff.licenses.add(
        [
            License("limited", moon, ("JP",), (Mode.SVOD,), languages=(Language("ja"),)),
            License("wide", moon, ("JP", "DE"), (Mode.SVOD,), end=Boundary.parse("2027-03-31")),
        ]
    )
    listed = rob.page("/console/rights/conflicts?territory=JP&title=tiny:moon")
    assert "limited is limited to ja, but moon-world opens every language version in JP" in listed.text
    assert "/console/license/limited" not in listed.links, "a reporter may not edit"
    assert "/console/license/limited" in ada.page("/console/rights/conflicts?kind=languages").links
    assert "No license stands in the way" in ada.page("/console/rights/conflicts?territory=JP&kind=gap").text
    assert ada.get("/console/rights/conflicts?territory=Atlantis").status_code == 422
    assert "wide opens nothing that moon-world" in rob.page("/console/title/tiny:moon?tab=licenses").text
