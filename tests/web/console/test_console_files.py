"""The tabs of a title that hold files: upload, what is told of a bad one, removing, taking back."""

from __future__ import annotations

import re

import pytest

from crossreel.testing.files import SUBTITLES, mp4, png
from crossreel.testing.tiny import tiny_id

MOON = tiny_id("moon")
TAB = f"/console/title/{MOON}"


def upload(desk, content, name="file.png", **fields):
    sent = {"token": desk.token(), "role": "poster", "language": "", "territory": "", **fields}
    return desk.client.post(
        f"/console/attach/{MOON}", data=sent, files={"file": (name, content)}, follow_redirects=False
    )


def kept(staff):
    return staff.catalog.get([MOON])[MOON].attachments


def test_a_poster_is_uploaded_shown_and_taken_back(staff, ada):
    assert upload(ada, png(400, 600), language="pt-BR", territory="BR").status_code == 303
    (poster,) = kept(staff)
    assert poster.slot == ("poster", "pt-BR", "BR")
    page = ada.get(f"{TAB}?tab=artwork").text
    assert f"/artwork/{MOON}/{poster.digest}" in page
    assert "Portuguese (Brazil), Brazil" in page
    assert "400 × 600" in page
    history = ada.page(f"{TAB}?tab=history")
    assert "attached a file" in history.text
    assert ada.submit(history.form("/console/undo")).status_code == 303
    assert kept(staff) == ()


def test_media_is_listed_and_removed(staff, ada):
    assert upload(ada, mp4(), "film.mp4", role="film").status_code == 303
    assert upload(ada, SUBTITLES.encode(), "film.srt", role="subtitles", language="es").status_code == 303
    page = ada.page(f"{TAB}?tab=media")
    assert "video/mp4" in page.text
    assert "Spanish, everywhere" in page.text
    form = page.form(f"/console/detach/{MOON}", role="film")
    assert ada.submit(form).status_code == 303
    assert [one.role for one in kept(staff)] == ["subtitles"]
    assert ada.submit(form).status_code == 303  # it is gone already, and that is told
    assert "There is no file" in ada.page(f"{TAB}?tab=media").text


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (b"<svg><script/></svg>", {}, "SVG"),
        (png(100, 100), {}, "100 x 100"),
        (png(400, 600), {"language": "nonsense!"}, "language"),
        (png(400, 600), {"territory": "XX"}, "territory"),
        (png(400, 600), {"role": "film"}, "no MP4 or WebM"),
        (png(400, 600), {"expected": "0" * 64}, "changed by somebody else"),
    ],
)
def test_a_bad_file_is_told_beside_the_form(staff, ada, content, fields, told):
    answer = upload(ada, content, **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert kept(staff) == ()


def test_only_editors_upload_and_only_from_our_form(staff, ada, rob, stranger):
    assert upload(rob, png(400, 600)).status_code == 403
    assert 'type="file"' not in rob.get(f"{TAB}?tab=artwork").text
    forged = ada.client.post(
        f"/console/attach/{MOON}",
        data={"token": "x", "role": "poster"},
        files={"file": ("a.png", png(400, 600))},
    )
    assert forged.status_code == 403
    nobody = stranger.client.post(f"/console/attach/{MOON}", data={}, follow_redirects=False)
    assert nobody.status_code == 303
    assert upload(ada, png(400, 600), role="script").status_code == 400
    assert kept(staff) == ()


def test_countries_are_offered_by_their_names(ada):
    page = ada.get(f"{TAB}?tab=media").text
    offered = page.partition('id="f-territory"')[2].partition("</select>")[0]
    names = re.findall(r"<option[^>]*>([^<]+)<", offered)
    places = [names.index(one) for one in ("Åland Islands", "Albania", "Algeria", "Germany", "Zimbabwe")]
    assert places == sorted(places)
