"""The head of the compartment's log is told daily, sealed: what is cut is found, and nobody outside learns anything."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from services.intake.protection import heads, jobs, log
from services.intake.protection.models import LogLine, SealedHead
from services.operate.audit import audit
from shared.anchors.handlers import hear_sealed_log_anchored
from shared.anchors.models import Anchor
from shared.bus import Heard
from shared.events.anchors import SealedLogAnchored
from shared.kernel import clock
from shared.privacy import chain
from shared.storage import Database, database
from tests.announcements import announced
from tests.intake.protection.conftest import OFFICE, Compartment


@pytest.fixture(autouse=True)
def days() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


def write(compartment: Compartment, times: int = 1) -> None:
    for _ in range(times):
        with compartment.base.transaction() as session:
            log.note(session, compartment.counsellor, "read")


def a_day_passes(base: Database, to: Database) -> list[SealedLogAnchored]:
    """The compartment's worker turns twice on the next day, and another service hears twice what is said."""
    with base.engine.begin() as connection:
        connection.execute(text("UPDATE domain_clock SET ahead = ahead + interval '1 day'"))
    base._clock_read_at = float("-inf")
    before = len(announced(base))
    jobs.turn(base)
    jobs.turn(base)
    said = [each for each in announced(base)[before:] if isinstance(each, SealedLogAnchored)]
    for event in said * 2:
        with to.transaction() as session:
            hear_sealed_log_anchored(
                session, Heard(event=event, source="intake", subscriber="grants", position=1, envelope={})
            )
    return said


def damage(statement: str) -> None:
    with database("protection").engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def found(databases: dict[str, Database]) -> list[str]:
    return [each.what for each in audit(databases) if each.where == "protection"]


@pytest.mark.parametrize(
    "damaging",
    [
        "DELETE FROM protection_log WHERE seq > 3",
        "DELETE FROM protection_log",
        "DELETE FROM protection_log; DELETE FROM protection_head",
        "DELETE FROM protection_log WHERE seq > 2; DELETE FROM protection_head WHERE lines > 2",
        """DELETE FROM protection_log WHERE seq > 3; UPDATE protection_head SET lines = 3, hash =
        (SELECT hash FROM protection_log WHERE seq = 3) WHERE lines > 3""",
        "UPDATE protection_log SET line = line || '\\x00' WHERE seq = 2",
        "DELETE FROM protection_log WHERE seq = 2",
    ],
)
def test_whatever_is_cut_from_the_compartments_log_or_changed_in_it_is_found(
    compartment: Compartment, databases: dict[str, Database], damaging: str
) -> None:
    write(compartment, 2)
    a_day_passes(compartment.base, databases["grants"])
    write(compartment, 3)
    a_day_passes(compartment.base, databases["grants"])
    write(compartment)
    assert found(databases) == []
    damage(damaging)
    assert found(databases) == ["the log of the protection compartment was changed"]


def test_outside_the_same_is_told_every_day_whatever_happened(
    compartment: Compartment, databases: dict[str, Database]
) -> None:
    said = []
    for lines in (0, 0, 3, 0):
        if lines:
            write(compartment, lines)
        said += a_day_passes(compartment.base, databases["grants"])
    assert [each.log for each in said] == ["intake.protection"] * 4
    assert len({each.seal for each in said}) == 4
    assert {len(each.seal) for each in said} == {64}
    with database("protection").reading() as session:
        known = session.execute(select(LogLine.seq, LogLine.hash)).all()
    ends = [chain.BEGINNING, *known]
    guesses = {
        hashlib.sha256(f"{each.day}\0{number}\0".encode() + head).hexdigest() for each in said for number, head in ends
    }
    assert guesses.isdisjoint(each.seal for each in said)
    for base in (compartment.base, databases["grants"]):
        with base.reading() as session:
            kept = session.scalars(select(Anchor).where(Anchor.log == heads.NAME)).all()
        assert {(each.lines, each.hash.hex()) for each in kept} == {(0, each.seal) for each in said}
    assert found(databases) == []


def test_whoever_is_killed_between_noting_and_telling_tells_the_same_head_afterwards(
    compartment: Compartment, databases: dict[str, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(compartment)
    with monkeypatch.context() as broken:
        broken.setattr(heads.anchors, "tell_seal", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            heads.anchor(compartment.base)
    with compartment.base.reading() as session:
        (noted,) = session.scalars(select(SealedHead)).all()
    write(compartment)
    heads.anchor(compartment.base)
    (said,) = (each for each in announced(compartment.base) if isinstance(each, SealedLogAnchored))
    assert (said.seal, said.day, noted.lines) == (heads.seal_of(noted).hex(), noted.day, 1)
    assert found(databases) == []


def test_nobody_tells_of_another_services_sealed_log(databases: dict[str, Database]) -> None:
    event = SealedLogAnchored(log="intake.protection", seal="00" * 32, day=clock.today())
    heard = Heard(event=event, source="training", subscriber="grants", position=1, envelope={})
    with databases["grants"].transaction() as session:
        hear_sealed_log_anchored(session, heard)
        assert session.scalars(select(Anchor)).all() == []


def test_lines_are_hashed_as_they_always_were() -> None:
    told = chain.link(chain.GENESIS, log.content(1, OFFICE, b"line"))
    assert told == hashlib.sha256(bytes(32) + bytes([0] * 7 + [1]) + b"dp3a-kukar\0line").digest()
