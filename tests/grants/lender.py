"""A desk at an office that lends: Baznas with its zakat, or the office for cooperatives with its capital."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.grants.entitlements.handlers import hear_stages_offered
from services.grants.funds.commands import open_fund
from services.grants.funds.rules import Source
from shared.events.intake import StageOffered, SubjectKind
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.storage import Database
from tests.grants.desk import KNOWN, Desk, heard

ZAKAT_FUND = "zakat-mataram-kusiapp"
CAPITAL_FUND = "cooperative-mataram"
LINE = {"line": 3_000_000, "line_source": "Had kifayah Baznas NTB"}
ASSESSED = {"income": 1_200_000, "households": 1, "members": 4, "asnaf": "miskin", **LINE}
GRANT = {**ASSESSED, "form": "grant", "amount": 2_500_000}


def loan(amount: int = 5_000_000, instalments: int = 10) -> dict[str, Any]:
    """An assessment that proposes a loan without interest."""
    terms = {"amount": amount, "instalments": instalments, "first_due": in_days(30)}
    return {**ASSESSED, "form": "qardhul-hasan", **terms}


def approved(document: str = "AKAD-01") -> dict[str, Any]:
    """An approval with its hand-over."""
    return {"verdict": "approved", "document": document, "handed_over_on": in_days(0)}


def in_days(days: int) -> str:
    """A day before or after today, as JSON says it."""
    return (clock.today() + timedelta(days=days)).isoformat()


def somebody_of(office: str, agency: str, *roles: Role) -> Officer:
    """An officer of a Mataram office."""
    return Officer(
        id=ids.new_id(),
        name="Petugas",
        office=office,
        agency=agency,
        roles=frozenset(roles or {Role.OFFICER}),
        areas=("52.71",),
    )


@dataclass
class Lender(Desk):
    """The desk of an office that lends, for one kind of stage."""

    kind: str = "grants.zakat"
    settings: Any = None
    group: int | None = None
    """How many belong to the group a stage is for; None for a person."""

    def open(self, ceiling: int = 100_000_000) -> None:
        """The head opens the office's fund."""
        head = somebody_of(self.officer.office, self.officer.agency, Role.HEAD)
        with self.database.transaction() as session:
            open_fund(
                session,
                head,
                fund_id=self.settings["fund"],
                title="Dana",
                source=Source.ZAKAT if self.kind == "grants.zakat" else Source.COOPERATIVE,
                owner_office=self.officer.office,
                budget_year=clock.today().year,
                ceiling=ceiling,
                ceiling_note="uji",
            )

    def offer(self, stage: str, journeys: Iterable[UUID], attempt: int = 1, **settings: Any) -> list[UUID]:
        """The stage is offered to this office for each of the journeys; the referrals."""
        subject = settings.pop("subject", None)
        offers = [self._offered(stage, journey, subject or ids.new_id(), attempt, settings) for journey in journeys]
        with self.database.transaction() as session:
            hear_stages_offered(session, [heard(each, self.sealed(each)) for each in offers], works=KNOWN)
        return [each.referral_id for each in offers]

    def one(self, **settings: Any) -> UUID:
        """A referral that was taken on."""
        (referral,) = self.take("support", [ids.new_id()], **settings)
        return referral

    def _offered(
        self, stage: str, journey: UUID, subject: UUID, attempt: int, settings: dict[str, Any]
    ) -> StageOffered:
        now = clock.now()
        group = {"formation": {"outcome": "formed", "facts": {"members": self.group}}} if self.group else {}
        return StageOffered(
            journey_id=journey,
            referral_id=ids.new_id(),
            programme="kusiapp-mataram",
            version=1,
            stage=stage,
            attempt=attempt,
            does=self.kind,
            agency=self.officer.agency,
            office=self.officer.office,
            sender_office="dinsos-mataram",
            area="52.71.01.1001",
            subject_kind=SubjectKind.GROUP if self.group else SubjectKind.PERSON,
            subject_id=subject,
            settings=self.settings | settings,
            earlier=group,
            remind_at=now + timedelta(days=5),
            due_at=now + timedelta(days=10),
        )


def baznas(database: Database, group: int | None = None) -> Lender:
    """A desk at Baznas Mataram; its province's had kifayah is not set, so officers write it down."""
    desk = Lender(
        database,
        somebody_of("baznas-mataram", "baznas"),
        somebody_of("baznas-mataram", "baznas", Role.APPROVER),
        group=group,
        settings={
            "fund": ZAKAT_FUND,
            "ceiling": 20_000_000,
            "forms": ["grant", "qardhul-hasan"],
            "household": None,
            "had_kifayah": None,
        },
    )
    desk.open()
    return desk


def koperasi(database: Database, group: int | None = None) -> Lender:
    """A desk at the office for cooperatives of Mataram, where nine found one and capital may be lent."""
    desk = Lender(
        database,
        somebody_of("koperasi-mataram", "koperasi"),
        somebody_of("koperasi-mataram", "koperasi", Role.APPROVER),
        kind="grants.cooperative",
        group=group,
        settings={"founders": 9, "fund": CAPITAL_FUND, "ceiling": 10_000_000},
    )
    desk.open()
    return desk
