"""Whatever a menu offers somebody may be opened by her, and every page's title says which one it is."""

from importlib import import_module

import pytest

from shared.identity.rules import STAFF, Role
from shared.kernel.settings import SERVICES
from shared.web import guard
from tests.browsing import an_officer
from tests.titles import titles


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", Role)
def test_a_menu_offers_nobody_a_page_that_is_closed_to_her(service, role):
    app = import_module(f"services.{service}.app").create(None)
    addresses, officer = app.url_map.bind("127.0.0.1"), an_officer(role)
    menu = app.extensions["kail"].menu
    for link in (*menu, *(each for one in menu for each in one.beneath)):
        if role not in (link.roles or STAFF):  # a student mentor sees the menu of training alone
            continue
        endpoint, _ = addresses.match(link.at(officer), method="GET")
        assert role in (guard.guard_of(app, endpoint, "GET").roles or STAFF), link.address


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_two_pages_of_a_service_have_one_title(service, language):
    shared = {title: files for title, files in titles(service, language).items() if len(files) > 1}
    assert shared == {}
