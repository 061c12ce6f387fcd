"""Every error Crossreel raises on purpose, in one tree.

::

    CrossreelError                    (code, data, advice)
    ├── BadInput                      the caller's data or words are wrong; nothing was changed
    │   ├── BadValue                  one value cannot be parsed (language, money, window, id ...)
    │   ├── BadFile                   a file cannot be read at all (empty, encoding, bomb, columns)
    │   ├── BadRows                   rows of a file were refused; carries every one of them
    │   ├── UnknownId                 no such title, viewer, model, license ...
    │   └── Conflict                  it contradicts what is stored (duplicate id, stale edit)
    ├── WrongUse                      the command or call itself makes no sense
    ├── Missing                       something that can be installed or made is not there
    │   ├── MissingExtra              an optional Python package
    │   ├── MissingProgram            a program of the system
    │   ├── MissingModel              nothing trained or pulled under that name
    │   └── MissingWorkspace          no workspace in this folder
    ├── OutsideFailure                a service that is not ours failed
    └── NotAllowed                    the person or token may not do this

Each class has a stable ``code`` (kebab-case, never renamed), keyword ``data`` that builds its
message, and ``advice``: one sentence that names the way out. Errors pickle, because jobs cross
processes. Exit codes (``crossreel.cli``) and web statuses (``crossreel.web``) are two tables over
this tree and are tested to be complete.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

__all__ = [
    "BadFile",
    "BadInput",
    "BadRows",
    "BadValue",
    "Conflict",
    "CrossreelError",
    "Missing",
    "MissingExtra",
    "MissingModel",
    "MissingProgram",
    "MissingWorkspace",
    "NotAllowed",
    "OutsideFailure",
    "RowProblem",
    "UnknownId",
    "WrongUse",
    "error_classes",
]


class CrossreelError(Exception):
    """Base of the tree; never raised itself.

    Args:
        message: what is wrong and where, one sentence.
        advice: the way out, one sentence; empty only where there is none.
        **data: the facts behind the message, JSON-serializable.
    """

    code: ClassVar[str] = "crossreel"

    def __init__(self, message: str, *, advice: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.data = data

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.advice, self.data)

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON: ``{"code", "message", "advice", ...data}``."""
        return {"code": self.code, "message": self.message, "advice": self.advice, **self.data}


def _rebuild(cls: type[CrossreelError], message: str, advice: str, data: dict[str, Any]) -> CrossreelError:
    error = cls.__new__(cls)
    CrossreelError.__init__(error, message, advice=advice, **data)
    return error


class BadInput(CrossreelError):
    """The caller's data or words are wrong; nothing was changed."""

    code = "bad-input"


class BadValue(BadInput):
    """One value cannot be parsed.

    Args:
        what: the field's standard name ("language", "territory", "start date").
        value: what was given, shortened to 80 characters.
        expected: what is accepted, in words.
    """

    code = "bad-value"

    def __init__(self, what: str, value: object, expected: str, *, advice: str = "") -> None:
        shown = repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
        super().__init__(
            f"The {what} must be {expected}; got {shown}.",
            advice=advice,
            what=what,
            value=shown,
            expected=expected,
        )


class BadFile(BadInput):
    """A file cannot be used at all.

    Args:
        path: the file as the caller named it.
        problem: what is wrong, a phrase ("is empty", "has no column 'viewer'").
        row: 1-based row (line) where it was seen, if there is one.
    """

    code = "bad-file"

    def __init__(self, path: object, problem: str, *, row: int | None = None, advice: str = "") -> None:
        place = f"{path}" if row is None else f"{path}, row {row}"
        super().__init__(f"{place}: {problem}.", advice=advice, path=str(path), problem=problem, row=row)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One refused row: file name, 1-based row (line) number, column (or ""), problem, raw text."""

    file: str
    row: int
    column: str
    problem: str
    text: str = ""

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}, row {self.row}{column}: {self.problem}"


class BadRows(BadInput):
    """Rows of a file were refused; every one of them is listed in ``problems``.

    Args:
        problems: all refused rows, in file order (at least one).
        advice: defaults to the ``--skip-bad`` way out.
    """

    code = "bad-rows"

    def __init__(self, problems: list[RowProblem], *, advice: str | None = None) -> None:
        self.problems = problems
        first = "; ".join(str(p) for p in problems[:3])
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        noun = "row is" if len(problems) == 1 else "rows are"
        super().__init__(
            f"{len(problems)} {noun} refused and nothing was changed: {first}{more}.",
            advice=(
                "Correct them, or import the rest with --skip-bad rows.csv." if advice is None else advice
            ),
            problems=[asdict(p) for p in problems[:1000]],
            count=len(problems),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_rows, (self.problems, self.advice)


def _rebuild_rows(problems: list[RowProblem], advice: str) -> BadRows:
    return BadRows(problems, advice=advice)


class UnknownId(BadInput):
    """Nothing is stored under that id.

    Args:
        what: the noun ("title", "viewer", "license").
        value: the id as given.
        near: ids that look alike, best first.
    """

    code = "unknown-id"

    def __init__(self, what: str, value: object, *, near: tuple[str, ...] = (), advice: str = "") -> None:
        hint = f"Did you mean {', '.join(near)}?" if near else ""
        super().__init__(
            f"There is no {what} {str(value)!r} in this workspace.",
            advice=advice or hint,
            what=what,
            value=str(value),
            near=list(near),
        )


class Conflict(BadInput):
    """It contradicts what is stored: a duplicate id with other content, a stale edit."""

    code = "conflict"


class WrongUse(CrossreelError):
    """The command or call itself makes no sense, whatever the data."""

    code = "wrong-use"


class Missing(CrossreelError):
    """Something that can be installed or made is not there; the advice says how."""

    code = "missing"


class MissingExtra(Missing):
    """An optional Python package is not installed.

    Args:
        package: the package as pip knows it.
        extra: the extra of ``crossreel`` that brings it.
    """

    code = "missing-extra"

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"This needs the Python package {package}, which is not installed.",
            advice=f"Install it with: pip install 'crossreel[{extra}]'.",
            package=package,
            extra=extra,
        )


class MissingProgram(Missing):
    """A program of the system is not installed."""

    code = "missing-program"


class MissingModel(Missing):
    """Nothing trained or pulled under that name."""

    code = "missing-model"


class MissingWorkspace(Missing):
    """There is no workspace in this folder."""

    code = "missing-workspace"


class OutsideFailure(CrossreelError):
    """A service that is not ours failed or answered nonsense."""

    code = "outside-failure"


class NotAllowed(CrossreelError):
    """The person or token may not do this."""

    code = "not-allowed"


def error_classes() -> list[type[CrossreelError]]:
    """Every class of the tree, parents before children (for the tables and the docs test)."""
    found: list[type[CrossreelError]] = [CrossreelError]
    for cls in found:
        found.extend(cls.__subclasses__())
    return found
