"""What a referral's page says beforehand: for each outcome that can be reported, what the programme makes of it."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from shared.identity import offices
from shared.kernel.calendar import Within
from shared.kernel.errors import DomainError
from shared.programmes import kinds, library
from shared.programmes.ahead import Ahead, Next, ahead
from shared.programmes.definition import Programme, Stage
from shared.referrals import words
from shared.referrals.models import Referral
from shared.web.language import language
from shared.web.messages import N_
from shared.web.showing import agency_name

ENDS = {
    "graduated": N_("The journey ends: she has graduated."),
    "completed": N_("The journey ends: every stage is done."),
    "refused": N_("The journey ends: refused."),
    "withdrawn": N_("The journey ends: withdrawn."),
    "stopped": N_("The journey ends."),
}
UNITS = {"working day": N_("%(count)d working days"), "day": N_("%(count)d days"), "month": N_("%(count)d months")}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An outcome in words, what follows it, and how that is marked: goes on, comes back, or is the end."""

    outcome: str
    sentences: tuple[str, ...]
    mark: str
    code: str


def of(referral: Referral) -> list[Foreseen]:
    """What follows each outcome of a referral's stage; nothing where its programme is not published here any more."""
    programme = _programme(referral)
    if programme is None:
        return []
    return [
        Foreseen(words.outcome(each.outcome), tuple(_said(programme, referral, each)), _mark(each), each.outcome)
        for each in _ahead(programme, referral)
    ]


def ends(referral: Referral, outcome: str) -> bool:
    """Whether this outcome ends the journey, as far as can be foreseen."""
    programme = _programme(referral)
    found = _ahead(programme, referral) if programme else []
    return any(each.outcome == outcome and each.ends and not each.sends_back_to and not each.repeats for each in found)


def _programme(referral: Referral) -> Programme | None:
    if referral.kind == kinds.DECISION.name:
        return None  # her decision is the outcome
    try:
        programme = library.programme(referral.programme, referral.version)
    except DomainError:
        return None  # the page can do without; a guess would be worse
    return programme if referral.stage in programme.stages else None


def _ahead(programme: Programme, referral: Referral) -> list[Ahead]:
    try:
        return ahead(programme, referral.stage, referral.earlier, referral.attempt)
    except DomainError:
        return []


def _mark(found: Ahead) -> str:
    if found.sends_back_to or found.repeats:
        return "warning"
    if found.ends:
        return "bad" if found.ends_badly else "good"
    return "active"


def _said(programme: Programme, referral: Referral, found: Ahead) -> list[str]:
    told: list[str] = []
    if found.sends_back_to:
        told.append(
            _(
                "Back to %(stage)s, for another try (%(times)s).",
                stage=_stage(programme, referral, found.sends_back_to),
                times=_at_most(found.most),
            )
        )
    elif found.repeats:
        told.append(_("Your office is asked for this stage once more (%(times)s).", times=_at_most(found.most)))
    told += [_next(programme, referral, each) for each in found.offers]
    told += [_("%(stage)s is left out.", stage=each.title.to(language())) for each in found.skips]
    if found.takes_back:
        stages = ", ".join(each.title.to(language()) for each in found.takes_back)
        told.append(_("Taken back, where it is still open: %(stages)s.", stages=stages))
    if found.waits_for:
        stages = ", ".join(each.title.to(language()) for each in found.waits_for)
        told.append(_("Goes on once these are done, too, where they are still open: %(stages)s.", stages=stages))
    if len(found.ends) > 1:
        told.append(_("The journey ends; whether she has graduated, your report decides."))
    told += [_(ENDS[each]) for each in found.ends if len(found.ends) == 1]
    if found.spawns:
        told.append(
            _("The groups that you name set out on: %(programme)s.", programme=words.programme_title(found.spawns))
        )
    if found.otherwise:
        told += [
            _("If no try is left: %(what)s", what=sentence) for sentence in _said(programme, referral, found.otherwise)
        ]
    return told


def _next(programme: Programme, referral: Referral, found: Next) -> str:
    values = {"stage": _stage(programme, referral, found.stage), "time": _time(found.stage.within)}
    if found.perhaps:
        return _("Perhaps next, as your report says: %(stage)s, within %(time)s.", **values)
    if found.asks_consent:
        return _("Next, if she consents: %(stage)s, within %(time)s.", **values)
    return _("Next: %(stage)s, within %(time)s.", **values)


def _stage(programme: Programme, referral: Referral, stage: Stage) -> str:
    return _("%(stage)s (%(office)s)", stage=stage.title.to(language()), office=_office(programme, referral, stage))


def _office(programme: Programme, referral: Referral, stage: Stage) -> str:
    try:
        return offices.resolve(stage.agency, referral.area, programme.office_pins(stage.name)).name
    except DomainError:
        return agency_name(stage.agency)


def _time(within: Within) -> str:
    return _(UNITS[within.unit], count=within.count)


def _at_most(times: int | None) -> str:
    return ngettext("at most once", "at most %(num)d times", times or 1)
