"""The page cache: never another page than a fresh one, at any instant, whatever changes."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crossreel.accounts.access import add_operator
from crossreel.accounts.operator import Role
from crossreel.audience.event import Viewer
from crossreel.errors import BadValue
from crossreel.rights.availability import Availability
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import Boundary
from crossreel.web.page_cache import CachedPage, PageCache
from crossreel.web.page_lifetime import next_difference

TITLES = Vocabulary(TitleId("t", str(number)) for number in range(6))
PLACES = tuple(map(Territory, ("JP", "US", "DE", "NZ")))
FIRST = date(2026, 3, 1)
MOMENT = timedelta(microseconds=1)

boundaries = st.one_of(
    st.none().map(lambda _: Boundary()),
    st.integers(0, 60).map(lambda days: Boundary(day=FIRST + timedelta(days))),
    st.integers(0, 60 * 86400).map(
        lambda seconds: Boundary(instant=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    ),
)


@st.composite
def licenses(draw):
    """A few licenses over spring 2026, when clocks change in several of the places."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        start, end = draw(boundaries), draw(boundaries)
        title, mode = TITLES.ids[draw(st.integers(0, 5))], draw(st.sampled_from(Mode))
        where = draw(st.sampled_from([("WORLD",), ("JP",), ("US", "DE"), ("NZ",)]))
        try:
            found.append(License(f"L{number}", title, where, (mode,), start=start, end=end))
        except BadValue:
            continue  # reversed: no license
    return found


def rights_over(store: MemoryLicenses) -> Availability:
    return Availability(store, family=dict, aliases=dict, revision=store.revision)


def page(rights: Availability, place: Territory, at: datetime) -> bytes:
    """All that a storefront page says that time can change."""
    modes = tuple(Mode)
    lines = []
    for title in TITLES.ids:
        open_ = rights.open_modes(title, place, at)
        ends = [rights.check(title, place, mode, at).until for mode in open_]
        days = [(end - at).days if end and (end - at).days <= 30 else end for end in ends]
        lines.append(f"{title} {open_} {days}")
    leaving = [one.title for one in rights.leaving(TITLES, place, at, timedelta(days=14))]
    new = ~rights.mask(TITLES, place, modes, at - timedelta(days=30)) & rights.mask(TITLES, place, modes, at)
    return "\n".join([*lines, str(leaving), str(new)]).encode()


@settings(max_examples=50)
@given(data=st.data())
def test_a_kept_page_is_always_a_fresh_one(data):
    store = MemoryLicenses()
    store.add(data.draw(licenses()))
    rights, cache = rights_over(store), PageCache(1 << 20)
    instants = data.draw(
        st.lists(st.integers(0, 75 * 86400), min_size=4, max_size=12).map(
            lambda all_: [datetime(2026, 2, 25, tzinfo=UTC) + timedelta(seconds=one) for one in all_]
        )
    )
    # Exactly at every boundary, the moment before and after it, and where days, news and leaving turn.
    for place in PLACES:
        edges = rights.changes(place, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
        for edge in edges:
            for turn in (timedelta(0), timedelta(days=-14), timedelta(days=30), timedelta(days=-3)):
                instants += [edge + turn - MOMENT, edge + turn, edge + turn + MOMENT]
    hits = 0
    for number, at in enumerate(sorted(instants)):
        if number % 9 == 8:  # somebody changes the licenses meanwhile
            changed = data.draw(st.sampled_from(["none", "add", "remove"]))
            if changed == "add":
                store.put([License(f"N{number}", TITLES.ids[number % 6], ("WORLD",), (Mode.SVOD,))])
            elif changed == "remove":
                store.remove([license_.id for license_ in store.all()][:1])
        for place in PLACES:
            state = store.revision()
            kept = cache.get(place, state, at)
            fresh = page(rights, place, at)
            if kept is None:
                until = next_difference(rights, place, at)
                assert until > at
                cache.put(place, state, at, until, CachedPage.of(fresh))
            else:
                hits += 1
                assert kept.html(b"") == fresh, (place, at)
    assert hits or len(instants) < 20


def test_instants_are_not_cut_too_short():
    """Between two changes a page is kept, a day at most."""
    store = MemoryLicenses()
    rights, at = rights_over(store), datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert next_difference(rights, PLACES[0], at) == at + timedelta(days=1)
    store.add([License("L", TITLES.ids[0], ("JP",), (Mode.SVOD,), end=Boundary(day=date(2026, 3, 10)))])
    assert next_difference(rights, PLACES[0], at) == datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert next_difference(rights, PLACES[1], at) == at + timedelta(days=1)


@example(html=b'name="token" value="', token=b"0", other=b"0")
@given(
    html=st.binary(max_size=2000),
    token=st.text("abcXYZ019_-.", min_size=1, max_size=90).map(str.encode),
    other=st.text("abcXYZ019_-.", min_size=1, max_size=90).map(str.encode),
)
def test_a_page_is_put_together_for_every_visitor(html, token, other):
    form = b'<form><input type="hidden" name="token" value="%s"></form>'
    body = (
        html.replace(token, b"")
        + form % token
        + html.replace(token, b"")[::-1].replace(token, b"")
        + form % token
    )
    kept = CachedPage.of(body)
    assert kept.html(token) == body
    served = kept.gzip(other)
    assert gzip.decompress(served) == kept.html(other)
    assert zlib.decompressobj(wbits=31).decompress(served) == kept.html(other)  # as browsers do: one member


def test_a_full_cache_forgets_what_was_asked_for_longest_ago():
    cache, at = PageCache(5000), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(20):
        cache.put(number, 0, at, at + timedelta(1), CachedPage.of(bytes(500)))
        assert cache.get(0, 0, at) is not None
    assert 2 <= len(cache) <= 4
    assert cache.get(1, 0, at) is None
    cache.put("large", 0, at, at + timedelta(1), CachedPage.of(bytes(9000)))
    assert cache.get("large", 0, at) is None
    assert cache.get(0, 1, at) is None
    cache.put(0, 1, at, at + timedelta(1), CachedPage.of(b"x"))
    assert cache.get(0, 1, at - MOMENT) is None


def test_pages_of_past_states_leave_as_new_ones_come():
    cache, at = PageCache(1 << 20), datetime(2026, 1, 1, tzinfo=UTC)
    for state in range(10):
        for number in range(20):
            cache.put((state, number), state, at, at + timedelta(1), CachedPage.of(b"x"))
    assert len(cache) <= 5 * 20
    assert cache.get((9, 0), 9, at) is not None
    assert cache.get((9, 19), 9, at) is not None


def counts(visitor):
    """What the page cache did so far."""
    visitor.client._transport.client = ("127.0.0.1", 50000)
    text = visitor.client.get("/metrics", headers={"host": "localhost"}).text
    found = {}
    for line in text.splitlines():
        if line.startswith("crossreel_page_cache_total{"):
            found[line.split('"')[1]] = int(line.rsplit(" ", 1)[1])
    return found


def test_strangers_share_a_page_but_no_token(stage, make_visitor):
    visitor = make_visitor()
    first, again = visitor.get("/"), visitor.get("/")
    assert counts(visitor) == {"miss": 1, "hit": 1}
    assert again.headers["cache-control"] == "private, no-cache"
    assert {part.strip() for part in again.headers["vary"].split(",")} >= {"Accept-Language", "Cookie"}
    token, other = (stage.read(answer.text).fields["token"] for answer in (first, again))
    assert token != other
    assert first.text.replace(token, "") == again.text.replace(other, "")
    for one in (token, other):
        form = {"token": one, "territory": "JP", "next": "/"}
        assert visitor.client.post("/preferences", data=form, follow_redirects=False).status_code == 303


def test_a_new_visitor_gets_a_key_with_a_kept_page(stage):
    visitor = stage.visitor()
    visitor.get("/")
    visitor.client.cookies.clear()
    kept = visitor.get("/")
    assert counts(visitor)["hit"] == 1
    assert "crossreel-form=" in kept.headers["set-cookie"]
    token = stage.read(kept.text).fields["token"]
    form = {"token": token, "territory": "JP", "next": "/"}
    assert visitor.client.post("/preferences", data=form, follow_redirects=False).status_code == 303
    visitor.client.cookies.clear()
    assert visitor.client.post("/preferences", data=form, follow_redirects=False).status_code == 403


def test_not_modified_until_it_is(stage):
    visitor = stage.visitor()
    visitor.get("/")
    kept = visitor.get("/")
    tag = kept.headers["etag"]
    assert visitor.get("/", **{"if-none-match": tag}).status_code == 304
    everything = [license_.id for license_ in stage.app.licenses.all()]
    stage.app.licenses.remove(everything[:1])
    visitor.get("/", **{"if-none-match": tag})
    stage.app.licenses.remove(everything)
    closed = visitor.get("/", **{"if-none-match": tag})
    assert closed.status_code == 200
    assert not stage.read(closed.text).titles
    visitor.client.cookies.clear()  # a copy kept by the browser goes with the key of its forms
    assert visitor.get("/", **{"if-none-match": kept.headers["etag"]}).status_code == 200


def test_whatever_changes_the_next_page_shows_it(stage):
    visitor, app = stage.visitor(), stage.app
    visitor.get("/")
    before = counts(visitor)["miss"]
    title = next(iter(app.catalog.all()))
    stage.put(replace(title, name="A new name"))
    visitor.get("/")
    app.viewers.put([Viewer(ViewerId("crowd", "new"), name="Somebody New", territory=Territory("US"))])
    visitor.get("/")
    app.shelf.train("popular")
    visitor.get("/")
    assert counts(visitor)["miss"] == before + 3
    visitor.get("/")
    assert counts(visitor)["hit"] == 1


def test_at_its_last_instant_a_title_is_there_and_then_gone(stage):
    end = datetime(2026, 6, 15, 18, tzinfo=UTC)
    everything = [license_.id for license_ in stage.app.licenses.all()]
    stage.app.licenses.remove(everything)
    only = TitleId("shorts", "01")
    stage.app.licenses.add([License("one", only, ("US",), (Mode.SVOD,), end=Boundary(instant=end))])
    visitor = stage.visitor()
    for at, is_open in (
        (end - timedelta(hours=2), True),
        (end - timedelta(hours=1), True),
        (end - MOMENT, True),
        (end, False),
        (end + MOMENT, False),
    ):
        stage.clock.now = at
        assert (only in visitor.page("/").titles) is is_open, at
        assert (only in visitor.page("/search?q=horse").titles) is is_open, at
    assert counts(visitor)["hit"] >= 4


def test_languages_and_territories_have_pages_of_their_own(stage):
    visitor = stage.visitor()
    pages = {}
    for language in ("en", "es", "en-GB,en;q=0.5", "ja,es;q=0.3"):
        for _ in range(2):
            answer = visitor.get("/", **{"accept-language": language})
        pages[language] = answer.text
    assert 'lang="es"' in pages["es"]
    assert pages["en"] != pages["es"]
    visitor.choose(territory="JP")
    assert "Japan" in visitor.get("/").text
    assert "Japan" in visitor.get("/").text


def test_somebodys_pages_are_made_for_them(stage):
    visitor = stage.visitor()
    title = sorted(visitor.page("/").titles)[0]
    visitor.get("/")
    visitor.rate(title, 5)
    answer = visitor.get("/")
    assert answer.headers["cache-control"] == "private, no-store"
    assert counts(visitor)["skip"] >= 1
    staff = stage.visitor()
    add_operator(
        stage.app.accounts, "ann@example", Role.EDITOR, "a long enough passphrase", stage.app.clock()
    )
    staff.client.cookies.set("crossreel_desk", "anything")
    staff.get("/")
    assert counts(staff) == {"skip": 1}


@pytest.mark.parametrize("path", ["/?q=1", "/title/shorts:00", "/search?q=ghost", "/search"])
def test_kept_pages_are_those_that_would_be_made(stage, path):
    visitor = stage.visitor()
    made, kept = visitor.get(path), visitor.get(path)
    packed = [visitor.get(path, **{"accept-encoding": coding}) for coding in ("gzip", "identity")]
    assert counts(visitor)["hit"] == 3
    hide = [stage.read(one.text).fields["token"] for one in (made, kept, *packed)]
    texts = {one.text.replace(token, "") for one, token in zip((made, kept, *packed), hide, strict=True)}
    assert len(texts) == 1
    assert packed[0].headers["content-encoding"] == "gzip"
    assert "content-encoding" not in packed[1].headers
    for name in ("content-security-policy", "x-request-id", "content-type"):
        assert kept.headers[name]


def test_what_cannot_be_kept_is_not(stage):
    visitor = stage.visitor()
    for _ in range(2):
        assert visitor.get("/title/tiny:nothing").status_code == 404
        assert visitor.get("/search?q=" + "x" * 300).status_code == 400
        assert visitor.get("/preferences").status_code == 200
    assert "hit" not in counts(visitor)


def test_a_closed_title_says_where_it_is_open_now(stage):
    only, end = TitleId("shorts", "01"), datetime(2026, 6, 15, 18, tzinfo=UTC)
    stage.app.licenses.remove([license_.id for license_ in stage.app.licenses.all()])
    stage.app.licenses.add([License("one", only, ("JP",), (Mode.SVOD,), end=Boundary(instant=end))])
    visitor = stage.visitor()
    for at, is_open in ((end - timedelta(hours=1), True), (end - MOMENT, True), (end, False)):
        stage.clock.now = at
        for _ in range(2):
            text = visitor.get("/title/shorts:01").text
            assert ("Open elsewhere: Japan" in text) is is_open


def test_a_title_page_hears_of_ratings(stage):
    visitor = stage.visitor()
    for _ in range(2):
        visitor.get("/title/shorts:00")
    stage.visitor().rate(TitleId("shorts", "02"), 4)
    visitor.get("/title/shorts:00")
    found = counts(visitor)
    assert (found["miss"], found["hit"]) == (2, 1)


def test_it_can_be_switched_off(stage, monkeypatch):
    web = replace(stage.app.settings.web, page_cache_mb=0)
    off = replace(stage.app, settings=replace(stage.app.settings, web=web))
    visitor = type(stage)(off, stage.clock).visitor()
    assert visitor.get("/").headers["cache-control"] == "private, no-store"
    visitor.get("/")
    assert counts(visitor) == {}
