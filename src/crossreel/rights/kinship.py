"""Which record is which merged title, and which title hangs under which."""

from __future__ import annotations

from collections.abc import Mapping

from crossreel.errors import Conflict
from crossreel.values.ids import TitleId

__all__ = ["Kinship"]


class Kinship:
    """Which record is which merged title, and which title hangs under which.

    Args:
        family: child -> parent; either may be a record's id or a merged title's.
        aliases: record id -> merged title id; an id that is absent stands for itself.

    Raises:
        Conflict: the family has a cycle, as nothing can be licensed through that.
    """

    def __init__(self, family: Mapping[TitleId, TitleId], aliases: Mapping[TitleId, TitleId]) -> None:
        self._aliases = dict(aliases)
        self._parents: dict[TitleId, TitleId] = {}
        # What a merged title says of its parent goes before what its records say, by id.
        for child in sorted(family, key=lambda id_: (self.merged(id_) != id_, id_)):
            self._parents.setdefault(self.merged(child), self.merged(family[child]))
        self._refuse_cycles()

    def merged(self, title: TitleId) -> TitleId:
        """The merged title that an id stands for."""
        return self._aliases.get(title, title)

    def line(self, title: TitleId) -> tuple[TitleId, ...]:
        """The merged title, then its parent, grandparent and so on."""
        found = [self.merged(title)]
        while (parent := self._parents.get(found[-1])) is not None:
            found.append(parent)
        return tuple(found)

    def _refuse_cycles(self) -> None:
        sound: set[TitleId] = set()
        for child in self._parents:
            path: dict[TitleId, None] = {}
            here: TitleId | None = child
            while here is not None and here not in sound:
                if here in path:
                    raise _cycle([*path][[*path].index(here) :])
                path[here] = None
                here = self._parents.get(here)
            sound.update(path)


def _cycle(ring: list[TitleId]) -> Conflict:
    names = [str(id_) for id_ in ring]
    return Conflict(
        f"These titles are parents of one another: {' -> '.join([*names, names[0]])}.",
        advice="Correct the parent of one of them in the catalog; until then nothing is open.",
        titles=names,
    )
