"""An account begins by a link, changes, is suspended, resumed, reset and closed; each is logged, and none is undone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from services.intake.accounts import commands, log, queries, rules
from services.intake.accounts.models import AccountLine, AccountLink, OfficerAccount
from services.intake.accounts.rules import State, What
from services.intake.signin import guessing
from shared.identity import rules as identity
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import NotFound, Stale
from shared.storage import Database
from tests.intake.accounts.desk import PASSWORD, SARI, opened, stored

ANOTHER = "ikan di sungai Mahakam"


@pytest.fixture
def ratna(intake_db: Database) -> Officer:
    return opened(intake_db)


def invited(database: Database, by: Officer, **given: object) -> tuple[Officer, str]:
    with database.transaction() as session:
        account = commands.invite(session, by, **{**SARI, **given})  # type: ignore[arg-type]
        return queries.officer_of(account), commands.make_link(session, by, account.id).secret.code


def chosen(database: Database, code: str, password: str = ANOTHER) -> OfficerAccount:
    with database.transaction() as session:
        return commands.choose_password(session, code, password)


def lets_in(database: Database, username: str, password: str) -> bool:
    with database.transaction() as session:
        return guessing.authenticate(session, username, password, "192.0.2.1") is not None


def whats(database: Database, about: Officer) -> list[str]:
    with database.reading() as session:
        return [each["what"] for each in reversed(queries.lines(session, None, about.id))]


def test_an_invited_officer_chooses_her_password_and_comes_in(intake_db: Database, ratna: Officer) -> None:
    sari, code = invited(intake_db, ratna)
    assert not lets_in(intake_db, "sari", ANOTHER)
    assert chosen(intake_db, code.lower().replace("-", " ")).state is State.ACTIVE
    assert lets_in(intake_db, "sari", ANOTHER)
    assert whats(intake_db, sari) == ["invited", "link-made", "link-used"]


def test_of_the_link_only_a_hash_is_kept(intake_db: Database, ratna: Officer) -> None:
    _, code = invited(intake_db, ratna)
    with intake_db.reading() as session:
        kept = session.scalars(select(AccountLink)).one()
    assert code.replace("-", "").encode() not in kept.hash
    assert kept.hash == rules.Secret(code).hash
    assert not {name for name, value in vars(kept).items() if isinstance(value, str) and "-" in value and value in code}


def test_looking_uses_nothing_up_and_one_choice_twice_is_one(intake_db: Database, ratna: Officer) -> None:
    _, code = invited(intake_db, ratna)
    for _ in range(3):
        with intake_db.reading() as session:
            assert commands.holder_of(session, code)[1].username == "sari"
    chosen(intake_db, code)
    chosen(intake_db, code)
    with pytest.raises(rules.LinkUsed):
        chosen(intake_db, code, "a different choice of words")
    assert lets_in(intake_db, "sari", ANOTHER)


def spoil(database: Database, **values: object) -> None:
    with database.transaction() as session:
        session.execute(update(AccountLink).values(**values))


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"expires_at": datetime.now(UTC) - timedelta(seconds=1)}, rules.LinkExpired),
        ({"revoked_at": datetime.now(UTC)}, rules.LinkRevoked),
        ({"used_at": datetime.now(UTC)}, rules.LinkUsed),
        ({"hash": bytes(32)}, rules.LinkUnknown),
    ],
)
def test_a_link_that_is_no_good_says_why(
    intake_db: Database, ratna: Officer, values: dict[str, object], refusal: type[Exception]
) -> None:
    _, code = invited(intake_db, ratna)
    spoil(intake_db, **values)
    with pytest.raises(refusal):
        chosen(intake_db, code)
    assert not lets_in(intake_db, "sari", ANOTHER)


def test_a_new_link_replaces_the_one_before(intake_db: Database, ratna: Officer) -> None:
    sari, first = invited(intake_db, ratna)
    with intake_db.transaction() as session:
        second = commands.make_link(session, ratna, sari.id).secret.code
    with pytest.raises(rules.LinkRevoked):
        chosen(intake_db, first)
    chosen(intake_db, second)


def test_a_password_opens_nothing_after_a_reset_and_only_the_link_gives_another(
    intake_db: Database, ratna: Officer
) -> None:
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    with intake_db.transaction() as session:
        with pytest.raises(commands.HasPassword):
            commands.make_link(session, ratna, sari.id)
        commands.reset(session, ratna, sari.id)
        code = commands.make_link(session, ratna, sari.id).secret.code
    assert not lets_in(intake_db, "sari", PASSWORD)
    chosen(intake_db, code)
    assert lets_in(intake_db, "sari", ANOTHER)


def test_a_suspended_officer_comes_back_with_her_password_but_not_with_her_links(
    intake_db: Database, ratna: Officer
) -> None:
    sari, code = invited(intake_db, ratna)
    chosen(intake_db, code)
    with intake_db.transaction() as session:
        commands.reset(session, ratna, sari.id)
        code = commands.make_link(session, ratna, sari.id).secret.code
        commands.suspend(session, ratna, sari.id, why="Cuti")
    with pytest.raises(rules.LinkRevoked):
        chosen(intake_db, code)
    with intake_db.transaction() as session:
        commands.resume(session, ratna, sari.id)
    with pytest.raises(rules.LinkRevoked):
        chosen(intake_db, code)
    with intake_db.reading() as session:
        line = queries.lines(session, ratna, sari.id)[1]
    assert (line["before"], line["after"]) == ({"state": "active"}, {"state": "suspended", "why": "Cuti"})


def test_a_closed_account_keeps_no_way_in_and_is_never_opened_again(intake_db: Database, ratna: Officer) -> None:
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    with intake_db.transaction() as session:
        commands.close(session, ratna, sari.id)
    assert not lets_in(intake_db, "sari", PASSWORD)
    for step in (commands.resume, commands.suspend, commands.close, commands.reset, commands.make_link):
        with pytest.raises(rules.NotFromHere), intake_db.transaction() as session:
            step(session, ratna, sari.id)  # type: ignore[operator]
    with pytest.raises(IntegrityError, match="no_password_no_account"), intake_db.transaction() as session:
        session.execute(update(OfficerAccount).where(OfficerAccount.id == sari.id).values(password_hash="x"))


def test_who_is_moved_works_at_the_new_office_in_its_region(intake_db: Database, ratna: Officer) -> None:
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    with intake_db.transaction() as session:
        commands.change(session, ratna, sari.id, 1, office="dp3a-kukar", roles=["counsellor"])
    kept = stored(intake_db, sari)
    assert (kept.office, kept.agency, kept.roles, kept.areas) == ("dp3a-kukar", "dp3a", ["counsellor"], ["64.02"])
    with intake_db.reading() as session:
        line = queries.lines(session, ratna, sari.id)[0]
    assert line["before"] == {"office": "dinsos-kukar", "roles": ["officer"]}
    assert line["after"] == {"office": "dp3a-kukar", "roles": ["counsellor"]}
    assert (line["by"], line["by_name"]) == (ratna.id, "Ratna Uji")


def test_two_administrators_do_not_overwrite_each_other(intake_db: Database, ratna: Officer) -> None:
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    with intake_db.transaction() as session:
        commands.change(session, ratna, sari.id, 1, name="Sari Baru")
    with pytest.raises(Stale), intake_db.transaction() as session:
        commands.change(session, ratna, sari.id, 1, roles=["head"])


@pytest.mark.parametrize("step", ["change", "suspend", "close"])
def test_the_last_administrator_stays(intake_db: Database, ratna: Officer, step: str) -> None:
    given = {"roles": ["officer"]} if step == "change" else {}
    with pytest.raises(rules.LastAdministrator), intake_db.transaction() as session:
        getattr(commands, step)(session, None, ratna.id, **given)
    opened(intake_db, "dewi")
    with intake_db.transaction() as session:
        getattr(commands, step)(session, None, ratna.id, **given)


def test_a_suspended_second_administrator_is_none(intake_db: Database, ratna: Officer) -> None:
    dewi = opened(intake_db, "dewi")
    with intake_db.transaction() as session:
        commands.suspend(session, ratna, dewi.id)
    with pytest.raises(rules.LastAdministrator), intake_db.transaction() as session:
        commands.close(session, None, ratna.id)


@pytest.mark.parametrize("step", ["change", "suspend", "close", "reset"])
def test_nobody_changes_her_own_rights(intake_db: Database, ratna: Officer, step: str) -> None:
    opened(intake_db, "dewi")
    with pytest.raises(rules.OneselfRefused), intake_db.transaction() as session:
        getattr(commands, step)(session, ratna, ratna.id, **({"areas": ["64"]} if step == "change" else {}))


@pytest.mark.parametrize(
    ("areas", "refused"), [(("64.02",), True), (("64",), True), (("64.72", "64.71"), False), (("52",), True)]
)
def test_an_administrator_gives_rights_in_her_own_areas_alone(
    intake_db: Database, areas: tuple[str, ...], refused: bool
) -> None:
    city = opened(intake_db, "dewi", areas=("64.72", "64.71"))
    wanted = {**SARI, "office": "dinsos-samarinda", "areas": list(areas)}
    with intake_db.transaction() as session:
        if not refused:
            assert commands.invite(session, city, **wanted).areas == list(areas)  # type: ignore[arg-type]
            return
        with pytest.raises(identity.OutsideArea):
            commands.invite(session, city, **wanted)  # type: ignore[arg-type]


def test_accounts_elsewhere_are_not_there(intake_db: Database) -> None:
    city = opened(intake_db, "dewi", areas=("64.72",))
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    head = opened(intake_db, "bu-kepala", [Role.HEAD], "dinsos-samarinda")
    for step in (commands.suspend, commands.close, commands.reset, commands.make_link):
        with pytest.raises(NotFound), intake_db.transaction() as session:
            step(session, city, sari.id)  # type: ignore[operator]
    with intake_db.reading() as session:
        assert [each.username for each in queries.accounts(session, city, queries.Wanted()).items] == ["bu-kepala"]
        assert [each.username for each in queries.accounts(session, head, queries.Wanted()).items] == ["bu-kepala"]
        assert queries.lines(session, city, sari.id) == []


@pytest.mark.parametrize(
    "pair",
    [
        ("officer", "approver"),
        ("approver", "auditor"),
        ("head", "auditor"),
        ("officer", "auditor"),
        ("administrator", "auditor"),
        ("administrator", "counsellor"),
        ("administrator", "approver"),
    ],
)
def test_roles_that_exclude_each_other_are_refused_with_a_reason_and_by_the_database_too(
    intake_db: Database, pair: tuple[str, str]
) -> None:
    head = opened(intake_db, "bu", [Role.HEAD], "dp3a-kukar")
    with pytest.raises(identity.RolesIncompatible) as refused, intake_db.transaction() as session:
        commands.change(session, None, head.id, roles=list(pair))
    assert refused.value.message("en").endswith(".")
    assert refused.value.message("id") != refused.value.message("en")
    with pytest.raises(IntegrityError), intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(roles=sorted(pair)))


def test_a_year_on_rights_are_looked_at_again_and_nobody_looks_at_her_own(intake_db: Database, ratna: Officer) -> None:
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    head = opened(intake_db, "kepala", [Role.HEAD], "dinsos-kukar")
    with clock.frozen(clock.now() + timedelta(days=366)):
        with intake_db.reading() as session:
            due = queries.to_review(session, head)
            assert [(each.username, queries.is_overdue(each)) for each in due] == [("sari", True)]
        with intake_db.transaction() as session:
            with pytest.raises(rules.OneselfRefused):
                commands.confirm_rights(session, head, {head.id, sari.id})
            with pytest.raises(NotFound):
                commands.confirm_rights(session, head, {ratna.id})
            assert commands.confirm_rights(session, head, {sari.id}) == 1
        assert not queries.is_overdue(stored(intake_db, sari))
    assert stored(intake_db, sari).reviewed_by == head.id
    assert whats(intake_db, sari)[-1] == "confirmed"


def spoil_log(database: Database, what: str) -> None:
    with database.transaction() as session:
        if what == "taken out":
            session.execute(delete(AccountLine).where(AccountLine.seq == 2))
        else:
            session.execute(update(AccountLine).where(AccountLine.seq == 2).values(**{what: _SPOILT[what]}))


_SPOILT = {
    "what": What.CLOSED,
    "by": None,
    "after": {"roles": ["officer"]},
    "about": UUID(int=0),
}


@pytest.mark.parametrize("what", ["taken out", "what", "by", "after", "about"])
def test_a_line_of_the_log_that_was_changed_is_found(intake_db: Database, ratna: Officer, what: str) -> None:
    invited(intake_db, ratna)
    with intake_db.reading() as session:
        assert log.broken_at(session) is None
    spoil_log(intake_db, what)
    with intake_db.reading() as session:
        assert log.broken_at(session) == (3 if what == "taken out" else 2)
