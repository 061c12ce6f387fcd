"""Where the house tests look: the files of this checkout, with or without git."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pytest

NOT_OURS = {"node_modules", "vendor", "build", "dist", "__pycache__"}


class House:
    """The checkout as the house tests walk it."""

    root = Path(__file__).resolve().parents[2]
    src = root / "src"
    package = src / "crossreel"

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Files that are in the repository or would be added to it; without git, all but hidden ones."""
        if (self.root / ".git").exists():
            command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
            listed = subprocess.run(command, cwd=self.root, capture_output=True, check=True).stdout
            found = [self.root / name for name in os.fsdecode(listed).split("\0") if name]
        else:
            found = [
                path
                for path in self.root.rglob("*")
                if not any(part.startswith(".") for part in path.relative_to(self.root).parts)
            ]
        return tuple(
            sorted(
                path
                for path in set(found)
                if path.is_file() and not NOT_OURS & set(path.relative_to(self.root).parts)
            )
        )

    def python_files(self, *folders: str) -> list[Path]:
        """The Python files under these folders of the checkout."""
        return [
            path
            for path in self.files
            if path.suffix == ".py" and path.relative_to(self.root).parts[0] in folders
        ]

    def parse(self, path: Path) -> ast.Module:
        """The syntax tree of a file."""
        return ast.parse(path.read_text(encoding="utf-8"), str(path))

    def module_name(self, path: Path) -> str:
        """The dotted name that a file of the package is imported by."""
        parts = path.relative_to(self.src).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The dotted name of every module of the package."""
        return tuple(self.module_name(path) for path in self.python_files("src"))

    def shown(self, path: Path) -> str:
        """A path as a message names it."""
        return path.relative_to(self.root).as_posix()

    def run_bare(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a script in a fresh interpreter that has only PATH and PYTHONPATH."""
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(self.src)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def house() -> House:
    """The checkout as the house tests walk it."""
    return House()
