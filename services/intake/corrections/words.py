"""What pages call the details that may be corrected, the states of a correction, and why one is refused."""

from datetime import date

from flask_babel import gettext

from services.intake.corrections.rules import CorrectionState, RefusalReason
from services.intake.registry import shown
from services.intake.registry.mending import CHOICES
from services.intake.registry.rules import Detail, MaritalStatus, Occupation, Relation, Sex
from shared.referrals.words import place
from shared.web import showing
from shared.web.messages import N_

DETAILS = {
    Detail.NAME: N_("Name"),
    Detail.NIK: N_("NIK"),
    Detail.KK: N_("Family card (KK)"),
    Detail.RELATION: N_("In the household"),
    Detail.PHONE: N_("Phone"),
    Detail.SEX: N_("Sex"),
    Detail.BIRTH_DATE: N_("Born"),
    Detail.MARITAL_STATUS: N_("Marital status"),
    Detail.OCCUPATION: N_("Occupation"),
    Detail.AREA: N_("Village"),
    Detail.ADDRESS: N_("Address"),
    Detail.PRE_PROSPEROUS: N_("Pre-prosperous family"),
    Detail.HAS_BUSINESS: N_("Has a business"),
}
STATES = {
    CorrectionState.WAITING: (N_("Waiting"), "waiting"),
    CorrectionState.IN_REVIEW: (N_("NIK of somebody else"), "warning"),
    CorrectionState.DONE: (N_("Corrected"), "good"),
    CorrectionState.REFUSED: (N_("Refused"), "neutral"),
}
"""For each state its words and the kind of its tag."""
REASONS = {
    RefusalReason.EVIDENCE_MISSING: N_("Nothing shows the new value"),
    RefusalReason.EVIDENCE_DISAGREES: N_("What was brought shows something else"),
    RefusalReason.DUKCAPIL_FIRST: N_("The card itself is wrong: Dukcapil corrects it first"),
    RefusalReason.NOT_HERS: N_("It is somebody else's data"),
    RefusalReason.OTHER: N_("Another reason"),
}
KINDS = {
    Detail.SEX: Sex,
    Detail.MARITAL_STATUS: MaritalStatus,
    Detail.OCCUPATION: Occupation,
    Detail.RELATION: Relation,
}


def detail(which: Detail) -> str:
    """What a detail is called."""
    return gettext(DETAILS[which])


def value(which: Detail, said: str | None) -> str:
    """A value as people write it."""
    if said is None:
        return "–"
    if which in KINDS:
        return shown.labels().get(KINDS[which](said), gettext("Other"))
    if which in (Detail.PRE_PROSPEROUS, Detail.HAS_BUSINESS):
        return gettext("Yes") if said == "true" else gettext("No")
    if which is Detail.BIRTH_DATE:
        return showing.day(date.fromisoformat(said))
    return place(said) if which is Detail.AREA else said


def choices(which: Detail) -> list[tuple[str, str]]:
    """The words that a detail knows, as a form offers them; none where it is typed."""
    return [(each, value(which, each)) for each in CHOICES.get(which, ())]


def state(which: CorrectionState) -> str:
    """How far it has come, in words."""
    return gettext(STATES[which][0])


def reason(which: RefusalReason) -> str:
    """Why it was refused, in words."""
    return gettext(REASONS[which])


def reasons() -> list[tuple[str, str]]:
    """The reasons, as a form offers them."""
    return [(each.value, gettext(name)) for each, name in REASONS.items()]
