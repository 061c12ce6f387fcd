"""Fixtures that every test may use."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Test processes already use every core: more threads in each would wait for one another, ten times as long.
# Set before numpy and torch are imported; tests of several threads ask for them by argument.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# Tests never assert seconds: machines under load are slow, and that is no failure. Continuous integration
# tries the same examples every time, so that a failure is the change's; elsewhere new ones are drawn.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("house")


ALONE = ("tests/browser/", "tests/recommend/spark/")
"""Folders whose tests share what is dear to start: one test process has all of one, and begins with it."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives test processes whole files, so that no two of them make the same module's fixtures.

    In place of ``--dist loadgroup``, whose marks no longer reach the scheduler (pytest 9.2, xdist 3.8).
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = next((one for one in ALONE if nodeid.startswith(one)), None)
            return folder or nodeid.partition("::")[0]

        def _assign_work_unit(self, node: Any) -> None:
            for folder in reversed(ALONE):
                if folder in self.workqueue:
                    self.workqueue.move_to_end(folder, last=False)
            super()._assign_work_unit(node)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that use it are marked ``shared``."""
    folder = Path(os.environ.get("CROSSREEL_SHARED_DATA", SHARED))
    if not folder.is_dir():
        pytest.skip("the folder of real data is not beside this checkout")
    return folder


def _install(package: str) -> None:
    """Installs Debian packages, one test process after the other."""
    with Path("/var/lock/crossreel-tests").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        for words in (("update",), ("install", "--yes", "--no-install-recommends", *package.split())):
            subprocess.run(["apt-get", "--quiet", *words], check=True, capture_output=True)


@pytest.fixture(scope="session")
def debian() -> Callable[..., str]:
    """Finds a program: ``debian("java", package="default-jre-headless")`` returns its path.

    An installed one is taken; else Debian's is installed when root; else the test fails with the command
    to run. Several names of one program may be
    given; ``file`` is a path (glob below ``/``) that must be there
    instead, for packages that bring data; then that path is returned.
    """

    def find(*names: str, package: str, file: str = "") -> str:
        def found() -> str | None:
            if file:
                return next((str(path) for path in Path("/").glob(file)), None)
            return next((path for name in names if (path := shutil.which(name))), None)

        path = found()
        if path is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
            _install(package)
            path = found()
        if path is None:
            pytest.fail(f"This test needs {file or names[0]}: apt-get update && apt-get install -y {package}")
        return path

    return find


@pytest.fixture(scope="session")
def pretrained() -> Callable[[str], Path]:
    """Gives the folder of a pretrained model by its name; each is pulled once a machine.

    They lie in the user's cache folder, or where ``CROSSREEL_MODELS_FOLDER`` says.
    """
    from crossreel.app import pretrained_models
    from crossreel.models.registry import card

    store = pretrained_models()
    return lambda name: store.pull(card(name))
