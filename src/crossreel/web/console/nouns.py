"""What a page of the console brings along: its place in the rail, its addresses, its commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from crossreel.accounts.operator import Permission

if TYPE_CHECKING:
    from crossreel.web.console.sitting import Sitting

__all__ = ["ROOT", "Command", "Noun"]

ROOT = "/console"
"""Where the console is mounted."""


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the command palette: what it does and where it leads."""

    label: str
    url: str
    also: str = ""
    """Other words that find it."""
    needs: Permission = Permission.READ


@dataclass(frozen=True)
class Noun:
    """One entry of the rail.

    Attributes:
        key: names it, and its icon in ``icons.html``.
        label: what the rail says (marked with ``M_``).
        path: of its first page, under ``ROOT``.
        routes: all its addresses, under ``ROOT``.
        commands: its lines of the command palette; labels are marked with ``M_``.
        needs: who sees it.
    """

    key: str
    label: str
    path: str
    routes: Sequence[BaseRoute]
    commands: Sequence[Command] | Callable[[Sitting], Sequence[Command]] = ()
    needs: Permission = Permission.READ

    @property
    def url(self) -> str:
        """The address of its first page."""
        return ROOT + self.path

    def commands_for(self, sitting: Sitting) -> list[Command]:
        """What this operator may do here."""
        found = self.commands(sitting) if callable(self.commands) else self.commands
        return [command for command in found if sitting.may(command.needs)]
