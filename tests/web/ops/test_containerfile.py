"""The Containerfile's own lines, run as a script: no container engine is needed to know that they work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[3]


def lines() -> list[tuple[str, str]]:
    """Instruction and the rest of each line."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found = [line.partition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in found]


def only(word: str) -> str:
    (found,) = [rest for instruction, rest in lines() if instruction == word]
    return found


def test_nobody_runs_as_root_and_data_are_outside():
    assert not only("USER").startswith(("0", "root"))
    assert only("VOLUME") == "/data"
    assert "CROSSREEL_HOME=/data/" in only("ENV")
    assert only("EXPOSE") == "8420"
    assert len(lines()) <= 12


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A Python of its own that finds this one's packages, and nothing of the network."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    here = sysconfig.get_paths()["purelib"]
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    # Packages of this installation, but not its link to the source.
    (site / "here.pth").write_text(here + "\n", encoding="utf-8")
    (site / "sitecustomize.py").write_text(
        f"import sys; sys.path[:] = [p for p in sys.path if p != {str(ROOT / 'src')!r}]\n", encoding="utf-8"
    )
    path = f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CROSSREEL"))}
    return {
        **kept,
        "PATH": path,
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def test_its_lines_make_a_server_that_is_healthy(tmp_path: Path, environment: dict[str, str]):
    root = tmp_path / "root"
    (root / "tmp").mkdir(parents=True)

    def inside(text: str) -> str:
        """Paths of the image as paths of this test."""
        return re.sub(r"(?<![\w.:/])/(tmp|data)\b", lambda found: f"{root}/{found[1]}", text)

    source = tmp_path / "source"
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(".*", "node_modules", "tests", "dist", "artifacts", "benchmarks"),
    )
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    copied, target = only("COPY").split()
    destination = Path(inside(target))
    destination.mkdir(parents=True)
    for wheel in source.glob(copied):
        shutil.copy(wheel, destination)
    for instruction, rest in lines():
        if instruction == "RUN":
            done = subprocess.run(
                inside(rest),
                shell=True,
                cwd=root,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    variables = dict(pair.split("=", 1) for pair in shlex.split(inside(only("ENV"))))
    environment = {**environment, **variables, "CROSSREEL_WEB_HOST": "127.0.0.1", "CROSSREEL_WEB_PORT": "0"}
    server = subprocess.Popen(
        json.loads(only("CMD")), cwd=root, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = re.search(r"http://[\d.:]+", line)
        assert address, line + (server.stderr.read() if server.wait(60) else "")
        with urlopen(f"{address[0]}/ready") as answer:
            assert json.load(answer)["status"] == "ready"
        check = json.loads(only("HEALTHCHECK").removeprefix("CMD "))
        check[-1] = check[-1].replace("http://127.0.0.1:8420", address[0])
        assert subprocess.run(check, env=environment, check=False).returncode == 0
        assert (root / "data" / "workspace" / "crossreel.sqlite3").is_file()
        assert only("STOPSIGNAL") == "SIGTERM"
        server.terminate()
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.wait()
        assert server.stderr is not None
        server.stderr.close()
