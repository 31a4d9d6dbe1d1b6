"""Many rows as one parameter: stored as one by one, with what is encrypted, made up, and left to the database."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.grants.goods.models import Grant
from services.grants.goods.rules import GrantState
from services.intake.eligibility.models import Verification
from services.intake.eligibility.rules import Check, Outcome
from services.training.courses.models import Enrolment
from shared.events.intake import SubjectKind
from shared.kernel import clock, ids
from shared.storage import Database
from shared.storage.rows import insert_rows
from tests.shared.referrals.offers import heard, offer
from tests.shared.referrals.test_handlers import CountedSessions, by_kind, hear_stages_offered

FOUND = {"field": {"visited_on": "2023-05-02", "remarks": 'Rumah \\panggung", di \u2028tepi sungai'}}


def verification(**changes: object) -> dict[str, object]:
    """A decision as its row; the referral is not there, so that it can only be stored where it is known."""
    return {
        "referral_id": ids.new_id(),
        "journey_id": ids.new_id(),
        "subject_id": ids.new_id(),
        "check": Check.FIELD,
        "outcome": Outcome.ELIGIBLE,
        "failed": [{"clause": "poor", "member": None}],
        "facts": [{"age": 34, "registries": ["DTKS"], "born": date(1990, 1, 1)}],
        "findings": FOUND,
        "decided_by": ids.new_id(),
        "decided_at": clock.now(),
    } | changes


def grant(**changes: object) -> dict[str, object]:
    """A grant as its row."""
    return {
        "journey_id": ids.new_id(),
        "programme": "kube-kaltim-2023",
        "area": "64.02",
        "office": "dinsos-kaltim",
        "fund_id": "apbd",
        "ceiling": None,
        "state": GrantState.DRAFTED,
    } | changes


def enrolment(referral_id: UUID, members: list[UUID] | None) -> dict[str, object]:
    """A place in a course as its row."""
    return {
        "referral_id": referral_id,
        "type": "briefing",
        "sessions_asked": 2,
        "subject_kind": SubjectKind.GROUP,
        "subject_id": ids.new_id(),
        "members": 5,
        "member_ids": members,
        "office": "dinsos-kaltim",
    }


def test_rows_come_back_as_they_were_given_and_what_is_encrypted_is_stored_encrypted(intake_db: Database) -> None:
    with intake_db.transaction() as session:
        session.execute(text("ALTER TABLE verification DISABLE TRIGGER ALL"))
        given = [verification(), verification(check=Check.FILE)]
        insert_rows(session, Verification, given)
        for each in given:
            row = session.get_one(Verification, each["referral_id"])
            assert {name: getattr(row, name) for name in each if name != "facts"} == {
                name: value for name, value in each.items() if name != "facts"
            }
            assert row.facts == [{"age": 34, "registries": ["DTKS"], "born": "1990-01-01"}]
        stored = session.scalars(text("SELECT findings FROM verification")).all()
        assert not any(b"sungai" in bytes(each) for each in stored)
        session.rollback()


def test_what_a_column_makes_up_is_made_up_for_each_row_and_the_rest_is_the_databases(grants_db: Database) -> None:
    with grants_db.transaction() as session:
        insert_rows(session, Grant, [grant(), grant(ceiling=3_000_000_000)])
        first, second = session.scalars(select(Grant).order_by(Grant.ceiling.nulls_first())).all()
        assert first.id != second.id
        assert (first.total, first.ceiling, second.ceiling) == (0, None, 3_000_000_000)
        assert first.opened_at is not None


def test_lists_and_what_is_missing_are_stored_as_such(training_db: Database) -> None:
    offers = [offer(), offer()]
    members = [ids.new_id(), ids.new_id()]
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(each) for each in offers], works=by_kind([CountedSessions()]))
        one, other = (each.referral_id for each in offers)
        insert_rows(session, Enrolment, [enrolment(one, members), enrolment(other, None)])
        assert session.get_one(Enrolment, one).member_ids == members
        assert session.get_one(Enrolment, other).member_ids is None


def test_rows_that_are_known_are_left_alone_only_when_asked(grants_db: Database) -> None:
    known = grant()
    with grants_db.transaction() as session:
        insert_rows(session, Grant, [known])
        insert_rows(session, Grant, [known | {"office": "dinsos-kukar"}, grant()], unless_known=True)
        assert [each.office for each in session.scalars(select(Grant))] == ["dinsos-kaltim"] * 2
    with pytest.raises(IntegrityError), grants_db.transaction() as session:
        insert_rows(session, Grant, [known])


def test_no_rows_need_no_statement(grants_db: Database) -> None:
    with grants_db.transaction() as session:
        insert_rows(session, Grant, [])
        assert session.scalars(select(Grant)).all() == []
