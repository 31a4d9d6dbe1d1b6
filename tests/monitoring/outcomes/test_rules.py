from uuid import UUID

import pytest

from services.monitoring.causes import Cause
from services.monitoring.outcomes import rules
from services.monitoring.outcomes.rules import Signature, Verdict
from shared.kernel.errors import DomainError
from tests.refusals import refused

OFFICER, HEAD, THIRD = (UUID(int=n) for n in (1, 2, 3))


def signature(officer_id: UUID, verdict: Verdict = Verdict.GRADUATED, cause: Cause | None = None) -> Signature:
    return Signature(officer_id, verdict, cause)


def test_two_persons_of_one_mind_complete_the_stage() -> None:
    first = signature(OFFICER)
    rules.check_early_signature([], first, needed=2)
    rules.check_last_signature([first], signature(HEAD), needed=2)


def test_the_same_person_cannot_sign_twice() -> None:
    with refused(rules.SameSigner):
        rules.check_last_signature([signature(OFFICER)], signature(OFFICER), needed=2)


def test_the_last_signature_waits_for_the_first() -> None:
    with refused(rules.SignatureMissing, missing=1):
        rules.check_last_signature([], signature(HEAD), needed=2)
    with refused(rules.SignatureMissing, missing=2):
        rules.check_last_signature([], signature(HEAD), needed=3)
    with refused(rules.SignatureMissing, missing=1):
        rules.check_last_signature([signature(OFFICER)], signature(HEAD), needed=3)


def test_signatures_must_say_the_same() -> None:
    with refused(rules.VerdictsDiffer, signed=Verdict.GRADUATED, verdict=Verdict.NOT_YET):
        rules.check_last_signature([signature(OFFICER)], signature(HEAD, Verdict.NOT_YET), needed=2)
    with refused(rules.VerdictsDiffer, signed=Verdict.NOT_YET, verdict=Verdict.GRADUATED):
        rules.check_early_signature([signature(OFFICER, Verdict.NOT_YET)], signature(THIRD), needed=3)
    failed = signature(OFFICER, Verdict.FAILED, Cause.MARKET)
    with refused(rules.VerdictsDiffer, signed=Verdict.FAILED, verdict=Verdict.FAILED):
        rules.check_last_signature([failed], signature(HEAD, Verdict.FAILED, Cause.ILLNESS), needed=2)


def test_the_first_signer_may_change_her_mind_until_the_head_signs() -> None:
    rules.check_early_signature([signature(OFFICER)], signature(OFFICER, Verdict.NOT_YET), needed=2)


def test_another_officer_does_not_overwrite_the_first_signature() -> None:
    with refused(rules.SignedByAnother):
        rules.check_early_signature([signature(OFFICER)], signature(THIRD), needed=2)


def test_a_single_signature_is_the_heads_alone() -> None:
    rules.check_last_signature([], signature(HEAD), needed=1)
    with refused(rules.SignedByAnother):
        rules.check_early_signature([], signature(OFFICER), needed=1)


def test_three_signatures_need_two_before_the_last() -> None:
    rules.check_early_signature([signature(OFFICER)], signature(THIRD), needed=3)
    rules.check_last_signature([signature(OFFICER), signature(THIRD)], signature(HEAD), needed=3)


@pytest.mark.parametrize(
    ("verdict", "cause", "refusal"),
    [
        (Verdict.FAILED, None, rules.FailureWithoutCause),
        (Verdict.GRADUATED, Cause.MARKET, rules.CauseWithoutFailure),
        (Verdict.NOT_YET, Cause.OTHER, rules.CauseWithoutFailure),
    ],
)
def test_a_failure_and_only_a_failure_has_a_cause(
    verdict: Verdict, cause: Cause | None, refusal: type[DomainError]
) -> None:
    for check in (rules.check_early_signature, rules.check_last_signature):
        with refused(refusal, at="cause"):
            check([], signature(OFFICER, verdict, cause), needed=2)
