"""What people rely on who use no mouse, bear no motion or lose their place when a page jumps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
MOON = "/title/sample:a-trip-to-the-moon-1902"
ROOMS = ("/", MOON, "/browse")
DESKS = ("/console/", "/console/title/sample:nosferatu-1922?tab=texts", "/console/consistency")
_TABS = 14
"""Elements of a page that are walked through."""
_RING = """() => {
    const here = document.activeElement
    if (!here || here === document.body) return ''
    const style = getComputedStyle(here), box = here.getBoundingClientRect()
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
    return ring && box.width && box.height ? 'seen' : here.outerHTML.slice(0, 120)
}"""
_SHIFT = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value
    }).observe({type: 'layout-shift', buffered: true})
    setTimeout(() => done(sum), 300)
})"""
_MOVING = """() => [...document.querySelectorAll('*')].filter(one => {
    const style = getComputedStyle(one)
    const eases = style.transitionProperty !== 'none' && /[1-9]/.test(style.transitionDuration)
    return eases || style.animationName !== 'none'
}).length"""


def walked(page: Page, path: str) -> list[str]:
    """What Tab reaches without showing where it is."""
    page.goto(path)
    unseen = []
    for _ in range(_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(_RING)
        if found not in ("seen", ""):
            unseen.append(found)
    return unseen


def test_tab_always_shows_where_it_is(open_page: Callable[..., Page], signed_in: Callable[..., Page]) -> None:
    visitor, editor = open_page("/", **DESK), signed_in(**DESK)
    unseen = {path: found for path in ROOMS if (found := walked(visitor, path))}
    unseen |= {path: found for path in DESKS if (found := walked(editor, path))}
    assert not unseen


def test_escape_closes_menus(open_page: Callable[..., Page], signed_in: Callable[..., Page]) -> None:
    for page in (open_page("/", **DESK), signed_in(**DESK)):
        menu = page.locator("details.menu").first
        menu.locator("summary").click()
        assert menu.evaluate("menu => menu.open")
        page.keyboard.press("Escape")
        assert not menu.evaluate("menu => menu.open")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY", "the focus stays where it was"


def test_nothing_moves_for_those_who_ask_for_less(
    open_page: Callable[..., Page], signed_in: Callable[..., Page]
) -> None:
    assert open_page("/", motion="no-preference").evaluate(_MOVING) > 0, "for others something eases"
    still, desk = open_page("/"), signed_in()
    for page, path in [(still, MOON), (still, "/browse"), (desk, "/console/catalog"), (desk, DESKS[2])]:
        page.goto(path)
        assert page.evaluate(_MOVING) == 0, path


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_pages_do_not_jump_while_they_load(open_page: Callable[..., Page], size: str) -> None:
    page = open_page("/preferences", **(PHONE if size == "phone" else DESK))
    for path in ROOMS:
        page.goto(path, wait_until="networkidle")
        assert page.evaluate(_SHIFT) < 0.05, path
