"""Importing needs no network, no environment and no optional library, and the front door is light."""

from __future__ import annotations

import json

import pytest

OPTIONAL = ["torch", "pyspark", "onnxruntime", "ctranslate2", "av", "pandas", "pyarrow", "lightgbm", "numba"]
HOMES = ("crossreel.recommend.deep.networks.",)
"""Where an optional library lives: these modules are imported only by those who have found it there."""
HEAVY = ["numpy", "scipy", "sqlalchemy", "duckdb", "fastapi", "starlette", "torch"]

IMPORT_ALL = """
import importlib, json, socket, sys, traceback

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is optional and blocked by this test", name=name)

def refuse(*args, **kwargs):
    raise OSError("importing must not touch the network")

modules, blocked = json.loads(sys.argv[1])
sys.meta_path.insert(0, Blocked())
socket.socket.__init__ = refuse
socket.socket.connect = refuse
for name in ("create_connection", "getaddrinfo", "gethostbyname", "socketpair", "fromfd"):
    setattr(socket, name, refuse)
failures = {}
for name in modules:
    try:
        importlib.import_module(name)
    except BaseException:
        failures[name] = traceback.format_exc(limit=-3)
leaked = [name for name in blocked if name in sys.modules]
print(json.dumps({"failures": failures, "leaked": leaked}))
"""

IMPORT_FRONT_DOOR = """
import json, sys
import crossreel
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture(scope="module")
def imported(house):
    """What happened when every module was imported in one bare process."""
    modules = [name for name in house.modules if not name.startswith(HOMES)]
    done = house.run_bare(IMPORT_ALL, json.dumps([modules, OPTIONAL]))
    assert done.returncode == 0, done.stderr
    return done


def test_every_module_imports_alone(imported):
    found = json.loads(imported.stdout.splitlines()[-1])
    assert not found["failures"], "\n".join(f"{name}:\n{why}" for name, why in found["failures"].items())
    assert not found["leaked"]


def test_importing_prints_nothing(imported):
    assert len(imported.stdout.splitlines()) == 1, imported.stdout
    assert not imported.stderr


def test_the_front_door_is_light(house):
    done = house.run_bare(IMPORT_FRONT_DOOR)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert not loaded & set(HEAVY)
    assert "crossreel" in loaded
