"""Door 1 for people: compare two records and decide, note a death, replace a member, merge or dissolve a group."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.intake.changes import commands, doors, queries, rules, schemas
from services.intake.changes.api import LOOKING
from services.intake.groups import commands as groups
from services.intake.groups import doors as group_doors
from services.intake.groups import schemas as group_schemas
from services.intake.registry import doors as registry_doors
from services.intake.registry import shown
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import Conflict, Invalid
from shared.referrals.words import programme_title
from shared.web import door, forms, problem
from shared.web.guard import guard

pages = Blueprint("changes_pages", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
Doing = Callable[[Session, dict[str, Any]], Any]
Showing = Callable[[forms.Form], str]
READERS = (Role.OFFICER, Role.HEAD)


@pages.get("/<agency>/duplicates")
@guard(*READERS)
def duplicates(agency: str) -> str:
    """The records that wait to be told apart, and the latest merges; the look is logged."""
    return _duplicates(agency, forms.blank())


@pages.post("/<agency>/duplicates/<uuid:review_id>")
@guard(Role.OFFICER)
def settle_review(agency: str, review_id: UUID) -> Page:
    """Decide a review."""

    def do(session: Session, given: dict[str, Any]) -> None:
        commands.settle_review(session, door.current_officer(), review_id, **given)

    def show(form: forms.Form) -> str:
        return _duplicates(agency, form, review_id)

    return _done(schemas.Decision(), do, show, f"/intake/{agency}/duplicates")


@pages.post("/<agency>/merges/<uuid:merge_id>/undo")
@guard(Role.OFFICER)
def undo_merge(agency: str, merge_id: UUID) -> Page:
    """Take a merge back."""

    def do(session: Session, given: dict[str, Any]) -> None:
        commands.undo_merge(session, door.current_officer(), merge_id, **given)

    def show(form: forms.Form) -> str:
        return _duplicates(agency, form, merge_id)

    return _done(schemas.Undoing(), do, show, f"/intake/{agency}/duplicates")


@pages.get("/<agency>/persons/<uuid:person_id>/changes")
@guard(Role.OFFICER)
def of_person(agency: str, person_id: UUID) -> str:
    """The forms in which a death, or another record of the same person, is noted."""
    return _of_person(agency, person_id, forms.blank())


@pages.post("/<agency>/persons/<uuid:person_id>/death")
@guard(Role.OFFICER)
def note_death(agency: str, person_id: UUID) -> Page:
    """Note a death."""

    def do(session: Session, given: dict[str, Any]) -> None:
        commands.note_death(session, door.current_officer(), person_id, **given)

    return _done(
        schemas.Died(), do, lambda form: _of_person(agency, person_id, form), f"/intake/{agency}/persons/{person_id}"
    )


@pages.get("/<agency>/deaths")
@guard(*LOOKING)
def deaths(agency: str) -> str:
    """The latest deaths that were noted, and the form in which an approver undoes one; the look is logged."""
    return _deaths(agency, forms.blank())


@pages.post("/<agency>/persons/<uuid:person_id>/death/undo")
@guard(Role.APPROVER, Role.HEAD)
def undo_death(agency: str, person_id: UUID) -> Page:
    """Undo a death that was noted by mistake."""

    def do(session: Session, given: dict[str, Any]) -> None:
        commands.undo_death(session, door.current_officer(), person_id, **given)

    return _done(schemas.Undoing(), do, lambda form: _deaths(agency, form, person_id), f"/intake/{agency}/deaths")


@pages.post("/<agency>/persons/<uuid:person_id>/merge")
@guard(Role.OFFICER)
def merge_person(agency: str, person_id: UUID) -> Page:
    """Say that this record is another one of somebody known."""

    def do(session: Session, given: dict[str, Any]) -> None:
        commands.merge_into_bearer(session, door.current_officer(), person_id, **given)

    return _done(
        schemas.Merging(), do, lambda form: _of_person(agency, person_id, form), f"/intake/{agency}/duplicates"
    )


@pages.get("/<agency>/groups/<uuid:group_id>/changes")
@guard(Role.OFFICER)
def of_group(agency: str, group_id: UUID) -> str:
    """The forms in which a member is replaced, and a group merged or dissolved."""
    return _of_group(agency, group_id, forms.blank())


@pages.post("/<agency>/groups/<uuid:group_id>/replacements")
@guard(Role.OFFICER)
def replace_member(agency: str, group_id: UUID) -> Page:
    """Let a member go, and another take her place."""

    def do(session: Session, given: dict[str, Any]) -> None:
        groups.replace_member(session, door.current_officer(), group_id, **given)

    return _done(
        group_schemas.MemberReplaced(),
        do,
        lambda form: _of_group(agency, group_id, form),
        f"/intake/{agency}/groups/{group_id}",
    )


@pages.get("/<agency>/groups/<uuid:group_id>/split")
@guard(Role.OFFICER)
def split_form(agency: str, group_id: UUID) -> str:
    """The form in which a group's members go apart."""
    return _split(agency, group_id)


@pages.post("/<agency>/groups/<uuid:group_id>/split")
@guard(Role.OFFICER)
def split_group(agency: str, group_id: UUID) -> Page:
    """Let members go apart."""

    def do(session: Session, given: dict[str, Any]) -> None:
        groups.split_group(session, door.current_officer(), group_id, **given)

    return _done(
        group_schemas.Splitting(),
        do,
        lambda form: _split(agency, group_id, form),
        f"/intake/{agency}/groups/{group_id}",
    )


@pages.post("/<agency>/groups/<uuid:group_id>/end")
@guard(Role.OFFICER)
def end_group(agency: str, group_id: UUID) -> Page:
    """Merge a group into another, or dissolve it."""

    def do(session: Session, given: dict[str, Any]) -> None:
        commands.end_group(session, door.current_officer(), group_id, **given)

    return _done(
        schemas.Ending(), do, lambda form: _of_group(agency, group_id, form), f"/intake/{agency}/groups/{group_id}"
    )


def _done(schema: Schema, do: Doing, show: Showing, address: str) -> Page:
    """Do what a form says and go on; what is wrong is shown beside its field, a conflict in a sentence."""
    try:
        given = forms.load(schema, {name: value for name, value in request.form.items() if value})
        with door.transaction() as session:
            do(session, given)
    except Invalid as invalid:
        return show(forms.filled(request.form, invalid)), 422
    except (Conflict, rules.NoterCannotUndo) as refused:
        problem.say(refused)
        return redirect(address, 303)
    flash(_("Saved."), "success")
    return redirect(address, 303)


def _duplicates(agency: str, form: forms.Form, about: UUID | None = None) -> str:
    # A transaction of its own where the form is shown again: the answer is an error, but this look has happened.
    with door.database().transaction() as session:
        found = doors.look_at_reviews(session, request.args.get("after"), 20)
        merged = doors.look_at_merges(session)
    return render_template(
        "changes/duplicates.html",
        agency=agency,
        reviews=found,
        merges=merged,
        form=form,
        blank=forms.blank(),
        about=about,
        labels=shown.labels(),
    )


def _deaths(agency: str, form: forms.Form, about: UUID | None = None) -> str:
    with door.database().transaction() as session:
        return render_template(
            "changes/deaths.html",
            agency=agency,
            deaths=doors.look_at_deaths(session),
            form=form,
            blank=forms.blank(),
            about=about,
            programme_title=programme_title,
        )


def _of_person(agency: str, person_id: UUID, form: forms.Form) -> str:
    with door.database().transaction() as session:
        person = registry_doors.look_at(session, person_id)
        group_id = queries.group_of(session, person_id)
    return render_template(
        "changes/person.html", agency=agency, person=person, group_id=group_id, form=form, today=clock.today()
    )


def _of_group(agency: str, group_id: UUID, form: forms.Form) -> str:
    with door.database().transaction() as session:
        group, members = group_doors.look_at(session, group_id)
        possible = group_doors.look_for_members(session, group)
        return render_template(
            "changes/group.html",
            agency=agency,
            group=group,
            members=[(str(each.person_id), each.name) for each in members],
            people=[(str(each.id), each.name) for each in possible],
            others=[(str(each), name) for each, name in queries.other_groups(session, group)],
            form=form,
            today=clock.today(),
        )


def _split(agency: str, group_id: UUID, form: forms.Form | None = None) -> str:
    with door.database().transaction() as session:
        group, members = group_doors.look_at(session, group_id)
        as_before = {"members": [{"part": 0, "role": each.role.value} for each in members]}
        form = form or forms.blank(as_before)
        return render_template("changes/split.html", agency=agency, group=group, members=members, form=form)
