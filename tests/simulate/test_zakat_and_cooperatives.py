"""The simulated officers of Baznas and of cooperatives do their stages to the end and are never refused."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.operate import audit
from services.simulate.case import Case
from services.simulate.repayments import book_repayments
from services.simulate.work import ACTS
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.grants.lender import Lender, somebody_of

pytestmark = pytest.mark.usefixtures("all_their_work")


class Colleague:
    """An officer's client, without a network; a refusal fails the test."""

    def __init__(self, client: FlaskClient, office: str, role: Role) -> None:
        self.client, self.office = client, office
        self.officer = an_officer(role, office=office)
        client.environ_base["HTTP_AUTHORIZATION"] = bearer(self.officer)["Authorization"]

    def _told(self, answer: Any) -> Any:
        assert answer.status_code < 400, answer.text
        return answer.get_json()

    def get(self, path: str) -> Any:
        return self._told(self.client.get(path))

    def every(self, path: str, **query: str) -> list[Any]:
        found = self._told(self.client.get(path, query_string={"limit": 200, **query}))
        return list(found["items"])

    def post(self, path: str, body: Any = None) -> Any:
        return self._told(self.client.post(path, json=body or {}))

    def put(self, path: str, body: Any) -> Any:
        return self._told(self.client.put(path, json=body))


@pytest.fixture
def clock_put_back() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


def play(desk: Lender, count: int) -> Counter[str]:
    """Let the office act on so many referrals until all are done; gives the outcomes."""
    app = web_app("grants", desk.database)
    app.testing = True
    agency, office = desk.officer.agency, desk.officer.office
    address = f"/grants/v1/{agency}/referrals"
    open_ones = {str(each): number for number, each in enumerate(desk.take("s", [ids.new_id() for _ in range(count)]))}
    for _ in range(40):
        roles = {"officer": Role.OFFICER, "approver": Role.APPROVER, "head": Role.HEAD}
        people = {name: Colleague(app.test_client(), office, role) for name, role in roles.items()}
        wakes = []
        for referral, number in list(open_ones.items()):
            row = people["officer"].get(f"{address}/{referral}")
            case = Case(
                row,
                number,
                f"{address}/{referral}",
                lambda role, *_: people[role],  # type: ignore[arg-type]  # noqa: B023
                lambda *what: Random(str(what)),
            )
            wake = ACTS[row["kind"]](case)
            if wake is None:
                del open_ones[referral]
            else:
                wakes.append(wake)
        if not open_ones:
            told = [each for each in announced(desk.database) if isinstance(each, ReferralCompleted)]
            return Counter(each.outcome for each in told)
        advance([desk.database], max(min(wakes) - clock.now(), timedelta()) + timedelta(minutes=1))
    raise AssertionError("still open")


def repaid(desk: Lender) -> int:
    """Let half a year pass in which the office books what comes back; gives how often somebody paid."""
    app, done = web_app("grants", desk.database), Counter[str]()
    for _ in range(6):
        advance([desk.database], timedelta(days=31))
        officer = Colleague(app.test_client(), desk.officer.office, Role.OFFICER)
        book_repayments(officer, desk.officer.agency, lambda *what: Random(str(what)), done)  # type: ignore[arg-type]
    return done["repayments"]


def a_desk(base: Database, office: str, agency: str, kind: str, group: int | None, **settings: Any) -> Lender:
    someone = somebody_of(office, agency)
    return Lender(base, someone, someone, kind=kind, group=group, settings=settings)


@pytest.mark.parametrize("line", [None, 700_000])
def test_zakat_is_given_lent_or_refused_and_every_rupiah_is_told(
    grants_db: Database, clock_put_back: None, line: int | None
) -> None:
    forms = ["grant", "qardhul-hasan"]
    given = {"fund": "zakat-mataram-kusiapp", "ceiling": None, "household": None, "had_kifayah": line}
    desk = a_desk(grants_db, "baznas-mataram", "baznas", "grants.zakat", 5, forms=forms, **given)
    outcomes = play(desk, 16)
    assert outcomes.keys() == {"granted", "lent", "refused"}
    assert repaid(desk) > 3
    with grants_db.reading() as session:
        assert [*audit._money(session)] == []


@pytest.mark.parametrize("fund", [None, "cooperative-kukar"])
def test_women_join_and_found_cooperatives(grants_db: Database, clock_put_back: None, fund: str | None) -> None:
    given = {"founders": 9, "fund": fund, "ceiling": None}
    desk = a_desk(grants_db, "koperasi-mataram", "koperasi", "grants.cooperative", None, **given)
    outcomes = play(desk, 20)
    assert {"joined", "not-joined"} <= outcomes.keys()
    with grants_db.reading() as session:
        assert [*audit._money(session)] == []
