"""One woman's whole way through the programme for vulnerable women, by the pages of every agency that meets her.

Nobody touches a mouse: whatever is done here is reached with the Tab key, and shows that it has been reached.
"""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
WRSE = "wrse-kaltim-2023"
KECAMATAN = "64.72.01"
BUDGET = (("Mesin jahit", 1, "unit", 2_000_000), ("Kain", 30, "meter", 30_000))


def test_a_woman_travels_from_the_registry_to_graduation_by_keyboard_alone(keyboard, days):
    desk = keyboard
    open_the_fund(desk)
    village = set_out(desk)
    verify(desk, village)
    propose(desk, village)
    check_the_file(desk, village)
    check_on_the_spot(desk, village, days)
    decide(desk, village, days)
    brief(desk, village, days)
    hand_over(desk, village, days)
    visit(desk, village, days)
    account(desk, village)
    graduate(desk, village)
    read_her_story(desk, village)


def open_the_fund(desk):
    desk.sit("kepala")
    desk.go("/grants/dinsos/funds/new")
    desk.fill({"id": "apbd-kaltim-2023-wrse", "title": "APBD Kaltim 2023: WRSE", "source": "apbd"})
    desk.fill({"budget_year": "2023", "ceiling": "150000000", "ceiling_note": "50 orang x Rp3.000.000"})
    desk.press("Buka dana ini")
    desk.says("Dana sudah dibuka.", "Rp150.000.000")


def set_out(desk):
    """Choose a woman of the kecamatan who would qualify; gives the village she lives in."""
    desk.sit("petugas1")
    desk.go(f"/intake/dinsos/candidates?programme={WRSE}&area={KECAMATAN}")
    village = desk.row().get_by_role("cell").nth(2).inner_text()
    desk.tick(desk.row().get_by_role("checkbox"))
    desk.press("Buka perjalanan yang dipilih")
    desk.says("1 perjalanan dibuka.", village, "Verifikasi data")
    return village


def verify(desk, village):
    desk.sit("petugas-samarinda")
    desk.take_on("intake", "Verifikasi data", village)
    desk.says("Perempuan", "Terpenuhi", "Terdaftar dalam DTKS atau P3KE")
    desk.report("memenuhi syarat")


def propose(desk, village):
    desk.take_on("grants", "Usulan dan RAB", village)
    desk.says("Rp3.000.000")
    for row, (item, quantity, unit, price) in enumerate(BUDGET):
        line = {"item": item, "quantity": quantity, "unit": unit, "unit_price": price}
        desk.fill({f"lines.{row}.{name}": value for name, value in line.items()})
    desk.press("Simpan dulu")
    desk.says("Tersimpan.", "Rp2.900.000")
    desk.fill({"outcome": "submitted"})
    desk.report("diajukan")


def check_the_file(desk, village):
    desk.sit("petugas1")
    desk.take_on("intake", "Pemeriksaan berkas", village)
    desk.says("Rp2.900.000")
    papers = ("identity_cards", "family_cards", "proposal_signed", "budget_complete")
    desk.fill({f"file.{paper}": True for paper in papers})
    desk.report("memenuhi syarat")


def check_on_the_spot(desk, village, days):
    desk.sit("petugas-samarinda")
    desk.take_on("intake", "Pemeriksaan lapangan", village)
    desk.fill({"field.berita_acara": "BA-7/LAP", "field.visited_on": days.today})
    desk.fill({"field.lives_there": True, "field.has_place": True, "field.remarks": "Teras rumah cukup luas."})
    desk.report("memenuhi syarat")


def decide(desk, village, days):
    """An officer prepares the SK, and only the approver can sign it."""
    desk.sit("petugas1")
    desk.take_on("grants", "Keputusan (SK)", village)
    desk.says("Mesin jahit", "Rp150.000.000")
    desk.fill({"verdict": "accepted", "sk_number": "460/7/SK/2023", "sk_date": days.today})
    if desk.page.locator("[name=aid_acknowledged]").count():  # her household has PKH or BPNT
        desk.fill({"aid_acknowledged": "PKH untuk makan sehari-hari, bantuan ini untuk usahanya."})
    desk.press("Simpan dulu")
    desk.sit("pemutus")
    desk.open_row("/grants/dinsos/referrals", "Keputusan (SK)", village)
    desk.says("menunggu tanda tangan")
    desk.report("460/7/SK/2023")


def brief(desk, village, days):
    desk.sit("petugas1")
    desk.go("/training/dinsos/courses/new")
    desk.fill({"title": "Bimbingan teknis Samarinda", "type": "bimtek-wrse", "area": "64.72", "places": "30"})
    desk.fill({"sessions.0.held_on": days.today, "sessions.0.place": "Aula Dinas Sosial"})
    desk.press("Rencanakan kursus")
    desk.says("Kursus telah direncanakan.")
    desk.take_on("training", "Bimbingan teknis", village)
    course = desk.page.locator("main select[name=course_id] option").last.get_attribute("value")
    desk.fill({"course_id": course})
    desk.press("Simpan dulu")
    desk.fill({"attendance.0.present": "true"})
    desk.report("hadir")


def hand_over(desk, village, days):
    desk.take_on("grants", "Serah terima barang (BAST)", village)
    desk.fill({"order.number": "SP-7", "order.vendor": "CV Mahakam Jaya", "order.ordered_on": days.today})
    desk.press("Simpan dulu")
    desk.says("Tersimpan.")
    desk.fill({"deed.number": "BAST-7", "deed.handed_over_on": days.today})
    desk.fill({"deed.witnesses[]": ["Lurah Contoh", "Ketua RT Contoh"]})
    for row, (_, quantity, _, price) in enumerate(BUDGET):
        line = {"condition": "as-agreed", "quantity": quantity, "unit_price": price}
        desk.fill({f"lines.{row}.{name}": value for name, value in line.items()})
    desk.report("Rp2.900.000")


def visit(desk, village, days):
    """Three visits in a year; the stage cannot be closed before the last one."""
    desk.sit("petugas-samarinda")
    desk.take_on("monitoring", "Pemantauan usaha", village)
    here = desk.page.url.removeprefix(desk.address)
    for passed, omzet in ((92, 1_800_000), (92, 2_400_000), (184, 3_200_000)):
        days.pass_by(passed)
        desk.go(here)
        desk.fill({"visited_on": days.today, "omzet": omzet, "profit": omzet // 4})
        desk.fill({"goods": "in-use", "condition": "growing"})
        desk.press("Simpan dulu")
        desk.says("Tersimpan.", f"Rp{omzet:,}".replace(",", "."))
    desk.says("Semua kunjungan sudah dilakukan")
    desk.report("Rp3.200.000")


def account(desk, village):
    desk.sit("petugas1")
    desk.take_on("grants", "Laporan pertanggungjawaban", village)
    for row, (_, quantity, _, price) in enumerate(BUDGET):
        desk.fill({f"lines.{row}.spent": quantity * price, f"lines.{row}.receipt": f"KW-{row + 1}"})
    desk.fill({"outcome": "accepted"})
    desk.report("Rp2.900.000")


def graduate(desk, village):
    """Two people sign, the officer and the head."""
    desk.take_on("monitoring", "Kelulusan", village)
    desk.fill({"verdict": "graduated"})
    desk.press("Simpan dulu")
    desk.says("Petugas Contoh Satu")
    desk.sit("kepala")
    desk.open_row("/monitoring/dinsos/referrals", "Kelulusan", village)
    desk.fill({"verdict": "graduated"})
    desk.report("lulus")


def read_her_story(desk, village):
    """The coordinator, who belongs to none of these agencies, can follow it all; the leading office sees it ended."""
    desk.sit("koordinator")
    desk.open_row(f"/monitoring/bappeda/journeys?programme={WRSE}&state=graduated", village.split(",")[0])
    desk.says("Lulus", "Perjalanan dimulai", "Serah terima barang (BAST)", "Dinas Sosial Kota Samarinda")
    desk.go(f"/monitoring/bappeda/programmes/{WRSE}")
    desk.says("APBD Kaltim 2023: WRSE", "Rp2.900.000")
    desk.sit("petugas1")
    desk.open_row("/intake/dinsos/journeys?state=ended", village)
    desk.says("Berakhir pada")
