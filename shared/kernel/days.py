"""Which days of a request may lie ahead, and why.

Every other day that a form or a program sends says when something was done: an act, a visit, a hand-over, a payment. It
is a `fields.DayDone`, which refuses a day to come by the name of its field, or the slice has a rule with words of its
own. The names are those of the schemas that first have the field; `tests/promises/test_days_done.py` holds every
service to the list.
"""

from shared.kernel.errors import Invalid


class DayToCome(Invalid):
    """This day is still to come: write the day on which it happened."""

    indonesian = "Tanggal ini belum tiba: tulis tanggal yang sebenarnya."


PLANNED = "It is planned: that it lies ahead is what it is for."
DUE = "By then something has to be done."
TERM = "It is the first or the last day of a term that may be agreed beforehand."
ASKED = "It narrows what is looked at; nothing is written down."

MAY_LIE_AHEAD = {
    "AgreementSchema.from_day": TERM,
    "AgreementSchema.until_day": TERM,
    "AmendmentSchema.until_day": TERM,
    "AppointmentMadeSchema.from_on": TERM,
    "AppointmentMadeSchema.to_on": TERM,
    "AssessmentSchema.first_due": DUE,
    "BatchPlanSchema.first_day": PLANNED,
    "BatchPlanSchema.last_day": PLANNED,
    "CalendarDayGiven.day": "A calendar is decreed for days to come.",
    "CohortPlanSchema.begins_on": PLANNED,
    "CohortPlanSchema.ends_on": PLANNED,
    "DecisionSchema.due_on": DUE,
    "FairPlanSchema.closes_on": PLANNED,
    "FairPlanSchema.opens_on": PLANNED,
    "JourneyQuery.cohort": ASKED,
    "KeyWanted.expires_on": TERM,
    "LeaveNotedSchema.from_on": TERM,
    "LeaveNotedSchema.to_on": TERM,
    "ListingSchema.listed_from": "A shop may take her product from a day to come; sales count from that day on.",
    "MeetingPlan.meets_on": PLANNED,
    "PaperQuery.on": ASKED,
    "PromisesQuery.month": ASKED,
    "PromisesQuery.since": ASKED,
    "ProposedLoanSchema.first_due": DUE,
    "SessionPlanSchema.held_on": PLANNED,
    "StepSchema.next_on": DUE,
    "TaskPassedOn.due_on": DUE,
}
"""Schema and field, and why."""
