"""Officers as the tests of accounts need them: an administrator of East Kalimantan, and those of her areas."""

from collections.abc import Iterable

from services.intake.accounts import commands
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.storage import Database

PASSWORD = "kail bukan ikan"
SARI = {"username": "sari", "name": "Sari Contoh", "office": "dinsos-kukar", "roles": ["officer"]}


def opened(
    database: Database,
    username: str = "ratna",
    roles: Iterable[str] = (Role.ADMINISTRATOR,),
    office: str = "bappeda-kaltim",
    areas: Iterable[str] = (),
) -> Officer:
    """Somebody with a password, signed in."""
    with database.transaction() as session:
        return officer_of(
            commands.create_officer(
                session,
                username=username,
                password=PASSWORD,
                name=f"{username.title()} Uji",
                office=office,
                roles=roles,
                areas=areas,
            )
        )


def stored(database: Database, officer: Officer) -> OfficerAccount:
    """Her account as it is now."""
    with database.reading() as session:
        return session.get_one(OfficerAccount, officer.id)
