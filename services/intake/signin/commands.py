"""Letting an officer in."""

from services.intake.signin import guessing
from shared.identity.officer import Officer
from shared.identity.rules import SignInRefused
from shared.storage import Database


def sign_in(database: Database, username: str, password: str, address: str) -> Officer:
    """The officer with this name and password; raises SignInRefused, TooManySignIns.

    It has a transaction of its own, because a failed attempt must be counted although the request is refused.
    """
    with database.transaction() as session:
        officer = guessing.authenticate(session, username, password, address)
    if officer is None:
        raise SignInRefused
    return officer
