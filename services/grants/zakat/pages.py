"""Door 1 for people: the office's zakat cases, and one of them; the stage's own form is on the referral's page."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from services.grants import subjects
from services.grants.funds import queries as funds
from services.grants.zakat import api, queries, schemas
from services.grants.zakat.models import ZakatCase
from services.grants.zakat.rules import CaseState
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.referrals.words import place, programme_title
from shared.web import door, forms, paging
from shared.web.guard import guard
from shared.web.showing import or_english

pages = Blueprint("zakat_pages", __name__, template_folder="templates")
TAGS = {
    CaseState.OPEN: "neutral",
    CaseState.ASSESSED: "waiting",
    CaseState.GRANTED: "good",
    CaseState.LENT: "active",
    CaseState.REFUSED: "bad",
    CaseState.WITHDRAWN: "neutral",
}


@pages.get("/<agency>/zakat")
@guard(Permission.ZAKAT_READ)
def list_cases(agency: str) -> str:
    """The office's cases, the latest first, and what was given and lent."""
    officer = door.current_officer()
    query = forms.load(schemas.CaseQuerySchema(), request.args)
    with door.reading() as session:
        rows = queries.cases_of(officer, query.pop("state"))
        page = paging.page(session, rows, ZakatCase.id, newest_first=True, **query)
        return render_template(
            "zakat/list.html",
            page=page,
            versions=subjects.versions_of(session, {each.journey_id for each in page.items}),
            names=naming.listed_journeys((each.journey_id for each in page.items), "zakat"),
            sums=queries.sums(session, officer),
            form=forms.filled(request.args),
            query={name: value for name, value in request.args.items() if name != "after" and value},
            labels=_states(),
            states=[(state.value, label) for state, label in _states().items()],
            address=f"/grants/{agency}/zakat",
            tags=TAGS,
            place=place,
            programme_title=programme_title,
        )


@pages.get(api.ONE)
@guard(Permission.ZAKAT_READ)
def show_case(agency: str, case_id: UUID) -> str:
    """One case."""
    with door.reading() as session:
        case = queries.case_for(session, door.current_officer(), case_id)
        return render_template(
            "zakat/case.html",
            case=case,
            version=subjects.versions_of(session, {case.journey_id}).get(case.journey_id),
            fund=or_english(*funds.title(session, case.fund_id)),
            label=_states()[case.state],
            address=f"/grants/{agency}",
            tags=TAGS,
            place=place,
            programme_title=programme_title,
        )


def _states() -> dict[CaseState, str]:
    return {
        CaseState.OPEN: _("to be assessed"),
        CaseState.ASSESSED: _("waits for the decision"),
        CaseState.GRANTED: _("granted"),
        CaseState.LENT: _("lent"),
        CaseState.REFUSED: _("refused"),
        CaseState.WITHDRAWN: _("withdrawn"),
    }
