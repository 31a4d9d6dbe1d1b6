"""A desk of training: referrals offered and accepted, and the questions that an officer asks over HTTP."""

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from services.training.worker import WORKS
from shared.events.intake import StageOffered
from shared.events.referrals import ReferralCompleted
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import heard, offer, withdrawal

LIST = "/training/v1/dinsos/referrals"


@dataclass
class Desk:
    """An officer of training at her computer."""

    base: Database
    kind: str
    settings: dict[str, Any]
    areas: tuple[str, ...] = ("64", "36.74")
    officer: Officer = field(init=False)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.app = web_app("training", self.base)
        self.app.testing = True
        self.officer = an_officer(Role.OFFICER, office="dinsos-kaltim", areas=self.areas)
        self.client = self.client_of(self.officer)

    def client_of(self, officer: Officer) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = bearer(officer)["Authorization"]
        return client

    def browser(self) -> Browser:
        return Browser(self.app, self.officer)

    def offers(self, *given: StageOffered) -> list[str]:
        with self.base.transaction() as session:
            hear_stages_offered(session, [heard(each, {}) for each in given], works=by_kind(WORKS))
        return [str(each.referral_id) for each in given]

    def an_offer(self, **changes: Any) -> StageOffered:
        return offer(**{"does": self.kind, "stage": "market", "settings": self.settings} | changes)

    def take(self, *areas: str, **changes: Any) -> list[str]:
        """Accepted referrals, one for each area."""
        ids = self.offers(*(self.an_offer(area=area, **changes) for area in areas or ("64.02.05.2001",)))
        assert self.client.post(f"{LIST}/accept", json={"ids": ids}).status_code == 200
        return ids

    def withdraw(self, *offers: StageOffered) -> None:
        with self.base.transaction() as session:
            hear_stages_withdrawn(session, [heard(withdrawal(each)) for each in offers], works=by_kind(WORKS))

    def work(self, referral: str) -> dict[str, Any]:
        answer = self.client.get(f"{LIST}/{referral}").get_json()
        return answer["work"]  # type: ignore[no-any-return]

    def save(self, referral: str, **work: Any) -> dict[str, Any]:
        answer = self.client.put(f"{LIST}/{referral}/work", json=work)
        assert answer.status_code == 200, answer.text
        return self.work(referral)

    def refused(self, referral: str, **work: Any) -> tuple[str, list[str]]:
        return said(self.client.put(f"{LIST}/{referral}/work", json=work))

    def complete(self, referral: str, **done: Any) -> tuple[str, dict[str, Any]]:
        answer = self.client.post(f"{LIST}/{referral}/complete", json={"because": "Begitu hasilnya.", **done})
        assert answer.status_code == 200, answer.text
        shown = self.client.get(f"{LIST}/{referral}").get_json()
        return shown["outcome"], shown["facts"]

    def not_complete(self, referral: str, **done: Any) -> tuple[str, list[str]]:
        return said(self.client.post(f"{LIST}/{referral}/complete", json=done))

    def reported(self) -> list[ReferralCompleted]:
        return [each for each in announced(self.base) if isinstance(each, ReferralCompleted)]


def said(answer: Any) -> tuple[str, list[str]]:
    """The code of a refusal, and the fields at fault."""
    assert answer.status_code in (409, 422), answer.text
    return answer.get_json()["code"], sorted(answer.get_json().get("errors", {}))
