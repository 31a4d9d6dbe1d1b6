"""An officer's account from the invitation to its end, by page: what she had in her hands goes to her office's head."""

import time

import pyotp
import pytest

from services.intake.second_step.rules import STEP
from shared import places
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
OFFICE = "dinsos-samarinda"
KECAMATAN = "64.72.02"
PASSWORD = "tiga kata biasa saja"
HER, HEAD = "dewi.contoh", "kepala.samarinda"
STAGE = "Usulan dan RAB"


def test_an_account_lives_from_its_link_to_its_end_and_leaves_no_referral_with_nobody(desk, sit_down):
    village = set_out(desk)
    desk.sit("admin")
    links = {username: invite(desk, username, role) for username, role in ((HER, "officer"), (HEAD, "head"))}
    her, head = sit_down(), sit_down()
    choose_password(her, links[HER])
    choose_password(head, links[HEAD])

    give_password(her, HER)
    her.says("Selamat datang")
    secret, recovery = set_second_step_up(her)
    her.press("Keluar", within="header")
    give_password(her, HER)
    take_step(her, pyotp.TOTP(secret).at(int(time.time()) + STEP))  # the present one was used up to set it up
    her.says("Selamat datang")

    her.take_on("intake", "Verifikasi data", village)
    her.report("memenuhi syarat")
    her.take_on("grants", STAGE, village)
    referral = her.page.url
    journey = beside(her)

    account = find_account(desk, HER)
    desk.fill({"areas": KECAMATAN})
    desk.press("Simpan")
    desk.says("Tersimpan. Bila haknya berubah, semua sesi yang terbuka telah berakhir.")
    is_out(journey, "the journey in monitoring")
    is_out(her.page, "her referral beside it")
    her.fill({"username": HER, "password": PASSWORD})
    her.press("Masuk")
    take_step(her, recovery)
    assert her.page.url == referral
    her.says("Ditangani oleh")
    journey.reload()
    assert "/monitoring/" in journey.url
    her.go("/intake/account")
    her.says(places.name_of(KECAMATAN))
    her.page.goto(referral)

    desk.page.goto(account)
    desk.page.locator("main summary", has_text="Tutup").click()
    closing = desk.page.locator('main form[action$="/close"]')
    closing.locator('[name="why"]').fill("Pindah ke provinsi lain")
    closing.get_by_role("button", name="Tutup").click()
    desk.press("Ya, tutup akunnya")
    desk.says("Akun ditutup.", "Pindah ke provinsi lain")
    is_out(her.page, "her referral in grants")
    is_out(journey, "the journey beside it")
    is_refused(her)

    give_password(head, HEAD)
    head.open_row("/grants/dinsos/referrals?tray=to-give", STAGE, village)
    assert head.page.url.partition("?")[0] == referral.partition("?")[0]
    head.says("Petugas ini sudah tidak bertugas di kantor ini.")
    head.press("Ambil alih")
    head.says("Sekarang Anda yang menangani rujukan ini.", HEAD)
    head.go("/grants/dinsos/referrals?tray=to-give")
    assert head.row(village).count() == 0
    head.open_row("/grants/dinsos/referrals?tray=mine", STAGE, village)


def set_out(desk):
    """Open a journey that the office of the kecamatan is to verify; gives the village."""
    desk.go(f"/intake/dinsos/candidates?programme=wrse-kaltim-2023&area={KECAMATAN}")
    village = desk.row().get_by_role("cell").nth(2).inner_text()
    desk.tick(desk.row().get_by_role("checkbox"))
    desk.press("Buka perjalanan yang dipilih")
    desk.says(village, "Verifikasi data")
    return village


def invite(desk, username, role):
    """Invite somebody, and read her link off the sheet, where it stands this once."""
    desk.go("/intake/bappeda/officers/new")
    desk.fill({"username": username, "name": f"Nama {username}", "office": OFFICE})
    desk.page.locator(f'main [name="roles[]"][value="{role}"]').check()
    desk.press("Undang")
    account = desk.page.url.removeprefix(desk.address)
    desk.press("Cetak lembar dengan tautan baru")
    link = desk.page.locator("main .sheet span.wrapped").inner_text()
    code = desk.page.locator("main .sheet strong.wrapped").inner_text()
    assert link.endswith(code)
    desk.go(account)
    assert code not in desk.page.content()
    return link


def choose_password(desk, link):
    """Choose the password by the link: looked at ever so often it stays good, and used once it is good no more."""
    for _ in range(2):
        assert desk.page.request.get(link).ok
    desk.go(link.removeprefix(desk.address))
    desk.fill({"password": PASSWORD, "again": PASSWORD})
    desk.press("Simpan kata sandi ini")
    desk.says("Tautannya tidak berlaku lagi")
    assert "sudah dipakai" in desk.page.request.get(link).text()


def give_password(desk, username):
    desk.go("/intake/signin")
    desk.fill({"username": username, "password": PASSWORD})
    desk.press("Masuk")


def set_second_step_up(desk):
    """Set the second step up from her own account; gives its secret and one of the recovery codes."""
    desk.go("/intake/account")
    desk.follow("Langkah kedua: kode dari telepon Anda")
    secret = desk.page.locator("main .sheet code").inner_text()
    desk.fill({"code": pyotp.TOTP(secret).now()})
    desk.press("Pasang")
    recovery = desk.page.locator("main ol code").first.inner_text()
    desk.follow("Lanjut")
    return secret, recovery


def take_step(desk, code):
    assert "/intake/signin/step" in desk.page.url
    desk.fill({"code": code})
    desk.press("Lanjut")


def beside(desk):
    """Open the whole journey of the referral that is open, as another service shows it, in a second tab."""
    tab = desk.page.context.new_page()
    link = desk.page.locator('main a[href^="/monitoring/"]').first
    tab.goto(f"{desk.address}{link.get_attribute('href')}")
    assert "/monitoring/" in tab.url
    return tab


def find_account(desk, username):
    """Open somebody's account from the list of accounts; gives its address."""
    desk.open_row(f"/intake/bappeda/officers?office={OFFICE}", username)
    return desk.page.url


def is_out(page, what):
    """Whoever had the page open is asked to sign in, as soon as its service has heard."""

    def asked():
        page.reload()
        return "/intake/signin" in page.url

    wait_until(asked, f"{what} stayed open")


def is_refused(desk):
    """Her password opens nothing any more; that answer is no fault."""
    desk.fill({"username": HER, "password": PASSWORD})
    assert desk.faults == []
    desk.press("Masuk")
    assert "/intake/signin" in desk.page.url
    assert all("401" in fault for fault in desk.faults)
    desk.faults.clear()
