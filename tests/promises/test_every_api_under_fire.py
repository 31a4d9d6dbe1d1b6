"""Every operation of every API, asked with what its description lets one make up, answers as that description says."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel.settings import SERVICES
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import an_officer, bearer

pytestmark = pytest.mark.slow

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
NOT_LET_IN = {401, 403}
CAREFUL = settings(
    max_examples=3, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck), stateful_step_count=10,
)  # fmt: skip
"""So few of each operation and each way of making data up that all four services take less than a minute; always the
same, so that nobody wonders."""


@pytest.fixture(params=SERVICES)
def app(request: pytest.FixtureRequest, databases: dict[str, Database]) -> Flask:
    """The web app of one service."""
    return web_app(request.param, databases[request.param])


@pytest.fixture
def described(app: Flask) -> Any:
    """What a service says of its API, without made-up credentials: nobody but officers is asked about here."""
    schema = schemathesis.openapi.from_wsgi(f"/{app.name}/v1/openapi.json", app)
    schema.config.generation.update(with_security_parameters=False)
    return schema


def somebody_of_each_agency() -> dict[str, dict[str, str]]:
    """For each kind of agency the header of somebody there who has every role."""
    first = {each.agency: each for each in reversed(offices.all_offices().values())}
    return {agency: bearer(an_officer(*Role, office=first[agency].id)) for agency in sorted(first)}


def test_what_can_be_made_up_is_answered_as_described(described: Any) -> None:
    somebody = somebody_of_each_agency()
    wrong: dict[str, str] = {}
    answered: Counter[int] = Counter()
    for found in described.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            for agency, headers in somebody.items():
                statuses = ask(operation, mode, agency, headers, wrong)
                answered.update(statuses)
                if not statuses or not set(statuses) <= NOT_LET_IN:
                    break
    assert wrong == {}
    assert answered.keys() >= {200, 404, 422}


def ask(operation: Any, mode: GenerationMode, agency: str, headers: dict[str, str], wrong: dict[str, str]) -> list[int]:
    """Ask one operation a few times; notes what was wrong, and returns what was answered."""
    statuses: list[int] = []

    @CAREFUL
    @given(operation.as_strategy(mode, path_parameters={"agency": agency} if "{agency}" in operation.path else None))
    def asked(case: Any) -> None:
        try:
            answer = case.call(headers=headers)
            statuses.append(answer.status_code)
            case.validate_response(answer, CHECKS, headers=headers)
        except FailureGroup as failed:
            for each in failed.exceptions:
                wrong.setdefault(f"{operation.label}: {each}", case.as_curl_command())
        except Exception as failed:  # noqa: BLE001 (what the app let through is what we look for)
            wrong.setdefault(f"{operation.label}: {failed!r}", case.as_curl_command())

    with suppress(Unsatisfiable):  # nothing of it can be made up wrongly
        asked()
    return statuses


def test_what_one_answer_leads_to_is_answered_as_described(described: Any) -> None:
    headers = somebody_of_each_agency()["dinsos"]

    class Machine(described.as_state_machine()):  # type: ignore[misc]
        """Goes from one operation to those that take what it answered."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            """As an officer of Dinas Sosial."""
            if "agency" in (case.path_parameters or {}):
                case.path_parameters["agency"] = "dinsos"
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            """As every operation is held to."""
            case.validate_response(response, CHECKS, headers=headers)

    run_state_machine_as_test(Machine, settings=CAREFUL)
