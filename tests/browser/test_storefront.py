"""A viewer's paths through the storefront, in a real browser, with pictures kept to look at."""

import re
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
MOON = "/title/sample:a-trip-to-the-moon-1902"
PATHS = {
    "home": "/",
    "title": MOON,
    "search": "/search?q=moon",
    "choices": "/preferences",
    "missing": "/title/sample:none",
}


def choose(page, **values):
    """Sets country, language or profile in the bar's menu."""
    if not page.locator(".menu").evaluate("menu => menu.open"):
        page.locator(".menu summary").click()
    for name, value in values.items():
        page.locator(f".panel select[name={name}]").select_option(value)
    page.locator(".panel button").click()
    page.wait_for_load_state()


def row(page, number):
    """The titles of one row."""
    links = page.locator(".row").nth(number).locator("a.card").evaluate_all("all => all.map(a => a.href)")
    return [unquote(re.sub(".*/title/", "", link)) for link in links]


def grave_findings(page):
    """What axe calls serious or critical, with the first place of each."""
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in {"serious", "critical"}]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in grave]


def all_titles(page):
    links = page.locator("main a[href^='/title/']").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    return set(links)


def test_home_shows_a_first_title_and_rows_with_reasons(open_page, keep):
    page = open_page("/", **DESK)
    assert page.locator("h1").count() == 1
    assert page.locator(".hero .primary").inner_text() == "See this title"
    headings = page.locator(".row h2").all_inner_texts()
    assert any("Popular here: United States" in heading for heading in headings)
    assert page.locator(".mark").first.inner_text() == "simulated audience"
    keep(page, "home-desk")
    page.locator(".hero .primary").click()
    assert "/title/" in page.url


def test_switching_germany_brazil_japan_changes_titles_and_reasons(open_page, keep):
    page = open_page("/", **DESK)
    seen = {}
    for code, name in (("DE", "Germany"), ("BR", "Brazil"), ("JP", "Japan")):
        choose(page, territory=code)
        assert name in page.locator(".menu summary").inner_text()
        assert any(name in heading for heading in page.locator(".row h2").all_inner_texts())
        seen[code] = all_titles(page)
        keep(page, f"home-{code.lower()}")
    assert seen["DE"] != seen["BR"] != seen["JP"] != seen["DE"]


def test_three_ratings_change_the_rows(open_page, keep):
    page = open_page("/", **DESK)
    before = all_titles(page)
    assert "Nothing is known of your taste yet" in page.locator(".notice").inner_text()
    for link in row(page, 0)[:3]:
        page.goto(f"/title/{link}")
        page.locator("button.star[value='5']").click()
        assert "Your rating: 5 of 5." in page.locator("#rate").inner_text()
    keep(page, "title-rated")
    page.goto("/")
    assert page.locator(".notice").count() == 0
    assert "Because you liked" in page.locator("main").inner_text()
    assert all_titles(page) != before
    keep(page, "home-personal")


def test_a_profile_brings_its_rows_and_is_marked_as_simulated(open_page, keep):
    page = open_page("/", **DESK)
    someone = page.locator(".panel select[name=viewer] option").nth(1).get_attribute("value")
    choose(page, viewer=someone)
    assert "simulated" in page.locator(".menu summary").inner_text()
    headings = page.locator(".row h2").all_inner_texts()
    assert any(heading.startswith(("Picked for you", "Because you liked")) for heading in headings)
    keep(page, "home-profile")


def test_search_finds_what_a_keyboard_can_type(open_page, keep):
    page = open_page("/", **DESK)
    page.locator("#q").fill("moon")
    page.locator("#q").press("Enter")
    assert page.locator("mark").first.inner_text().casefold() == "moon"
    keep(page, "search-desk")


def test_everything_works_without_scripts(open_page):
    page = open_page("/", **PHONE, scripts=False)
    page.locator(".menu summary").click()
    page.locator(".panel select[name=territory]").select_option("DE")
    page.locator(".panel button").click()
    page.locator(".menu-where", has_text="Germany").wait_for()
    page.goto(MOON)
    page.locator("button.star[value='4']").click()
    page.get_by_text("Your rating: 4 of 5.").wait_for()


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("locale", ["en-US", "es-ES"])
def test_nothing_scrolls_sideways_and_nothing_is_inaccessible(open_page, keep, name, size, locale):
    page = open_page("/", **(PHONE if size == "phone" else DESK), locale=locale)
    choose(page, viewer=page.locator(".panel select[name=viewer] option").nth(1).get_attribute("value"))
    page.goto(PATHS[name])
    assert page.evaluate("document.documentElement.scrollWidth") <= (390 if size == "phone" else 1440)
    assert not grave_findings(page)
    keep(page, f"{name}-{size}-{locale[:2]}")


def test_the_keyboard_reaches_everything_in_order(open_page):
    page = open_page("/", **DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    reel = page.locator(".reel").first
    reel.focus()
    page.keyboard.press("ArrowRight")
    reel.evaluate("reel => new Promise(done => reel.scrollLeft > 0 ? done() : reel.onscroll = () => done())")
    assert reel.evaluate("reel => reel.scrollLeft") > 0


def test_a_desk_at_twice_the_size_still_fits(open_page):
    page = open_page("/", width=720, height=450)  # 1440 x 900 at 200 %
    for path in ("/", MOON, "/search?q=moon"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 720


def test_the_first_page_is_light_and_does_not_jump(open_page):
    page = open_page("/preferences", **DESK)
    sizes = {}

    def note(response):
        if "/poster/" not in response.url:
            sizes[response.url] = int(response.headers.get("content-length", "0")) or len(response.body())

    page.on("response", note)
    page.goto("/", wait_until="networkidle")
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value
            }).observe({type: 'layout-shift', buffered: true})
            setTimeout(() => done(sum), 300)
        })"""
    )
    assert shift < 0.1
    assert sum(sizes.values()) < 150_000, sizes
