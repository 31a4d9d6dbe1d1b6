"""The day of an act and the day of its entry are kept apart, and the page says by which the due date counts."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.referrals import words
from shared.referrals.models import Referral

OFFERED = datetime(2023, 3, 1, 2, tzinfo=UTC)
ENTERED = datetime(2023, 3, 9, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def days_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words.showing, "day", lambda day: day.isoformat())


def done(facts: dict[str, Any], kind: str = "intake.verification", **more: Any) -> Referral:
    return Referral(kind=kind, facts=facts, offered_at=OFFERED, closed_at=ENTERED, **more)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("intake.verification", "checked_on"),
        ("intake.assessment", "assessed_on"),
        ("grants.goods-hand-over", "handed_over_on"),
        ("training.placement", "placed_on"),
    ],
)
def test_an_act_entered_late_says_both_days(kind: str, fact: str) -> None:
    referral = done({fact: "2023-03-05"}, kind)
    assert referral.done_on == date(2023, 3, 5)
    said = words.entered_late(referral)
    assert "2023-03-05" in said
    assert "2023-03-09" in said
    assert "before it was offered" not in said


def test_an_act_of_a_day_before_its_offer_is_pointed_out() -> None:
    assert "before it was offered" in words.entered_late(done({"checked_on": "2023-02-28"}))


@pytest.mark.parametrize(
    "referral",
    [
        done({"checked_on": "2023-03-09"}),
        done({}),
        done({"entries": 4}, "training.mentoring"),
        done({"checked_on": "2023-02-28"}, on_paper=date(2023, 2, 28)),
        Referral(kind="intake.verification", facts=None, offered_at=OFFERED, closed_at=None),
    ],
)
def test_of_what_was_entered_on_its_day_or_before_kail_nothing_is_said(referral: Referral) -> None:
    assert words.entered_late(referral) == ""
