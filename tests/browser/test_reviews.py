"""Reviews in four languages come in by the console, and a report of two countries says why they differ."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crossreel.app import App
from crossreel.desk.work import handlers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "console"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
LONG = 120_000
"""Milliseconds that a job may take on a busy machine."""

SAID = {
    ("BR", "pt"): (
        "As legendas estão cheias de erros.",
        "Legendas horríveis e fora de tempo.",
        "Não dá para ler essas legendas, que decepção.",
        "As legendas são péssimas.",
    ),
    ("US", "en"): (
        "I loved the story and the acting.",
        "The subtitles are clear and easy to read, great work.",
        "Good subtitles and a haunting picture.",
        "A masterpiece, wonderful music.",
    ),
    ("US", "es"): ("Los subtítulos son muy buenos y la historia me encantó.", "Una película maravillosa."),
    ("US", "ko"): ("자막이 좋고 정말 감동적인 명작입니다.", "음악이 훌륭해요. 최고의 영화!"),
}
MORE = ("Mesmo.", "Really.", "Sí.", "네.")
"""Makes texts of one template differ."""


def written(path: Path) -> Path:
    """48 reviews: half from Brazil, half in three languages from the United States."""
    rows = [
        (f"{place}-{language}-{at}-{again}", place, language, f"{text} {MORE[again % 4]}")
        for (place, language), texts in SAID.items()
        for at, text in enumerate(texts)
        for again in range(6 if place == "BR" else 3)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("viewer", "title", "text", "territory", "language", "time"))
        for n, (viewer, place, language, text) in enumerate(rows):
            out.writerow(
                (viewer, "nosferatu-1922", text, place, language, f"2026-{1 + n % 9:02}-11T20:00:00Z")
            )
    return path


def picture(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


def grave_findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def done(page: Page) -> None:
    expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=LONG)


def test_reviews_of_two_countries_are_read(
    signed_in: Callable[..., Page], staff: App, tmp_path: Path, pretrained: Callable[[str], Path]
) -> None:
    pretrained("e5-small"), pretrained("lid-176")
    page = signed_in("/console/insight", **DESK)
    page.get_by_role("link", name="Import reviews").first.click()
    page.locator("#f-file").set_input_files(written(tmp_path / "reviews.csv"))
    page.locator("#f-source").fill("sample")
    with staff.workers(handlers(staff)):
        page.get_by_role("button", name="Start the import").click()
        done(page)
        page.goto("/console/insight")
        picture(page, "insight")
        page.get_by_role("link", name="Nosferatu, eine Symphonie des Grauens").first.click()
        page.locator("#f-territory").fill("BR")
        page.locator("#f-against").fill("US")
        page.get_by_role("button", name="Read the reviews").click()
        done(page)
    page.goto("/console/insight/reviews?title=sample:nosferatu-1922&territory=BR&against=US")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "Complaints about subtitles: in 100 % of reviews from Brazil, 0 % from United States"
    )
    differs = page.get_by_role("region", name="Differences").locator(
        "tr", has_text="complaints about subtitles"
    )
    expect(differs).to_contain_text("differs")
    page.locator("summary", has_text="Typical quotes").first.click()
    expect(page.get_by_text("Legendas horríveis").first).to_be_visible()
    findings = {"report": grave_findings(page)}
    picture(page, "reviews-report")
    page.get_by_role("link", name="What to change there").click()
    expect(page.locator(".advice li").first).to_contain_text("subtitles")
    for name, path in (
        ("advice", "/console/insight/advice?title=sample:nosferatu-1922&territory=BR"),
        ("complaints", "/console/insight/complaints"),
        ("reviews-report", "/console/insight/reviews?title=sample:nosferatu-1922&territory=BR&against=US"),
    ):
        page.goto(path)
        findings[name] = grave_findings(page)
        picture(page, f"insight-{name}")
        page.set_viewport_size(PHONE)
        findings[f"{name}-phone"] = grave_findings(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            findings[f"{name}-phone"].append("too wide")
        picture(page, f"insight-{name}-phone")
        page.set_viewport_size(DESK)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="dark", exact=True).click()
    findings["dark"] = grave_findings(page)
    picture(page, "insight-reviews-report-dark")
    assert not {name: found for name, found in findings.items() if found}
