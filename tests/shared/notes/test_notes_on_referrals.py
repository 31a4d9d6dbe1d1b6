"""What an officer notes on a referral: who sees it, that nothing is changed silently, and when it is forgotten."""

from pathlib import Path
from uuid import UUID

import flask
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from shared.events.intake import ConsentWithdrawn, SharedReferral, StageOffered
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound
from shared.notes import commands, queries
from shared.notes.models import Note
from shared.notes.rules import LONGEST, Forgotten, NoLongerHeld, NotHers, NothingIsNotedHere, StruckOut
from shared.privacy.looks import looks_at
from shared.referrals import api, notes, pages
from shared.referrals import commands as referrals
from shared.referrals.handlers import hear_consents_withdrawn, hear_stages_offered, hear_stages_withdrawn
from shared.referrals.models import Referral
from shared.referrals.rules import Reason, Suggestion
from shared.referrals.work import Works, by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer, withdrawal

WORKS = by_kind([CountedSessions()])
LATER = "Telepon tidak diangkat, saya datang lagi Kamis."
LIST, API = "/training/dinsos/referrals", "/training/v1/dinsos/referrals"


@pytest.fixture
def app(training_db: Database) -> Flask:
    templates = Path(__file__).parent.parent / "referrals" / "templates"
    forms = flask.Blueprint("forms", __name__, template_folder=str(templates))
    works = [CountedSessions()]
    made = create_app(
        "training",
        blueprints=[api.blueprint("training", works)],
        pages=[pages.blueprint("training", works), forms],
        database=training_db,
    )
    made.testing = True
    return made


def offered(base: Database, given: StageOffered | None = None) -> UUID:
    given = given or offer()
    with base.transaction() as session:
        hear_stages_offered(session, [heard(given, PARTICULARS)], works=WORKS)
    return given.referral_id


def write(base: Database, her: Officer, referral: UUID, words: str = LATER, works: Works = WORKS) -> UUID:
    with base.transaction() as session:
        return commands.write_note(session, her, notes.kind(works).find(session, her, referral), words).id


def strike(base: Database, her: Officer, referral: UUID, note: UUID, because: str = "Orang lain.") -> None:
    with base.transaction() as session:
        commands.strike_note(session, her, notes.kind(WORKS).find(session, her, referral), note, because)


def seen(base: Database, her: Officer, referral: UUID) -> list[queries.Line]:
    with base.transaction() as session:
        return list(queries.latest(session, her, notes.kind(WORKS).find(session, her, referral)).items)


def test_a_note_says_who_wrote_it_for_which_office_in_which_capacity_and_when(training_db: Database) -> None:
    one = offered(training_db)
    post = Acting(
        id=ids.new_id(),
        post=Role.HEAD,
        title="Plt. Kepala Dinas Sosial",
        since=clock.now(),
        until=clock.today(),
        areas=(),
    )
    her = officer(name="Dewi").acts(post)
    before = clock.now()
    write(training_db, her, one, f"  {LATER}\n")
    (line,) = seen(training_db, officer(), one)
    assert (line.words, line.signed, line.office) == (LATER, "Dewi, Plt. Kepala Dinas Sosial", "dinsos-kaltim")
    assert before <= line.written_at <= clock.now()


def test_what_is_noted_stands_encrypted_and_the_look_at_it_is_logged(training_db: Database) -> None:
    given = offer()
    one, her = offered(training_db, given), officer()
    write(training_db, her, one)
    assert seen(training_db, her, one)
    with training_db.reading() as session:
        stored = session.scalar(text("SELECT to_jsonb(n)::text FROM note n"))
        looks = looks_at(session, "person", {given.subject_id})
    assert LATER not in stored
    assert her.name not in stored
    assert [each.why for each in looks] == ["notes"]


@pytest.mark.parametrize(
    "stranger",
    [
        officer(office="dinsos-kubar"),
        officer(agency="dp3a", office="dp3a-kukar"),
        officer(areas=("64.72",)),
        officer(areas=()),
    ],
    ids=["another office", "another agency", "other areas", "no areas"],
)
def test_who_may_not_see_the_referral_neither_sees_nor_writes_its_notes(
    training_db: Database, stranger: Officer
) -> None:
    one = offered(training_db)
    note = write(training_db, officer(), one)
    for attempt in (
        lambda: seen(training_db, stranger, one),
        lambda: write(training_db, stranger, one),
        lambda: strike(training_db, stranger, one, note),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_note_of_one_referral_is_not_found_on_another(training_db: Database) -> None:
    one, other = offered(training_db), offered(training_db)
    note = write(training_db, officer(), one)
    assert seen(training_db, officer(), other) == []
    with pytest.raises(NotFound):
        strike(training_db, officer(roles=frozenset({Role.HEAD})), other, note)


def test_who_wrote_it_or_the_head_of_her_office_strikes_it_out_once(training_db: Database) -> None:
    one, her, colleague = offered(training_db), officer(), officer(name="Dewi")
    first, second = write(training_db, her, one, "Pertama."), write(training_db, her, one, "Kedua.")
    with pytest.raises(NotHers):
        strike(training_db, colleague, one, first)
    strike(training_db, her, one, first, " Tentang orang lain. ")
    with pytest.raises(StruckOut):
        strike(training_db, her, one, first)
    head = officer(name="Murni", roles=frozenset({Role.HEAD}))
    strike(training_db, head, one, second)
    by_words = {each.words: each for each in seen(training_db, colleague, one)}
    assert (by_words["Pertama."].struck_as, by_words["Pertama."].struck_because) == (her.name, "Tentang orang lain.")
    assert by_words["Kedua."].struck_as == "Murni"
    assert not any(each.may_strike for each in by_words.values())


def test_the_database_keeps_what_a_note_says_and_who_struck_it_out(training_db: Database) -> None:
    note = write(training_db, officer(), offered(training_db))
    for broken in (
        "words = NULL",
        "forgotten_at = now()",
        "struck_at = now()",
        "struck_because = '\\x00'",
        f"struck_at = now(), struck_by = '{ids.new_id()}', struck_as = '\\x00'",
    ):
        with pytest.raises(IntegrityError), training_db.transaction() as session:
            session.execute(text(f"UPDATE note SET {broken} WHERE id = '{note}'"))


def test_what_was_noted_goes_with_what_was_shared(training_db: Database) -> None:
    given, her = offer(), officer()
    taken_back, kept = offered(training_db, given), offered(training_db)
    for one in (taken_back, kept):
        note = write(training_db, her, one)
        strike(training_db, her, one, note)
        write(training_db, her, one, "Kedua.")
    with training_db.transaction() as session:
        hear_stages_withdrawn(session, [heard(withdrawal(given))], works=WORKS)
        hear_stages_withdrawn(session, [heard(withdrawal(given))], works=WORKS)
    assert [(each.words, each.struck_because) for each in seen(training_db, her, taken_back)] == [(None, None)] * 2
    assert [each.words for each in seen(training_db, her, kept)] == ["Kedua.", LATER]
    with pytest.raises(NoLongerHeld):
        write(training_db, her, taken_back)
    (last, _) = seen(training_db, her, taken_back)
    with pytest.raises(Forgotten):
        strike(training_db, her, taken_back, last.id)


def test_who_takes_her_consent_back_takes_back_what_was_noted(training_db: Database) -> None:
    her = officer(agency="baznas", office="baznas-kukar")
    theirs = {"agency": "baznas", "office": "baznas-kukar", "programme": "none-that-says-otherwise"}
    given = offer(**theirs)
    one, other = offered(training_db, given), offered(training_db, offer(**theirs))
    for each in (one, other):
        write(training_db, her, each)
    with training_db.transaction() as session:
        referrals.accept_referrals(session, her, [one])
        referrals.complete_referrals(session, her, WORKS, {one: {"sessions_attended": 1}})
    told = SharedReferral(stage=given.stage, does=given.does, referral_id=one)
    event = ConsentWithdrawn(journey_id=given.journey_id, agency="baznas", referrals=[told], withdrawn_on=clock.today())
    with training_db.transaction() as session:
        hear_consents_withdrawn(session, [heard(event)], works=WORKS)
    assert [each.words for each in seen(training_db, her, one)] == [None]
    assert [each.words for each in seen(training_db, her, other)] == [LATER]
    with pytest.raises(NoLongerHeld):
        write(training_db, her, one)


def test_nothing_is_noted_where_a_woman_speaks_in_confidence(training_db: Database) -> None:
    class Talk(CountedSessions):
        takes_notes = False

    one = offered(training_db)
    with pytest.raises(NothingIsNotedHere):
        write(training_db, officer(), one, works=by_kind([Talk()]))


def test_an_officer_notes_reads_and_strikes_out_on_the_pages(training_db: Database, app: Flask) -> None:
    one = offered(training_db)
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    assert "Nothing has been noted." in browser.get(f"{LIST}/{one}").text
    for blank in ("", "   ", "\u200b\n", "x" * (LONGEST + 1)):
        wrong = browser.submit(f"{LIST}/{one}/notes", {"words": blank})
        assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (422, True)
    assert browser.submit(f"{LIST}/{one}/notes", {"words": LATER}).location.endswith(f"{one}#notes")
    assert LATER in browser.get(f"{LIST}/{one}").text
    with training_db.reading() as session:
        note = session.scalars(select(Note)).one()
    form = f"{LIST}/{one}/notes/{note.id}/strike"
    assert LATER in browser.get(form).text
    assert browser.submit(form, {"because": " "}).status_code == 422
    assert browser.submit(form, {"because": "Orang lain."}).status_code == 303
    page = browser.get(f"{LIST}/{one}/notes").text
    assert f"<del>{LATER}</del>" in page
    assert "Orang lain." in page
    assert browser.submit(form, {"because": "Lagi."}).status_code == 409


def test_a_program_notes_reads_and_strikes_out(training_db: Database, app: Flask) -> None:
    one = offered(training_db)
    client, her = app.test_client(), bearer(an_officer(Role.OFFICER, office="dinsos-kaltim"))
    for blank in ({}, {"words": " "}, {"words": "x" * (LONGEST + 1)}):
        assert client.post(f"{API}/{one}/notes", json=blank, headers=her).status_code == 422
    written = [
        client.post(f"{API}/{one}/notes", json={"words": LATER}, headers=her | {"Idempotency-Key": "a"})
        for _ in range(2)
    ]
    assert [each.status_code for each in written] == [201, 201]
    (listed,) = client.get(f"{API}/{one}/notes", headers=her).json["items"]
    assert listed == written[0].json == written[1].json
    struck = client.post(f"{API}/{one}/notes/{listed['id']}/strike", json={"because": "Salah."}, headers=her)
    assert (struck.json["struck_because"], struck.json["may_strike"]) == ("Salah.", False)
    refused = client.post(f"{API}/{one}/notes/{ids.new_id()}/strike", json={"because": "Salah."}, headers=her)
    assert refused.status_code == 404


def test_every_referral_closed_without_the_work_is_closed_to_notes(training_db: Database) -> None:
    her, one = officer(), offered(training_db)
    with training_db.transaction() as session:
        referrals.decline_referral(
            session,
            her,
            WORKS,
            one,
            reason=Reason.NO_PLACES,
            explanation="Penuh.",
            suggestion=Suggestion.OFFER_AGAIN_LATER,
        )
        assert session.get_one(Referral, one).particulars is None
    with pytest.raises(NoLongerHeld):
        write(training_db, her, one)
