"""Who is away and who acts: from when to when, by which letter, in which capacity, and never what goes not together."""

import time
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts import commands as accounts
from services.intake.accounts.models import AccountLine, OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.accounts.rules import NotFromHere, What
from services.intake.acting import commands, queries, rules
from services.intake.acting.rules import Days
from services.intake.acting.terms import Term, terms
from services.intake.signin import commands as signin
from shared.events.intake import AccessEnded, LeaveNoted
from shared.identity import tokens
from shared.identity.absences import Absence
from shared.identity.acting import ActingKind
from shared.identity.officer import Officer
from shared.identity.rules import Role, RolesIncompatible
from shared.kernel import clock
from shared.kernel.errors import DomainError, NotFound
from shared.storage import Database
from shared.web import roster
from shared.web.roster import Roster
from tests.announcements import announced
from tests.browsing import token_of
from tests.intake.accounts.desk import opened

OFFICE = "dinsos-kukar"
LETTER = "800.1/12/2026"


def day(ahead: int) -> date:
    return clock.today() + timedelta(days=ahead)


def somebody(base: Database, username: str = "sari", role: Role = Role.OFFICER, office: str = OFFICE) -> Officer:
    return opened(base, username, [role], office)


def plt(**changes: Any) -> dict[str, Any]:
    """An appointment to the head's vacant post for ten days from today."""
    given: dict[str, Any] = {
        "kind": ActingKind.PLT,
        "post": Role.HEAD,
        "from_on": day(0),
        "to_on": day(9),
        "letter_number": LETTER,
        "letter_on": day(0),
    }
    return given | changes


def appoint(base: Database, her: Officer, by: Officer | None = None, **changes: Any) -> UUID:
    with base.transaction() as session:
        return commands.appoint(session, by, her.id, **plt(**changes)).id


def away(base: Database, her: Officer, first: int, last: int, **more: Any) -> UUID:
    with base.transaction() as session:
        return commands.note_leave(session, None, her.id, from_on=day(first), to_on=day(last), **more).id


def signed_in(base: Database, her: Officer) -> tokens.Token:
    with base.transaction() as session:
        account = session.get_one(OfficerAccount, her.id)
        return tokens.read(signin.opened(session, officer_of(account), signin.Caller(address="127.0.0.1")))


def befell(session: Session, her: Officer) -> list[What]:
    asked = select(AccountLine.what).where(AccountLine.about == her.id).order_by(AccountLine.seq)
    return list(session.scalars(asked))


def test_while_it_runs_her_token_has_the_post_and_how_she_signs(intake_db: Database) -> None:
    her = opened(intake_db, "sari", [Role.OFFICER], OFFICE, ["64.02.05"])
    appoint(intake_db, her, from_on=day(1))
    assert signed_in(intake_db, her).officer.acting is None
    with clock.frozen(clock.now() + timedelta(days=1)):
        acts = signed_in(intake_db, her).officer
        assert (acts.roles, acts.own_roles) == ({Role.OFFICER, Role.HEAD}, {Role.OFFICER})
        assert (acts.areas, acts.own_areas) == (("64.02.05", "64.02"), ("64.02.05",))
        assert acts.signs == f"Sari Uji, Plt. Kepala Dinas Sosial Kabupaten Kutai Kartanegara, surat {LETTER}"
    with clock.frozen(clock.now() + timedelta(days=10)):
        assert signed_in(intake_db, her).officer.acting is None


def test_her_token_never_lives_past_the_last_day(intake_db: Database) -> None:
    her = somebody(intake_db)
    appoint(intake_db, her, to_on=day(0))
    late = datetime.combine(day(0), datetime.min.time(), clock.zone()) + timedelta(hours=23, minutes=50)
    with clock.frozen(late):
        token = signed_in(intake_db, her)
        assert token.expires_at - time.time() < 10 * 60
        raw = tokens.issue(token.officer)
    with clock.frozen(late + timedelta(minutes=11)):  # a demonstration's days move faster than a token's time
        assert tokens.read(raw).officer.roles == {Role.OFFICER}


def test_what_is_ended_early_is_over_at_once_and_she_is_told_to_sign_in_again(intake_db: Database) -> None:
    her = somebody(intake_db)
    appointment = appoint(intake_db, her)
    token = signed_in(intake_db, her)
    with intake_db.transaction() as session:
        commands.end_appointment(session, None, her.id, appointment, "the new head is here")
    ends = [each for each in announced(intake_db) if isinstance(each, AccessEnded)]
    assert [(each.officer_id, each.closed) for each in ends] == [(her.id, False)]
    with intake_db.transaction() as session, pytest.raises(DomainError):
        signin.renewed(session, token)
    assert signed_in(intake_db, her).officer.acting is None
    with pytest.raises(rules.EndedAlready), intake_db.transaction() as session:
        commands.end_appointment(session, None, her.id, appointment)
    with intake_db.reading() as session:
        assert befell(session, her)[-2:] == [What.APPOINTED, What.APPOINTMENT_ENDED]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"to_on": -1}, rules.DaysReversed),
        ({"from_on": -9, "to_on": -1}, rules.Over),
        ({"to_on": 100}, rules.TooLong),
        ({"letter_number": "  "}, rules.LetterMissing),
        ({"letter_on": 1}, rules.LetterAhead),
        ({"post": Role.APPROVER}, RolesIncompatible),
        ({"post": Role.APPROVER, "kind": ActingKind.PLH}, RolesIncompatible),
        ({"kind": ActingKind.PLH}, rules.HolderMissing),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    intake_db: Database, changes: dict[str, Any], refused: type[DomainError]
) -> None:
    her = somebody(intake_db)
    given = {name: day(each) if isinstance(each, int) else each for name, each in changes.items()}
    with pytest.raises(refused):
        appoint(intake_db, her, **given)
    assert signed_in(intake_db, her).officer.acting is None


def test_a_post_is_acted_in_by_one_and_only_where_it_is_vacant_or_its_holder_away(intake_db: Database) -> None:
    her, other = somebody(intake_db), somebody(intake_db, "wati")
    head, elsewhere = somebody(intake_db, "ibu", Role.HEAD), somebody(intake_db, "jauh", Role.HEAD, "dinsos-kaltim")
    with pytest.raises(rules.PostHeld):
        appoint(intake_db, her)
    for holder in (elsewhere.id, other.id):
        with pytest.raises(rules.NotTheHolder):
            appoint(intake_db, her, kind=ActingKind.PLH, stands_for_id=holder)
    with pytest.raises(rules.HoldsItHerself):
        appoint(intake_db, head)
    appoint(intake_db, her, kind=ActingKind.PLH, stands_for_id=head.id)
    with pytest.raises(rules.PostTaken):
        appoint(intake_db, other, kind=ActingKind.PLH, stands_for_id=head.id, from_on=day(5), to_on=day(15))
    with pytest.raises(rules.ActsAlready):
        appoint(intake_db, her, kind=ActingKind.PLH, stands_for_id=head.id, from_on=day(5), to_on=day(15))
    appoint(intake_db, other, kind=ActingKind.PLH, stands_for_id=head.id, from_on=day(10), to_on=day(15))


@pytest.mark.parametrize("ended", ["suspend", "close"])
def test_whoever_is_suspended_or_closed_neither_acts_nor_stands_in(intake_db: Database, ended: str) -> None:
    her, other = somebody(intake_db), somebody(intake_db, "wati")
    with intake_db.transaction() as session:
        getattr(accounts, ended)(session, None, her.id)
    with pytest.raises(NotFromHere):
        appoint(intake_db, her)
    with pytest.raises(NotFromHere):
        away(intake_db, her, 0, 3)
    with pytest.raises(rules.NotOfThisOffice):
        away(intake_db, other, 0, 3, stand_in_id=her.id)


def test_an_extension_follows_on_with_a_letter_of_its_own_and_not_for_ever() -> None:
    term = Term(3, 6, "", verified=False)
    first, second = Days(date(2026, 1, 1), date(2026, 3, 31)), Days(date(2026, 4, 1), date(2026, 6, 30))
    today = date(2026, 1, 1)
    rules.checked_days(second, today, term, [first])
    with pytest.raises(rules.ExtendedTooLong):
        rules.checked_days(Days(date(2026, 7, 1), date(2026, 7, 1)), today, term, [first, second])
    rules.checked_days(Days(date(2026, 7, 2), date(2026, 9, 30)), today, term, [first, second])
    assert not any(each.verified for each in (terms().plt, terms().plh, terms().leave))


def test_the_head_appoints_at_her_own_office_and_nobody_herself(intake_db: Database) -> None:
    head, her = somebody(intake_db, "ibu", Role.HEAD), somebody(intake_db)
    elsewhere = somebody(intake_db, "jauh", Role.HEAD, "dinsos-kaltim")
    given = {"kind": ActingKind.PLH, "stands_for_id": head.id}
    with pytest.raises(NotFound):
        appoint(intake_db, her, elsewhere, **given)
    with pytest.raises(rules.NotOneself):
        appoint(intake_db, her, her, **given)
    appoint(intake_db, her, head, **given)


def test_own_roles_that_do_not_go_with_the_post_are_refused_while_she_acts(intake_db: Database) -> None:
    her = somebody(intake_db)
    appoint(intake_db, her)
    for roles, refused in (([Role.AUDITOR], RolesIncompatible), ([Role.HEAD], accounts.HoldsThePost)):
        with pytest.raises(refused), intake_db.transaction() as session:
            accounts.change(session, None, her.id, roles=roles)
    with intake_db.transaction() as session:
        session.get_one(OfficerAccount, her.id).roles = [Role.AUDITOR.value]
        session.flush()
        assert queries.acting_now(session, officer_of(session.get_one(OfficerAccount, her.id))) is None


@pytest.mark.parametrize("step", ["suspend", "close", "move"])
def test_with_her_account_or_her_place_all_ends_that_she_acted_in_or_stood_in_for(
    intake_db: Database, step: str
) -> None:
    her, head, other = somebody(intake_db), somebody(intake_db, "ibu", Role.HEAD), somebody(intake_db, "wati")
    appoint(intake_db, her, kind=ActingKind.PLH, stands_for_id=head.id)
    leave = away(intake_db, other, 0, 5, stand_in_id=her.id)
    with intake_db.transaction() as session:
        if step == "move":
            accounts.change(session, None, her.id, office="dp3a-kukar")
        else:
            getattr(accounts, step)(session, None, her.id)
    with intake_db.reading() as session:
        assert not any(each["is_open"] for each in queries.of_officer(session, her.id).appointments)
        assert session.get_one(Absence, leave).stand_in_id is None
        assert befell(session, her).count(What.APPOINTMENT_ENDED) == 1
    told = [each for each in announced(intake_db) if isinstance(each, LeaveNoted)]
    assert [(each.revision, each.stand_in_id) for each in told] == [(1, her.id), (2, None)]


def test_when_the_holder_goes_or_is_back_nobody_acts_for_her_any_more(intake_db: Database) -> None:
    her, head = somebody(intake_db), somebody(intake_db, "ibu", Role.HEAD)
    leave = away(intake_db, head, 0, 5, stand_in_id=her.id)
    appoint(intake_db, her, kind=ActingKind.PLH, stands_for_id=head.id)
    assert signed_in(intake_db, her).officer.acting is not None
    with intake_db.transaction() as session:
        commands.end_leave(session, None, head.id, leave)
    assert signed_in(intake_db, her).officer.acting is None
    appoint(intake_db, her, kind=ActingKind.PLH, stands_for_id=head.id)
    with intake_db.transaction() as session:
        accounts.close(session, None, head.id)
    assert signed_in(intake_db, her).officer.acting is None
    ends = [each.officer_id for each in announced(intake_db) if isinstance(each, AccessEnded)]
    assert ends.count(her.id) == 2


def test_leave_is_told_as_it_stands_and_ends_early_or_never_was(intake_db: Database) -> None:
    her = somebody(intake_db)
    begun, ahead = away(intake_db, her, -3, 3), away(intake_db, her, 10, 12)
    with pytest.raises(rules.AwayAlready):
        away(intake_db, her, 12, 20)
    with pytest.raises(rules.AwayAlready):
        appoint(intake_db, her)
    with intake_db.transaction() as session:
        commands.end_leave(session, None, her.id, begun)
        commands.end_leave(session, None, her.id, ahead)
    told = [
        (each.leave_id, each.revision, each.to_on, each.withdrawn)
        for each in announced(intake_db)
        if isinstance(each, LeaveNoted)
    ]
    first, last = [(begun, 1, day(3), False), (ahead, 1, day(12), False)], [(begun, 2, day(-1), False)]
    assert told == [*first, *last, (ahead, 2, day(12), True)]


def test_on_leave_she_signs_in_and_is_nobodys_colleague_on_these_days(intake_db: Database) -> None:
    her = somebody(intake_db)
    Roster().note(intake_db, token_of(her))
    away(intake_db, her, 1, 2)

    def named() -> list[UUID]:
        with intake_db.reading() as session:
            return [each.id for each in roster.of_office(session, her.office, [Role.OFFICER])]

    found = []
    for ahead in range(4):
        with clock.frozen(clock.now() + timedelta(days=ahead)):
            assert signed_in(intake_db, her).officer.id == her.id
            found.append(named())
    assert found == [[her.id], [], [], [her.id]]


def test_an_office_without_a_counsellor_is_named_whether_it_has_cases_or_not(intake_db: Database) -> None:
    head = somebody(intake_db, "ibu", Role.HEAD, "dp3a-kukar")

    def missing() -> list[str]:
        with intake_db.reading() as session:
            return queries.without_counsellor(session, head)

    assert missing() == ["dp3a-kukar"]
    her = somebody(intake_db, "sari", Role.COUNSELLOR, "dp3a-kukar")
    assert missing() == []
    leave = away(intake_db, her, 0, 3)
    assert missing() == ["dp3a-kukar"]
    with intake_db.transaction() as session:
        commands.end_leave(session, None, her.id, leave)
        accounts.close(session, None, her.id)
    assert missing() == ["dp3a-kukar"]
