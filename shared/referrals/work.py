"""What a slice adds to the common worklist: the work of its own kind of stage.

The worklist knows clocks, states and offices; only the slice knows what has to be done and when it is done. It says so
with one `StageWork` for each kind of stage, and gives it to the service's `referrals.api`, `referrals.pages` and
`referrals.handlers`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from marshmallow import Schema
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.programmes import kinds
from shared.programmes.definition import Text
from shared.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Completion:
    """How a stage ended: one of its kind's outcomes, and the facts and findings that its kind reports.

    `is_explained` where the work itself asked why, and keeps it where it belongs.
    """

    outcome: str
    facts: dict[str, Any]
    findings: dict[str, Any] = field(default_factory=dict)
    is_explained: bool = False


class StageWork(ABC):
    """The work of one kind of stage. Inherit from it and leave out what the stage does not need."""

    kind: str
    """The stage kind as programmes name it: `training.course`."""

    completion_schema: type[Schema]
    """What an officer tells when the work is done; page and API read it alike."""

    roles: tuple[Role, ...] = (Role.OFFICER,)
    """Who may do the work, any one of them; a decision belongs to an approver."""

    signed_by: tuple[Role, ...] = ()
    """Who has the last word on what colleagues prepare; without, whoever does the work has it."""

    work_schema: type[Schema] | None = None
    """What an officer may save on the way; None where there is nothing to save."""

    told_as: Mapping[str, str] = {}
    """By which fact or finding of its kind later stages learn of a field, where that has another name."""

    not_told: Mapping[str, str] = {}
    """What is entered and told to no later stage, and why."""

    may_go_back: bool = True
    """Whether its office may decline it or give it back; what only that office can do, it may not."""

    takes_notes: bool = True
    """Whether officers note something on its referrals; not where a woman speaks in confidence."""

    about: str | None = None
    """A template of its own in the place of the particulars that were shared."""

    together: str | None = None
    """A template of the fields that many of its referrals can be reported with alike; None where each differs."""

    saved_together: str | None = None
    """A template of the fields of the work that can be saved alike for many; None where each differs."""

    rows_together: str | None = None
    """A template with a row for each of many, for what differs; its fields are named `each.<referral>.<field>`, and a
    referral whose box `ids[]` in it is not ticked is left out."""

    template: str
    """The stage's part of the referral page: the fields of the work and of its completion, without form or buttons."""

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Make the slice's own rows for referrals just heard of, all in one statement.

        What their offers say is there; the rows themselves are not loaded, and a change to them is not stored.
        """
        return

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The work so far as plain JSON values: shown by API and page under `work`."""
        return {}

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save the work so far; the referral is locked, accepted, and within the officer's authority."""
        raise NotImplementedError

    def record_many(self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]) -> None:
        """Save the work of many, as `record` does of one."""
        for referral, work in pairs:
            self.record(session, officer, referral, work)

    def before_together(self, session: Session, referrals: Sequence[Referral]) -> Mapping[UUID, dict[str, Any]]:
        """By referral, what `rows_together` shows of it."""
        return {}

    @abstractmethod
    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> Sequence[Completion]:
        """Close the slice's side and tell how each stage ended, in the order of the pairs; raises Invalid if undone."""

    def found(self, session: Session, referrals: Sequence[Referral]) -> Mapping[UUID, dict[str, Any]]:
        """What was found beside the facts, in words or line by line, of many at once; asked when they are finished.

        It is sealed, and told to later stages as far as the catalogue of kinds says it is for them.
        """
        return {}

    @property
    def keeps(self) -> Text | None:
        """What stays after she took her consent back, and why; the catalogue says it, so that intake can tell her."""
        return kinds.kind(self.kind).keeps

    def erased(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Forget whatever the slice copied of her particulars: she took her consent back, and they are gone here."""
        return

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Let go of what the slice holds for referrals closed without the work; some it may never have opened."""
        return


def plain(row: Any, *names: str) -> dict[str, Any]:
    """Some columns of a row as plain JSON values, without those that say nothing."""
    return {name: _plain(value) for name in names if (value := getattr(row, name)) not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


Works = Mapping[str, StageWork]


def by_kind(works: Iterable[StageWork]) -> Works:
    """The works of a service by the kind of stage that they do."""
    return {work.kind: work for work in works}
