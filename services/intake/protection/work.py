"""The stage `intake.protection` as the common worklist knows it: the talk was offered, and that is all it says."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.intake.protection import commands, rules, schemas
from services.intake.registry import commands as registry
from services.intake.registry.rules import as_said_to
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.kernel.unsaid import NotAnswered
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork

OFFERED = "offered"


class OfferedTalk(StageWork):
    """Every woman is offered a confidential conversation; whether she asks for one goes into the compartment."""

    kind = "intake.protection"
    completion_schema = schemas.TalkDone
    takes_notes = False
    template = "protection/work.html"
    not_told: Mapping[str, str] = dict.fromkeys(
        ("asks", "contact"), "It goes to the compartment, and nobody is told whether it was said."
    )

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Every one ends alike, with the same outcome and without facts."""
        if officer.scopes is not None:  # what is said here is said to a person
            raise rules.ToAPersonAlone
        if any(each.subject_kind is SubjectKind.PERSON and done["asks"] is None for each, done in pairs):
            raise NotAnswered().at("asks")
        told = [(each, done) for each, done in pairs if done["asks"] or done["contact"]]
        if any(each.subject_kind is SubjectKind.GROUP for each, _ in told):
            raise rules.AskEachWoman().at("asks")
        contacts = {
            each.subject_id: as_said_to(officer.office, done["contact"]) for each, done in told if done["contact"]
        }
        registry.note_contact_wishes(session, contacts)
        commands.pass_on(session, officer, [each.subject_id if done["asks"] else None for each, done in pairs])
        return [Completion(OFFERED, {}) for _ in pairs]
