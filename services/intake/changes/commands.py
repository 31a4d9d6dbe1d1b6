"""Deciding on two records of one person, noting a death, and ending a group, each with what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.changes import merging, rules
from services.intake.changes.models import Death, PersonMerge
from services.intake.groups import commands as groups
from services.intake.groups.models import BusinessGroup
from services.intake.journeys import commands as journeys
from services.intake.registry import arrivals
from services.intake.registry import queries as registry
from services.intake.registry.commands import ONE_AT_A_TIME
from services.intake.registry.models import DuplicateReview, DuplicateState, Person
from services.intake.registry.records import of_claim
from services.intake.registry.rules import plain_name, require_unmerged
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

    Either way all that a file told enters the registry as a record without a NIK, so that nothing of it is lost; a
    record that claims the NIK by a correction stands there already. As the same person it is merged at once, which can
    be undone, and is taken over as the import would have, unless something newer is known of her. The decision holds
    for this writing of her: what is open of it is settled with it, and a later file is not asked about again.
    """
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    review = session.get(DuplicateReview, review_id, with_for_update=True)
    if review is None:
        raise NotFound(what="review")
    bearer = registry.living(session, review.person_id)
    access.require(officer, Permission.REGISTRY_CHANGE, area=bearer.area)
    if review.state is DuplicateState.SETTLED:
        raise rules.ReviewSettled
    alike = _of_one_writing(session, review)
    if review.record_id is None:
        entered = _enter(session, alike[-1])
    else:
        entered, bearer = _both(session, officer, registry.living(session, review.record_id).id, bearer.id)
    for each in alike:
        each.state, each.entered_id, each.evidence, each.same = DuplicateState.SETTLED, entered.id, evidence, same
        each.decided_by, each.decided_at = officer.id, clock.now()
        each.name_index = blind_index(plain_name(each.claim["name"]), "name")
        each.birth_date = _born(each)
    session.flush()
    if same:
        merging.merge(session, officer, entered, bearer, evidence)
        _take_over(session, alike[-1], bearer)
    return session.get_one(Person, entered.id)


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


def _of_one_writing(session: Session, review: DuplicateReview) -> list[DuplicateReview]:
    """The open reviews of the same writing as this one, the latest last: a file may have told of her several times."""
    if review.record_id is not None:
        return [review]
    others = select(DuplicateReview).where(
        DuplicateReview.person_id == review.person_id,
        DuplicateReview.record_id.is_(None),
        DuplicateReview.state == DuplicateState.OPEN,
    )
    writing = (plain_name(review.claim["name"]), _born(review))
    found = session.scalars(others.order_by(DuplicateReview.opened_at, DuplicateReview.id).with_for_update())
    return [each for each in found if (plain_name(each.claim["name"]), _born(each)) == writing]


def _born(review: DuplicateReview) -> date | None:
    said = review.claim.get("birth_date")
    return date.fromisoformat(said) if said else None


def _enter(session: Session, review: DuplicateReview) -> Person:
    row_index = blind_index(f"review {review.id}", "registry-row")
    assert review.run_id is not None
    session.flush()
    entered = arrivals.enter(session, of_claim(review.claim), row_index, review.run_id, clock.today(), clock.now())
    return session.get_one(Person, entered)


def _take_over(session: Session, review: DuplicateReview, bearer: Person) -> None:
    """Let the person who is known learn what the record said of her, where nothing newer was said since."""
    if review.run_id is None or bearer.changed_at > review.opened_at:
        return
    record = of_claim(review.claim)
    session.flush()
    arrivals.tell_of(
        session, record, bearer.id, review.claim.get("cautions", []), review.run_id, clock.today(), clock.now()
    )


def _both(session: Session, officer: Officer, merged_id: UUID, kept_id: UUID) -> tuple[Person, Person]:
    """Both records, locked in the order of their ids: two officers who merge them crosswise must not wait forever."""
    wanted = select(Person).where(Person.id.in_([merged_id, kept_id])).order_by(Person.id)
    found = {each.id: each for each in session.scalars(wanted.with_for_update())}
    if not found.keys() >= {merged_id, kept_id}:
        raise NotFound(what="person")
    for each in found.values():
        access.require(officer, Permission.REGISTRY_CHANGE, area=each.area)
    return found[merged_id], found[kept_id]
