"""From ttconv's content document to our cues: times resolved, styles inherited, regions kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import ttconv.model as tt
from ttconv.style_properties import DisplayType, StyleProperties

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import FOREVER, Cue, Document, Region, Span, Style
from crossreel.localize.timedtext.readers.ttml_styles import inherited, style_texts
from crossreel.localize.timedtext.readers.ttml_text import TreeMaker
from crossreel.values.language import Language

if TYPE_CHECKING:
    from crossreel.localize.timedtext.readers.ttml import Marks

__all__ = ["Interval", "Walk", "clip"]

_MOST_STEPS = 2_000_000
"""Parts of a ``p`` times the moments at which it changes; more is refused."""

Interval = tuple[Fraction, Fraction | None]


def clip(begin: Fraction | None, end: Fraction | None, parent: Interval) -> Interval:
    """A relative interval made absolute and clipped to its parent's."""
    start = parent[0] + (begin or 0)
    stop = None if end is None else parent[0] + end
    if stop is None or (parent[1] is not None and parent[1] < stop):
        stop = parent[1]
    return start, stop


def covers(interval: Interval, moment: Fraction) -> bool:
    """Whether the half-open interval has the moment in it."""
    return interval[0] <= moment and (interval[1] is None or moment < interval[1])


@dataclass
class _State:
    """What holds for the content below an element."""

    interval: Interval
    region: Any
    style: Style
    displayed: list[tuple[Any, Interval]]


class Walk:
    """One reading of one ttconv document."""

    def __init__(self, model: Any, marks: Marks, own_ids: str) -> None:
        self.model = model
        self.marks = marks
        self.own_ids = own_ids
        self.regions = {region.get_id(): region for region in model.iter_regions()}
        self.variants: dict[tuple[str, Style], Region] = {}
        self.cues: list[Cue] = []

    def document(self, format: str, notes: tuple[str, ...]) -> Document:
        """The whole document."""
        for id, region in self.regions.items():
            self._region(id, style_texts(self.model, region.iter_styles(), region.get_style))
        body = self.model.get_body()
        if body is not None:
            self._visit(body, _State((Fraction(0), None), None, (), []))
        return Document(
            cues=tuple(self.cues),
            format=format,
            language=_language(self.model.get_lang()),
            regions=tuple(self.variants.values()),
            settings=tuple(self._settings()),
            notes=notes,
        )

    def _settings(self) -> Iterator[tuple[str, str]]:
        """Facts of the whole document, as the attributes of ``tt`` that carry them."""
        cells = self.model.get_cell_resolution()
        if (cells.columns, cells.rows) != (32, 15):
            yield "cellResolution", f"{cells.columns} {cells.rows}"
        pixels = self.model.get_px_resolution()
        if pixels is not None and (pixels.width, pixels.height) != (1920, 1080):
            yield "extent", f"{pixels.width}px {pixels.height}px"
        ratio = self.model.get_display_aspect_ratio()
        if ratio is not None:
            yield "displayAspectRatio", f"{ratio.numerator} {ratio.denominator}"
        area = self.model.get_active_area()
        if area is not None:
            parts = (area.left_offset, area.top_offset, area.width, area.height)
            yield "activeArea", " ".join(f"{part * 100:g}%" for part in parts)
        initials = dict(self.model.iter_initial_values())
        for name, value in style_texts(self.model, list(initials), initials.__getitem__):
            yield f"initial.{name}", value

    def _region(self, id: str, style: Style) -> str:
        """The id of our region for a TTML region in one state of its animation."""
        known = self.variants.get((id, style))
        if known is None:
            count = sum(1 for name, _ in self.variants if name == id)
            known = Region(f"{id}-{count}" if count else id, style=style)
            self.variants[id, style] = known
        return known.id

    def _visit(self, element: Any, state: _State) -> None:
        interval = clip(element.get_begin(), element.get_end(), state.interval)
        if interval[1] is not None and interval[1] <= interval[0]:
            return
        own_region = element.get_region()
        region = state.region if own_region is None else own_region  # a ttconv region is falsy
        displayed = [*state.displayed, (element, interval)]
        if isinstance(element, tt.P):
            self._paragraph(element, interval, region, state.style, displayed)
            return
        own = style_texts(self.model, element.iter_styles(), element.get_style)
        below = _State(interval, region, inherited(state.style, own), displayed)
        for child in element:
            self._visit(child, below)

    def _paragraph(
        self, p: Any, interval: Interval, region: Any, style: Style, chain: list[tuple[Any, Interval]]
    ) -> None:
        if region is not None:
            targets = [region]
        elif not self.regions:
            targets = [None]
        else:
            named = (element.get_region() for element in p.dfs_iterator() if element is not p)
            targets = list({part.get_id(): part for part in named if part is not None}.values())
        for target in targets:
            self._in_region(p, interval, target, region is None, style, chain)

    def _in_region(
        self,
        p: Any,
        interval: Interval,
        region: Any,
        unbound: bool,
        style: Style,
        chain: list[tuple[Any, Interval]],
    ) -> None:
        maker = TreeMaker(self.model, p, interval, region, unbound)
        outer = list(chain)
        if region is not None:
            life = clip(region.get_begin(), region.get_end(), (Fraction(0), None))
            outer.append((region, life))
            interval = (max(interval[0], life[0]), _earlier(interval[1], life[1]))
        moments = self._moments(outer, maker, interval)
        if len(moments) * max(1, len(maker.intervals)) > _MOST_STEPS:
            raise BadValue("TTML paragraph", len(moments), "one that changes less often", advice="Split it.")
        last: Cue | None = None
        for start, end in zip(moments, [*moments[1:], interval[1]], strict=False):
            cue = self._at(start, FOREVER if end is None else end, maker, outer, region, style)
            if cue is not None and last is not None and last.end == cue.start and _same(last, cue):
                last = replace(last, end=cue.end)
                self.cues[-1] = last
            elif cue is not None:
                self.cues.append(cue)
                last = cue

    def _moments(
        self, outer: list[tuple[Any, Interval]], maker: TreeMaker, interval: Interval
    ) -> list[Fraction]:
        """The moments inside the interval at which something may change, its start first."""
        if interval[1] is not None and interval[1] <= interval[0]:
            return []
        moments = {interval[0]}
        spans = list(maker.intervals.values())
        for element, life in (*outer, *maker.elements()):
            spans += [clip(step.begin, step.end, life) for step in element.iter_animation_steps()]
        for begin, end in spans:
            moments.add(begin)
            if end is not None:
                moments.add(end)
        inside = (m for m in moments if m >= interval[0] and (interval[1] is None or m < interval[1]))
        return sorted(inside)

    def _at(
        self,
        start: Fraction,
        end: Fraction,
        maker: TreeMaker,
        outer: list[tuple[Any, Interval]],
        region: Any,
        style: Style,
    ) -> Cue | None:
        for element, life in outer:
            display = maker.styles_at(element, life, start).get(StyleProperties.Display)
            if display is DisplayType.none:
                return None
        tree = maker.tree_at(start)
        if not tree:
            return None
        p = maker.paragraph
        id = p.get_id() or ""
        name = self.marks.speakers.get(id)
        if name:
            tree = (Span("v", tree, value=name),)
        found = maker.styles_at(p, maker.interval, start)
        return Cue(
            start,
            end,
            tree,
            "" if id.startswith(self.own_ids) else id,
            region=self._region_at(region, outer, maker, start),
            style=inherited(style, style_texts(self.model, found, found.__getitem__), last=True),
            language=_language(p.get_lang()) if p.get_lang() != self.model.get_lang() else None,
            forced=id in self.marks.forced,
        )

    def _region_at(
        self, region: Any, outer: list[tuple[Any, Interval]], maker: TreeMaker, moment: Fraction
    ) -> str:
        if region is None:
            return ""
        found = maker.styles_at(region, outer[-1][1], moment)
        return self._region(region.get_id(), style_texts(self.model, found, found.__getitem__))


def _earlier(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    if first is None or second is None:
        return first if second is None else second
    return min(first, second)


def _same(first: Cue, second: Cue) -> bool:
    return (first.tree, first.style, first.region, first.id) == (
        second.tree,
        second.style,
        second.region,
        second.id,
    )


def _language(tag: str) -> Language | None:
    try:
        return Language.parse(tag) if tag else None
    except BadValue:
        return None
