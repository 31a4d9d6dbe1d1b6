"""What simulated officers are told by an app without a network."""

from typing import Any

import httpx
from werkzeug.test import TestResponse

from services.simulate.case import ASKED_WHY
from services.simulate.client import Refused


def well(answer: TestResponse) -> Any:
    """What was answered; only the question why is asked back, as their own client does it. All else fails the test."""
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY and answer.get_json()["code"] == ASKED_WHY:
        raise Refused("POST", answer.request.path, httpx.Response(answer.status_code, json=answer.get_json()))
    assert answer.status_code < 400, answer.text
    return answer.get_json()
