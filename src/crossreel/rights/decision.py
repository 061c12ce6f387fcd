"""``Decision``: the answer about one title in one place, and its reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.window import FOREVER_END, Window

__all__ = ["Because", "Decision", "Question", "covering_windows", "decide"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Because:
    """One reason of a decision.

    Attributes:
        code: ``license-open``, or what is missing: ``not-yet-open``, ``ended``,
            ``language-not-licensed``, ``mode-not-licensed``, ``never-open-here``,
            ``territory-excluded``, ``territory-not-licensed``, ``no-license``.
        text: the reason in English, dates in the territory's own zone.
        license: id of the license it speaks of; None for ``no-license``.
        when: the instant it speaks of (the license's end, or its opening), UTC; None if there is none.
        title: the title that the license is written for: the title asked about, one of its records
            or a parent.
    """

    code: str
    text: str
    license: str | None = None
    when: datetime | None = None
    title: TitleId | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be shown, and why.

    Attributes:
        available: the answer.
        because: at least one reason. If available, every license that is open, the one that ends
            last first; if not, the nearest miss of each kind, nearest first.
        until: when it closes, back-to-back and overlapping licenses joined; None if it never does,
            or is closed.
        opens: when it opens next; None if it never does, or is open.
    """

    available: bool
    because: tuple[Because, ...]
    until: datetime | None
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """Is this title available there, this way, then, in that language version (None: in any)?"""

    title: TitleId
    territory: Territory
    mode: Mode
    at: datetime
    language: Language | None = None


def covering_windows(
    licenses: Iterable[License], territory: Territory, modes: Sequence[Mode], language: Language | None
) -> tuple[Window, ...]:
    """When these licenses together are open there, in any of the modes: the fewest windows."""
    return Window.union(
        window
        for license_ in licenses
        if territory in license_.where
        and any(mode in license_.modes for mode in modes)
        and (language is None or license_.covers_language(language))
        and (window := _window(license_, territory)) is not None
    )


def decide(question: Question, licenses: Sequence[License]) -> Decision:
    """Answers from the licenses of the title and its parents, all of them, in any order."""
    ask = question
    windows = covering_windows(licenses, ask.territory, (ask.mode,), ask.language)
    around = next((window for window in windows if ask.at in window), None)
    if around is None:
        opens = next((window.start for window in windows if window.start > ask.at), None)
        return Decision(False, _misses(ask, licenses), None, opens)
    reasons = [
        (window.end, _open_reason(ask, license_, window.end))
        for license_ in licenses
        if (window := _window(license_, ask.territory)) is not None
        and ask.at in window
        and not _gaps(ask, license_)
    ]
    reasons.sort(key=lambda pair: pair[0], reverse=True)
    until = None if around.end >= FOREVER_END else around.end
    return Decision(True, tuple(reason for _, reason in reasons), until, None)


def _window(license_: License, territory: Territory) -> Window | None:
    """The license's window there, or None where it is empty."""
    start, end = license_.start.opens(territory), license_.end.closes(territory)
    return Window(start, end) if start < end else None


def _gaps(ask: Question, license_: License) -> list[str]:
    """What the license lacks for the question, time aside; territory first."""
    gaps = []
    if ask.territory not in license_.where:
        named = ask.territory in license_.named
        gaps.append("territory-excluded" if named else "territory-not-licensed")
    if ask.mode not in license_.modes:
        gaps.append("mode-not-licensed")
    if ask.language is not None and not license_.covers_language(ask.language):
        gaps.append("language-not-licensed")
    return gaps


_NEARNESS = (
    "not-yet-open",
    "ended",
    "language-not-licensed",
    "mode-not-licensed",
    "never-open-here",
    "territory-excluded",
    "territory-not-licensed",
)


def _misses(ask: Question, licenses: Sequence[License]) -> tuple[Because, ...]:
    """The nearest license of each kind of miss; fewest gaps first, then by kind, then by time."""
    if not licenses:
        text = f"No license is written for {ask.title} or a parent of it, so it is closed everywhere."
        return (Because("no-license", text),)
    misses: list[tuple[int, int, timedelta, str, License, datetime | None]] = []
    for license_ in licenses:
        gaps = _gaps(ask, license_)
        late, distance, when = _timing(ask, license_)
        if late:
            gaps.append(late)
        misses.append((len(gaps), _NEARNESS.index(gaps[0]), distance, license_.id, license_, when))
    nearest: dict[int, Because] = {}
    for _, kind, _, _, license_, when in sorted(misses, key=lambda miss: miss[:4]):
        if kind not in nearest:
            nearest[kind] = _miss_reason(ask, license_, _NEARNESS[kind], when)
    return tuple(nearest.values())


def _timing(ask: Question, license_: License) -> tuple[str, timedelta, datetime | None]:
    """The miss in time ("" if it is open then), how far off, and the instant it opens or ended."""
    window = _window(license_, ask.territory)
    if window is None:
        return "never-open-here", timedelta.max, None
    if ask.at < window.start:
        return "not-yet-open", window.start - ask.at, window.start
    if ask.at >= window.end:
        return "ended", ask.at - window.end, window.end
    return "", timedelta(0), None


def _open_reason(ask: Question, license_: License, end: datetime) -> Because:
    forever = end >= FOREVER_END
    limit = "without an end" if forever else _last_moment(end, ask.territory)
    text = f"Open in {ask.territory} for {ask.mode} {limit}, by license {license_.id}{_of(ask, license_)}."
    return Because("license-open", text, license_.id, None if forever else end, license_.title)


def _miss_reason(ask: Question, license_: License, code: str, when: datetime | None) -> Because:
    where, by = ask.territory, f"license {license_.id}{_of(ask, license_)}"
    if code == "not-yet-open" and when is not None:
        text = f"Opens in {where} for {ask.mode} on {_moment(when, where)}, by {by}."
    elif code == "ended" and when is not None:
        text = f"Was open in {where} for {ask.mode} {_last_moment(when, where)}, by {by}; that is over."
    elif code == "language-not-licensed":
        versions = ", ".join(language.tag for language in license_.languages)
        text = f"The language version {ask.language} is not licensed in {where}: {by} covers {versions}."
    elif code == "mode-not-licensed":
        text = f"Not licensed for {ask.mode} in {where}: {by} allows {', '.join(license_.modes)}."
    elif code == "never-open-here":
        text = f"Never open in {where}: there, {by} ends before it starts."
    elif code == "territory-excluded":
        text = f"{where} is taken out of {by}, which excludes {_some(license_.excluded)}."
    else:
        text = f"Not licensed in {where}: {by} covers {_some(license_.territories)}."
    timed = when if code in {"not-yet-open", "ended"} else None
    return Because(code, text, license_.id, timed, license_.title)


def _of(ask: Question, license_: License) -> str:
    return "" if license_.title == ask.title else f" of {license_.title}"


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _moment(instant: datetime, territory: Territory) -> str:
    """``1 January 2027`` where it is a local midnight, else with the time and the zone."""
    local = instant.astimezone(territory.zone)
    day = f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
    if local.time() == time.min:
        return day
    clock = local.strftime("%H:%M:%S" if local.second or local.microsecond else "%H:%M")
    return f"{day}, {clock} ({territory.zone.key})"


def _last_moment(end: datetime, territory: Territory) -> str:
    """``through 31 December 2026`` where the end is a local midnight, else ``until`` that moment."""
    local = end.astimezone(territory.zone)
    if local.time() == time.min:
        day = (end - timedelta(microseconds=1)).astimezone(territory.zone).date()
        return f"through {day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"until {_moment(end, territory)}"
