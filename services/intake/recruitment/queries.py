"""What is known of recruits: who may still be named, who waits for a group, and how far a programme has come."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text, union
from sqlalchemy.orm import Session

from services.intake.eligibility import queries as eligibility
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.journeys.models import Journey
from services.intake.journeys.queries import kept_out
from services.intake.journeys.rules import JourneyStatus
from services.intake.recruitment.models import Recruit
from services.intake.recruitment.rules import KECAMATAN_CODE, Known, Waiting
from services.intake.registry.models import Person
from services.intake.registry.queries import ACTIVE
from services.intake.registry.rules import Sex
from shared.events.intake import JourneyOutcome, SubjectKind
from shared.identity.areas import covers, within
from shared.identity.officer import Officer
from shared.programmes import library
from shared.programmes.definition import Programme
from shared.referrals.models import Referral

SHOWN = 60
"""So many candidates are shown to choose from; anybody else is named by her NIK."""

NOT_REACHED = (JourneyOutcome.REFUSED, JourneyOutcome.WITHDRAWN)
"""Whom a programme turned away, or who stepped back, is not counted as reached."""

LINES = text("""
    WITH RECURSIVE line (person_id, recruiter_id) AS (
        SELECT person_id, recruiter_id FROM recruit WHERE programme = :programme AND person_id = ANY(:people)
        UNION
        SELECT above.person_id, above.recruiter_id
          FROM recruit AS above JOIN line ON above.person_id = line.recruiter_id
         WHERE above.programme = :programme
    )
    SELECT person_id, recruiter_id FROM line
""")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a programme has come, cumulatively: women, and villages in which one of its groups is at home."""

    women: int
    villages: int


def named_in(session: Session, referral_id: UUID) -> Sequence[Recruit]:
    """Whom a recruitment has named so far, in the order of naming."""
    return session.scalars(select(Recruit).where(Recruit.referral_id == referral_id).order_by(Recruit.id)).all()


def used_by(session: Session, programme: str, people: Collection[UUID], *, but: UUID) -> dict[UUID, int]:
    """How many each of these has recruited in a programme, without the recruitment that is being written."""
    rows = session.execute(
        select(Recruit.recruiter_id, func.count())
        .where(Recruit.programme == programme, Recruit.recruiter_id.in_(people), Recruit.referral_id != but)
        .group_by(Recruit.recruiter_id)
    )
    return {recruiter: count for recruiter, count in rows}  # noqa: C416


def known(
    session: Session, officer: Officer, referral: Referral, members: Collection[UUID], candidates: Collection[UUID]
) -> Known:
    """What the rules ask about these candidates of a group's members."""
    lives = session.execute(select(Person.id, Person.area).where(ACTIVE, Person.id.in_(candidates))).all()
    programme = library.programme(referral.programme, referral.version)
    lines = session.execute(LINES, {"programme": referral.programme, "people": [*members, *candidates]})
    own = {each.person_id for each in named_in(session, referral.id)}
    return Known(
        members=members,
        registered={person for person, area in lives if officer.works_in(area)},
        outside={person for person, area in lives if not is_for(programme, area)},
        busy=set(session.scalars(_busy(referral.programme).where(Person.id.in_(candidates)))),
        recruiter_of={person: recruiter for person, recruiter in lines if person not in own},
        used=used_by(session, referral.programme, members, but=referral.id),
    )


def is_for(programme: Programme, area: str) -> bool:
    """Whether a programme is for those who live in an area."""
    return any(covers(region, area) for region in programme.region)


def by_nik(session: Session, indexes: Mapping[str, Sequence[bytes]]) -> dict[str, UUID]:
    """Who bears each of these NIKs, given with its blind indexes."""
    rows = session.execute(
        select(Person.nik_index, func.coalesce(Person.merged_into, Person.id)).where(
            Person.nik_index.in_([index for known in indexes.values() for index in known])
        )
    )
    bearer = {index: person for index, person in rows}  # noqa: C416
    return {nik: bearer[index] for nik, known in indexes.items() for index in known if index in bearer}


def possible_recruits(session: Session, programme: Programme, area: str) -> list[UUID]:
    """Persons around an area who would qualify as far as the registries say, and whom nobody has recruited yet."""
    recruited = select(Recruit.person_id).where(Recruit.programme == programme.id)
    found, _ = eligibility.candidates(
        session,
        programme,
        areas=[area[:KECAMATAN_CODE]],
        busy=select(union(_busy(programme.id), recruited, kept_out(session, programme)).subquery().c[0]),
        after=None,
        limit=SHOWN,
    )
    return [person for person, _ in found]


def people(session: Session, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """These persons as a form offers them."""
    rows = session.execute(select(Person.id, Person.name, Person.area).where(Person.id.in_(set(ids))))
    return {row.id: {"id": str(row.id), "name": row.name, "area": row.area} for row in rows}


def waiting(session: Session, programmes: Collection[str]) -> dict[str, list[Waiting]]:
    """By programme, the recruits of closed recruitments who belong to no group yet, the longest waiting first."""
    rows = session.execute(
        select(Recruit.programme, Recruit.id, Recruit.person_id, Person.area)
        .join(Person, Person.id == Recruit.person_id)
        .where(Recruit.programme.in_(programmes), _waits())
        .order_by(Recruit.concluded_at, Recruit.id)
    )
    found: dict[str, list[Waiting]] = {each: [] for each in programmes}
    for row in rows:
        found[row.programme].append(Waiting(row.id, row.person_id, row.area))
    return found


def waiting_by_kecamatan(session: Session, officer: Officer, programme: str) -> dict[str, int]:
    """How many recruits wait for a group in each kecamatan of the officer's areas."""
    kecamatan = func.left(Person.area, KECAMATAN_CODE)
    statement = (
        select(kecamatan, func.count())
        .select_from(Recruit)
        .join(Person, Person.id == Recruit.person_id)
        .where(Recruit.programme == programme, _waits(), within(Person.area, officer.areas))
        .group_by(kecamatan)
        .order_by(kecamatan)
    )
    return {area: count for area, count in session.execute(statement)}  # noqa: C416


def groups_in(session: Session, kecamatan: Collection[str]) -> dict[str, int]:
    """How many groups each kecamatan has."""
    code = func.left(BusinessGroup.area, KECAMATAN_CODE)
    rows = session.execute(select(code, func.count()).where(code.in_(kecamatan)).group_by(code))
    return {area: count for area, count in rows}  # noqa: C416


def coverage(session: Session, programme: str) -> Coverage:
    """How many women a programme has reached up to now, and in how many villages one of its groups is at home.

    Everybody counts once who belongs, or belonged, to a group that set out, or set out by herself.
    """
    reached = and_(Journey.programme == programme, or_(Journey.outcome.is_(None), Journey.outcome.not_in(NOT_REACHED)))
    in_groups = (
        select(GroupMember.person_id)
        .join(Journey, Journey.subject_id == GroupMember.group_id)
        .where(reached, Journey.subject_kind == SubjectKind.GROUP)
    )
    alone = select(Journey.subject_id).where(reached, Journey.subject_kind == SubjectKind.PERSON)
    women = select(func.count(Person.id)).where(
        Person.id.in_(union(in_groups, alone)), Person.sex.is_distinct_from(Sex.MALE)
    )
    villages = select(func.count(func.distinct(Journey.area))).where(reached)
    return Coverage(session.scalar(women) or 0, session.scalar(villages) or 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must never be, and where."""

    what: str
    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


def audit(session: Session) -> list[Finding]:
    """Every circle of recruiters, and every member who brought more than her programme allows."""
    circles = session.execute(
        text("""
            WITH RECURSIVE line (programme, start, recruiter_id) AS (
                SELECT programme, person_id, recruiter_id FROM recruit
                UNION
                SELECT line.programme, line.start, above.recruiter_id
                  FROM line JOIN recruit AS above
                    ON above.programme = line.programme AND above.person_id = line.recruiter_id
            )
            SELECT programme, start FROM line WHERE start = recruiter_id ORDER BY programme, start
        """)
    )
    found = [
        Finding("recruiting-circle", str(row.start), f"she recruited herself in {row.programme}") for row in circles
    ]
    allowed = func.max(Referral.settings["most"].as_integer())
    beyond = session.execute(
        select(Recruit.programme, Recruit.recruiter_id, func.count().label("count"), allowed.label("allowed"))
        .join(Referral, Referral.id == Recruit.referral_id)
        .group_by(Recruit.programme, Recruit.recruiter_id)
        .having(func.count() > allowed)
    )
    return found + [
        Finding("recruits", str(row.recruiter_id), f"{row.count} in {row.programme}, where {row.allowed} are allowed")
        for row in beyond
    ]


def forgotten_groups(session: Session) -> list[Finding]:
    """Every group of recruits whose journey was never opened, once all events have been heard."""
    opened = exists().where(Journey.subject_id == Recruit.new_group_id, Journey.programme == Recruit.programme)
    rows = session.scalars(select(Recruit.new_group_id).where(Recruit.new_group_id.is_not(None), ~opened).distinct())
    return [Finding("group-without-journey", str(group), "these recruits wait for a journey") for group in rows]


def _busy(programme: str) -> Select[Any]:
    """Everybody who belongs to a group now, or is on the way in a programme herself."""
    member = exists().where(GroupMember.person_id == Person.id, GroupMember.left_on.is_(None))
    going = exists().where(
        Journey.subject_id == Person.id, Journey.programme == programme, Journey.status == JourneyStatus.OPEN
    )
    return select(Person.id).where(or_(member, going))


def _waits() -> ColumnElement[bool]:
    in_a_group = exists().where(GroupMember.person_id == Recruit.person_id, GroupMember.left_on.is_(None))
    return and_(Recruit.concluded_at.is_not(None), Recruit.new_group_id.is_(None), ~in_a_group)
