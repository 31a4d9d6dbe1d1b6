"""Whatever a menu offers somebody may be opened by her, and every page's title says which one it is."""

from importlib import import_module

import pytest

from shared.identity.permissions import roles_of
from shared.kernel.settings import SERVICES
from shared.web import guard
from tests.browsing import an_officer
from tests.titles import titles


@pytest.mark.parametrize("service", SERVICES)
def test_a_menu_asks_for_the_permission_that_its_page_asks_for(home, service):
    app = import_module(f"services.{service}.app").create(None)
    addresses, officer = app.url_map.bind("127.0.0.1"), an_officer()
    menu = app.extensions["kail"].menu
    for link in (*menu, *(each for one in menu for each in one.beneath)):
        endpoint, _ = addresses.match(link.at(officer), method="GET")
        asked = guard.guard_of(app, endpoint, "GET").permission
        if link.beneath:  # each page beneath has an entry, and a permission, of its own
            assert roles_of(asked) >= frozenset().union(*(roles_of(each.permission) for each in link.beneath))
        else:
            assert asked is link.permission, link.address


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_two_pages_of_a_service_have_one_title(service, language):
    shared = {title: files for title, files in titles(service, language).items() if len(files) > 1}
    assert shared == {}
