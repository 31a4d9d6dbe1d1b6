"""Funds on a real database: what the ledger keeps, what concurrent officers cannot do, and how a year ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from services.grants.funds import queries, rules
from services.grants.funds.commands import (
    FundAlreadyOpen,
    MoneyMove,
    close_year,
    move_money,
    open_fund,
    open_programme_funds,
)
from services.grants.funds.models import Fund, FundEntry
from services.grants.funds.rules import Balance, FundClosed, FundExhausted, Move, Source, YearNotOver
from services.grants.goods.rules import GrantState
from shared.events.grants import CommitmentFreed, FreedBecause, FundMoved, FundOpened
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.errors import Forbidden
from shared.kernel.settings import settings
from shared.programmes.load import load
from shared.storage import Database
from tests.announcements import announced
from tests.grants.desk import FUND, HEAD, TOTAL, Desk, officer, order, sk
from tests.waiting import PATIENCE


def test_opening_a_fund_twice_opens_it_once_and_other_figures_are_refused(desk: Desk) -> None:
    desk.open_fund()
    assert [each for each in announced(desk.database) if isinstance(each, FundOpened)] == [
        FundOpened(
            fund_id=FUND,
            title="APBD Provinsi Kaltim 2023: KUBE",
            source="apbd",
            owner_office="dinsos-kaltim",
            budget_year=2023,
            ceiling=600_000_000,
        )
    ]
    with pytest.raises(FundAlreadyOpen):
        desk.open_fund(ceiling=700_000_000)


def test_only_the_head_of_the_owning_office_opens_a_fund(desk: Desk) -> None:
    with pytest.raises(Forbidden), desk.database.transaction() as session:
        open_fund(
            session,
            officer(Role.OFFICER),
            fund_id="apbd-kaltim-2023-wrse",
            title="WRSE",
            source=Source.APBD,
            owner_office="dinsos-kaltim",
            budget_year=2023,
            ceiling=150_000_000,
            ceiling_note="50 x Rp3.000.000",
        )


def test_the_funds_of_the_programmes_are_opened_from_their_own_figures(desk: Desk, grants_db: Database) -> None:
    with grants_db.transaction() as session:
        session.execute(text("TRUNCATE fund CASCADE"))
    for _ in range(2):
        with grants_db.transaction() as session:
            for name in ("kube-kaltim-2023", "wrse-kaltim-2023"):
                open_programme_funds(session, HEAD, load(settings().programmes_path / f"{name}.yaml"))
    with grants_db.reading() as session:
        found = session.scalars(select(Fund).order_by(Fund.id)).all()
    assert [(each.id, each.source, each.owner_office, each.ceiling) for each in found] == [
        ("apbd-kaltim-2023-kube", Source.APBD, "dinsos-kaltim", 600_000_000),
        ("apbd-kaltim-2023-wrse", Source.APBD, "dinsos-kaltim", 150_000_000),
    ]
    assert found[0].title == "APBD 2023: Kelompok Usaha Bersama (KUBE) Kaltim 2023"
    assert found[0].title_en == "APBD 2023: Joint business groups (KUBE), East Kalimantan 2023"
    assert found[0].ceiling_note == "kube-kaltim-2023 v1: derived, 40 kelompok x 15.000.000"


def test_money_moves_all_or_nothing(desk: Desk) -> None:
    with pytest.raises(FundExhausted), desk.database.transaction() as session:
        move_money(session, desk.officer, [_reserve(400_000_000), _reserve(200_000_001)])
    assert desk.balance() == Balance()
    with desk.database.transaction() as session:
        move_money(session, desk.officer, [_reserve(400_000_000), _reserve(200_000_000)])
    assert desk.balance() == Balance(reserved=600_000_000)


def test_officers_at_many_desks_cannot_together_pass_the_ceiling(desk: Desk) -> None:
    together = Barrier(8)

    def reserve(_: int) -> bool:
        together.wait(timeout=PATIENCE)
        try:
            with desk.database.transaction() as session:
                move_money(session, desk.officer, [_reserve(100_000_000)])
        except FundExhausted:
            return False
        return True

    with ThreadPoolExecutor(8) as desks:
        succeeded = list(desks.map(reserve, range(8)))
    assert succeeded.count(True) == 6
    assert desk.balance() == Balance(reserved=600_000_000)
    with desk.database.reading() as session:
        assert queries.audit(session) == []


def test_approvers_who_sign_at_the_same_moment_commit_only_what_the_fund_has(desk: Desk) -> None:
    desk.open_fund(ceiling=4 * TOTAL, fund_id="small")
    journeys = desk.propose(6)
    referrals = desk.take("decision", journeys, fund="small")
    together = Barrier(6)

    def sign(referral: UUID) -> bool:
        together.wait(timeout=PATIENCE)
        try:
            desk.complete([referral], sk(), by=desk.approver)
        except FundExhausted:
            return False
        return True

    with ThreadPoolExecutor(6) as desks:
        assert list(desks.map(sign, referrals)).count(True) == 4
    assert desk.balance("small") == Balance(committed=4 * TOTAL)
    assert sorted(desk.grant(each).state for each in journeys) == 4 * [GrantState.ACCEPTED] + 2 * [GrantState.PROPOSED]


def test_the_database_itself_refuses_a_total_above_the_ceiling(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="within_the_ceiling"), desk.database.transaction() as session:
        session.execute(update(Fund).values(committed=600_000_001))


def test_the_database_itself_refuses_an_entry_whose_parts_do_not_fit_its_move(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="parts_fit_the_move"), desk.database.transaction() as session:
        session.add(
            FundEntry(
                fund_id=FUND,
                grant_id=ids.new_id(),
                journey_id=ids.new_id(),
                move=Move.REALISE,
                amount=5,
                reserved=0,
                committed=0,
                realised=5,
                returned=0,
            )
        )


def test_the_audit_finds_totals_that_the_ledger_does_not_explain(desk: Desk) -> None:
    desk.granted()
    with desk.database.reading() as session:
        assert queries.audit(session) == []
    with desk.database.transaction() as session:
        session.execute(text("UPDATE fund SET committed = committed - 1"))
    with desk.database.reading() as session:
        assert [(each.check, each.subject) for each in queries.audit(session)] == [("fund-totals", FUND)]


def test_year_end_what_is_not_realised_by_31_december_lapses_and_the_grant_waits_for_the_next_year(desk: Desk) -> None:
    journey, referral = desk.ordered()
    with pytest.raises(YearNotOver), clock.frozen(datetime(2023, 12, 31, 4, tzinfo=UTC)):
        _close(desk)
    with clock.frozen(datetime(2024, 1, 2, 4, tzinfo=UTC)):
        assert _close(desk) == TOTAL
        assert _close(desk) == 0
    assert desk.balance() == Balance()
    assert desk.grant(journey).state is GrantState.ACCEPTED  # the SK stays
    freed = [each for each in announced(desk.database) if isinstance(each, CommitmentFreed)]
    assert [(each.journey_id, each.amount, each.because) for each in freed] == [(journey, TOTAL, FreedBecause.LAPSED)]
    (last,) = [each for each in announced(desk.database) if isinstance(each, FundMoved)][-1:]
    assert (last.moves, last.closed) == ({"lapse": TOTAL}, True)
    with pytest.raises(FundClosed):
        desk.record(referral, {"order": order("SP-02")})
    desk.open_fund(fund_id="apbd-kaltim-2024-kube", year=2024)
    desk.record(referral, {"order": {**order("SP-02"), "fund": "apbd-kaltim-2024-kube"}})
    assert desk.balance("apbd-kaltim-2024-kube") == Balance(committed=TOTAL)


def test_a_reservation_lapses_too_and_nothing_more_is_signed_on_a_closed_fund(desk: Desk) -> None:
    referrals = desk.prepare(desk.propose())
    with clock.frozen(datetime(2024, 1, 2, 4, tzinfo=UTC)):
        assert _close(desk) == TOTAL
    with pytest.raises(FundClosed):
        desk.complete(referrals, by=desk.approver)


def _reserve(amount: int) -> MoneyMove:
    return MoneyMove(
        fund_id=FUND,
        grant_id=ids.new_id(),
        journey_id=ids.new_id(),
        posting=rules.reserve(amount),
        office="dinsos-kaltim",
    )


def _close(desk: Desk) -> int:
    with desk.database.transaction() as session:
        return close_year(session, HEAD, FUND)
