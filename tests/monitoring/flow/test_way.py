from datetime import UTC, datetime, timedelta
from typing import Any

from services.monitoring.flow import way
from services.monitoring.flow.rules import StageTurn
from services.monitoring.flow.way import Stood
from shared.kernel.ids import new_id
from shared.programmes import library

KUBE = library.programme("kube-kaltim-2023")
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def turn(stage: str, offered: int, closed: int | None = None, outcome: str | None = None, **more: Any) -> StageTurn:
    given: dict[str, Any] = {
        "referral_id": new_id(),
        "attempt": 1,
        "agency": "dinsos",
        "office": "dinsos-kaltim",
        "state": "completed" if outcome else "offered",
        "due_at": day(offered + 10),
        "accepted_at": None,
        "reason": None,
        "stuck_at": None,
        "accountable_office": None,
    }
    return StageTurn(
        stage=stage,
        offered_at=day(offered),
        closed_at=None if closed is None else day(closed),
        outcome=outcome,
        **given | more,
    )


def stood(
    turns: list[StageTurn], now: int, skipped: dict[str, datetime] | None = None, over: bool = False
) -> dict[str, Stood]:
    drawn = way.way(KUBE, turns, skipped or {}, day(now), over)
    return {stop.stage.name: stop.stood for stop in drawn.stops}


FORMED = turn("formation", 0, 3, "formed")


def test_a_stage_is_done_open_late_or_ahead() -> None:
    here = [FORMED, turn("proposal", 3)]
    found = stood(here, now=5)
    assert (found["formation"], found["proposal"], found["file_check"]) == (Stood.DONE, Stood.OPEN, Stood.AHEAD)
    assert stood(here, now=20)["proposal"] is Stood.LATE


def test_what_a_second_chance_puts_back_waits_to_be_done_again() -> None:
    turns = [
        FORMED,
        turn("proposal", 3, 5, "submitted"),
        turn("file_check", 5, 7, "mend"),
        turn("proposal", 8, attempt=2),
    ]
    found = stood(turns, now=9)
    assert (found["proposal"], found["file_check"], found["formation"]) == (Stood.OPEN, Stood.AGAIN, Stood.DONE)
    lines = way.way(KUBE, turns, {}, day(9), False).lines
    assert {(line.edge.source, line.edge.target) for line in lines if line.edge.is_return and line.gone} == {
        ("file_check", "proposal")
    }


def test_what_came_back_is_to_be_decided_until_it_is_skipped() -> None:
    turns = [FORMED, turn("proposal", 3, 5, state="declined", stuck_at=day(5), accountable_office="dinsos-kaltim")]
    assert stood(turns, now=6)["proposal"] is Stood.BACK
    assert stood(turns, now=8, skipped={"proposal": day(7)})["proposal"] is Stood.SKIPPED


def test_when_the_journey_is_over_nothing_is_open_any_more() -> None:
    found = stood([FORMED, turn("proposal", 3)], now=30, over=True)
    assert way.OPEN.isdisjoint(found.values())
