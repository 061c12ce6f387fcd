"""What a module offers is there, and what everything rests on is documented."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from types import ModuleType

import crossreel

DOCUMENTED = ("crossreel.errors", "crossreel.values")


def offers(module: ModuleType, name: str) -> bool:
    """Whether the name is there; a lazy one whose module does not import is not."""
    try:
        return hasattr(module, name)
    except ImportError:
        return False


def test_every_exported_name_exists(house):
    offenders = []
    for name in house.modules:
        try:
            module = importlib.import_module(name)
        except ImportError as error:  # told in full by test_imports; here it must not hide the others
            offenders.append(f"{name} (does not import: {error})")
            continue
        exported = list(getattr(module, "__all__", ()))
        offenders += [f"{name}.{missing}" for missing in exported if not offers(module, missing)]
        offenders += [f"{name}.{twice} (twice)" for twice in set(exported) if exported.count(twice) > 1]
    assert not offenders, ", ".join(offenders)


def test_the_front_door_opens_every_name():
    assert sorted(crossreel.__all__) == dir(crossreel)
    for name in crossreel.__all__:
        assert getattr(crossreel, name) is not None


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Public classes and functions of a module, and the public methods of those classes."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_"):
                continue
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.")


def test_values_and_errors_are_documented(house):
    offenders = []
    for path in house.python_files("src"):
        name = house.module_name(path)
        if not name.startswith(DOCUMENTED):
            continue
        tree = house.parse(path)
        assert ast.get_docstring(tree), name
        offenders += [f"{name}.{where}" for where, node in public(tree.body) if not ast.get_docstring(node)]
    assert not offenders, "say what these do: " + ", ".join(offenders)


def test_every_module_has_a_docstring(house):
    offenders = [house.shown(p) for p in house.python_files("src") if not ast.get_docstring(house.parse(p))]
    assert not offenders, ", ".join(offenders)
