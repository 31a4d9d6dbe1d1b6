"""Simulated officers hold their meetings and do their tasks over monitoring's real interface, and are never refused."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.monitoring.worker import WORKS
from services.simulate.case import Case
from services.simulate.work import ACTS
from services.simulate.work.meetings import convening, do_tasks, hold_meetings
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.shared.referrals import offers


class Colleague:
    """An officer's client, without a network; a refusal fails the test."""

    def __init__(self, app: Flask, office: str) -> None:
        self.app, self.office, self.officer = app, office, an_officer(Role.OFFICER, office=office)

    def get(self, path: str) -> Any:
        return self._send("GET", path)

    def every(self, path: str) -> Iterator[Any]:
        yield from self._send("GET", f"{path}?limit=200")["items"]

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("POST", path, body or {})

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.app.test_client().open(path, method=method, json=body, headers=bearer(self.officer))
        assert answer.status_code < 300, answer.text
        return answer.get_json()


@pytest.fixture
def clock_put_back() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


def expect(base: Database, count: int) -> list[UUID]:
    """Let so many stages wait for Bappeda's meeting."""
    given = [
        offers.offer(
            programme="pemberdayaan-kukar", stage="meeting", does="monitoring.meeting", agency="bappeda",
            office="bappeda-kukar", settings={"every": 3}, earlier={},
        )
        for _ in range(count)
    ]  # fmt: skip
    with base.transaction() as session:
        heard = [offers.heard(each, {}, by="monitoring") for each in given]
        hear_stages_offered(session, heard, works=by_kind(WORKS))
    return [each.referral_id for each in given]


def luck(*what: object) -> Random:
    return Random(str(what))


def test_bappeda_is_whom_the_programmes_ask_for_meetings() -> None:
    assert convening() == {"bappeda"}


def test_a_meeting_a_month_discusses_what_waits_and_tasks_get_finished(
    monitoring_db: Database, clock_put_back: None
) -> None:
    app, done = web_app("monitoring", monitoring_db), Counter[str]()
    app.testing = True
    for month in range(2):
        open_ones = expect(monitoring_db, 8)
        bappeda = Colleague(app, "bappeda-kukar")
        for referral in open_ones[:6]:  # the meeting itself takes on what nobody had
            bappeda.post(f"/monitoring/v1/bappeda/referrals/{referral}/accept")
        held = done["meetings"]
        for _ in range(6):
            bappeda, wakes = Colleague(app, "bappeda-kukar"), []
            for number, row in enumerate(list(bappeda.every("/monitoring/v1/bappeda/referrals")), 1):
                if row["state"] == "accepted":
                    path = f"/monitoring/v1/bappeda/referrals/{row['id']}"
                    case = Case(row, number, path, lambda _role, who=bappeda: who, luck)  # type: ignore[misc]
                    wakes.append(ACTS[row["kind"]](case))
            hold_meetings(bappeda, "bappeda", luck, done)  # type: ignore[arg-type]
            if done["meetings"] > held:
                break
            advance([monitoring_db], max(min(filter(None, wakes)) - clock.now(), timedelta()) + timedelta(minutes=1))
            with monitoring_db.reading():
                pass
        assert done["meetings"] == month + 1
    completed = [each for each in announced(monitoring_db) if isinstance(each, ReferralCompleted)]
    assert [each.outcome for each in completed] == ["discussed"] * 16
    assert sum(each.facts["decisions"] for each in completed) > 0
    for _ in range(3):
        do_tasks(Colleague(app, "bappeda-kukar"), "bappeda", luck, done)  # type: ignore[arg-type]
        advance([monitoring_db], timedelta(days=30))
        with monitoring_db.reading():
            pass
    assert done["tasks"] == sum(each.facts["decisions"] for each in completed)
