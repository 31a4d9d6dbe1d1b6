"""A programme in plain words: its sources, its limits, its branches, and the conditions that a program asks."""

import re
import textwrap
from collections.abc import Iterable
from typing import Any

from flask_babel import format_decimal, gettext, ngettext
from flask_babel import gettext as _

from shared.kernel.calendar import Within
from shared.programmes.definition import (
    NEAREST,
    Basis,
    Compatibility,
    Ends,
    Example,
    Figure,
    Policy,
    Programme,
    SourceKind,
    Stage,
    Subject,
    SubjectKind,
)
from shared.programmes.eligibility import GROUP_SIZE, IN_REGION
from shared.referrals import words as referrals
from shared.web.language import language
from shared.web.messages import N_
from shared.web.showing import agency_name, area_name, office_name, rupiah

SOURCES = {
    SourceKind.ARTICLE: (N_("Article"), "info", "active"),
    SourceKind.REGULATION: (N_("Regulation"), "check", "good"),
    SourceKind.ASSUMPTION: (N_("Assumption, to be confirmed"), "alert", "warning"),
    SourceKind.DERIVED: (N_("Derived from other figures"), "next", "neutral"),
}
FIGURES = {
    "ceiling": N_("Ceiling"),
    "budget": N_("Budget"),
    "target": N_("Target"),
    "members": N_("Members"),
    "partners": N_("Partners"),
    "aid": N_("Aid"),
    "travel": N_("Travel"),
    "kecamatan": "Kecamatan",
    "attended": N_("Took part"),
    "trained": N_("Trained"),
    "supported": N_("Supported"),
    "vulnerable_women": N_("Vulnerable women"),
    "pilot_groups": N_("Groups of the pilot"),
    "pilot_women": N_("Women of the pilot"),
    "target_groups": N_("Groups in the end"),
}
UNITS = {
    "rupiah": "rupiah",
    "person": N_("person"),
    "woman": N_("woman"),
    "woman (PRSE)": N_("woman (PRSE)"),
    "group": N_("group"),
    "agency": N_("agency"),
    "fair": N_("fair"),
    "home business": N_("home business"),
    "micro-business": N_("micro-business"),
    "kecamatan": "kecamatan",
}
SETTINGS = {
    "fund": N_("Fund"),
    "ceiling": N_("Ceiling"),
    "in_kind": N_("In goods"),
    "check": N_("Looks at"),
    "course": N_("Course"),
    "sessions": N_("Sessions"),
    "months": N_("Visits after so many months"),
    "signatures": N_("Signatures"),
    "entries": N_("Entries in the cash book"),
    "forms": N_("Forms of support"),
    "channels": N_("Ways to the market"),
    "travel": N_("Travel is paid"),
    "criterion": N_("Criterion"),
    "most": N_("At the most"),
    "group_size": N_("Members of a group"),
    "rung": N_("Rung"),
    "needs": N_("Needs"),
    "founders": N_("Founders"),
    "sectors": N_("Sectors"),
    "every": N_("Every so many months"),
}
CHECKS = {"registry": N_("the lists"), "file": N_("the papers"), "field": N_("the place")}
FORMS = {"grant": N_("grant"), "qardhul-hasan": "qardhul hasan"}
POLICIES = {
    Policy.ALLOW: (N_("may run beside it"), "good"),
    Policy.WARN: (N_("is looked at before anything is decided"), "warning"),
    Policy.BLOCK: (N_("excludes it"), "bad"),
}
PER = {
    "person": N_("the same person"),
    "household": N_("the same household"),
    "group": N_("the same group"),
}
ENDS = {
    Ends.REFUSED: N_("the journey ends, refused"),
    Ends.WITHDRAWN: N_("the journey ends, withdrawn"),
    Ends.STOPPED: N_("the journey is stopped"),
    Ends.COMPLETED: N_("the journey ends, completed"),
}
ENDED = {
    "graduated": N_("graduates"),
    "refused": N_("ends, refused"),
    "withdrawn": N_("ends, withdrawn"),
    "stopped": N_("is stopped"),
    "completed": N_("ends, completed"),
}
OUTCOME_IS = re.compile(r"(\w+)\.outcome == '([\w-]+)'")
OUTCOME_AMONG = re.compile(r"(\w+)\.outcome in \[([\w', -]+)\]")
FOUND = re.compile(r"'([\w-]+)' in (\w+)\.\w+")
HAS = re.compile(r"has\(\w+\.\w+\)")


def source_name(kind: SourceKind) -> str:
    """On whose word something stands."""
    return gettext(SOURCES[kind][0])


def source_icon(kind: SourceKind) -> str:
    """The sign of a kind of source."""
    return SOURCES[kind][1]


def source_kind(kind: SourceKind) -> str:
    """The colour of a kind of source, beside its sign and its words."""
    return SOURCES[kind][2]


def figure_name(figure: Figure) -> str:
    """What a figure is called."""
    return gettext(FIGURES[figure.name]) if figure.name in FIGURES else referrals.plain(figure.name)


def amount(figure: Figure) -> str:
    """A figure with its unit."""
    if figure.value is None:
        return _("not given: %(unit)s", unit=unit(figure.unit))
    what, _per, each = figure.unit.partition(" per ")
    if what == "rupiah":
        said = rupiah(figure.value)
        return _("%(amount)s per %(unit)s", amount=said, unit=unit(each)) if each else said
    return f"{format_decimal(figure.value)} {unit(figure.unit)}"


def unit(said: str) -> str:
    """A unit, such as "rupiah per group"."""
    what, _per, each = said.partition(" per ")
    name = gettext(UNITS[what]) if what in UNITS else what
    if not each:
        return name
    return _("%(amount)s per %(unit)s", amount=name, unit=gettext(UNITS[each]) if each in UNITS else each)


def limit(within: Within) -> str:
    """A time limit: 7 working days."""
    if within.unit == "working day":
        return ngettext("%(num)d working day", "%(num)d working days", within.count)
    if within.unit == "day":
        return ngettext("%(num)d day", "%(num)d days", within.count)
    return ngettext("%(num)d month", "%(num)d months", within.count)


def subject(of: Subject) -> str:
    """Whom one journey carries."""
    if of.kind is SubjectKind.PERSON:
        return _("One person")
    if of.least == of.most:
        return _("A group of %(size)d", size=of.least)
    return _("A group of %(least)d to %(most)d", least=of.least, most=of.most)


def regions(codes: Iterable[str]) -> str:
    """The names of the areas that a programme is for."""
    return ", ".join(area_name(code) for code in codes)


def office_of(programme: Programme, stage: Stage) -> str:
    """Which office does a stage."""
    if stage.office == NEAREST:
        return _("%(agency)s nearest to where she lives", agency=agency_name(stage.agency))
    pinned = programme.office_pins(stage.name).get(stage.agency)
    return office_name(pinned) if pinned else agency_name(stage.agency)


def stage_name(programme: Programme, name: str) -> str:
    """What a programme calls one of its stages."""
    return programme.stages[name].title.to(language()) if name in programme.stages else referrals.plain(name)


def stages_named(programme: Programme, names: Iterable[str]) -> str:
    """The titles of stages, one after the other."""
    return ", ".join(stage_name(programme, each) for each in names)


def outcomes_named(outcomes: Iterable[str]) -> str:
    """Outcomes in words, any of them."""
    return _(" or ").join(f"“{referrals.outcome(each)}”" for each in sorted(outcomes))


def condition(programme: Programme, when: str) -> str | None:
    """A stage's condition in plain words; None where its expression says more than we have words for."""
    said = [_part(programme, part.strip()) for part in when.split(" && ") if not HAS.fullmatch(part.strip())]
    known = [each for each in said if each]
    return _(" and ").join(known) if said and len(known) == len(said) else None


def _part(programme: Programme, part: str) -> str | None:
    if found := OUTCOME_IS.fullmatch(part):
        return _(
            "%(stage)s ended with %(outcome)s",
            stage=stage_name(programme, found[1]),
            outcome=outcomes_named([found[2]]),
        )
    if found := OUTCOME_AMONG.fullmatch(part):
        outcomes = [each.strip(" '") for each in found[2].split(",")]
        return _(
            "%(stage)s ended with %(outcome)s", stage=stage_name(programme, found[1]), outcome=outcomes_named(outcomes)
        )
    if found := FOUND.fullmatch(part):
        return _("%(stage)s found “%(need)s”", stage=stage_name(programme, found[2]), need=referrals.code(found[1]))
    return None


def branches(programme: Programme, stage: Stage) -> list[str]:
    """Where a stage's outcomes lead, other than onwards."""
    said = []
    if stage.returns_to:
        said.append(
            ngettext(
                "%(outcomes)s: back to %(stage)s, %(num)d time at the most",
                "%(outcomes)s: back to %(stage)s, %(num)d times at the most",
                stage.returns_to.most,
                outcomes=outcomes_named(stage.returns_to.on),
                stage=stage_name(programme, stage.returns_to.stage),
            )
        )
    if stage.repeat:
        said.append(
            ngettext(
                "%(outcomes)s: the same stage again, %(num)d time at the most",
                "%(outcomes)s: the same stage again, %(num)d times at the most",
                stage.repeat.most,
                outcomes=outcomes_named(stage.repeat.on),
            )
        )
    if stage.spawns:
        said.append(
            _(
                "%(outcomes)s: new journeys begin in %(programme)s",
                outcomes=outcomes_named(stage.spawns.on),
                programme=stage.spawns.programme,
            )
        )
    for how in Ends:
        if on := [outcome for outcome, end in stage.ends.items() if end is how]:
            again = _(", and no turn is left") if _has_turns(stage, on) else ""
            said.append(f"{outcomes_named(on)}{again}: {gettext(ENDS[how])}")
    return said


def _has_turns(stage: Stage, outcomes: Iterable[str]) -> bool:
    tried = (stage.returns_to.on if stage.returns_to else frozenset()) | (
        stage.repeat.on if stage.repeat else frozenset()
    )
    return not tried.isdisjoint(outcomes)


def settings(stage: Stage) -> list[tuple[str, str]]:
    """What a programme sets for a stage."""
    return [
        (gettext(SETTINGS[name]) if name in SETTINGS else referrals.plain(name), _setting(name, value))
        for name, value in stage.settings.items()
        if value is not None
    ]


def _setting(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return rupiah(value) if name in referrals.RUPIAH else format_decimal(value)
    if isinstance(value, list | tuple):
        return ", ".join(_setting(name, each) for each in value)
    if isinstance(value, dict):
        return str(value.get(language()) or value.get("id") or "")
    if name == "check":
        return gettext(CHECKS.get(value, value))
    if name == "forms":
        return gettext(FORMS.get(value, value))
    return str(value) if name in ("fund", "course") else referrals.code(str(value))


def shares(stage: Stage) -> str:
    """Which particulars a stage's office is told."""
    return ", ".join(referrals.name_of(each) for each in stage.shares)


def basis(of: Basis) -> str:
    """On which ground a stage's office is told of her."""
    return referrals.basis_title(of)


def compatibility(each: Compatibility) -> str:
    """What another aid means for this one."""
    return gettext(POLICIES[each.policy][0])


def compatibility_kind(each: Compatibility) -> str:
    """The sign and colour of it."""
    return POLICIES[each.policy][1]


def per(each: Compatibility) -> str:
    """Whose other aid is meant."""
    return gettext(PER[each.per]) if each.per in PER else each.per


def expected(programme: Programme, example: Example) -> str:
    """What an example must lead to."""
    said, wanted = [], example.expect
    if "eligible" in wanted:
        said.append(_("qualifies") if wanted["eligible"] else _("does not qualify"))
    if wanted.get("ends"):
        said.append(_("the journey %(ends)s", ends=gettext(ENDED.get(wanted["ends"], wanted["ends"]))))
    if waits := wanted.get("waits_for"):
        said.append(
            _("waits for %(stages)s", stages=stages_named(programme, waits if isinstance(waits, list) else [waits]))
        )
    if because := wanted.get("because"):
        said.append(_("because of %(what)s", what=_reason(programme, because)))
    if missing := wanted.get("missing"):
        said.append(_("not known: %(what)s", what=", ".join(missing if isinstance(missing, list) else [missing])))
    return ", ".join(said)


def _reason(programme: Programme, because: str | list[str]) -> str:
    known = {clause.id: clause.text for clause in programme.eligibility} | {
        "region": IN_REGION,
        "group-size": GROUP_SIZE,
    }
    names = because if isinstance(because, list) else [because]
    return ", ".join(
        f"“{known[name].to(language()) if name in known else stage_name(programme, name)}”" for name in names
    )


def in_lines(title: str, width: int = 24, most: int = 3) -> list[str]:
    """A title in the lines that a box, or the head of a lane, has room for."""
    return textwrap.wrap(title, width, max_lines=most, placeholder="…")


class Drawing:
    """What the boxes and lanes of a programme's map say."""

    def __init__(self, programme: Programme, spoken: str) -> None:
        self.programme, self.spoken = programme, spoken

    def title(self, stage: str) -> str:
        """A stage's title."""
        return self.programme.stages[stage].title.to(self.spoken)

    def lines(self, stage: str) -> list[str]:
        """A stage's title in the lines of its box."""
        return in_lines(self.title(stage), 22, 2)

    def limit(self, stage: str) -> str:
        """A stage's time limit."""
        return limit(self.programme.stages[stage].within)

    @staticmethod
    def lane(agency: str) -> list[str]:
        """The name of a lane's agency, in the lines of its head."""
        return in_lines(agency_name(agency), 26, 2)
