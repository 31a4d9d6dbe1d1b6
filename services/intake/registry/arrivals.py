"""How a chunk of records becomes persons, all in a few statements: COPY into `arrival`, then one statement per table.

Loading row by row through the ORM was measured at 3,000 rows a second, COPY at 130,000. `arrival` lives as long as the
chunk's transaction. The order of the statements is the order of `settle`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.intake.registry.households import MARK_ARRIVED, limits
from services.intake.registry.models import DuplicateReview, Household, Person
from services.intake.registry.records import Record
from services.intake.registry.rules import UNLESS_SHE_SAYS, Registry, plain_name
from shared.kernel import ids
from shared.privacy.fields import blind_index, blind_indexes, encrypt
from shared.privacy.keys import Kind, keyring
from shared.privacy.renewal import pairs_of, take_over

COLUMNS = {
    "row": "int",
    "id": "uuid",
    "nik": "bytea",
    "nik_index": "bytea",
    "name": "bytea",
    "name_index": "bytea",
    "phone": "bytea",
    "sex": "text",
    "birth_date": "date",
    "marital_status": "text",
    "occupation": "text",
    "pre_prosperous": "boolean",
    "has_business": "boolean",
    "area": "text",
    "cautions": "text",
    "row_index": "bytea",
    "address": "bytea",
    "kk": "bytea",
    "kk_index": "bytea",
    "relation": "text",
    "dtks": "boolean",
    "p3ke": "boolean",
    "pkh": "boolean",
    "bpnt": "boolean",
    "wish": "bytea",
}

CREATE = "CREATE TEMPORARY TABLE arrival ({}, person_id uuid, verdict text) ON COMMIT DROP".format(
    ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
)
COPY = "COPY arrival ({}) FROM STDIN".format(", ".join(f'"{name}"' for name in COLUMNS))

# The first to bring a NIK becomes the person; both unique indexes may say that she is known already.
INSERT_PERSONS = """
INSERT INTO person (id, nik, nik_index, name, name_index, phone, sex, birth_date, marital_status, occupation,
                    pre_prosperous, has_business, area, cautions, row_index, created_at, changed_at)
SELECT DISTINCT ON (coalesce(nik_index, row_index))
       id, nik, nik_index, name, name_index, phone, sex, birth_date, marital_status, occupation,
       pre_prosperous, has_business, area, cautions::jsonb, row_index, :now, :now
FROM arrival ORDER BY coalesce(nik_index, row_index), row
ON CONFLICT DO NOTHING
"""

# The same NIK is the same person only when name and birth date do not contradict it. What is said of a record that was
# merged into another one is said of the one that lives.
JUDGE_BY_NIK = """
UPDATE arrival a SET person_id = coalesce(p.merged_into, p.id), verdict = CASE
    WHEN p.id = a.id THEN 'new'
    WHEN p.name_index <> a.name_index OR p.birth_date <> a.birth_date THEN 'another'
    WHEN p.row_index = a.row_index THEN 'same'
    ELSE 'changed' END
FROM person p WHERE p.nik_index = a.nik_index
"""
# A writing that was decided on before goes to the record that it became then, or to the one under which that lives on.
JUDGE_BY_DECISION = """
UPDATE arrival a SET person_id = coalesce(e.merged_into, e.id),
    verdict = CASE WHEN d.known THEN 'same' ELSE 'changed' END,
    cautions = CASE WHEN coalesce(l.nik_index, e.nik_index) IS NOT NULL THEN a.cautions ELSE
        ('["nik-missing"]'::jsonb || (a.cautions::jsonb - 'sex-differs-from-nik' - 'birth-date-differs-from-nik'
        - 'nik-area-unknown'))::text END
FROM (
    SELECT DISTINCT ON (b.row) b.row, r.entered_id,
           bool_or(r.row_index = b.row_index) OVER (PARTITION BY b.row) AS known
    FROM arrival b JOIN person p ON p.nik_index = b.nik_index
    JOIN duplicate_review r ON r.person_id = p.id AND r.name_index = b.name_index
        AND r.birth_date IS NOT DISTINCT FROM b.birth_date
    WHERE b.verdict = 'another' AND r.state = 'settled' AND r.entered_id IS NOT NULL
    ORDER BY b.row, r.decided_at DESC, r.id DESC
) d
JOIN person e ON e.id = d.entered_id LEFT JOIN person l ON l.id = e.merged_into
WHERE a.row = d.row
"""
JUDGE_BY_ROW = """
UPDATE arrival a SET person_id = coalesce(p.merged_into, p.id),
    verdict = CASE WHEN p.id = a.id THEN 'new' ELSE 'same' END
FROM person p WHERE a.nik_index IS NULL AND p.nik_index IS NULL AND p.row_index = a.row_index
"""
# Where a chunk tells of a person several times, its last row counts.
KEEP_LAST_CHANGE = """
UPDATE arrival a SET verdict = 'same' WHERE verdict = 'changed'
AND EXISTS (SELECT 1 FROM arrival b WHERE b.person_id = a.person_id AND b.verdict = 'changed' AND b.row > a.row)
"""

UPDATE_PERSONS = """
UPDATE person p SET phone = coalesce(a.phone, p.phone), sex = coalesce(a.sex, p.sex),
    birth_date = coalesce(a.birth_date, p.birth_date), marital_status = coalesce(a.marital_status, p.marital_status),
    occupation = coalesce(a.occupation, p.occupation), pre_prosperous = coalesce(a.pre_prosperous, p.pre_prosperous),
    has_business = coalesce(a.has_business, p.has_business), area = a.area, cautions = a.cautions::jsonb,
    changed_at = :now
FROM arrival a WHERE a.verdict = 'changed' AND a.person_id = p.id
"""
# The record that bears the NIK knows its row again, also where it was merged into another one.
REMEMBER_ROWS = """
UPDATE person p SET row_index = a.row_index
FROM arrival a WHERE a.verdict = 'changed' AND p.nik_index = a.nik_index AND p.name_index = a.name_index
AND a.person_id = coalesce(p.merged_into, p.id) AND coalesce(p.birth_date = a.birth_date, true)
"""
REMEMBER_DECIDED = """
UPDATE duplicate_review r SET row_index = a.row_index
FROM arrival a JOIN person p ON p.nik_index = a.nik_index
WHERE a.verdict = 'changed' AND r.person_id = p.id AND r.name_index = a.name_index
AND r.birth_date IS NOT DISTINCT FROM a.birth_date AND r.id = (
    SELECT d.id FROM duplicate_review d WHERE d.person_id = p.id AND d.name_index = a.name_index
    AND d.birth_date IS NOT DISTINCT FROM a.birth_date AND d.state = 'settled'
    ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
)
"""

LEAVE_RESIDENCES = """
UPDATE residence r SET until = :today FROM arrival a
WHERE a.verdict = 'changed' AND r.person_id = a.person_id AND r.until IS NULL AND r.area <> a.area
"""
MEND_RESIDENCES = """
UPDATE residence r SET address = a.address FROM arrival a
WHERE a.verdict = 'changed' AND r.person_id = a.person_id AND r.until IS NULL AND a.address IS NOT NULL
"""
ENTER_RESIDENCES = """
INSERT INTO residence (id, person_id, area, address, since)
SELECT DISTINCT ON (person_id) gen_random_uuid(), person_id, area, address, :today
FROM arrival WHERE verdict IN ('new', 'changed') ORDER BY person_id, row DESC
ON CONFLICT (person_id) WHERE until IS NULL DO NOTHING
"""

# Everybody has a wish from the first day on, so that having one tells nothing.
ENTER_WISHES = """
INSERT INTO contact_wish (person_id, wish, noted_at)
SELECT DISTINCT ON (person_id) person_id, wish, CAST(:now AS timestamptz)
FROM arrival WHERE verdict = 'new' ORDER BY person_id
ON CONFLICT (person_id) DO NOTHING
"""

INSERT_HOUSEHOLDS = """
INSERT INTO household (id, kk, kk_index)
SELECT DISTINCT ON (kk_index) gen_random_uuid(), kk, kk_index
FROM arrival WHERE kk_index IS NOT NULL AND verdict IN ('new', 'changed') ORDER BY kk_index, row
ON CONFLICT (kk_index) DO NOTHING
"""
LEAVE_HOUSEHOLDS = """
UPDATE household_member m SET until = :today FROM arrival a JOIN household h ON h.kk_index = a.kk_index
WHERE a.verdict = 'changed' AND m.person_id = a.person_id AND m.until IS NULL
AND (m.household_id <> h.id OR m.relation <> a.relation)
"""
ENTER_HOUSEHOLDS = """
INSERT INTO household_member (id, person_id, household_id, relation, since)
SELECT DISTINCT ON (a.person_id) gen_random_uuid(), a.person_id, h.id, a.relation, :today
FROM arrival a JOIN household h ON h.kk_index = a.kk_index
WHERE a.verdict IN ('new', 'changed') ORDER BY a.person_id, a.row DESC
ON CONFLICT (person_id) WHERE until IS NULL DO NOTHING
"""

# Every file is a snapshot of the lists it speaks of, also where it says nothing new.
ENTER_LISTINGS = """
INSERT INTO listing (id, person_id, registry_name, snapshot_id, since)
SELECT DISTINCT ON (person_id) gen_random_uuid(), person_id, '{registry}', :run_id, :today
FROM arrival WHERE {column} AND verdict IN ('new', 'changed', 'same') ORDER BY person_id, row DESC
ON CONFLICT (person_id, registry_name) WHERE until IS NULL DO UPDATE SET snapshot_id = excluded.snapshot_id
"""
LEAVE_LISTINGS = """
UPDATE listing l SET until = :today, snapshot_id = :run_id FROM arrival a
WHERE NOT a.{column} AND a.verdict IN ('changed', 'same') AND l.person_id = a.person_id AND l.until IS NULL
AND l.registry_name = '{registry}'
"""
LISTINGS = [
    statement.format(registry=registry.value, column=registry.value.lower())
    for registry in Registry
    for statement in (LEAVE_LISTINGS, ENTER_LISTINGS)
]

JUDGING = (INSERT_PERSONS, JUDGE_BY_NIK, JUDGE_BY_DECISION, JUDGE_BY_ROW, KEEP_LAST_CHANGE)
TAKING_OVER = (
    UPDATE_PERSONS,
    LEAVE_RESIDENCES,
    MEND_RESIDENCES,
    ENTER_RESIDENCES,
    ENTER_WISHES,
    INSERT_HOUSEHOLDS,
    LEAVE_HOUSEHOLDS,
    ENTER_HOUSEHOLDS,
    MARK_ARRIVED,
    *LISTINGS,
)
STATEMENTS = (*JUDGING, REMEMBER_ROWS, REMEMBER_DECIDED, *TAKING_OVER)

# What a review was decided on: the record is somebody of its own, or tells of one that is known.
NEW_BY_DECISION = "UPDATE arrival SET verdict = 'new', person_id = id, row_index = :row_index"
KNOWN_BY_DECISION = "UPDATE arrival SET verdict = 'changed', person_id = :person_id, cautions = :cautions"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record, and how many rows of its file said exactly the same without a NIK before it."""

    record: Record
    repeated: int = 0

    @property
    def row_index(self) -> bytes:
        """By which this very row is known again."""
        return self.row_indexes[0]

    @property
    def row_indexes(self) -> list[bytes]:
        """Under which fingerprints this very row may be known, the current one first."""
        return blind_indexes(f"{self.record.content()}#{self.repeated}", "registry-row")


@dataclass(frozen=True, slots=True)
class Settled:
    """What a chunk came to; `another` are the rows whose NIK somebody else bears, each with that person."""

    created: int
    updated: int
    unchanged: int
    another: dict[int, UUID]


def settle(session: Session, arrivals: Sequence[Arrival], run_id: UUID, today: date, now: datetime) -> Settled:
    """Bring these arrivals into the registry."""
    session.execute(text(CREATE))
    _copy(session, arrivals)
    if keyring().of(Kind.BLIND_INDEX).previous:
        _take_over(session, arrivals)
    session.execute(text("ANALYZE arrival"))
    known = {"run_id": run_id, "today": today, "now": now, **limits()}
    for statement in STATEMENTS:
        session.execute(text(statement), {name: value for name, value in known.items() if f":{name}" in statement})
    counts: dict[str, int] = _pairs(session, "SELECT verdict, count(*) FROM arrival GROUP BY verdict")
    another: dict[int, UUID] = _pairs(session, "SELECT row, person_id FROM arrival WHERE verdict = 'another'")
    session.execute(text("DROP TABLE arrival"))
    return Settled(counts.get("new", 0), counts.get("changed", 0), counts.get("same", 0), another)


def enter(session: Session, record: Record, row_index: bytes, run_id: UUID, today: date, now: datetime) -> UUID:
    """Bring a record that was kept out in as somebody of its own, with all that it says; gives her identifier."""
    return _decided(
        session, record, {"row_index": row_index, "run_id": run_id, "today": today, "now": now}, NEW_BY_DECISION
    )


def tell_of(
    session: Session, record: Record, person_id: UUID, cautions: Sequence[str], run_id: UUID, today: date, now: datetime
) -> None:
    """Take over what a record that was kept out says of somebody who is known; an empty cell erases nothing."""
    known = {"person_id": person_id, "cautions": json.dumps(cautions), "run_id": run_id, "today": today, "now": now}
    _decided(session, record, known, KNOWN_BY_DECISION)


def _decided(session: Session, record: Record, known: Mapping[str, Any], judging: str) -> UUID:
    session.execute(text(CREATE))
    _copy(session, [Arrival(record)])
    known = {**known, **limits()}
    for statement in (judging, INSERT_PERSONS, *TAKING_OVER) if judging is NEW_BY_DECISION else (judging, *TAKING_OVER):
        session.execute(text(statement), {name: value for name, value in known.items() if f":{name}" in statement})
    person_id: UUID = session.scalars(text("SELECT person_id FROM arrival")).one()
    session.execute(text("DROP TABLE arrival"))
    session.expire_all()
    return person_id


def _take_over(session: Session, arrivals: Sequence[Arrival]) -> None:
    """Bring what is known of these arrivals under the current key, so that nobody is entered twice meanwhile."""
    named = {
        (Person.nik_index,): [blind_indexes(each.record.nik, "nik") for each in arrivals if each.record.nik],
        (Person.name_index, DuplicateReview.name_index): [
            blind_indexes(plain_name(each.record.name), "name") for each in arrivals
        ],
        (Person.row_index, DuplicateReview.row_index): [each.row_indexes for each in arrivals],
        (Household.kk_index,): [blind_indexes(each.record.kk, "kk") for each in arrivals if each.record.kk],
    }
    for columns, known in named.items():
        take_over(session, columns, {pair for each in known for pair in pairs_of(each)})


def _pairs(session: Session, statement: str) -> dict[Any, Any]:
    return {row[0]: row[1] for row in session.execute(text(statement))}


def _copy(session: Session, arrivals: Sequence[Arrival]) -> None:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for arrival in arrivals:
            copy.write_row(_values(arrival))


def _values(arrival: Arrival) -> tuple[object, ...]:
    record = arrival.record
    return (
        record.row,
        ids.new_id(),
        _hidden(record.nik),
        blind_index(record.nik, "nik") if record.nik else None,
        encrypt(record.name),
        blind_index(plain_name(record.name), "name"),
        _hidden(record.phone),
        record.sex,
        record.birth_date,
        record.marital_status,
        record.occupation,
        record.pre_prosperous,
        record.has_business,
        record.area,
        json.dumps(record.cautions),
        arrival.row_index,
        _hidden(record.address),
        _hidden(record.kk),
        blind_index(record.kk, "kk") if record.kk else None,
        record.relation,
        *(record.listed.get(registry) for registry in Registry),
        encrypt(json.dumps(UNLESS_SHE_SAYS)),
    )


def _hidden(value: str | None) -> bytes | None:
    return encrypt(value) if value else None
