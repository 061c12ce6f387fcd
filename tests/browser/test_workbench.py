"""The workbench by keyboard: worst line first, warnings while typing, accept, lock, comment, two people."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect

from crossreel.accounts.access import add_operator
from crossreel.accounts.operator import Actor, Permission, Role
from crossreel.app import App
from crossreel.desk.proofs import add_proof
from crossreel.localize.timedtext import Document
from crossreel.localize.timedtext.model import cue_of
from crossreel.values.language import Language

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PASSWORD = "four quiet tin boats"
LINES = (
    ("Good morning, Marya.", "Buenos días, Marya."),
    ("The 30 hawks are at home.", "Los halcones están en casa."),  # the number is missing: the worst
    ("Where is Ivan?", "¿Dónde está Ivan?"),
)


def cues(place: int) -> Document:
    return Document(
        tuple(
            cue_of(Fraction(4 * n), Fraction(4 * n + 3), pair[place], str(n + 1))
            for n, pair in enumerate(LINES)
        )
    )


@pytest.fixture
def bench(sample: App, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a proof of three lines for somebody."""
    editor = Actor("ida", frozenset({Permission.READ, Permission.EDIT}), "operator")
    languages = (Language.parse("en"), Language.parse("es"))
    proof = add_proof(sample, editor, "By keyboard", cues(0), cues(1), languages)

    def opened(name: str, **more: object) -> Page:
        if sample.accounts.operator(name) is None:
            add_operator(sample.accounts, name, Role.EDITOR, PASSWORD, sample.clock())
        page = open_page("/console/sign-in", **more)
        page.locator("#name").fill(name)
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console/")
        page.goto(f"/console/proof/{proof.id}")
        return page

    return opened


def test_a_translation_is_read_by_keyboard_alone(bench: Callable[..., Page]) -> None:
    page = bench("ida@example.org")
    press = page.keyboard.press
    expect(page.locator(".where strong")).to_have_text("Line 2")  # the worst first
    expect(page.locator("#found")).to_contain_text("30 is missing")
    press("Enter")
    page.keyboard.type(" Hay 30 halcones y muchas otras aves que nadie ha contado nunca en esta casa.")
    expect(page.locator("#found")).to_contain_text("line-length")  # while typing, nothing is saved yet
    expect(page.locator("#found")).not_to_contain_text("30 is missing")
    press("Control+a")
    page.keyboard.type("Los 30 halcones están en casa.")
    expect(page.locator("#found")).not_to_contain_text("line-length")
    press("Control+Enter")  # accepted, and on to the next worst
    expect(page.locator(".head .num")).to_have_text("1 of 3 accepted")
    here = page.locator(".where strong").inner_text()
    assert here != "Line 2"
    press("l")  # accepted and locked
    expect(page.locator(".head .num")).to_have_text("2 of 3 accepted")
    press("c")
    page.keyboard.type("Is this the right name?")
    press("Enter")
    expect(page.locator(".said")).to_contain_text("Is this the right name?")
    page.get_by_role("link", name="History").focus()
    press("Enter")
    expect(page.locator("main")).to_contain_text("Los 30 halcones")


def test_two_people_on_one_line_see_both_wordings(bench: Callable[..., Page]) -> None:
    first, second = bench("ida@example.org"), bench("oto@example.org", width=390, height=844)
    for page, words in ((first, "Los treinta halcones, 30."), (second, "Son 30 halcones.")):
        page.keyboard.press("Enter")
        page.keyboard.press("Control+a")
        page.keyboard.type(words)
    first.keyboard.press("Escape")
    first.keyboard.press("s")
    expect(first.locator("#f-text")).to_have_value("Los treinta halcones, 30.")
    second.keyboard.press("Escape")
    second.keyboard.press("s")
    expect(second.locator(".theirs")).to_contain_text("Los treinta halcones, 30.")
    expect(second.locator("#f-text")).to_have_value("Son 30 halcones.")
    assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
    second.keyboard.press("s")  # who has seen both may say the last word
    expect(second.locator(".theirs")).to_have_count(0)
    expect(second.locator("#f-text")).to_have_value("Son 30 halcones.")
