"""Every programme begins in its own region, led by its own office, with as many as its article says, if it says so."""

from collections import Counter

import pytest

from services.intake.accounts.demo import DEMO_OFFICERS
from services.intake.registry.generate import invented
from services.intake.registry.rules import Sex
from services.simulate import begin
from services.simulate.begin import BEGINNINGS, FUNDS, KUBE, REGISTRIES, WRSE
from services.simulate.case import Case
from services.simulate.chance import Chance
from services.simulate.command import numbers
from services.simulate.desk import services_of
from services.simulate.lead import MOST_OFFERS, decide_on_stuck, let_step_back
from services.simulate.report import Report
from services.simulate.simulation import USUAL, Wanted
from services.simulate.work.grants import beside_other_aid, note_other_aid
from shared.identity import offices
from shared.identity.areas import covers
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes import library
from shared.programmes.definition import Policy, SubjectKind


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=lambda each: each.programme)
def test_a_programme_begins_with_the_office_that_leads_it_and_within_its_region(beginning):
    programme = library.programme(beginning.programme)
    for region in beginning.regions:
        assert any(covers(own, region) or covers(region, own) for own in programme.region)
        assert offices.resolve(programme.lead, region, programme.office_pins()).id == beginning.office
    assert beginning.agency == programme.lead
    is_group = programme.subject.kind is SubjectKind.GROUP
    assert beginning.members == (programme.subject.most if is_group else 1)


def test_all_six_programmes_begin():
    begun = {each.programme for each in BEGINNINGS}
    assert len(begun) == 6
    assert begun <= {programme for programme, _ in library.published()}  # a city may have added its own


def test_the_articles_sizes_are_the_usual_ones_where_it_gives_any():
    assert (USUAL[KUBE], USUAL[WRSE], USUAL["kusiapp-mataram"]) == (40, 50, 6)
    assert sum(each.persons for each in REGISTRIES if each.region == "52.71") == 6_500


def test_every_fund_that_a_programme_names_is_opened_or_its_officers_open_it_themselves():
    named = {
        stage.settings["fund"]
        for programme in library.published().values()
        for stage in programme.stages.values()
        if stage.settings.get("fund")
    }
    assert named == {each.id for each in FUNDS}
    for fund in FUNDS:
        assert any(each.office == fund.office and Role.HEAD in each.roles for each in DEMO_OFFICERS)


def test_whoever_leads_has_an_officer_and_a_head_and_every_stage_an_officer():
    staff = {(each.office, role) for each in DEMO_OFFICERS for role in each.roles}
    for beginning in BEGINNINGS:
        assert {(beginning.office, Role.OFFICER), (beginning.office, Role.HEAD)} <= staff
        programme = library.programme(beginning.programme)
        for region in beginning.regions:
            for name, stage in programme.stages.items():
                office = offices.resolve(stage.agency, region, programme.office_pins(name)).id
                assert (office, Role.OFFICER) in staff


def test_an_office_looks_only_where_its_agency_has_work():
    assert services_of("baznas") == ("grants",)
    assert services_of("pengusaha") == ("training",)
    assert set(services_of("dinsos")) == {"intake", "grants", "training", "monitoring"}


@pytest.mark.parametrize(
    ("programmes", "journeys", "groups", "women", "set_out"),
    [
        ((), None, None, None, dict(USUAL)),
        ((), 2, None, None, dict.fromkeys(USUAL, 2)),
        (("kusiapp-mataram",), None, None, None, {"kusiapp-mataram": 6}),
        (("kusiapp-mataram", WRSE), 3, None, None, {"kusiapp-mataram": 3, WRSE: 3}),
        ((), None, 4, 6, {KUBE: 4, WRSE: 6}),
        (("p2wkss-tangsel",), 5, 4, None, {KUBE: 4, "p2wkss-tangsel": 5}),
    ],
)
def test_naming_programmes_or_numbers_leaves_the_others_out(programmes, journeys, groups, women, set_out):
    assert numbers(programmes, journeys, groups, women) == set_out
    assert {each.programme for each in Wanted(numbers=set_out).beginnings} == set(set_out)


def test_only_the_registries_of_the_wanted_programmes_come_in():
    kukar = [each for each in BEGINNINGS if each.programme == "pemberdayaan-kukar"]
    assert {each.office for each in begin.needed(kukar)} == {"dinsos-kaltim"}
    assert len(begin.needed(BEGINNINGS)) == len(REGISTRIES)


def test_a_registry_of_vulnerable_women_lists_women_who_head_households_and_their_daughters():
    people = list(invented("52.71", 2_000, 1, vulnerable_women=True))
    assert len(people) == 2_000
    assert {each.relation for each in people} == {"Kepala Keluarga", "Anak"}
    assert Counter(each.sex for each in people)[Sex.FEMALE] > 1_980  # the others are slips of the pen, made on purpose
    assert {each.area[:8] for each in people} == {f"52.71.0{number}" for number in range(1, 7)}


class Written:
    """A client that only writes down what is sent."""

    def __init__(self, stages=()):
        self.sent, self.stages = [], list(stages)

    def get(self, path):
        return {"stages": self.stages}

    def post(self, path, body=None):
        self.sent.append((path.rpartition("/")[2], body))


@pytest.mark.parametrize(("attempt", "act"), [(1, "reoffer"), (MOST_OFFERS, "end")])
def test_a_stage_that_came_back_is_offered_again_until_it_has_been_tried_often_enough(attempt, act):
    head, done = Written([{"standing": "stuck", "stage": "market", "attempt": attempt, "why": "declined"}]), Counter()
    decide_on_stuck(head, "dp3a", [{"id": "one"}], done, Counter())
    assert [what for what, _ in head.sent] == [act]


def test_a_stage_that_waits_for_consent_is_not_the_heads_to_offer():
    head = Written([{"standing": "stuck", "stage": "baznas", "attempt": 0, "why": "consent-missing"}])
    decide_on_stuck(head, "dinsos", [{"id": "one"}], Counter(), Counter())
    assert head.sent == []


def test_some_women_step_back_and_most_do_not():
    officer, done = Written(), Counter()
    chance = Chance(1)
    journeys = [
        {"id": str(number), "status": "open", "opened_at": "2020-01-02T08:00:00+08:00"} for number in range(1_000)
    ]
    upcoming = list(let_step_back(officer, "dp3a", journeys, chance.of, done))
    assert upcoming == []
    assert 10 < done["stepped back"] < 60
    assert {what for what, _ in officer.sent} == {"withdraw"}
    assert sum(each["status"] == "ended" for each in journeys) == done["stepped back"]


def test_who_will_step_back_later_is_waited_for():
    now = clock.now().isoformat()
    journeys = [{"id": str(number), "status": "open", "opened_at": now} for number in range(1_000)]
    upcoming = list(let_step_back(Written(), "dp3a", journeys, Chance(1).of, Counter()))
    assert upcoming
    assert min(upcoming) > clock.now()


def test_the_report_tells_how_journeys_end_and_what_became_of_referrals():
    report = Report()
    report.add_journeys({"programme": "one", "outcome": each} for each in ("graduated", "refused", "withdrawn", None))
    line = {
        "programme": "one",
        "stage": "market",
        "attempt": 2,
        "offered_at": "2023-01-02T08:00:00+08:00",
        "closed_at": "2023-01-09T08:00:00+08:00",
    }
    report.add_referrals([{**line, "state": "completed"}, {**line, "state": "unanswered"}])
    told = report.to_json()
    assert told["outcomes"] == {"one": {"graduated": 1, "refused": 1, "withdrawn": 1, "open": 1}}
    assert told["referrals"] == {"one": {"completed": 1, "done again": 1, "unanswered": 1}}
    assert told["working_days"] == {"one/market": 5}
    assert report.tables()


class Registrar:
    """An officer whose registry has women numbered from 0, of whom ten are in a proposed group of usaha mikro."""

    members = tuple(str(number) for number in range(100, 110))

    def every(self, path, **query):
        if path.endswith("/candidates"):
            return iter(
                []
                if query["area"] != "64.02"
                else [{"id": str(number), "area": "64.02.01.2001"} for number in range(200)]
            )
        return iter([{"programme": begin.USAHA_MIKRO, "subject_id": "g"}, {"programme": KUBE, "subject_id": "other"}])

    def get(self, path):
        assert path == "/intake/v1/dinsos/groups/g"
        return {"members": [{"person_id": each} for each in self.members]}


@pytest.mark.parametrize("count", [1, 2, 50])
def test_some_women_set_out_whose_group_gets_what_excludes_their_aid_and_most_do_not(count):
    beginning = begin.beginning_of(WRSE)
    chosen = begin.choose_women(beginning, Registrar(), Chance(1), count)
    assert len(set(chosen)) == count
    assert 1 <= len(set(chosen) & set(Registrar.members)) <= max(1, count // 5)
    assert chosen == begin.choose_women(beginning, Registrar(), Chance(1), count)


def test_what_a_programme_doubles_excludes_it_and_begins_before_it():
    order = [each.programme for each in BEGINNINGS]
    for each in BEGINNINGS:
        if each.doubled:
            terms = library.programme(each.doubled).compatibility
            assert any(term.other == each.programme and term.policy is Policy.BLOCK for term in terms)
            assert order.index(each.doubled) < order.index(each.programme)


@pytest.mark.parametrize(
    ("met", "counted"),
    [
        ([], {}),
        ([{"policy": "allow"}], {}),
        ([{"policy": "warn"}], {"warnings of other aid answered": 1}),
        ([{"policy": "warn"}, {"policy": "block"}], {"refused beside other aid": 1}),
    ],
)
def test_the_report_counts_what_other_aid_did_to_a_decision(met, counted):
    case = Case({}, 1, "", lambda *_: None, Chance(1).of)
    case.__dict__["seen"] = {"work": {"aid": {"met": met}}}
    note_other_aid(case, beside_other_aid(case))
    assert case.done == counted
