"""W3C web-platform-tests for WebVTT: file parsing (37 files) and cue text (77 trees)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crossreel.localize.timedtext.inspecting import document_to_dict
from crossreel.localize.timedtext.model import Node, Span, Stamp, Text
from crossreel.localize.timedtext.readers.vtt_cue_text import parse_cue_text
from crossreel.localize.timedtext.readers.webvtt import read_webvtt
from crossreel.localize.timedtext.writers.losses import merged
from crossreel.localize.timedtext.writers.webvtt import clock, write_webvtt

pytestmark = pytest.mark.shared

CUE_FILES = ("entities", "tags", "text", "timestamps", "tree-building")


def read(path: Path) -> Any:
    return read_webvtt(path.read_bytes().decode("utf-8", "replace"))


def attribute(document: dict[str, Any], path: str) -> Any:
    """The DOM attribute a path names, from what ``inspect --json`` prints."""
    if path == "true":
        return True
    if path == "cues.length":
        return len(document["cues"])
    found = re.fullmatch(r"cues\[(\d+)\]\.(\w+)(?:\.(\w+))?", path)
    assert found is not None, path
    cue = document["cues"][int(found[1])]
    name = {"startTime": "start", "endTime": "end"}.get(found[2], found[2])
    value = cue[name] if name in cue else cue["settings"][name]
    return value if found[3] is None else value[found[3]]


def test_every_assertion_of_the_file_parsing_tests(shared_data: Path) -> None:
    folder = shared_data / "subtitles/webvtt-wpt-file-parsing"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert len(expected) == 37
    failures = []
    for name, assertions in expected.items():
        document = document_to_dict(read(folder / name))
        for assertion in assertions:
            wanted = assertion.get("equals", assertion.get("not_equals"))
            if isinstance(wanted, dict):
                wanted = attribute(document, wanted["path"])
            got = attribute(document, assertion["path"])
            if (got == wanted) != ("equals" in assertion):
                failures.append((name, assertion, got))
    assert failures == []


def lines_of(tree: tuple[Node, ...], depth: int = 0) -> list[str]:
    """The tree as html5lib's tests draw it."""
    indent = "| " + "  " * depth
    lines = []
    for node in tree:
        if isinstance(node, Text):
            lines.append(f'{indent}"{node.text}"')
        elif isinstance(node, Stamp):
            lines.append(f"{indent}<?timestamp {clock(node.time)}>")
        elif isinstance(node, Span):
            lines.append(f"{indent}<{'span' if node.kind in ('c', 'v', 'lang') else node.kind}>")
            if node.classes:
                lines.append(f'{indent}  class="{" ".join(node.classes)}"')
            if node.kind in ("v", "lang"):
                lines.append(f'{indent}  {"title" if node.kind == "v" else "lang"}="{node.value}"')
            lines += lines_of(node.children, depth + 1)
    return lines


def test_every_tree_of_the_cue_text_tests(shared_data: Path) -> None:
    folder = shared_data / "subtitles/webvtt-wpt-cue-parsing"
    count, failures = 0, []
    for name in CUE_FILES:
        for case in json.loads((folder / f"{name}.json").read_text(encoding="utf-8")):
            count += 1
            # In a file a blank line ends the cue, and NUL was replaced before the text is parsed.
            text = case["text"].removesuffix("\n").split("\n\n")[0].replace("\0", "\ufffd")
            drawn = "".join(f"{line}\n" for line in lines_of(parse_cue_text(text)))
            if drawn != case["expectedTree"]:
                failures.append((case, drawn))
    assert count == 77
    assert failures == []


def test_what_was_read_is_written_and_read_the_same(shared_data: Path) -> None:
    for path in sorted((shared_data / "subtitles").glob("*/*.vtt")):
        first = read(path)
        second = read_webvtt(write_webvtt(first)[0])
        for one, other in zip(first.cues, second.cues, strict=True):
            assert (one.start, one.end, one.id, one.placement) == (
                other.start,
                other.end,
                other.id,
                other.placement,
            )
            assert merged(one.tree) == merged(other.tree)
            assert first.region(one.region) == second.region(other.region) or not one.region
        assert (first.stylesheets, first.comments) == (second.stylesheets, second.comments)
