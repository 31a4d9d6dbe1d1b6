"""What a person reads in the machine room: how long, how much, and what the parts of a service are called."""

from datetime import datetime

from flask_babel import format_datetime, format_decimal, gettext, ngettext

from shared.machine.queries import ERROR_SHOWN
from shared.outages.rules import Gap
from shared.web import showing
from shared.web.messages import N_

PARTS = {"relay": N_("Relay"), "worker": N_("Worker"), "slow": N_("Worker for long work")}
LOGS = {"look": N_("Log of looks"), "account": N_("Log of accounts")}
STEPS = ("B", "KB", "MB", "GB", "TB")
MINUTE, HOUR, DAY = 60, 3600, 86400


def part_name(part: str) -> str:
    """What a part of a service is called."""
    return gettext(PARTS[part]) if part in PARTS else part


def log(name: str) -> str:
    """What one of a service's own logs is called."""
    kind = name.partition(".")[2]
    return gettext(LOGS[kind]) if kind in LOGS else name


def lasting(seconds: float) -> str:
    """A stretch of time in its two largest steps at the most."""
    whole = int(seconds)
    if whole < MINUTE:
        return ngettext("%(num)d second", "%(num)d seconds", whole)
    if whole < HOUR:
        return ngettext("%(num)d minute", "%(num)d minutes", whole // MINUTE)
    if whole < 2 * DAY:
        return ngettext("%(num)d hour", "%(num)d hours", whole // HOUR)
    return ngettext("%(num)d day", "%(num)d days", whole // DAY)


def gap(found: Gap) -> str:
    """A time in which no bell rang, in a sentence."""
    began = showing.moment(found.began_at)
    if found.ended_at is None:
        said = gettext("Since %(began)s no bell has rung.", began=began)
    else:
        said = gettext(
            "No bell rang from %(began)s to %(ended)s (%(time)s).",
            began=began,
            ended=showing.moment(found.ended_at),
            time=lasting((found.ended_at - found.began_at).total_seconds()),
        )
    if found.put_ahead:
        ahead = lasting(found.put_ahead.total_seconds())
        said += " " + gettext("Of this the clock was moved forward by hand by %(time)s.", time=ahead)
    return said


def size(amount: int) -> str:
    """So many bytes, in the step that people say them in."""
    value, step = float(amount), 0
    while value >= 1024 and step < len(STEPS) - 1:
        value, step = value / 1024, step + 1
    return f"{format_decimal(round(value, 1 if value < 10 and step else 0))} {STEPS[step]}"


def to_the_second(moment: datetime) -> str:
    """The hour of a moment to the second, in the deployment's zone."""
    return format_datetime(moment, "HH.mm.ss")


def first_line(error: str) -> str:
    """What of an error is shown: its first line names a kind and never a person."""
    return (error.splitlines() or [""])[0][:ERROR_SHOWN]
