"""The start page in a real browser: one list out of four answers, and a service that does not answer is named."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def row(kind, due, what):
    return (
        f'<li class="desk-line" data-rank="{kind}" data-due="{due}"><span class="desk-line-what">'
        f'<a href="/{what}">{what}</a></span></li>'
    )


def part(*rows, late=0, near=0):
    return (
        f'<div data-part data-total="{len(rows)}" data-late="{late}" data-near="{near}"><ol>{"".join(rows)}</ol></div>'
    )


def answering(page, service, body=None, status=200):
    """Let a service answer with this, or fail."""
    page.route(
        f"**/{service}/*/desk", lambda route: route.fulfill(status=status, content_type="text/html", body=body or "")
    )


def test_the_answers_of_all_services_become_one_list(desk):
    page = desk.page
    answering(page, "intake", part(row(3, "2027-02-01T00:00:00Z", "safe"), row(2, "", "undated")))
    answering(page, "grants", part(row(0, "2026-01-02T00:00:00Z", "late"), late=1))
    answering(page, "training", part(row(1, "2026-11-01T00:00:00Z", "near"), near=1))
    answering(page, "monitoring", part(row(0, "2026-01-01T00:00:00Z", "latest"), late=1))
    desk.go("/")
    expect(page.locator("#desk-lines a")).to_have_text(["latest", "late", "near", "undated", "safe"])
    expect(page.locator("[data-says=urgent]")).to_have_text("2 terlambat, 1 mendekati batas, 5 seluruhnya")
    expect(page.locator(".desk-silent:visible")).to_have_count(0)


def test_where_nothing_waits_it_says_so_and_where_nothing_is_urgent(desk):
    page = desk.page
    for service in ("grants", "training", "monitoring"):
        answering(page, service, part())
    answering(page, "intake", part(row(3, "2027-02-01T00:00:00Z", "safe")))
    desk.go("/")
    expect(page.locator("[data-says=calm]")).to_be_visible()
    answering(page, "intake", part())
    desk.go("/")
    expect(page.locator("[data-says=none]")).to_be_visible()


@pytest.mark.parametrize("status", [500, 503, 403, 200])
def test_a_service_that_does_not_answer_is_named_and_nothing_else_is_said_of_it(desk, status):
    page = desk.page
    for service in ("intake", "grants", "monitoring"):
        answering(page, service, part())
    answering(page, "training", "<p>Masuk ke Kail</p>", status)
    desk.go("/")
    expect(page.locator("[data-silent=training]")).to_have_text(
        "Pelatihan tidak menjawab: pekerjaannya tidak ditampilkan."
    )
    expect(page.locator("[data-silent=training]")).to_be_visible()
    expect(page.locator("[data-says=none]")).to_be_hidden()
    desk.faults.clear()  # the fault was ours
