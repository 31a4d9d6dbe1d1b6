from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from services.intake.registry import commands, files, generate, jobs, queries
from services.intake.registry.models import (
    ContactWish,
    DuplicateReview,
    Household,
    HouseholdMember,
    ImportFile,
    ImportRefusal,
    ImportState,
    Listing,
    Person,
    Residence,
)
from services.intake.registry.rules import UNLESS_SHE_SAYS
from shared.bus.pieces import MOST_TRIES
from shared.kernel import clock
from shared.kernel.errors import Forbidden, NotFound
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.registry.conftest import HEADINGS, MELAYU, TIMBAU, line, officer, sheet
from tests.waiting import wait_until


def count(base, model) -> int:
    with base.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def counts(run):
    return run.created, run.updated, run.unchanged, run.refused


def everyone(base):
    with base.reading() as session:
        return session.scalars(select(Person).order_by(Person.id)).all()


def test_a_row_becomes_a_person_with_household_residence_and_listing(intake_db, bring_in):
    run = bring_in(sheet(line()))
    assert (run.state, counts(run), run.rows_done) == (ImportState.DONE, (1, 0, 0, 0), 1)
    with intake_db.reading() as session:
        found = queries.person_by_nik(session, officer("64.02"), "6402064512909001")
        told = queries.described(session, found)
    assert (told["name"], told["nik"], told["phone"], told["kk"]) == (
        "Siti Aminah",
        "6402064512909001",
        "+6281234567890",
        "6402060101109000",
    )
    assert (told["village"], told["kecamatan"], told["relation"]) == ("Melayu", "Tenggarong", "head")
    assert [(each["registry"], each["snapshot_id"]) for each in told["listings"]] == [("DTKS", run.id)]
    assert [each["address"] for each in told["residences"]] == ["Jl. Mawar 1"]
    assert count(intake_db, ImportFile) == 0


def test_whoever_is_registered_has_a_wish_of_how_to_be_reached_from_the_first_day_on(intake_db, bring_in):
    bring_in(sheet(line()))
    with intake_db.reading() as session:
        wishes = dict(session.execute(select(ContactWish.person_id, ContactWish.wish)).all())
        assert set(wishes) == set(session.scalars(select(Person.id)))
    assert list(wishes.values()) == [UNLESS_SHE_SAYS]
    (her,) = wishes
    with intake_db.transaction() as session:
        commands.note_contact_wishes(session, {her: {"channel": "visit"}})
    bring_in(sheet(line(no_hp="081234567899")))
    with intake_db.reading() as session:
        assert session.get(ContactWish, her).wish == {"channel": "visit"}


def test_aid_that_a_registry_knows_of_is_listed_with_its_dates_and_ends_when_a_file_says_so(intake_db, bring_in):
    bring_in(with_aid(line(), pkh="Ya", bpnt="Ya"))
    bring_in(with_aid(line(), pkh="Tidak", bpnt="Ya"))
    with intake_db.reading() as session:
        found = queries.person_by_nik(session, officer("64.02"), "6402064512909001")
        listed = {each["registry"]: each["until"] is None for each in queries.described(session, found)["listings"]}
        known = queries.known_aid(session, [found.id])[found.id]
    assert listed == {"DTKS": True, "PKH": False, "BPNT": True}
    assert (known["aid"], known["household_aid"], known["household"] is None) == (["BPNT"], ["BPNT"], False)


def with_aid(row: str, *, pkh: str, bpnt: str) -> bytes:
    headings, told = sheet(row).decode().splitlines()
    return f"{headings},pkh,bpnt\n{told},{pkh},{bpnt}\n".encode()


@pytest.mark.parametrize(("remark", "dead"), [("Meninggal 2022", True), ("Ya", True), ("", False), ("Tidak", False)])
def test_death_that_a_list_reports_is_a_caution_for_dukcapil_and_ends_nothing(intake_db, bring_in, remark, dead):
    bring_in(sheet(line()))
    headings, told = sheet(line()).decode().splitlines()
    bring_in(f"{headings},keterangan_meninggal\n{told},{remark}\n".encode())
    (person,) = everyone(intake_db)
    assert ("reported-dead" in person.cautions) == dead
    assert person.died_on is None


def test_nothing_that_names_her_can_be_read_in_the_database(intake_db, bring_in):
    bring_in(sheet(line()))
    with intake_db.engine.connect() as connection:
        for table in (Person, Residence, Household):
            for row in connection.exec_driver_sql(f"SELECT * FROM {table.__tablename__}"):
                plain = repr(row) + " ".join(bytes(each).decode("latin-1") for each in row if isinstance(each, bytes))
                for secret in ("6402064512909001", "Siti", "Mawar", "81234567890", "6402060101109000"):
                    assert secret not in plain


def test_same_import_twice_is_one_import_and_nothing_doubles(intake_db, bring_in):
    content = sheet(line(), line(nik="", name="Rohana"))
    first = bring_in(content)
    assert bring_in(content).id == first.id
    assert count(intake_db, Person) == 2


def test_the_same_file_sent_by_two_at_the_same_moment_is_one_import(intake_db):
    def send():
        with intake_db.transaction() as session:
            return commands.begin_import(session, officer("64.02"), "dinsos", "daftar.csv", content).id

    content = sheet(line())
    with intake_db.transaction() as session, ThreadPoolExecutor(1) as somebody_else:
        first = commands.begin_import(session, officer("64.02"), "dinsos", "daftar.csv", content).id
        session.flush()
        sent = somebody_else.submit(send)
        wait_until(lambda: waits_for_a_lock(intake_db) or sent.done(), "the second one never came")
        session.commit()
        assert sent.result() == first
    assert count(intake_db, ImportFile) == 1


def waits_for_a_lock(base):
    with base.reading() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def test_the_same_rows_in_another_file_double_nothing(intake_db, bring_in):
    rows = [line(), line(nik="", name="Rohana"), line(nik="", name="Rohana")]
    bring_in(sheet(*rows))
    again = bring_in(sheet(*rows, line(nik="6402064512919002", name="Baru", born="05-12-1991")))
    assert counts(again) == (1, 0, 3, 0)
    assert [count(intake_db, each) for each in (Person, Residence, HouseholdMember, Listing)] == [4, 4, 4, 4]


def test_without_a_nik_a_name_alone_makes_nobody_the_same(intake_db, bring_in):
    run = bring_in(sheet(line(nik="", name="Siti"), line(nik="", name="Siti"), line(nik="", name="Siti", born="")))
    assert counts(run) == (3, 0, 0, 0)
    assert [person.nik for person in everyone(intake_db)] == [None, None, None]


def test_what_a_later_file_knows_better_is_taken_over_with_its_dates(intake_db, bring_in):
    with clock.frozen(datetime(2023, 1, 9, 3, tzinfo=UTC)):
        bring_in(sheet(line()))
    with clock.frozen(datetime(2023, 6, 5, 3, tzinfo=UTC)):
        moved = line(area=TIMBAU, alamat="Jl. Pasar 2", no_kk="6402060101109111", no_hp="", dtks="Tidak", p3ke="2")
        run = bring_in(sheet(moved))
    assert counts(run) == (0, 1, 0, 0)
    with intake_db.reading() as session:
        told = queries.described(session, queries.person_by_nik(session, officer("64.02"), "6402064512909001"))
    assert (told["area"], told["phone"], told["kk"]) == (TIMBAU, "+6281234567890", "6402060101109111")
    assert [(each["area"], each["address"], str(each["until"])) for each in told["residences"]] == [
        (TIMBAU, "Jl. Pasar 2", "None"),
        (MELAYU, "Jl. Mawar 1", "2023-06-05"),
    ]
    assert [(each["registry"], str(each["until"])) for each in told["listings"]] == [
        ("DTKS", "2023-06-05"),
        ("P3KE", "None"),
    ]
    assert count(intake_db, HouseholdMember) == 2


@pytest.mark.parametrize("together", [True, False])
def test_a_nik_that_somebody_else_bears_is_kept_out_and_reviewed(intake_db, bring_in, together):
    rows = [line(), line(name="Halimah"), line(name="Rohana", born="06-12-1990")]
    if together:
        run = bring_in(sheet(*rows))
    else:
        bring_in(sheet(rows[0]))
        run = bring_in(sheet(*rows))
    assert run.refused == 2
    assert [person.name for person in everyone(intake_db)] == ["Siti Aminah"]
    with intake_db.reading() as session:
        refused = session.scalars(select(ImportRefusal).order_by(ImportRefusal.row)).all()
        assert [(each.row, each.column, each.reason) for each in refused] == [
            (3, "nik", "nik-of-another"),
            (4, "nik", "nik-of-another"),
        ]
        reviews = session.scalars(select(DuplicateReview).order_by(DuplicateReview.row)).all()
        assert [each.claim["name"] for each in reviews] == ["Halimah", "Rohana"]


@pytest.mark.parametrize(
    ("broken", "column", "reason"),
    [
        ({"nik": "6.40206E+15"}, "nik", "scientific-notation"),
        ({"nik": "640206451290900"}, "nik", "not-sixteen-digits"),
        ({"nik": "6402067902909001"}, "nik", "impossible-nik-date"),
        ({"born": "31-02-1990"}, "tanggal_lahir", "impossible-date"),
        ({"jenis_kelamin": "X"}, "jenis_kelamin", "unknown-word"),
        ({"name": " "}, "nama", "name-missing"),
        ({"area": "64.02.06.9999"}, "id_wilayah", "area-not-found"),
        ({"area": "64.72.01.1001"}, "id_wilayah", "area-not-yours"),
    ],
)
def test_a_row_that_cannot_come_in_is_named_with_its_column_and_reason(intake_db, bring_in, broken, column, reason):
    run = bring_in(sheet(line(nik="", name="Rohana"), line(**broken)))
    assert counts(run) == (1, 0, 0, 1)
    with intake_db.reading() as session:
        (refusal,) = queries.refusals(session, run, None, 10).items
        assert (refusal.row, refusal.column, refusal.reason) == (3, column, reason)
        assert queries.sentence(refusal, "id") != queries.sentence(refusal, "en")


def test_what_can_be_asked_of_her_later_is_a_caution_and_keeps_nobody_out(intake_db, bring_in):
    bring_in(sheet(line(jenis_kelamin="L", born="05-12-1991", no_hp="tidak ada", no_kk="64")))
    (person,) = everyone(intake_db)
    assert person.cautions == [
        "sex-differs-from-nik",
        "birth-date-differs-from-nik",
        "phone-unreadable",
        "kk-unreadable",
    ]


def test_semicolons_and_windows_encoding_are_read_as_well(intake_db, bring_in):
    bring_in(sheet(line(name="Renée")).decode().replace(",", ";").encode("cp1252"))
    bring_in(b"\xef\xbb\xbf" + sheet(line(nik="6402064512919002", name="Zoë")))
    assert sorted(person.name for person in everyone(intake_db)) == ["Renée", "Zoë"]


def test_villages_may_be_given_by_name(intake_db, bring_in):
    bring_in(b"nama,kelurahan,kecamatan,kabupaten\nSiti,Melayu,Tenggarong,Kutai Kartanegara\n")
    assert everyone(intake_db)[0].area == MELAYU


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 a spreadsheet", files.FileUnreadable),
        (b"nik,alamat\n1,2\n", files.ColumnsMissing),
        (HEADINGS.encode() + b"\n", files.FileEmpty),
        (b"", files.ColumnsMissing),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused_at_the_door(intake_db, content, why):
    with intake_db.transaction() as session, pytest.raises(why):
        commands.begin_import(session, officer("64.02"), "dinsos", "x.csv", content)


def test_an_import_goes_on_where_a_crash_stopped_it(intake_db, monkeypatch):
    monkeypatch.setattr(commands, "CHUNK", 40)
    content = generate.registry_file("64.02.06", 100, 3).encode()
    with intake_db.transaction() as session:
        run_id = commands.begin_import(session, officer("64.02"), "dinsos", "x.csv", content).id
    with intake_db.reading() as session:
        file = commands.open_file(session, run_id)
    with intake_db.transaction() as session:
        assert commands.import_next_chunk(session, run_id, file)

    class Crash(Exception):
        pass

    with pytest.raises(Crash), intake_db.transaction() as session:  # noqa: PT012
        commands.import_next_chunk(session, run_id, file)
        raise Crash
    assert count(intake_db, Person) <= 40
    jobs.run_import.run(intake_db, import_id=str(run_id))
    jobs.run_import.run(intake_db, import_id=str(run_id))
    with intake_db.reading() as session:
        run = queries.import_run(session, officer("64.02"), run_id)
    assert (run.state, run.rows_done, sum(counts(run))) == (ImportState.DONE, 100, 100)
    assert count(intake_db, Person) == run.created


def test_an_import_that_stands_still_is_asked_for_again(intake_db, monkeypatch):
    asked = []
    monkeypatch.setattr(type(jobs.run_import), "enqueue", lambda self, **ids: asked.append(ids))
    with clock.frozen(datetime(2023, 1, 9, tzinfo=UTC)), intake_db.transaction() as session:
        run_id = commands.begin_import(session, officer("64.02"), "dinsos", "x.csv", sheet(line())).id
    jobs.resume_imports.ring(intake_db)
    assert asked == [{"import_id": str(run_id)}]


def test_officers_see_only_persons_and_imports_of_their_own(intake_db, bring_in):
    run = bring_in(sheet(line()))
    stranger = officer("64.72", office="dinsos-samarinda")
    with intake_db.reading() as session:
        (person,) = queries.persons(session, officer("64.02"), MELAYU, None, 10).items
        assert queries.persons(session, stranger, None, None, 10).items == []
        with pytest.raises(NotFound):
            queries.person_by_nik(session, stranger, "6402064512909001")
        with pytest.raises(Forbidden):
            queries.person(session, stranger, person.id)
        with pytest.raises(Forbidden):
            queries.persons(session, stranger, "64.02", None, 10)
        with pytest.raises(NotFound):
            queries.import_run(session, stranger, run.id)
        with pytest.raises(NotFound):
            queries.person(session, stranger, uuid4())


def test_only_the_shared_particulars_are_told(intake_db, bring_in):
    bring_in(sheet(line(), line(nik="", name="Rohana", no_hp="")))
    first, second = everyone(intake_db)
    with intake_db.reading() as session:
        told = queries.particulars_of_persons(session, [first.id, second.id], ["name", "phone", "village"])
        assert told == {
            first.id: {"name": "Siti Aminah", "phone": "+6281234567890", "village": "Melayu"},
            second.id: {"name": "Rohana", "village": "Melayu"},
        }
        assert queries.particulars_of_persons(session, [first.id], ["nik", "address"])[first.id] == {
            "nik": "6402064512909001",
            "address": "Jl. Mawar 1",
        }


def stuck(base, monkeypatch):
    """An import whose first piece ends its process each time, as often as it is tried."""
    with base.transaction() as session:
        run_id = commands.begin_import(session, officer("64.02"), "dinsos", "x.csv", sheet(line())).id

    def die(*_):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(commands, "import_next_chunk", die)
        for _ in range(MOST_TRIES):
            with pytest.raises(MemoryError):
                jobs.run_import.run(base, import_id=str(run_id))
        with base.reading() as session:
            assert queries.import_run(session, officer("64.02"), run_id).state is ImportState.WAITING
        jobs.run_import.run(base, import_id=str(run_id))  # tries no more
    return run_id


def test_an_import_that_never_gets_on_fails_and_can_be_started_again(intake_db, monkeypatch):
    run_id = stuck(intake_db, monkeypatch)
    with intake_db.reading() as session:
        assert queries.import_run(session, officer("64.02"), run_id).state is ImportState.FAILED
        assert queries.imports_under_way(session).failed == 1
    asked = []
    monkeypatch.setattr(type(jobs.run_import), "enqueue", lambda self, **ids: asked.append(ids))
    with clock.frozen(clock.now() + timedelta(hours=1)):
        jobs.resume_imports.ring(intake_db)
    assert asked == []  # nobody but a person begins it anew
    app, of_office = web_app("intake", intake_db), an_officer(office="dinsos-kukar", areas=("64.02",))
    address = f"/intake/dinsos/imports/{run_id}"
    browser = Browser(app, of_office)
    assert "Start again" in browser.get(address).text
    assert browser.submit(f"{address}/again").status_code == 303
    assert asked == [{"import_id": str(run_id)}]
    again = app.test_client().post(f"/intake/v1/dinsos/imports/{run_id}/again", headers=bearer(of_office))
    assert (again.status_code, again.json["code"]) == (409, "import-has-not-failed")
    elsewhere = bearer(an_officer(office="dinsos-kaltim"))
    assert app.test_client().post(f"/intake/v1/dinsos/imports/{run_id}/again", headers=elsewhere).status_code == 404
    jobs.run_import.run(intake_db, import_id=str(run_id))
    with intake_db.reading() as session:
        assert queries.import_run(session, officer("64.02"), run_id).state is ImportState.DONE


def test_pieces_that_come_in_count_the_tries_anew(intake_db, monkeypatch):
    monkeypatch.setattr(commands, "CHUNK", 1)
    content = generate.registry_file("64.02.06", MOST_TRIES + 2, 3).encode()
    with intake_db.transaction() as session:
        run_id = commands.begin_import(session, officer("64.02"), "dinsos", "x.csv", content).id
    whole = commands.import_next_chunk

    def one_and_die(session, run, file):
        if not whole(session, run, file):
            return False
        session.commit()
        raise MemoryError

    monkeypatch.setattr(commands, "import_next_chunk", one_and_die)
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(MemoryError):
            jobs.run_import.run(intake_db, import_id=str(run_id))
    jobs.run_import.run(intake_db, import_id=str(run_id))
    with intake_db.reading() as session:
        assert queries.import_run(session, officer("64.02"), run_id).state is ImportState.DONE


ODD = [
    line(),
    line(),
    line(name="Siti Aminah Lain", born="06-12-1990"),
    line(
        nik="6402064512909002", name="Budi", jenis_kelamin="L", born="05-12-1990", hub_kepala_keluarga="Kepala Keluarga"
    ),
    line(nik="", name="Tanpa NIK", alamat="-", no_hp="n/a", dtks="-"),
    line(nik="", name="Tanpa Kartu", no_kk="0000000000000000", p3ke="Ya"),
    line(nik="6.40206E+15", name="Dari Lembar Kerja"),
    line(nik="6402064512909003", name="Jauh Sekali", area="64.72.01.1001"),
    line(nik="6402064512909004", name="Alamat Terpecah", alamat="Jl. Mawar 1, RT 2"),
    line(nik="6402064512909005", name="Anak Tua", born="05-12-1930", hub_kepala_keluarga="Anak"),
    line(nik="6402064512909001", name="Siti Aminah", p3ke="Ya"),
]
"""Rows of which each says something odd: twice the same, a NIK of somebody else, nothing, no card, a cell too many."""


def told_of_everyone(base, runs) -> tuple[object, ...]:
    """All that an import leaves, whatever numbers it was given: people with what is known of them, doubts, refusals."""
    with base.reading() as session:
        people = []
        for each in session.scalars(select(Person)):
            told = queries.described(session, each)
            lists = sorted((one["registry"], one["until"]) for one in told["listings"])
            homes = sorted(one["address"] or "" for one in told["residences"])
            people.append(
                (told["name"], told["nik"], told["kk"], told["relation"], sorted(each.cautions), lists, homes)
            )
        doubts = session.scalar(select(func.count()).select_from(DuplicateReview))
        refused = sorted(map(tuple, session.execute(select(ImportRefusal.column, ImportRefusal.reason))))
    return sorted(people, key=repr), doubts, refused, tuple(sum(each) for each in zip(*map(counts, runs), strict=True))


@pytest.mark.parametrize("chunk", [1, 2, 1000])
@pytest.mark.parametrize("cut", [[], [4], [1, 3, 9]], ids=["one file", "two files", "four files"])
def test_what_a_row_says_depends_on_no_border_of_a_piece_or_a_file(intake_db, bring_in, monkeypatch, chunk, cut):
    monkeypatch.setattr(commands, "CHUNK", 1000)
    whole = told_of_everyone(intake_db, [bring_in(sheet(*ODD), officer("64.02"))])
    with intake_db.engine.begin() as connection:
        connection.execute(text("TRUNCATE person, import_run, household CASCADE"))
    monkeypatch.setattr(commands, "CHUNK", chunk)
    parts = [ODD[begin:end] for begin, end in zip([0, *cut], [*cut, len(ODD)], strict=True)]
    assert told_of_everyone(intake_db, [bring_in(sheet(*part), officer("64.02")) for part in parts]) == whole
