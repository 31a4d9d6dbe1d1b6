"""One SK, one order, one hand-over event for a list of groups: each as if it stood alone, as far as the fund goes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import event, select

from services.grants.app import create as web_app
from services.grants.funds.rules import Balance
from services.grants.goods.models import Decision, HandOver, PurchaseOrder
from services.grants.goods.rules import (
    AboveRab,
    InTheFuture,
    MoreThanOpen,
    NoSuchLine,
    NothingOrdered,
    ProposerCannotDecide,
    QuantityMissing,
)
from services.grants.worker import WORKS
from shared.events.referrals import ReferralCompleted
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import DomainError, Invalid
from shared.kernel.ids import new_id
from shared.referrals import together
from shared.referrals.models import Referral
from shared.referrals.rules import AlreadyClosed, NotYetAccepted
from shared.referrals.together import Act, Result
from shared.referrals.work import by_kind
from tests.announcements import announced
from tests.browsing import Browser, bearer
from tests.grants.desk import BECAUSE, TOTAL, Desk, deed, officer, order, sk

KNOWN = by_kind(WORKS)


def signed(desk: Desk, ids: list[UUID], her: Officer | None = None, **done: object) -> Result:
    with desk.database.transaction() as session:
        return together.do(session, her or desk.approver, KNOWN, Act.REPORT, ids, done=done)


def test_one_sk_is_signed_for_a_list_of_groups_each_once(desk: Desk) -> None:
    referrals = desk.take("decision", desk.propose(4))
    result = signed(desk, referrals, **sk())
    assert (sorted(referrals), {}) == (result.done, result.refused)
    told = [each for each in announced(desk.database) if isinstance(each, ReferralCompleted)][-4:]
    assert {each.facts["sk_number"] for each in told} == {sk()["sk_number"]}
    assert desk.balance().committed == 4 * 15_000_000
    again = signed(desk, referrals, **sk())
    assert {type(each) for each in again.refused.values()} == {AlreadyClosed}
    assert desk.balance().committed == 4 * 15_000_000


def test_what_was_prepared_is_signed_together(desk: Desk) -> None:
    referrals = desk.prepare(desk.propose(3))
    assert signed(desk, referrals).done == sorted(referrals)


def test_a_fund_that_does_not_suffice_refuses_those_for_whom_it_does_not(desk: Desk) -> None:
    desk.open_fund(ceiling=2 * 15_000_000, fund_id="small")
    referrals = desk.take("decision", desk.propose(3), fund="small")
    result = signed(desk, referrals, **sk())
    assert (len(result.done), len(result.refused)) == (2, 1)
    assert desk.balance("small").committed == 2 * 15_000_000


def test_who_proposed_signs_for_none_of_hers(desk: Desk) -> None:
    both = officer(Role.OFFICER, Role.APPROVER)
    theirs = desk.take("decision", desk.propose(2))
    desk.officer = both
    hers = desk.take("decision", desk.propose(1))
    result = signed(desk, [*theirs, *hers], both, **sk())
    assert (result.done, {type(each) for each in result.refused.values()}) == (sorted(theirs), {ProposerCannotDecide})


def test_looking_sets_no_money_aside(desk: Desk) -> None:
    referrals = desk.take("decision", desk.propose(2))
    before = desk.balance()
    with desk.database.transaction() as session:
        result = together.do(session, desk.approver, KNOWN, Act.REPORT, referrals, done=sk())
        session.rollback()
    assert len(result.done) == 2
    assert desk.balance() == before


def together_done(desk: Desk, act: Act, ids: list[UUID], her: Officer | None = None, **given: Any) -> Result:
    with desk.database.transaction() as session:
        return together.do(session, her or desk.officer, KNOWN, act, ids, **given)


def ordered(desk: Desk, number: int) -> list[UUID]:
    return [desk.ordered()[1] for _ in range(number)]


def handed_over(desk: Desk, ids: list[UUID], each: Mapping[UUID, Any] | None = None, **more: Any) -> Result:
    done = {"deed": deed("BAST-40"), "all_as_agreed": True, **more}
    return together_done(desk, Act.REPORT, ids, done=done, each=each or {})


def test_one_event_hands_over_to_many_by_one_number_and_each_gets_what_is_open(desk: Desk) -> None:
    referrals = ordered(desk, 3)
    result = handed_over(desk, referrals)
    assert (result.done, result.refused, result.outcomes) == (sorted(referrals), {}, [("as-agreed", 3)])
    assert desk.balance() == Balance(realised=3 * TOTAL)
    with desk.database.reading() as session:
        deeds = session.scalars(select(HandOver)).all()
    assert {(each.number, tuple(each.witnesses), each.signed_by) for each in deeds} == {
        ("BAST-40", ("Ketua RT", "Lurah"), desk.officer.id)
    }
    told = [each for each in announced(desk.database) if isinstance(each, ReferralCompleted)][-3:]
    assert [(each.facts["bast_number"], each.facts["amount"], each.facts["lines"]) for each in told] == [
        ("BAST-40", TOTAL, 2)
    ] * 3
    again = handed_over(desk, referrals)
    assert ([], {AlreadyClosed}) == (again.done, {type(each) for each in again.refused.values()})
    assert desk.balance() == Balance(realised=3 * TOTAL)


@pytest.mark.parametrize(
    ("line", "outcome", "realised", "committed"),
    [
        ({"number": 1}, "as-agreed", TOTAL, 0),
        ({"number": 1, "condition": "as-agreed", "unit_price": 2_900_000}, "as-agreed", TOTAL - 200_000, 0),
        ({"number": 1, "condition": "short", "quantity": 1}, "short", TOTAL - 3_000_000, 3_000_000),
        ({"number": 1, "condition": "damaged", "quantity": 1}, "short", TOTAL - 3_000_000, 3_000_000),
        ({"number": 1, "condition": "refused"}, "short", TOTAL - 6_000_000, 6_000_000),
    ],
)
def test_what_differs_for_one_is_written_beside_her_and_counts_for_nobody_else(
    desk: Desk, line: dict[str, Any], outcome: str, realised: int, committed: int
) -> None:
    (other,), (her,) = ordered(desk, 1), ordered(desk, 1)
    result = handed_over(desk, [other, her], {her: {"lines": [line]}})
    assert {each: result.lines[each].outcome for each in result.done} == {other: "as-agreed", her: outcome}
    assert desk.balance() == Balance(realised=TOTAL + realised, committed=committed)


WRONG: dict[str, tuple[dict[str, Any], type[DomainError]]] = {
    "dearer": ({"number": 1, "unit_price": 3_000_001}, AboveRab),
    "more": ({"number": 1, "condition": "short", "quantity": 3}, MoreThanOpen),
    "unknown": ({"number": 9, "condition": "refused", "quantity": 0, "unit_price": 1}, NoSuchLine),
    "how many": ({"number": 1, "condition": "short"}, QuantityMissing),
    "unreadable": ({"number": 1, "quantity": "two"}, Invalid),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_written_wrong_beside_one_refuses_her_alone(desk: Desk, case: str) -> None:
    line, expected = WRONG[case]
    two, (her,) = ordered(desk, 2), ordered(desk, 1)
    result = handed_over(desk, [*two, her], {her: {"lines": [line]}})
    assert (result.done, {each: type(why) for each, why in result.refused.items()}) == (sorted(two), {her: expected})
    assert desk.balance() == Balance(realised=2 * TOTAL, committed=TOTAL)


def test_whose_goods_are_not_ordered_or_not_taken_on_is_left_out_of_the_event(desk: Desk) -> None:
    two = ordered(desk, 2)
    (bare,) = desk.take("hand-over", desk.granted())
    (waiting,) = desk.offer("hand-over", desk.granted())
    result = handed_over(desk, [*two, bare, waiting])
    assert result.done == sorted(two)
    assert {each: type(why) for each, why in result.refused.items()} == {bare: NothingOrdered, waiting: NotYetAccepted}


def test_an_event_of_tomorrow_or_without_a_witness_is_wrong_for_all(desk: Desk) -> None:
    two = ordered(desk, 2)
    late = handed_over(desk, two, deed={**deed(), "handed_over_on": "2999-01-01"})
    assert (late.done, {type(each) for each in late.refused.values()}) == ([], {InTheFuture})
    for wrong in ({"deed": {**deed(), "witnesses": []}}, {"all_as_agreed": False, "lines": [{"number": 1}]}):
        with pytest.raises(Invalid):
            handed_over(desk, two, **wrong)
    assert desk.balance() == Balance(committed=2 * TOTAL)


def test_the_deeds_that_were_drafted_are_signed_together_as_they_are(desk: Desk) -> None:
    referrals = ordered(desk, 2)
    for number, referral in enumerate(referrals):
        lines = [{"number": each, "condition": "refused", "quantity": 0, "unit_price": 1} for each in (1, 2)]
        agreed = [{"number": 1, "condition": "short", "quantity": 1, "unit_price": 3_000_000}, lines[1]]
        desk.record(referral, {"deed": deed(f"BAST-{number}"), "lines": agreed})
    result = together_done(desk, Act.REPORT, referrals, done={"all_as_agreed": True})
    assert result.outcomes == [("short", 2)]
    assert desk.balance() == Balance(realised=2 * 3_000_000, committed=2 * (TOTAL - 3_000_000))


def test_one_order_is_placed_for_many_and_mends_those_that_are_out(desk: Desk) -> None:
    (out,), three = ordered(desk, 1), desk.take("hand-over", desk.granted(3))
    result = together_done(desk, Act.SAVE, [out, *three], done={"order": order("SP-40")})
    assert (result.done, result.outcomes) == (sorted([out, *three]), [(None, 4)])
    with desk.database.reading() as session:
        placed = session.scalars(select(PurchaseOrder)).all()
        states = {each.state for each in session.scalars(select(Referral).where(Referral.id.in_(result.done)))}
    assert [(each.number, each.state.value) for each in placed] == [("SP-40", "placed")] * 4
    assert [each.value for each in states] == ["accepted"], "saved, and not reported"


def test_one_sk_is_prepared_for_a_list_and_signed_by_another(desk: Desk) -> None:
    referrals = desk.take("decision", desk.propose(4))
    before = len(announced(desk.database))
    result = together_done(desk, Act.SAVE, referrals, done=sk())
    assert (result.done, result.refused) == (sorted(referrals), {})
    assert desk.balance() == Balance(reserved=4 * TOTAL)
    assert not [each for each in announced(desk.database)[before:] if isinstance(each, ReferralCompleted)]
    together_done(desk, Act.SAVE, referrals[:1], done=sk("reserve"))
    assert desk.balance() == Balance(reserved=3 * TOTAL)
    assert signed(desk, referrals, because=BECAUSE).outcomes == [("accepted", 3), ("reserve", 1)]
    assert desk.balance() == Balance(committed=3 * TOTAL)
    with desk.database.reading() as session:
        said = {(each.sk_number, each.prepared_by) for each in session.scalars(select(Decision))}
    assert said == {(sk()["sk_number"], desk.officer.id)}


def test_an_sk_is_prepared_as_far_as_the_fund_goes(desk: Desk) -> None:
    desk.open_fund(ceiling=2 * TOTAL, fund_id="small")
    referrals = desk.take("decision", desk.propose(3), fund="small")
    result = together_done(desk, Act.SAVE, referrals, done=sk())
    assert (len(result.done), len(result.refused)) == (2, 1)
    assert desk.balance("small") == Balance(reserved=2 * TOTAL)


@pytest.mark.parametrize("act", [Act.SAVE, Act.REPORT])
def test_many_take_no_more_statements_than_a_few(desk: Desk, act: Act) -> None:
    def statements(referrals: list[UUID]) -> int:
        counted: list[str] = []
        event.listen(desk.database.engine, "before_cursor_execute", listen := lambda *told: counted.append(told[2]))
        try:
            if act is Act.SAVE:
                result = together_done(desk, Act.SAVE, referrals, done={"order": order("SP-9")})
            else:
                result = handed_over(desk, referrals)
        finally:
            event.remove(desk.database.engine, "before_cursor_execute", listen)
        assert len(result.done) == len(referrals)
        return len(counted)

    few, many = ordered(desk, 2), ordered(desk, 8)
    assert statements(many) <= statements(few) + 1


def test_an_event_is_told_on_a_page_seen_beforehand_and_done_once(desk: Desk) -> None:
    app = web_app(desk.database)
    app.testing = True
    browser, root = Browser(app, replace(desk.officer, language="en")), "/grants/dinsos/referrals"
    came, differs, absent = ordered(desk, 3)
    chosen = {"act": "report", "ids[]": [str(each) for each in (came, differs, absent)]}
    asked = browser.submit(f"{root}/together?act=report", chosen).text
    assert asked.count('name="ids[]"') == 3
    assert f'name="each.{differs}.lines.1.quantity"' in asked
    told = {"deed.number": "BAST-7", "deed.handed_over_on": deed()["handed_over_on"], "deed.witnesses[]": ["RT", ""]}
    rows = {
        f"each.{each}.lines.{place}.number": str(place + 1) for each in (came, differs, absent) for place in range(2)
    }
    form = {
        **told,
        **rows,
        "act": "report",
        "all_as_agreed": "true",
        "rows[]": chosen["ids[]"],
        "ids[]": [str(came), str(differs)],
        f"each.{differs}.lines.0.condition": "short",
        f"each.{differs}.lines.0.quantity": "1",
    }
    wrong = browser.submit(f"{root}/together/look", {**form, "deed.number": ""})
    assert (wrong.status_code, wrong.text.count('name="ids[]"'), wrong.text.count(" checked")) == (422, 3, 2)
    look = browser.submit(f"{root}/together/look", form)
    assert "Done for 2 referrals" in look.text
    assert str(absent) not in look.text.partition("<form")[0]
    assert desk.balance() == Balance(committed=3 * TOTAL), "only looked at"
    said = {**browser.shown_together(root, form), "_once": "x"}
    for _ in range(2):
        assert "Done for 2 referrals" in browser.submit(f"{root}/together/do", said).text
    assert desk.balance() == Balance(realised=2 * TOTAL - 3_000_000, committed=TOTAL + 3_000_000)

    client, headers = app.test_client(), bearer(desk.officer)
    given = {"act": "report", "ids": [str(absent)], "done": {"deed": deed("BAST-8"), "all_as_agreed": True}}
    line = {"number": 1, "condition": "short"}
    refused = client.post(
        "/grants/v1/dinsos/referrals/together",
        json={**given, "each": {str(absent): {"lines": [line]}}},
        headers=headers,
    ).json
    assert [each["code"] for each in refused["refused"]] == ["quantity-missing"]
    answer = client.post("/grants/v1/dinsos/referrals/together", json=given, headers=headers).json
    assert [each["outcome"] for each in answer["done"]] == ["as-agreed"]


def test_whoever_may_not_sign_is_led_to_preparing(desk: Desk) -> None:
    app = web_app(desk.database)
    app.testing = True
    referrals = desk.take("decision", desk.propose(2))
    chosen = {"ids[]": [str(each) for each in referrals]}
    root = "/grants/dinsos/referrals/together"
    hers = Browser(app, replace(desk.officer, language="en")).submit(f"{root}?act=report", chosen).text
    assert ('value="save"' in hers, "act=report" in hers) == (True, False)
    signer = Browser(app, desk.approver).submit(f"{root}?act=report", chosen).text
    assert ('value="report"' in signer, f"{root}?act=save" in signer) == (True, True)
    form, browser = {**chosen, "act": "save", **sk()}, Browser(app, replace(desk.officer, language="en"))
    assert "Done for 2 referrals" in browser.submit(f"{root}/look", form).text
    assert desk.balance() == Balance()
    assert "Done for 2 referrals" in browser.do_together(root.removesuffix("/together"), form).text
    assert desk.balance() == Balance(reserved=2 * TOTAL)


def papers_of(desk: Desk) -> tuple[str, str]:
    sk_of = urlencode({"number": sk()["sk_number"], "on": sk()["sk_date"], "office": "dinsos-kaltim"})
    event_of = urlencode({"number": "BAST-40", "on": deed()["handed_over_on"], "office": "dinsos-kaltim"})
    return f"dinsos/sk?{sk_of}", f"dinsos/hand-overs?{event_of}"


def test_one_paper_lists_all_that_an_sk_decides_and_one_all_who_received(desk: Desk) -> None:
    referrals = ordered(desk, 3)
    handed_over(desk, referrals, {referrals[2]: {"lines": [{"number": 1, "condition": "short", "quantity": 1}]}})
    refused = desk.decide(desk.propose(1), "refused")
    assert refused
    app = web_app(desk.database)
    app.testing = True
    client, headers = app.test_client(), bearer(desk.officer)
    decided, event = (client.get(f"/grants/v1/{each}", headers=headers).json for each in papers_of(desk))
    assert (len(decided["grants"]), decided["granted"]) == (4, 3 * TOTAL)
    assert [each["verdict"] for each in decided["grants"]].count("refused") == 1
    assert (len(event["grants"]), event["amount"], event["witnesses"]) == (
        3,
        3 * TOTAL - 3_000_000,
        ["Ketua RT", "Lurah"],
    )
    assert [line["quantity"] for line in event["grants"][2]["lines"]] == [1, 40]
    assert all(each["number"] for each in event["grants"])
    browser = Browser(app, replace(desk.officer, language="en"))
    grant = browser.get(f"/grants/dinsos/grants/{event['grants'][0]['grant_id']}").text
    for address, said in zip(papers_of(desk), ("What it decides", "Who received what"), strict=True):
        assert f"/grants/{address}".replace("&", "&amp;") in grant
        assert said in browser.get(f"/grants/{address}").text
    stranger = bearer(replace(desk.officer, id=new_id(), office="dinsos-kubar"))
    for address in papers_of(desk):
        assert client.get(f"/grants/v1/{address}", headers=stranger).status_code == 404
        assert client.get(f"/grants/v1/{address.replace('number=', 'number=x')}", headers=headers).status_code == 404
