"""Which viewers a visitor may look through, by territory; kept until profiles are added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Lock

from crossreel.audience.event import Viewer
from crossreel.audience.event_log import ViewerStore
from crossreel.values.territory import Territory

__all__ = ["Profiles"]

_READ = 5000
"""Profiles looked at; a choice of a few needs no more."""
_PAGE = 1000
_VISITOR = "visitor"


class Profiles:
    """A few profiles of each territory, and the territories that have any.

    Args:
        viewers: where profiles are stored.
        each: how many are offered in one territory.
        state: tells cheaply when viewers may have changed; default is how many there are.
    """

    def __init__(
        self, viewers: ViewerStore, *, each: int = 8, state: Callable[[], object] | None = None
    ) -> None:
        self._viewers = viewers
        self._each = each
        self._state = state or viewers.count
        self._lock = Lock()
        self._known: object = None
        self._found: dict[Territory | None, list[Viewer]] = {}
        self._sizes: Counter[Territory] = Counter()
        self._simulated = False

    def in_territory(self, territory: Territory) -> tuple[Viewer, ...]:
        """Some profiles that live there; where nobody's home is known, some of all."""
        self._refresh()
        found = self._found.get(territory) or ([] if self._sizes else self._found.get(None, []))
        return tuple(found)

    def territories(self) -> tuple[Territory, ...]:
        """Where profiles live, by code; the 24 with the most if there are more."""
        self._refresh()
        return tuple(sorted(territory for territory, _ in self._sizes.most_common(24)))

    @property
    def simulated(self) -> bool:
        """Whether the audience that the rows rest on holds simulated viewers."""
        self._refresh()
        return self._simulated

    def state(self) -> object:
        """Another value whenever viewers may have changed."""
        return self._state()

    def _refresh(self) -> None:
        state = self._state()
        with self._lock:
            if state == self._known:
                return
            found: dict[Territory | None, list[Viewer]] = {}
            sizes: Counter[Territory] = Counter()
            after, read, simulated = "", 0, False
            while read < _READ and (page := self._viewers.page(after=after, limit=_PAGE)):
                simulated = simulated or any(viewer.simulated for viewer in page)
                for viewer in page:
                    if viewer.id.source == _VISITOR:
                        continue  # somebody's own; nobody else is offered it
                    kept = found.setdefault(viewer.territory, [])
                    if len(kept) < self._each:
                        kept.append(viewer)
                    if viewer.territory:
                        sizes[viewer.territory] += 1
                after, read = str(page[-1].id), read + len(page)
            self._found, self._sizes, self._simulated = found, sizes, simulated
            self._known = state
