"""Films are known by their headers, and whatever is not one is refused with its name."""

import io
import random

import pytest

from crossreel.catalog.film_checks import check_film
from crossreel.errors import BadFile
from crossreel.testing.files import mp4, png, webm


def test_the_sample_film_is_read():
    facts = check_film(io.BytesIO(mp4()), name="sample.mp4")
    assert facts.media_type == "video/mp4"
    assert facts.seconds > 5
    assert facts.width is not None
    assert facts.height is not None
    assert facts.width > facts.height > 100


def test_a_webm_is_read():
    facts = check_film(io.BytesIO(webm(61.4, 1280, 720)))
    assert (facts.media_type, facts.seconds, facts.width, facts.height) == ("video/webm", 61, 1280, 720)


def soundtrack():
    """An MP4 whose track has no sides, as that of sound alone."""
    film = bytearray(mp4())
    at = 0
    while (at := film.find(b"tkhd", at + 4)) > 0:
        end = at - 4 + int.from_bytes(film[at - 4 : at], "big")
        film[end - 8 : end] = bytes(8)
    return bytes(film)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no MP4 or WebM film"),
        (png(300, 300), "is no MP4 or WebM film"),
        (mp4()[:-1000], "is an MP4 that is cut short"),
        (mp4() + b"<script>", "is an MP4 that is cut short"),
        (mp4()[:32], "is an MP4 without a film"),
        (soundtrack(), "holds sound without a picture"),
        (webm(40_000), "runs 40000 seconds"),
        (webm(10, doc_type=b"matroska"), "is a Matroska file"),
        (webm(10, 20_000), "20000 x 360 pixels"),
    ],
)
def test_what_is_no_film_is_refused(content, problem):
    with pytest.raises(BadFile) as caught:
        check_film(io.BytesIO(content), name="clip")
    assert caught.value.message.startswith("clip: ")
    assert problem in caught.value.message


def test_damage_is_told_and_never_a_fault():
    chance = random.Random(7)
    for whole in (mp4()[:20_000] + mp4()[-20_000:], webm(12)):
        for _ in range(300):
            broken = bytearray(whole)
            for _ in range(chance.randrange(1, 5)):
                broken[chance.randrange(min(len(broken), 400))] = chance.randrange(256)
            try:
                check_film(io.BytesIO(bytes(broken)))
            except BadFile:
                continue
