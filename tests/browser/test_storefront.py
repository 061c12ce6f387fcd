"""A viewer's paths through the storefront, in a real browser, with pictures kept to look at."""

import re
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
MOON = "/title/sample:a-trip-to-the-moon-1902"
PATHS = {
    "home": "/",
    "title": MOON,
    "search": "/search?q=moon",
    "nothing": "/search?q=nosfertau",
    "browse": "/browse?genre=drama&decade=1920",
    "person": "/person/Fritz%20Lang",
    "list": "/list",
    "ratings": "/ratings",
    "history": "/history",
    "profiles": "/profiles",
    "player": MOON.replace("/title/", "/watch/"),
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


def until(page, condition):
    """Waits for a condition of the page, without the evaluation that its policy forbids."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


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


LOOKS = {
    ("en-US", "phone"): tuple(PATHS),
    ("en-US", "desk"): tuple(PATHS),
    ("ar-EG", "phone"): tuple(PATHS),
    ("ar-EG", "desk"): ("home", "title", "search", "browse"),
    ("de-DE", "phone"): ("home", "title", "profiles"),
    ("hi-IN", "phone"): ("home", "title"),
    ("ja-JP", "phone"): ("home", "title"),
    ("es-ES", "phone"): ("profiles",),
    ("pt-BR", "phone"): ("profiles",),
    ("hi-IN", "desk"): ("home", "title"),
    ("ja-JP", "desk"): ("home", "title"),
    ("zh-CN", "desk"): ("home", "title"),
}
AXED = {("en-US", "phone"), ("en-US", "desk"), ("ar-EG", "phone")}
"""Axe looks at every page type here; elsewhere only at the home page, as a language only changes texts."""


@pytest.mark.parametrize(("locale", "size"), LOOKS)
def test_nothing_scrolls_sideways_and_nothing_is_inaccessible(open_page, keep, size, locale):
    page = open_page("/", **(PHONE if size == "phone" else DESK), locale=locale)
    choose(page, viewer=page.locator(".panel select[name=viewer] option").nth(1).get_attribute("value"))
    for name in LOOKS[locale, size]:
        page.goto(PATHS[name])
        assert page.evaluate("document.documentElement.dir") == ("rtl" if locale == "ar-EG" else "ltr"), name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= (390 if size == "phone" else 1440), name
        if (locale, size) in AXED or name == "home":
            assert not grave_findings(page), name
        keep(page, f"{name}-{size}-{locale[:2]}")


def test_the_light_theme_is_accessible_too(open_page, keep):
    page = open_page("/", **DESK)
    choose(page, theme="light")
    for name in ("home", "title", "browse", "profiles"):
        page.goto(PATHS[name])
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        assert not grave_findings(page), name
        keep(page, f"{name}-light")


def test_arabic_mirrors_the_page_and_leaves_pictures_alone(open_page):
    page = open_page(MOON, **DESK, locale="ar-EG")
    poster, text = page.locator(".title-poster").bounding_box(), page.locator(".title-text").bounding_box()
    assert poster["x"] > text["x"]
    assert page.locator(".brand").bounding_box()["x"] > page.locator(".menu").bounding_box()["x"]
    assert page.locator(".title-poster img").evaluate("one => getComputedStyle(one).transform") == "none"
    size = "parseFloat(getComputedStyle(document.querySelector('.facts')).fontSize)"
    arabic = page.evaluate(size)
    assert arabic > open_page(MOON, **DESK).evaluate(size)
    page = open_page(MOON, **DESK, locale="hi-IN")
    lines = "one => parseFloat(getComputedStyle(one).lineHeight) / parseFloat(getComputedStyle(one).fontSize)"
    assert page.locator("body").evaluate(lines) >= 1.7


def test_suggestions_are_a_list_for_the_keyboard(open_page, keep):
    page = open_page("/", **DESK)
    field = page.locator("#q")
    page.keyboard.press("/")
    assert field.evaluate("one => one === document.activeElement")
    field.press_sequentially("metro")
    expect(page.locator("#suggestions mark").first).to_have_text("Metro")
    page.wait_for_load_state("networkidle")
    assert field.get_attribute("aria-expanded") == "true"
    assert "suggestion" in page.locator("#suggested").inner_text()
    field.press("ArrowDown")
    chosen = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert chosen.get_attribute("aria-selected") == "true"
    assert chosen.locator("mark").first.inner_text() == "Metro"
    assert not grave_findings(page)
    keep(page, "suggestions-desk")
    field.press("Escape")
    assert page.locator("#suggest").is_hidden()
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/title/**")
    page.go_back()
    assert page.url.endswith("/")


def test_suggestions_on_a_phone_in_arabic(open_page, keep):
    page = open_page("/", **PHONE, locale="ar-EG")
    page.locator("#q").press_sequentially("متروبول")
    page.locator("#suggestions [role=option]").first.wait_for()
    assert "متروبوليس" in page.locator("#suggestions").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep(page, "suggestions-phone-ar")
    page.locator("#q").fill("متروبوليش")
    page.get_by_text("هل تقصد").wait_for()


def test_help_opens_on_a_question_mark_and_closes(open_page, keep):
    page = open_page("/", **DESK)
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert not grave_findings(page)
    keep(page, "keys-desk")
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()
    page.locator("#q").fill("who?")
    assert page.locator("#keys").is_hidden()


def test_offline_says_offline(open_page):
    page = open_page("/", **DESK)
    assert page.locator("#offline").is_hidden()
    page.context.set_offline(True)
    page.get_by_text("You are offline.").wait_for()
    page.context.set_offline(False)
    page.locator("#offline").wait_for(state="hidden")


def test_the_player_plays_remembers_and_goes_on(open_page, keep):
    page = open_page(MOON, **DESK)
    page.get_by_role("link", name="Watch", exact=True).click()
    until(page, "document.getElementById('player').readyState >= 1")
    page.evaluate("document.getElementById('player').muted = true")
    page.keyboard.press("Space")
    until(page, "document.getElementById('player').currentTime > 0.2")
    with page.expect_response("**/progress") as told:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
    assert told.value.status == 204
    keep(page, "player-playing")
    page.goto("/")
    assert page.locator("#row-continue").inner_text() == "Continue watching"
    page.locator("section[aria-labelledby=row-continue] a.card").click()
    until(page, "document.getElementById('player').currentTime > 5")
    page.keyboard.press("m")
    assert page.locator("#player").evaluate("one => one.muted")
    page.keyboard.press("c")
    modes = "one => [...one.textTracks].filter(track => track.mode === 'showing').length"
    assert page.locator("#player").evaluate(modes) in (0, 1)


def test_list_and_review_without_scripts(open_page):
    page = open_page(MOON, **PHONE, scripts=False)
    page.get_by_role("button", name="Add to my list").click()
    page.get_by_role("button", name="Take off my list").wait_for()
    page.locator(".write summary").click()
    page.locator("textarea[name=text]").fill("Made with my own hands.")
    page.locator(".write button").click()
    page.get_by_text("Made with my own hands.").wait_for()
    page.goto("/list")
    page.get_by_role("button", name="Take A Trip to the Moon off my list").click()
    page.get_by_text("Your list is empty.").wait_for()


def test_paper_shows_the_facts_in_black_on_white(open_page):
    page = open_page(MOON, **DESK)
    page.emulate_media(media="print")
    assert page.locator(".bar").is_hidden()
    assert page.locator("h1").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"


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
    page = open_page("/", width=640, height=400, scale=2)  # 1280 x 800 at 200 %
    for name in ("home", "title", "search", "browse", "player", "person", "choices"):
        page.goto(PATHS[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, name


@pytest.mark.parametrize("locale", ["en-US", "es-ES", "ar-EG", "hi-IN"])
def test_the_first_page_is_light_and_does_not_jump(open_page, locale):
    """Chinese, Japanese and Korean depend on the fonts of the device, and are heavier where it has none."""
    page = open_page("/preferences", **DESK, locale=locale)
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
    assert sum(sizes.values()) < 150_000, "\n".join(f"{size} {url}" for url, size in sizes.items())
