from datetime import date, timedelta
from typing import Any

import pytest

from shared.kernel import clock
from shared.storage import Database
from tests.training.desk import Desk

FAIRS = "/training/v1/dinsos/fairs"
JAKARTA = "31.71"


def day(ahead: int = 0) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


class MarketDesk(Desk):
    """An officer who brings businesses to their markets."""

    def fair(self, **changes: Any) -> str:
        plan = {
            "title": "Pameran Kriya",
            "venue": "Balai Sidang",
            "area": JAKARTA,
            "opens_on": day(),
            "closes_on": day(),
            "stands": 3,
        }
        answer = self.client.post(FAIRS, json=plan | changes)
        assert answer.status_code == 201, answer.text
        assert date.fromisoformat(answer.get_json()["opens_on"])
        return str(answer.get_json()["id"])

    def stands(self, fair: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{FAIRS}/{fair}/stands").get_json()
        return found

    def book(self, fair: str, *referrals: str) -> Any:
        return self.client.post(f"{FAIRS}/{fair}/stands", json={"ids": list(referrals)})

    def agreed(self, referral: str, **changes: Any) -> str:
        agreement = {
            "buyer": "UD Maju",
            "goods": "Kerupuk ikan",
            "unit": "bungkus",
            "quantity": 100,
            "unit_price": 12_000,
            "from_day": day(-30),
            "until_day": day(60),
            "signed_on": day(-30),
        }
        agreements = self.save(referral, agreement=agreement | changes)["agreements"]
        return str(agreements[-1]["id"])


@pytest.fixture
def desk(training_db: Database) -> MarketDesk:
    every = ["fair", "modern", "digital", "off-taker"]
    return MarketDesk(training_db, "training.market", {"channels": every, "travel": True})
