"""What makes a group of persons a business group.

Chair, secretary and treasurer by deliberation, members of one village or one kecamatan: Permensos 2/2019 on KUBE.
How many members there must be is the programme's own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import Conflict, Invalid, NotFound
from shared.places import covers

KECAMATAN_CODE = 8
"""Characters of a kecamatan's code: `64.02.01`."""

MOST_MEMBERS = 20
"""No business group has more; Permensos 2/2019 on KUBE."""


class MemberRole(StrEnum):
    """What a member does for the group."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    MEMBER = "member"


LEADERS = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER)


class FormationOutcome(StrEnum):
    """How the formation of a group ends."""

    FORMED = "formed"
    SHORT_OF_MEMBERS = "short-of-members"


class ChosenTwice(Invalid):
    """The same person is named more than once; name each member once."""

    indonesian = "Orang yang sama disebut lebih dari sekali; sebut setiap anggota satu kali."


class LeaderMissing(Invalid):
    """A group needs exactly one chair, one secretary and one treasurer; the {role} is missing or named twice."""

    indonesian = "Kelompok perlu tepat satu ketua, satu sekretaris dan satu bendahara; periksa {role}."


class TooManyMembers(Invalid):
    """This programme's groups have at most {most} members."""

    indonesian = "Kelompok program ini paling banyak {most} anggota."


class NobodyProposed(Invalid):
    """Name at least one person."""

    indonesian = "Pilih paling sedikit satu orang."


class OtherArea(Invalid):
    """A member lives outside the group's kecamatan; choose somebody who lives there."""

    indonesian = "Ada anggota yang tinggal di luar kecamatan kelompok; pilih yang tinggal di sana."


class UnknownMember(NotFound):
    """One of the persons named is not in the registry."""

    indonesian = "Salah satu orang yang disebut tidak ada dalam registri."


class AlreadyInGroup(Conflict):
    """One of the persons already belongs to another business group; she has to leave it first."""

    indonesian = "Salah satu orang sudah menjadi anggota kelompok usaha lain; ia harus keluar dulu."


class NotYetFormed(Conflict):
    """The members of the group have not been chosen yet; choose them first."""

    indonesian = "Anggota kelompok belum dipilih; pilih dulu."


class AlreadyDeliberated(Conflict):
    """The deliberation has chosen this group's members; replace a member instead."""

    indonesian = "Musyawarah sudah memilih anggota kelompok ini; gantilah anggota bila perlu."


class NotAMember(NotFound):
    """This person is not a member of the group."""

    indonesian = "Orang ini bukan anggota kelompok."


class GroupDissolved(Conflict):
    """This group has ended; choose another one."""

    indonesian = "Kelompok ini sudah bubar; pilih kelompok lain."


class IntoItself(Invalid):
    """A group cannot merge into itself; choose another group."""

    indonesian = "Kelompok tidak dapat bergabung dengan dirinya sendiri; pilih kelompok lain."


class DeliberatedTomorrow(Invalid):
    """The deliberation cannot lie ahead; write down the day on which it was held."""

    indonesian = "Musyawarah tidak mungkin bertanggal di masa depan; tulis hari sebenarnya."


class MembersLeftOut(Invalid):
    """Say of every present member, once, to which group she belongs from now on."""

    indonesian = "Tentukan untuk setiap anggota, satu kali, ia masuk kelompok yang mana."


class NoSuchPart(Invalid):
    """There is no such group among those that the split makes; name it, or choose another."""

    indonesian = "Kelompok itu tidak ada di antara hasil pemekaran; beri nama, atau pilih yang lain."


class PartBelowMinimum(Invalid):
    """A new group would have {members} members and needs {least}; let more go over, or replace a member instead."""

    indonesian = "Kelompok baru hanya {members} anggota, minimum {least}; tambah anggotanya, atau lakukan penggantian."


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody whom the deliberation made a member."""

    person_id: UUID
    role: MemberRole = MemberRole.MEMBER


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a member belongs after a split: in the group as it was (0), or in the first, second … new one."""

    person_id: UUID
    part: int
    role: MemberRole = MemberRole.MEMBER


def check_choice(chosen: Sequence[Chosen], most: int, field: str = "members") -> None:
    """Refuse a list of members that no deliberation can have had in mind; a form says so beside this field."""
    if len({each.person_id for each in chosen}) < len(chosen):
        raise ChosenTwice().at(field)
    if len(chosen) > most:
        raise TooManyMembers(most=most).at(field)
    for role in LEADERS:
        if sum(each.role is role for each in chosen) != 1:
            raise LeaderMissing(role=role.value).at(field)


def split(present: Collection[UUID], placed: Sequence[Placed], new: int, least: int) -> list[list[Chosen]]:
    """Who belongs to the group as it was, then to each new one.

    Every member is somewhere, every group has its three leaders, and every new one its minimum; the group that is left
    may fall below its own, and is frozen then as if they had left one by one.
    """
    if len(placed) != len(present) or {each.person_id for each in placed} != set(present):
        raise MembersLeftOut().at("members")
    parts: list[list[Chosen]] = [[] for _ in range(new + 1)]
    for each in placed:
        if not 0 <= each.part <= new:
            raise NoSuchPart().at("members")
        parts[each.part].append(Chosen(each.person_id, each.role))
    for number, members in enumerate(parts):
        field = f"parts.{number - 1}.name" if number else "members"
        if number and len(members) < least:
            raise PartBelowMinimum(members=len(members), least=least).at(field)
        check_choice(members, MOST_MEMBERS, field)
    return parts


def check_proposal(person_ids: Sequence[UUID]) -> None:
    """Refuse a proposal that names nobody, somebody twice, or more than any group may have."""
    if not person_ids:
        raise NobodyProposed().at("person_ids")
    if len(set(person_ids)) < len(person_ids):
        raise ChosenTwice().at("person_ids")
    if len(person_ids) > MOST_MEMBERS:
        raise TooManyMembers(most=MOST_MEMBERS).at("person_ids")


def check_area(group_area: str, living_in: Mapping[UUID, str]) -> None:
    """Refuse members from another kecamatan than the group's."""
    kecamatan = group_area[:KECAMATAN_CODE]
    if any(not covers(kecamatan, area) for area in living_in.values()):
        raise OtherArea().at("members")


def outcome_of(members: int, least: int) -> FormationOutcome:
    """How the formation ends with so many members."""
    return FormationOutcome.FORMED if members >= least else FormationOutcome.SHORT_OF_MEMBERS
