"""An operator's paths through the console, in a real browser, with pictures kept to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crossreel.accounts.operator import COMMAND_LINE
from crossreel.desk.work import handlers, start_training
from crossreel.values.job import JobState

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "console"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FILM = "/console/title/sample:nosferatu-1922"
PATHS = {
    "overview": "/console/",
    "catalog": "/console/catalog",
    "filter": "/console/catalog?q=country is JP and year before 1940&sort=-year",
    "wrong-filter": "/console/catalog?q=contry is JP",
    "facts": FILM,
    "texts": f"{FILM}?tab=texts",
    "credits": f"{FILM}?tab=credits",
    "artwork": f"{FILM}?tab=artwork",
    "media": f"{FILM}?tab=media",
    "film": f"{FILM}?tab=film",
    "licenses": f"{FILM}?tab=licenses",
    "calendar": f"{FILM}?tab=calendar",
    "history": f"{FILM}?tab=history",
    "new-title": "/console/new-title",
    "new-license": "/console/new-license?title=sample:nosferatu-1922",
    "duplicates": "/console/duplicates",
    "rights": "/console/rights?territory=DE&only=all",
    "check": "/console/rights/check?title=sample:nosferatu-1922&territory=MX",
    "audience": "/console/audience",
    "viewers": "/console/viewers",
    "models": "/console/models",
    "inspector": "/console/recommend-for?viewer=sample:1&territory=DE",
    "rules": "/console/rules",
    "conflicts": "/console/rights/conflicts?time=ever",
    "rule-pin": "/console/rules?kind=pin",
    "rule-quota": "/console/rules?kind=quota",
    "experiments": "/console/experiments",
    "choose": "/console/choose",
    "lists": "/console/lists",
    "insight": "/console/insight",
    "translated": "/console/localize",
    "translations": "/console/translations",
    "memories": "/console/memories",
    "consistency": "/console/consistency",
    "versions": "/console/versions?title=sample:nosferatu-1922&territory=BR",
    "tokens": "/console/tokens",
    "jobs": "/console/jobs",
    "import": "/console/import?of=audience",
    "settings": "/console/settings",
    "go": "/console/go?q=nos",
    "keys": "/console/keys",
}
ADMINISTERED = {"audit": "/console/audit", "operators": "/console/operators"}
ROWS = """viewer,title,value,time
kim,nosferatu-1922,5,2026-01-02T20:00:00Z
kim,metropolis-1927,11,2026-01-02T22:00:00Z
lee,nosferatu-1922,4,2026-13-02T20:00:00Z
lee,metropolis-1927,3,2026-01-04T20:00:00Z
"""
LONG = 120_000  # milliseconds that a job may take on a busy machine


def picture(page: Page, name: str) -> None:
    """Keeps a picture of the whole page under ``artifacts/console``."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready.then(() => null)")
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


def grave_findings(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first place of each."""
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in {"serious", "critical"}]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:300]} {one['nodes'][0]['failureSummary'][:300]}"
        for one in grave
    ]


ON_PHONES_TOO = (
    "overview",
    "catalog",
    "texts",
    "credits",
    "calendar",
    "rights",
    "models",
    "inspector",
    "rule-pin",
)
"""Pages whose layout changes most on a phone: axe looks at these there too, at all of them at a desk."""


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_page_fits_and_is_accessible(signed_in, size):
    sizes = PHONE if size == "phone" else DESK
    editor, administrator = signed_in(**sizes), signed_in(name="ada@example.org", **sizes)
    findings = {}
    for name, path in (PATHS | ADMINISTERED).items():
        page = administrator if name in ADMINISTERED else editor
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        grave = grave_findings(page) if size == "desk" or name in ON_PHONES_TOO else []
        if grave or wide > 0:
            findings[name] = [*grave, *([f"{wide} px too wide"] if wide > 0 else [])]
        for place in page.locator(".rail [aria-current], .tabs [aria-current]").all():
            assert 0 <= place.bounding_box()["x"] <= sizes["width"] - 40, name
        picture(page, f"{name}-{size}")
    assert not findings


def test_the_dark_desk_has_enough_contrast(signed_in):
    page = signed_in(**DESK)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="dark", exact=True).click()
    findings = {}
    for name in ("overview", "catalog", "wrong-filter", "texts", "licenses", "calendar", "check"):
        page.goto(PATHS[name])
        if grave := grave_findings(page):
            findings[name] = grave
        picture(page, f"{name}-dark")
    assert not findings


def test_the_sign_in_page_is_accessible(staff, open_page):
    page = open_page("/console/sign-in", **PHONE)
    assert not grave_findings(page)
    picture(page, "sign-in-phone")


def test_a_synopsis_in_two_languages_then_undone(signed_in, staff):
    page = signed_in("/console/catalog", **DESK)
    page.locator("#q").fill("name contains nosferatu")
    page.locator("#q").press("Enter")
    page.get_by_role("link", name="Nosferatu: A Symphony of Horror").click()
    page.locator(".tabs").get_by_role("link", name="Texts").click()
    english = page.get_by_role("group", name="English").get_by_label("Synopsis")
    before = english.input_value()
    english.fill("A clerk sells a house to a count who never sees the day.")
    page.locator("summary", has_text="Japanese").click()
    page.get_by_role("group", name="Japanese").get_by_label("Synopsis").fill(
        "若い書記が、昼を見ない伯爵に家を売る。"
    )
    picture(page, "texts-written")
    page.get_by_role("button", name="Review changes").last.click()
    expect(page.get_by_role("heading", name="2 changes")).to_be_visible()
    assert not grave_findings(page)
    picture(page, "texts-review")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved: 2 changes.")
    expect(page.get_by_role("group", name="English").get_by_label("Synopsis")).to_have_value(
        "A clerk sells a house to a count who never sees the day."
    )
    page.locator(".tabs").get_by_role("link", name="History").click()
    assert not grave_findings(page)
    picture(page, "history-edited")
    page.get_by_role("button", name="Undo").first.click()
    page.locator(".tabs").get_by_role("link", name="Texts").click()
    expect(page.get_by_role("group", name="English").get_by_label("Synopsis")).to_have_value(before)


def test_closing_japan_is_seen_by_a_viewer_at_once(signed_in, open_page):
    viewer = open_page("/", **DESK)
    viewer.locator(".menu summary").click()
    viewer.locator(".panel select[name=territory]").select_option("JP")
    viewer.locator(".panel button").first.click()
    viewer.wait_for_load_state()
    viewer.goto("/search?q=nosferatu")
    results = viewer.locator("main a[href*='nosferatu-1922']")
    assert results.count() > 0
    page = signed_in(f"{FILM}?tab=licenses", **DESK)
    page.locator("#close-territory").fill("JP")
    page.get_by_role("button", name="See what closes").click()
    picture(page, "close-review")
    assert not grave_findings(page)
    page.get_by_role("button", name="Close now").click()
    expect(page.get_by_role("status").first).to_contain_text("Closed in Japan")
    viewer.reload()
    assert results.count() == 0
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("undone")
    viewer.reload()
    assert results.count() > 0


def test_two_editors_meet(signed_in):
    first, second = signed_in(FILM, **DESK), signed_in(FILM, **DESK)
    for page, minutes in ((first, "93"), (second, "95")):
        page.locator("#f-runtime_minutes").fill(minutes)
    first.get_by_role("button", name="Review changes").click()
    second.get_by_role("button", name="Review changes").click()
    first.get_by_role("button", name="Save").click()
    first.get_by_role("button", name="Undo").click()
    expect(first.locator("#f-runtime_minutes")).to_have_value("94")


def test_the_keyboard_alone(signed_in):
    page = signed_in("/console/catalog", **DESK)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("tbody tr").first
    expect(first).to_have_class("here")
    page.keyboard.press("x")
    expect(page.locator(".bulkbar")).to_be_visible()
    expect(page.locator("[data-picked]")).to_have_text("1 selected")
    picture(page, "catalog-picked")
    page.keyboard.press("Shift+Slash")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert not grave_findings(page)
    picture(page, "keys-dialog")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Go to")
    expect(palette).to_be_visible()
    page.keyboard.type("metropolis")
    expect(palette.get_by_role("option").filter(has_text="Metropolis")).to_have_count(1)
    assert not grave_findings(page)
    picture(page, "palette")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("add a ti")
    expect(palette.get_by_role("option").first).to_contain_text("Add a title")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/new-title")
    page.keyboard.press("Tab")
    page.goto("/console/catalog")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/console/rights")


def test_many_titles_at_once_then_undone(signed_in, staff):
    page = signed_in("/console/catalog?q=country is JP", **DESK)
    page.locator("[name=pick]").nth(0).check()
    page.locator("[name=pick]").nth(2).check()
    page.locator("#action").select_option("keyword")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Keyword").fill("retrospective")
    page.get_by_role("button", name="See what changes").click()
    expect(page.get_by_text("keywords: add retrospective")).to_have_count(2)
    assert not grave_findings(page)
    picture(page, "bulk-review")
    page.get_by_role("button", name="Change 2 titles").click()
    expect(page.get_by_role("status").first).to_contain_text("2 titles changed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("2 changes undone.")


def test_everything_works_without_scripts(signed_in):
    page = signed_in("/console/catalog", scripts=False, **PHONE)
    page.locator("#q").fill("genre is horror")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".tally")).to_contain_text("of")
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("Directed by").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Directed by")).to_have_count(1)
    page.goto(f"{FILM}?tab=credits")
    page.get_by_role("button", name="Move Henrik Galeen up").click()
    expect(page.locator("#c0-name")).to_have_value("Henrik Galeen")
    page.get_by_role("button", name="Review changes").last.click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#c0-name")).not_to_have_value("Henrik Galeen")
    page.goto("/console/go?q=moon")
    expect(page.locator(".targets a").first).to_be_visible()


def test_a_desk_at_twice_the_size_still_fits(signed_in):
    page = signed_in(width=640, height=400, scale=2)  # 1280 x 800 at 200 %
    for name, path in PATHS.items():
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, name


def test_what_was_written_is_not_lost_by_accident(signed_in):
    page = signed_in(FILM, **DESK)
    asked = []

    def asked_first(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", asked_first)
    page.locator("#f-year").fill("1923")
    page.evaluate("location.assign('/console/catalog')")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("#f-year")).to_have_value("1923")
    page.remove_listener("dialog", asked_first)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/console/catalog")
    page.goto(FILM)
    expect(page.locator("#f-year")).to_have_value("1922")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#f-year")).to_have_value("1923")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#f-year")).to_have_value("1922")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_a_reporter_reads_and_is_offered_nothing_else(signed_in):
    page = signed_in(FILM, name="rob@example.org", **DESK)
    assert page.get_by_role("button", name="Review changes").count() == 0
    for name in ("overview", "catalog", "facts", "texts", "credits", "licenses", "calendar", "history"):
        page.goto(PATHS[name])
        assert not grave_findings(page), name
        picture(page, f"{name}-reporter")


def test_a_file_with_bad_rows_is_refused_corrected_and_taken(signed_in, staff, tmp_path):
    file = tmp_path / "ratings.csv"
    file.write_text(ROWS, encoding="utf-8")
    page = signed_in("/console/import?of=audience", **DESK)
    page.locator("#f-file").set_input_files(file)
    page.locator("#f-format").select_option("csv")
    page.locator("#f-source").fill("sample")
    page.locator("#f-kind").select_option("rating")
    page.locator("#f-scale").fill("1..5")
    with staff.workers(handlers(staff)):
        page.get_by_role("button", name="Start the import").click()
        expect(page.get_by_text("What went wrong")).to_be_visible(timeout=LONG)
        page.reload()
        refused = page.get_by_role("region", name="Refused rows").locator("tbody tr")
        expect(refused).to_have_count(2)
        assert not grave_findings(page)
        picture(page, "import-refused")
        before = staff.events.revision()
        with page.expect_download() as fetched:
            page.get_by_role("link", name="Download the bad rows (CSV)").click()
        text = fetched.value.path().read_text(encoding="utf-8")
        assert "11" in text
        assert "2026-13-02" in text
        assert staff.events.revision() == before
        page.get_by_role("button", name="Import without the bad rows").click()
        expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=LONG)
    picture(page, "import-done")
    assert staff.events.revision() > before


def test_a_model_is_trained_activated_and_rolled_back(signed_in, staff, open_page):
    serving = staff.shelf.active()
    page = signed_in("/console/models", **DESK)
    page.locator("#f-algorithm").select_option("ease")
    with staff.workers(handlers(staff)):
        page.get_by_role("button", name="Train").click()
        expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=LONG)
    assert staff.shelf.active() == serving
    page.goto("/console/models")
    picture(page, "models-trained")
    page.get_by_role("button", name="Activate").first.click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert staff.shelf.active() != serving
    viewer = open_page("/", **DESK)
    assert viewer.locator("main h2").count() > 0
    page.get_by_role("button", name="Let it serve again").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert staff.shelf.active() == serving
    assert not grave_findings(page)
    picture(page, "models-rolled-back")


def test_running_jobs_are_told_as_they_go_on(staff, signed_in):
    job = start_training(staff, COMMAND_LINE, "popular", {}, activate=False)
    claimed = staff.jobs.claim(staff.clock())
    assert claimed
    assert claimed.id == job.id
    page = signed_in(f"/console/job/{job.id}", **DESK)
    for done in (160, 320):  # from the second on, the number of all was glued to that of the done
        staff.jobs.beat(job.id, staff.clock(), done, 1693, "rows")
        expect(page.get_by_text(f"{done} of 1,693")).to_be_visible(timeout=15_000)
    page.goto("/console/jobs")
    row = page.locator(f"#job-{job.id}")
    expect(row).to_contain_text("18 %")
    row.get_by_role("link").focus()
    staff.jobs.beat(job.id, staff.clock(), 1600, 1693, "rows")
    expect(row).to_contain_text("94 %", timeout=15_000)
    expect(row.get_by_role("link")).to_be_focused()
    staff.jobs.finish(job.id, staff.clock(), JobState.DONE, {}, {})
    expect(row).to_contain_text("done", timeout=15_000)
    assert page.locator("[data-live]").count() == 0  # nothing runs: it asks no more
