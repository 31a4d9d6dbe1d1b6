"""Proves across the four databases that nobody is lost: the one place that reads all of them, and it only reads.

Added to what `shared.bus.audit` proves of the events: for each open stage of every open journey, and for each decision
that it waits for, exactly one office is accountable and has it in its worklist with a due date, somebody is there who
can open it and do it, no referral is open that no journey waits for, no fund is over its ceiling, money realised is
what was handed over, no office's grant holds money of a fund that is not that office's, no two aids that exclude each
other have a share of one person or household, no meeting that was held left a stage waiting, no explanation is late
and nobody was told, nothing is owed by law whose date passed while Kail stood still, every service knows the same
records as one person, the tallies are what a fresh count gives, and no line of a chained log was changed or cut off.
"""

import time
from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from services.grants import worker as grants
from services.grants.cooperative import queries as cooperatives
from services.grants.entitlements import queries as entitlements
from services.grants.funds import queries as funds
from services.grants.funds.models import Fund, FundEntry
from services.grants.goods import queries as granted_goods
from services.grants.goods.models import Grant, HandOver, HandOverLine
from services.grants.loans import queries as loans
from services.grants.zakat import queries as zakat
from services.intake import worker as intake
from services.intake.accounts.log import ACCOUNTS
from services.intake.eligibility import overrides as eligibility
from services.intake.limits import queries as limits_of_law
from services.intake.protection import heads
from services.intake.protection import queries as protection
from services.intake.recruitment import queries as recruitment
from services.monitoring import worker as monitoring
from services.monitoring.flow import summing
from services.monitoring.meetings import queries as meetings
from services.monitoring.steering import queries as steering
from services.operate import accountability, records
from services.training import worker as training
from services.training.markets import queries as markets
from services.training.placement import queries as placement
from shared.anchors import queries as anchors
from shared.anchors.logs import LOOKS, ChainedLog
from shared.bus.audit import Finding, Gravity, audit_bus
from shared.bus.models import HeldEvent, HeldState
from shared.kernel.settings import SERVICES
from shared.outages import queries as outages
from shared.outages.rules import Gap
from shared.privacy.chain import BEGINNING
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.succession.queries import left_behind

LOOK_AGAIN = 0.5
WORKS = by_kind((*intake.WORKS, *grants.WORKS, *training.WORKS, *monitoring.WORKS))
LOGS = (
    *((service, "access log", LOOKS) for service in SERVICES),
    ("intake", "log of accounts", ACCOUNTS),
)
"""The chained logs, by service and by what a finding calls them; the compartment's own tells nothing of itself."""


def audit(databases: Mapping[str, Database], *, patience: float = 0) -> list[Finding]:
    """Everything that is not as it should be, waiting up to `patience` seconds for events under way to arrive."""
    end = time.monotonic() + patience
    while True:
        found = _audit_once(databases)
        if time.monotonic() >= end or not any(each.gravity is Gravity.BEHIND for each in found):
            return found
        time.sleep(LOOK_AGAIN)


def _audit_once(databases: Mapping[str, Database]) -> list[Finding]:
    events = audit_bus(databases)
    under_way = any(each.gravity is Gravity.BEHIND for each in events)
    held = _held_journeys(databases)
    journeys = [
        Finding(Gravity.HELD if journey in held else Gravity.BEHIND if under_way else Gravity.BROKEN, "journeys", what)
        for journey, what in accountability.findings(databases)
    ]
    journeys += [Finding(Gravity.BROKEN, "journeys", what) for what in accountability.unseen(databases, WORKS)]
    with databases["grants"].reading() as session:
        money = [Finding(Gravity.BROKEN, "funds", what) for what in _money(session)]
    with databases["training"].reading() as session:
        limits = [Finding(Gravity.BROKEN, "markets", what) for what in markets.audit(session)]
        limits += [Finding(Gravity.BROKEN, "placement", what) for what in placement.audit(session)]
    with databases["monitoring"].reading() as session:
        limits += [Finding(Gravity.BROKEN, "meetings", what) for what in meetings.audit(session)]
        limits += [Finding(Gravity.BROKEN, "explanations", what) for what in steering.audit(session)]
    tallies = _tallies(databases["monitoring"])
    gaps = _gaps(databases)
    with databases["intake"].reading() as session:
        seals = _seals(databases)
        passed = [Finding(Gravity.BROKEN, "limits", what) for what in limits_of_law.audit(session, gaps)]
        compartment = [Finding(Gravity.BROKEN, "protection", what) for what in protection.audit(session, seals)]
        overrides = [Finding(Gravity.BROKEN, "verifications", what) for what in eligibility.audit(session)]
        recruits = [Finding(Gravity.BROKEN, "recruitment", str(each)) for each in recruitment.audit(session)]
        forgotten = [
            Finding(Gravity.HELD if held else Gravity.BEHIND if under_way else Gravity.BROKEN, "recruitment", str(each))
            for each in recruitment.forgotten_groups(session)
        ]
    people = [
        Finding(Gravity.BEHIND if under_way else Gravity.BROKEN, "records", what)
        for what in records.findings(databases)
    ]
    left = [Finding(Gravity.BEHIND if under_way else Gravity.BROKEN, "offices", what) for what in _left(databases)]
    logs = [
        Finding(Gravity.BROKEN, where, what)
        for service, where, log in LOGS
        for what in _log(databases, service, where, log)
    ]
    return [
        *events,
        *journeys,
        *money,
        *limits,
        *tallies,
        *logs,
        *compartment,
        *passed,
        *recruits,
        *overrides,
        *forgotten,
        *people,
        *left,
    ]


def _gaps(databases: Mapping[str, Database]) -> dict[str, list[Gap]]:
    """When each service stood still."""
    found = {}
    for service, base in databases.items():
        with base.reading() as session:
            found[service] = outages.gaps(session)
    return found


def _left(databases: Mapping[str, Database]) -> Iterator[str]:
    """What offices still hold that are closed or that no file names."""
    for service, base in databases.items():
        with base.reading() as session:
            for each in left_behind(session):
                yield f"{service}: {each}"


def _money(session: Session) -> Iterator[str]:
    """Where a fund's ledger, its ceiling and what was handed over do not agree."""
    for books in (funds, zakat, loans, cooperatives, entitlements):
        for finding in books.audit(session):
            yield f"{finding.subject}: {finding.says}"
    for finding in funds.strangers(session, union_all(granted_goods.payers(), zakat.payers(), cooperatives.payers())):
        yield f"{finding.subject}: {finding.says}"
    for fund in session.scalars(select(Fund)):
        if fund.balance.used > fund.ceiling:
            yield f"{fund.id} is over its ceiling of {fund.ceiling}"
    handed_over = dict(
        session.execute(
            select(Grant.journey_id, func.sum(HandOverLine.quantity * HandOverLine.unit_price))
            .join(HandOver, HandOver.grant_id == Grant.id)
            .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
            .where(HandOver.signed_at.is_not(None))
            .group_by(Grant.journey_id)
        ).all()
    )
    granted = zakat.granted_by_journey(session)
    lent = loans.lent_by_journey(session)
    booked = session.execute(
        select(
            FundEntry.journey_id,
            func.sum(FundEntry.realised + FundEntry.returned),
            func.sum(FundEntry.lent + FundEntry.repaid),
        ).group_by(FundEntry.journey_id)
    )
    money = {journey: (int(given), int(out)) for journey, given, out in booked}
    for journey in handed_over.keys() | granted.keys() | lent.keys() | money.keys():
        goods, zakat_given, loaned = handed_over.get(journey) or 0, granted.get(journey, 0), lent.get(journey, 0)
        given, out = money.get(journey, (0, 0))
        if goods + zakat_given != given:
            yield f"journey {journey} was given {goods} in goods and {zakat_given} of zakat, but {given} was realised"
        if loaned != out:
            yield f"journey {journey} was lent {loaned}, but the funds lent {out}"


def _tallies(monitoring: Database) -> list[Finding]:
    """Where the tallies are not what a fresh count of the figures gives, unless journeys wait to be summed."""
    at_one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with monitoring.engine.connect().execution_options(**at_one_moment) as looking, Session(looking) as session:
        if summing.is_behind(session):
            return [Finding(Gravity.BEHIND, "tallies", "journeys wait to be summed")]
        return [Finding(Gravity.BROKEN, "tallies", what) for what in summing.differences(session)]


def _log(databases: Mapping[str, Database], service: str, called: str, log: ChainedLog) -> Iterator[str]:
    """Where a service's log was changed, or is not what it or another service was told of it."""
    base = databases[service]
    with base.reading() as session:
        broken_at = log.walk(session, BEGINNING).broken_at
    if broken_at is not None:
        yield f"the {called} of {service} was changed at line {broken_at}"
    for holder, other in databases.items():
        with other.reading() as session:
            told = anchors.told_of(session, log.of(service))
        with base.reading() as session:
            wrong = next(anchors.not_as_told(session, log, told), None)
        if wrong is not None:
            yield (
                f"the {called} of {service} is not the one of {wrong.day}: {holder} was told of {wrong.lines} "
                "lines, of which the last is gone or another"
            )


def _seals(databases: Mapping[str, Database]) -> set[bytes]:
    """What every service was told of the compartment's log."""
    found: set[bytes] = set()
    for base in databases.values():
        with base.reading() as session:
            found.update(each.hash for each in anchors.told_of(session, heads.NAME))
    return found


def _held_journeys(databases: Mapping[str, Database]) -> set[UUID]:
    found: set[UUID] = set()
    for base in databases.values():
        with base.reading() as session:
            streams = session.scalars(select(HeldEvent.stream).where(HeldEvent.state == HeldState.HELD).distinct())
            for stream in streams:
                try:
                    found.add(UUID(stream))
                except ValueError:
                    continue
    return found
