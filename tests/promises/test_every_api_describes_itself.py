"""Every service's description is valid OpenAPI 3.1, and says of each operation what it does and may answer."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from openapi_spec_validator import validate

from shared.kernel.settings import SERVICES

pytestmark = pytest.mark.slow


@pytest.fixture(params=SERVICES)
def description(request: pytest.FixtureRequest, home: Any) -> dict[str, Any]:
    """What a service says of its API."""
    app = import_module(f"services.{request.param}.app").create()
    found: dict[str, Any] = app.test_client().get(f"/{request.param}/v1/openapi.json").get_json()
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation by its method and address."""
    for address, methods in description["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {address}", operation


def test_it_is_valid(description: dict[str, Any]) -> None:
    validate(description)


def test_every_operation_says_in_a_line_what_it_does(description: dict[str, Any]) -> None:
    silent = [name for name, operation in operations(description) if not operation.get("summary")]
    assert silent == []


def test_every_operation_says_what_it_answers_when_all_is_well_and_that_errors_are_problems(
    description: dict[str, Any],
) -> None:
    for name, operation in operations(description):
        assert any(status.startswith(("2", "3")) for status in operation["responses"]), name
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}, name
