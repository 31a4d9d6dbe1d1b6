"""What Kail believes about officers: the roles, which of them exclude each other, and what an area covers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.errors import Forbidden, Invalid, TooMany, Unauthenticated


class Role(StrEnum):
    """What an officer may do at her office; one officer may hold several."""

    OFFICER = "officer"  # works through referrals: verifies, records, hands over
    APPROVER = "approver"  # decides on what an officer has verified
    HEAD = "head"  # answers for the office; signs
    COORDINATOR = "coordinator"  # sees every agency, hears escalations, changes nothing of theirs
    AUDITOR = "auditor"  # reads everything
    MENTOR = "mentor"  # a student who keeps cash books for a term; sees these and nothing else
    ADMINISTRATOR = "administrator"  # runs the installation: accounts, programmes, held events
    COUNSELLOR = "counsellor"  # reads and keeps protection cases; held only at DP3A

    def to(self, language: str) -> str:
        """What it is called, in Indonesian (`id`) or English (`en`)."""
        return ROLE_NAMES[self][language == "en"]


ROLE_NAMES = {
    Role.OFFICER: ("petugas", "officer"),
    Role.APPROVER: ("pejabat penyetuju", "approver"),
    Role.HEAD: ("kepala kantor", "head of office"),
    Role.COORDINATOR: ("koordinator", "coordinator"),
    Role.AUDITOR: ("auditor", "auditor"),
    Role.MENTOR: ("mahasiswa pendamping", "student mentor"),
    Role.ADMINISTRATOR: ("administrator", "administrator"),
    Role.COUNSELLOR: ("konselor", "counsellor"),
}


AGENCIES = (
    "dinsos",
    "dp3a",
    "disperindag",
    "koperasi",
    "baznas",
    "distransnaker",
    "perguruan-tinggi",
    "pengusaha",
    "kelurahan",
    "bappeda",
)
"""The agency roles that a programme may name; which office holds one of them is each region's own affair."""


@dataclass(frozen=True)
class Pair:
    """Two roles that nobody holds together, and why, in Indonesian and in English."""

    one: Role
    other: Role
    why: str
    why_en: str


STAFF = frozenset(Role) - {Role.MENTOR}
"""Everybody who works for an office for good; a route that names no role is for them, never for a student mentor."""

HELD_ONLY_AT = {Role.COUNSELLOR: "dp3a"}
"""Roles that only officers of one agency hold."""

READS_EVERYWHERE = frozenset({Role.COORDINATOR, Role.AUDITOR})


class RolesIncompatible(Invalid):
    """One officer cannot be both {one} and {other}: {why_en}"""

    indonesian = "Satu petugas tidak boleh menjadi {one} sekaligus {other}: {why}"


class MentorIsNothingElse(Invalid):
    """A student mentor holds no other role: she sees the cash books of her term and nothing else."""

    indonesian = "Mahasiswa pendamping tidak memegang peran lain: ia hanya melihat buku kas selama masa tugasnya."


class NoRole(Invalid):
    """An officer needs at least one role."""

    indonesian = "Petugas harus memiliki paling sedikit satu peran."


class RoleElsewhere(Invalid):
    """Only an officer of {agency} can be {role}."""

    indonesian = "Hanya petugas {agency} yang dapat menjadi {role}."


class RoleMissing(Forbidden):
    """This needs the role {needed}."""

    indonesian = "Peran Anda di kantor ini tidak berwenang melakukan ini."


class OtherOffice(Forbidden):
    """This belongs to another office."""

    indonesian = "Ini urusan kantor lain."


class OutsideArea(Forbidden):
    """This lies outside the area that you work in."""

    indonesian = "Ini di luar wilayah kerja Anda."


class SignInRefused(Unauthenticated):
    """User name and password do not match an active account."""

    indonesian = "Nama pengguna dan kata sandi tidak cocok dengan akun yang aktif."


class TooManySignIns(TooMany):
    """Too many failed attempts to sign in; wait {minutes} minutes and try again."""

    indonesian = "Terlalu banyak percobaan masuk yang gagal; tunggu {minutes} menit lalu coba lagi."


class TokenRefused(Unauthenticated):
    """Your sign-in has ended; sign in again."""

    indonesian = "Sesi Anda sudah berakhir; silakan masuk lagi."


def checked_roles(roles: Iterable[str], agency: str | None, pairs: Iterable[Pair]) -> frozenset[Role]:
    """The roles as a set; raises NoRole, RolesIncompatible, or RoleElsewhere for an agency that cannot have one."""
    held = frozenset(Role(role) for role in roles)
    if not held:
        raise NoRole
    if Role.MENTOR in held and len(held) > 1:
        raise MentorIsNothingElse
    for pair in pairs:
        if pair.one in held and pair.other in held:
            raise RolesIncompatible(one=pair.one, other=pair.other, why=pair.why, why_en=pair.why_en)
    for role, where in HELD_ONLY_AT.items():
        if role in held and agency not in (None, where):
            raise RoleElsewhere(role=role, agency=where)
    return held
