"""Verification: what the registries, the papers and the place say, and what is kept of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from services.intake.eligibility import commands, overrides, queries, rules, schemas
from services.intake.eligibility.models import Verification
from services.intake.eligibility.rules import Outcome
from services.intake.eligibility.work import VerificationWork
from services.intake.groups import commands as groups
from services.intake.journeys.models import Journey
from services.intake.registry.rules import Caution, Registry, Sex
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.programmes import library
from shared.programmes.definition import Text
from shared.programmes.trial import try_on
from shared.referrals import commands as referrals
from shared.referrals import handlers
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from tests.browsing import an_officer
from tests.intake.people import VILLAGE, register
from tests.shared.referrals.offers import heard, offer

OFFICER = an_officer()
WORKS = by_kind([VerificationWork()])
ALL_PAPERS = dict.fromkeys(["identity_cards", "family_cards", "proposal_signed", "budget_complete"], True)
SEEN = {"berita_acara": "BA-7", "visited_on": date(2023, 1, 2), "lives_there": True, "has_place": True, "remarks": ""}


def verified(base, done, check="registry", second=None, offered_at=None, **facts) -> Referral:
    """Register one woman, offer her verification, and complete it with these findings."""
    with base.transaction() as session:
        (person,) = register(session, **facts)
        offered = offer(
            does="intake.verification", subject_id=person, programme="wrse-kaltim-2023", settings={"check": check}
        )
        handlers.subscriber_hears(WORKS.values())[type(offered)].run(session, [heard(offered, by="intake")])
        referrals.accept_referrals(session, OFFICER, [offered.referral_id])
        if offered_at:
            session.get_one(Referral, offered.referral_id).offered_at = offered_at
            session.flush()
        if second:
            asked = commands.ask_second_person(session, OFFICER, offered.referral_id, "Surat Dukcapil 12/2023")
            overrides.decide(session, second, asked.id, agreed=True, reason="Surat sudah dilihat.")
        because = {offered.referral_id: "Begitu hasilnya."}
        referrals.complete_referrals(session, OFFICER, WORKS, {offered.referral_id: done}, because)
        return session.get_one(Referral, offered.referral_id)


NOTHING = {"registry": None, "file": None, "field": None}


def test_a_widow_in_dtks_is_eligible(intake_db):
    assert verified(intake_db, NOTHING).outcome == "eligible"


def test_a_woman_on_no_list_is_not_eligible(intake_db):
    assert verified(intake_db, NOTHING, lists=()).outcome == "not-eligible"


def test_a_woman_in_p3ke_alone_is_eligible_for_wrse(intake_db):
    assert verified(intake_db, NOTHING, lists=(Registry.P3KE,)).outcome == "eligible"


def test_a_nik_that_disagrees_is_checked_with_dukcapil(intake_db):
    referral = verified(intake_db, NOTHING, cautions=[Caution.BIRTH_DATE_DIFFERS_FROM_NIK])
    assert referral.outcome == "check-dukcapil"


def test_a_mans_nik_in_a_womens_programme_is_held_until_an_officer_has_dukcapil_evidence(intake_db):
    caution = [Caution.SEX_DIFFERS_FROM_NIK]
    assert verified(intake_db, NOTHING, cautions=caution).outcome == "check-dukcapil"
    evidence = {**NOTHING, "registry": {"evidence": "Surat Dukcapil 12/2023"}}
    with pytest.raises(rules.SecondPersonNeeded):
        verified(intake_db, evidence, cautions=caution)
    assert verified(intake_db, NOTHING, second=an_officer(), cautions=caution).outcome == "eligible"
    assert verified(intake_db, NOTHING, sex=Sex.MALE).outcome == "not-eligible"


def test_a_paper_that_is_missing_is_sent_back_to_be_mended(intake_db):
    papers = {**ALL_PAPERS, "budget_complete": False}
    assert verified(intake_db, {**NOTHING, "file": papers}, check="file").outcome == "mend"
    assert verified(intake_db, {**NOTHING, "file": ALL_PAPERS}, check="file").outcome == "eligible"


def test_somebody_who_does_not_live_there_is_not_eligible(intake_db):
    seen = {**SEEN, "lives_there": False}
    assert verified(intake_db, {**NOTHING, "field": seen}, check="field").outcome == "not-eligible"


@pytest.mark.parametrize(
    ("check", "asked"),
    [
        ("file", ["identity_cards", "family_cards", "proposal_signed", "budget_complete"]),
        ("field", ["berita_acara", "visited_on", "lives_there", "has_place"]),
    ],
)
def test_a_check_without_findings_is_refused_beside_every_question(intake_db, check, asked):
    with pytest.raises(rules.FindingsMissing) as refused:
        verified(intake_db, NOTHING, check=check)
    assert list(refused.value.errors) == [f"{check}.{each}" for each in asked]


@pytest.mark.parametrize("question", ["lives_there", "has_place"])
def test_what_the_field_check_leaves_out_is_no_answer(question):
    seen = {**SEEN, "visited_on": "2023-01-02"}
    del seen[question]
    with pytest.raises(ValidationError) as refused:
        schemas.VerificationDone().load({"field": seen})
    assert refused.value.messages == {"field": {question: ["Answer this: nothing is taken for a yes or a no."]}}


@pytest.mark.parametrize("paper", list(ALL_PAPERS))
def test_a_paper_that_nobody_looked_at_is_neither_there_nor_missing(paper):
    papers = {name: True for name in ALL_PAPERS if name != paper}
    with pytest.raises(ValidationError):
        schemas.VerificationDone().load({"file": papers})


@pytest.mark.parametrize(
    ("check", "done", "facts", "findings"),
    [
        (
            "file",
            {"file": {**ALL_PAPERS, "family_cards": False, "budget_complete": False}},
            {"papers_missing": ["family-cards", "budget-complete"]},
            {},
        ),
        ("file", {"file": ALL_PAPERS}, {}, {}),
        (
            "field",
            {"field": {**SEEN, "remarks": "Teras rumah cukup luas."}},
            {"berita_acara": "BA-7", "visited_on": "2023-01-02", "lives_there": True, "has_place": True},
            {"remarks": "Teras rumah cukup luas."},
        ),
    ],
)
def test_what_was_found_is_told(intake_db, check, done, facts, findings):
    referral = verified(intake_db, {**NOTHING, **done}, check=check)
    told = {name: value for name, value in referral.facts.items() if name != "checked_on"}
    assert told == facts
    assert referral.findings == {**findings, "because": "Begitu hasilnya."}


def test_whom_the_conditions_leave_out_is_told_which(intake_db):
    assert verified(intake_db, NOTHING, lists=()).facts["conditions_failed"] == ["listed"]


def test_a_field_check_cannot_lie_in_the_future(intake_db):
    seen = {**SEEN, "visited_on": clock.today() + timedelta(days=1)}
    with pytest.raises(rules.VisitInFuture):
        verified(intake_db, {**NOTHING, "field": seen}, check="field")


def test_a_field_check_that_is_entered_late_keeps_the_day_on_which_the_place_was_seen(intake_db):
    referral = verified(intake_db, {**NOTHING, "field": SEEN}, check="field")
    assert referral.facts["checked_on"] == "2023-01-02"
    assert referral.done_on == date(2023, 1, 2)


@pytest.mark.parametrize(("check", "done"), [("registry", None), ("file", ALL_PAPERS)])
@pytest.mark.parametrize(
    ("days_ago", "offered_days_ago", "refused"),
    [
        (0, 0, None),
        (3, 10, None),
        (10, 10, None),
        (-1, 10, rules.CheckedLater),
        (11, 10, rules.CheckedTooEarly),
    ],
)
def test_registries_and_papers_are_checked_on_the_day_that_is_said(
    intake_db, check, done, days_ago, offered_days_ago, refused
):
    day = clock.today() - timedelta(days=days_ago)
    told = {**NOTHING, check: done, "checked_on": day}
    offered_at = clock.now() - timedelta(days=offered_days_ago)
    if refused:
        with pytest.raises(refused) as why:
            verified(intake_db, told, check=check, offered_at=offered_at)
        assert list(why.value.errors) == ["checked_on"]
        return
    referral = verified(intake_db, told, check=check, offered_at=offered_at)
    assert (referral.facts["checked_on"], referral.done_on) == (day.isoformat(), day)


def test_without_a_day_it_was_checked_today_and_a_visit_has_its_own(intake_db):
    assert verified(intake_db, NOTHING).done_on == clock.today()
    with pytest.raises(rules.HasItsOwnDay):
        verified(intake_db, {**NOTHING, "field": SEEN, "checked_on": clock.today()}, check="field")


def test_what_goes_on_from_paper_may_have_been_checked_before_it_was_offered():
    ago = {"offered_on": date(2024, 3, 1), "today": date(2024, 3, 9)}
    rules.require_day(date(2024, 2, 1), on_paper=True, **ago)
    with pytest.raises(rules.CheckedTooEarly):
        rules.require_day(date(2024, 2, 1), on_paper=False, **ago)
    with pytest.raises(rules.CheckedLater):
        rules.require_day(date(2024, 3, 10), on_paper=True, **ago)


def test_a_decision_keeps_the_facts_that_it_was_made_on(intake_db):
    referral = verified(intake_db, NOTHING)
    with intake_db.reading() as session:
        kept = session.get_one(Verification, referral.id)
        assert kept.facts[0]["registries"] == ["DTKS"]
        assert kept.outcome is Outcome.ELIGIBLE
        assert kept.decided_by == OFFICER.id


@pytest.mark.parametrize(
    ("birth_date", "on", "age"),
    [
        (date(1964, 3, 1), date(2024, 2, 29), 59),
        (date(1964, 3, 1), date(2024, 3, 1), 60),
        (date(2000, 2, 29), date(2023, 2, 28), 22),
        (date(2000, 2, 29), date(2023, 3, 1), 23),
    ],
)
def test_a_woman_turns_sixty_on_her_birthday(birth_date, on, age):
    assert rules.age_on(birth_date, on) == age


@pytest.mark.parametrize(("days", "outcome"), [(10, "eligible"), (-10, "not-eligible")])
def test_turns_60_on_the_way_and_the_day_on_which_her_group_set_out_counts(intake_db, days, outcome):
    """Both are 60 when they are verified; one was 59 when her group set out, half a year before."""
    set_out = clock.now() - timedelta(days=200)
    birthday = set_out.date() + timedelta(days=days)
    born = date(birthday.year - 60, birthday.month, min(birthday.day, 28))
    mataram, officer = "52.71.01.1004", an_officer(office="dinsos-mataram")
    with intake_db.transaction() as session:
        people = [*register(session, 4, area=mataram), *register(session, 1, area=mataram, birth_date=born)]
        group = groups.create_group(session, officer, name="KUsiAPP Uji", area=mataram, line_of_business="kerupuk")
        groups.propose_members(session, officer, group.id, people)
        journey = Journey(
            programme="kusiapp-mataram",
            version=1,
            subject_kind="group",
            subject_id=group.id,
            area=mataram,
            lead_office="dinsos-mataram",
            status="open",
            is_stuck=False,
            state={},
            opened_at=set_out,
        )
        session.add(journey)
        session.flush()
        offered = offer(
            does="intake.verification",
            programme="kusiapp-mataram",
            settings={"check": "registry"},
            journey_id=journey.id,
            subject_kind="group",
            subject_id=group.id,
            area=mataram,
            office="dinsos-mataram",
        )
        handlers.subscriber_hears(WORKS.values())[type(offered)].run(session, [heard(offered, by="intake")])
        referrals.accept_referrals(session, officer, [offered.referral_id])
        because = {offered.referral_id: "Begitu hasilnya."}
        referrals.complete_referrals(session, officer, WORKS, {offered.referral_id: NOTHING}, because)
        assert session.get_one(Referral, offered.referral_id).outcome == outcome


def test_candidates_are_paged_and_leave_out_those_who_would_not_qualify(intake_db):
    with intake_db.transaction() as session:
        good = register(session, 5)
        register(session, 3, lists=())
        register(session, 2, area="64.72.01.1001")
    programme = library.programme("wrse-kaltim-2023")
    nobody = select(Verification.subject_id)
    with intake_db.reading() as session:
        told = {"areas": ["64.02"], "busy": nobody, "limit": 3}
        first, following = queries.candidates(session, programme, after=None, **told)
        rest, end = queries.candidates(session, programme, after=following, **told)
    assert sorted(who for who, _ in [*first, *rest]) == sorted(good)
    assert (len(first), len(rest), end) == (3, 2, None)


@pytest.mark.parametrize(
    ("reference", "birth", "would"),
    [
        (None, date(1966, 11, 30), False),
        (None, date(1966, 12, 1), True),
        (date(2026, 12, 31), date(1966, 12, 15), False),
        (date(2026, 12, 14), date(1966, 12, 15), True),
        (date(2020, 1, 1), date(1966, 1, 1), True),
        (date(2026, 12, 31), date(2008, 12, 15), True),
    ],
)
def test_whoever_shows_who_qualifies_asks_the_same_day(intake_db, monkeypatch, reference, birth, would):
    """The candidates' list, the trial and the command, before the verification decides: 18 to 59 on that day."""
    told = library.programme("kusiapp-mataram")
    words = Text("Umur 18 sampai 59 tahun", "18 to 59 years old")
    aged = replace(told.eligibility[0], id="aged", when="member.age >= 18 && member.age <= 59", text=words)
    programme = replace(told, reference_date=reference, region=("64",), eligibility=(aged,))
    with clock.frozen(datetime(2026, 11, 30, 3, tzinfo=UTC)), intake_db.transaction() as session:
        (woman,) = register(session, 1, birth_date=birth)
        found, _ = queries.candidates(
            session, programme, areas=["64.02"], busy=select(Verification.subject_id), after=None, limit=3
        )
        day = programme.counts_on(clock.today())
        tried = try_on(programme, (facts for _, facts in queries.facts_of_registry(session, day, ["64.02"])))
    assert [who for who, _ in found] == [woman] * would
    assert tried.eligible == would


def test_the_facts_of_somebody_unknown_are_not_invented(intake_db):
    with intake_db.reading() as session:
        assert queries.facts_of_persons(session, [new_id()], date(2023, 1, 1)) == {}


def test_the_registry_is_told_person_by_person(intake_db):
    with intake_db.transaction() as session:
        people = register(session, 3)
        told = dict(queries.facts_of_registry(session, date(2023, 4, 11), ["64.02"]))
    assert set(told) == set(people)
    assert told[people[0]] == {
        "sex": "female",
        "age": 34,
        "marital_status": "widowed",
        "registries": ["DTKS"],
        "pre_prosperous": True,
        "occupation": "housewife",
        "heads_household": False,
        "has_business": False,
        "area": VILLAGE,
    }
