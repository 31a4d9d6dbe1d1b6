"""Who is named in a list, to whom: as on the referral's own page, and nobody else to anybody else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, update

from services.training.worker import WORKS
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import ids, numbers
from shared.privacy.looks import Look
from shared.referrals import naming
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.shared.referrals.offers import heard, offer, officer

HER = "Siti Aminah"


def offered(base: Database, particulars: dict[str, Any] | None = None, **changes: Any) -> UUID:
    given = offer(**changes)
    with base.transaction() as session:
        told = {"name": HER, "village": "Badak Baru"} if particulars is None else particulars
        hear_stages_offered(session, [heard(given, told)], works=by_kind(WORKS))
    return given.referral_id


def looks(base: Database) -> list[tuple[UUID, str]]:
    with base.reading() as session:
        return [(row.officer_id, row.why) for row in session.execute(select(Look.officer_id, Look.why))]


def name_for(base: Database, her: Officer, referral: UUID) -> str | None:
    with base.transaction() as session:
        named = naming.of(session, her, [referral], "a list")[referral]
        journey = session.get_one(Referral, referral).journey_id
        assert named.number == numbers.of(journey)
        assert naming.of_journeys(session, her, [journey], "another list")[journey].name == named.name
    return named.name


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.HEAD])
def test_whoever_may_open_the_referral_sees_the_name_and_the_look_is_written_down(
    training_db: Database, role: Role
) -> None:
    referral, her = offered(training_db), officer(roles=frozenset({role}))
    assert name_for(training_db, her, referral) == HER
    assert looks(training_db) == [(her.id, "a list"), (her.id, "another list")]


@pytest.mark.parametrize(
    "somebody",
    [
        {"roles": frozenset({Role.COORDINATOR}), "office": "bappeda-kukar", "agency": "bappeda"},
        {"roles": frozenset({Role.COORDINATOR})},
        {"roles": frozenset({Role.AUDITOR})},
        {"roles": frozenset({Role.ADMINISTRATOR})},
        {"roles": frozenset({Role.MENTOR})},
        {"office": "dinsos-kukar"},
        {"office": "dp3a-kukar", "agency": "dp3a"},
        {"areas": ("64.07",)},
    ],
    ids=[
        "bappeda",
        "coordinator",
        "auditor",
        "administrator",
        "mentor",
        "another office",
        "another agency",
        "another area",
    ],
)
def test_nobody_else_is_told_more_than_the_number(training_db: Database, somebody: dict[str, Any]) -> None:
    referral = offered(training_db)
    assert name_for(training_db, officer(**somebody), referral) is None
    assert looks(training_db) == []


def forgets(base: Database, referral: UUID) -> None:
    with base.transaction() as session:
        session.execute(update(Referral).where(Referral.id == referral).values(particulars=None))


def is_a_talk(base: Database, referral: UUID) -> None:
    with base.transaction() as session:
        session.execute(update(Referral).where(Referral.id == referral).values(kind="intake.protection"))


@pytest.mark.parametrize("becomes", [forgets, is_a_talk], ids=["consent taken back", "a confidential conversation"])
def test_what_the_office_no_longer_holds_or_may_not_list_is_not_shown(
    training_db: Database, becomes: Callable[[Database, UUID], None]
) -> None:
    referral = offered(training_db)
    becomes(training_db, referral)
    assert name_for(training_db, officer(), referral) is None
    assert looks(training_db) == []


def test_a_programme_that_shares_no_name_shows_none(training_db: Database) -> None:
    assert name_for(training_db, officer(), offered(training_db, {"village": "Badak Baru"})) is None


def test_the_names_of_a_page_are_read_at_once(training_db: Database) -> None:
    referrals = [offered(training_db) for _ in range(4)]
    counted: list[int] = []
    for some in (referrals[:1], referrals):
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any, asked: list[str] = asked) -> None:
            asked.append(statement)

        event.listen(training_db.engine, "before_cursor_execute", note)
        try:
            with training_db.transaction() as session:
                assert len(naming.of(session, officer(), some, "a list")) == len(some)
        finally:
            event.remove(training_db.engine, "before_cursor_execute", note)
        counted.append(sum("FROM referral" in each for each in asked))
    assert counted == [2, 2]


def test_everybody_of_a_group_is_named_as_far_as_she_was_shared(training_db: Database) -> None:
    one, other = ids.new_id(), ids.new_id()
    members = [{"id": str(one), "name": HER, "role": "chair"}, {"id": str(other), "name": "Rina", "role": "member"}]
    group = offered(training_db, {"name": "KUBE Melati", "members": members}, subject_kind=SubjectKind.GROUP)
    alone = offered(training_db, {"name": "Dewi"}, subject_id=(her := ids.new_id()))
    with training_db.transaction() as session:
        found = naming.of_people(session, officer(), [group, alone], "aid")
        assert found == {one: HER, other: "Rina", her: "Dewi"}
        assert naming.of_people(session, officer(office="dinsos-kukar"), [group, alone], "aid") == {}
        assert naming.of(session, officer(), [group], "a list")[group].called.startswith("KUBE Melati · ")


def test_no_page_shows_the_end_of_an_identifier() -> None:
    cut = re.compile(r"\| ?string\)\[|_id\)\[[-:]|\.hex\[|\bstr\([^()]*\)\[[-:]|\)\[-[0-9]+:\] *}}")
    apart = Path("services/intake/protection/templates/protection/log.html")  # its cases have no number outside
    shown = [
        f"{path}: {line.strip()[:80]}"
        for folder in ("services", "shared")
        for path in sorted(Path(folder).rglob("*"))
        if path.suffix in (".html", ".py") and "migrations" not in path.parts and path != apart
        for line in path.read_text().splitlines()
        if cut.search(line)
    ]
    assert shown == []
