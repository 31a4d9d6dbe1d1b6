"""Simulated officers assess and recruit over intake's real interface, and are never refused."""

from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from services.intake.recruitment.models import Recruit
from services.intake.worker import INTAKE
from services.simulate.case import Case
from services.simulate.chance import Chance
from services.simulate.work import ACTS
from shared.events.intake import StageOffered
from shared.events.referrals import ReferralCompleted
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.programmes import library
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.intake.people import register
from tests.intake.recruitment.growing import OFFICER, ROLES, Growth, growing
from tests.shared.referrals import offers

NEEDS = ["skills", "business", "cooperative", "work", "market"]


class Colleague:
    """An officer who asks the app itself; a refusal fails the test."""

    def __init__(self, app: Flask, officer: Officer) -> None:
        self.app, self.officer = app, officer

    def get(self, path: str) -> Any:
        return self._send("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("POST", path, body or {})

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.app.test_client().open(path, method=method, json=body, headers=bearer(self.officer))
        assert answer.status_code < 300, answer.text
        return answer.get_json()


def case_of(app: Flask, officer: Officer, referral: UUID, seed: int) -> Case:
    path = f"/intake/v1/{officer.agency}/referrals/{referral}"
    colleague = Colleague(app, officer)
    row = colleague.get(path)

    def draw(*what: object) -> Random:
        return Chance(seed).of(*what)

    return Case(row, 1, path, lambda _role: colleague, draw)


@pytest.fixture
def growth(intake_db: Database, monkeypatch: pytest.MonkeyPatch) -> Growth:
    own, known = growing(), library.published
    monkeypatch.setattr(library, "published", lambda: {**known(), own.key: own})
    return Growth(web_app("intake", intake_db), intake_db)


def test_every_interview_is_closed_with_what_was_found(intake_db: Database) -> None:
    app, officer = web_app("intake", intake_db), an_officer(Role.OFFICER, office="dp3a-kukar")
    ends = []
    for seed in range(12):
        with intake_db.transaction() as session:
            (woman,) = register(session)
        offered = offers.offer(
            stage="assessment", does="intake.assessment", subject_id=woman, agency="dp3a", office="dp3a-kukar",
            programme="pemberdayaan-kukar", settings={"needs": NEEDS}, earlier={},
        )  # fmt: skip
        with intake_db.transaction() as session:
            INTAKE.hears[StageOffered].run(session, [offers.heard(offered, {}, by="intake")])
        Colleague(app, officer).post(f"/intake/v1/dp3a/referrals/{offered.referral_id}/accept")
        visits = 1
        while ACTS["intake.assessment"](case_of(app, officer, offered.referral_id, seed)) is not None:
            visits += 1
        assert visits <= 2
        last = announced(intake_db)[-1]
        assert isinstance(last, ReferralCompleted)
        ends.append((last.outcome, len(last.facts["needs"])))
    assert {outcome for outcome, _ in ends} >= {"assessed"}
    assert len({count for _, count in ends}) > 2


def test_a_group_brings_others_and_those_bring_nobody_so_that_a_simulation_ends(growth: Growth) -> None:
    first = growth.women(3)
    growth.women(9)
    parent = growth.set_out(growth.group(first))
    _recruit(growth, parent, first)
    children = growth.spawned_of(parent)
    assert children
    for child in children:
        _recruit(growth, child.id, _members(growth, child.subject_id))
        assert growth.spawned_of(child.id) == []
    with growth.database.reading() as session:
        assert 3 <= len(session.scalars(select(Recruit)).all()) <= 6


def _recruit(growth: Growth, journey: UUID, people: list[UUID]) -> None:
    growth.do(journey, "verification", {"registry": {}})
    chosen = [{"person_id": str(each), "role": role.value} for each, role in zip(people, ROLES, strict=True)]
    growth.do(journey, "formation", {"members": chosen, "berita_acara": "BA-2", "deliberated_on": "2023-05-02"})
    referral = growth.journey(journey).state["stages"]["recruitment"]["referral"]
    growth.call("POST", f"{referral}/accept", {})
    assert ACTS["intake.recruitment"](case_of(growth.app, OFFICER, referral, 1)) is None
    growth.hear()


def _members(growth: Growth, group: UUID) -> list[UUID]:
    shown = Colleague(growth.app, OFFICER).get(f"/intake/v1/dinsos/groups/{group}")
    return [UUID(each["person_id"]) for each in shown["members"]]
