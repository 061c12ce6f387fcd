"""The tree of errors: complete, drawn, stable and able to cross processes."""

from __future__ import annotations

import json
import pickle
import re

import pytest

from crossreel import errors
from crossreel.errors import (
    BadFile,
    BadInput,
    BadRows,
    BadValue,
    Conflict,
    CrossreelError,
    Missing,
    MissingExtra,
    MissingModel,
    MissingProgram,
    MissingWorkspace,
    NotAllowed,
    OutsideFailure,
    RowProblem,
    UnknownId,
    WrongUse,
    error_classes,
)

PROBLEMS = [
    RowProblem("ratings.csv", row, "rating", "11 is above 10", f"1,{row},11") for row in range(2, 1502)
]

SAMPLES: list[CrossreelError] = [
    *(
        plain("It broke here.", advice="Mend it.", place="here", count=3)
        for plain in (
            CrossreelError,
            BadInput,
            Conflict,
            WrongUse,
            Missing,
            MissingProgram,
            MissingModel,
            MissingWorkspace,
            OutsideFailure,
            NotAllowed,
        )
    ),
    BadValue("language", "qqqq", "a BCP 47 tag", advice="Try en."),
    BadValue("title", "x" * 500, "short"),
    BadFile("movies.csv", "has no column 'title'", row=1, advice="Add it."),
    BadFile("movies.csv", "is empty"),
    BadRows(PROBLEMS[:1]),
    BadRows(PROBLEMS, advice="Look at them."),
    BadRows(PROBLEMS[:4], advice=""),
    UnknownId("title", "ml:1", near=("ml:10", "ml:11")),
    UnknownId("viewer", "ml:1", advice="Import the audience first."),
    MissingExtra("torch", "deep"),
]
FAMILY = [cls for cls in error_classes() if cls.__module__ == errors.__name__]


def drawn_tree() -> dict[str, str]:
    """Class -> parent, as the module's docstring draws them."""
    parents: dict[str, str] = {}
    branch: list[str] = []
    for line in errors.__doc__.splitlines():
        found = re.match(r"    ((?:│   |    )*)(├── |└── )?([A-Z]\w+)\b", line)
        if found:
            depth = len(found[1]) // 4 + bool(found[2])
            branch[depth:] = [found[3]]
            parents[found[3]] = branch[depth - 1] if depth else "Exception"
    return parents


def test_there_is_a_sample_of_every_class():
    assert {type(error) for error in SAMPLES} == set(FAMILY)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_errors_cross_processes_whole(error):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert again.__dict__ == error.__dict__
        assert again.args == error.args
        assert again.to_dict() == error.to_dict()


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_errors_are_json_with_their_data(error):
    shown = json.loads(json.dumps(error.to_dict()))
    assert shown["code"] == error.code
    assert shown["message"] == error.message
    assert shown["advice"] == error.advice
    assert set(error.data) <= set(shown)
    assert str(error).startswith(error.message)
    assert str(error).endswith(error.advice)


def test_refused_rows_are_all_carried():
    error = pickle.loads(pickle.dumps(BadRows(PROBLEMS)))
    assert error.problems == PROBLEMS
    assert error.data["count"] == len(PROBLEMS)
    assert "and 1497 more" in error.message
    assert "--skip-bad" in error.advice


def test_long_values_are_shortened():
    assert len(BadValue("title", "x" * 500, "short").data["value"]) == 80


def test_codes_are_unique_kebab_case_and_the_class_names():
    codes = [cls.code for cls in FAMILY]
    assert len(set(codes)) == len(codes)
    for cls in FAMILY:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cls.code)
        assert "code" in vars(cls)
        words = re.findall("[A-Z][a-z]+", cls.__name__.removesuffix("Error"))
        assert cls.code == "-".join(words).lower()


def test_the_docstring_draws_every_class_under_its_parent():
    assert drawn_tree() == {cls.__name__: cls.__base__.__name__ for cls in FAMILY}


def test_parents_come_before_children():
    classes = error_classes()
    assert classes[0] is CrossreelError
    assert all(classes.index(cls.__base__) < classes.index(cls) for cls in classes[1:])
    assert len(set(classes)) == len(classes)


def test_every_class_is_exported():
    assert {cls.__name__ for cls in FAMILY} | {"RowProblem", "error_classes"} == set(errors.__all__)
