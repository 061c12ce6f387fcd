"""The workbench of translated files opened, read worst first, changed by two people, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crossreel.app import App
from crossreel.localize.proofs.proof import LineState

SOURCE = b"""WEBVTT

00:01.000 --> 00:03.000
Captain Ray has 40 ships.

00:04.000 --> 00:05.500
Go on!
"""
TARGET = """WEBVTT

00:01.000 --> 00:03.000
\u0644\u062f\u0649 \u0631\u0627\u064a 14 <i>\u0633\u0641\u064a\u0646\u0629</i>.

00:04.000 --> 00:05.500
\u0647\u064a\u0627!
"""


def _open(desk: Any, title: str = "") -> str:
    fields = {"token": desk.token(), "from": "en", "to": "ar", "name": "A film", "title": title}
    files = {
        "source": ("a.en.vtt", SOURCE),
        "target": ("a.ar.vtt", TARGET.encode()),
        "terms": ("t.csv", b"source,target\nship,\xd9\x85\xd8\xb1\xd9\x83\xd8\xa8\n"),
    }
    answer = desk.client.post("/console/localize", data=fields, files=files, follow_redirects=False)
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["location"]


@pytest.fixture
def url(ada: Any) -> str:
    return _open(ada)


def _line(desk: Any, url: str, number: int) -> tuple[dict[str, Any], Any]:
    page = desk.page(f"{url}?line={number}&order=file&show=all")
    return page.form(f"{url}/line/{number}"), page


def test_the_worst_line_comes_first_with_what_is_against_it(ada: Any, url: str) -> None:
    page = ada.get(url).text
    assert 'dir="rtl"' in page
    assert "40 is missing" in page
    assert "ship" in page
    assert page.index("/line/1") > 0, "line 1 has a wrong number and lacks a term"
    assert "style=" not in page, "nothing inline under the console's policy"
    assert "A film" in ada.page("/console/localize").text


def test_the_picture_shows_the_line_as_it_stands(ada: Any, url: str) -> None:
    track = ada.get(f"{url}/track.vtt")
    assert track.headers["content-type"] == "text/vtt; charset=utf-8"
    assert "<i>\u0633\u0641\u064a\u0646\u0629</i>" in track.text
    html = ada.get(f"{url}?line=1").text
    assert "<i>\u0633\u0641\u064a\u0646\u0629</i>" in html, "the drawn line has its italics"


def test_a_line_is_written_accepted_and_undone_without_scripts(ada: Any, url: str, staff: App) -> None:
    form, _ = _line(ada, url, 1)
    answer = ada.submit(
        form, ("do", "accept"), text="\u0644\u062f\u0649 \u0631\u0627\u064a 40 \u0645\u0631\u0643\u0628"
    )
    assert answer.status_code == 303
    assert "line=2" in answer.headers["location"], "it goes on to the next line"
    id_ = url.rpartition("/")[2]
    line = staff.proofs.line(id_, 0)
    assert (line.state, line.revision, float(line.start)) == (LineState.ACCEPTED, 2, 1.0)
    _, page = _line(ada, url, 1)
    assert ada.submit(page.form(f"{url}/undo")).status_code == 303
    assert staff.proofs.line(id_, 0).state is LineState.MACHINE
    told = ada.page(f"{url}/history").text
    assert "undo" in told
    assert "edit" in told


def test_two_people_see_both_wordings_and_choose(at_desk: Callable[[str], Any], ada: Any, url: str) -> None:
    eve = at_desk("eve")
    mine, _ = _line(ada, url, 2)
    theirs, _ = _line(eve, url, 2)
    assert ada.submit(mine, ("do", "save"), text="one").status_code == 303
    clash = eve.submit(theirs, ("do", "save"), text="two")
    assert clash.status_code == 409
    assert "ada changed line 2" in clash.text
    assert ">one</p>" in clash.text, "what stands now"
    assert ">two</textarea>" in clash.text, "what was typed"
    again = type(eve.page(url))(clash.text).form(f"{url}/line/2")
    assert eve.submit(again, ("do", "save")).status_code == 303, "now it is meant"
    form, _ = _line(ada, url, 2)
    assert ("text", "two") in form["fields"]


def test_typing_is_checked_on_the_way(ada: Any, url: str) -> None:
    form, _ = _line(ada, url, 1)
    fields = [pair for pair in form["fields"] if pair[0] != "text"]
    answer = ada.send(f"{url}/check/1", [*fields, ("text", "<script>x</script> " + "abc " * 30)])
    assert answer.status_code == 200
    assert "line-length" in answer.text
    assert "missing" in answer.text, "the term"
    assert "<script>" not in answer.text
    assert ada.get(f"{url}?line=1").text.count("abc ") == 0, "nothing was kept"
    assert ada.send(f"{url}/check/1", [("text", "x")]).status_code == 403, "no token"


def test_locked_lines_comments_and_readers(ada: Any, rob: Any, url: str) -> None:
    form, _ = _line(ada, url, 2)
    ada.submit(form, ("do", "lock"))
    form, page = _line(ada, url, 2)
    assert "Unlock" in page.text
    assert ada.submit(form, ("do", "save"), text="no").status_code == 409
    assert ada.submit(form, ("do", "open")).status_code == 303
    _, page = _line(rob, url, 1)
    assert rob.submit(page.form(f"{url}/comment/1"), comment="40, not 14").status_code == 303
    assert "40, not 14" in rob.page(f"{url}?line=1").text
    assert rob.submit(page.form(f"{url}/line/1"), ("do", "save"), text="x").status_code == 403
    assert rob.submit(page.form(f"{url}/comment/1"), comment="").status_code == 422


def test_wrong_times_and_files_are_told_and_nothing_is_lost(ada: Any, url: str, staff: App) -> None:
    form, _ = _line(ada, url, 1)
    for wrong in ({"end": "0:00:00.500"}, {"start": "soon"}):
        answer = ada.submit(form, ("do", "save"), text="kept words", **wrong)
        assert answer.status_code == 422
        assert "kept words</textarea>" in answer.text
    bad = {"source": ("a.vtt", SOURCE), "target": ("b.vtt", b"")}
    fields = {"token": ada.token(), "from": "en", "to": "ar"}
    assert ada.client.post("/console/localize", data=fields, files=bad).status_code == 422
    assert len(staff.proofs.all()) == 1


def test_the_file_goes_out_and_onto_the_title(ada: Any, staff: App) -> None:
    title = staff.catalog.ids()[0]
    url = _open(ada, str(title))
    out = ada.get(f"{url}/file/srt")
    assert out.headers["content-disposition"].endswith('.ar.srt"')
    assert "00:00:01,000 --> 00:00:03,000" in out.text
    assert ada.post(f"{url}/publish").status_code == 303
    (own,) = staff.catalog.get([title])[title].attachments
    assert (own.role.value, str(own.language)) == ("subtitles", "ar")
    assert ada.post(f"{url}/remove").status_code == 303
    assert ada.get(url).status_code == 404
