"""The compartment's words as its pages show them, in the reader's language."""

from datetime import datetime

from flask_babel import gettext as _

from services.intake.protection.rules import CaseKind, CloseReason, GlassState, StepKind


def kinds() -> dict[str, str]:
    """What a case may be about."""
    return {
        CaseKind.DOMESTIC_VIOLENCE: _("Domestic violence"),
        CaseKind.SEXUAL_VIOLENCE: _("Sexual violence"),
        CaseKind.DISCRIMINATION: _("Discrimination"),
        CaseKind.TRAFFICKING: _("Trafficking"),
        CaseKind.OTHER: _("Other"),
    }


def steps() -> dict[str, str]:
    """What may be done for her."""
    return {
        StepKind.CONVERSATION: _("Conversation"),
        StepKind.LEGAL_AID: _("Legal aid"),
        StepKind.SOCIAL_ASSISTANCE: _("Social assistance"),
        StepKind.HEALTH: _("Health service"),
        StepKind.SHELTER: _("Safe house"),
        StepKind.POLICE_REPORT: _("Report to the police"),
        StepKind.REFERRED_ONWARD: _("Referred to a programme"),
        StepKind.OTHER: _("Other"),
    }


def endings() -> dict[str, str]:
    """Why a case may be closed."""
    return {
        CloseReason.SAFE: _("She is safe and has what she needs"),
        CloseReason.HER_WISH: _("She wishes it"),
        CloseReason.HANDED_OVER: _("Another service keeps the case"),
        CloseReason.NOT_REACHED: _("She could not be reached"),
        CloseReason.OTHER: _("Other"),
    }


def glass_states() -> dict[str, str]:
    """What became of a wish to read."""
    return {
        GlassState.WAITING: _("waits for a second person"),
        GlassState.GRANTED: _("allowed"),
        GlassState.REFUSED: _("not allowed"),
        GlassState.OVER: _("the time is over"),
    }


def happened() -> dict[str, str]:
    """What a line of the compartment's log may say."""
    return {
        "opened": _("opened a case"),
        "read": _("read a case"),
        "read what is due": _("read what is due"),
        "read the list of cases": _("read the list of cases"),
        "wrote down a wish for a talk": _("wrote down that a woman asks for a talk"),
        "answered a wish with a case": _("answered a wish with a case"),
        "laid a wish aside": _("laid a wish aside"),
        "changed the safe contact": _("changed how she may be reached"),
        "started the clock of the report to the police": _("started the clock of the report to the police"),
        "closed": _("closed a case"),
        "asked to read": _("asked to read without the role"),
        "let somebody read": _("allowed somebody to read"),
        "let somebody not read": _("did not allow somebody to read"),
        "read the requests to read": _("read the requests to read without the role"),
        "read the log": _("read this log"),
        "read through the glass": _("read without the role, with a second person's leave"),
        **{f"noted a step: {kind.value}": _("noted: %(step)s", step=said) for kind, said in _steps()},
    }


def at(written: str) -> datetime:
    """A moment as the log writes it."""
    return datetime.fromisoformat(written)


def _steps() -> list[tuple[StepKind, str]]:
    return [(StepKind(kind), said) for kind, said in steps().items()]
