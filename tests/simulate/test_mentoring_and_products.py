"""The simulated officers of mentoring and products do their stages to the end and are never refused."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.simulate.case import Case
from services.simulate.work import ACTS
from services.training.worker import WORKS
from shared.events.intake import StageOffered
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.shared.referrals.offers import heard, offer
from tests.simulate.answers import well

pytestmark = pytest.mark.usefixtures("all_their_work")

LIST = "/training/v1/dinsos/referrals"


class Colleague:
    """An officer's client, without a network; a refusal fails the test."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        client.environ_base["HTTP_AUTHORIZATION"] = bearer(an_officer(Role.OFFICER))["Authorization"]

    def get(self, path: str) -> Any:
        return well(self.client.get(path))

    def post(self, path: str, body: Any = None) -> Any:
        return well(self.client.post(path, json=body or {}))

    def put(self, path: str, body: Any) -> Any:
        return well(self.client.put(path, json=body))


@pytest.fixture
def clock_put_back() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


def play(base: Database, *given: StageOffered, attempt: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """Let the officers act on these referrals until all are done; gives what was reported."""
    app = web_app("training", base)
    app.testing = True
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, {}) for each in given], works=by_kind(WORKS))
    open_ones = {str(each.referral_id): number for number, each in enumerate(given, 1)}
    Colleague(app.test_client()).post(f"{LIST}/accept", {"ids": list(open_ones)})
    for _ in range(40):
        somebody = Colleague(app.test_client())  # a token ends while months pass
        wakes = []
        for referral, number in list(open_ones.items()):
            row = somebody.get(f"{LIST}/{referral}") | {"attempt": attempt}
            case = Case(row, number, f"{LIST}/{referral}", lambda *_: somebody, lambda *what: Random(str(what)))  # type: ignore[arg-type,return-value]  # noqa: B023
            wake = ACTS[row["kind"]](case)
            if wake is None:
                del open_ones[referral]
            else:
                wakes.append(wake)
        if not open_ones:
            return [(each.outcome, each.facts) for each in announced(base) if isinstance(each, ReferralCompleted)]
        advance([base], max(min(wakes) - clock.now(), timedelta()) + timedelta(minutes=1))
    raise AssertionError("still open")


def test_cash_books_are_kept_for_their_term(training_db: Database, clock_put_back: None) -> None:
    settings = {"months": 3, "entries": 4}
    told = play(training_db, *(offer(does="training.mentoring", settings=settings) for _ in range(12)))
    assert {outcome for outcome, _ in told} == {"kept", "not-kept"}
    assert all(facts["months"] == 3 for outcome, facts in told if outcome == "kept")


@pytest.mark.parametrize("rung", ["made-to-order", "steady-production", "licence"])
def test_products_are_lifted_to_their_rung(training_db: Database, clock_put_back: None, rung: str) -> None:
    offers = [offer(does="training.products", settings={"rung": rung}) for _ in range(6)]
    outcomes = [outcome for outcome, _ in play(training_db, *offers)]
    assert outcomes.count("reached") > len(outcomes) / 2


def test_a_product_goes_on_where_an_earlier_stage_brought_it(training_db: Database, clock_put_back: None) -> None:
    subject = ids.new_id()
    for rung in ("brand", "licence", "brand"):
        stage = offer(does="training.products", settings={"rung": rung}, subject_id=subject)
        told = play(training_db, stage, attempt=2)
    assert [(outcome, facts["rung"]) for outcome, facts in told] == [
        ("reached", "brand"),
        ("reached", "licence"),
        ("reached", "licence"),
    ]


def test_the_same_course_for_the_same_woman_is_given_with_a_reason(training_db: Database, clock_put_back: None) -> None:
    subject = ids.new_id()
    for _ in range(2):
        told = play(training_db, offer(subject_id=subject), attempt=2)
    assert [outcome for outcome, _ in told] == ["attended", "attended"]
