"""The command line: ``crossreel NOUN VERB``; one file a noun, and no logic of its own."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code; errors are told on stderr (and in the JSON).

    Args:
        arguments: the words after ``crossreel``; default is the process's own.
    """
    from crossreel.cli.commands import commands
    from crossreel.cli.exit_codes import exit_code
    from crossreel.cli.terminal import announce, emit
    from crossreel.errors import CrossreelError

    words = sys.argv[1:] if arguments is None else arguments
    try:
        commands()(words, prog_name="crossreel")
    except CrossreelError as error:
        announce(f"crossreel: {error}")
        if "--json" in words:
            emit({"error": error.to_dict()}, True, lambda: None)
        return exit_code(error)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    return 0


def run() -> None:
    """The console script: runs ``main`` and leaves with its code."""
    sys.exit(main())
