"""Door 1 for people: compare two records and decide, note a death, replace a member, merge or dissolve a group."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.changes import commands, doors, queries, schemas
from services.intake.groups import commands as groups
from services.intake.groups import doors as group_doors
from services.intake.groups import schemas as group_schemas
from services.intake.registry import doors as registry_doors
from services.intake.registry import shown
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.referrals.words import programme_title
from shared.web import door, forms, posting
from shared.web.confirming import Asked
from shared.web.guard import guard

pages = Blueprint("changes_pages", __name__, template_folder="templates")


@pages.get("/<agency>/duplicates")
@guard(Permission.REGISTRY_READ)
def duplicates(
    agency: str, form: forms.Form | None = None, review_id: UUID | None = None, merge_id: UUID | None = None
) -> str:
    """The records that wait to be told apart, and the latest merges; the look is logged."""
    with door.looking() as session:
        found = doors.look_at_reviews(session, request.args.get("after"), 20)
        merged = doors.look_at_merges(session)
    return render_template(
        "changes/duplicates.html",
        agency=agency,
        reviews=found,
        merges=merged,
        form=form or forms.blank(),
        blank=forms.blank(),
        about=review_id or merge_id,
        labels=shown.labels(),
    )


@pages.get("/<agency>/duplicates/decided")
@guard(Permission.REGISTRY_READ)
def decided(agency: str) -> str:
    """The pairs that were decided on, the latest first; the look is logged."""
    with door.looking() as session:
        found = doors.look_at_decisions(session, request.args.get("after"), 20)
    return render_template("changes/decided.html", agency=agency, decisions=found)


@pages.post("/<agency>/duplicates/<uuid:review_id>")
@guard(Permission.REGISTRY_CHANGE)
@posting.sent_from(duplicates)
def settle_review(agency: str, review_id: UUID) -> Response:
    """Decide a review."""
    given = forms.load(schemas.Decision(), request.form)
    with door.transaction() as session:
        commands.settle_review(session, door.current_officer(), review_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/duplicates")


@pages.post("/<agency>/merges/<uuid:merge_id>/undo")
@guard(Permission.REGISTRY_CHANGE)
@posting.sent_from(duplicates)
def undo_merge(agency: str, merge_id: UUID) -> Response:
    """Take a merge back."""
    given = forms.load(schemas.Undoing(), request.form)
    with door.transaction() as session:
        commands.undo_merge(session, door.current_officer(), merge_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/duplicates")


@pages.get("/<agency>/persons/<uuid:person_id>/changes")
@guard(Permission.REGISTRY_CHANGE)
def of_person(agency: str, person_id: UUID, form: forms.Form | None = None) -> str:
    """The forms in which a death, or another record of the same person, is noted."""
    with door.looking() as session:
        person = registry_doors.look_at_living(session, person_id)
        group_id = queries.group_of(session, person_id)
    return render_template(
        "changes/person.html",
        agency=agency,
        person=person,
        group_id=group_id,
        form=form or forms.blank(),
        today=clock.today(),
    )


def _dying(agency: str, person_id: UUID) -> Asked:
    return Asked(
        _("You are about to note that this person died"),
        [
            _("Her own journeys end, and what other offices still have open of them is taken back."),
            _("What was granted to her and not handed over goes back to its fund."),
            _("She leaves her group, which keeps its journey and its goods; below its minimum it has 30 working days."),
            _("Should it be a mistake, another officer can undo it; her journeys are then opened anew by hand."),
        ],
        _("Yes, note the death"),
    )


@pages.post("/<agency>/persons/<uuid:person_id>/death")
@guard(Permission.REGISTRY_CHANGE)
@posting.sent_from(of_person, asking=_dying)
def note_death(agency: str, person_id: UUID) -> Response:
    """Note a death."""
    given = forms.load(schemas.Died(), request.form)
    with door.transaction() as session:
        commands.note_death(session, door.current_officer(), person_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/persons/{person_id}")


@pages.post("/<agency>/persons/<uuid:person_id>/merge")
@guard(Permission.REGISTRY_CHANGE)
@posting.sent_from(of_person)
def merge_person(agency: str, person_id: UUID) -> Response:
    """Say that this record is another one of somebody known."""
    given = forms.load(schemas.Merging(), request.form)
    with door.transaction() as session:
        commands.merge_into_bearer(session, door.current_officer(), person_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/duplicates")


@pages.get("/<agency>/deaths")
@guard(Permission.DEATHS_READ)
def deaths(agency: str, form: forms.Form | None = None, person_id: UUID | None = None) -> str:
    """The latest deaths that were noted, and the form in which an approver undoes one; the look is logged."""
    with door.looking() as session:
        return render_template(
            "changes/deaths.html",
            agency=agency,
            deaths=doors.look_at_deaths(session),
            form=form or forms.blank(),
            blank=forms.blank(),
            about=person_id,
            programme_title=programme_title,
        )


@pages.post("/<agency>/persons/<uuid:person_id>/death/undo")
@guard(Permission.DEATHS_UNDO)
@posting.sent_from(deaths)
def undo_death(agency: str, person_id: UUID) -> Response:
    """Undo a death that was noted by mistake."""
    given = forms.load(schemas.Undoing(), request.form)
    with door.transaction() as session:
        commands.undo_death(session, door.current_officer(), person_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/deaths")


@pages.get("/<agency>/groups/<uuid:group_id>/changes")
@guard(Permission.GROUPS_CHANGE)
def of_group(agency: str, group_id: UUID, form: forms.Form | None = None) -> str:
    """The forms in which a member is replaced, and a group merged or dissolved."""
    with door.looking() as session:
        group, members = group_doors.look_at(session, group_id)
        possible = group_doors.look_for_members(session, group)
        return render_template(
            "changes/group.html",
            agency=agency,
            group=group,
            members=[(str(each.person_id), each.name) for each in members],
            people=[(str(each.id), each.name) for each in possible],
            others=[(str(each), name) for each, name in queries.other_groups(session, group)],
            form=form or forms.blank(),
            today=clock.today(),
        )


@pages.post("/<agency>/groups/<uuid:group_id>/replacements")
@guard(Permission.GROUPS_CHANGE)
@posting.sent_from(of_group)
def replace_member(agency: str, group_id: UUID) -> Response:
    """Let a member go, and another take her place."""
    given = forms.load(group_schemas.MemberReplaced(), request.form)
    with door.transaction() as session:
        groups.replace_member(session, door.current_officer(), group_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/groups/{group_id}")


def _ending(agency: str, group_id: UUID) -> Asked:
    merges = bool(forms.load(schemas.Ending(), request.form)["into"])
    over, free = _("Its members go over to the group that you chose."), _("Its members are free to join another.")
    return Asked(
        _("You are about to merge this group into another") if merges else _("You are about to dissolve this group"),
        [
            over if merges else free,
            _("Its journeys end, and what other offices still have open of them is taken back."),
            _("What was granted and not handed over goes back to its fund."),
            _("It cannot be taken back."),
        ],
        _("Yes, merge it") if merges else _("Yes, dissolve it"),
    )


@pages.post("/<agency>/groups/<uuid:group_id>/end")
@guard(Permission.GROUPS_CHANGE)
@posting.sent_from(of_group, asking=_ending)
def end_group(agency: str, group_id: UUID) -> Response:
    """Merge a group into another, or dissolve it."""
    given = forms.load(schemas.Ending(), request.form)
    with door.transaction() as session:
        commands.end_group(session, door.current_officer(), group_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/groups/{group_id}")


@pages.get("/<agency>/groups/<uuid:group_id>/split")
@guard(Permission.GROUPS_CHANGE)
def split_form(agency: str, group_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which a group's members go apart."""
    with door.looking() as session:
        group, members = group_doors.look_at(session, group_id)
        as_before = {"members": [{"part": 0, "role": each.role.value} for each in members]}
        form = form or forms.blank(as_before)
        return render_template("changes/split.html", agency=agency, group=group, members=members, form=form)


def _splitting(agency: str, group_id: UUID) -> Asked:
    return Asked(
        _("You are about to split this group"),
        [
            _("The group ends, and groups of the parts that you chose take its place; whoever has no part is free."),
            _("Its goods are divided among them by the office that granted them."),
            _("It cannot be taken back."),
        ],
        _("Yes, split it"),
    )


@pages.post("/<agency>/groups/<uuid:group_id>/split")
@guard(Permission.GROUPS_CHANGE)
@posting.sent_from(split_form, asking=_splitting)
def split_group(agency: str, group_id: UUID) -> Response:
    """Let members go apart."""
    given = forms.load(group_schemas.Splitting(), request.form)
    with door.transaction() as session:
        groups.split_group(session, door.current_officer(), group_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/groups/{group_id}")
