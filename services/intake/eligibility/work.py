"""The stage `intake.verification` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.eligibility import commands, overrides, queries, rules, schemas
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes import library
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork


def papers_of(session: Session, referral: Referral, people: Sequence[UUID]) -> dict[str, Any]:
    """What is known here of the papers of a file: whose cards are registered, the minutes, and the RAB line by line."""
    minutes = [facts for each in referral.earlier.values() if (facts := each["facts"] or {}).get("berita_acara")]
    budgets = [each["findings"]["rab"] for each in referral.reports if "rab" in each["findings"]]
    rab = budgets[-1] if budgets else []
    with_nik, on_card = queries.cards_of(session, people)
    return {
        "people": len(people),
        "with_nik": with_nik,
        "on_card": on_card,
        "minutes": {"number": minutes[-1]["berita_acara"], "on": minutes[-1].get("deliberated_on")}
        if minutes
        else None,
        "rab": rab,
        "total": sum(each["total"] for each in rab),
    }


class VerificationWork(StageWork):
    """An officer checks the registries, the papers or the place; the rules say what follows."""

    kind = "intake.verification"
    roles = (Role.OFFICER,)
    completion_schema = schemas.VerificationDone
    together = "eligibility/together.html"
    template = "eligibility/verification.html"
    told_as: Mapping[str, str] = {"registry": "evidence", "file": "papers_missing", "field": "remarks"}

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """What the registries say of each person, which conditions fail, and what to check with Dukcapil."""
        (people,) = commands.members_of(session, [referral]).values()
        facts = queries.facts_of_persons(session, people, queries.reference_dates(session, [referral])[referral.id])
        cautions = queries.cautions_of(session, people)
        known = [facts[person] for person in people if person in facts]
        decision = commands.decide(referral, known)
        clauses = library.programme(referral.programme, referral.version).eligibility
        failed, asked = set(decision.failed), overrides.latest(session, referral.id)
        return {
            "check": referral.settings["check"],
            "eligible": decision.eligible,
            "override": overrides.shown(asked) if asked else None,
            "may_depart": not decision.eligible
            or any(rules.DUKCAPIL_CAUTIONS.intersection(each) for each in cautions.values()),
            "reasons": {language: decision.reasons(language) for language in ("id", "en")},
            "clauses": [
                {
                    "id": clause.id,
                    "text": {"id": clause.text.id, "en": clause.text.en},
                    "holds": clause.id not in failed,
                }
                for clause in clauses
            ],
            "persons": [{"facts": facts[each], "cautions": cautions.get(each, [])} for each in people if each in facts],
            "papers": papers_of(session, referral, people),
            "today": clock.today().isoformat(),
        }

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Decide, and keep what was decided on."""
        decided = commands.verify(session, officer, pairs)
        today = clock.today().isoformat()
        return [
            Completion(
                decided[referral.id].outcome.value,
                {"checked_on": _done_on(done) or today, **decided[referral.id].facts},
                decided[referral.id].findings,
            )
            for referral, done in pairs
        ]


def _done_on(done: dict[str, Any]) -> str | None:
    """The day on which the place was seen or the papers were looked at; it may lie before that of its entry."""
    seen = done.get("field")
    day = seen["visited_on"] if seen else done.get("checked_on")
    return day.isoformat() if day else None
