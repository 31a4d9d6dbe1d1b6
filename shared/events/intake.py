"""What intake announces: the journey, stage by stage."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.events.envelope import Event, event


class SubjectKind(StrEnum):
    """Whom a journey carries."""

    PERSON = "person"
    GROUP = "group"


class JourneyOutcome(StrEnum):
    """How a journey ends."""

    GRADUATED = "graduated"  # the programme's own condition for standing on her own feet holds
    COMPLETED = "completed"  # every stage is done, without that condition
    REFUSED = "refused"  # a stage decided against her
    WITHDRAWN = "withdrawn"  # she, or her group, stepped back
    STOPPED = "stopped"  # the office that leads the programme ended it, and said why


class StuckBecause(StrEnum):
    """Why a stage waits for the office that leads the programme."""

    DECLINED = "declined"
    UNANSWERED = "unanswered"
    RETURNED = "returned"
    CONSENT_MISSING = "consent-missing"  # not offered yet: not everybody concerned has answered


@event("journey-opened", by="intake")
class JourneyOpened(Event):
    """A person or group set out on a programme; one brought in from paper did so on the day of its first act."""

    journey_id: UUID
    programme: str
    version: int
    subject_kind: SubjectKind
    subject_id: UUID
    area: str
    members: int
    opened_on: date
    lead_office: str
    parent_journey_id: UUID | None = None


@event("stage-offered", by="intake")
class StageOffered(Event):
    """A stage waits for the office that is accountable for it from now on.

    The sealed part, addressed to the service that offers the stage's kind, holds `particulars`: the fields of her
    data that the programme shares with this stage, and no others; under `reports`, what earlier stages found, as far as
    it is for this one. For a stage that gives aid it also holds `aid`:
    `budget_year`, the programme's `compatibility`, and the `beneficiaries` without names (person, household, the aid
    that she and her household are known to receive).
    """

    journey_id: UUID
    referral_id: UUID
    programme: str
    version: int
    stage: str
    attempt: int
    does: str
    agency: str
    office: str
    sender_office: str
    area: str
    subject_kind: SubjectKind
    subject_id: UUID
    settings: dict[str, Any]
    earlier: dict[str, Any]
    remind_at: datetime
    due_at: datetime
    expires_at: datetime | None = None

    @property
    def concerns(self) -> str:
        """The service that offers the stage's kind."""
        return self.does.partition(".")[0]


@event("stage-brought-in", by="intake")
class StageBroughtIn(Event):
    """A stage of a journey was done on paper before Kail had the journey: nobody is asked to do it.

    `done_on` is the day of the act and `paper` its paper's number; `entered_on` is the day on which it was brought in,
    by `entered_by`. Where aid was given, `aid` says what the programme says of other aid, in which year, and whom it
    was for: persons and households by identifier. It stands in the open, because it has to be told again after a loss.
    """

    journey_id: UUID
    referral_id: UUID
    programme: str
    version: int
    stage: str
    attempt: int
    does: str
    agency: str
    office: str
    sender_office: str
    area: str
    subject_kind: SubjectKind
    subject_id: UUID
    settings: dict[str, Any]
    outcome: str
    facts: dict[str, Any]
    done_on: date
    entered_on: date
    entered_by: UUID
    paper: str | None = None
    aid: dict[str, Any] | None = None

    @property
    def concerns(self) -> str:
        """The service that offers the stage's kind."""
        return self.does.partition(".")[0]


@event("stage-skipped", by="intake")
class StageSkipped(Event):
    """A journey goes on without a stage: its condition does not hold, or (`why`) she does not allow it."""

    journey_id: UUID
    stage: str
    why: str | None = None


@event("stage-withdrawn", by="intake")
class StageWithdrawn(Event):
    """An offered stage is no longer wanted from this office."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    reason: str


@event("stage-stuck", by="intake")
class StageStuck(Event):
    """A stage came back, or lacks her consent; the leading office is accountable until it is offered or skipped.

    A stage that lacks consent was never offered: nobody else has told its `agency` and `attempt`, so they stand here.
    """

    journey_id: UUID
    referral_id: UUID
    stage: str
    why: StuckBecause
    accountable_office: str
    agency: str | None = None
    attempt: int | None = None


@event("decision-owed", by="intake")
class DecisionOwed(Event):
    """The leading office owes a decision on a stage that came back, or lacks consent, as it owes any stage's work.

    `referral_id` is the decision's own, and `undone` the referral on which it is; what becomes of it is told by
    referral's events, as of any other. `sender_office` gave the stage back; where consent is missing nobody did, and it
    is the leading office itself.
    """

    journey_id: UUID
    referral_id: UUID
    undone: UUID
    why: StuckBecause
    programme: str
    version: int
    stage: str
    attempt: int
    agency: str
    office: str
    sender_office: str
    area: str
    subject_kind: SubjectKind
    subject_id: UUID
    remind_at: datetime
    due_at: datetime


@event("override-asked", by="intake")
class OverrideAsked(Event):
    """An officer wants to decide a verification otherwise than the registries say; a second person has to agree.

    `conditions` are the clauses that the registries say are not fulfilled; on what evidence is told to nobody.
    """

    journey_id: UUID
    referral_id: UUID
    override_id: UUID
    office: str
    conditions: list[str]


@event("override-decided", by="intake")
class OverrideDecided(Event):
    """A second person agreed that a verification is decided otherwise than the registries say, or did not."""

    journey_id: UUID
    referral_id: UUID
    override_id: UUID
    office: str
    agreed: bool


class DayKind(StrEnum):
    """What a city's calendar says of a day."""

    HOLIDAY = "holiday"  # of the city's own
    JOINT_LEAVE = "joint-leave"  # cuti bersama that came late, or only here
    WORKING = "working"  # a weekday on which offices open, although the national calendar closes them


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarDay:
    """A day of a city's calendar."""

    day: date
    kind: DayKind


@event("calendar-changed", by="intake", about="decree_id")
class CalendarChanged(Event):
    """A decree says of days in a region that offices are closed, or open after all, as it stands by now.

    `revision` grows with each word of the same decree, so that these may be heard in any order and twice; one that was
    taken out of the calendar is `withdrawn`.
    """

    decree_id: UUID
    revision: int
    region: str
    number: str
    decreed_on: date
    days: list[CalendarDay]
    withdrawn: bool = False


@event("stage-rescheduled", by="intake")
class StageRescheduled(Event):
    """The dates of an open stage, or of a decision, were counted anew, because the calendar of its area has changed.

    Whoever has it takes these dates in the place of those before; one that was reminded of it is not reminded again.
    """

    journey_id: UUID
    referral_id: UUID
    stage: str
    does: str
    agency: str
    office: str
    remind_at: datetime
    due_at: datetime
    due_before: datetime
    decree_number: str
    decreed_on: date
    expires_at: datetime | None = None

    @property
    def concerns(self) -> str:
        """The service in which the stage, or the decision, is worked on."""
        return self.does.partition(".")[0]


@event("journey-moved", by="intake")
class JourneyMoved(Event):
    """An open journey goes on by another version of its programme; what was offered before stays as it was offered."""

    journey_id: UUID
    version: int


@event("journey-counted", by="intake")
class JourneyCounted(Event):
    """The group that an open journey carries has so many members: it was formed on the way, or they have changed."""

    journey_id: UUID
    members: int


@event("office-handed-over", by="intake", about="office")
class OfficeHandedOver(Event):
    """An office was closed, merged or given another identifier: what it held is its successor's from then on."""

    office: str
    successor: str
    handed_over_on: date


@event("journey-handed-over", by="intake")
class JourneyHandedOver(Event):
    """A successor leads an open journey, or has its open stages, in the place of an office that was handed over.

    `referrals` are those stages that wait for an office, or for the leading one, at that moment.
    """

    journey_id: UUID
    office: str
    successor: str
    referrals: list[UUID]


@event("journey-ended", by="intake")
class JourneyEnded(Event):
    """A journey is over; `because` names the stage that decided it, where one did."""

    journey_id: UUID
    outcome: JourneyOutcome
    ended_on: date
    because: str | None = None


@event("particulars-shared", by="intake")
class ParticularsShared(Event):
    """The shared fields of a referral, sealed anew for a service that had lost them."""

    journey_id: UUID
    referral_id: UUID


@event("particulars-corrected", by="intake")
class ParticularsCorrected(Event):
    """What was shared of her for a stage was wrong and is corrected at her own wish, in every copy of it.

    It concerns every referral of the journey to this agency for the stage, closed ones too; `referral_id` names the
    latest. The part sealed for the service that offers the stage's kind holds `corrected`: `fields` that take the
    place of those held, as far as they were shared, and for a group `member`, the identifier and name of the member
    concerned.
    """

    journey_id: UUID
    agency: str
    stage: str
    does: str
    corrected_on: date
    referral_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedReferral:
    """A stage for which an agency was told of her, its latest referral, and the kind by which a service knows its own.

    There is no latest referral while the stage waits for its turn after a second chance.
    """

    stage: str
    does: str
    referral_id: UUID | None = None


@event("consent-withdrawn", by="intake")
class ConsentWithdrawn(Event):
    """She, or a member of her group, took consent back: whoever was told for these stages forgets what was shared.

    It concerns every referral of the journey to this agency for one of the stages named, closed ones too; `referrals`
    names the latest of each, so that one whose offer has not been heard yet is not opened with what she took back.
    """

    journey_id: UUID
    agency: str
    referrals: list[SharedReferral]
    withdrawn_on: date


@event("group-counted", by="intake", about="group_id")
class GroupCounted(Event):
    """Members of a group were chosen, joined, left or took another's place: so many it has since then."""

    group_id: UUID
    members: int


@event("group-frozen", by="intake", about="group_id")
class GroupFrozen(Event):
    """A group fell below its minimum: no new aid until it has mended, merged or dissolved.

    `frozen_at` names the freeze, so that this and its end may be heard in any order and twice.
    """

    group_id: UUID
    frozen_at: datetime
    mend_by: datetime


@event("group-mended", by="intake", about="group_id")
class GroupMended(Event):
    """A group that was frozen at this moment has enough members again."""

    group_id: UUID
    frozen_at: datetime


@event("group-split", by="intake", about="group_id")
class GroupSplit(Event):
    """Members of a group went apart: it goes on with those who stayed, each of `parts` is a group of its own now.

    The part sealed for grants, where the goods are divided, holds `berita_acara` and `names`, those of all the groups
    by identifier.
    """

    split_id: UUID
    group_id: UUID
    parts: list[UUID]
    split_on: date


@event("persons-merged", by="intake", about="record_id")
class PersonsMerged(Event):
    """A record was found to be one of a person's: she lives on under `person_id`, and is asked for under both.

    It is said once more of every record that had been merged into this one before, or stands so again. `revision` grows
    with each word on the same record, so that these and `PersonsParted` may be heard in any order and twice.
    """

    record_id: UUID
    person_id: UUID
    revision: int


@event("persons-parted", by="intake", about="record_id")
class PersonsParted(Event):
    """A merge was undone: from now on this record is a person of its own again."""

    record_id: UUID
    revision: int


@event("access-ended", by="intake", about="officer_id")
class AccessEnded(Event):
    """An officer's access has ended: every token issued to her until `ended_at`, or all tokens of one session.

    `ended_at` is real time, as tokens are. `closed` says that she works no longer where she did: her account is closed,
    or moved to another office.
    """

    officer_id: UUID
    ended_at: datetime
    session_id: UUID | None = None
    closed: bool = False


@event("leave-noted", by="intake", about="officer_id")
class LeaveNoted(Event):
    """An officer is on leave from its first to its last day, both in the deployment's zone, as it stands by now.

    `revision` grows with each word of the same leave, so that these may be heard in any order and twice; one that was
    taken back is `withdrawn`, and one that ended early has an earlier last day. Why she is away is told to nobody.
    """

    officer_id: UUID
    leave_id: UUID
    revision: int
    from_on: date
    to_on: date
    stand_in_id: UUID | None = None
    withdrawn: bool = False
