import gzip
import re

import pytest

from crossreel.web.guard import BODY_LIMIT

PAGES = [
    "/",
    "/title/tiny:moon",
    "/title/tiny:none",
    "/search?q=moon",
    "/preferences",
    "/health",
    "/no-such-page",
]


@pytest.mark.parametrize("path", [*PAGES, "/static/storefront.css", "/poster/tiny:moon.svg"])
def test_every_answer_has_the_security_headers(visitor, path):
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_inline_script_and_no_inline_style(visitor, path):
    html = visitor.get(path).text
    assert re.findall(r"<script[^>]*>[^<]", html) == []
    assert all(source.startswith("/static/") for source in re.findall(r'<script src="([^"]*)"', html))
    assert "<style" not in html
    assert not re.search(r"\s(style|on\w+)=", html)
    assert "javascript:" not in html


@pytest.mark.parametrize("path", PAGES[:5])
def test_pages_ask_nothing_of_other_hosts(visitor, path):
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', visitor.get(path).text)


def test_a_form_needs_the_token_and_the_cookie_together(visitor, make_visitor):
    token = visitor.page("/").fields["token"]
    other = make_visitor()
    other.page("/")
    cases = [
        (visitor, ""),
        (visitor, "forged"),
        (visitor, token[:-1]),
        (other, token),
        (make_visitor(), token),
    ]
    for sender, sent in cases:
        response = sender.client.post("/rate", data={"token": sent, "title": "tiny:moon", "stars": "5"})
        assert response.status_code == 403
        assert "Go back, reload the page" in response.text


def test_a_token_is_different_in_each_page_and_each_works(visitor):
    tokens = {visitor.page("/").fields["token"] for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        response = visitor.client.post("/preferences", data={"token": token}, follow_redirects=False)
        assert response.status_code == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused_even_with_the_token(visitor, site):
    data = {"token": visitor.page("/").fields["token"], "territory": "DE"}
    response = visitor.client.post("/preferences", data=data, headers={"sec-fetch-site": site})
    assert response.status_code == 403


def test_too_large_a_form_is_refused(visitor):
    response = visitor.client.post("/rate", data={"title": "x" * (BODY_LIMIT + 1)})
    assert response.status_code == 413
    assert "Too much at once" in response.text


def test_a_size_that_is_not_declared_is_counted(visitor):
    def endless():
        for _ in range(100):
            yield b"a=" + b"x" * 4096 + b"&"

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert visitor.client.post("/rate", content=endless(), headers=headers).status_code == 413


def test_too_many_fields_are_refused(visitor):
    assert visitor.client.post("/rate", data={f"f{n}": "1" for n in range(60)}).status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_only_forms_are_taken(visitor, kind):
    response = visitor.client.post("/rate", content=b"{}", headers={"content-type": kind})
    assert response.status_code == 415


def test_text_that_is_not_utf_8_is_refused(visitor):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"title=\xff", b"title=%FF"):
        assert visitor.client.post("/rate", content=body, headers=headers).status_code == 400


def test_pages_are_never_kept_by_others_and_files_are(visitor):
    assert visitor.get("/").headers["cache-control"] == "private, no-cache"
    assert visitor.get("/preferences").headers["cache-control"] == "private, no-store"
    html = visitor.get("/").text
    sheet = re.search(r'href="(/static/storefront.css\?v=[^"]+)"', html)
    assert sheet
    assert "immutable" in visitor.get(sheet[1]).headers["cache-control"]


def test_the_first_page_is_light(visitor):
    html = gzip.compress(visitor.get("/").content)
    sheet = gzip.compress(visitor.get("/static/storefront.css").content)
    assert len(html) + len(sheet) < 40_000


def test_health_is_json(visitor):
    assert visitor.get("/health").json()["status"] == "ok"
