"""What a person reads for the codes that figures and timelines are made of."""

import textwrap
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime, ngettext
from flask_babel import gettext as _

from services.monitoring.flow.last_words import LastWord
from services.monitoring.flow.models import TimelineEntry
from services.monitoring.words import BUSINESS, CAUSES
from shared.kernel.calendar import Within
from shared.kernel.money import format_rupiah
from shared.referrals import words
from shared.web import showing
from shared.web.messages import N_
from shared.web.showing import office_name

STATES: Mapping[str, str] = {
    "open": N_("Open"),
    "waiting": N_("Waiting"),
    "active": N_("In work"),
    "due-soon": N_("Due soon"),
    "overdue": N_("Overdue"),
    "stuck": N_("To be decided"),
    "pressing": N_("Overdue or to be decided"),
    "done": N_("Done"),
    "skipped": N_("Skipped"),
    "graduated": N_("Graduated"),
    "completed": N_("Completed"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
    "stopped": N_("Stopped"),
    "offered": N_("New"),
    "opened": N_("Opened"),
    "accepted": N_("Taken on"),
    "declined": N_("Declined"),
    "returned": N_("Given back"),
    "unanswered": N_("Unanswered"),
    "consent-missing": N_("Consent missing"),
    "consent-refused": N_("Consent refused"),
}

CODES: Mapping[str, str] = {
    **STATES,
    **BUSINESS,
    **CAUSES,
    "accepted": N_("accepted"),
    "eligible": N_("eligible"),
    "not-eligible": N_("not eligible"),
    "mend": N_("to be mended"),
    "check-dukcapil": N_("to be checked with Dukcapil"),
    "formed": N_("group formed"),
    "short-of-members": N_("too few members"),
    "submitted": N_("submitted"),
    "reserve": N_("on the reserve list"),
    "attended": N_("attended"),
    "absent": N_("absent"),
    "as-agreed": N_("as agreed"),
    "short": N_("short"),
    "incomplete": N_("incomplete"),
    "not-yet": N_("not yet"),
    "discussed": N_("discussed"),
    "failed": N_("failed"),
    "outside-mandate": N_("outside our mandate"),
    "not-our-area": N_("not our area"),
    "no-budget": N_("no budget"),
    "no-places": N_("no places left"),
    "incomplete-file": N_("incomplete file"),
    "already-served": N_("already served"),
    "not-reached": N_("could not be reached"),
    "offer-elsewhere": N_("offer it to another office"),
    "offer-again-later": N_("offer it again later"),
    "mend-and-return": N_("mend it and send it again"),
    "end-journey": N_("end the journey"),
    "lapsed": N_("the fund's year is over"),
    "vendor-failed": N_("the supplier failed"),
    "line-closed": N_("the rest will not be delivered"),
}

SETBACKS = frozenset(
    {
        *("not-eligible", "refused", "declined", "returned", "unanswered"),
        *("stalled", "failed", "absent", "incomplete", "short-of-members", "short"),
    }
)
UNDECIDED = frozenset(
    {
        *("mend", "check-dukcapil", "reserve", "not-yet", "withdrawn", "stopped", "skipped"),
        *("consent-missing", "consent-refused"),
    }
)
"""Neither good nor bad: the way goes on, or was left without anybody's failure."""

EVENTS: Mapping[str, tuple[str, str]] = {
    "journey-opened": (N_("The journey begins"), "good"),
    "journey-ended": (N_("The journey ends"), "good"),
    "journey-moved": (N_("Goes on by another version of the programme"), "neutral"),
    "stage-offered": (N_("Offered to the office"), "waiting"),
    "stage-skipped": (N_("Skipped"), "neutral"),
    "stage-brought-in": (N_("Done on paper, entered now"), "good"),
    "journey-counted": (N_("The members of the group were counted"), "neutral"),
    "journey-handed-over": (N_("Handed over to another office"), "neutral"),
    "stage-withdrawn": (N_("No longer wanted"), "neutral"),
    "stage-rescheduled": (N_("Dates counted anew: the calendar has changed"), "neutral"),
    "stage-stuck": (N_("Waits for the leading office"), "bad"),
    "decision-owed": (N_("The leading office owes a decision"), "waiting"),
    "consent-withdrawn": (N_("Consent taken back: what was shared is deleted"), "neutral"),
    "referral-opened": (N_("Looked at"), "neutral"),
    "referral-accepted": (N_("Taken on"), "active"),
    "referral-reassigned": (N_("Passed to a colleague at the office"), "neutral"),
    "referral-completed": (N_("Completed"), "good"),
    "referral-declined": (N_("Declined"), "bad"),
    "referral-returned": (N_("Given back"), "bad"),
    "referral-withdrawn": (N_("Closed, as it is no longer wanted"), "neutral"),
    "referral-reminded": (N_("Reminded: half of the time is gone"), "warning"),
    "referral-escalated": (N_("Overdue: the coordinator was told"), "bad"),
    "referral-unanswered": (N_("Not answered in time"), "bad"),
    "goods-handed-over": (N_("Goods handed over"), "good"),
    "goods-divided": (N_("Goods divided between the groups that went apart"), "neutral"),
    "commitment-freed": (N_("Committed money let go"), "neutral"),
    "visit-recorded": (N_("Visited"), "active"),
    "graduation-signed": (N_("Signed"), "active"),
    "office-nudged": (N_("The coordinator reminded the office"), "warning"),
    "explanation-asked": (N_("The coordinator asked the office why it does not move"), "warning"),
    "explanation-given": (N_("The office answered the coordinator"), "neutral"),
    "explanation-late": (N_("No explanation in time: the coordinator was told"), "bad"),
    "journey-flagged": (N_("Flagged by the coordinator"), "warning"),
    "flag-lifted": (N_("The coordinator lifted the flag"), "neutral"),
    "put-on-agenda": (N_("Put on the agenda of the next meeting"), "neutral"),
}

SAID: Mapping[str, str] = {
    "outcome": N_("Result: {}"),
    "because": N_("Because of: {}"),
    "why": N_("Because of: {}"),
    "reason": N_("Reason: {}"),
    "suggestion": N_("Proposal: {}"),
    "month": N_("Month {}"),
    "condition": N_("Business: {}"),
    "goods": N_("Goods: {}"),
    "cause": N_("Cause: {}"),
    "verdict": N_("Verdict: {}"),
}


def in_lines(title: str, width: int = 19) -> list[str]:
    """A title in the two lines that a box, or the head of a lane, has room for."""
    return textwrap.wrap(title, width, max_lines=2, placeholder="…")


def time_limit(within: Within) -> str:
    """A stage's time limit: 14 working days."""
    unit = {
        "working day": ngettext("%(num)s working day", "%(num)s working days", within.count),
        "day": ngettext("%(num)s day", "%(num)s days", within.count),
        "month": ngettext("%(num)s month", "%(num)s months", within.count),
    }
    return unit[within.unit]


def code_name(code: str) -> str:
    """What a person reads for an outcome, a reason, a condition or any other code."""
    return str(_(CODES[code])) if code in CODES else words.outcome(code) if code in words.OUTCOMES else words.code(code)


def outcome_name(code: str) -> str:
    """What a person reads for an outcome; "offered" is a talk that was offered here, and a state elsewhere."""
    return words.outcome(code) if code in words.OUTCOMES else code_name(code)


def state_name(state: str) -> str:
    """What a person reads for where a journey or a referral stands."""
    return str(_(STATES[state])) if state in STATES else state


def second(moment: datetime) -> str:
    """A moment to the second, in the deployment's zone: for what changes while one looks."""
    return str(format_datetime(moment, "d MMM y, HH.mm.ss"))


def month_name(month: date) -> str:
    """A month in short: Mar 2023."""
    return str(format_date(month, "MMM y"))


def code_kind(code: str) -> str:
    """How a tag with this code is marked."""
    if code in SETBACKS:
        return "bad"
    return "neutral" if code in UNDECIDED else "good"


def event_name(entry: TimelineEntry | LastWord) -> str:
    """What happened, in words."""
    return str(_(EVENTS[entry.type][0])) if entry.type in EVENTS else entry.type


def event_kind(entry: TimelineEntry) -> str:
    """How a line of the timeline is marked."""
    if entry.type == "journey-ended" and entry.said.get("outcome") not in ("graduated", "completed"):
        return "neutral"
    return EVENTS[entry.type][1] if entry.type in EVENTS else "neutral"


NOT_IN_THE_STORY = frozenset({"asnaf", "groups"})
"""Facts that are for the offices of her stages: how poor she is, and who else set out."""


def reported_facts(entry: TimelineEntry, programme: str, version: int) -> list[tuple[str, str]]:
    """What a stage reported beside its result: days, counts, numbers of documents, what was missing; no names."""
    told: Any = entry.said.get("facts") or {}
    facts = {name: value for name, value in told.items() if name not in NOT_IN_THE_STORY}
    return words.report_pairs(programme, version, facts)


def event_details(entry: TimelineEntry) -> list[str]:
    """What an event said besides, in words: its codes and amounts."""
    told = [
        str(_(phrase)).format((outcome_name if name == "outcome" else code_name)(str(entry.said[name])))
        for name, phrase in SAID.items()
        if name in entry.said
    ]
    if entry.type == "journey-counted":
        members = int(entry.said["members"])
        told.append(ngettext("%(num)s member", "%(num)s members", members))
    if "decree_number" in entry.said:
        told.append(str(_("Decree %(number)s", number=entry.said["decree_number"])))
    if "due_before" in entry.said:
        before = datetime.fromisoformat(str(entry.said["due_before"]))
        told.append(str(_("It was due on %(day)s", day=showing.day(before))))
    if "amount" in entry.said:
        told.append(format_rupiah(int(entry.said["amount"])))
    if "accountable_office" in entry.said:
        told.append(office_name(str(entry.said["accountable_office"])))
    if "successor" in entry.said:
        told.append(office_name(str(entry.said["successor"])))
    if "done_on" in entry.said:
        day = str(format_date(date.fromisoformat(str(entry.said["done_on"])), "d MMMM y"))
        told.append(str(_("Done on {}")).format(day))
    if "paper" in entry.said:
        told.append(str(_("Number {}")).format(entry.said["paper"]))
    if int(entry.said.get("attempt", 1)) > 1:
        told.append(str(_("Attempt {}")).format(entry.said["attempt"]))
    return told


def who_counts() -> str:
    """Who counts as reached and who does not: the one definition, beside every number of those reached."""
    return str(
        _(
            "Counts as reached: whoever has set out on the programme, and every member of a group that has, whatever "
            "became of the journey; a group counts its members as they were last told. Does not count: who is only "
            "registered, a candidate, proposed or named by a recruiter. In each figure a woman counts once, on however "
            "many journeys she is, and so does a group; journeys count as journeys. Who is on one journey alone and on "
            "another as a member of a group counts on both: the names of members are not known here."
        )
    )
