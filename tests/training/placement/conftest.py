from datetime import timedelta
from typing import Any

import pytest

from shared.kernel import clock
from shared.storage import Database
from tests.training.desk import Desk

BATCHES, VACANCIES = "/training/v1/dinsos/batches", "/training/v1/dinsos/vacancies"


def day(ahead: int = 0) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


class JobDesk(Desk):
    """An officer who trains for work and places with employers."""

    def batch(self, **changes: Any) -> str:
        plan = {
            "sector": "services",
            "title": "Tata boga",
            "place": "BLK Tenggarong",
            "area": "64.02",
            "places": 3,
            "first_day": day(),
            "last_day": day(5),
        }
        answer = self.client.post(BATCHES, json=plan | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def vacancy(self, **changes: Any) -> str:
        told = {
            "employer": "PT Rasa Etam",
            "position": "Juru masak",
            "sector": "services",
            "contract": "fixed-term",
            "area": "64.02",
            "openings": 1,
        }
        answer = self.client.post(VACANCIES, json=told | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def enrol(self, batch: str, *referrals: str) -> Any:
        return self.client.post(f"{BATCHES}/{batch}/trainees", json={"ids": list(referrals)})

    def trained(self, referral: str, *, passed: bool = True) -> None:
        self.save(referral, batch_id=self.batch(places=50), took_part=True, passed=passed, assessed_on=day())


@pytest.fixture
def desk(training_db: Database) -> JobDesk:
    return JobDesk(training_db, "training.placement", {"sectors": ["services", "formal"]})
