"""Two hundred at once: a list is looked at as a whole, by line, and then all are invited or nobody."""

import pytest
from sqlalchemy import func, select

from services.intake.accounts import commands, many
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.rules import State
from shared.identity.officer import Officer
from shared.kernel import lists
from shared.storage import Database
from tests.intake.accounts.desk import opened

MANY = 40
HEADING = "username,name,office,roles,areas\n"


@pytest.fixture
def ratna(intake_db: Database) -> Officer:
    return opened(intake_db)


def invited(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(OfficerAccount.state == State.INVITED)) or 0


def test_companions_are_invited_from_a_list_each_with_a_link(intake_db: Database, ratna: Officer) -> None:
    lines = (f"pendamping{each},Pendamping {each},dinsos-kukar,officer,64.02.05\n" for each in range(MANY))
    text = HEADING + "".join(lines)
    with intake_db.transaction() as session:
        assert len(many.invite_many(session, ratna, text, dry_run=True)) == MANY
    assert invited(intake_db) == 0
    with intake_db.transaction() as session:
        many.invite_many(session, ratna, text, dry_run=False)
        handed = commands.make_links(session, ratna)
        assert commands.make_links(session, ratna) == []
    assert invited(intake_db) == MANY
    assert len({each.secret.code for each in handed}) == MANY


def test_one_mistake_and_nobody_is_invited_and_every_mistake_is_named_by_its_line(
    intake_db: Database, ratna: Officer
) -> None:
    text = (
        "nama pengguna;nama;kantor;peran\n"
        "ani;Ani;dinsos-kukar;officer\n"
        "ani;Ani Lain;dinsos-kukar;officer\n"
        "budi;Budi;nowhere;officer\n"
        "\n"
        "citra;Citra;dinsos-kukar;officer|approver\n"
        "dina;Dina;dinsos-kukar;queen\n"
        "ratna;Ratna;dinsos-kukar;officer\n"
        "e;E;dinsos-kukar;officer\n"
        "fani;;dinsos-kukar;officer\n"
        "gita;Gita;dinsos-mataram;officer\n"
    )
    with pytest.raises(many.ListHasMistakes) as refused, intake_db.transaction() as session:
        many.invite_many(session, ratna, text, dry_run=False)
    assert {name: found[0].code for name, found in refused.value.errors.items()} == {
        "line 3": "twice-in-list",
        "line 4": "unknown-office",
        "line 6": "roles-incompatible",
        "line 7": "unknown-role",
        "line 8": "username-taken",
        "line 9": "username-invalid",
        "line 10": "name-missing",
        "line 11": "outside-area",
    }
    assert invited(intake_db) == 0


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", lists.ListHasNoHeading),
        ("ani,Ani,dinsos-kukar,officer\n", lists.ListHasNoHeading),
        (HEADING, lists.ListEmpty),
        (HEADING + "a,b\n" * 501, lists.ListTooLong),
        (HEADING + "x" * 140_000, lists.ListUnreadable),
    ],
)
def test_a_list_that_is_none_says_so(intake_db: Database, ratna: Officer, text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal), intake_db.transaction() as session:
        many.invite_many(session, ratna, text, dry_run=True)
