"""Deciding verifications, many at once, and keeping what each was decided on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.eligibility import overrides, queries, rules
from services.intake.eligibility.models import Override, Verification
from services.intake.eligibility.rules import Check, Outcome
from services.intake.groups import queries as groups
from services.intake.journeys import queries as journeys
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.kernel.unsaid import NotAnswered
from shared.programmes import eligibility, library
from shared.programmes.eligibility import Decision
from shared.referrals import commands as worklist
from shared.referrals.models import Referral
from shared.storage.rows import insert_rows

KIND = "intake.verification"


@dataclass(frozen=True, slots=True)
class Verified:
    """How a verification ended, and what is told of it: facts, and what was found in words."""

    outcome: Outcome
    facts: dict[str, Any]
    findings: dict[str, Any]


def verify(
    session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
) -> dict[UUID, Verified]:
    """Decide these verifications and write them down; returns how each referral's ended."""
    decided: dict[UUID, Verified] = {}
    rows = []
    members = members_of(session, [referral for referral, _ in pairs])
    everybody = {person for people in members.values() for person in people}
    days = queries.reference_dates(session, [referral for referral, _ in pairs])
    facts = queries.facts_on(session, {(person, days[each]) for each, people in members.items() for person in people})
    cautions = queries.cautions_of(session, everybody)
    agreed = overrides.agreed_of(session, members.keys())
    on_paper = journeys.begun_on_paper(session, [referral.journey_id for referral, _ in pairs])
    for referral, told in pairs:
        done = {check: found for check, found in told.items() if check != "checked_on"}
        if checked_on := told.get("checked_on"):
            if referral.settings["check"] == Check.FIELD:
                raise rules.HasItsOwnDay().at("checked_on")
            rules.require_day(
                checked_on,
                offered_on=referral.offered_at.astimezone(clock.zone()).date(),
                today=clock.today(),
                on_paper=referral.journey_id in on_paper,
            )
        people, second = members[referral.id], agreed.get(referral.id)
        known = [facts[person, days[referral.id]] for person in people if (person, days[referral.id]) in facts]
        decision = decide(referral, known)
        check = Check(referral.settings["check"])
        own_cautions = frozenset(caution for person in people for caution in cautions.get(person, []))
        outcome = _outcome(check, done, decision, own_cautions, second)
        decided[referral.id] = Verified(outcome, *_told(check, _plain(done), decision, second))
        rows.append(
            {
                "referral_id": referral.id,
                "journey_id": referral.journey_id,
                "subject_id": referral.subject_id,
                "check": check,
                "outcome": outcome,
                "failed": [{"clause": each.clause, "member": each.member} for each in decision.failures],
                "facts": known,
                "findings": _plain(done),
                "decided_by": officer.id,
                "decided_at": clock.now(),
                "override_id": second.id if second else None,
            }
        )
    insert_rows(session, Verification, rows)
    return decided


def decide(referral: Referral, known: Sequence[queries.Facts]) -> Decision:
    """Hold the facts of a referral's person, or of its group's members, against its programme's conditions."""
    programme = library.programme(referral.programme, referral.version)
    if referral.subject_kind == "group":
        return eligibility.decide(programme, known)
    return eligibility.decide_member(programme, known[0] if known else {})


def members_of(session: Session, referrals: Sequence[Referral]) -> dict[UUID, Sequence[UUID]]:
    """The persons behind each referral: herself, or the members of her group."""
    in_groups = groups.person_ids_of(
        session, [referral.subject_id for referral in referrals if referral.subject_kind == "group"]
    )
    return {referral.id: in_groups.get(referral.subject_id, [referral.subject_id]) for referral in referrals}


def ask_second_person(session: Session, officer: Officer, referral_id: UUID, evidence: str) -> Override:
    """Bring evidence for deciding otherwise than the registries; a second person agrees or not.

    Raises NothingToOverride where the registries say yes, AlreadyAsked while somebody is being asked.
    """
    worklist.require_in_work(session, officer, [referral_id])
    referral = session.get_one(Referral, referral_id)
    if referral.kind != KIND or referral.settings.get("check") != Check.REGISTRY:
        raise NotFound(what="verification")
    people = members_of(session, [referral])[referral.id]
    days = queries.reference_dates(session, [referral])
    facts = queries.facts_of_persons(session, people, days[referral.id])
    decision = decide(referral, [facts[each] for each in people if each in facts])
    cautions = {each for found in queries.cautions_of(session, people).values() for each in found}
    if decision.eligible and not cautions & rules.DUKCAPIL_CAUTIONS:
        raise rules.NothingToOverride
    return overrides.ask(session, officer, referral, decision.failed, evidence)


def _outcome(
    check: Check, done: dict[str, Any], decision: Decision, cautions: frozenset[str], second: Override | None
) -> Outcome:
    found = done.get(check.value)
    if check is Check.REGISTRY:
        evidence = ((found or {}).get("evidence") or "").strip()
        if evidence and second is None:
            raise rules.SecondPersonNeeded().at("registry.evidence")
        return rules.by_registry(decision.failed, cautions, agreed=second is not None)
    if found is None:
        unanswered = {f"{check.value}.{each}": [NotAnswered()] for each in rules.ASKED[check]}
        raise rules.FindingsMissing(check=check.value, errors=unanswered)
    if check is Check.FILE:
        return rules.by_file(found) if decision.eligible else Outcome.NOT_ELIGIBLE
    if found["visited_on"] > clock.today():
        raise rules.VisitInFuture().at("field.visited_on")
    return rules.by_visit(lives_there=found["lives_there"], has_place=found["has_place"])


def _told(
    check: Check, done: dict[str, Any], decision: Decision, second: Override | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What later stages are told of a check: what was found, and which conditions or papers it is about."""
    facts: dict[str, Any] = {"conditions_failed": list(decision.failed)} if decision.failed else {}
    found = done.get(check.value, {})
    if check is Check.FILE:
        missing = [rules.PAPERS[paper] for paper, is_there in found.items() if not is_there]
        return facts | ({"papers_missing": missing} if missing else {}), {}
    if check is Check.FIELD:
        told = {name: found[name] for name in ("berita_acara", "visited_on", "lives_there", "has_place")}
        return facts | told, {"remarks": found["remarks"]} if found["remarks"] else {}
    if second is None:
        return facts, {}
    return facts, {"evidence": second.evidence, "second_person": f"{second.decided_name} ({second.decided_office})"}


def _plain(done: dict[str, Any]) -> dict[str, Any]:
    return {
        check: {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in found.items()}
        for check, found in done.items()
        if found
    }
