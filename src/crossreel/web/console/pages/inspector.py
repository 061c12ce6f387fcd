"""The inspector: what a viewer is recommended somewhere, by which path and why, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from crossreel.catalog.title import Title
from crossreel.errors import BadInput, BadValue, Missing
from crossreel.recommend.inspection import Inspection, Standing
from crossreel.recommend.picking import Recommendation
from crossreel.recommend.registry import ALGORITHMS
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import ENGLISH
from crossreel.values.territory import Territory, all_territories
from crossreel.values.window import parse_instant
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import shown
from crossreel.web.console.facts import country_code
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.views import Words
from crossreel.web.wording import Wording

__all__ = ["COMMANDS", "ROUTES"]

LISTED = 20
REMOVED = 10
PATHS = {
    "personal": M_("what viewers of a similar taste like"),
    "content": M_("what the liked titles are made of"),
    "market": M_("what the territory likes"),
    "popular": M_("what everybody likes"),
    "list": M_("what people put on lists"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the form asks; texts as they were written."""

    viewer: ViewerId
    territory: Territory
    at: datetime
    algorithm: str | None
    title: TitleId | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page shows of an answer.

    Attributes:
        listed: the list, each title with its name and its reasons in words.
        removed: what only the rights keep away, with the reasons why it is closed.
        standing: of the title asked about, its name, why it is closed, and the modes it is open in.
    """

    question: Question
    found: Inspection
    listed: tuple[tuple[Recommendation, Words, list[str]], ...]
    removed: tuple[tuple[Standing, Words, list[str]], ...]
    standing: tuple[Standing, Words, list[str]] | None
    simulated: bool

    @property
    def names(self) -> list[Words]:
        """Every name of a title on the page."""
        names = [name for _, name, _ in self.listed] + [name for _, name, _ in self.removed]
        return names + ([self.standing[1]] if self.standing else [])


def inspector(sitting: Sitting) -> Response:
    """``GET /recommend-for?viewer=&territory=&at=&algorithm=&title=``."""
    asked = {name: sitting.query(name)[:300] for name in ("viewer", "territory", "at", "algorithm", "title")}
    answer, problem = None, ""
    if asked["viewer"]:
        try:
            answer = _answer(sitting, _question(sitting, asked))
        except (BadInput, Missing) as error:
            problem = f"{error.message} {error.advice}".strip()
    here = sitting.tell("Recommend for")
    return sitting.page(
        "inspector.html",
        noun="recommend",
        title=here,
        crumbs=[Crumb(here)],
        names=answer.names if answer else (),
        status=422 if problem else 200,
        asked=asked,
        answer=answer,
        problem=problem,
        paths=PATHS,
        algorithms=tuple(ALGORITHMS),
        territories=all_territories(),
        listed=LISTED,
    )


def _question(sitting: Sitting, asked: dict[str, str]) -> Question:
    app = sitting.app
    viewer = app.viewer_id(asked["viewer"], must_exist=False)
    profile = app.viewers.get(viewer)
    home = profile.territory if profile else None
    text = asked["territory"]
    if not text and home is None:
        raise BadValue("territory", "", "given: this viewer's home is not known")
    territory = Territory.parse(country_code(text)) if text or home is None else home
    return Question(
        viewer,
        territory,
        _instant(asked["at"]) or sitting.now,
        asked["algorithm"] or None,
        app.title_id(asked["title"]) if asked["title"] else None,
    )


def _instant(text: str) -> datetime | None:
    """An instant; a day or a time without a zone is UTC. Raises ``BadValue``."""
    if not text:
        return None
    if len(text) == 10:
        text += "T00:00:00Z"
    elif len(text) in {16, 19} and "+" not in text and not text.endswith("Z"):
        text += ":00Z" if len(text) == 16 else "Z"
    return parse_instant(text)


def _answer(sitting: Sitting, question: Question) -> Answer:
    app = sitting.app
    found = app.shelf.inspect(
        question.viewer, question.territory, LISTED, at=question.at, algorithm=question.algorithm
    )
    removed = found.removed(REMOVED)
    standing = found.about(question.title) if question.title else None
    ids = [item.title for item in found.items] + [one.title for one in removed]
    titles = app.catalog.get([*ids, *([standing.title] if standing else [])])
    wording = Wording.in_language(ENGLISH, app.catalog)

    def name(id_: TitleId) -> Words:
        return _name(titles.get(id_), id_, question.territory)

    def why_closed(one: Standing) -> list[str]:
        return [] if one.open else _closed(sitting, wording, one.title, question)

    profile = app.viewers.get(question.viewer)
    return Answer(
        question,
        found,
        tuple(
            (item, name(item.title), [wording.reason(reason) for reason in item.reasons])
            for item in found.items
        ),
        tuple((one, name(one.title), why_closed(one)) for one in removed),
        (standing, name(standing.title), why_closed(standing)) if standing else None,
        bool(profile and profile.simulated),
    )


def _name(title: Title | None, id_: TitleId, territory: Territory) -> Words:
    return shown_words(title.shown_name((ENGLISH,), territory)) if title else Words(str(id_), "und", "auto")


def _closed(sitting: Sitting, wording: Wording, id_: TitleId, question: Question) -> list[str]:
    """Why a title is closed there and then in every way of offering; equal reasons once."""
    told: dict[str, None] = {}
    for mode in Mode:
        decision = sitting.app.rights.check(id_, question.territory, mode, question.at)
        for because in decision.because[:1]:
            told[wording.refusal(because, question.territory)] = None
    if len(told) > 1:  # where one way has a date, that a way is not licensed at all says little
        plain = wording.book.gettext(
            "It is not licensed in this way here (%(territory)s).",
            territory=wording.book.territory(question.territory),
        )
        told.pop(plain, None)
    return list(told)


ROUTES = [shown("/recommend-for", inspector)]
COMMANDS = [Command(M_("Recommend for a viewer"), console_url("/recommend-for"), "inspector why explain")]
