"""What the read model remembers: only what events said, only codes, nothing personal.

Every row is written by one source alone: a journey and its offers by intake, what became of a referral by the service
that runs the stage. So the order between sources cannot matter, and no two deliveries ever wait for the same row.

The standings say what each journey, turn of a stage and visit counts as, and the tallies how many of each there are;
both are written by the summing alone (`tallies`), so that a page costs the same for a hundred journeys and a million.
"""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Identity, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.kernel import numbers
from shared.storage import Base
from shared.storage.columns import Id, Timestamp


class JourneyFigure(Base):
    """A journey from its first day to its end, as intake tells it.

    `counted_as_of` is the position in intake's log of the last event that counted its members on the way.
    """

    __tablename__ = "journey_figure"
    __table_args__ = (
        Index("ix_journey_figure_listed", "programme", "version", "opened_at", "id"),
        Index("ix_journey_figure_number", text("kail_journey_number(id)")),
        Index("ix_journey_figure_newest", "opened_at", "id"),  # those of all programmes together
        Index("ix_journey_figure_open", "programme", "version", postgresql_where=text("ended_at IS NULL")),
        Index("ix_journey_figure_place", "programme", "version", "area"),
        Index("ix_journey_figure_subject", "subject_id"),  # the other journeys of whoever is on one
        Index(
            "ix_journey_figure_ended",
            *("programme", "version", "outcome", "opened_at", "id"),
            postgresql_where=text("outcome IS NOT NULL"),
        ),
        Index(
            "ix_journey_figure_recruited", "parent_journey_id", postgresql_where=text("parent_journey_id IS NOT NULL")
        ),
    )

    id: Mapped[Id]
    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]  # nobody of a journey that was heard of before it was kept; a replay tells
    members: Mapped[int]
    counted_as_of: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lead_office: Mapped[str]
    parent_journey_id: Mapped[UUID | None]
    opened_on: Mapped[date]
    opened_at: Mapped[Timestamp]
    ended_at: Mapped[Timestamp | None]
    outcome: Mapped[str | None]
    because: Mapped[str | None]

    @property
    def number(self) -> str:
        """Its number, as people read it out; the same in every service."""
        return numbers.of(self.id)


class StageFigure(Base):
    """A stage as intake offered it: to whom, and until when. Its id is the referral's.

    One that waits for her consent stands here, too, under the leading office, called off at the moment it began; and so
    does what the leading office owes: the decision on one that came back, which `decides` names.
    """

    __tablename__ = "stage_figure"
    __table_args__ = (Index("ix_stage_figure_journey_id_stage", "journey_id", "stage"),)

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    stage: Mapped[str]
    attempt: Mapped[int]
    agency: Mapped[str]
    office: Mapped[str]
    sender_office: Mapped[str]
    offered_at: Mapped[Timestamp]
    remind_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    expires_at: Mapped[Timestamp | None]
    called_off_at: Mapped[Timestamp | None]
    stuck_at: Mapped[Timestamp | None]
    stuck_because: Mapped[str | None]
    accountable_office: Mapped[str | None]
    decides: Mapped[UUID | None]
    on_paper: Mapped[date | None]
    """The day on which it was done on paper, before Kail: its moments are that day's, and nobody had promised it."""


class SkippedStage(Base):
    """A stage that a journey went on without, because its condition did not hold."""

    __tablename__ = "skipped_stage"

    journey_id: Mapped[Id]
    stage: Mapped[str] = mapped_column(primary_key=True)
    skipped_at: Mapped[Timestamp]


class ReferralFigure(Base):
    """What became of a referral, as the service that runs the stage tells it.

    The state is computed from what happened, so that hearing things late or twice leads to the same one.
    """

    __tablename__ = "referral_figure"

    id: Mapped[Id]
    journey_id: Mapped[UUID] = mapped_column(index=True)
    stage: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    opened_at: Mapped[Timestamp | None]
    accepted_at: Mapped[Timestamp | None]
    reminded_at: Mapped[Timestamp | None]
    escalated_at: Mapped[Timestamp | None]
    closed_at: Mapped[Timestamp | None]
    closed_as: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    state: Mapped[str] = mapped_column(
        Computed(
            "CASE WHEN closed_as IS NOT NULL THEN closed_as WHEN accepted_at IS NOT NULL THEN 'accepted' "
            "WHEN opened_at IS NOT NULL THEN 'opened' ELSE 'offered' END",
            persisted=True,
        )
    )


class TimelineEntry(Base):
    """One line of a journey's story. The id is the event's own, so a line stands there once."""

    __tablename__ = "timeline_entry"
    __table_args__ = (Index("ix_timeline_entry_story", "journey_id", "happened_at", "id"),)

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    happened_at: Mapped[Timestamp]
    service: Mapped[str]
    type: Mapped[str]
    stage: Mapped[str | None]
    agency: Mapped[str | None]
    office: Mapped[str | None]
    referral_id: Mapped[UUID | None]
    cause_id: Mapped[UUID | None]
    trace_id: Mapped[UUID]
    said: Mapped[dict[str, str | int]] = mapped_column(JSONB)


class OfficeWord(Base):
    """What an office's officers last did, by the event that told of it; written by the summing alone."""

    __tablename__ = "office_word"

    office: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str]
    type: Mapped[str]
    happened_at: Mapped[Timestamp]
    event_id: Mapped[UUID]


class VisitFigure(Base):
    """One visit that took place: which planned month it was, and how the business did."""

    __tablename__ = "visit_figure"
    # how the businesses of many journeys did, and which visit of a journey was the last
    __table_args__ = (Index("ix_visit_figure_journey_id", "journey_id", "month", "recorded_at"),)

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID]
    stage: Mapped[str]
    office: Mapped[str]
    month: Mapped[int]
    visited_on: Mapped[date]
    condition: Mapped[str]
    recorded_at: Mapped[Timestamp]


class TouchedJourney(Base):
    """A journey that something happened to since it was summed.

    Touching only ever adds a line, and summing removes the lines that it saw: a journey that is touched again
    meanwhile keeps a line for the next summing, and no delivery waits.
    """

    __tablename__ = "touched_journey"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    journey_id: Mapped[UUID]


class JourneyStanding(Base):
    """What a journey counts as in the tallies; `cohort` is the first day of the month in which it was opened.

    `subject` says whose journey it is where the same person or group is on another one as well.
    """

    __tablename__ = "journey_standing"

    journey_id: Mapped[Id]
    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    subject_kind: Mapped[str]
    cohort: Mapped[date]
    generation: Mapped[int]
    standing: Mapped[str]
    because: Mapped[str | None]
    members: Mapped[int]
    subject: Mapped[UUID | None]


class StageStanding(Base):
    """What one turn of a stage counts as in the tallies; for the standings see `rules.Standing`.

    A stage that a journey went on without has no referral: its turn is the journey itself. Days are the
    deployment's; those of reminder and due date are there only while the turn is open.
    """

    __tablename__ = "stage_standing"
    __table_args__ = (
        Index("ix_stage_standing_listed", "programme", "version", "stage", "standing", "opened_at", "journey_id"),
        Index("ix_stage_standing_due", "programme", "version", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        # the red list: what is open everywhere, and what is open at one office, the earliest due first
        Index("ix_stage_standing_red", "due_at", "turn", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_stage_standing_owed", "office", "due_at", "turn", postgresql_where=text("due_at IS NOT NULL")),
        # the promises that an office closed in a month, page by page
        Index(
            "ix_stage_standing_closed", "office", "closed_in", "turn", postgresql_where=text("closed_in IS NOT NULL")
        ),
    )

    journey_id: Mapped[Id]
    stage: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[Id]
    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    opened_at: Mapped[Timestamp]
    cohort: Mapped[date]
    agency: Mapped[str | None]
    office: Mapped[str | None]
    sender_office: Mapped[str | None]
    standing: Mapped[str]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    is_first: Mapped[bool]
    remind_on: Mapped[date | None]
    due_on: Mapped[date | None]
    offered_on: Mapped[date | None]
    due_at: Mapped[Timestamp | None]
    entered_on: Mapped[date | None]
    via: Mapped[str | None]
    closed_in: Mapped[date | None]
    closed_as: Mapped[str | None]
    kept: Mapped[bool | None]
    working_days: Mapped[int | None] = mapped_column(SmallInteger)


class VisitStanding(Base):
    """How a business did in a month after the hand-over, by the latest visit of that month."""

    __tablename__ = "visit_standing"

    journey_id: Mapped[Id]
    month: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    condition: Mapped[str]


class Tally:
    """A table that counts: every column but the counts is a part of its key, and an absent value is one, too.

    A line that counts nobody any more stays until it is swept: whoever reads leaves out what is nought.
    """

    COUNTS: ClassVar[tuple[str, ...]] = ("journeys",)
    READ_BY: ClassVar[tuple[str, ...]] = ()
    """The columns of a second index, where a page reads a few of very many lines."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Index | dict[str, Any], ...]:
        name: str = cls.__tablename__  # type: ignore[attr-defined]
        also = [Index(f"ix_{name}_read", *cls.READ_BY)] if cls.READ_BY else []
        # Counts move all the time. With room beside them and no index on a count, PostgreSQL touches no index for it.
        room = {"postgresql_with": {"fillfactor": 70}}
        return Index(f"uq_{name}", *cls.key(), unique=True, postgresql_nulls_not_distinct=True), *also, room

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"primary_key": cls.key()}

    @classmethod
    def key(cls) -> list[str]:
        """The names of the columns that say who is counted."""
        return [name for name in cls.__annotations__ if name not in cls.COUNTS]


class TallyJourney(Tally, Base):
    """How many journeys of each kind stand how, and how many women they carry.

    `area` is a kecamatan in every tally, or what is larger, where the journey's own area is. `standing` is 'open', or
    the outcome; `generation` says how many recruitments away from the first ones, which are the first generation.
    """

    __tablename__ = "tally_journey"
    COUNTS = ("journeys", "members")

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    subject_kind: Mapped[str]
    cohort: Mapped[date]
    generation: Mapped[int]
    standing: Mapped[str]
    because: Mapped[str | None]
    journeys: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[int] = mapped_column(BigInteger)


class TallyRepeated(Tally, Base):
    """Of `TallyJourney` what belongs to persons and groups that are on more than one journey, by whose it is.

    Women are counted once with it, in whatever part of the figures; see `tallies.women`.
    """

    __tablename__ = "tally_repeated"

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    cohort: Mapped[date]
    generation: Mapped[int]
    standing: Mapped[str]
    subject: Mapped[UUID]
    carried: Mapped[int]  # members of one journey
    journeys: Mapped[int] = mapped_column(BigInteger)


class TallyStage(Tally, Base):
    """How many journeys stand where with a stage; for the standings see `rules.Standing`.

    Each standing is counted by itself, so figures of several are not to be added up to a number of journeys: one that
    was sent back is 'done' and 'waiting' at once. `remind_on`, `due_on` and `offered_on` are there for open turns only.
    """

    __tablename__ = "tally_stage"

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    stage: Mapped[str]
    agency: Mapped[str | None]
    office: Mapped[str | None]
    sender_office: Mapped[str | None]
    standing: Mapped[str]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    remind_on: Mapped[date | None]
    due_on: Mapped[date | None]
    offered_on: Mapped[date | None]
    journeys: Mapped[int] = mapped_column(BigInteger)


class TallyReached(Tally, Base):
    """How many journeys that set out in the same month have completed a stage; `cohort` is the month's first day."""

    __tablename__ = "tally_reached"

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    stage: Mapped[str]
    cohort: Mapped[date]
    journeys: Mapped[int] = mapped_column(BigInteger)


class TallyPassage(Tally, Base):
    """How many journeys came to a stage on a day.

    `via` is there for those who came again: the outcome that sent them back. A stage that is offered to another office
    because the first one did not do it is not entered again.
    """

    __tablename__ = "tally_passage"
    READ_BY = ("programme", "version", "day")

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    stage: Mapped[str]
    via: Mapped[str | None]
    day: Mapped[date]
    journeys: Mapped[int] = mapped_column(BigInteger)


class TallyPromise(Tally, Base):
    """How many referrals were closed in a month, whether within their due date, and in how many working days.

    `month` is its first day, `closed_as` one of completed, declined, returned, unanswered; those that were withdrawn
    are nobody's promise.
    """

    __tablename__ = "tally_promise"
    COUNTS = ("referrals",)

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    stage: Mapped[str]
    month: Mapped[date]
    closed_as: Mapped[str]
    kept: Mapped[bool]
    working_days: Mapped[int] = mapped_column(SmallInteger)
    referrals: Mapped[int] = mapped_column(BigInteger)


class TallyVisit(Tally, Base):
    """How many businesses did how in each month after the hand-over, by the latest visit of that month."""

    __tablename__ = "tally_visit"

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    month: Mapped[int]
    condition: Mapped[str]
    journeys: Mapped[int] = mapped_column(BigInteger)


class TallyPlace(Tally, Base):
    """How many journeys, and women, each kelurahan or desa has: the one tally that goes below the kecamatan."""

    __tablename__ = "tally_place"
    COUNTS = ("journeys", "members")

    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    journeys: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[int] = mapped_column(BigInteger)
