"""``report.html``: the film as a strip of pictures one can look at and click, beside its pictures."""

# ruff: noqa: E501 - lines of HTML are read better whole
from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from crossreel.insight.video.report_sections import clock, sections, tracks_by_kind

__all__ = ["report_of", "write_report"]

_WIDE, _WIDEST, _PER_SHOT = 1000, 12_000, 8
"""Pixels of the timeline: of a screen, of the longest film, of a shot on the average."""


def write_report(document: dict[str, Any], path: Path) -> None:
    """Writes the report of an analysis (the document of ``crossreel video analyze --json``).

    Its style sheet goes beside it, as servers that allow nothing inline show it too.
    """
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    path.with_name("report.css").write_text(style, encoding="utf-8")
    path.write_text(report_of(document), encoding="utf-8")


def report_of(document: dict[str, Any]) -> str:
    """The report as HTML that stands beside ``report.css`` and ``frames``."""
    name = Path(document["file"]).name
    pictures = _picture_by_shot(document)
    icon = "".join(f'<link rel=icon href="{escape(file)}">' for file in list(pictures.values())[:1])
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p class=dim>{clock(document['duration'])} · {document['frames']:,} frames · "
        f"{document['fps']:.3f} frames a second · {len(document['shots'])} shots</p>",
        *_warnings(document),
        "<h2>Film strip</h2>",
        _strip(document, pictures),
        "<h2>Over time</h2>",
        _timeline(document),
        "<h2>Pictures for artwork</h2>",
        _artwork(document),
        "<h2>Shots</h2>",
        _table(document, pictures),
        *sections(document, pictures),
    ]
    return (
        f'<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>{escape(name)}: shots</title><link rel=stylesheet href=report.css>{icon}<main>{''.join(parts)}</main></html>"
    )


def _picture_by_shot(document: dict[str, Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    keyframes = iter(sorted(document["keyframes"], key=lambda one: one["frame"]))
    one = next(keyframes, None)
    for number, shot in enumerate(document["shots"]):
        while one is not None and one["frame"] < shot["start_frame"]:
            one = next(keyframes, None)
        if one is not None and one["frame"] < shot["end_frame"]:
            found[number] = one["file"]
    return found


def _warnings(document: dict[str, Any]) -> Iterable[str]:
    for hole in document["holes"][:20]:
        yield (
            f"<p><strong>Not read:</strong> {escape(hole['problem'])} at {clock(max(hole['start'], 0))}"
            f" (frame {hole['frame']})</p>"
        )
    if document["audio"]["problem"]:
        yield f"<p><strong>Sound:</strong> {escape(document['audio']['problem'])}</p>"
    for note in document["probe"]["notes"]:
        yield f"<p class=dim>{escape(note)}</p>"


def _strip(document: dict[str, Any], pictures: dict[int, str]) -> str:
    cells = [
        f'<a href="#shot{number}"><img loading=lazy alt="Shot {number + 1}" src="{escape(pictures[number])}">'
        f"{number + 1} · {clock(shot['start'])}</a>"
        for number, shot in enumerate(document["shots"])
        if number in pictures
    ]
    return f'<div class=strip tabindex=0 role=region aria-label="Film strip">{"".join(cells)}</div>'


def _timeline(document: dict[str, Any]) -> str:
    """Tracks over time: shots, transitions, black, freeze, people, objects, text, speech, loudness.

    A film of many shots gets a wider picture, which scrolls, so that each shot can still be pointed at.
    """
    long = document["duration"] or 1.0
    wide = min(max(_WIDE, len(document["shots"]) * _PER_SHOT // _WIDE * _WIDE), _WIDEST)
    scale = wide / long
    rows = [_axis(long, wide), "<g>", *_shot_marks(document, scale), "</g>"]
    rows.append(_label("Shots; dissolves, fades and wipes hatched", 30, wide))
    y = 74
    signals = document["signals"]
    tracks = (
        ("Black", signals["black"]),
        ("Freeze", signals["freeze"]),
        ("Color bars", signals["color_bars"]),
        *tracks_by_kind(document),
        ("Silence", document["audio"]["silences"]),
    )
    for label, spans in tracks:
        if spans:
            rows.append(_track(label, spans, y, wide, scale))
            y += 28
    if document["audio"]["levels"]["db"]:
        rows.append(_levels(document["audio"]["levels"], y, wide, scale))
        y += 56
    svg = (
        f'<svg class=time viewBox="0 0 {wide} {y}" width="{wide}" role=group aria-label="What is where in the film">'
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="bar" width="2.4" height="5"/></pattern></defs>'
    )
    return f'<div class=table tabindex=0 role=region aria-label="Over time">{svg}{"".join(rows)}</svg></div>'


def _label(text: str, y: int, wide: int) -> str:
    """The name of a track, again at every width of a screen; those between are for phones."""
    return "".join(
        f'<text x="{x}" y="{y}"{" class=between" if x % _WIDE else ""}>{escape(text)}</text>'
        for x in (round(third * _WIDE / 3) for third in range(3 * wide // _WIDE))
    )


def _shot_marks(document: dict[str, Any], scale: float) -> Iterable[str]:
    for number, shot in enumerate(document["shots"]):
        wide = max((shot["end"] - shot["start"]) * scale - 0.5, 0.4)
        yield (
            f'<a href="#shot{number}"><rect class="shot" x="{shot["start"] * scale:.2f}" y="34" width="{wide:.2f}" '
            f'height="22"><title>Shot {number + 1}, {clock(shot["start"])}, {shot["transition"]}</title></rect></a>'
        )
        if shot["transition_end_frame"] > shot["transition_start_frame"]:
            first, last = (
                shot["start"] + (shot[key] - shot["start_frame"]) / document["fps"]
                for key in ("transition_start_frame", "transition_end_frame")
            )
            yield (
                f'<rect class=gradual fill="url(#hatch)" x="{first * scale:.2f}" y="34" '
                f'width="{max((last - first) * scale, 1):.2f}" height="22"/>'
            )


def _track(label: str, spans: Iterable[dict[str, Any]], y: int, wide: int, scale: float) -> str:
    marks = "".join(
        f'<rect class="mark" x="{one["start"] * scale:.2f}" y="{y + 4}" '
        f'width="{max((one["end"] - one["start"]) * scale, 1):.2f}" height="8">'
        f"<title>{escape(label)}, {clock(one['start'])} to {clock(one['end'])}</title></rect>"
        for one in spans
    )
    return f'{_label(label, y, wide)}<rect class="rail" x="0" y="{y + 4}" width="{wide}" height="8"/>{marks}'


def _levels(levels: dict[str, Any], y: int, wide: int, scale: float) -> str:
    """The loudest of each stretch of a pixel."""
    db = levels["db"]
    step = max(1, len(db) // wide)
    points = " ".join(
        f"{at * levels['step'] * scale:.1f},{y + 4 - max(max(db[at : at + step]), -60) * 0.6:.1f}"
        for at in range(0, len(db), step)
    )
    return f'{_label("Level, 0 to -60 dB", y, wide)}<polyline class=level points="{points}"/>'


def _axis(long: float, wide: int) -> str:
    """Ticks of whole seconds, minutes or hours, at most ten a screen, and lines down from them."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
    step = next((one for one in steps if long / one <= wide // 100), 28800)
    scale = wide / long
    parts = []
    for at in range(0, int(long) + 1, step):
        told = f"{at // 3600}:{at // 60 % 60:02}:{at % 60:02}"
        anchor = "" if at * scale < wide - 50 else ' text-anchor="end"'
        parts.append(
            f'<text class="tick" x="{at * scale + (3 if not anchor else -3):.2f}" y="10"{anchor}>{told}</text>'
        )
        parts.append(f'<line class="tick" x1="{at * scale:.2f}" x2="{at * scale:.2f}" y1="0" y2="100%"/>')
    return "".join(parts)


def _artwork(document: dict[str, Any]) -> str:
    figures = []
    for one in document["artwork"]:
        crop = one["crops"]["2:3"]
        x, y, wide, tall = crop["box"]
        frame = (
            f'<svg viewBox="0 0 {one["width"]} {one["height"]}" aria-hidden=true>'
            f'<rect class=crop x="{x}" y="{y}" width="{wide}" height="{tall}"/></svg>'
        )
        figures.append(
            f'<figure><div class=whole><img loading=lazy alt="Frame {one["frame"]}" src="{escape(one["file"])}">'
            f"{frame}</div><figcaption>{clock(one['time'])} · score {one['score']:.2f} · title "
            f"{crop['title']['ltr']} (left to right), {crop['title']['rtl']} (right to left)</figcaption></figure>"
        )
    return f"<div class=art dir=ltr>{''.join(figures)}</div>"


def _table(document: dict[str, Any], pictures: dict[int, str]) -> str:
    rows = []
    for number, shot in enumerate(document["shots"]):
        image = f'<img loading=lazy alt="" src="{escape(pictures[number])}">' if number in pictures else ""
        span = (
            f" ({shot['transition_start_frame']} to {shot['transition_end_frame']})"
            if shot["transition_end_frame"] > shot["transition_start_frame"]
            else ""
        )
        rows.append(
            f"<tr id=shot{number}><td>{number + 1}<td>{image}<td>{clock(shot['start'])}<td>{clock(shot['end'])}"
            f"<td>{shot['start_frame']}<td>{shot['end_frame']}<td>{shot['transition']}{span}"
        )
    head = "<th>Shot<th>Picture<th>Start<th>End<th>First frame<th>Frame after<th>Begins with"
    return f"<div class=table tabindex=0 role=region aria-label=Shots><table><thead><tr>{head}<tbody>{''.join(rows)}</table></div>"
