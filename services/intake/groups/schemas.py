"""The shapes in which groups cross HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, post_load, pre_load, validate, validates_schema

from services.intake.groups.rules import MemberRole, Placed
from shared.kernel import fields
from shared.web.paging import PageQuery


class GroupQuery(PageQuery):
    """Which groups to list: those of an area, by its code."""

    area = fields.String(load_default=None, allow_none=True)


class GroupFounded(Schema):
    """A group as it is founded."""

    name = fields.String(required=True, validate=validate.Length(min=3, max=120))
    area = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d\d\.\d\d\.\d\d\.\d{4}$"),
        metadata={"description": "the village's or kelurahan's code, such as 64.02.01.2003"},
    )
    line_of_business = fields.String(required=True, validate=validate.Length(min=3, max=120))


class MembersProposed(Schema):
    """Who might form a group, before the deliberation."""

    person_ids = fields.List(fields.UUID(), load_default=list)


class Member(Schema):
    """A present member."""

    person_id = fields.UUID()
    name = fields.String()
    role = fields.Enum(MemberRole, by_value=True)


class Group(Schema):
    """A group with its present members."""

    id = fields.UUID()
    name = fields.String()
    area = fields.String()
    line_of_business = fields.String()
    berita_acara = fields.String(allow_none=True)
    deliberated_on = fields.Date(allow_none=True)
    frozen_at = fields.AwareDateTime(allow_none=True)
    mend_by = fields.AwareDateTime(allow_none=True)
    dissolved_on = fields.Date(allow_none=True)
    merged_into = fields.UUID(allow_none=True)
    split_from = fields.UUID(allow_none=True)
    members = fields.List(fields.Nested(Member))
    moved_away = fields.List(fields.UUID(), metadata={"description": "Members who left the group's village since."})


class MemberChosen(Schema):
    """Whom the deliberation chose, and as what."""

    person_id = fields.UUID(required=True)
    role = fields.Enum(MemberRole, by_value=True, load_default=MemberRole.MEMBER)


class EmptyPlacesLeftOut(Schema):
    """A form has a place for each member; one for which nobody was chosen is no member."""

    @pre_load
    def leave_out_empty_places(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the places that somebody was chosen for."""
        members = [each for each in given.get("members") or [] if each.get("person_id")]
        return {**given, "members": members}


class MembersChosen(EmptyPlacesLeftOut):
    """The result of a deliberation (musyawarah) and its minutes (berita acara)."""

    members = fields.List(fields.Nested(MemberChosen), required=True, validate=validate.Length(min=1))
    berita_acara = fields.String(required=True, validate=validate.Length(min=1, max=80))
    deliberated_on = fields.Date(required=True)


class FormationDone(EmptyPlacesLeftOut):
    """The result of the deliberation, where it is not written down yet; the number of members is the outcome."""

    members = fields.List(fields.Nested(MemberChosen), load_default=list)
    berita_acara = fields.String(validate=validate.Length(min=1, max=80))
    deliberated_on = fields.Date()

    @validates_schema
    def has_its_minutes(self, given: dict[str, Any], **_: Any) -> None:
        """Members come with the minutes in which they were chosen."""
        missing = {"berita_acara", "deliberated_on"} - given.keys() if given["members"] else set()
        if missing:
            raise ValidationError({name: ["Missing data for required field."] for name in sorted(missing)})


class MemberReplaced(Schema):
    """Who leaves, and who takes her place; without the one or the other a place becomes free, or is taken."""

    leaving = fields.UUID(load_default=None, allow_none=True)
    joining = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def names_somebody(self, given: dict[str, Any], **_: Any) -> None:
        """Somebody leaves or somebody comes."""
        if not given.get("leaving") and not given.get("joining"):
            raise ValidationError({"leaving": ["Missing data for required field."]})


class NewGroup(Schema):
    """A group that a split makes."""

    name = fields.String(required=True, validate=validate.Length(min=3, max=120))


class MemberPlaced(Schema):
    """Where a member belongs from now on: in the group as it was (0), or in the first, second … new one."""

    person_id = fields.UUID(required=True)
    part = fields.Integer(required=True, validate=validate.Range(min=0))
    role = fields.Enum(MemberRole, by_value=True, load_default=MemberRole.MEMBER)


class Splitting(Schema):
    """The deliberation by which members went apart: the groups that are new, and where every present member belongs."""

    berita_acara = fields.String(required=True, validate=validate.Length(min=1, max=80))
    on = fields.Date(required=True)
    parts = fields.List(fields.Nested(NewGroup), required=True, validate=validate.Length(min=1, max=3))
    members = fields.List(fields.Nested(MemberPlaced), required=True, validate=validate.Length(min=1))

    @post_load
    def as_the_command_takes_it(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Names and places, as `split_group` knows them."""
        names = [each["name"] for each in given.pop("parts")]
        return {**given, "names": names, "members": [Placed(**each) for each in given["members"]]}


class GroupMade(Schema):
    """A group that a split has made."""

    id = fields.UUID()
    name = fields.String()
    area = fields.String()
    berita_acara = fields.String()
    split_from = fields.UUID()


class Apart(Schema):
    """The groups that a split has made."""

    items = fields.List(fields.Nested(GroupMade))


class PossibleMember(Schema):
    """A person who could become a member."""

    id = fields.UUID()
    name = fields.String()
    area = fields.String()
