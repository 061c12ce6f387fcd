"""A storefront over the tiny catalog, and a visitor who walks through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from crossreel.app import App, open_app
from crossreel.audience.event import Event, EventKind, Scale
from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import TitleRecord
from crossreel.catalog.title import Title
from crossreel.rights.license import License, Mode
from crossreel.testing.tiny import tiny_catalog, tiny_viewers
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.site import create_site

SECRET = b"0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


class Page(HTMLParser):
    """What a reader and a form find in a page."""

    VOID = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.images: list[str] = []
        self.fields: dict[str, str] = {}
        self.texts: list[tuple[str, bool]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(text for text, _ in self.texts).split())

    @property
    def titles(self) -> set[TitleId]:
        """The titles that the page links to."""
        paths = (unquote(urlsplit(link).path) for link in self.links)
        return {TitleId.parse(path.removeprefix("/title/")) for path in paths if path.startswith("/title/")}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        kept = tag == "title" or values.get("translate") == "no" or bool(self._open and self._open[-1][1])
        if tag == "a":
            self.links.append(values.get("href", ""))
        if tag == "img":
            self.images.append(values.get("src", ""))
        if tag == "input" and values.get("type") == "hidden":
            self.fields[values["name"]] = values.get("value", "")
        for name in ("placeholder", "aria-label", "title", "alt"):
            if values.get(name) and not kept:
                self.attributes.append((tag, name, values[name]))
        if tag not in self.VOID:
            self._open.append((tag, kept))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((data.strip(), bool(self._open and self._open[-1][1])))


@dataclass
class Visitor:
    """Someone with a browser: keeps cookies, follows forms."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=lambda: {"accept-language": "en"})

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers={**self.headers, **headers})

    def page(self, path: str) -> Page:
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:2000])
        return Page(response.text)

    def post(self, path: str, **fields: str) -> httpx2.Response:
        """Sends a form with the token of the home page; does not follow where it leads."""
        form = {"token": self.page("/preferences").fields["token"], **fields}
        return self.client.post(path, data=form, headers=self.headers, follow_redirects=False)

    def choose(self, **fields: str) -> None:
        assert self.post("/preferences", next="/", **fields).status_code == 303

    def rate(self, title: TitleId, stars: int) -> None:
        assert self.post("/rate", title=str(title), stars=str(stars)).status_code == 303


@dataclass
class Stage:
    """An application and its clock."""

    app: App
    clock: Clock

    def put(self, *titles: Title) -> None:
        """Adds titles to the catalog."""
        records = [TitleRecord(title, content_hash(title)) for title in titles]
        self.app.catalog.put(records, titles, {title.id: title.id for title in titles}, [])

    def read(self, html: str) -> Page:
        """A page as a reader finds it."""
        return Page(html)

    def visitor(self, **settings: object) -> Visitor:
        web = create_site(self.app, secret=SECRET, **settings)  # type: ignore[arg-type]
        return Visitor(TestClient(web, raise_server_exceptions=False))


@pytest.fixture
def empty_stage(tmp_path: Path) -> Iterator[Stage]:
    """An application over an empty workspace."""
    clock = Clock()
    app = open_app(tmp_path, create=True, clock=clock, environment={})
    yield Stage(app, clock)
    app.close()


@pytest.fixture
def stage(empty_stage: Stage) -> Stage:
    """An application over the tiny catalog, its licenses, its viewers and a few ratings."""
    app = empty_stage.app
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    empty_stage.put(*_SHORTS)
    app.licenses.add(
        License(f"short-{n}", title.id, (_PLACES[n % 4],), (Mode.AVOD,), reason="Made for this test.")
        for n, title in enumerate(_SHORTS)
    )
    tiny = [title.id for title in app.catalog.all() if title.id.source == "tiny" and title.parent is None]
    app.events.append([event for number in range(120) for event in _evening(number, tiny)])
    return empty_stage


_PLACES = ("WORLD", "EUROPE", "AMERICAS", "ASIA")
_SHORTS = tuple(
    Title(
        TitleId("shorts", f"{n:02}"),
        f"{'Horse' if n % 2 else 'Ghost'} {n}",
        original_languages=(Language("en"),),
        genres=("western" if n % 2 else "horror",),
        year=1900 + n,
    )
    for n in range(32)
)


def _evening(number: int, tiny: list[TitleId]) -> Iterator[Event]:
    """What one of 120 invented viewers, 24 a territory, rated; even ones like ghosts, odd ones horses."""
    code = ("US", "DE", "BR", "JP", "IN")[number % 5]
    viewer = tiny_viewers()[number].id if number < 5 else ViewerId("crowd", str(number))
    shorts = [title.id for n, title in enumerate(_SHORTS) if (n * 7 + number) % 3 == 0]
    for place, title in enumerate([*shorts, *(id_ for id_ in tiny if len(id_.key) % 3 == number % 3)]):
        likes = title.source == "tiny" or int(title.key) % 2 == number % 2
        time = NOON - timedelta(days=1 + place, minutes=number)
        value = 5.0 if likes else 1.0
        yield Event(EventKind.RATING, viewer, title, time, value, Scale(1, 5), territory=Territory(code))


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    """A new visitor of the tiny storefront, reading English, in the United States."""
    return stage.visitor()


@pytest.fixture
def make_visitor(stage: Stage) -> Iterator[Callable[..., Visitor]]:
    """Makes further visitors."""
    return stage.visitor
