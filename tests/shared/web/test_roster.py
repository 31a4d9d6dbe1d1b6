"""A service remembers which officers have come by, so that their colleagues can name them."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from shared.identity.rules import Role
from shared.kernel import clock
from shared.storage import Database
from shared.web import roster
from shared.web.roster import KnownOfficer, Roster
from tests.browsing import Browser, an_officer, bearer, token_of


def known(base: Database, *roles: Role, area: str | None = None) -> list[str]:
    with base.reading() as session:
        return [each.name for each in roster.of_office(session, "dinsos-kaltim", roles or (Role.OFFICER,), area)]


def test_whoever_asks_for_a_page_or_an_answer_is_known_from_then_on(app: Flask, intake_db: Database) -> None:
    one, other = (replace(an_officer(), name=name) for name in ("Wati", "asih"))
    Browser(app, one).get("/intake/dinsos/notes")
    app.test_client().get("/intake/v1/dinsos/notes", headers=bearer(other))
    app.test_client().get("/intake/v1/dinsos/notes")
    assert known(intake_db) == ["asih", "Wati"]


def test_she_is_known_as_she_was_when_she_last_came_by(intake_db: Database) -> None:
    noted, her = Roster(), an_officer(areas=("64.02",))
    noted.note(intake_db, token_of(her))
    assert (known(intake_db, area="64.02.05.2001"), known(intake_db, area="64.72")) == (["Petugas Uji"], [])
    noted.note(intake_db, token_of(replace(her, name="Wati", roles=frozenset({Role.HEAD}), areas=("64",))))
    assert (known(intake_db), known(intake_db, Role.HEAD, area="64.72")) == ([], ["Wati"])
    noted.note(intake_db, token_of(replace(her, office="dinsos-kubar")))
    assert known(intake_db, Role.HEAD) == []


def test_who_has_not_come_by_for_long_is_not_named(intake_db: Database) -> None:
    noted, her = Roster(), an_officer()
    with clock.frozen(clock.now() - roster.OF_LATE):
        noted.note(intake_db, token_of(her))
    assert known(intake_db) == []
    noted.note(intake_db, token_of(an_officer(Role.HEAD)))
    with intake_db.reading() as session:
        assert session.get(KnownOfficer, her.id) is None
    noted.note(intake_db, token_of(her))
    assert known(intake_db) == ["Petugas Uji"]


def test_she_is_noted_once_a_day(intake_db: Database) -> None:
    noted, her = Roster(), an_officer()
    for _ in range(2):
        noted.note(intake_db, token_of(her))
        with intake_db.transaction() as session:
            for each in session.scalars(select(KnownOfficer)):
                session.delete(each)
    assert known(intake_db) == []
    with clock.frozen(clock.now() + timedelta(days=1)):
        noted.note(intake_db, token_of(her))
        assert known(intake_db) == ["Petugas Uji"]
