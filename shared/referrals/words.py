"""What a page calls things: stages, particulars, facts and outcomes in the words of the office, not of the program."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext

from shared.kernel import calendar, clock
from shared.kernel.errors import DomainError
from shared.kernel.money import format_rupiah
from shared.places import areas
from shared.programmes import kinds, library
from shared.programmes.definition import Basis, usual_basis
from shared.referrals.models import Referral
from shared.referrals.rules import Lateness, ReferralState
from shared.web import showing
from shared.web.language import language
from shared.web.messages import N_

NAMES = {
    "name": N_("Name"),
    "nik": "NIK",
    "phone": N_("Phone"),
    "address": N_("Address"),
    "village": N_("Village"),
    "safe_contact": N_("How to reach her"),
    "members": N_("Members"),
    "leader": N_("Chair"),
    "business": N_("Business"),
    "amount": N_("Amount"),
    "total": N_("Total"),
    "spent": N_("Spent"),
    "lines": N_("Lines"),
    "sk_number": N_("Number of the SK"),
    "berita_acara": N_("Minutes (berita acara)"),
    "checked_on": N_("Checked on"),
    "handed_over_on": N_("Handed over on"),
    "sessions_attended": N_("Sessions attended"),
    "entries": N_("Entries in the cash book"),
    "income": N_("Came in"),
    "expense": N_("Went out"),
    "months": N_("Months kept"),
    "rung": N_("Rung"),
    "licence": N_("Licence"),
    "visits": N_("Visits"),
    "omzet": N_("Turnover"),
    "profit": N_("Profit"),
    "goods": N_("Goods"),
    "cause": N_("Cause"),
    "channel": N_("Channel"),
    "sales": N_("Sales"),
    "deliveries": N_("Deliveries"),
    "sector": N_("Sector"),
    "placed_on": N_("Placed on"),
    "needs": N_("Needs found"),
    "assessed_on": N_("Interviewed on"),
    "groups": N_("New groups"),
    "recruits": N_("Recruits"),
    "asnaf": "Asnaf",
    "instalments": N_("Instalments"),
    "savings": N_("Savings"),
    "loan": N_("Loan"),
    "decisions": N_("Decisions made"),
}
OUTCOMES = {
    "offered-again": N_("offered again"),
    "consent-answered": N_("consent answered"),
    "sent-back": N_("sent back to an earlier stage"),
    "ended": N_("journey ended"),
    "eligible": N_("eligible"),
    "not-eligible": N_("not eligible"),
    "mend": N_("to be mended"),
    "check-dukcapil": N_("to be checked with Dukcapil"),
    "formed": N_("formed"),
    "short-of-members": N_("short of members"),
    "submitted": N_("submitted"),
    "withdrawn": N_("withdrawn"),
    "accepted": N_("accepted"),
    "reserve": N_("on the reserve list"),
    "refused": N_("refused"),
    "attended": N_("attended"),
    "absent": N_("absent"),
    "as-agreed": N_("as agreed"),
    "short": N_("short"),
    "incomplete": N_("incomplete"),
    "growing": N_("growing"),
    "steady": N_("steady"),
    "stalled": N_("stalled"),
    "graduated": N_("graduated"),
    "not-yet": N_("not yet"),
    "failed": N_("failed"),
    "marketed": N_("marketed"),
    "not-marketed": N_("not marketed"),
    "placed": N_("placed"),
    "discussed": N_("discussed"),
    "passed": N_("passed"),
    "took-part": N_("took part"),
    "assessed": N_("assessed"),
    "nothing-needed": N_("nothing needed"),
    "recruited": N_("recruited"),
    "nobody": N_("nobody"),
    "granted": N_("granted"),
    "lent": N_("lent"),
    "joined": N_("joined"),
    "not-joined": N_("not joined"),
    "kept": N_("kept"),
    "not-kept": N_("not kept"),
    "reached": N_("reached"),
    "offered": N_("offered"),
}
DAYS = frozenset({"placed_on", "checked_on", "handed_over_on", "assessed_on"})
CODES = {
    "fair": N_("fair"),
    "modern": N_("modern shop"),
    "digital": N_("online shop"),
    "off-taker": N_("off-taker"),
    "manufacturing": N_("manufacturing"),
    "services": N_("services"),
    "formal": N_("formal sector"),
    "in-use": N_("in use"),
    "broken": N_("broken"),
    "sold": N_("sold"),
    "illness": N_("illness"),
    "disaster": N_("disaster"),
    "market": N_("market"),
    "misuse": N_("misuse"),
    "skills": N_("skills"),
    "business": N_("strengthening of the business"),
    "cooperative": N_("cooperative"),
    "work": N_("work"),
    "other": N_("other"),
    "made-to-order": N_("made to order"),
    "steady-production": N_("steady production"),
    "brand": N_("brand"),
    "packaging-and-standard": N_("packaging and standard"),
    "licence": N_("licence"),
    "none": N_("none"),
    "p-irt": "P-IRT",
    "slhs": "SLHS",
    "phone": N_("by phone"),
    "message": N_("by message"),
    "visit": N_("by a visit"),
    "at-office": N_("at the office"),
    "trusted-person": N_("through a person she trusts"),
    "never": N_("not at all: she comes herself"),
    "village-office": N_("through the kelurahan or village office"),
    "through-office": N_("only through the office named"),
    "never-call": N_("never call"),
}
"""What became of the goods, why a business failed, and what somebody needs."""
CODED = frozenset({"rung", "licence", "channel", "sector", "goods", "cause", "needs", "asnaf"})
ROLES = {"chair": N_("Chair"), "secretary": N_("Secretary"), "treasurer": N_("Treasurer"), "member": N_("Member")}
"""What somebody is in her group; the words stand among the particulars of its members."""
RUPIAH = frozenset(
    {"income", "expense", "sales", "amount", "total", "spent", "omzet", "profit", "ceiling", "savings", "loan"}
)

BASES = {
    Basis.PUBLIC_TASK: N_("Public task of the government (UU 27/2022)"),
    Basis.CONSENT: N_("Her consent (UU 27/2022); she can take it back at any time"),
}

STATE_TAGS = {
    ReferralState.OFFERED: "waiting",
    ReferralState.OPENED: "waiting",
    ReferralState.ACCEPTED: "active",
    ReferralState.COMPLETED: "good",
    ReferralState.DECLINED: "bad",
    ReferralState.RETURNED: "bad",
    ReferralState.WITHDRAWN: "neutral",
    ReferralState.UNANSWERED: "warning",
}
LATENESS_TAGS = {Lateness.SAFE: "good", Lateness.NEAR: "warning", Lateness.LATE: "bad"}


def number(identifier: UUID) -> str:
    """The end of a referral's or a journey's number, as people read it out and search for it: 3f2a91bc."""
    return str(identifier)[-8:]


def days_left(referral: Referral) -> str:
    """How many working days an open referral still has, or is past its due date."""
    now, due = (moment.astimezone(clock.zone()).date() for moment in (clock.now(), referral.due_at))
    if referral.lateness is Lateness.LATE:
        gone = max(calendar.working_days_between(due, now), 1)
        return ngettext("%(num)d working day late", "%(num)d working days late", gone)
    if now == due:
        return gettext("due today")
    left = calendar.working_days_between(now, due)
    return ngettext("%(num)d working day left", "%(num)d working days left", left)


def kind_title(kind: str) -> str:
    """What a kind of stage is called."""
    return kinds.kind(kind).title.to(language())


def programme_title(identifier: str, version: int | None = None) -> str:
    """What a programme is called; its identifier where this deployment no longer publishes it."""
    try:
        return library.programme(identifier, version).title.to(language())
    except library.UnknownProgramme:
        return identifier


def stage_title(referral: Referral) -> str:
    """What the programme calls the stage; the title of its kind where the programme is no longer published."""
    title = _stage_of(referral, referral.stage) or kind_title(referral.kind)
    return gettext("To decide: %(stage)s", stage=title) if referral.kind == kinds.DECISION.name else title


def title_of(programme: str, stage: str) -> str:
    """What a programme calls one of its stages; the stage's name as words where it is not published any more."""
    try:
        found = library.programme(programme).stages.get(stage)
    except library.UnknownProgramme:
        found = None
    return found.title.to(language()) if found else plain(stage)


def basis(referral: Referral) -> Basis:
    """On which legal basis the office was told of her: the programme says it, or what is usual for the agency."""
    try:
        stage = library.programme(referral.programme, referral.version).stages.get(referral.stage)
    except library.UnknownProgramme:
        stage = None
    return stage.basis if stage else usual_basis(referral.agency)


def basis_title(found: Basis) -> str:
    """A legal basis in words."""
    return gettext(BASES[found])


def kept_until(referral: Referral) -> str:
    """Until when the office keeps what was shared of her."""
    if referral.particulars is None:
        return ""
    if basis(referral) is Basis.CONSENT:
        return gettext("She takes her consent back, or it closes without the work; then it is deleted at once.")
    return gettext("It closes without the work; then it is deleted at once. What is done stays on record.")


def earlier_reports(referral: Referral) -> list[tuple[str, dict[str, Any]]]:
    """What earlier stages reported, each under its title, in the order of the programme."""
    try:
        order = list(library.programme(referral.programme, referral.version).stages)
    except library.UnknownProgramme:
        order = []
    place_of = {stage: number for number, stage in enumerate(order)}
    reports = sorted(referral.earlier.items(), key=lambda each: place_of.get(each[0], len(order)))
    return [(_stage_of(referral, stage) or plain(stage), report) for stage, report in reports]


def day_of(written: str) -> str:
    """A day that stands in JSON, in full."""
    return showing.day(date.fromisoformat(written))


def plain(code: str) -> str:
    """A code as words: `field-check` is read as "Field check"."""
    return code.replace("-", " ").replace("_", " ").capitalize()


def name_of(field: str) -> str:
    """What a fact or a particular is called."""
    return gettext(NAMES[field]) if field in NAMES else plain(field)


def outcome(code: str) -> str:
    """An outcome in words."""
    return gettext(OUTCOMES[code]) if code in OUTCOMES else plain(code)


def headed(sentence: str) -> str:
    """The same words with a capital letter in front; the others stay, as in Dukcapil."""
    return sentence[:1].upper() + sentence[1:]


def code(word: str) -> str:
    """A word that a fact or a setting uses, in the reader's language."""
    return gettext(CODES[word]) if word in CODES else plain(word)


def place(code: str) -> str:
    """An area's name and the one around it; its code where it is no longer listed."""
    try:
        return ", ".join(area.name for area in areas.path_of(code)[:2])
    except DomainError:
        return code


def pairs(found: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Facts or particulars as a page lists them."""
    return [(name_of(field), _value(field, value)) for field, value in (found or {}).items() if value is not None]


def _stage_of(referral: Referral, stage: str) -> str | None:
    try:
        found = library.programme(referral.programme, referral.version).stages.get(stage)
    except library.UnknownProgramme:
        return None
    return found.title.to(language()) if found else None


def _value(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int) and field in RUPIAH:
        return format_rupiah(value)
    if field in DAYS:
        return day_of(value)
    if field in CODED and isinstance(value, str):
        return code(value)
    if field == "office":
        return showing.office_name(str(value))
    if field == "role" and value in ROLES:
        return gettext(ROLES[value]).lower()
    if field == "groups":
        return str(len(value))  # identifiers say nothing to a reader
    if isinstance(value, Mapping):
        told = {name: inner for name, inner in value.items() if name != "id" and inner not in (None, "")}
        return ", ".join(_value(name, inner) for name, inner in told.items())
    if isinstance(value, list | tuple):
        return "; ".join(_value(field, inner) for inner in value)
    return str(value)
