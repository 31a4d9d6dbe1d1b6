"""What an office declines goes back to the leading office, which finds another way, by page."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
WHY = "Ia tinggal di perbatasan; kantor provinsi lebih dekat."


def test_a_declined_stage_is_offered_again_to_another_office(desk):
    desk.go("/intake/dinsos/candidates?programme=wrse-kaltim-2023&area=64.02.05")
    village = desk.row().get_by_role("cell").nth(2).inner_text()
    desk.row().get_by_role("checkbox").check()
    desk.press("Buka perjalanan yang dipilih")

    desk.sit("petugas-kukar")
    desk.open_row("/intake/dinsos/referrals", "Verifikasi data", village)
    desk.follow("Tolak")
    desk.press("Kirim kembali")
    assert desk.page.locator("main [aria-invalid=true]").count() >= 2  # neither a reason nor an explanation was given
    desk.fill({"reason": "not-our-area", "explanation": WHY, "suggestion": "offer-elsewhere"})
    desk.press("Kirim kembali")
    desk.says("Belum ada yang dilakukan.", "Tawarkan ke instansi lain")
    desk.press("Ya, tolak")
    desk.says("Rujukan telah dikembalikan kepada pengirimnya.")

    desk.sit("petugas1")
    desk.open_row("/intake/dinsos/journeys?state=stuck", village)
    desk.says("Bukan wilayah kami", WHY, "Tawarkan ke instansi lain")
    desk.follow("Tawarkan lagi")
    desk.fill({"office": "dinsos-kaltim"})
    desk.press("Tawarkan lagi")
    desk.says("Tahap ditawarkan lagi.", "Dinas Sosial Provinsi Kalimantan Timur")
    desk.take_on("intake", "Verifikasi data", village)
    desk.report("memenuhi syarat")
