"""The page of lists: editors' picks of each country."""

from __future__ import annotations

HOSTILE = "<img src=x onerror=alert(1)>"
FORM = {
    "id": "nights",
    "name": HOSTILE,
    "territories": "DE, AT",
    "titles": "tiny:moon\ntiny:nosferatu",
    "public": "1",
}


def test_picks_are_written_shown_by_country_undone_and_removed(desk, ana, edith):
    assert "No list is written" in edith.text("/lists")
    edith.done("/lists", FORM)
    page = edith.page("/lists?territory=AT")
    assert "nights" in page
    assert HOSTILE not in page
    (one,) = desk.app.lists.all()
    assert (one.territories, len(one.titles), one.owner) == (("DE", "AT"), 2, None)
    assert "tiny:nosferatu" in edith.page("/lists?edit=nights")
    assert "wrote a list" in ana.text("/audit"), "its titles are ids, not the titles that were joined"
    edith.done("/lists/remove", {"id": "nights"})
    assert desk.app.lists.all() == ()


def test_what_is_no_list_is_told_and_kept(desk, edith, rita):
    for change in ({"id": "No"}, {"name": ""}, {"titles": "tiny:none"}, {"territories": "XX"}):
        answer = edith.post("/lists", FORM | change)
        assert answer.status_code == 422
        assert HOSTILE not in answer.text
    assert desk.app.lists.all() == ()
    assert "Write a list" not in rita.text("/lists")
    assert rita.post("/lists", FORM).status_code == 403
    assert edith.forged("/lists", FORM).status_code == 403
