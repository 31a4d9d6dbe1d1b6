"""A city with nothing but a code from the terminal comes, by pages alone, to its first referral."""

import re

import pytest

from tests.browser.desk import SCREEN, Desk
from tests.copies import Copy
from tests.servers import own_part
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
AREA = "64.03"
PASSWORD = "tiga kata biasa saja"
OFFICES = {
    "dinsos-contoh": {"agency": "dinsos", "name": "Dinas Sosial Contoh", "registers": True},
    "dp3a-contoh": {"agency": "dp3a", "name": "DP3A Contoh", "registers": False},
}
OFFICERS = {"petugas.contoh": "officer", "kepala.contoh": "head"}


@pytest.fixture
def city(browser, tmp_path):
    """An empty home, with an empty folder of offices and programmes."""
    with own_part() as given:
        copy = Copy(tmp_path / "home", given, made_up=False)
        copy.environment["KAIL_PROGRAMMES"] = str(tmp_path / "programmes")
        try:
            yield copy.up()
        finally:
            copy.end()


@pytest.fixture
def desk(browser, city):
    """One desk; in the end it may have found no fault."""
    context = browser.new_context(locale="id-ID", viewport=SCREEN, accept_downloads=True)
    context.set_default_timeout(PATIENCE * 1000)
    one = Desk(context.new_page(), f"http://127.0.0.1:{city.port}", PASSWORD)
    yield one
    context.close()
    assert one.faults == []


def send_file(desk, path, button):
    desk.page.locator('main input[type="file"]').first.set_input_files(path)
    desk.press(button)


def leave(desk):
    desk.press("Keluar", within="header")


def test_a_city_with_nothing_comes_to_its_first_referral_by_pages_alone(city, desk, tmp_path):
    code = re.search(r"^with the code (\S+)$", city.said, flags=re.MULTILINE)[1]
    desk.go("/intake/signin")
    desk.page.locator("main").get_by_role("link", name="Administrator pertama").click()
    desk.fill({"code": code, "name": "Admin Contoh", "username": "admin.contoh", "password": PASSWORD})
    office = {"name": "Bappeda Contoh", "id": "bappeda-contoh", "agency": "bappeda", "region": AREA, "registers": False}
    desk.fill({f"new_office.{name}": value for name, value in office.items()})
    desk.press("Mulai")
    desk.fill({"username": "admin.contoh", "password": PASSWORD})
    desk.press("Masuk")
    desk.says("Selamat datang")

    for identifier, office in OFFICES.items():
        desk.go("/intake/bappeda/offices/new")
        desk.fill({"id": identifier, "region": AREA, **office})
        desk.press("Tambahkan kantor")
        desk.says(f"{office['name']} sudah ditambahkan.")

    codes = {}
    for username, role in OFFICERS.items():
        desk.go("/intake/bappeda/officers/new")
        desk.fill({"username": username, "name": f"{username.title()}", "office": "dinsos-contoh"})
        desk.page.locator(f'main [name="roles[]"][value="{role}"]').check()
        desk.press("Undang")
        desk.press("Cetak lembar dengan tautan baru")
        codes[username] = desk.page.locator("main .sheet strong.wrapped").inner_text()
    leave(desk)
    for code in codes.values():
        desk.go("/intake/invitation")
        desk.fill({"link": code})
        desk.press("Lanjut")
        desk.fill({"password": PASSWORD, "again": PASSWORD})
        desk.press("Simpan kata sandi ini")

    registry = tmp_path / "registry.csv"
    persons = ("--persons", "60", "--vulnerable-women", "--out", str(registry))
    city.kail("registry", "generate", "--region", AREA, *persons)  # what the city has from its own lists
    desk.go("/intake/signin")
    desk.fill({"username": "petugas.contoh", "password": PASSWORD})
    desk.press("Masuk")
    desk.go("/intake/dinsos/imports")
    send_file(desk, registry, "Impor")
    desk.open_row("/intake/dinsos/imports", "registry.csv", "Selesai")

    desk.sit("kepala.contoh")
    desk.go("/intake/dinsos/trials")
    with desk.page.expect_download() as downloading:
        desk.page.locator("main").get_by_role("link", name="Contoh untuk memulai").click()
    file = tmp_path / "contoh.yaml"
    downloading.value.save_as(file)
    send_file(desk, file, "Periksa dan uji")
    desk.page.get_by_role("button", name="Usulkan untuk diterbitkan").wait_for()
    desk.press("Usulkan untuk diterbitkan")
    desk.says("Menunggu orang kedua")

    desk.sit("admin.contoh")
    desk.open_row("/intake/bappeda/proposals", "menjahit-contoh")
    desk.press("Setujui dan terbitkan")
    desk.says("Program sudah terbit.", "Menjahit Contoh")

    desk.sit("petugas.contoh")
    desk.go("/intake/dinsos/candidates?programme=menjahit-contoh")
    desk.row().get_by_role("checkbox").check()
    desk.press("Buka perjalanan yang dipilih")
    desk.open_row("/intake/dinsos/referrals", "Verifikasi")
    desk.press("Terima")
    desk.says("Ditangani oleh")
