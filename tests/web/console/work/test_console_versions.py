"""The version matrix of a title, in the console."""

from __future__ import annotations

from typing import Any

from crossreel.app import App
from crossreel.studio.version_matrix import title_matrix
from crossreel.values.territory import Territory


def test_the_page_says_what_the_command_says(ada: Any, staff: App) -> None:
    id_ = next(
        one.id
        for one in staff.catalog.get(staff.catalog.ids()).values()
        if one.original_languages and str(one.original_languages[0]) != "pt"
    )
    found = title_matrix(staff, id_, Territory("BR"))
    page = ada.page(f"/console/versions?title={id_}&territory=BR")
    assert page.text.count("missing") >= found["missing"] > 0
    assert "Portuguese" in page.text
    assert "most new viewers" in page.text
    assert "ANCINE, Instrução Normativa 165" in page.text, "a duty with its source"
    assert "2026-11" in page.text
    assert "not mean that there are none" in ada.page(f"/console/versions?title={id_}&territory=KE").text
    assert found["prices"] in page.text, "where the prices are from"
    assert "Name a title" in ada.page("/console/versions").text


def test_an_unknown_title_or_place_is_told(ada: Any) -> None:
    assert "no title" in ada.page("/console/versions?title=no:such&territory=BR", 404).text
    assert ada.get("/console/versions?title=no:such&territory=B").status_code == 404
