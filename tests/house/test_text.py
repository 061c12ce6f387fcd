"""What is published names no machine: no path of a workspace, no host of a package registry."""

from __future__ import annotations

import re

# Put together from pieces, so that this file passes its own test.
NEEDLES = [
    "/wo" + "rk/",
    "/ro" + "ot/",
    r"pypi\." + "org",
    r"python" + r"hosted\.org",
    r"registry\.npm" + r"js\.org",
    r"registry\.yarn" + r"pkg\.com",
    r"proxy\.go" + r"lang\.org",
    r"https?://[^\s\"'<>]*/(?:simple|artifact" + r"ory|api/(?:npm|pypi)|repository/(?:npm|pypi)[^/\s]*)/",
]
PATTERN = re.compile("|".join(NEEDLES))


def test_published_text_names_no_machine(house):
    offenders = []
    for path in house.files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, an archive or a fixture in another encoding
        if "\0" in text:
            continue
        offenders += [
            f"{house.shown(path)}:{number} ({found[0]})"
            for number, line in enumerate(text.splitlines(), start=1)
            if (found := PATTERN.search(line))
        ]
    assert not offenders, "take these out: " + ", ".join(offenders[:20])


def test_the_needles_find_what_they_should():
    for bad in (
        "see /wo" + "rk/main/src",
        "cd /ro" + "ot/.cache",
        "https://py" + "pi.org/project/x",
        '"resolved": "https://registry.npm' + 'js.org/x/-/x-1.tgz"',
        "https://mirror.example.com/pypi/sim" + "ple/numpy/",
    ):
        assert PATTERN.search(bad), bad
    for good in ("the work/life of Root", "network/", "https://example.com/simple-guide", "src/crossreel"):
        assert not PATTERN.search(good), good
