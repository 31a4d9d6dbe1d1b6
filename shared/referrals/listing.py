"""Door 1 for people: the worklist of an office, its search, and the parts of it that the start page gathers.

What an officer narrows a worklist to stands in its address and nowhere else; see `trail`. What she types into the
search does not: it becomes codes first.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from shared.identity import absences
from shared.identity.permissions import Permission
from shared.kernel import numbers
from shared.kernel.errors import Invalid
from shared.referrals import api, naming, promises, queries, rules, schemas, searching, together, trail, words
from shared.referrals.commands import WORKERS
from shared.referrals.rules import ReferralState, Tray
from shared.referrals.together import Act
from shared.referrals.work import Works
from shared.web import door, forms, rates, showing
from shared.web.guard import guard
from shared.web.language import language

SELDOM = (Tray.TO_GIVE, Tray.NEAR)
"""Trays that are shown only where something lies in them."""


def add_pages(pages: Blueprint, service: str, works: Works) -> None:
    """Give a service's pages its worklist."""
    _list_pages(pages, service)
    _taking_on(pages, service, works)
    _parts(pages, service)


def address(service: str, agency: str, **parameters: str) -> str:
    """Where the worklist of an agency is, narrowed to these."""
    asked = showing.query(parameters)
    return f"/{service}/{agency}/referrals" + (f"?{asked}" if asked else "")


def _list_pages(pages: Blueprint, service: str) -> None:
    @pages.get("/<agency>/referrals")
    @guard(Permission.REFERRALS_READ)
    def worklist(agency: str) -> str:
        """What waits for the agency, most late first."""
        return _worklist(service, agency, forms.load(schemas.ReferralQuery(), request.args))

    @pages.post("/<agency>/referrals/search")
    @guard(Permission.REFERRALS_READ)
    @rates.searching
    def search(agency: str) -> Response:
        """Find referrals by number, village, kecamatan, stage or programme; what was typed goes no further."""
        officer = door.current_officer()
        shown = trail.shown()
        if shown.keys().isdisjoint(("tray", "state")):
            shown = {"tray": Tray.OPEN.value, **shown}
        with door.reading() as base:
            found = searching.find(base, officer, agency, request.form.get("words", ""), shown)
            if found is None:
                flash(_("Nothing here has this number, or is called so."), "warning")
                return redirect(address(service, agency, **shown), 303)
            if "number" in found.parameters and officer.has(*WORKERS):
                anywhere = queries.Wanted(states=frozenset(ReferralState), number=found.parameters["number"])
                only = base.scalars(queries.worklist(officer, agency, anywhere).limit(2)).all()
                if len(only) == 1:
                    return redirect(trail.leading(f"{address(service, agency)}/{only[0].id}"), 303)
        if not found.is_here:
            state = found.parameters.get("state")
            part = rules.label(ReferralState(state) if state else Tray(found.parameters["tray"]), language())
            flash(_("It does not lie in what was shown, but here: %(tray)s.", tray=part), "info")
        return redirect(address(service, agency, **found.parameters), 303)


def _taking_on(pages: Blueprint, service: str, works: Works) -> None:
    @pages.post("/<agency>/referrals/accept")
    @guard(Permission.REFERRALS_WORK)
    def accept_many(agency: str) -> Response:
        """Take the chosen referrals on; the answer is the part of the worklist in which they were chosen."""
        back = redirect(trail.leading(address(service, agency)), 303)
        try:
            given = forms.load(schemas.ReferralIdsSchema(), request.form)
            with door.transaction() as base:
                found = together.do(base, door.current_officer(), works, Act.ACCEPT, given["ids"])
        except Invalid:
            flash(_("Choose at least one referral."), "error")
            return back
        taken, refused = len(found.done), len(found.refused)
        if taken or not refused:
            flash(ngettext("%(num)d referral taken on.", "%(num)d referrals taken on.", taken), "success")
        if refused:
            why = next(iter(found.refused.values())).message(language())
            flash(ngettext("%(num)d could not be: %(why)s", "%(num)d could not be: %(why)s", refused, why=why), "error")
        return back


def _parts(pages: Blueprint, service: str) -> None:
    @pages.get("/<agency>/referrals/waiting")
    @guard(Permission.REFERRALS_READ)
    def waiting(agency: str) -> str:
        """How much waits for the agency, and what it kept of its promises: a part that the start page fetches."""
        officer = door.current_officer()
        with door.reading() as base:
            return render_template(
                "referrals/waiting.html",
                standing=queries.counts(base, officer, agency),
                kept=promises.kept_this_month(base, officer, agency),
                address=address(service, agency),
                **_words(),
            )


def _worklist(service: str, agency: str, query: dict[str, Any]) -> str:
    officer = door.current_officer()
    narrowed, part = api.wanted(query)
    tray = narrowed.tray if narrowed.states is None else None
    narrowing = {name: value for name, value in trail.shown().items() if name != "tray"}
    shown = narrowing if tray is None else {"tray": tray.value, **narrowing}
    with door.reading() as base:
        standing = queries.counts(base, officer, agency, narrowed)
        found = api.listed(base, officer, agency, narrowed, part)
        names = naming.listed([each.id for each in found.items], "worklist")
        steps = queries.stages(base, officer, agency, narrowed)
        stages = {stage: words.title_of(programme, stage) for programme, stage in steps}
        away = absences.among(base, {each.handled_by for each in found.items if each.handled_by})
        return render_template(
            "referrals/worklist.html",
            page=found,
            names=names,
            tray=tray,
            trays=[
                (each, rules.label(each, language()), number)
                for each, number in standing.trays.items()
                if number or each is tray or each not in SELDOM
            ],
            programmes=[(name, words.programme_title(name)) for name in sorted({each for each, _stage in steps})],
            stages=sorted(stages.items(), key=lambda each: each[1]),
            chips=_chips(query, stages),
            form=forms.filled(request.args),
            narrowing=narrowing,
            shown=shown,
            came=showing.query({**trail.carried(), **shown}),
            all_chosen=request.args.get("chosen") == "all",
            address=address(service, agency),
            away=away,
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
    return [(name, said[name](query[name])) for name in trail.NARROWING if query[name]]


def _words() -> dict[str, Any]:
    return {"rules": rules, "words": words}
