"""A hypothesis state machine: drop, double, reorder, crash between any two steps, restore either side from a backup.

Whatever it does, when it lets everything through at the end, each event had its effect exactly once, in order.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from shared.bus import delivery
from shared.kernel.ids import new_id
from tests.shared.bus.harness import WAYS, Pair, Poison

pytestmark = pytest.mark.slow

JOURNEYS = [new_id() for _ in range(3)]
BACKED_UP = ("cursor", "effect", "held_event")


class CrashingNetwork(Exception):
    """The process died before it could confirm."""


class Bus(RuleBasedStateMachine):
    databases = None

    @initialize(way=st.sampled_from(sorted(WAYS)))
    def begin(self, way):
        for base in (self.databases["intake"], self.databases["grants"]):
            with base.engine.begin() as connection:
                connection.execute(
                    text(
                        "TRUNCATE event_log, event_log_head, subscription, subscriber_wish, cursor, held_event"
                        " RESTART IDENTITY"
                    )
                )
        self.pair = Pair(self.databases, way=way)
        self.expected = []
        self.backup = None

    @rule(journey=st.sampled_from(JOURNEYS), count=st.integers(1, 4))
    def announce(self, journey, count):
        stages = [f"stage {len(self.expected) + n}" for n in range(count)]
        self.pair.announce(journey, *stages)
        self.expected += [(journey, stage) for stage in stages]

    @rule(journey=st.sampled_from(JOURNEYS))
    def announce_what_is_declined(self, journey):
        self.pair.end(journey)

    @rule()
    def relay_steps(self):
        self.pair.relay.step()

    @rule()
    def relay_restarts(self):
        self.pair.restart_relay()

    @rule()
    def patience_ends(self):
        for window in self.pair.relay.windows.values():
            window.patience = 0

    @precondition(lambda self: self.pair.network.deliveries)
    @rule(data=st.data(), keep=st.booleans())
    def a_batch_arrives(self, data, keep):
        batches = self.pair.network.deliveries
        chosen = data.draw(st.integers(0, len(batches) - 1))
        message = batches[chosen] if keep else batches.pop(chosen)
        self.pair.deliver(message)

    @precondition(lambda self: self.pair.network.deliveries)
    @rule()
    def the_receiver_crashes_before_it_commits(self):
        def die(*_):
            raise Poison

        original, delivery._take = delivery._take, die
        try:
            with pytest.raises(Poison):
                self._deliver_something_new()
        finally:
            delivery._take = original

    def _deliver_something_new(self):
        before = len(self.pair.network.confirmations)
        self.pair.deliver(self.pair.network.deliveries[0])
        del self.pair.network.confirmations[before:]
        raise Poison  # it was old: nothing to crash in, and nobody heard of it

    @precondition(lambda self: self.pair.network.deliveries)
    @rule()
    def the_receiver_crashes_after_it_committed(self):
        before = list(self.pair.network.confirmations)
        self.pair.deliver(self.pair.network.deliveries.pop(0))
        self.pair.network.confirmations[:] = before

    @precondition(lambda self: self.pair.network.deliveries or self.pair.network.confirmations)
    @rule()
    def the_broker_is_emptied(self):
        self.pair.network.deliveries.clear()
        self.pair.network.confirmations.clear()

    @precondition(lambda self: self.pair.network.confirmations)
    @rule(data=st.data(), keep=st.booleans())
    def a_confirmation_arrives(self, data, keep):
        waiting = self.pair.network.confirmations
        chosen = data.draw(st.integers(0, len(waiting) - 1))
        self.pair.confirm(waiting[chosen] if keep else waiting.pop(chosen))

    @rule()
    def the_receiver_is_backed_up(self):
        with self.pair.target.engine.begin() as connection:
            for table in BACKED_UP:
                connection.execute(text(f"DROP TABLE IF EXISTS backup_{table}"))
                connection.execute(text(f"CREATE TABLE backup_{table} AS TABLE {table}"))
        self.backup = True

    @precondition(lambda self: self.backup)
    @rule()
    def the_receiver_is_restored(self):
        with self.pair.target.engine.begin() as connection:
            for table in BACKED_UP:
                connection.execute(text(f"TRUNCATE {table}"))
                connection.execute(text(f"INSERT INTO {table} SELECT * FROM backup_{table}"))
        # what the restored process had on its way is gone with it
        self.pair.network.confirmations.clear()

    @invariant()
    def nothing_happens_twice_or_out_of_order(self):
        if hasattr(self, "pair"):
            effects = self.pair.effects()
            for journey in JOURNEYS:
                told = [stage for whose, stage in self.expected if whose == journey]
                done = [stage for whose, stage in effects if whose == journey]
                assert done == told[: len(done)]

    def teardown(self):
        if not hasattr(self, "pair"):
            return
        self.pair.state_cursors()
        self.pair.relay.step()  # follows what was stated, which gives it patience anew
        self.patience_ends()
        self.pair.settle()
        effects = self.pair.effects()
        for journey in JOURNEYS:
            assert [s for j, s in effects if j == journey] == [s for j, s in self.expected if j == journey]
        assert self.pair.findings() == []


def test_whatever_happens_each_event_has_its_effect_once_and_in_order(databases):
    Bus.databases = databases
    run_state_machine_as_test(
        Bus,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
