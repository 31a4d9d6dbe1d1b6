"""Which booleans of a request may be left out, and what leaving them out means.

Every other boolean that a form or a program sends is a `fields.YesNo`: nobody has answered who says nothing. A box on a
page may stand only for what is named here, because a box that was not ticked sends nothing. The names are those of the
schemas that first have the field; `tests/promises/test_yes_or_no.py` holds every service to the list.
"""

from shared.kernel.errors import Invalid


class NotAnswered(Invalid):
    """Answer this: nothing is taken for a yes or a no."""

    indonesian = "Isi dulu bagian ini: yang kosong tidak dianggap ya atau tidak."


NARROWS = "It narrows a list: unasked, the list is whole, and nothing is decided."
LOOKS = "It asks for a look beforehand. A page always looks first; a program that sends the act itself means it."
STAYS = "Left out it stays as it was; the page shows what stands there."
ITS_RULE = "Only some are asked, so the rules of the slice say who: an answer that is missing there is refused."
OPEN = "Not asked or not seen yet: the stage cannot be closed while it is open."

MAY_BE_LEFT_OUT = {
    "AskQuery.answered": NARROWS,
    "GrantQuerySchema.to_divide": NARROWS,
    "KeysQuery.all": NARROWS,
    "PromisesQuery.kept": NARROWS,
    "RedListQuery.every": NARROWS,
    "ListQuery.names": "Left out the list shows no names, and nobody has looked at anybody.",
    "NarrowingQuery.mine": NARROWS,
    "NarrowingQuery.overdue": NARROWS,
    "TaskQuery.done": NARROWS,
    "TaskQuery.overdue": NARROWS,
    "TaskQuery.returned": NARROWS,
    "ActsBroughtIn.look": LOOKS,
    "JourneysMoved.look": LOOKS,
    "ListBroughtIn.look": LOOKS,
    "ListSchema.dry_run": "Left out nobody is invited: the list of officers is only looked at.",
    "TogetherSchema.look": LOOKS,
    "OfficeChanged.registers": STAYS,
    "Answer.found": OPEN,
    "MarkSchema.present": OPEN,
    "OwnMarkSchema.present": OPEN,
    "PlacementWorkSchema.passed": OPEN,
    "PlacementWorkSchema.took_part": OPEN,
    "ResultSchema.passed": OPEN,
    "ResultSchema.took_part": OPEN,
    "HandOverDoneSchema.all_as_agreed": "Left out each line of the deed says for itself what was found.",
    "PlacementWorkSchema.leave_batch": "She keeps her place unless somebody says that it is let go.",
    "AssessmentDone.talk": ITS_RULE,
    "ProductEvidenceSchema.label_seen": ITS_RULE,
    "TalkDone.asks": ITS_RULE,
}
"""Schema and field, and why."""

ON_PAGES_ALONE = {
    "whole": "Unticked it is for the chosen ones alone; either way a page says first what will happen.",
}
"""Boxes that no schema knows, and why."""
