"""A programme that has run on paper is taken over: looked at first, then brought in, each act under its own day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from services.intake.bringing_in import asking, commands, rules
from services.intake.bringing_in.rules import Line
from services.intake.disclosures import dossier
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.groups.rules import MemberRole
from services.intake.journeys import commands as journeys
from services.intake.journeys.models import BroughtIn, Journey
from services.intake.registry.models import Person
from services.intake.worker import WORKS
from shared.events.intake import JourneyOpened, StageBroughtIn, StageOffered
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes import kinds, library
from shared.referrals import handlers as worklist
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import KUBE, WRSE, Road
from tests.intake.journeys.roads import heard as heard_by_intake

HEAD = an_officer(Role.HEAD)
HEADING = "who,stage,outcome,date,number,amount\n"
CHAIN = (
    ("verification", "eligible", "2023-01-09", "", ""),
    ("proposal", "submitted", "2023-01-20", "12/RAB", "2900000"),
    ("file_check", "eligible", "2023-02-01", "", ""),
    ("field_check", "eligible", "2023-02-10", "", ""),
    ("decision", "accepted", "2023-03-01", "460/1/SK", "2900000"),
    ("briefing", "attended", "2023-03-15", "", ""),
    ("hand_over", "as-agreed", "31/03/2023", "460/2/BAST", "Rp2.900.000"),
)
PAGE = "/intake/dinsos/journeys/brought-in"
API = "/intake/v1/dinsos/journeys/brought-in"
WHEN = datetime(2024, 1, 15, 3, tzinfo=UTC)


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def lines(who: object, *acts: tuple[str, ...]) -> str:
    return "".join(",".join((str(who), *each)) + "\n" for each in acts)


def bring(road: Road, text: str, programme: str = WRSE, officer: Any = HEAD) -> commands.BroughtIn:
    with clock.frozen(WHEN), road.database.transaction() as session:
        return commands.bring_in(session, officer, programme, rules.lines_of(text))


def codes(found: commands.BroughtIn) -> list[tuple[tuple[int, ...], str]]:
    return [(each.lines, each.why.code) for each in found.refused]


def group_of(road: Road, name: str, members: int) -> UUID:
    (group,) = road.groups(1)
    with road.database.transaction() as session:
        session.get_one(BusinessGroup, group).name = name
    women = road.women(members)
    with road.database.transaction() as session:
        session.add_all(
            GroupMember(group_id=group, person_id=each, role=MemberRole.MEMBER, joined_on=date(2023, 1, 1))
            for each in women
        )
    return group


def test_a_journey_goes_on_from_its_papers_with_each_act_under_its_own_day(road: Road) -> None:
    (woman,) = road.women()
    found = bring(road, HEADING + lines(woman, *CHAIN))
    (went,) = found.brought_in
    assert (went.acts, went.began_on, went.stages, found.refused) == (7, date(2023, 1, 9), ("monitoring",), [])
    journey = road.journey(went.journey_id)
    assert {name: each["standing"] for name, each in journey.state["stages"].items()} == {
        **dict.fromkeys([each[0] for each in CHAIN], "done"),
        "monitoring": "offered",
    }
    (opened,), said, (offered,) = road.said(JourneyOpened), road.said(StageBroughtIn), road.said(StageOffered)
    assert opened.opened_on == date(2023, 1, 9)
    assert [(each.stage, each.done_on.isoformat()) for each in said] == [
        *((each[0], each[2]) for each in CHAIN[:-1]),
        ("hand_over", "2023-03-31"),
    ]
    assert {(each.entered_on, each.entered_by) for each in said} == {(date(2024, 1, 15), HEAD.id)}
    assert said[-1].paper == "460/2/BAST"
    assert said[-1].facts == {"handed_over_on": "2023-03-31", "amount": 2_900_000}
    assert [each.stage for each in said if each.aid] == ["hand_over"]
    assert said[-1].aid is not None
    assert said[-1].aid["budget_year"] == 2023
    assert [each["person"] for each in said[-1].aid["beneficiaries"]] == [str(woman)]
    assert offered.stage == "monitoring"
    assert offered.due_at > WHEN
    assert offered.earlier["hand_over"]["facts"]["amount"] == 2_900_000
    with road.database.reading() as session:
        kept = session.scalars(select(BroughtIn).order_by(BroughtIn.done_on)).all()
        assert [(each.stage, each.paper, each.entered_at, each.entered_as) for each in kept][-1] == (
            *("hand_over", "460/2/BAST", WHEN, HEAD.name),
        )


def test_the_same_list_twice_brings_nothing_in_twice(road: Road) -> None:
    (woman,) = road.women()
    text = HEADING + lines(woman, *CHAIN[:1])
    (went,) = bring(road, text).brought_in
    again = bring(road, text)
    assert (again.brought_in, codes(again)) == ([], [((2,), "already-brought-in")])
    with road.database.transaction() as session:
        journeys.withdraw_journey(session, HEAD, went.journey_id, "pindah ke luar kota")
    assert codes(bring(road, text)) == [((2,), "already-brought-in")]
    assert len(road.said(JourneyOpened)) == 1


def test_whoever_cannot_be_brought_in_is_named_by_line_and_hinders_nobody(road: Road) -> None:
    good, bad, begun = road.women(3)
    road.open([begun])
    said = [
        lines(good, CHAIN[0]),  # 2
        lines(bad, ("verification", "eligible", "9 Januari", "", "")),  # 3
        lines(bad, CHAIN[1]),  # 4
        lines("1234", CHAIN[0]),  # 5
        lines("", CHAIN[0]),  # 6
        lines(begun, CHAIN[0]),  # 7
        lines("00000000-0000-0000-0000-000000000001", CHAIN[0]),  # 8
        f"{good},verification,eligible,2023-01-09,7,,too,many\n",  # 9
    ]
    found = bring(road, HEADING + "".join(said[:-1]))
    assert [each.subject_id for each in found.brought_in] == [good]
    assert codes(found) == [
        ((3,), "no-such-day"),
        ((4,), "others-refused"),
        ((5,), "not-sixteen-digits"),
        ((6,), "nobody-named"),
        ((7,), "journey-already-open"),
        ((8,), "subject-unknown"),
    ]
    assert codes(bring(road, HEADING + said[-1])) == [((2,), "too-many-cells")]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (("verifikasi lapangan", "eligible", "2023-01-09", "", ""), "no-such-stage"),
        (("verification", "lulus", "2023-01-09", "", ""), "wrong-report"),
        (("verification", "eligible", "2024-01-16", "", ""), "still-ahead"),
        (("verification", "eligible", "31/02/2023", "", ""), "no-such-day"),
        (("verification", "eligible", "2023-01-09", "", "", "visited_on=2024-01-16"), "reported-ahead"),
        (("proposal", "submitted", "2023-01-09", "", ""), "not-reached-so"),
        (("proposal", "submitted", "2023-01-09", "", "2.9 juta"), "not-rupiah"),
        (("hand_over", "as-agreed", "2023-01-09", "1", "-"), "amount-unsaid"),
        (("verification", "not-eligible", "2023-01-09", "", ""), "nothing-ahead"),
    ],
)
def test_an_act_that_cannot_be_is_refused_with_its_reason(road: Road, act: tuple[str, ...], code: str) -> None:
    (woman,) = road.women()
    found = bring(road, HEADING.rstrip() + ",reported\n" + lines(woman, act))
    assert (found.brought_in, codes(found)) == ([], [((2,), code)])
    assert road.said() == []


def test_a_stage_may_be_called_by_its_title_and_a_dash_says_nothing(road: Road) -> None:
    (woman,) = road.women()
    title = title_of(WRSE, "verification")
    found = bring(road, f"nik;tahap;hasil;tanggal;nomor;jumlah\n{woman};{title};eligible;09/01/2023;-;n/a\n")
    assert [each.acts for each in found.brought_in] == [1]
    assert road.said(StageBroughtIn)[0].paper is None


def title_of(programme: str, stage: str) -> str:
    return library.programme(programme).stages[stage].title.id.upper()


def test_nobody_outside_her_areas_is_found_by_a_head(road: Road) -> None:
    (woman,) = road.women()
    elsewhere = replace(HEAD, areas=("64.07",))
    found = bring(road, HEADING + lines(woman, CHAIN[0]), officer=elsewhere)
    assert codes(found) == [((2,), "outside-own-area")]


def test_a_group_formed_on_paper_has_its_members_in_kail_and_its_minutes_from_the_paper(road: Road) -> None:
    formed = ("formation", "formed", "2023-01-09", "3/BA", "")
    group = group_of(road, "Melati", 5)
    group_of(road, "Kurang", 4)
    found = bring(road, HEADING + lines("melati", formed) + lines("Kurang", formed) + lines("Mawar", formed), KUBE)
    assert [each.subject_id for each in found.brought_in] == [group]
    assert codes(found) == [((3,), "members-missing"), ((4,), "no-such-group")]
    with road.database.reading() as session:
        stored = session.get_one(BusinessGroup, group)
        assert (stored.berita_acara, stored.deliberated_on, stored.least_members) == ("3/BA", date(2023, 1, 9), 5)
    assert road.said(JourneyOpened)[0].members == 5


def test_of_two_groups_of_one_name_none_is_guessed(road: Road) -> None:
    for _ in range(2):
        group_of(road, "Melati", 5)
    found = bring(road, HEADING + lines("Melati", ("formation", "formed", "2023-01-09", "3/BA", "")), KUBE)
    assert codes(found) == [((2,), "group-named-twice")]


def test_what_was_done_on_paper_stands_closed_in_the_worklist_once_and_was_never_promised(road: Road) -> None:
    (woman,) = road.women()
    bring(road, HEADING + lines(woman, CHAIN[0]))
    heard = [heard_by_intake(each, "intake") for each in road.said(StageBroughtIn)]
    for _ in range(2):
        with road.database.transaction() as session:
            worklist.hear_stages_brought_in(session, heard, works=by_kind(WORKS))
    with road.database.reading() as session:
        (kept,) = session.scalars(select(Referral).where(Referral.on_paper.is_not(None)))
        assert (kept.state, kept.on_paper, kept.outcome) == (ReferralState.COMPLETED, date(2023, 1, 9), "eligible")
        assert kept.closed_at is not None
        assert kept.closed_at.astimezone(clock.zone()).date() == date(2023, 1, 9)


def test_her_dossier_says_what_was_done_on_paper_and_that_nobody_was_told_then(road: Road) -> None:
    (woman,) = road.women()
    bring(road, HEADING + lines(woman, *CHAIN))
    with road.database.reading() as session:
        (journey,) = dossier.dossier(session, HEAD, session.get_one(Person, woman))["journeys"]
    done = {each["title"]["en"]: each["on_paper"] for each in journey["reports"]}
    assert len(done) == len(CHAIN)
    assert {each.entered_as for each in done.values()} == {HEAD.name}
    assert [each["at"] is not None for each in journey["shared"]] == [True]


def test_looking_keeps_nothing(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    asked = {"programme": WRSE, "text": HEADING + lines(woman, *CHAIN), "look": True}
    answer = app.test_client().post(f"{API}/list", json=asked, headers=bearer(HEAD)).json
    assert (answer["looked"], answer["acts"], answer["brought_in"][0]["stages"]) == (True, 7, ["monitoring"])
    assert answer["brought_in"][0]["journey_id"] is None
    assert road.said() == []
    with road.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Journey)) == 0


def test_a_program_brings_acts_in_and_reads_them_at_the_journey(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    named = ("stage", "outcome", "date", "number", "amount")
    acts = [{"who": str(woman), **dict(zip(named, each, strict=True))} for each in CHAIN]
    client, headers = app.test_client(), bearer(HEAD)
    answer = client.post(API, json={"programme": WRSE, "acts": acts}, headers=headers).json
    journey = answer["brought_in"][0]["journey_id"]
    stages = client.get(f"/intake/v1/dinsos/journeys/{journey}", headers=headers).json["stages"]
    (handed,) = next(each for each in stages if each["stage"] == "hand_over")["brought_in"]
    assert (handed["done_on"], handed["paper"], handed["entered_by"]) == ("2023-03-31", "460/2/BAST", str(HEAD.id))
    assert all(each["brought_in"] == [] for each in stages if each["stage"] in ("monitoring", "graduation"))
    refused = client.post(API, json={"programme": WRSE, "acts": acts}, headers=bearer(an_officer(Role.OFFICER)))
    assert refused.status_code == 403


def test_a_list_is_looked_at_and_then_brought_in_by_page(road: Road, app: Flask) -> None:
    good, late = road.women(2)
    browser = Browser(app, HEAD)
    assert PAGE in browser.get("/intake/dinsos/journeys").text
    assert WRSE in browser.get(PAGE).text
    assert "list.csv" in browser.get(f"{PAGE}?programme={WRSE}").text
    text = HEADING + lines(good, *CHAIN) + lines(late, CHAIN[1])
    looked = browser.submit(PAGE, {"programme": WRSE, "text": text})
    assert "1 journey would be brought in." in looked.text
    assert "What was done before does not lead to" in looked.text
    assert road.said() == []
    done = browser.submit(PAGE, {"programme": WRSE, "text": text, "confirm": "true"})
    assert "1 journey was brought in." in done.text
    (journey,) = road.said(JourneyOpened)
    assert f'href="/intake/dinsos/journeys/{journey.journey_id}"' in done.text
    assert 'href="/intake/dinsos/journeys/None"' not in looked.text
    shown = browser.get(f"/intake/dinsos/journeys/{journey.journey_id}").text
    assert "Done on paper on 31 March 2023, number 460/2/BAST; entered on" in shown
    assert "Due dates count from the day of entry" in shown
    empty = browser.submit(PAGE, {"programme": WRSE, "text": ""})
    assert empty.status_code == 422


def test_one_journey_is_brought_in_by_hand(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    browser = Browser(app, HEAD)
    assert "Not done on paper" in browser.get(f"{PAGE}/one?programme={WRSE}").text
    form: dict[str, Any] = {"programme": WRSE, "who": str(woman)}
    for place, (stage, outcome, day, number, _amount) in enumerate(CHAIN[:2]):
        at = f"acts.{place}."
        form |= {f"{at}stage": stage, f"{at}outcome": outcome, f"{at}date": day, f"{at}number": number}
    nothing = browser.submit(f"{PAGE}/one", {"programme": WRSE, "who": str(woman)})
    assert nothing.status_code == 422
    chain_cut = browser.submit(f"{PAGE}/one", form)
    assert chain_cut.status_code == 422
    assert "bring both in from paper" in chain_cut.text
    form["acts.1.outcome"] = ""
    looked = browser.submit(f"{PAGE}/one", form)
    assert "1 journey would be brought in." in looked.text
    assert road.said() == []


def test_what_a_stage_reported_is_filled_in_by_fields_of_its_kind(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    browser = Browser(app, HEAD)
    page = browser.get(f"{PAGE}/one?programme={WRSE}").text
    stages = list(library.programme(WRSE).stages)
    field = f"acts.{stages.index('briefing')}.facts.sessions_attended"
    assert page.count('<details class="govuk-details" id="stage-') == len(stages)
    assert "open>" not in page.partition("<main")[2]
    assert ("Sessions attended" in page, f'name="{field}"' in page, "name=value" in page) == (True, True, False)
    form: dict[str, Any] = {"programme": WRSE, "who": str(woman)}
    for stage, outcome, day, number, amount in CHAIN:
        told = {"stage": stage, "outcome": outcome, "date": day, "number": number, "amount": amount}
        form |= {f"acts.{stages.index(stage)}.{name}": value for name, value in told.items()}
    nobody = browser.submit(f"{PAGE}/one", form | {"who": "6472015501900001"})
    assert (nobody.status_code, 'id="who-error"' in nobody.text) == (422, True)
    wrong = browser.submit(f"{PAGE}/one", form | {field: "three"})
    assert (wrong.status_code, f'id="{field.replace(".", "-")}-error"' in wrong.text) == (422, True)
    assert f'id="stage-{stages.index("briefing") + 1}" open' in wrong.text
    looked = browser.submit(f"{PAGE}/one", form | {field: "3"})
    assert "sessions_attended=3" in looked.text
    assert "1 journey would be brought in." in looked.text


def test_a_day_to_come_is_refused_beside_its_own_field(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    ahead = (clock.today() + timedelta(days=1)).isoformat()
    stages = list(library.programme(WRSE).stages)
    form: dict[str, Any] = {"programme": WRSE, "who": str(woman)}
    for stage, outcome, day, number, amount in CHAIN:
        told = {"stage": stage, "outcome": outcome, "date": day, "number": number, "amount": amount}
        form |= {f"acts.{stages.index(stage)}.{name}": value for name, value in told.items()}
    for named in ("date", "facts.visited_on"):
        field = f"acts.{stages.index('field_check')}.{named}"
        assert f'name="{field}"' in Browser(app, HEAD).get(f"{PAGE}/one?programme={WRSE}").text
        page = Browser(app, HEAD).submit(f"{PAGE}/one", form | {field: ahead})
        assert (page.status_code, f'id="{field.replace(".", "-")}-error"' in page.text) == (422, True), named
        assert "which lies ahead" in page.text
    (stage, outcome, *_), client = CHAIN[0], app.test_client()
    acts = [{"who": str(woman), "stage": stage, "outcome": outcome, "date": ahead}]
    answer = client.post(API, json={"programme": WRSE, "acts": acts}, headers=bearer(HEAD)).json
    assert (answer["brought_in"], [each["code"] for each in answer["refused"]]) == ([], ["still-ahead"])
    assert road.said() == []


KUKAR = library.programme("pemberdayaan-kukar")


def test_every_fact_of_every_programme_has_a_field_and_comes_back_as_it_was_written(app: Flask) -> None:
    written = {"number": "1.500", "rupiah": "Rp1.500.000", "day": "2023-01-09", "yes-no": "true", "text": "BA-9"}
    read = {"number": 1500, "rupiah": 1_500_000, "day": "2023-01-09", "yes-no": True, "text": "BA-9"}
    seen = set()
    with app.test_request_context():
        for programme in library.published().values():
            for stage, found in programme.stages.items():
                for field in asking.fields_of(programme, stage):
                    seen.add(field.asked_as)
                    first = field.choices[0][0] if field.choices else ""
                    given = {"choice": first, "boxes": [first], "several": "one, two"}.get(field.asked_as)
                    told = asking.as_written(programme, stage, {field.name: given or written[field.asked_as], "x": "y"})
                    expected = {"choice": first, "boxes": [first], "several": ["one", "two"]}.get(field.asked_as)
                    facts = rules._reported(programme, stage, told)
                    assert facts == {field.name: expected or read[field.asked_as]}, (programme.id, stage, field)
                    kinds.kind(found.does).require_report(
                        kinds.kind(found.does).outcomes[0], {} if field.asked_as == "several" else facts, found.settings
                    )
    assert seen >= {"number", "rupiah", "boxes", "yes-no", "text", "several", "day", "choice"}


@pytest.mark.parametrize("mark", [";", "|"])
def test_what_would_part_one_entry_from_the_next_is_refused(mark: str) -> None:
    with pytest.raises(asking.NoSemicolon) as refused:
        asking.as_written(KUKAR, "assessment", {"needs": [f"skills{mark}market"]})
    assert list(refused.value.errors) == ["facts.needs"]


def test_the_list_to_be_filled_in_names_every_stage_with_a_result(road: Road, app: Flask) -> None:
    model = Browser(app, HEAD).get(f"{PAGE}/list.csv?programme={WRSE}").text
    heading, *rows = model.splitlines()
    assert heading == "who,stage,outcome,date,number,amount,reported"
    assert [each.split(",")[1:3] for each in rows[:2]] == [["verification", "eligible"], ["proposal", "submitted"]]
    assert [each.who for each in rules.lines_of(model)] == [""] * len(rows)


def test_what_a_stage_reports_besides_is_read_by_its_kind() -> None:
    line = Line("x", "assessment", "assessed", "2023-01-09", reported="needs=skills|market")
    assert rules.read_act(KUKAR, line).facts == {"needs": ["skills", "market"], "assessed_on": "2023-01-09"}
    with pytest.raises(rules.NotReported):
        rules.read_act(KUKAR, replace(line, reported="mood=good"))
