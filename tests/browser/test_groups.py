"""A business group is founded, sets out, and is formed by deliberation, by page."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
KUBE = "kube-kaltim-2023"
VILLAGE = "64.02.05.2001"
ROLES = ("chair", "secretary", "treasurer", "member", "member")


def test_five_neighbours_become_a_group(desk, days):
    desk.sit("petugas-kukar")
    desk.go(f"/intake/dinsos/candidates?programme={KUBE}&area={VILLAGE[:8]}")
    neighbours = desk.page.locator("main tbody tr td:first-child").all_inner_texts()[: len(ROLES)]
    desk.go("/intake/dinsos/groups/new")
    desk.fill({"name": "KUBE Etam Maju", "area": VILLAGE, "line_of_business": "Perikanan"})
    desk.press("Buat kelompok")
    desk.says("Kelompok sudah dibuat.")

    desk.go(f"/intake/dinsos/journeys/new?programme={KUBE}")
    desk.row("KUBE Etam Maju").get_by_role("checkbox").check()
    desk.press("Buka perjalanan yang dipilih")
    desk.says("1 perjalanan dibuka.")

    desk.open_row("/intake/dinsos/referrals", "Pembentukan kelompok")
    desk.press("Terima")
    desk.fill({"berita_acara": "BA-1/KUBE", "deliberated_on": days.today})
    for number, (name, role) in enumerate(zip(neighbours, ROLES, strict=True)):
        people = desk.page.locator(f'main select[name="members.{number}.person_id"]')
        person = people.locator("option").filter(has_text=name).first.get_attribute("value")
        desk.fill({f"members.{number}.person_id": person, f"members.{number}.role": role})
    desk.report("terbentuk")
    desk.says("BA-1/KUBE")

    desk.open_row("/intake/dinsos/groups", "KUBE Etam Maju", "Terbentuk", "5")
    desk.says("Ketua", *neighbours)
