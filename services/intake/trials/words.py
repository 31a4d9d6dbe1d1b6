"""What a person reads of a dry run."""

from collections.abc import Iterable

from flask_babel import gettext

from services.intake.trials.rules import TrialState
from shared.programmes.definition import Programme
from shared.referrals import words as referrals
from shared.web.messages import N_

STATES = {
    TrialState.WAITING: (N_("Waiting"), "waiting"),
    TrialState.RUNNING: (N_("Running"), "active"),
    TrialState.DONE: (N_("Done"), "good"),
    TrialState.CANCELLED: (N_("Cancelled"), "neutral"),
    TrialState.FAILED: (N_("Failed"), "bad"),
}
FACTS = {
    "sex": N_("sex"),
    "age": N_("age"),
    "marital_status": N_("marital status"),
    "registries": N_("lists"),
    "pre_prosperous": N_("pre-prosperous family"),
    "occupation": N_("occupation"),
    "heads_household": N_("head of household"),
    "has_business": N_("has a business"),
    "area": N_("area"),
}


def state_name(state: TrialState) -> str:
    """How far a dry run has come, in words."""
    return gettext(STATES[state][0])


def state_kind(state: TrialState) -> str:
    """By which sign and colour it is told."""
    return STATES[state][1]


def fact_name(fact: str) -> str:
    """What a condition may ask of a person, in words."""
    return gettext(FACTS[fact]) if fact in FACTS else fact


def choice(programme: Programme, language: str) -> str:
    """How a published programme stands in a list to choose from."""
    return gettext("%(title)s, version %(version)s", title=programme.title.to(language), version=programme.version)


def place(code: str) -> str:
    """A kecamatan's name and the kabupaten or kota around it; that it is not known where it is empty."""
    return referrals.place(code) if code else gettext("not known")


def places_named(codes: Iterable[str]) -> str:
    """The names of areas, one after the other."""
    return "; ".join(referrals.place(code) for code in codes)
