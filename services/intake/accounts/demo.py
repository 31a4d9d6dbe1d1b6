"""The made-up officers of the demonstration."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts import passwords
from services.intake.accounts.commands import unsaved
from services.intake.accounts.models import OfficerAccount
from shared.identity import offices
from shared.identity.rules import Role


@dataclass(frozen=True)
class DemoOfficer:
    """A made-up officer of the demonstration."""

    username: str
    name: str
    office: str
    roles: tuple[Role, ...]


WORDS = {
    Role.OFFICER: "petugas",
    Role.APPROVER: "pemutus",
    Role.HEAD: "kepala",
    Role.COORDINATOR: "koordinator",
    Role.COUNSELLOR: "konselor",
    Role.MENTOR: "mahasiswa",
}
DECIDING = (Role.OFFICER, Role.APPROVER, Role.HEAD)


def _team(office: str, *roles: Role) -> tuple[DemoOfficer, ...]:
    """One made-up officer for each of these roles at an office, called after both."""
    return tuple(
        DemoOfficer(f"{WORDS[role]}-{office}", f"{WORDS[role].title()} Contoh {office}", office, (role,))
        for role in roles
    )


DEMO_OFFICERS = (
    DemoOfficer("petugas1", "Petugas Contoh Satu", "dinsos-kaltim", (Role.OFFICER,)),
    DemoOfficer("petugas2", "Petugas Contoh Dua", "dinsos-kaltim", (Role.OFFICER,)),
    DemoOfficer("pemutus", "Pemutus Contoh", "dinsos-kaltim", (Role.APPROVER,)),
    DemoOfficer("kepala", "Kepala Contoh", "dinsos-kaltim", (Role.HEAD,)),
    *_team("koperasi-kaltim", *DECIDING, Role.MENTOR),
    DemoOfficer("koordinator", "Koordinator Contoh", "bappeda-kaltim", (Role.COORDINATOR,)),
    DemoOfficer("admin", "Administrator Contoh", "bappeda-kaltim", (Role.ADMINISTRATOR,)),
    DemoOfficer("petugas-kukar", "Petugas Contoh Kutai Kartanegara", "dinsos-kukar", (Role.OFFICER,)),
    *_team("dp3a-kukar", *DECIDING, Role.COUNSELLOR),
    *_team("disperindag-kukar", Role.OFFICER, Role.HEAD),
    *_team("koperasi-kukar", *DECIDING, Role.MENTOR),
    *_team("distransnaker-kukar", Role.OFFICER, Role.HEAD),
    *_team("bappeda-kukar", Role.OFFICER, Role.COORDINATOR),
    DemoOfficer("petugas-kubar", "Petugas Contoh Kutai Barat", "dinsos-kubar", (Role.OFFICER,)),
    DemoOfficer("petugas-samarinda", "Petugas Contoh Samarinda", "dinsos-samarinda", (Role.OFFICER,)),
    *_team("dinsos-mataram", *DECIDING),
    *_team("baznas-mataram", *DECIDING),
    *_team("perguruan-tinggi-mataram", Role.OFFICER, Role.MENTOR),
    *_team("pengusaha-mataram", Role.OFFICER),
    *_team("disperindag-mataram", Role.OFFICER, Role.HEAD),
    *_team("koperasi-mataram", *DECIDING),
    *_team("bappeda-mataram", Role.COORDINATOR),
    *_team("dpmp3akb-tangsel", *DECIDING, Role.COUNSELLOR),
    *_team("disperindag-tangsel", Role.OFFICER, Role.HEAD),
    *_team("bappeda-tangsel", Role.COORDINATOR),
)
"""Officers of every office under programmes/agencies, in the order of their regions."""


def present() -> tuple[DemoOfficer, ...]:
    """Those of them whose office this deployment has."""
    there = {each.id for each in offices.open_offices()}
    return tuple(each for each in DEMO_OFFICERS if each.office in there)


def absent_offices() -> list[str]:
    """The offices of the demonstration that this deployment does not have, or has closed."""
    there = {each.id for each in offices.open_offices()}
    return sorted({each.office for each in DEMO_OFFICERS} - there)


def demo_officers(session: Session, password: str) -> list[OfficerAccount]:
    """Open the demonstration's accounts that are not there yet, all with this password; gives all of them."""
    usernames = [each.username for each in DEMO_OFFICERS]
    there = set(session.scalars(select(OfficerAccount.username).where(OfficerAccount.username.in_(usernames))))
    missing = [each for each in present() if each.username not in there]
    if missing:
        passwords.check(password)
        one_hash = passwords.hashed(password)  # slow on purpose; half a hundred times it would delay every start
        for each in missing:
            account = unsaved(each.username, each.name, each.office, each.roles)
            account.password_hash = one_hash
            session.add(account)
        session.flush()
    return list(session.scalars(select(OfficerAccount).where(OfficerAccount.username.in_(usernames))))
