"""Door 1 for people: the worklist of an office, its search, and the parts of it that the start page gathers.

What an officer narrows a worklist to stands in its address, and is kept in her session for each service until she
clears it, signs out or somebody else signs in. What she types into the search does not: it becomes codes first.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_babel import ngettext

from shared.identity import absences
from shared.identity.permissions import Permission
from shared.kernel import numbers
from shared.kernel.errors import Invalid
from shared.referrals import api, promises, queries, reach, rules, schemas, searching, together, words
from shared.referrals.commands import WORKERS
from shared.referrals.rules import ReferralState, Tray
from shared.referrals.together import Act
from shared.referrals.work import Works
from shared.web import door, forms, rates
from shared.web.guard import guard
from shared.web.language import language

KEPT = "narrowed"
REMEMBERED = ("tray", "state", "programme", "stage", "area", "overdue", "mine")
NARROWING = ("programme", "stage", "area", "number", "state", "overdue", "mine")


def add_pages(pages: Blueprint, service: str, works: Works) -> None:
    """Give a service's pages its worklist."""
    _list_pages(pages, service)
    _taking_on(pages, service, works)
    _parts(pages, service)


def address(service: str, agency: str, **parameters: str) -> str:
    """Where the worklist of an agency is, narrowed to these."""
    asked = urlencode(parameters, safe=",")
    return f"/{service}/{agency}/referrals" + (f"?{asked}" if asked else "")


def _list_pages(pages: Blueprint, service: str) -> None:
    @pages.get("/<agency>/referrals")
    @guard(Permission.REFERRALS_READ)
    def worklist(agency: str) -> Any:
        """What waits for the agency, most late first."""
        asked = {name: value for name, value in request.args.items() if value}
        if not asked and (kept := _kept(service, agency)):
            return redirect(address(service, agency, **kept), 303)
        query = forms.load(schemas.ReferralQuery(), request.args)
        _keep(service, agency, asked)
        return _worklist(service, agency, query, asked)

    @pages.post("/<agency>/referrals/search")
    @guard(Permission.REFERRALS_READ)
    @rates.searching
    def search(agency: str) -> Any:
        """Find referrals by number, village, kecamatan, stage or programme; what was typed goes no further."""
        officer = door.current_officer()
        with door.reading() as base:
            found = searching.narrowing(base, officer, agency, request.form.get("words", ""))
            if not found:
                flash(_("Nothing here has this number, or is called so."), "warning")
                return redirect(address(service, agency, tray=request.form.get("tray") or Tray.OPEN.value), 303)
            if "number" in found and officer.has(*WORKERS):
                anywhere = queries.Wanted(states=frozenset(ReferralState), number=found["number"])
                only = base.scalars(queries.worklist(officer, agency, anywhere).limit(2)).all()
                if len(only) == 1:
                    return redirect(f"{address(service, agency)}/{only[0].id}", 303)
        return redirect(address(service, agency, tray=request.form.get("tray") or Tray.OPEN.value, **found), 303)


def _taking_on(pages: Blueprint, service: str, works: Works) -> None:
    @pages.post("/<agency>/referrals/accept")
    @guard(Permission.REFERRALS_WORK)
    def accept_many(agency: str) -> Any:
        """Take the chosen referrals on."""
        try:
            given = forms.load(schemas.ReferralIdsSchema(), request.form)
            with door.transaction() as base:
                found = together.do(base, door.current_officer(), works, Act.ACCEPT, given["ids"])
        except Invalid:
            flash(_("Choose at least one referral."), "error")
            return redirect(address(service, agency), 303)
        taken, refused = len(found.done), len(found.refused)
        if taken or not refused:
            flash(ngettext("%(num)d referral taken on.", "%(num)d referrals taken on.", taken), "success")
        if refused:
            why = next(iter(found.refused.values())).message(language())
            flash(ngettext("%(num)d could not be: %(why)s", "%(num)d could not be: %(why)s", refused, why=why), "error")
        return redirect(address(service, agency), 303)


def _parts(pages: Blueprint, service: str) -> None:
    @pages.get("/<agency>/referrals/waiting")
    @guard(Permission.REFERRALS_READ)
    def waiting(agency: str) -> str:
        """How much waits for the agency, and what it kept of its promises: a part that the start page fetches."""
        officer = door.current_officer()
        with door.reading() as base:
            return render_template(
                "referrals/waiting.html",
                counts=queries.counts(base, officer, agency),
                kept=promises.kept_this_month(base, officer, agency),
                address=address(service, agency),
                **_words(),
            )


def _worklist(service: str, agency: str, query: dict[str, Any], asked: dict[str, str]) -> str:
    officer = door.current_officer()
    narrowed, part = api.wanted(query)
    with door.reading() as base:
        counts = queries.counts(base, officer, agency, reach.here(officer))
        found = api.listed(base, officer, agency, narrowed, part)
        stages = {stage: words.title_of(programme, stage) for programme, stage in counts.stages}
        return render_template(
            "referrals/worklist.html",
            page=found,
            counts=counts,
            tray=narrowed.tray,
            trays=[(each, rules.label(each, language()), number) for each, number in counts.trays.items()],
            programmes=[
                (name, words.programme_title(name)) for name in sorted({each for each, _stage in counts.stages})
            ],
            stages=sorted(stages.items(), key=lambda each: each[1]),
            chips=_chips(query, stages),
            form=forms.filled(request.args),
            query={name: value for name, value in asked.items() if name not in ("after", "chosen")},
            all_chosen=asked.get("chosen") == "all",
            address=address(service, agency),
            away=absences.among(base, {each.handled_by for each in found.items if each.handled_by}),
            can_work=officer.has(*WORKERS) and officer.agency == agency,
            most_counted=queries.MOST_COUNTED,
            **_words(),
        )


def _chips(query: dict[str, Any], stages: dict[str, str]) -> list[tuple[str, str]]:
    """What the list is narrowed to beside its tray, by parameter, in words."""
    said: dict[str, Callable[[Any], str]] = {
        "programme": words.programme_title,
        "stage": lambda stage: stages.get(stage) or words.plain(stage),
        "area": lambda codes: ", ".join(words.place(code) for code in codes[:3]) + (" …" if len(codes) > 3 else ""),
        "number": lambda number: _("Number %(number)s", number=numbers.shown(number)),
        "state": lambda state: rules.label(state, language()),
        "overdue": lambda _value: rules.label(Tray.OVERDUE, language()),
        "mine": lambda _value: rules.label(Tray.MINE, language()),
    }
    return [(name, said[name](query[name])) for name in NARROWING if query[name]]


def _kept(service: str, agency: str) -> dict[str, str]:
    found: dict[str, str] = session.get(KEPT, {}).get(f"{service}/{agency}", {})
    return found


def _keep(service: str, agency: str, asked: dict[str, str]) -> None:
    """Remember what was asked for; the session cookie is written only when that is something else than before."""
    wanted = {name: value for name, value in asked.items() if name in REMEMBERED}
    if wanted != _kept(service, agency):
        others = {name: kept for name, kept in session.get(KEPT, {}).items() if name != f"{service}/{agency}"}
        session[KEPT] = {**others, f"{service}/{agency}": wanted} if wanted else others


def _words() -> dict[str, Any]:
    return {"rules": rules, "words": words}
