"""Whoever names a fund has a right to it, on every path on which money is set aside."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from services.grants.funds import queries, rules
from services.grants.funds.commands import MoneyMove, close_year, move_money
from services.grants.funds.models import Fund, FundEntry
from services.grants.funds.rules import Balance, FundHoldsTheMoney, FundNotChosen, NotYourFund, Purse, Source
from services.grants.goods.commands import orders
from services.grants.goods.work import GoodsHandOver
from services.operate import audit
from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.settings import settings
from shared.referrals.models import Referral
from shared.storage import Database
from shared.succession.handlers import hand_over
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.grants import lender
from tests.grants.desk import AS_AGREED, FUND, HEAD, TOTAL, Desk, deed, on, order, sk
from tests.grants.lender import GRANT, ZAKAT_FUND, baznas, koperasi, loan
from tests.programmes_of import published_in

ZAKAT = "zakat-mataram-kusiapp"
NEXT_YEAR = datetime(2024, 1, 2, 4, tzinfo=UTC)
OWN = Purse("dinsos-kaltim", Source.APBD, 2023)


def opened(database: Database, fund_id: str, office: str, source: Source = Source.APBD, year: int = 2023) -> None:
    """A fund of an office."""
    with database.transaction() as session:
        session.add(
            Fund(
                id=fund_id,
                title=f"Dana {fund_id}",
                source=source,
                owner_office=office,
                budget_year=year,
                ceiling=600_000_000,
                ceiling_note="uji",
                opened_by=ids.new_id(),
            )
        )


def others(desk: Desk) -> None:
    """Funds around KUBE's: another body's zakat, another office's budget, its own of another source and years."""
    opened(desk.database, ZAKAT, "baznas-mataram", Source.ZAKAT)
    opened(desk.database, "apbd-kukar", "dinsos-kukar")
    opened(desk.database, "csr-kaltim", "dinsos-kaltim", Source.CSR)
    for year in (2022, 2023, 2024):
        opened(desk.database, f"apbd-kaltim-{year}-lain", "dinsos-kaltim", year=year)


def failed(desk: Desk) -> tuple[UUID, UUID]:
    """A granted journey whose vendor failed, and its hand-over's referral."""
    journey, referral = desk.ordered()
    with desk.database.transaction() as session:
        orders.fail_order(session, desk.officer, on(session, journey), because="Gudang terbakar")
    return journey, referral


def lapsed(desk: Desk) -> tuple[UUID, UUID]:
    """A granted journey whose money lapsed with its year, and its hand-over's referral."""
    journey, referral = desk.ordered()
    with clock.frozen(NEXT_YEAR), desk.database.transaction() as session:
        close_year(session, HEAD, FUND)
    return journey, referral


def strange(database: Database) -> list[str]:
    """What the audit says of money that is not an office's."""
    with database.reading() as session:
        return [each for each in audit._money(session) if "it holds money of" in each]


@pytest.mark.parametrize(
    ("fund", "may"),
    [
        (OWN, True),
        (Purse("dinsos-kaltim", Source.APBD, 2024), True),
        (Purse("dinsos-kaltim", Source.APBD, 2022), False),
        (Purse("dinsos-kaltim", Source.CSR, 2023), False),
        (Purse("dinsos-kukar", Source.APBD, 2023), False),
        (Purse("baznas-mataram", Source.ZAKAT, 2024), False),
    ],
)
def test_a_fund_stands_in_for_one_of_its_owner_and_source_and_never_of_an_older_year(fund: Purse, may: bool) -> None:
    assert fund.may_follow(OWN) is may


@pytest.mark.parametrize("before", [failed, lapsed])
@pytest.mark.parametrize(
    ("fund", "may"),
    [
        (ZAKAT, False),
        ("apbd-kukar", False),
        ("csr-kaltim", False),
        ("apbd-kaltim-2022-lain", False),
        ("tidak-ada", False),
        ("apbd-kaltim-2023-lain", True),
        ("apbd-kaltim-2024-lain", True),
    ],
)
def test_an_order_after_a_failure_or_a_lapse_takes_money_only_where_the_decision_may(
    desk: Desk, before: Any, fund: str, may: bool
) -> None:
    others(desk)
    journey, referral = before(desk)
    named = {"order": order("SP-Z") | {"fund": fund}}
    if may:
        desk.record(referral, named)
        assert (desk.balance(fund), desk.grant(journey).fund_id) == (Balance(committed=TOTAL), fund)
        assert strange(desk.database) == []
        return
    with pytest.raises(NotYourFund) as refused:
        desk.record(referral, named)
    assert list(refused.value.errors) == ["order.fund"]
    assert not any(fund in refused.value.message(language) for language in ("id", "en"))
    assert desk.grant(journey).fund_id == FUND
    if fund != "tidak-ada":
        assert desk.balance(fund) == Balance()


@pytest.mark.parametrize("before", [failed, lapsed])
def test_where_several_funds_may_pay_none_is_taken_before_one_is_chosen(desk: Desk, before: Any) -> None:
    others(desk)
    _journey, referral = before(desk)
    with desk.database.reading() as session:
        work = GoodsHandOver().view(session, session.get_one(Referral, referral))
    assert (len(work["funds"]) > 1, work["order"].get("fund")) == (True, None)
    with pytest.raises(FundNotChosen) as refused:
        desk.record(referral, {"order": order("SP-Z")})
    assert list(refused.value.errors) == ["order.fund"]
    assert desk.balance().committed == 0


def test_where_one_fund_may_pay_it_pays_without_a_question(desk: Desk) -> None:
    journey, referral = failed(desk)
    with desk.database.reading() as session:
        assert GoodsHandOver().view(session, session.get_one(Referral, referral))["order"]["fund"] == FUND
    desk.record(referral, {"order": order("SP-Z")})
    assert (desk.balance(), desk.grant(journey).fund_id) == (Balance(committed=TOTAL), FUND)


def test_another_fund_is_named_only_once_the_money_is_free(desk: Desk) -> None:
    others(desk)
    journey, referral = desk.ordered()
    desk.record(referral, {"order": order("SP-02") | {"fund": FUND}})
    for fund, why in ((ZAKAT, NotYourFund), ("apbd-kaltim-2024-lain", FundHoldsTheMoney)):
        with pytest.raises(why):
            desk.record(referral, {"order": order("SP-02") | {"fund": fund}})
    assert (desk.balance(), desk.grant(journey).fund_id) == (Balance(committed=TOTAL), FUND)


def test_what_is_signed_anew_may_follow_the_latest_decision(desk: Desk) -> None:
    others(desk)
    journey, referral = failed(desk)
    desk.record(referral, {"order": order("SP-02") | {"fund": "apbd-kaltim-2024-lain"}})
    with desk.database.transaction() as session:
        orders.fail_order(session, desk.officer, on(session, journey), because="Gudang terbakar")
    desk.record(referral, {"order": order("SP-03") | {"fund": FUND}})  # it is the one that was decided on
    assert desk.balance() == Balance(committed=TOTAL)


@pytest.mark.parametrize("fund", [ZAKAT, "apbd-kukar"])
def test_a_programme_that_pins_another_offices_fund_reserves_and_commits_nothing(desk: Desk, fund: str) -> None:
    others(desk)
    (journey,) = desk.propose()
    (referral,) = desk.take("decision", [journey], fund=fund)
    with pytest.raises(NotYourFund):
        desk.record(referral, sk())
    with pytest.raises(NotYourFund):
        desk.complete([referral], sk(), by=desk.approver)
    assert desk.balance(fund) == Balance()
    desk.record(referral, sk("refused"))  # a refusal takes nobody's money


def test_what_was_reserved_on_another_offices_fund_before_is_not_committed(desk: Desk) -> None:
    (referral,) = desk.prepare(desk.propose())
    with desk.database.transaction() as session:
        session.execute(update(Fund).values(owner_office="dinsos-kukar"))
    with pytest.raises(NotYourFund):
        desk.complete([referral], by=desk.approver)
    assert desk.balance() == Balance(reserved=TOTAL)


@pytest.mark.parametrize("work", [GRANT, loan()], ids=["given", "lent"])
def test_zakat_is_given_and_lent_from_the_own_offices_fund_alone(grants_db: Database, work: dict[str, Any]) -> None:
    desk = baznas(grants_db)
    opened(grants_db, "zakat-lain", "baznas-lombok", Source.ZAKAT)
    with pytest.raises(NotYourFund):
        desk.record(desk.one(fund="zakat-lain"), work)
    desk.record(referral := desk.one(), work)
    with grants_db.transaction() as session:
        session.execute(update(Fund).where(Fund.id == ZAKAT_FUND).values(owner_office="baznas-lombok"))
    with pytest.raises(NotYourFund):
        desk.complete([referral], lender.approved(), by=desk.approver)


def test_capital_is_lent_from_the_own_offices_fund_alone(grants_db: Database) -> None:
    desk = koperasi(grants_db, group=5)
    opened(grants_db, ZAKAT, "baznas-mataram", Source.ZAKAT)
    terms = {"amount": 6_000_000, "instalments": 12, "first_due": lender.in_days(30)}
    work = {"name": "Koperasi Melati", "loan": terms}
    with pytest.raises(NotYourFund):
        desk.record(desk.one(fund=ZAKAT), work)
    desk.record(desk.one(), work)


@pytest.mark.parametrize("posting", [rules.reserve(5), rules.commit(5)], ids=["reserve", "commit"])
@pytest.mark.parametrize(("office", "may"), [("dinsos-kaltim", True), ("baznas-mataram", False), (None, False)])
def test_money_is_set_aside_only_in_the_name_of_the_office_whose_fund_it_is(
    desk: Desk, posting: rules.Posting, office: str | None, may: bool
) -> None:
    move = MoneyMove(
        fund_id=FUND, grant_id=ids.new_id(), journey_id=ids.new_id(), posting=posting, document="D", office=office
    )
    if may:
        with desk.database.transaction() as session:
            move_money(session, desk.officer, [move])
    else:
        with pytest.raises(NotYourFund), desk.database.transaction() as session:
            move_money(session, desk.officer, [move])
    assert desk.balance().used == (5 if may else 0)


@pytest.fixture
def closed_office(tmp_path: Path) -> Iterator[None]:
    """Dinsos Kaltim has closed, and Dinsos Baru succeeds it."""
    folder = tmp_path / "programmes"
    copytree(settings().programmes_path, folder)
    file = folder / "agencies" / "kaltim.yaml"
    lines = file.read_text().splitlines()
    (at,) = [place for place, line in enumerate(lines) if "id: dinsos-kaltim," in line]
    heir = lines[at].replace("id: dinsos-kaltim,", "id: dinsos-baru,")
    lines[at] = lines[at].replace("}", ", closed_on: 2024-01-01, successor: dinsos-baru}", 1)
    file.write_text("\n".join([*lines, heir]) + "\n")
    with published_in(folder):
        assert offices.in_its_place("dinsos-kaltim") == "dinsos-baru"
        yield


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "not-yet-heard"])
def test_a_successor_orders_and_pays_from_what_it_was_left(desk: Desk, closed_office: None, heard: bool) -> None:
    _, referral = failed(desk)
    (waiting,) = desk.prepare(desk.propose())
    if heard:
        with desk.database.transaction() as session:
            hand_over(session, "dinsos-kaltim", "dinsos-baru")
    opened(desk.database, "apbd-baru-2024", "dinsos-baru", year=2024)
    assert strange(desk.database) == []
    for each in ("officer", "approver"):
        setattr(desk, each, replace(getattr(desk, each), office="dinsos-baru" if heard else "dinsos-kaltim"))
    desk.complete([waiting], by=desk.approver)
    desk.record(referral, {"order": order("SP-02") | {"fund": "apbd-baru-2024"}})
    assert (desk.balance().committed, desk.balance("apbd-baru-2024").committed) == (TOTAL, TOTAL)
    assert strange(desk.database) == []


def test_a_page_and_a_program_name_the_next_years_fund_and_are_shown_no_others(desk: Desk) -> None:
    others(desk)
    _, referral = lapsed(desk)
    app = web_app("grants", desk.database)
    hers = an_officer(Role.OFFICER, officer_id=desk.officer.id)
    page, address = Browser(app, hers), f"/grants/dinsos/referrals/{referral}"
    shown = page.get(address).text
    assert "apbd-kaltim-2024-lain" in shown
    assert not any(each in shown for each in (ZAKAT, "apbd-kukar", "csr-kaltim", "apbd-kaltim-2022-lain"))
    program = app.test_client().get(f"/grants/v1/dinsos/referrals/{referral}", headers=bearer(hers)).json
    assert [each["id"] for each in program["work"]["funds"]] == ["apbd-kaltim-2023-lain", "apbd-kaltim-2024-lain"]
    typed = {f"order.{name}": value for name, value in order("SP-02").items()}
    refused = page.submit(f"{address}/work", typed | {"order.fund": ZAKAT})
    assert refused.status_code == 422
    put = app.test_client().put(
        f"/grants/v1/dinsos/referrals/{referral}/work",
        json={"order": order("SP-02") | {"fund": ZAKAT}},
        headers=bearer(hers),
    )
    assert (put.status_code, put.json["code"], put.mimetype) == (422, "not-your-fund", "application/problem+json")
    assert list(put.json["errors"]) == ["order.fund"]
    page.submit(f"{address}/work", typed | {"order.fund": "apbd-kaltim-2024-lain"})
    assert desk.balance("apbd-kaltim-2024-lain") == Balance(committed=TOTAL)
    assert "order.fund" not in page.get(address).text  # the money is committed: there is nothing to choose


STRANGE = [
    (ZAKAT, "which is baznas-mataram's, and dinsos-kaltim decided"),
    ("apbd-kukar", "which is dinsos-kukar's, and dinsos-kaltim decided"),
    ("csr-kaltim", "and was decided on apbd-kaltim-2023-kube"),
    ("apbd-kaltim-2022-lain", "and was decided on apbd-kaltim-2023-kube"),
]


@pytest.mark.parametrize("part", ["reserved", "committed", "realised"])
@pytest.mark.parametrize(("fund", "says"), STRANGE)
def test_the_audit_finds_money_of_a_fund_that_is_not_the_offices(desk: Desk, fund: str, says: str, part: str) -> None:
    others(desk)
    journey = failed(desk)[0]
    assert strange(desk.database) == []
    _put_in(desk, journey, desk.grant(journey).id, fund, part)
    (found,) = strange(desk.database)
    assert found.startswith(f"{desk.grant(journey).id}: it holds money of {fund}")
    assert says in found


def test_the_audit_finds_money_that_no_grant_stands_behind(desk: Desk) -> None:
    stray = ids.new_id()
    _put_in(desk, ids.new_id(), stray, FUND, "reserved")
    assert strange(desk.database) == [f"{stray}: it holds money of {FUND}, and no grant is known by this number"]


def test_a_grant_that_the_nearest_office_proposed_is_the_deciding_offices_to_pay(desk: Desk) -> None:
    journey, referral = desk.ordered()
    with desk.database.transaction() as session:
        on(session, journey).office = "dinsos-kukar"
    assert strange(desk.database) == []
    desk.complete([referral], {"deed": deed(), "lines": AS_AGREED})
    assert strange(desk.database) == []


@pytest.mark.parametrize("kind", ["zakat", "capital"])
def test_the_audit_finds_zakat_and_capital_of_another_offices_fund(grants_db: Database, kind: str) -> None:
    desk = baznas(grants_db) if kind == "zakat" else koperasi(grants_db, group=5)
    terms = {"amount": 6_000_000, "instalments": 12, "first_due": lender.in_days(30)}
    desk.record(desk.one(), GRANT if kind == "zakat" else {"name": "Koperasi Melati", "loan": terms})
    assert strange(grants_db) == []
    with grants_db.transaction() as session:
        session.execute(update(Fund).values(owner_office="dinsos-kaltim"))
    (found,) = strange(grants_db)
    assert f"which is dinsos-kaltim's, and {desk.officer.office} decided" in found


def _put_in(desk: Desk, journey: UUID, grant: UUID, fund: str, part: str) -> None:
    parts = {"reserved": "reserve", "committed": "commit", "realised": "realise"}
    zero = dict.fromkeys(queries.PARTS, 0)
    entries = [zero | {"committed": 5, "move": "commit"}] if part == "realised" else []
    last = zero | {part: 5, "move": parts[part]} | ({"committed": -5} if part == "realised" else {})
    with desk.database.transaction() as session:
        for each in [*entries, last]:
            row = {"fund_id": fund, "grant_id": grant, "journey_id": journey, "amount": 5, "purpose": "goods"}
            session.execute(insert(FundEntry).values(**row, **each, moved_at=datetime(2023, 6, 1, tzinfo=UTC)))
