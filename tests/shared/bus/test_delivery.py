"""The promise of the bus, step by step: whatever the network does, each event has its effect once, in order."""

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import text

from shared.bus import announce, announce_all, held
from shared.bus.audit import Gravity
from shared.bus.chain import GENESIS, Passed, Sent, Standing, place
from shared.bus.messages import Wishes
from shared.bus.relay import PATIENCE, SILENT_AFTER
from shared.bus.subscribers import batch, each, together
from shared.events.intake import JourneyEnded, StageOffered, StageSkipped, StageStuck, StuckBecause
from shared.kernel.ids import new_id
from tests.shared.bus.harness import WAYS, Pair, Poison, note_effects
from tests.shared.referrals.offers import offer


@pytest.fixture(params=WAYS)
def pair(databases, request) -> Pair:
    return Pair(databases, way=request.param)


def stages_of(pair: Pair, journey: uuid.UUID) -> list[str]:
    return [stage for whose, stage in pair.effects() if whose == journey]


def test_what_is_announced_has_its_effect_and_is_confirmed(pair):
    journey = new_id()
    pair.announce(journey, "one", "two", "three")
    pair.settle()
    assert stages_of(pair, journey) == ["one", "two", "three"]
    assert pair.findings() == []


def test_a_transaction_that_is_undone_announces_nothing(pair):
    def change_and_fail():
        with pair.source.transaction() as session:
            announce(session, StageSkipped(journey_id=new_id(), stage="never"))
            raise Poison

    with pytest.raises(Poison):
        change_and_fail()
    pair.settle()
    assert pair.effects() == []


def test_a_batch_that_comes_twice_has_its_effect_once(pair):
    journey = new_id()
    pair.announce(journey, "one", "two")
    pair.relay.step()
    pair.network.deliveries *= 2
    pair.pump()
    assert stages_of(pair, journey) == ["one", "two"]
    assert pair.findings() == []


def test_batches_that_overtake_each_other_are_applied_in_order(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.relay.step()
    pair.announce(journey, "two")
    pair.relay.step()
    pair.network.deliveries.reverse()
    pair.pump()
    pair.settle()
    assert stages_of(pair, journey) == ["one", "two"]
    assert pair.findings() == []


def test_a_lost_batch_is_noticed_by_the_next_one(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.relay.step()
    pair.network.deliveries.clear()
    pair.announce(journey, "two")
    pair.settle()
    assert stages_of(pair, journey) == ["one", "two"]


def test_a_lost_last_batch_is_sent_again_when_patience_ends(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.relay.step()
    pair.network.deliveries.clear()
    for window in pair.relay.windows.values():
        window.patience = 0
    pair.settle()
    assert stages_of(pair, journey) == ["one"]
    assert pair.findings() == []


def test_what_the_broker_did_not_take_is_sent_again_at_the_next_step_whatever_the_patience(pair, monkeypatch):
    journey = new_id()
    pair.announce(journey, "one")

    def gone(batches):
        pair.network.deliveries.append(batches)  # it arrived after all: an error means that nobody knows
        raise ConnectionError

    with monkeypatch.context() as away:
        away.setattr(pair.network, "deliver", gone)
        for _ in range(3):
            assert pair.relay.step() == 1
    assert {window.patience for window in pair.relay.windows.values()} == {PATIENCE}
    pair.settle()
    assert stages_of(pair, journey) == ["one"]
    assert pair.findings() == []


def test_a_subscriber_that_confirms_nothing_is_told_of_in_the_log(pair, caplog, capsys):
    pair.announce(new_id(), "one")
    told = []
    for _ in range(SILENT_AFTER + 1):
        pair.relay.step()
        pair.network.deliveries.clear()
        told.append("subscriber-silent" in caplog.text + capsys.readouterr().out)
        for window in pair.relay.windows.values():
            window.patience = 0
    assert told == [False] * SILENT_AFTER + [True]
    pair.settle()
    assert {window.in_vain for window in pair.relay.windows.values()} == {0}


def test_a_lost_confirmation_is_made_good(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.relay.step()
    pair.deliver(pair.network.deliveries.pop())
    pair.network.confirmations.clear()
    pair.restart_relay()
    pair.settle()
    assert stages_of(pair, journey) == ["one"]
    assert pair.findings() == []


def test_a_batch_of_another_history_stops_the_subscription_with_an_alarm(pair):
    pair.announce(new_id(), "one")
    pair.relay.step()
    ((message,),) = pair.network.deliveries
    forged = replace(message, events=[replace(message.events[0], body=message.events[0].body + " ")])
    pair.pump()
    pair.deliver([forged])
    pair.pump()
    assert any(finding.gravity is Gravity.BROKEN and "halted" in finding.what for finding in pair.findings())


def test_a_tampered_log_is_found_by_the_audit(pair):
    pair.announce(new_id(), "one", "two")
    pair.settle()
    with pair.source.engine.begin() as connection:
        connection.execute(text("UPDATE event_log SET body = replace(body, 'one', 'uno')"))
    assert any("chain breaks" in finding.what for finding in pair.findings())


def test_a_poison_event_holds_its_own_journey_only(pair):
    ill, well = new_id(), new_id()
    pair.announce(ill, "before", "poison", "after")
    pair.announce(well, "one", "two")
    pair.settle()
    assert stages_of(pair, ill) == ["before"]
    assert stages_of(pair, well) == ["one", "two"]
    assert {finding.gravity for finding in pair.findings()} == {Gravity.HELD}


def test_what_comes_later_for_a_held_journey_waits_behind_it(pair):
    ill = new_id()
    pair.announce(ill, "poison")
    pair.settle()
    pair.announce(ill, "later")
    pair.settle()
    with pair.target.reading() as session:
        assert [event.position for event in held.held_events(session)] == [1, 2]


def test_a_skipped_event_is_left_out_and_the_rest_follows_in_order(pair):
    ill = new_id()
    pair.announce(ill, "poison", "after", "end")
    pair.settle()
    with pair.target.transaction() as session:
        first = held.held_events(session)[0]
        held.skip(session, pair.subscriber, first.id, by="operator", reason="announced by mistake")
    with pair.target.transaction() as session:
        assert held.retry_stream(session, pair.subscriber, "intake", str(ill), by="operator") == (2, None)
    assert stages_of(pair, ill) == ["after", "end"]
    assert pair.findings() == []


def test_a_skip_without_reason_is_refused(pair):
    pair.announce(new_id(), "poison")
    pair.settle()
    with pair.target.transaction() as session, pytest.raises(held.ReasonNeeded):
        held.skip(session, pair.subscriber, held.held_events(session)[0].id, by="operator", reason=" ")


def test_a_retry_that_fails_again_keeps_the_journey_held(pair):
    ill = new_id()
    pair.announce(ill, "poison", "after")
    pair.settle()
    with pair.target.transaction() as session:
        applied, error = held.retry_stream(session, pair.subscriber, "intake", str(ill), by="operator")
    assert applied == 0
    assert error
    assert stages_of(pair, ill) == []


def test_an_event_that_nobody_decided_about_is_held(pair):
    pair.subscriber = replace(pair.subscriber, declines={})
    pair.end(new_id())
    pair.settle()
    assert {finding.gravity for finding in pair.findings()} == {Gravity.HELD}


def test_a_receiver_restored_from_an_older_backup_catches_up_by_itself(pair):
    journey = new_id()
    pair.announce(journey, "one", "two", "three")
    pair.settle()
    with pair.target.engine.begin() as connection:  # as if restored to before anything was heard
        connection.execute(text("DELETE FROM cursor"))
        connection.execute(text("DELETE FROM effect"))
    pair.state_cursors()
    pair.settle()
    assert stages_of(pair, journey) == ["one", "two", "three"]
    assert pair.findings() == []


def test_a_sender_restored_from_an_older_backup_is_stopped_by_an_alarm(pair):
    journey = new_id()
    pair.announce(journey, "one", "two")
    pair.settle()
    with pair.source.engine.begin() as connection:
        connection.execute(text("DELETE FROM event_log WHERE position > 1"))
        connection.execute(
            text(
                "UPDATE event_log_head head SET position = e.position, hash = e.hash "
                "FROM event_log e WHERE e.partition = head.partition"
            )
        )
    pair.announce(journey, "another two")
    pair.restart_relay()
    pair.settle()
    pair.state_cursors()
    assert stages_of(pair, journey) == ["one", "two"]
    assert any("halted" in finding.what for finding in pair.findings())


def test_the_relay_sends_at_most_two_batches_unconfirmed(pair, monkeypatch):
    monkeypatch.setattr("shared.bus.relay.BATCH", 2)
    journey = new_id()
    pair.announce(journey, *"abcdefgh")
    pair.relay.step()
    assert [(message.first, message.last) for parcel in pair.network.deliveries for message in parcel] == [
        (1, 2),
        (3, 4),
    ]
    pair.settle()
    assert stages_of(pair, journey) == list("abcdefgh")


def test_the_relay_knows_whether_anybody_is_still_at_work_on_what_it_sent(pair):
    assert not pair.relay.waits_for_confirmations
    pair.announce(new_id(), "one")
    pair.relay.step()
    assert pair.relay.waits_for_confirmations
    pair.pump()
    pair.relay.step()
    assert not pair.relay.waits_for_confirmations


def test_a_publish_error_is_not_taken_for_not_sent(pair, monkeypatch):
    pair.announce(new_id(), "one")

    def sent_but_failed(message):
        pair.network.deliveries.append(message)
        raise ConnectionError("the answer was lost")

    monkeypatch.setattr(pair.relay, "transport", type("Torn", (), {"deliver": staticmethod(sent_but_failed)})())
    pair.relay.step()
    pair.pump()
    assert len(pair.effects()) == 1
    assert pair.findings() == []


def test_standing_is_told_by_position_and_hash(pair):
    pair.announce(new_id(), "one")
    pair.relay.step()
    ((message,),) = pair.network.deliveries
    assert place(message, 0, GENESIS, bool).standing is Standing.NEXT
    assert place(replace(message, first=2), 0, GENESIS, bool).standing is Standing.GAP
    assert place(message, 1, place(message, 0, GENESIS, bool).hash, bool).standing is Standing.OLD
    assert place(message, 1, GENESIS, bool).standing is Standing.DIVERGED


def test_what_a_subscriber_declines_is_followed_by_its_digest_alone(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.settle()  # with its first word the source learns what it declines
    pair.end(journey)
    pair.announce(journey, "two")
    pair.relay.step()
    ((message,),) = pair.network.deliveries
    passed, heard = message.events
    assert (type(passed), passed.kind, type(heard)) == (Passed, "intake.journey-ended.v1", Sent)
    pair.settle()
    assert stages_of(pair, journey) == ["one", "two"]
    assert pair.findings() == []


def test_a_digest_of_another_event_than_the_logs_is_noticed(pair):
    pair.announce(new_id(), "one")
    pair.settle()
    pair.end(new_id())
    pair.relay.step()
    ((message,),) = pair.network.deliveries
    pair.network.deliveries[0] = [replace(message, events=[replace(message.events[0], digest=bytes(32))])]
    pair.pump()
    assert any("halted" in finding.what for finding in pair.findings())


def test_what_was_declined_until_now_is_asked_for_in_full_by_code_that_hears_it(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.settle()
    pair.end(journey)
    pair.announce(journey, "two")
    pair.relay.step()  # the digest is on its way while the subscriber is brought up to date
    hear_the_end(pair)
    pair.settle()
    assert stages_of(pair, journey) == ["one", "ended", "two"]
    assert pair.findings() == []


def test_a_replay_hears_in_full_what_was_declined_when_it_was_sent(pair):
    journey = new_id()
    pair.announce(journey, "one")
    pair.end(journey)
    pair.settle()
    hear_the_end(pair)
    with pair.target.engine.begin() as connection:
        connection.execute(text("DELETE FROM cursor"))
        connection.execute(text("DELETE FROM effect"))
    pair.state_cursors()
    pair.settle()
    assert stages_of(pair, journey) == ["one", "ended"]
    assert pair.findings() == []


def test_what_concerns_another_service_alone_is_passed_over_where_that_is_asked_for(pair):
    heard = []
    hearing = batch(lambda session, events: heard.extend(one.event.does for one in events), concerned_only=True)
    pair.subscriber = replace(pair.subscriber, hears={StageOffered: hearing})
    pair.state_cursors()
    kinds = ["grants.goods-decision", "training.course", "grants.zakat"]
    with pair.source.transaction() as session:
        announce_all(session, [offer(does=kind) for kind in kinds])
    pair.relay.step()
    events = [one for parcel in pair.network.deliveries for message in parcel for one in message.events]
    assert sum(isinstance(one, Passed) for one in events) == 1
    pair.settle()
    assert sorted(heard) == ["grants.goods-decision", "grants.zakat"]
    assert pair.findings() == []


def test_what_the_log_does_not_say_the_concern_of_is_sent_in_full(pair):
    wishes = Wishes(declined=("a.b.v1",), elsewhere=("a.c.v1",))
    assert wishes.leave_out("a.b.v1", None, "grants")
    assert wishes.leave_out("a.c.v1", "training", "grants")
    assert not wishes.leave_out("a.c.v1", None, "grants")
    assert not wishes.leave_out("a.c.v1", "grants", "grants")
    assert not wishes.leave_out("a.d.v1", "training", "grants")


ENDED = "INSERT INTO effect (journey_id, stage) VALUES (:journey, 'ended')"


def hear_the_end(pair):
    """Bring the subscriber up to date: from now on it hears what it had declined."""

    def note_end(session, heard):
        session.execute(text(ENDED), {"journey": heard.event.journey_id})

    pair.subscriber = replace(
        pair.subscriber, hears={**pair.subscriber.hears, JourneyEnded: each(note_end)}, declines={}
    )


@pytest.fixture
def hearing_together(databases) -> Pair:
    """A subscriber whose one handler takes skipped stages and ends of journeys together, and tells what it got."""
    pair = Pair(databases)
    pair.told = []

    def note_all(session, heard):
        pair.told.append(len(heard))
        for one in heard:
            if isinstance(one.event, JourneyEnded):
                session.execute(text(ENDED), {"journey": one.event.journey_id})
            else:
                note_effects(session, [one])

    pair.subscriber = replace(pair.subscriber, hears=together(note_all, [StageSkipped, JourneyEnded]), declines={})
    return pair


def test_what_is_heard_together_comes_at_once_in_the_order_of_the_log(hearing_together):
    pair, one, other = hearing_together, new_id(), new_id()
    for journey in (one, other):
        pair.announce(journey, "first", "second")
        pair.end(journey)
    pair.settle()
    assert pair.told == [6]
    assert stages_of(pair, one) == stages_of(pair, other) == ["first", "second", "ended"]
    assert pair.findings() == []


def test_of_what_is_heard_together_only_the_poisoned_event_and_what_follows_it_is_held(hearing_together):
    pair, ill, well = hearing_together, new_id(), new_id()
    pair.announce(ill, "before", "poison", "after")
    pair.announce(well, "one")
    pair.end(ill)
    pair.end(well)
    pair.settle()
    assert stages_of(pair, ill) == ["before"]
    assert stages_of(pair, well) == ["one", "ended"]
    with pair.target.reading() as session:
        waiting = held.held_events(session)
    assert {event.stream for event in waiting} == {str(ill)}
    assert sorted((event.position, "Poison" in event.error) for event in waiting)[0][1]
    assert len(waiting) == 3
    assert {finding.gravity for finding in pair.findings()} == {Gravity.HELD}


def test_an_unreadable_event_in_the_midst_of_a_journey_holds_what_follows_it_there(hearing_together):
    pair, ill, well = hearing_together, new_id(), new_id()
    pair.announce(ill, "before", "unreadable", "after")
    pair.announce(well, "one")
    with pair.source.engine.begin() as connection:
        told = 'UPDATE event_log SET body = replace(body, \'"stage":"unreadable"\', \'"stage":[]\')'
        connection.execute(text(told))
    pair.settle()
    assert (stages_of(pair, ill), stages_of(pair, well)) == (["before"], ["one"])
    with pair.target.reading() as session:
        assert ["WrongShape" in event.error for event in held.held_events(session)] == [True, False]


def test_what_another_handler_hears_in_between_is_heard_in_between(hearing_together):
    pair, journey = hearing_together, new_id()
    pair.subscriber = replace(pair.subscriber, hears={**pair.subscriber.hears, StageStuck: each(note_stuck)})
    pair.announce(journey, "one")
    with pair.source.transaction() as session:
        announce(session, stuck(journey))
    pair.announce(journey, "two")
    pair.end(journey)
    pair.settle()
    assert stages_of(pair, journey) == ["one", "stuck", "two", "ended"]
    assert pair.told == [1, 2]


def stuck(journey: uuid.UUID) -> StageStuck:
    return StageStuck(
        journey_id=journey,
        referral_id=new_id(),
        stage="proposal",
        why=StuckBecause.DECLINED,
        accountable_office="dinsos-kaltim",
    )


def note_stuck(session, heard):
    session.execute(
        text("INSERT INTO effect (journey_id, stage) VALUES (:journey, 'stuck')"), {"journey": heard.event.journey_id}
    )
