"""The command line: ``crossreel NOUN VERB``; one file a noun, and no logic of its own."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code; errors are told on stderr (and in the JSON).

    Args:
        arguments: the words after ``crossreel``; default is the process's own.
    """
    import typer
    from typer.exceptions import TyperException

    from crossreel.cli.commands import commands
    from crossreel.cli.exit_codes import exit_code
    from crossreel.cli.terminal import announce, emit
    from crossreel.errors import CrossreelError, WrongUse

    words = sys.argv[1:] if arguments is None else arguments

    def fail(error: CrossreelError) -> int:
        if "--json" in words:
            emit({"error": error.to_dict()}, True, lambda: None)
        return exit_code(error)

    try:
        code = commands()(words, prog_name="crossreel", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except CrossreelError as error:
        announce(f"crossreel: {error}")
        return fail(error)
    except (typer.Abort, KeyboardInterrupt):
        announce("crossreel: stopped")
        return 130
    except TyperException as error:  # what the command line itself finds wrong with the words
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if hasattr(error, "show"):
            error.show()
        else:
            announce(f"crossreel: {message}")
        return fail(WrongUse(message, advice="See: crossreel --help."))


def run() -> None:
    """The console script: runs ``main`` and leaves with its code."""
    sys.exit(main())
