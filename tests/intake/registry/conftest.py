from uuid import uuid4

import pytest

from services.intake.registry import commands, jobs
from services.intake.registry.models import ImportRun
from shared.identity.officer import Officer
from shared.identity.rules import Role

HEADINGS = "nik,no_kk,nama,jenis_kelamin,tanggal_lahir,hub_kepala_keluarga,alamat,id_wilayah,no_hp,dtks,p3ke"
MELAYU, TIMBAU = "64.02.06.1005", "64.02.06.1004"


def officer(*areas: str, office: str = "dinsos-kukar") -> Officer:
    return Officer(
        id=uuid4(), name="Petugas", office=office, agency="dinsos", roles=frozenset({Role.OFFICER}), areas=areas
    )


def line(nik="6402064512909001", name="Siti Aminah", born="05-12-1990", area=MELAYU, **others) -> str:
    cells = {
        "nik": nik,
        "no_kk": "6402060101109000",
        "nama": name,
        "jenis_kelamin": "P",
        "tanggal_lahir": born,
        "hub_kepala_keluarga": "Kepala Keluarga",
        "alamat": "Jl. Mawar 1",
        "id_wilayah": area,
        "no_hp": "081234567890",
        "dtks": "Ya",
        "p3ke": "Tidak",
    } | others
    return ",".join(cells.values())


def sheet(*lines: str) -> bytes:
    return "\n".join([HEADINGS, *lines]).encode()


@pytest.fixture
def bring_in(intake_db):
    def bring(content: bytes, who: Officer | None = None) -> ImportRun:
        who = who or officer("64.02")
        with intake_db.transaction() as session:
            run_id = commands.begin_import(session, who, "dinsos", "daftar.csv", content).id
        jobs.run_import.run(intake_db, import_id=str(run_id))
        with intake_db.reading() as session:
            return session.get_one(ImportRun, run_id)

    return bring
