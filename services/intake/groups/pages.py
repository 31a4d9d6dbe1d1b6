"""Door 1 for people: the groups of an office, founding one, and one group with its members."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from marshmallow import EXCLUDE
from werkzeug.wrappers import Response

from services.intake.groups import commands, doors, queries, schemas
from services.intake.groups.models import BusinessGroup
from shared import places
from shared.identity.permissions import Permission
from shared.web import door, forms, paging, posting
from shared.web.guard import guard

pages = Blueprint("group_pages", __name__, template_folder="templates")
SHOWN = 20
"""Persons whom the form for proposals offers at a time: more are found by village and name."""


@pages.get("/<agency>/groups")
@guard(Permission.GROUPS_READ)
def list_groups(agency: str) -> str:
    """The groups of the officer's areas, newest first."""
    with door.reading() as session:
        statement = queries.groups_in(door.current_officer().areas)
        page = paging.page(session, statement, BusinessGroup.id, after=request.args.get("after"), newest_first=True)
        sizes = queries.sizes_of(session, [group.id for group in page.items])
        return render_template("groups/list.html", agency=agency, page=page, sizes=sizes, name_of=places.name_of)


@pages.get("/<agency>/groups/new")
@guard(Permission.GROUPS_CHANGE)
def founding_form(agency: str, form: forms.Form | None = None) -> str:
    """The form in which a group is founded."""
    return render_template("groups/new.html", agency=agency, form=form or forms.blank())


@pages.post("/<agency>/groups/new")
@guard(Permission.GROUPS_CHANGE)
@posting.sent_from(founding_form)
def found_group(agency: str) -> Response:
    """Found a group."""
    given = forms.load(schemas.GroupFounded(), request.form)
    with door.transaction() as session:
        group = commands.create_group(session, door.current_officer(), **given)
    return posting.done(_("The group is founded. Open its journey next."), f"/intake/{agency}/groups/{group.id}")


@pages.get("/<agency>/groups/<uuid:group_id>")
@guard(Permission.GROUPS_READ)
def show_group(agency: str, group_id: UUID) -> str:
    """A group with its members; the look at their names is logged."""
    with door.transaction() as session:
        group, members = doors.look_at(session, group_id)
        origin, offspring = queries.kin(session, group)
        return render_template(
            "groups/show.html",
            agency=agency,
            group=group,
            members=members,
            moved=queries.moved_away(session, group),
            origin=origin,
            offspring=offspring,
            name_of=places.name_of,
        )


@pages.get("/<agency>/groups/<uuid:group_id>/proposals")
@guard(Permission.GROUPS_CHANGE)
def proposal_form(agency: str, group_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which members are proposed, to be verified before the deliberation; the look at them is logged."""
    with door.looking() as session:
        group, members = doors.look_at(session, group_id)
        form = form or forms.blank({"village": group.area, "person_ids": [str(each.person_id) for each in members]})
        ticked, village = form.value("person_ids[]", []), form.value("village")
        chosen, others, total = doors.look_for_proposals(
            session, group, village=village, name=form.value("name"), chosen=_ids(ticked), most=SHOWN
        )
        villages = places.children(places.kecamatan_of(group.area))
        return render_template(
            "groups/proposals.html",
            agency=agency,
            group=group,
            chosen=chosen,
            others=others,
            total=total,
            villages=[(each.code, each.name) for each in villages],
            form=form,
            name_of=places.name_of,
        )


@pages.post("/<agency>/groups/<uuid:group_id>/proposals")
@guard(Permission.GROUPS_CHANGE)
@posting.sent_from(proposal_form)
def propose_members(agency: str, group_id: UUID) -> str | Response:
    """Say who might form the group, or look for others: what was typed stands in no address, what was ticked stays."""
    if "find" in request.form:
        return proposal_form(agency, group_id, forms.filled(request.form))
    given = forms.load(schemas.MembersProposed(unknown=EXCLUDE), request.form)
    with door.transaction() as session:
        commands.propose_members(session, door.current_officer(), group_id, given["person_ids"])
    said = _("The members are proposed. Open the group's journey next.")
    return posting.done(said, f"/intake/{agency}/groups/{group_id}")


def _ids(ticked: Iterable[str]) -> list[UUID]:
    known = []
    for each in ticked:
        with suppress(ValueError):
            known.append(UUID(each))
    return known
