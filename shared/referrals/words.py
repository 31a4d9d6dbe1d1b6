"""What a page calls things: stages, particulars, facts and outcomes in the words of the office, not of the program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext
from sqlalchemy.orm import object_session

from shared import calendars
from shared.kernel import calendar, clock, numbers
from shared.kernel.calendar import NATIONAL, Days
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

Table = tuple[str, list[str | tuple[str, str]], list[list[tuple[str, bool]]]]
NAMES = {
    "name": N_("Name"),
    "brand": N_("Brand"),
    "checked": N_("Checked"),
    "terms": N_("Terms"),
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
    "met_on": N_("Discussed on"),
    "decided": N_("Decided"),
    "because": N_("Reason"),
    "deliberated_on": N_("Deliberated on"),
    "conditions_failed": N_("Conditions not fulfilled"),
    "papers_missing": N_("Missing or not in order"),
    "visited_on": N_("Visited on"),
    "lives_there": N_("Lives at the address given"),
    "has_place": N_("Has a place for the business"),
    "remarks": N_("Remarks"),
    "evidence": N_("Evidence for deciding otherwise"),
    "second_person": N_("Agreed to by a second person"),
    "notes": N_("Notes"),
    "rab": N_("Itemised budget (RAB)"),
    "sk_date": N_("Date of the SK"),
    "aid_acknowledged": N_("Why this aid beside other aid"),
    "bast_number": N_("Number of the BAST"),
    "orders": N_("Orders"),
    "handed_over": N_("Handed over"),
    "witnesses": N_("Witnesses"),
    "receipts": N_("Receipts"),
    "receipt": N_("Receipt"),
    "assessment": N_("Assessment"),
    "document": N_("Document"),
    "households": N_("Households"),
    "line": N_("Poverty line"),
    "line_source": N_("Source of the poverty line"),
    "form": N_("Form of the aid"),
    "first_due": N_("First instalment due"),
    "group_members": N_("Members of the group"),
    "paid_in": N_("Paid in"),
    "loan_terms": N_("Terms of the loan"),
    "pokok": "Simpanan pokok",
    "wajib": "Simpanan wajib",
    "sukarela": "Simpanan sukarela",
    "course": N_("Course"),
    "sessions": N_("Sessions"),
    "held_on": N_("Held on"),
    "present": N_("Was there"),
    "taught_before_reason": N_("Why the same course again"),
    "mentor": N_("Mentor"),
    "product": N_("Product"),
    "production": N_("Production"),
    "made_on": N_("Made on"),
    "quality_kept": N_("Quality was kept"),
    "evidence_seen": N_("Evidence"),
    "seen_on": N_("Seen on"),
    "what": N_("What"),
    "document_number": N_("Number of the document"),
    "label_seen": N_("The label was seen"),
    "obstacle": N_("Obstacle"),
    "listings": N_("Where it is sold"),
    "stands": N_("Stands"),
    "agreements": N_("Agreements"),
    "took_part": N_("Took part"),
    "passed": N_("Passed"),
    "assessed": N_("Assessed"),
    "batch": N_("Batch"),
    "placement": N_("Placement"),
    "employer": N_("Employer"),
    "position": N_("Position"),
    "contract": N_("Contract"),
    "waiver": N_("Waiver"),
    "visited": N_("Visits, one by one"),
    "condition": N_("Condition"),
    "approval": N_("Letter of approval"),
    "signed_by": N_("Signed by"),
    "verdict": N_("Verdict"),
    "item": N_("Item"),
    "quantity": N_("Quantity"),
    "unit": N_("Unit"),
    "unit_price": N_("Unit price"),
    "serial": N_("Serial number"),
    "photo": N_("Photo"),
    "number": N_("Number"),
    "vendor": N_("Vendor"),
    "ordered_on": N_("Ordered on"),
    "buyer": N_("Buyer"),
    "place": N_("Place"),
    "note": N_("Note"),
    "need": N_("Need"),
    "month": N_("Month"),
    "title": N_("Title"),
    "fair": N_("Fair"),
    "until_day": N_("Until"),
    "listed_from": N_("Listed from"),
    "cooperative_name": N_("Cooperative"),
    "cooperative": N_("Cooperative"),
    "hand_over": N_("Hand-over"),
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
DAYS = frozenset(
    {
        *("placed_on", "checked_on", "handed_over_on", "assessed_on", "visited_on", "deliberated_on", "sk_date"),
        *("met_on", "first_due", "held_on", "made_on", "seen_on", "ordered_on", "until_day", "listed_from"),
    }
)
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
    "identity-cards": N_("identity cards (KTP)"),
    "family-cards": N_("family cards (KK)"),
    "proposal-signed": N_("signature on the proposal, and the village head's"),
    "budget-complete": N_("itemised budget (RAB)"),
    "not-steady": N_("production is not steady yet"),
    "below-standard": N_("quality or packaging falls short"),
    "no-licence": N_("a licence that is asked for is missing"),
    "no-buyer": N_("no buyer"),
    "no-stand": N_("no stand was left"),
    "stepped-back": N_("she stepped back"),
    "as-agreed": N_("as agreed"),
    "damaged": N_("damaged"),
    "short": N_("short"),
    "refused": N_("refused"),
    "graduated": N_("graduated"),
    "not-yet": N_("not yet"),
    "failed": N_("failed"),
    "growing": N_("growing"),
    "steady": N_("steady"),
    "stalled": N_("stalled"),
    "grant": N_("gift"),
    "qardhul-hasan": N_("loan without interest (qardhul hasan)"),
}
"""What became of the goods, why a business failed, and what somebody needs."""
CODED = frozenset(
    {
        *("rung", "licence", "channel", "sector", "goods", "cause", "needs", "asnaf", "papers_missing", "obstacle"),
        *("condition", "verdict", "form", "contract", "need"),
    }
)
ROLES = {"chair": N_("Chair"), "secretary": N_("Secretary"), "treasurer": N_("Treasurer"), "member": N_("Member")}
"""What somebody is in her group; the words stand among the particulars of its members."""
RUPIAH = frozenset(
    {
        *("income", "expense", "sales", "amount", "total", "spent", "omzet", "profit", "ceiling", "savings", "loan"),
        *("unit_price", "pokok", "wajib", "sukarela", "line"),
    }
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


def number(journey_id: UUID) -> str:
    """A journey's number, as people read it out and search for it in every service: 482-109-355."""
    return numbers.of(journey_id)


def days_left(referral: Referral) -> str:
    """How many working days an open referral still has, or is past its due date."""
    session = object_session(referral)
    return days_until(referral.due_at, calendars.current(session).of(referral.area) if session else NATIONAL)


def days_until(due_at: datetime, days: Days = NATIONAL) -> str:
    """How many working days there are until a date, or since it."""
    now, due = (moment.astimezone(clock.zone()).date() for moment in (clock.now(), due_at))
    if clock.now() > due_at:
        gone = max(calendar.working_days_between(due, now, days), 1)
        return ngettext("%(num)d working day late", "%(num)d working days late", gone)
    if now == due:
        return gettext("due today")
    left = calendar.working_days_between(now, due, days)
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


def title_of(programme: str, stage: str, version: int | None = None) -> str:
    """What a version of a programme calls one of its stages; the stage's name as words where it is published no more.

    Without a version it is the newest that has the stage: for what is no row of one, as the choices of a list.
    """
    known = [each for each in library.versions(programme) if version in (None, each.version) and stage in each.stages]
    return known[0].stages[stage].title.to(language()) if known else plain(stage)


def entered_late(referral: Referral) -> str:
    """That an act was entered on a later day than that on which it was done, and how it counts; else nothing."""
    if referral.on_paper or referral.done_on is None or referral.closed_at is None:
        return ""
    entered_on = referral.closed_at.astimezone(clock.zone()).date()
    if referral.done_on >= entered_on:
        return ""
    if referral.done_on < referral.offered_at.astimezone(clock.zone()).date():
        return gettext(
            "Done on %(done)s, before it was offered here, and entered on %(entered)s: both days are kept, and the due"
            " date is held against the day of entry.",
            done=showing.day(referral.done_on),
            entered=showing.day(entered_on),
        )
    return gettext(
        "Done on %(done)s and entered on %(entered)s: both days are kept, and the due date is held against the day of"
        " entry.",
        done=showing.day(referral.done_on),
        entered=showing.day(entered_on),
    )


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


@dataclass(frozen=True, slots=True)
class Report:
    """What a stage reported, as a page shows it: under its title, line by line, and its lists as tables."""

    title: str
    outcome: str | None
    office: str | None
    attempt: int
    pairs: list[tuple[str, str]]
    tables: list[Table]


def earlier_reports(referral: Referral) -> list[Report]:
    """What earlier stages reported, each under its title, in the order of the programme."""
    try:
        order = list(library.programme(referral.programme, referral.version).stages)
    except library.UnknownProgramme:
        order = []
    place_of = {stage: number for number, stage in enumerate(order)}
    found = {each["stage"]: each for each in referral.reports if not each["sent_back"]}
    reports = sorted(referral.earlier.items(), key=lambda each: place_of.get(each[0], len(order)))
    return [_report(referral, stage, {**found.get(stage, {}), **report}) for stage, report in reports]


def sent_back(referral: Referral) -> list[Report]:
    """Why a stage came back to be mended or done again: what the stages that sent it back found."""
    return [_report(referral, each["stage"], each) for each in referral.reports if each["sent_back"]]


def told(referral: Referral) -> list[tuple[str, str]]:
    """What a closed referral's own office reported, line by line."""
    return report_pairs(referral.programme, referral.version, referral.facts, referral.findings)


def report_pairs(
    programme: str, version: int, facts: Mapping[str, Any] | None, findings: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """Facts and findings line by line; a condition that failed in the words of its programme."""
    said = dict(facts or {})
    if failed := said.get("conditions_failed"):
        said["conditions_failed"] = _clauses(programme, version, failed)
    for name, value in (findings or {}).items():
        if isinstance(value, Mapping):
            said |= value
        elif not _is_table(value):
            said[name] = value
    return pairs({name: value for name, value in said.items() if value not in ([], {}, "")})


def tables(findings: Mapping[str, Any] | None) -> list[Table]:
    """The lists among a stage's findings: title, columns, and rows of values, each with whether it is a number."""
    return [_table(name, value) for name, value in (findings or {}).items() if _is_table(value)]


def _report(referral: Referral, stage: str, report: Mapping[str, Any]) -> Report:
    found = report.get("findings")
    return Report(
        _stage_of(referral, stage) or plain(stage),
        report.get("outcome"),
        report.get("office"),
        report.get("attempt", 1),
        report_pairs(referral.programme, referral.version, report.get("facts"), found),
        tables(found),
    )


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    filled = [each for row in rows for each, value in row.items() if value not in (None, "")]
    columns = list(dict.fromkeys(filled))
    numeric = {each for each in columns if all(_is_number(row.get(each)) for row in rows)}
    heads: list[str | tuple[str, str]] = [
        (name_of(each), "number") if each in numeric else name_of(each) for each in columns
    ]
    cells = [
        [("–" if row.get(each) is None else _value(each, row[each]), each in numeric) for each in columns]
        for row in rows
    ]
    return name_of(name), heads, cells


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _clauses(programme: str, version: int, failed: Sequence[str]) -> list[str]:
    try:
        known = {each.id: each.text.to(language()) for each in library.programme(programme, version).eligibility}
    except library.UnknownProgramme:
        known = {}
    return [known.get(each, plain(each)) for each in failed]


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


def counted_anew(note: Mapping[str, Any]) -> str:
    """Why the dates of a referral were counted anew, and when it was due before."""
    return gettext(
        "Counted anew on %(at)s: decree %(number)s of %(day)s changed the calendar. It was due on %(before)s.",
        at=showing.day(datetime.fromisoformat(note["at"])),
        number=note["decree_number"],
        day=showing.iso_day(note["decreed_on"]),
        before=showing.day(datetime.fromisoformat(note["due_before"])),
    )


def handed(told: Mapping[str, Any]) -> str:
    """Who passed a referral to whom, as `handed_on.of_journey` tells it."""
    to, by = (told[name] or gettext("a colleague") for name in ("to_name", "by_name"))
    whose = told["from_name"]
    if told["by"] is None:
        return gettext("Passed on to %(to)s", to=to)
    if told["by"] == told["to"]:
        return gettext("%(by)s took it over from %(whose)s", by=by, whose=whose or gettext("a colleague"))
    if told["by"] == told["from"]:
        return gettext("%(by)s passed it on to %(to)s", by=by, to=to)
    return gettext("%(by)s passed it from %(whose)s to %(to)s", by=by, whose=whose or gettext("a colleague"), to=to)


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
