"""A review loses nothing of what a file said, and a writing of her that was decided on is not asked about again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.intake.changes import commands
from services.intake.registry import queries as registry
from services.intake.registry.models import DuplicateReview, DuplicateState, ImportRun, Person
from services.intake.registry.records import of_claim
from services.intake.registry.rules import Caution
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.people import staff
from tests.intake.registry.conftest import MELAYU, bring_in, officer

__all__ = ["bring_in"]
HEADINGS = (
    "nik,no_kk,nama,jenis_kelamin,tanggal_lahir,hub_kepala_keluarga,alamat,id_wilayah,no_hp,dtks,p3ke,pkh,"
    "status_perkawinan,pekerjaan_utama,prasejahtera,mempunyai_usaha"
)
NIK, KK = "6402064512909001", "6402060101109000"
KNOWN = {"nik": NIK, "nama": "Siti Aminah", "id_wilayah": MELAYU, "tanggal_lahir": "05-12-1990"}
FULL = {
    **KNOWN,
    "nama": "Halimah",
    "no_kk": KK,
    "jenis_kelamin": "P",
    "hub_kepala_keluarga": "Kepala Keluarga",
    "alamat": "Jl. Mawar 1",
    "no_hp": "081234567890",
    "dtks": "Ya",
    "p3ke": "3",
    "pkh": "Ya",
    "status_perkawinan": "Cerai Mati",
    "pekerjaan_utama": "Ibu Rumah Tangga",
    "prasejahtera": "Ya",
    "mempunyai_usaha": "Tidak",
}
OFFICER = officer("64.02")
Bring = Callable[[bytes], ImportRun]


def sheet(*rows: dict[str, str]) -> bytes:
    names = HEADINGS.split(",")
    return "\n".join([HEADINGS, *(",".join(row.get(name, "") for name in names) for row in rows)]).encode()


def reviews(base: Database, state: DuplicateState = DuplicateState.OPEN) -> list[DuplicateReview]:
    with base.reading() as session:
        found = select(DuplicateReview).where(DuplicateReview.state == state).order_by(DuplicateReview.id)
        return list(session.scalars(found))


def decide(base: Database, same: bool) -> UUID:
    (review,) = reviews(base)
    with base.transaction() as session:
        return commands.settle_review(session, OFFICER, review.id, same=same, evidence="Surat Dukcapil 470/1").id


def told(base: Database, person: UUID) -> dict[str, Any]:
    with base.reading() as session:
        found = registry.described(session, session.get_one(Person, person))
    names = ("kk", "relation", "marital_status", "occupation", "pre_prosperous", "has_business", "phone", "sex")
    said = {name: found[name] for name in names}
    return said | {"lists": sorted(each["registry"] for each in found["listings"] if each["until"] is None)}


ALL = {
    "kk": KK,
    "relation": "head",
    "marital_status": "widowed",
    "occupation": "housewife",
    "pre_prosperous": True,
    "has_business": False,
    "phone": "+6281234567890",
    "sex": "female",
    "lists": ["DTKS", "P3KE", "PKH"],
}


@pytest.mark.parametrize("same", [True, False])
def test_a_decided_review_loses_nothing_that_the_file_said(intake_db: Database, bring_in: Bring, same: bool) -> None:
    bring_in(sheet(KNOWN, FULL))
    entered = decide(intake_db, same)
    assert told(intake_db, entered) == ALL
    (known,) = [each for each in everybody(intake_db) if each.nik is not None]
    assert told(intake_db, known.id) == (ALL if same else dict.fromkeys(ALL) | {"lists": []})
    with intake_db.reading() as session:
        record = session.get_one(Person, entered)
    assert (record.nik, record.merged_into) == (None, known.id if same else None)
    assert record.cautions == ["nik-missing"]


def everybody(base: Database) -> list[Person]:
    with base.reading() as session:
        return list(session.scalars(select(Person).order_by(Person.id)))


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize(
    ("next_row", "counts"),
    [
        ({}, (0, 0, 1)),
        ({"no_hp": "081234567899"}, (0, 1, 0)),
        ({"nama": "HALIMAH"}, (0, 0, 1)),
        ({"pkh": "Tidak"}, (0, 1, 0)),
    ],
    ids=["the same row", "another phone", "another spelling of the same letters", "off a list"],
)
def test_the_next_list_is_taken_in_and_not_asked_about_again(
    intake_db: Database, bring_in: Bring, same: bool, next_row: dict[str, str], counts: tuple[int, int, int]
) -> None:
    bring_in(sheet(KNOWN, FULL))
    entered = decide(intake_db, same)
    run = bring_in(sheet(FULL | next_row | {"alamat": "Jl. Mawar 1"}, {**KNOWN, "nik": "6402064512909002"}))
    assert (run.created - 1, run.updated, run.unchanged, run.refused) == (*counts, 0)
    assert reviews(intake_db) == []
    with intake_db.reading() as session:
        lives = registry.living(session, entered).id
    now = told(intake_db, lives)
    assert now["phone"] == ("+6281234567899" if "no_hp" in next_row else ALL["phone"])
    assert now["lists"] == (["DTKS", "P3KE"] if "pkh" in next_row else ALL["lists"])


@pytest.mark.parametrize(
    "other", [{"nama": "Rohana"}, {"tanggal_lahir": "06-12-1990"}, {"tanggal_lahir": ""}, {"nama": "Hj. Halimah"}]
)
def test_another_writing_is_asked_about(intake_db: Database, bring_in: Bring, other: dict[str, str]) -> None:
    bring_in(sheet(KNOWN, FULL))
    decide(intake_db, same=False)
    assert bring_in(sheet(FULL | other)).refused == 1
    assert len(reviews(intake_db)) == 1


def test_one_writing_has_one_open_review_which_knows_the_latest_row(intake_db: Database, bring_in: Bring) -> None:
    bring_in(sheet(KNOWN, FULL, FULL | {"no_hp": "081234567891"}))
    bring_in(sheet(FULL | {"no_hp": "081234567892"}))
    (review,) = reviews(intake_db)
    assert review.claim["phone"] == "+6281234567892"


def test_what_is_newer_of_her_is_not_overwritten_by_an_old_claim(intake_db: Database, bring_in: Bring) -> None:
    bring_in(sheet(KNOWN, FULL))
    bring_in(sheet(KNOWN | {"no_hp": "081234567777"}))
    decide(intake_db, same=True)
    (known,) = [each for each in everybody(intake_db) if each.nik is not None]
    now = told(intake_db, known.id)
    assert (now["phone"], now["marital_status"]) == ("+6281234567777", "widowed")


def test_a_claim_of_an_earlier_release_says_what_it_said() -> None:
    old = {"name": "Halimah", "area": MELAYU, "sex": "female", "birth_date": None, "address": None, "phone": None}
    record = of_claim(old)
    assert (record.name, record.kk, record.listed, record.cautions) == ("Halimah", None, {}, (Caution.NIK_MISSING,))


def test_decided_pairs_are_listed_with_who_decided(intake_db: Database, bring_in: Bring) -> None:
    bring_in(sheet(KNOWN, FULL))
    with intake_db.transaction() as session:
        who = staff(session, "dinsos-kukar")
        who_id, who_name = who.id, who.name
    (review,) = reviews(intake_db)
    deciding = replace(officer("64.02"), id=who_id)
    with intake_db.transaction() as session:
        commands.settle_review(session, deciding, review.id, same=False, evidence="Surat Dukcapil 470/1")
    app = web_app("intake", intake_db)
    (listed,) = app.test_client().get("/intake/v1/dinsos/duplicates/decided", headers=bearer(deciding)).json["items"]
    assert (listed["same"], listed["decided_by_name"], listed["evidence"]) == (False, who_name, "Surat Dukcapil 470/1")
    assert (listed["claim"]["kk"], listed["claim"]["listed"]["PKH"]) == (KK, True)
    browser = Browser(app, deciding)
    assert "/intake/dinsos/duplicates/decided" in browser.get("/intake/dinsos/duplicates").text
    page = browser.get("/intake/dinsos/duplicates/decided").text
    assert "Halimah" in page
    assert who_name in page
    assert NIK not in page
    elsewhere = officer("52.71", office="dinsos-mataram")
    assert "Halimah" not in Browser(app, elsewhere).get("/intake/dinsos/duplicates/decided").text
