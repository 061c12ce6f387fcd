"""An operator drops a film in, watches the job, opens the report, picks artwork, takes the shots along."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from crossreel.accounts.operator import COMMAND_LINE
from crossreel.desk.pictured import keep_pictured
from crossreel.studio import film_jobs
from crossreel.studio.film_parts import Parts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
av = pytest.importorskip("av")
TITLE = "/console/title/sample:judex-1916"


@pytest.fixture
def film(tmp_path):
    """Three shots of 20 frames."""
    path = tmp_path / "judex.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "24"})
        stream.width, stream.height, stream.pix_fmt = 480, 360, "yuv420p"
        for number in range(60):
            ground = np.random.default_rng(number // 20).uniform(30, 220, (6, 8, 3))
            rgb = np.roll(ground.repeat(60, 0).repeat(60, 1).astype(np.uint8), number, 1)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")))
        file.mux(stream.encode(None))
    return path


def test_a_film_from_the_file_to_poster_and_edit_list(staff, signed_in, film, monkeypatch):
    monkeypatch.setattr(film_jobs, "parts_of", lambda _home, careful: Parts())
    page = signed_in(f"{TITLE}?tab=media", width=1440, height=900)
    page.locator("input[type=file]").set_input_files(film)
    page.locator("select[name=role]").select_option("film")
    page.get_by_role("button", name="Upload").click()
    page.goto(f"{TITLE}?tab=film")
    done = film_jobs.film_handlers(
        staff, then=lambda digest, _who: keep_pictured(staff, COMMAND_LINE, digest)
    )
    with staff.workers(done):
        page.get_by_role("button", name="Look into the film").click()
        expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=120_000)
    page.goto(f"{TITLE}?tab=film")
    expect(page.get_by_text("Shots: 3")).to_be_visible()
    page.get_by_role("link", name="Open the report").click()
    page.locator("svg.time a").nth(1).click()
    expect(page).to_have_url(re.compile("#shot1$"))
    assert page.locator("tr:target td").first.inner_text() == "2"
    page.go_back()
    page.goto(f"{TITLE}?tab=film")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Shots as EDL").click()
    assert fetched.value.path().read_text().count("FROM CLIP NAME") == 3
    page.get_by_role("button", name="Keep as poster, 2:3").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Kept: Poster")
    page.goto(f"{TITLE}?tab=film")
    page.get_by_role("button", name="Keep as still, 1:1").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Kept: Still.")
    square = "[...document.images].some(one => one.naturalWidth === 360 && one.naturalHeight === 360)"
    page.wait_for_function(square)
    page.goto(f"{TITLE}?tab=history")
    expect(page.get_by_text("film.shows").first).to_be_visible()
