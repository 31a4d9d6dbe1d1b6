"""Runs the worked examples of a programme: facts that must get a decision, and reports that must lead to an end."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any
from uuid import UUID

from shared.identity.rules import AGENCIES
from shared.kernel.errors import DomainError
from shared.programmes import eligibility, engine
from shared.programmes.definition import Example, Programme, SubjectKind
from shared.programmes.engine import Answer
from shared.programmes.state import OUT

GIVEN = {"person", "members", "reports"}
EXPECTED = {"eligible", "because", "missing", "ends", "waits_for"}
MOST_MEMBERS = 1_000
REFUSES = "refuses"
"""Beside `reports`: the agencies to which she does not consent; to every other one she does."""


def complaints(programme: Programme, example: Example) -> list[str]:
    """What differs between what an example expects and what the programme does; nothing when it holds."""
    strange = sorted(
        (set(example.given) - GIVEN - ({REFUSES} if "reports" in example.given else set()))
        | (set(example.expect) - EXPECTED)
    )
    if strange:
        return [f"{', '.join(strange)} is not known in an example"]
    try:
        if "reports" in example.given:
            got: Mapping[str, Any] = _follow(programme, example.given["reports"], example.given.get(REFUSES, ()))
        else:
            got = _decide(programme, example.given)
    except DomainError as failed:
        return [failed.message("en").rstrip(".")]
    except (TypeError, ValueError, KeyError, AttributeError) as failed:
        return [f"it cannot be read ({failed})"]
    return list(_differences(example.expect, got))


def _differences(expected: Mapping[str, Any], got: Mapping[str, Any]) -> Iterable[str]:
    for name, value in expected.items():
        found = got.get(name)
        if found != value and not (isinstance(found, list) and value in found):
            yield f"{name} should be {_said(value)}, but is {_said(found)}"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return {True: "true", False: "false", None: "nothing"}.get(value, str(value))


def _decide(programme: Programme, given: Mapping[str, Any]) -> dict[str, Any]:
    if programme.subject.kind is SubjectKind.PERSON:
        decision = eligibility.decide(programme, given["person"])
    else:
        decision = eligibility.decide(programme, list(_members(given["members"])))
    missing = [failure.missing for failure in decision.failures if failure.missing]
    return {"eligible": decision.eligible, "because": list(decision.failed), "missing": missing}


def _members(given: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for member in given:
        facts = dict(member)
        times = facts.pop("times", 1)
        if not 0 <= times <= MOST_MEMBERS:
            raise ValueError(f"times is at most {MOST_MEMBERS}")
        for _ in range(times):
            yield facts


def _follow(programme: Programme, reports: Iterable[Mapping[str, Any]], refuses: Iterable[str]) -> dict[str, Any]:
    numbers = count(1)
    consents = {**dict.fromkeys(AGENCIES, Answer.GIVEN), **dict.fromkeys(refuses, Answer.REFUSED)}

    def naming() -> UUID:
        return UUID(int=next(numbers))

    journey = engine.start(programme, naming, consents).journey
    for report in reports:
        ((stage, said),) = report.items()
        facts = dict(said) if isinstance(said, Mapping) else {"outcome": said}
        outcome = facts.pop("outcome")
        if journey.ended or stage not in journey.standing(*OUT):
            raise ValueError(f"{stage} is not waiting for a report")
        referral = UUID(journey.stages[stage].referral)
        report_of = engine.Completed(stage, referral, outcome, facts)
        journey = engine.advance(programme, journey, report_of, naming, consents).journey
    if journey.ended:
        return {"ends": journey.ended[0], "because": journey.ended[1], "waits_for": []}
    return {"ends": None, "waits_for": journey.standing(*OUT)}
