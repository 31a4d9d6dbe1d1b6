"""What a needs assessment is: an answer to each need that the programme can meet, and what follows from the answers.

The programme names the needs in the stage's settings and says in the conditions of later stages which agency answers
which. Several answers at once open several branches (seed article of DP3A Kutai Kartanegara).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Invalid

PATH = "answers.{at}.{field}"
"""Where on the form an answer stands: the needs are asked in the order of the programme's settings."""

CONFIDANT = "dp3a"


class AssessmentOutcome(StrEnum):
    """How a needs assessment ends."""

    ASSESSED = "assessed"  # she needs something that the programme can give
    NOTHING_NEEDED = "nothing-needed"


class NeedNotOffered(Invalid):
    """This programme does not offer '{need}'; it offers {offered}."""

    indonesian = "Program ini tidak menyediakan '{need}'; yang tersedia: {offered}."


class AnswerMissing(Invalid):
    """Ask about this need too, and answer yes or no."""

    indonesian = "Tanyakan juga kebutuhan ini, lalu jawab ya atau tidak."


class AnsweredTwice(Invalid):
    """This need is answered twice; answer it once."""

    indonesian = "Kebutuhan ini dijawab dua kali; jawab satu kali saja."


class InterviewMissing(Invalid):
    """Fill in the day of the interview."""

    indonesian = "Isi hari wawancara."


class InterviewInFuture(Invalid):
    """The interview cannot have been held on a day to come."""

    indonesian = "Wawancara tidak mungkin bertanggal di masa depan."


class TalkIsNotForHere(Invalid):
    """A talk in confidence is asked for by DP3A, for one person at a time."""

    indonesian = "Percakapan rahasia diminta oleh DP3A, untuk satu orang."


def may_ask_for_talk(agency: str, subject_kind: str) -> bool:
    """Whether a talk in confidence can be asked for here: only DP3A has somebody who may hear it."""
    return agency == CONFIDANT and subject_kind == "person"


def check_needs(offered: Sequence[str], named: Sequence[str]) -> None:
    """Refuse answers to what the programme does not offer, or two answers to one need."""
    for at, need in enumerate(named):
        field = PATH.format(at=at, field="need")
        if need not in offered:
            raise NeedNotOffered(need=need, offered=", ".join(offered)).at(field)
        if need in named[:at]:
            raise AnsweredTwice().at(field)


def check_day(interviewed_on: date | None, today: date) -> None:
    """Refuse an interview on a day to come."""
    if interviewed_on is not None and interviewed_on > today:
        raise InterviewInFuture().at("interviewed_on")


def check_complete(offered: Sequence[str], answers: Mapping[str, bool], interviewed_on: date | None) -> None:
    """Refuse to close an assessment in which something was not asked, each gap beside its own field."""
    errors: dict[str, list[Invalid]] = {
        PATH.format(at=at, field="found"): [AnswerMissing()] for at, need in enumerate(offered) if need not in answers
    }
    if interviewed_on is None:
        raise InterviewMissing(errors={"interviewed_on": [InterviewMissing()], **errors})
    if errors:
        raise AnswerMissing(errors=errors)


def needs_found(offered: Iterable[str], answers: Mapping[str, bool]) -> list[str]:
    """The needs that were answered with yes, in the programme's order."""
    return [need for need in offered if answers.get(need)]


def outcome_of(needs: Sequence[str]) -> AssessmentOutcome:
    """How an assessment with these needs ends."""
    return AssessmentOutcome.ASSESSED if needs else AssessmentOutcome.NOTHING_NEEDED
