"""The description of the API run against it: schemathesis sends what it allows and what it forbids."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from crossreel.accounts.operator import Permission
from crossreel.web.api.assembly import describe_only

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
    unsupported_method,
]
EXAMPLES = int(os.environ.get("CROSSREEL_API_EXAMPLES", "3"))
"""Of each operation and mode; a longer search is asked for by the environment."""
OPERATIONS = [
    (method.upper(), path, mode)
    for path, operations in describe_only().openapi()["paths"].items()
    for method, operation in operations.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.keys() & {"parameters", "requestBody"}
]


@pytest.fixture(scope="module")
def caller(tmp_path_factory, open_workspace):
    desk = open_workspace(tmp_path_factory.mktemp("fuzzed") / "workspace")
    yield desk.caller(*Permission)
    desk.app.close()


@pytest.fixture(scope="module")
def api_schema(caller):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", caller.client.app)


@pytest.mark.parametrize(("method", "path", "mode"), OPERATIONS)
def test_the_api_keeps_to_its_description(caller, api_schema, method, path, mode):
    operation = api_schema[path][method]

    # Whatever a form field holds is sent as text, so that nothing of it is of a wrong type.
    checks = [check for check in CHECKS if path != "/imports" or check is not negative_data_rejection]

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def keep(case):
        case.call_and_validate(headers=caller.headers, checks=checks)

    keep()
