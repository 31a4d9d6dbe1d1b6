"""What an officer had typed when her sign-in ended is back in the form after she has signed in again."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
NAME = "KUBE Sinar Contoh"


def test_typed_input_survives_the_end_of_a_sign_in(desk):
    desk.sit("petugas-kukar")
    fill_in(desk)
    desk.page.context.clear_cookies(name="kail")
    # A cookie that is gone tells nobody whose form it was, and then nothing is kept.
    with desk.page.expect_response(lambda answer: answer.status == 401):
        desk.page.get_by_role("button", name="Buat kelompok").click()
    expect(desk.page.locator(".problem")).to_be_visible()
    assert stored(desk) is None
    desk.faults.clear()  # the refusal itself is what this is about


def test_a_form_from_before_another_sign_in_is_filled_in_again(desk):
    desk.sit("petugas-kukar")
    fill_in(desk)
    elsewhere = desk.page.context.new_page()
    elsewhere.goto(f"{desk.address}/")
    elsewhere.locator("header").get_by_role("button", name="Keluar").click()
    elsewhere.locator("[name=username]").fill("petugas-kukar")
    elsewhere.locator("[name=password]").fill(desk.password)
    elsewhere.get_by_role("button", name="Masuk").click()
    expect(elsewhere.locator("main")).to_contain_text("Selamat datang")

    with desk.page.expect_response(lambda answer: answer.status == 400):
        desk.page.get_by_role("button", name="Buat kelompok").click()
    desk.says("Isian Anda disimpan di tab ini")
    assert NAME not in stored(desk)
    desk.faults.clear()  # the refusal itself is what this is about

    desk.follow("Kembali ke halaman tadi")
    desk.says("Isian Anda tadi sudah kembali dan belum terkirim.")
    expect(desk.page.locator("[name=name]")).to_have_value(NAME)
    expect(desk.page.locator("[name=line_of_business]")).to_have_value("Perikanan")
    assert stored(desk) is None

    desk.press("Buat kelompok")
    desk.says("Kelompok sudah dibuat.")
    assert re.search(r"/groups/[0-9a-f-]{36}$", desk.page.url)


def fill_in(desk):
    desk.go("/intake/dinsos/groups/new")
    desk.fill({"name": NAME, "area": "64.02.05.2001", "line_of_business": "Perikanan"})


def stored(desk):
    return desk.page.evaluate("sessionStorage.getItem('kail-kept')")
