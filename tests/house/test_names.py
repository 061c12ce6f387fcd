"""Files say what they are, and they and their functions stay small enough to read."""

from __future__ import annotations

import ast

FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "service", "misc"}
MODULE_LINES = 400
FUNCTION_LINES = 100


def test_no_file_or_folder_has_an_empty_name(house):
    offenders = [
        house.shown(path)
        for path in house.files
        if path.relative_to(house.root).parts[0] in {"src", "tests"}
        and FORBIDDEN & {part.split(".")[0].lower() for part in path.relative_to(house.root).parts}
    ]
    assert not offenders, "name what these hold: " + ", ".join(offenders)


def test_modules_are_short_or_say_why_not(house):
    offenders = []
    for path in house.python_files("src", "tests"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        reason = ast.get_docstring(house.parse(path)) or ""
        if lines > MODULE_LINES and "lines" not in reason:
            offenders.append(f"{house.shown(path)} ({lines})")
    assert not offenders, (
        f"split these, or say in the docstring why they have more than {MODULE_LINES} lines: "
        + ", ".join(offenders)
    )


def test_functions_are_short(house):
    offenders = [
        f"{house.shown(path)}:{node.lineno} {node.name} ({length})"
        for path in house.python_files("src")
        for node in ast.walk(house.parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not offenders, f"more than {FUNCTION_LINES} lines: " + ", ".join(offenders)
