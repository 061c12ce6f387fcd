"""The report's parts about what the pictures show: people, things, text, and what to review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from html import escape
from typing import Any

__all__ = ["clock", "sections", "tracks_by_kind"]

_ROWS = 12
"""People and kinds of things that get a track of their own; the rest share one."""


def clock(seconds: float) -> str:
    """Seconds as h:mm:ss.mmm."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{rest:06.3f}"


def _seconds(spans: Iterable[dict[str, Any]]) -> float:
    return float(sum(one["end"] - one["start"] for one in spans))


def tracks_by_kind(document: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Names and spans for the timeline: each person, each kind of thing, text, speech, what to review."""
    people: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for face in document["faces"]:
        people[f"Person {face['person']}" if face["person"] else "Faces without a person"].append(face)
    things: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in document["objects"]:
        label = "People in view" if one["label"] == "person" else one["label"].capitalize()
        things[label].append(one)
    rows = [*_largest(people, "Other people"), *_largest(things, "Other things")]
    rows.append(("Text in the picture", document["onscreen_text"]))
    rows.append(("Speech", document["audio"]["speech"]))
    rows.append(("To review", document["compliance"]["signals"]))
    return rows


def _largest(groups: dict[str, list[dict[str, Any]]], rest: str) -> list[tuple[str, list[dict[str, Any]]]]:
    order = sorted(groups, key=lambda name: -_seconds(groups[name]))
    shown = [(name, groups[name]) for name in order[:_ROWS]]
    left = [span for name in order[_ROWS:] for span in groups[name]]
    return [*shown, (rest, sorted(left, key=lambda one: one["start"]))]


def sections(document: dict[str, Any], pictures: dict[int, str]) -> list[str]:
    """HTML of the sections after the table of shots."""
    return [
        "<h2>People</h2>",
        _people(document, pictures),
        "<h2>Things</h2>",
        _things(document),
        "<h2>Text in the picture</h2>",
        _text(document),
        "<h2>To review</h2>",
        _review(document),
        "<h2>Not looked at</h2>",
        _left_out(document),
    ]


def _table(name: str, head: str, rows: list[str]) -> str:
    """A table in a region that the keyboard can scroll, and that has a name for those who hear it."""
    region = f'<div class=table tabindex=0 role=region aria-label="{name}">'
    return f"{region}<table><thead><tr>{head}<tbody>{''.join(rows)}</table></div>"


def _jump(number: int, start: float) -> str:
    return f'<a href="#shot{number}">{clock(start)}</a>'


def _people(document: dict[str, Any], pictures: dict[int, str]) -> str:
    if not document["people"]:
        return "<p>No faces were found, or none was looked for.</p>"
    faces = document["faces"]
    rows = []
    for one in document["people"]:
        held = [faces[place] for place in one["tracks"]]
        shown = next((f for f in held if f["shot"] in pictures), held[0])
        image = pictures.get(shown["shot"])
        picture = f'<img loading=lazy alt="" src="{escape(image)}">' if image else ""
        places = _places(held)
        rows.append(
            f"<tr><td>{one['person']}<td>{picture}<td>{one['screen_time']:.1f} s<td>{len(held)}<td>{places}"
        )
    note = (
        "<p class=dim>Numbers, not names: faces that look alike are grouped, and nobody is identified. "
        "The grouping errs; look before you rely on it.</p>"
    )
    return note + _table("People", "<th>Person<th>A shot<th>Seen for<th>Times<th>Where", rows)


def _places(held: list[dict[str, Any]]) -> str:
    """Links to where tracks begin, each place once, the first eight."""
    places = list(dict.fromkeys(_jump(one["shot"], one["start"]) for one in held))
    return ", ".join(places[:8]) + (" …" if len(places) > 8 else "")


def _things(document: dict[str, Any]) -> str:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in document["objects"]:
        groups[one["label"]].append(one)
    if not groups:
        return "<p>Nothing of the known kinds was found, or none was looked for.</p>"
    rows = []
    for name in sorted(groups, key=lambda label: -_seconds(groups[label])):
        held = groups[name]
        places = _places(held)
        rows.append(f"<tr><td>{escape(name)}<td>{_seconds(held):.1f} s<td>{len(held)}<td>{places}")
    return _table("Things", "<th>What<th>Seen for<th>Times<th>Where", rows)


def _text(document: dict[str, Any]) -> str:
    lines, reads = document["onscreen_text"], document["method"].get("text_read")
    covered = (
        f"<p class=dim>Read are {escape(reads)}, in lines that lie level. Other writing (Cyrillic, Arabic, "
        "Hangul, Devanagari, Thai and so on) is not read: watch for it.</p>"
        if reads
        else ""
    )
    if not lines:
        return covered + "<p>No text was read, or none was looked for.</p>"
    rows = [
        f"<tr><td>{_jump(one['shot'], one['start'])}<td>{clock(one['end'])}<td dir=auto>{escape(one['text'])}"
        f"<td>{escape(one['language'] or 'unknown')}<td>{one['place']}<td>{one['score']:.2f}"
        for one in lines[:500]
    ]
    return covered + _table(
        "Text in the picture", "<th>From<th>To<th>Text<th>Language<th>Place<th>Odds", rows
    )


def _review(document: dict[str, Any]) -> str:
    told = document["compliance"]
    rows = [
        f"<tr><td>{_jump(_shot_at(document, one['start']), one['start'])}<td>{escape(one['topic'])}"
        f"<td>{escape(one['seen'])}<td>{one['score']:.2f}"
        for one in told["signals"]
    ]
    shown = (
        _table("To review", "<th>When<th>Question about<th>What was seen<th>Odds", rows)
        if rows
        else "<p>No signal.</p>"
    )
    boards = [
        f"<tr><td>{escape(one['territory'])}<td>{escape(one['board'])}"
        f"<td>{escape(', '.join(q['topic'] for q in one['questions']) or 'nothing seen')}"
        f"<td>{escape(', '.join(one['not_covered']))}"
        for one in told["territories"]
    ]
    head = "<th>Territory<th>Board<th>May ask about<th>Asks about, not covered here"
    return (
        "<p class=dim>Places to look at, never a verdict; what no model covers has to be watched for.</p>"
        f"{shown}{_table('Boards', head, boards)}"
    )


def _shot_at(document: dict[str, Any], start: float) -> int:
    for number, shot in enumerate(document["shots"]):
        if shot["start"] <= start < shot["end"]:
            return number
    return 0


def _left_out(document: dict[str, Any]) -> str:
    notices = document["method"]["notices"]
    if not notices:
        return "<p>Nothing was left out.</p>"
    return "<ul>" + "".join(f"<li>{escape(notice)}" for notice in notices) + "</ul>"
