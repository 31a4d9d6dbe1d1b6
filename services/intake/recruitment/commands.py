"""Naming recruits, and closing recruitments: whoever is enough for a group becomes one.

Recruiting is rare, and a circle or a limit only shows when nobody else writes at the same time: so one lock for each
programme stands around it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from services.intake.groups import commands as groups
from services.intake.groups import queries as memberships
from services.intake.groups.models import BusinessGroup
from services.intake.recruitment import queries, rules
from services.intake.recruitment.models import Recruit
from services.intake.recruitment.rules import KECAMATAN_CODE, Proposal, Waiting
from services.intake.registry.rules import Unreadable, parse_nik
from shared import places
from shared.identity.officer import Officer
from shared.kernel import clock, ids
from shared.privacy.fields import blind_indexes
from shared.privacy.looks import log_looks
from shared.programmes import library
from shared.referrals.models import Referral
from shared.referrals.work import Completion


@dataclass(frozen=True, slots=True)
class Named:
    """A member names a candidate, by the registry's own identifier or by her NIK; without either it is nobody."""

    recruiter_id: UUID
    person_id: UUID | None = None
    nik: str | None = None


def name_recruits(session: Session, officer: Officer, referral: Referral, named: Sequence[Named]) -> None:
    """Write down whom the members of the referral's group recruit; whoever is not named any more is free again."""
    _alone(session, [referral.programme])
    proposals = _found(session, officer, named)
    (members,) = memberships.person_ids_of(session, [referral.subject_id]).values()
    candidates = {each.person for each in proposals if each.person}
    known = queries.known(session, officer, referral, members, candidates)
    rules.check_proposals(proposals, known, referral.settings["most"])
    session.execute(delete(Recruit).where(Recruit.referral_id == referral.id))
    now = clock.now()
    rows = [
        {
            "id": ids.new_id(),
            "programme": referral.programme,
            "referral_id": referral.id,
            "journey_id": referral.journey_id,
            "group_id": referral.subject_id,
            "recruiter_id": each.recruiter,
            "person_id": each.person,
            "named_by": officer.id,
            "named_at": now,
        }
        for each in proposals
    ]
    if rows:
        session.execute(insert(Recruit), rows)


def conclude(session: Session, officer: Officer, referrals: Sequence[Referral]) -> list[Completion]:
    """Close recruitments: recruits of one kecamatan who are enough for a group become a proposed one.

    Whoever is left over waits for the next recruits of her kecamatan, whichever group brings them.
    """
    programmes = sorted({each.programme for each in referrals})
    _alone(session, programmes)
    counted = _close(session, referrals)
    pool = queries.waiting(session, programmes)
    mine = {each.id: set(counted.get(each.id, ())) for each in referrals}
    later = {recruit for own in mine.values() for recruit in own}
    done = []
    for referral in referrals:
        later -= mine[referral.id]
        programme = library.programme(referral.programme, referral.version)
        here = [
            each
            for each in pool[referral.programme]
            if each.recruit not in later and officer.works_in(each.area) and queries.is_for(programme, each.area)
        ]
        formed = rules.new_groups(here, referral.settings["group_size"]) if mine[referral.id] else []
        founded = _found_groups(session, officer, referral, formed)
        gone = {each.recruit for members in formed for each in members}
        pool[referral.programme] = [each for each in pool[referral.programme] if each.recruit not in gone]
        recruits = len(mine[referral.id])
        outcome = rules.outcome_of(recruits)
        done.append(Completion(outcome.value, {"groups": [str(each) for each in founded], "recruits": recruits}))
    return done


def let_go(session: Session, referrals: Iterable[Referral]) -> None:
    """Free everybody whom recruitments had named that will not be closed here."""
    gone = [each.id for each in referrals]
    session.execute(delete(Recruit).where(Recruit.referral_id.in_(gone), Recruit.concluded_at.is_(None)))


def _alone(session: Session, programmes: Iterable[str]) -> None:
    for each in programmes:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"recruitment {each}", 0))))


def _found(session: Session, officer: Officer, named: Sequence[Named]) -> list[Proposal]:
    indexes = {}
    for at, each in enumerate(named):
        if each.person_id is None and each.nik:
            try:
                indexes[each.nik] = blind_indexes(parse_nik(each.nik).number, "nik")
            except Unreadable as unreadable:
                raise unreadable.at(f"recruits.{at}.nik") from unreadable
    bearers = queries.by_nik(session, indexes) if indexes else {}
    log_looks(session, officer, "person", bearers.values(), "recruit named by NIK")
    return [
        Proposal(at, each.recruiter_id, each.person_id)
        if each.person_id
        else Proposal(at, each.recruiter_id, bearers.get(each.nik or ""), "nik")
        for at, each in enumerate(named)
        if each.person_id or each.nik
    ]


def _close(session: Session, referrals: Sequence[Referral]) -> Mapping[UUID, list[UUID]]:
    """Close what these recruitments named; gives the recruits of each."""
    rows = session.execute(
        update(Recruit)
        .where(Recruit.referral_id.in_([each.id for each in referrals]))
        .values(concluded_at=clock.now())
        .returning(Recruit.referral_id, Recruit.id)
        .execution_options(synchronize_session=False)
    )
    found: dict[UUID, list[UUID]] = {}
    for referral_id, recruit in rows:
        found.setdefault(referral_id, []).append(recruit)
    return found


def _found_groups(
    session: Session, officer: Officer, referral: Referral, formed: Sequence[Sequence[Waiting]]
) -> list[UUID]:
    """A group for each of these; one or two in a recruitment, so each is founded by itself."""
    if not formed:
        return []
    business = session.get_one(BusinessGroup, referral.subject_id).line_of_business
    homes = [rules.home_of(members) for members in formed]
    numbers = Counter(queries.groups_in(session, {home[:KECAMATAN_CODE] for home in homes}))
    founded = []
    for home, members in zip(homes, formed, strict=True):
        kecamatan = home[:KECAMATAN_CODE]
        numbers[kecamatan] += 1
        name = f"Kelompok {places.name_of(kecamatan)} {numbers[kecamatan]}"
        group = groups.create_group(session, officer, name=name, area=home, line_of_business=business)
        groups.propose_members(session, officer, group.id, [each.person for each in members])
        session.execute(
            update(Recruit)
            .where(Recruit.id.in_([each.recruit for each in members]))
            .values(new_group_id=group.id)
            .execution_options(synchronize_session=False)
        )
        founded.append(group.id)
    return founded
