"""What an audit finds is kept, and the machine room shows the last one."""

from datetime import timedelta

from click.testing import CliRunner
from sqlalchemy import select, text

from services.intake.audits import commands
from services.intake.audits.models import AuditRun
from services.operate.commands import audit
from shared.bus.audit import Finding, Gravity
from shared.identity.rules import Role
from shared.kernel import clock
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

ADMIN = an_officer(Role.ADMINISTRATOR)
LAST = "/intake/dinsos/audits/last"


def test_the_command_notes_who_asked_where_and_what_was_found(databases) -> None:
    browser = Browser(web_app("intake", databases["intake"]), ADMIN)
    assert "No audit has been noted yet." in browser.get(LAST).text
    assert CliRunner().invoke(audit, ["--wait", "0", "--by", "operator"]).exit_code == 0
    assert "The last audit found nothing." in browser.get(LAST).text
    with databases["grants"].engine.begin() as connection:
        connection.execute(text("INSERT INTO event_log_head (partition, position, hash) VALUES (0, 3, '\\x00')"))
    assert CliRunner().invoke(audit, ["--wait", "0", "--by", "operator", "--json"]).exit_code == 1
    page = browser.get(LAST).text
    assert "The last audit found" in page
    assert "operator" in page
    said = browser.app.test_client().get("/intake/v1/dinsos/audits", headers=bearer(ADMIN)).json["items"]
    assert [each["is_clean"] for each in said] == [False, True]
    assert said[0]["findings"][0]["gravity"] in ("broken", "behind")
    assert browser.get("/intake/dinsos/audits").status_code == 200


def test_the_oldest_audits_and_the_longest_lists_are_cut(intake_db) -> None:
    many = [Finding(Gravity.BROKEN, "here", f"thing {number}") for number in range(commands.FINDINGS_KEPT + 5)]
    with intake_db.transaction() as session:
        for number in range(commands.AUDITS_KEPT + 3):
            at = clock.now() + timedelta(seconds=number)
            commands.note_audit(session, many, began_at=at, ended_at=at, by="operator", place="here")
    with intake_db.reading() as session:
        kept = session.scalars(select(AuditRun).order_by(AuditRun.ended_at)).all()
    assert len(kept) == commands.AUDITS_KEPT
    assert kept[-1].found == len(many)
    assert len(kept[-1].findings) == commands.FINDINGS_KEPT
