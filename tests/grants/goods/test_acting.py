"""An acting head decides like the head, is named so for good, and never decides on what she herself submitted."""

from datetime import timedelta

import pytest

from services.grants.goods import queries, rules
from services.grants.goods.commands import orders
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.web.roster import Roster
from tests.browsing import token_of
from tests.grants.desk import Desk, officer, on

TITLE = "Plt. Kepala Dinas Sosial Provinsi Kalimantan Timur, surat 800/1"


def acting(her: Officer) -> Officer:
    until = clock.today() + timedelta(days=30)
    return her.acts(Acting(id=new_id(), post=Role.HEAD, title=TITLE, since=clock.now(), until=until, areas=()))


def test_her_decision_names_her_and_the_letter_also_when_she_acts_no_more(desk: Desk) -> None:
    her = officer()
    (journey,) = desk.propose()
    referrals = desk.prepare([journey])
    Roster().note(desk.database, token_of(acting(her)))
    desk.complete(referrals, by=acting(her))
    with clock.frozen(clock.now() + timedelta(days=1)):
        Roster().note(desk.database, token_of(her))
        with desk.database.reading() as session:
            decision = queries.standing(session, desk.grant(journey))["decision"]
    assert decision["signed_as"] == f"Petugas, {TITLE}"
    other = desk.granted()[0]
    with desk.database.reading() as session:
        assert queries.standing(session, desk.grant(other))["decision"]["signed_as"] == ""


def test_who_submitted_does_not_decide_as_acting_head_either(desk: Desk) -> None:
    referrals = desk.prepare(desk.propose())
    with pytest.raises(rules.ProposerCannotDecide):
        desk.complete(referrals, by=acting(desk.officer))
    journey, _ = desk.ordered()
    with desk.database.transaction() as session:
        orders.propose_change(
            session, desk.officer, on(session, journey), 2, quantity=36, unit_price=245_000, reason="Harga beras naik"
        )
    with pytest.raises(rules.ProposerCannotDecide), desk.database.transaction() as session:
        orders.approve_change(session, acting(desk.officer), on(session, journey), 2)
