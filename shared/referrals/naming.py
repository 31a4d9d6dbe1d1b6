"""Who a row of a list is about: the name that the office was told, and where it was told none, the number alone.

What decides is what decides on the referral's own page: who works for the office, in the area, and may open it, sees
the name that the programme shared with the stage, as long as the office still holds it: consent that was taken back
has taken it along. Nobody else learns more than the number. Each list writes down whom it named.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from marshmallow import Schema
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.kernel import fields, numbers
from shared.privacy.looks import log_looks
from shared.referrals import queries
from shared.referrals.commands import WORKERS
from shared.referrals.models import Referral
from shared.storage.arrays import among
from shared.web import door

KEPT_APART = frozenset({"intake.protection"})
"""Kinds of stages whose lists name nobody: who is behind them is for the compartment's own pages."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a referral is about, as a list shows it; `name` is None where this officer is not told it."""

    number: str
    name: str | None
    subject_kind: SubjectKind

    @property
    def called(self) -> str:
        """In one line, for a choice or a heading: Siti Aminah · 482-109-355."""
        return f"{self.name or self.kind} · {self.number}"

    @property
    def kind(self) -> str:
        """What she or it is called without a name."""
        return gettext("Group") if self.subject_kind is SubjectKind.GROUP else gettext("Person")


Names = Mapping[UUID, Named]


def of(session: Session, officer: Officer, referral_ids: Iterable[UUID], why: str) -> Names:
    """Whom these referrals are about, in one query; the names are a look, which is written down with `why`."""
    wanted = list(set(referral_ids))
    if not wanted:
        return {}
    about = (Referral.id, Referral.journey_id, Referral.subject_kind, Referral.subject_id)
    told = _told(session, officer, wanted)
    found: dict[UUID, Named] = {}
    looked: dict[SubjectKind, set[UUID]] = {}
    for row in session.execute(select(*about).where(among(Referral.id, wanted))):
        name = (told.get(row.id) or {}).get("name")
        found[row.id] = Named(numbers.of(row.journey_id), name, row.subject_kind)
        if name:
            looked.setdefault(row.subject_kind, set()).add(row.subject_id)
    _note(session, officer, looked, why)
    return found


def of_journeys(session: Session, officer: Officer, journey_ids: Iterable[UUID], why: str) -> Names:
    """Whom these journeys are about: by a name where the officer's office was told it for any stage of them here."""
    wanted = set(journey_ids)
    rows = session.execute(
        select(Referral.id, Referral.journey_id, Referral.subject_kind, Referral.subject_id)
        .where(among(Referral.journey_id, wanted))
        .order_by(Referral.id)
    ).all()
    told = _told(session, officer, [row.id for row in rows])
    found = {each: Named(numbers.of(each), None, SubjectKind.PERSON) for each in wanted}
    looked: dict[SubjectKind, set[UUID]] = {}
    for row in rows:
        name = (told.get(row.id) or {}).get("name") or found[row.journey_id].name
        found[row.journey_id] = Named(numbers.of(row.journey_id), name, row.subject_kind)
        if name:
            looked.setdefault(row.subject_kind, set()).add(row.subject_id)
    _note(session, officer, looked, why)
    return found


def listed(referral_ids: Iterable[UUID], why: str) -> Names:
    """Whom these referrals are about, for a page or an answer that lists them; the look stays, whatever comes after."""
    with door.looking() as session:
        return of(session, door.current_officer(), referral_ids, why)


def listed_journeys(journey_ids: Iterable[UUID], why: str) -> Names:
    """Whom these journeys are about, for a page or an answer that lists them."""
    with door.looking() as session:
        return of_journeys(session, door.current_officer(), journey_ids, why)


def lines(schema: type[Schema], rows: Iterable[Any], names: Names, by: str = "referral_id") -> list[dict[str, Any]]:
    """Rows as an answer says them, each with number and name of the referral that it has under `by`."""
    own = [name for name in schema().fields if name not in NamedSchema().fields]
    return [{**{name: getattr(each, name) for name in own}, **of_line(names, getattr(each, by))} for each in rows]


def of_line(names: Names, referral_id: UUID) -> dict[str, str | None]:
    """The number and the name of one row."""
    return {"number": names[referral_id].number, "name": names[referral_id].name}


class NamedSchema(Schema):
    """What a line says of whom it is about."""

    number = fields.String(required=True, metadata={"description": "The journey's, as people read it out"})
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "As it was told to your office, where it may be shown; reading it is a look"},
    )


def of_people(session: Session, officer: Officer, referral_ids: Iterable[UUID], why: str) -> dict[UUID, str]:
    """The names of everybody behind these referrals, by person: of herself, or of the members that were shared."""
    wanted = list(set(referral_ids))
    kinds_of = select(Referral.id, Referral.subject_id, Referral.subject_kind).where(among(Referral.id, wanted))
    told = _told(session, officer, wanted) if wanted else {}
    names: dict[UUID, str] = {}
    for row in session.execute(kinds_of) if told else ():
        shared = told.get(row.id) or {}
        if row.subject_kind is SubjectKind.PERSON and shared.get("name"):
            names[row.subject_id] = shared["name"]
        for member in shared.get("members") or ():
            if isinstance(member, dict) and member.get("id") and member.get("name"):
                names[UUID(member["id"])] = member["name"]
    log_looks(session, officer, SubjectKind.PERSON, sorted(names), why)
    return names


def journeys_called(session: Session, officer: Officer, words: str, most: int) -> list[UUID]:
    """The journeys whose names, as her office was told them, contain all of these words.

    Names are encrypted, so that they are compared here; nobody is shown but whom a list shows afterwards.
    """
    if not may_name(officer):
        return []
    wanted = words.casefold().split()
    rows = session.execute(select(Referral.journey_id, Referral.particulars).where(*_may_be_named(officer)))
    found = {
        each.journey_id
        for each in rows
        if all(word in str((each.particulars or {}).get("name") or "").casefold() for word in wanted)
    }
    return sorted(found, reverse=True)[:most]


def may_name(officer: Officer) -> bool:
    """Whether an officer is told names at all: she works on referrals. A student mentor never is."""
    return officer.has(*WORKERS)


def _note(session: Session, officer: Officer, looked: Mapping[SubjectKind, Collection[UUID]], why: str) -> None:
    for kind, subjects in sorted(looked.items()):
        log_looks(session, officer, kind, sorted(subjects), why)


def _told(session: Session, officer: Officer, wanted: Collection[UUID]) -> dict[UUID, dict[str, Any] | None]:
    """What the officer's office still holds of what was shared for these, by referral."""
    if not may_name(officer):
        return {}
    rows = session.execute(
        select(Referral.id, Referral.particulars).where(among(Referral.id, wanted), *_may_be_named(officer))
    )
    return {row.id: row.particulars for row in rows}


def _may_be_named(officer: Officer) -> tuple[ColumnElement[bool], ...]:
    """The referrals of which her office still holds what was shared, and whose lists name somebody."""
    return (
        queries.hers(officer),
        Referral.particulars.is_not(None),
        Referral.kind.not_in(KEPT_APART),
    )
