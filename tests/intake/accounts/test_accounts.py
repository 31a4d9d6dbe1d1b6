"""Accounts against a real database: who is let in, who is not, and what is counted."""

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from services.intake.accounts import commands, demo, passwords, queries
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.rules import State
from services.intake.signin import guessing
from shared.identity import offices, rules
from shared.identity.rules import Role
from shared.kernel.ids import new_id
from shared.storage import Database

PASSWORD = "kail bukan ikan"
HERE = "192.0.2.1"


def open_account(database: Database, username: str = "Sari", roles: tuple[Role, ...] = (Role.OFFICER,)) -> None:
    with database.transaction() as session:
        commands.create_officer(
            session, username=username, password=PASSWORD, name="Sari Contoh", office="dinsos-kukar", roles=roles
        )


def try_in(database: Database, username: str, password: str, address: str = HERE) -> bool:
    with database.transaction() as session:
        return guessing.authenticate(session, username, password, address) is not None


def test_an_account_lets_its_holder_in_with_her_office_and_area(intake_db: Database) -> None:
    open_account(intake_db)
    with intake_db.transaction() as session:
        officer = guessing.authenticate(session, " SARI ", PASSWORD, HERE)
    assert officer is not None
    assert (officer.office, officer.agency, officer.areas) == ("dinsos-kukar", "dinsos", ("64.02",))
    assert officer.roles == {Role.OFFICER}


def test_the_password_is_kept_only_as_an_argon2_hash(intake_db: Database) -> None:
    open_account(intake_db)
    with intake_db.reading() as session:
        kept = session.scalars(select(OfficerAccount.password_hash)).one()
    assert kept.startswith("$argon2id$")


def test_a_wrong_password_an_unknown_name_and_a_closed_account_are_refused_alike(intake_db: Database) -> None:
    open_account(intake_db)
    assert not try_in(intake_db, "sari", "wrong")
    assert not try_in(intake_db, "nobody", PASSWORD)
    assert not try_in(intake_db, " ", PASSWORD)
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(state="suspended"))
    assert not try_in(intake_db, "sari", PASSWORD)


def test_a_name_is_taken_once(intake_db: Database) -> None:
    open_account(intake_db)
    with pytest.raises(commands.UsernameTaken):
        open_account(intake_db, "sari")


def test_a_short_password_and_an_unknown_office_are_refused(intake_db: Database) -> None:
    given = {"username": "an", "name": "A", "roles": [Role.HEAD]}
    with intake_db.transaction() as session:
        with pytest.raises(passwords.PasswordTooShort):
            commands.create_officer(session, password="short", office="dinsos-kaltim", **given)
        with pytest.raises(offices.UnknownOffice):
            commands.create_officer(session, password=PASSWORD, office="nowhere", **given)


def test_the_database_itself_refuses_who_verifies_and_approves(intake_db: Database) -> None:
    row = {
        "id": new_id(),
        "username": "x",
        "name": "X",
        "office": "o",
        "agency": "dinsos",
        "areas": [],
        "password_hash": "",
    }
    with pytest.raises(IntegrityError, match="who_verifies_does_not_approve"), intake_db.transaction() as session:
        session.execute(insert(OfficerAccount).values(roles=["officer", "approver"], **row))


def test_a_student_mentor_has_an_account_and_the_database_itself_refuses_her_a_second_role(
    intake_db: Database,
) -> None:
    open_account(intake_db, "rina", (Role.MENTOR,))
    assert try_in(intake_db, "rina", PASSWORD)
    with pytest.raises(IntegrityError), intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(roles=["mentor", "officer"]))


def test_the_demonstration_opens_its_accounts_once(intake_db: Database) -> None:
    for _ in range(2):
        with intake_db.transaction() as session:
            opened = demo.demo_officers(session, PASSWORD)
            assert len(opened) == len(demo.DEMO_OFFICERS)
    assert try_in(intake_db, "koordinator", PASSWORD)


def test_a_closed_account_is_not_renewed(intake_db: Database) -> None:
    open_account(intake_db)
    with intake_db.transaction() as session:
        account = session.scalars(select(OfficerAccount)).one()
        assert queries.active_officer(session, account.id).name == "Sari Contoh"
        account.state = State.SUSPENDED
        session.flush()
        with pytest.raises(rules.TokenRefused):
            queries.active_officer(session, account.id)
        with pytest.raises(rules.TokenRefused):
            queries.active_officer(session, new_id())


def test_only_an_officer_of_dp3a_can_be_a_counsellor(intake_db: Database) -> None:
    with pytest.raises(rules.RoleElsewhere):
        open_account(intake_db, roles=(Role.COUNSELLOR,))
    with intake_db.transaction() as session:
        given = {"password": PASSWORD, "name": "Konselor Contoh", "office": "dp3a-kukar"}
        commands.create_officer(session, username="konselor", roles=[Role.COUNSELLOR], **given)
    with pytest.raises(IntegrityError), intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(agency="dinsos"))
