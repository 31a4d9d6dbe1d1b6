"""A desk at Dinsos Kaltim for tests: offers arrive, officers work through them by the worklist's own commands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.entitlements.handlers import hear_stages_offered
from services.grants.funds.commands import open_fund
from services.grants.funds.models import Fund
from services.grants.funds.rules import Balance, Source
from services.grants.goods.models import Grant
from services.grants.worker import WORKS
from shared.bus import Heard
from shared.events.envelope import Event
from shared.events.intake import StageOffered, SubjectKind
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.privacy import sealed as seals
from shared.programmes import kinds, library
from shared.referrals import commands
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database

Person = dict[str, Any]
KNOWN = by_kind(WORKS)
FUND = "apbd-kaltim-2023-kube"
STAGES = {
    "proposal": "grants.goods-proposal",
    "decision": "grants.goods-decision",
    "hand-over": "grants.goods-hand-over",
    "accountability": "grants.goods-accountability",
}
RAB = [
    {"item": "Freezer", "quantity": 2, "unit": "unit", "unit_price": 3_000_000},
    {"item": "Beras", "quantity": 40, "unit": "karung", "unit_price": 225_000},
]
TOTAL = 15_000_000
WELL = {
    "grants.goods-proposal": {"outcome": "submitted"},
    "grants.goods-accountability": {"outcome": "accepted"},
}
"""How a stage ends where a test says nothing else, for the kinds whose officer always has to say it."""
BECAUSE = "Begitu hasilnya."
"""Why a stage ended as it did, which some results have to say."""


def officer(*roles: Role) -> Officer:
    """Somebody of Dinsos Kaltim."""
    return Officer(
        id=ids.new_id(),
        name="Petugas",
        office="dinsos-kaltim",
        agency="dinsos",
        roles=frozenset(roles or {Role.OFFICER}),
        areas=("64",),
    )


HEAD = officer(Role.HEAD)


def heard(event: Event, sealed: dict[str, Any] | None = None) -> Heard[Any]:
    """An event of intake's as it reaches grants, with what is sealed for grants."""
    event_id = ids.new_id()
    envelope = {"id": str(event_id), "time": clock.now().isoformat(), "traceid": "t", "data": event.to_data()}
    part = None if sealed is None else seals.seal("intake", "grants", sealed, event_id)
    return Heard(event=event, source="intake", subscriber="grants", position=1, envelope=envelope, part=part)


def somebody(
    person: UUID | None = None, household: UUID | None = None, *aid: str, also: tuple[str, ...] = ()
) -> Person:
    """Somebody behind a referral: the aid that she receives, and `also` what others of her household do."""
    return {
        "person": str(person or ids.new_id()),
        "household": str(household) if household else None,
        "aid": list(aid),
        "household_aid": sorted({*aid, *also}),
    }


@dataclass
class Desk:
    """What the tests do over and over, each step in a transaction of its own unless a session is given."""

    database: Database
    officer: Officer
    approver: Officer
    people: dict[UUID, list[Person]] = field(default_factory=dict)
    """Who is behind a journey, where a test says so; otherwise five women of whom nothing else is known."""
    groups: dict[UUID, UUID] = field(default_factory=dict)
    """The group of a journey; a new one for each journey that a test says nothing of."""
    programmes: dict[UUID, str] = field(default_factory=dict)
    """A journey's programme, where it is not KUBE."""
    terms: dict[str, Person] = field(default_factory=dict)
    """The budget year and compatibility of programmes that only a test knows."""

    def open_fund(self, ceiling: int = 600_000_000, fund_id: str = FUND, year: int = 2023) -> None:
        """The head opens a fund."""
        with self.database.transaction() as session:
            open_fund(
                session,
                HEAD,
                fund_id=fund_id,
                title="APBD Provinsi Kaltim 2023: KUBE",
                source=Source.APBD,
                owner_office="dinsos-kaltim",
                budget_year=year,
                ceiling=ceiling,
                ceiling_note="40 kelompok x Rp15.000.000",
            )

    def offer(self, stage: str, journeys: Iterable[UUID], attempt: int = 1, **settings: Any) -> list[UUID]:
        """A stage is offered to this office for each of the journeys; the referrals."""
        offers = [
            replace(
                _offer(stage, each, attempt, settings),
                programme=self.programmes.get(each, "kube-kaltim-2023"),
                subject_id=self.groups.setdefault(each, ids.new_id()),
            )
            for each in journeys
        ]
        with self.database.transaction() as session:
            hear_stages_offered(session, [heard(each, self.sealed(each)) for each in offers], works=KNOWN)
        return [each.referral_id for each in offers]

    def sealed(self, offer: StageOffered) -> dict[str, Any]:
        """What intake seals for grants: particulars, and for a stage that gives aid who would receive it."""
        if not kinds.kind(offer.does).gives_aid:
            return {"particulars": {}}
        people = self.people.setdefault(offer.journey_id, [somebody() for _ in range(5)])
        aid = {**self.terms_of(offer.programme), "beneficiaries": people}
        return {"particulars": {}, "aid": aid}

    def terms_of(self, programme: str) -> dict[str, Any]:
        """What a programme says of other aid, and in which year it gives its own."""
        if programme in self.terms:
            return self.terms[programme]
        found = library.programme(programme)
        terms = [{"with": each.other, "policy": each.policy, "per": each.per} for each in found.compatibility]
        return {"budget_year": found.budget_year, "compatibility": terms}

    def take(self, stage: str, journeys: Sequence[UUID], attempt: int = 1, **settings: Any) -> list[UUID]:
        """A stage is offered and taken on; the referrals."""
        referrals = self.offer(stage, journeys, attempt, **settings)
        with self.database.transaction() as session:
            commands.accept_referrals(session, self.officer, referrals)
        return referrals

    def record(self, referral: UUID, work: dict[str, Any], by: Officer | None = None) -> None:
        """Save work, as the API would after its schema."""
        with self.database.transaction() as session:
            row = session.get_one(Referral, referral)
            schema = KNOWN[row.kind].work_schema
            assert schema is not None
            commands.record_work(session, by or self.officer, KNOWN, referral, schema().load(work))

    def complete(
        self, referrals: Iterable[UUID], done: dict[str, Any] | None = None, by: Officer | None = None
    ) -> list[Referral]:
        """Close stages, as the API would after its schema."""
        with self.database.transaction() as session:
            given = {}
            for referral in referrals:
                row = session.get_one(Referral, referral)
                given[referral] = KNOWN[row.kind].completion_schema().load({**WELL.get(row.kind, {}), **(done or {})})
            because = dict.fromkeys(given, BECAUSE)
            return commands.complete_referrals(session, by or self.officer, KNOWN, given, because)

    def propose(
        self, count: int = 1, lines: Sequence[dict[str, Any]] = RAB, journeys: Sequence[UUID] = ()
    ) -> list[UUID]:
        """So many journeys (or these) with submitted proposals."""
        journeys = list(journeys) or [ids.new_id() for _ in range(count)]
        for referral in (referrals := self.take("proposal", journeys)):
            self.record(referral, {"lines": list(lines)})
        self.complete(referrals)
        return journeys

    def prepare(self, journeys: Sequence[UUID], verdict: str = "accepted") -> list[UUID]:
        """Decisions lie before the approver; the referrals."""
        referrals = self.take("decision", journeys)
        for referral in referrals:
            self.record(referral, sk(verdict))
        return referrals

    def decide(self, journeys: Sequence[UUID], verdict: str = "accepted") -> list[Referral]:
        """Decisions are prepared and signed."""
        return self.complete(self.prepare(journeys, verdict), by=self.approver)

    def granted(self, count: int = 1) -> list[UUID]:
        """So many journeys whose goods were granted."""
        journeys = self.propose(count)
        self.decide(journeys)
        return journeys

    def ordered(self) -> tuple[UUID, UUID]:
        """A granted journey whose goods are ordered, and its hand-over's referral."""
        (journey,) = self.granted()
        (referral,) = self.take("hand-over", [journey])
        self.record(referral, {"order": order()})
        return journey, referral

    def balance(self, fund_id: str = FUND) -> Balance:
        """Where the fund's money stands."""
        with self.database.reading() as session:
            return session.get_one(Fund, fund_id).balance

    def grant(self, journey: UUID) -> Grant:
        """The journey's grant."""
        with self.database.reading() as session:
            return session.scalars(select(Grant).where(Grant.journey_id == journey)).one()


def sk(verdict: str = "accepted") -> dict[str, Any]:
    """A decision as an officer prepares it."""
    return {"verdict": verdict, "sk_number": "460/112/SK/2023", "sk_date": yesterday()}


def order(number: str = "SP-01") -> dict[str, Any]:
    """A purchase order."""
    return {"number": number, "vendor": "CV Mahakam Jaya", "ordered_on": yesterday()}


def deed(number: str = "BAST-01") -> dict[str, Any]:
    """The head of a hand-over deed."""
    return {"number": number, "handed_over_on": clock.today().isoformat(), "witnesses": ["Ketua RT", "Lurah"]}


def found(number: int, condition: str, quantity: int, unit_price: int) -> dict[str, Any]:
    """What a deed says of a line."""
    return {"number": number, "condition": condition, "quantity": quantity, "unit_price": unit_price}


AS_AGREED = [found(1, "as-agreed", 2, 3_000_000), found(2, "as-agreed", 40, 225_000)]


def yesterday() -> str:
    """The day before today, as JSON says it."""
    return (clock.today() - timedelta(days=1)).isoformat()


def _offer(stage: str, journey: UUID, attempt: int, settings: dict[str, Any]) -> StageOffered:
    now = clock.now()
    return StageOffered(
        journey_id=journey,
        referral_id=ids.new_id(),
        programme="kube-kaltim-2023",
        version=1,
        stage=stage,
        attempt=attempt,
        does=STAGES[stage],
        agency="dinsos",
        office="dinsos-kaltim",
        sender_office="dinsos-kaltim",
        area="64.02.05.2001",
        subject_kind=SubjectKind.GROUP,
        subject_id=ids.new_id(),
        settings={"fund": FUND, "ceiling": TOTAL, "in_kind": True} | settings,
        earlier={},
        remind_at=now + timedelta(days=5),
        due_at=now + timedelta(days=10),
    )


def on(session: Session, journey: UUID) -> Grant:
    """The journey's grant, locked, for commands that the grants' own pages call."""
    return session.scalars(select(Grant).where(Grant.journey_id == journey).with_for_update()).one()


NEW_YEAR = date(2024, 1, 1)
