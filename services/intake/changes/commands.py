"""Deciding on two records of one person, noting a death, and ending a group, each with what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.changes import merging, rules
from services.intake.changes.models import Death, PersonMerge
from services.intake.groups import commands as groups
from services.intake.groups.models import BusinessGroup
from services.intake.journeys import commands as journeys
from services.intake.registry import queries as registry
from services.intake.registry.models import DuplicateReview, DuplicateState, Person, Residence
from services.intake.registry.rules import Caution, Sex, plain_name, require_unmerged
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.privacy.fields import blind_index
from shared.web import access


@dataclass(frozen=True, slots=True)
class Farewell:
    """What a death came to: the journeys that ended, and the group that lost a member."""

    journeys: Sequence[UUID]
    group_id: UUID | None


@dataclass(frozen=True, slots=True)
class Return:
    """What is left to do once a death is undone: journeys to open anew, and whether her group has her again."""

    journeys: Sequence[UUID]
    group_id: UUID | None
    is_member_again: bool


def settle_review(session: Session, officer: Officer, review_id: UUID, *, same: bool, evidence: str) -> Person:
    """Decide whether a record that was kept out is the person who bears its NIK, or somebody else.

    Either way what a file told enters the registry as a record without a NIK, so that nothing of it is lost; a record
    that claims the NIK by a correction stands there already. As the same person it is merged at once, and the merge
    can be undone.
    """
    review = session.get(DuplicateReview, review_id, with_for_update=True)
    if review is None:
        raise NotFound(what="review")
    bearer = registry.living(session, review.person_id)
    access.require(officer, Permission.REGISTRY_CHANGE, area=bearer.area)
    if review.state is DuplicateState.SETTLED:
        raise rules.ReviewSettled
    if review.record_id is None:
        entered = _enter(session, review)
    else:
        entered, bearer = _both(session, officer, registry.living(session, review.record_id).id, bearer.id)
    review.state, review.entered_id, review.evidence = DuplicateState.SETTLED, entered.id, evidence
    review.decided_by, review.decided_at = officer.id, clock.now()
    if same:
        merging.merge(session, officer, entered, bearer, evidence)
    return entered


def merge_into_bearer(session: Session, officer: Officer, person_id: UUID, *, nik: str, evidence: str) -> PersonMerge:
    """Say that a record is the person who bears this NIK; a name alone is never evidence."""
    try:
        kept_id = registry.person_by_nik(session, officer, nik).id
    except NotFound as nobody:
        raise rules.NobodyBearsIt().at("nik") from nobody
    merged, kept = _both(session, officer, person_id, kept_id)
    return merging.merge(session, officer, merged, kept, evidence)


def undo_merge(session: Session, officer: Officer, merge_id: UUID, *, because: str) -> PersonMerge:
    """Take a merge back: both records stand alone again, each with its own history and what goes on with it."""
    merge = session.get(PersonMerge, merge_id, with_for_update=True)
    if merge is None:
        raise NotFound(what="merge")
    if merge.undone_at is not None:
        raise rules.MergeUndone
    kept_id = session.scalars(select(Person.merged_into).where(Person.id == merge.merged_id)).one()
    merged, _kept = _both(session, officer, merge.merged_id, kept_id or merge.kept_id)
    merging.undo(session, officer, merge, merged, because)
    return merge


def note_death(session: Session, officer: Officer, person_id: UUID, *, died_on: date, evidence: str) -> Farewell:
    """Somebody died: her own journeys end, and what was not handed over to her goes back to its fund.

    Her group keeps its journey and its goods; where it falls below its minimum it has 30 working days to mend.
    """
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(what="person")
    access.require(officer, Permission.REGISTRY_CHANGE, area=person.area)
    require_unmerged(person.merged_into)
    today = clock.today()
    rules.check_death(died_on, today=today, born_on=person.birth_date, known=person.died_on is not None)
    person.died_on = died_on
    ended = journeys.stop_journeys_of(session, person_id, f"Meninggal dunia {died_on:%d-%m-%Y}")
    farewell = Farewell(ended, groups.leave_group(session, person_id))
    session.add(
        Death(
            person_id=person_id,
            died_on=died_on,
            evidence=evidence,
            noted_by=officer.id,
            noted_at=clock.now(),
            journeys=[str(each) for each in ended],
            group_id=farewell.group_id,
        )
    )
    session.flush()
    return farewell


def undo_death(session: Session, officer: Officer, person_id: UUID, *, because: str) -> Return:
    """A death was noted by mistake: she is alive, and takes her place in her group again where it is still free.

    Her journeys stay ended and are opened anew by hand (docs/decisions/0007-a-death-noted-by-mistake.md).
    """
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(what="person")
    access.require(officer, Permission.DEATHS_UNDO, area=person.area)
    death = session.scalar(select(Death).filter_by(person_id=person_id, undone_at=None).with_for_update())
    if death is None:
        raise rules.DeathUnknown
    if death.noted_by == officer.id:
        raise rules.NoterCannotUndo
    person.died_on = None
    death.undone_by, death.undone_at, death.undone_because = officer.id, clock.now(), because
    session.flush()
    is_back = death.group_id is not None and groups.return_to_group(session, person_id, death.group_id)
    return Return([UUID(each) for each in death.journeys], death.group_id, is_back)


def end_group(
    session: Session, officer: Officer, group_id: UUID, *, berita_acara: str, on: date, into: UUID | None = None
) -> BusinessGroup:
    """Dissolve a group, or let it merge into another: its journeys end, and goods not handed over go back."""
    group = groups.dissolve_group(session, officer, group_id, berita_acara=berita_acara, on=on, into=into)
    why = "Kelompok bergabung dengan kelompok lain" if into else "Kelompok bubar"
    journeys.stop_journeys_of(session, group_id, f"{why}; berita acara {berita_acara}")
    return group


def _enter(session: Session, review: DuplicateReview) -> Person:
    claim, now = review.claim, clock.now()
    person = Person(
        name=claim["name"],
        name_index=blind_index(plain_name(claim["name"]), "name"),
        phone=claim["phone"],
        sex=Sex(claim["sex"]) if claim["sex"] else None,
        birth_date=date.fromisoformat(claim["birth_date"]) if claim["birth_date"] else None,
        area=claim["area"],
        cautions=[Caution.NIK_MISSING],
        row_index=blind_index(f"review {review.id}", "registry-row"),
        created_at=now,
        changed_at=now,
    )
    session.add(person)
    session.flush()
    session.add(Residence(person_id=person.id, area=person.area, address=claim["address"], since=clock.today()))
    return person


def _both(session: Session, officer: Officer, merged_id: UUID, kept_id: UUID) -> tuple[Person, Person]:
    """Both records, locked in the order of their ids: two officers who merge them crosswise must not wait forever."""
    wanted = select(Person).where(Person.id.in_([merged_id, kept_id])).order_by(Person.id)
    found = {each.id: each for each in session.scalars(wanted.with_for_update())}
    if not found.keys() >= {merged_id, kept_id}:
        raise NotFound(what="person")
    for each in found.values():
        access.require(officer, Permission.REGISTRY_CHANGE, area=each.area)
    return found[merged_id], found[kept_id]
