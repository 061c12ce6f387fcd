"""Doubtful pairs: looked at side by side, made one, parted again, or found to be different."""

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.catalog.documents import content_hash
from crossreel.catalog.merge import plan_merge
from crossreel.catalog.repository import TitleRecord
from crossreel.catalog.title import LocalizedText, Title
from crossreel.desk.duplicates import join_titles, review_list
from crossreel.desk.titles import edit_title
from crossreel.desk.undo import undo
from crossreel.errors import Conflict, NotAllowed, UnknownId
from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

EDITOR = Actor("eve", ROLES[Role.EDITOR], "session")
REPORTER = Actor("rob", ROLES[Role.REPORTER], "session")
A, B = TitleId("alpha", "1"), TitleId("beta", "7")
JP = Territory("JP")
FIRST = Title(
    A, "Ghost Ship", year=1943, genres=("horror",), texts=(LocalizedText(Language("en"), name="Ghost Ship"),)
)
SECOND = Title(
    B,
    "Ghost Ship",
    year=1943,
    runtime_minutes=69,
    texts=(LocalizedText(Language("es"), name="El barco fantasma"),),
)


def take_in(app, *titles):
    """An import of titles, as ``catalog.importing`` does it."""
    records = [TitleRecord(title, content_hash(title)) for title in titles]
    plan = plan_merge(records, app.catalog)
    app.catalog.put(records, plan.merged, plan.members, plan.doubtful)


@pytest.fixture
def pair(staff):
    take_in(staff, FIRST)
    take_in(staff, SECOND)
    staff.licenses.add([License("b-jp", B, ("JP",), (Mode.SVOD,))])
    (found,) = review_list(staff).open
    assert {found.first, found.second} == {A, B}
    return staff


def title_of(app, id_):
    return app.catalog.get([id_]).get(id_)


def test_the_same_work_becomes_one_title_and_stays_it(pair):
    joined = join_titles(pair, EDITOR, A, B, keep=B)
    assert joined.id == A
    assert joined.runtime_minutes == 69
    assert joined.genres == ("horror",)
    assert {text.language.tag for text in joined.texts} == {"en", "es"}
    assert pair.catalog.resolve([B]) == {B: A}
    assert pair.rights.open_modes(A, JP, pair.clock())
    assert review_list(pair).open == ()
    for again in (FIRST, SECOND, Title(B, "Ghost Ship", year=1944)):
        take_in(pair, again)
        assert pair.catalog.resolve([A, B]) == {A: A, B: A}
        assert title_of(pair, A) == joined
    edit_title(pair, EDITOR, A, {"name": "The Ghost Ship", "year": 1943})
    take_in(pair, SECOND)
    assert title_of(pair, A).name == "The Ghost Ship"


def test_an_edit_of_the_younger_one_does_not_speak_louder(pair):
    edit_title(pair, EDITOR, B, {"name": "Ghost Ship", "year": 1943, "keywords": ["old edit"]})
    joined = join_titles(pair, EDITOR, A, B, keep=A)
    assert joined.keywords == ("old edit",)
    edit_title(pair, EDITOR, A, {"name": "Ghost Ship", "keywords": ["new edit"]})
    assert title_of(pair, A).keywords == ("new edit",)
    take_in(pair, FIRST, SECOND)
    assert title_of(pair, A).keywords == ("new edit",)


@pytest.mark.parametrize("edited", [None, A, B])
def test_parted_again_each_is_what_it_was(pair, edited):
    if edited:
        edit_title(pair, EDITOR, edited, {"name": "Edited", "year": 1943})
    before = title_of(pair, A), title_of(pair, B)
    join_titles(pair, EDITOR, A, B, keep=A)
    entry = pair.audit.page(limit=1)[0]
    assert entry.action == "title.merge"
    undo(pair, EDITOR, entry.id)
    assert (title_of(pair, A), title_of(pair, B)) == before
    assert pair.catalog.resolve([A, B]) == {A: A, B: B}
    assert len(review_list(pair).open) == 1
    take_in(pair, FIRST, SECOND)
    assert pair.catalog.resolve([A, B]) == {A: A, B: B}
    with pytest.raises(Conflict):
        undo(pair, EDITOR, entry.id)


def test_it_is_not_parted_after_a_later_edit(pair):
    join_titles(pair, EDITOR, A, B, keep=A)
    entry = pair.audit.page(limit=1)[0]
    edit_title(pair, EDITOR, A, {"name": "Later"})
    with pytest.raises(Conflict, match="changed again"):
        undo(pair, EDITOR, entry.id)
    assert title_of(pair, A).name == "Later"


def test_what_cannot_be_one_title(pair):
    take_in(pair, Title(TitleId("gamma", "1"), "Ghost Ship", year=1943))
    with pytest.raises(NotAllowed):
        join_titles(pair, REPORTER, A, B, keep=A)
    with pytest.raises(Conflict):
        join_titles(pair, EDITOR, A, A, keep=A)
    with pytest.raises(UnknownId):
        join_titles(pair, EDITOR, A, TitleId("none", "1"), keep=A)
    series = TitleId("tiny", "vampires")
    with pytest.raises(Conflict, match="cannot be one"):
        join_titles(pair, EDITOR, A, series, keep=A)


def test_side_by_side_and_joined_at_the_console(pair, ada):
    page = ada.page("/console/duplicates")
    link = next(link for link in page.links if link.startswith("/console/duplicates/pair"))
    both = ada.page(link)
    assert "same name, years at most one apart" in both.text
    assert "El barco fantasma" not in both.text
    done = ada.submit(both.form("/console/duplicates/pair"), ("step", "same"))
    assert done.headers["location"] == "/console/title/alpha:1"
    merged = ada.page("/console/title/alpha:1?tab=texts")
    assert "is one title now" in merged.text
    assert ada.get("/console/title/beta:7").headers["location"] == "/console/title/alpha:1?tab=facts"
    ada.submit(merged.form("/console/undo"))
    assert title_of(pair, B) == SECOND
    assert "parted the joined titles" in ada.page("/console/title/alpha:1?tab=history").text
    assert ada.get("/console/duplicates/pair?first=alpha:1&second=tiny:moon").status_code == 404


def test_different_works_leave_the_list_for_good(pair, ada):
    first = {"first": str(A), "second": str(B)}
    assert ada.post("/console/duplicates/pair", **first, step="different").status_code == 303
    assert review_list(pair).open == ()
    take_in(pair, FIRST, SECOND)
    assert review_list(pair).open == ()
    page = ada.page("/console/duplicates?show=different")
    assert "Ghost Ship" in page.text
    entry = pair.audit.page(limit=1)[0]
    assert (entry.action, entry.actor) == ("pair.different", "ada")
    ada.post("/console/duplicates/pair", **first, step="reopen")
    assert len(review_list(pair).open) == 1
