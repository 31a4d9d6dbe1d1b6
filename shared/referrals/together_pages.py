"""Door 1 for people: one act for many chosen referrals; first what is told, then what will happen, then what did."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.identity.permissions import Permission
from shared.kernel.errors import Invalid
from shared.referrals import foreseeing, handing_over, naming, rules, schemas, together, trail, words
from shared.referrals.bulk import commands as bulk
from shared.referrals.bulk import queries as bulk_runs
from shared.referrals.models import Referral
from shared.referrals.together import Act, Result
from shared.referrals.work import Works
from shared.web import door, forms
from shared.web.guard import guard
from shared.web.language import language

IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SHOWN = "shown[]"
"""What the page before said would become of each, as identifier and outcome: only that is done."""
NOT_TOLD = ("csrf_token", "_once", "_next", "ids[]", "rows[]", "act", "whole", SHOWN)
WHY = "many referrals together"


def add_pages(pages: Blueprint, service: str, works: Works) -> None:
    """Give a service's worklist what can be done with the chosen referrals together."""

    @pages.post("/<agency>/referrals/together")
    @guard(Permission.REFERRALS_WORK)
    def choose_together(agency: str) -> Any:
        """Say what is the same for all of the chosen; nothing is changed by it."""
        act = Act(request.args["act"]) if request.args.get("act") in tuple(Act) else Act.REPORT
        return _told(works, _list(agency), act, None)

    @pages.post("/<agency>/referrals/together/look")
    @guard(Permission.REFERRALS_WORK)
    def look_together(agency: str) -> Any:
        """What will happen with each of the chosen; with a whole stage, in the background. Nothing is changed by it."""
        act = _act()
        try:
            return _begin(works, _list(agency), act) if request.form.get("whole") else _look(agency, act)
        except Invalid as wrong:
            return _told(works, _list(agency), act, wrong), 422

    @pages.post("/<agency>/referrals/together/do")
    @guard(Permission.REFERRALS_WORK)
    def do_together(agency: str) -> Any:
        """Do what was shown as far as it goes, and say what could not be done and why.

        Whoever would end otherwise than she was shown, or was not shown at all, is looked at once more before.
        """
        act = _act()
        try:
            result = _do_as_shown(works, act)
            if result is None:
                return _look(agency, act, again=SHOWN in request.form)
        except Invalid as wrong:
            return _told(works, _list(agency), act, wrong), 422
        return _result("referrals/together_done.html", agency, act, result)

    def _look(agency: str, act: Act, *, again: bool = False) -> str:
        result, ahead = _tried(works, act)
        told = [*_as_told(), *((SHOWN, each) for each in _as_shown(result))]
        return _result("referrals/together_look.html", agency, act, result, ahead=ahead, told=told, again=again)

    def _result(template: str, agency: str, act: Act, result: Result, **more: Any) -> str:
        return render_template(
            template,
            act=act,
            result=result,
            names=naming.listed(result.lines, WHY),
            reasons={each: error.message(language()) for each, error in result.refused.items()},
            ids=_ids(),
            address=_list(agency),
            back=trail.leading(_list(agency)),
            came=trail.query(),
            words=words,
            rules=rules,
            **more,
        )

    def _list(agency: str) -> str:
        return f"/{service}/{agency}/referrals"


def _tried(works: Works, act: Act) -> tuple[Result, dict[str, Any]]:
    """What would become of each, and what would follow; it is done and taken back."""
    given = _given(act)
    with door.trying() as session:
        result = together.do(session, door.current_officer(), works, act, **given, strict=False)
        return result, _ahead(session, result)


def _do_as_shown(works: Works, act: Act) -> Result | None:
    """Do it for those who end as was shown; None, and nothing is done, where anybody would end otherwise."""
    given = _given(act)
    with door.transaction() as session:
        result = together.do(session, door.current_officer(), works, act, **given, strict=False)
        if set(_as_shown(result)) <= set(request.form.getlist(SHOWN)):
            return result
    door.undo()
    return None


def _as_shown(result: Result) -> Iterator[str]:
    """What becomes of each for whom it can be done."""
    return (f"{each} {result.lines[each].outcome or ''}" for each in result.done)


def _told(works: Works, address: str, act: Act, wrong: Invalid | None) -> str:
    """The form of what is the same for all, with a row for each where something may differ."""
    officer = door.current_officer()
    ids, listed = _ids(), request.form.getlist("rows[]")
    with door.transaction() as session:
        found = together.stage_of(session, officer, works, act, _readable(ids))
        stage = works[found.kind] if found else None
        if act is Act.REPORT and stage and stage.signed_by and not officer.has(*stage.signed_by):
            act = Act.SAVE if stage.saved_together else act
        rows = []
        if found and stage and stage.rows_together and act is Act.REPORT:
            rows = together.rows_of(session, officer, works, found, _readable([*ids, *listed]))
        return render_template(
            "referrals/together.html",
            act=act,
            ids=ids,
            rows=rows,
            before=stage.before_together(session, rows) if stage and rows else {},
            names=naming.listed((each.id for each in rows), WHY) if rows else {},
            most=schemas.most_together(),
            referral=found,
            settings=found.settings if found else {},
            work=stage.view(session, found) if stage and found and act in together.OF_ONE_STAGE else {},
            stage=stage,
            may_sign=bool(stage and (not stage.signed_by or officer.has(*stage.signed_by))),
            colleagues=[
                (each.id, each.name)
                for each in (
                    handing_over.colleagues(session, officer, works, found.id) if found and act is Act.HAND_OVER else ()
                )
            ],
            whole=bulk_runs.number_of(session, officer, act, _key(found)) if found else 0,
            form=forms.filled(request.form, wrong) if wrong else forms.blank(),
            address=address,
            back=trail.leading(address),
            came=trail.query(),
            words=words,
        )


def _begin(works: Works, address: str, act: Act) -> Response:
    """Try it in the background for all of the stage of most of the chosen."""
    given = _given(act)
    officer = door.current_officer()
    with door.transaction() as session:
        found = together.stage_of(session, officer, works, act, given["ids"])
        if found is None:
            raise together.NobodyChosen().at("ids")
        run = bulk.begin(
            session,
            officer,
            works,
            act,
            whole=_key(found),
            done=given["done"],
            each=given["each"],
            colleague=given["colleague"],
            strict=False,
        )
    return redirect(f"{address}/together/runs/{run.id}", 303)


def _ahead(session: Session, result: Result) -> dict[str, Any]:
    """What follows each outcome, told by one of those that end so."""
    found: dict[str, Any] = {}
    for each in result.done:
        outcome = result.lines[each].outcome
        if outcome and outcome not in found:
            referral = session.get_one(Referral, each)
            found[outcome] = next((one for one in foreseeing.of(referral) if one.code == outcome), None)
    return {outcome: foreseen for outcome, foreseen in found.items() if foreseen}


def _key(found: Referral) -> together.Key:
    return found.programme, found.version, found.stage, found.kind


def _act() -> Act:
    act = request.form.get("act", "")
    if act not in tuple(Act):
        raise Invalid(errors={"act": [_("Choose at least one referral.")]})
    return Act(act)


def _ids() -> list[str]:
    return list(dict.fromkeys(request.form.getlist("ids[]")))


def _readable(ids: list[str]) -> list[UUID]:
    """Those that are identifiers at all; the others are refused as soon as something is to be done with them."""
    return [UUID(each) for each in ids if IDENTIFIER.fullmatch(each)]


def _given(act: Act) -> dict[str, Any]:
    """What a page tells for all of the chosen, read by the API's schema."""
    read = {"act": act.value, "ids": _ids(), "colleague": request.form.get("colleague") or None}
    given = forms.load(schemas.TogetherSchema(exclude=("done", "each", "look")), _flat(read))
    done = forms.nested(request.form)
    each = done.pop("each", None)
    single = {UUID(name): told for name, told in each.items() if IDENTIFIER.fullmatch(name)} if each else {}
    return {"ids": given["ids"], "colleague": given["colleague"], "done": done, "each": single}


def _flat(read: dict[str, Any]) -> dict[str, Any]:
    chosen = {f"ids.{number}": each for number, each in enumerate(read["ids"])}
    return {name: value for name, value in read.items() if name != "ids" and value} | chosen


def _as_told() -> Iterator[tuple[str, str]]:
    """All that was typed, to be sent once more with the confirmation."""
    for name, values in request.form.lists():
        if name not in NOT_TOLD:
            yield from ((name, value) for value in values if value)
