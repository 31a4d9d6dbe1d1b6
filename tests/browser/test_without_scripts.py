"""What an officer does all day also works in a browser that runs no scripts: an old one, or one that lost them."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_referral_is_found_taken_on_and_completed_without_scripts(plain):
    plain.go("/intake/dinsos/candidates?programme=wrse-kaltim-2023&area=64.02.05")
    village = plain.row().get_by_role("cell").nth(2).inner_text()
    plain.row().get_by_role("checkbox").check()
    plain.press("Buka perjalanan yang dipilih")

    plain.sit("petugas-kukar")
    plain.take_on("intake", "Verifikasi data", village)
    plain.report("memenuhi syarat")
    plain.go("/intake/dinsos/referrals?tray=closed")
    assert plain.row("Verifikasi data", village).count()
