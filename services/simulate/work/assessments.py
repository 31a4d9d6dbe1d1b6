"""DP3A hears women out: most need one thing or two, some nothing that the programme has."""

from datetime import datetime

from services.simulate.case import Case, working_days_later

NEEDED = 0.4
"""Share of women for whom a need is found. Source: assumption, for the demonstration only."""
INTERRUPTED = 0.3
TALKS = 0.05
"""Share of women who ask for a talk in confidence. Source: assumption, for the demonstration only."""


def assess(case: Case) -> datetime | None:
    """Interview her; some interviews are saved half-way and go on the next working day."""
    luck, work = case.chance("needs"), case.work
    answers = [{"need": each["need"], "found": luck.random() < NEEDED} for each in work["answers"]]
    begun = work["interviewed_on"] is not None
    if not begun and luck.random() < INTERRUPTED:
        case.save({"interviewed_on": case.today.isoformat(), "answers": answers[:2]})
        return working_days_later(1)
    talk = work["may_ask_for_talk"] and case.chance("talk").random() < TALKS
    day = {} if begun else {"interviewed_on": case.today.isoformat()}
    case.complete({**day, "answers": answers, "talk": talk})
    return None


ACTS = {"intake.assessment": assess}
