"""Each number that leads to a list is that of its rows, on every page, by an officer of each role."""

import pytest

from services.simulate.accounts import demo_password
from tests.browser.walking import Pages, walkers
from tests.copies import Copy
from tests.together.numbers import Numbers

pytestmark = pytest.mark.slow

PLACES = {
    "grants: /grants/<agency>/referrals",
    "intake: /intake/<agency>/referrals",
    "monitoring: /monitoring/<agency>/dashboard",
    "monitoring: /monitoring/<agency>/programmes",
    "monitoring: /monitoring/<agency>/programmes/<programme_id>",
    "monitoring: /monitoring/<agency>/referrals",
    "monitoring: /monitoring/<agency>/tasks",
    "training: /training/<agency>/referrals",
}
"""Some of the pages whose numbers have to be compared; a walk that does not come by them proves nothing."""


@pytest.fixture
def copy(tmp_path):
    one = Copy(tmp_path / "home")
    yield one
    one.end()


def test_every_number_is_that_of_the_rows_behind_its_link(copy):
    copy.up()
    copy.kail("simulate", "--speed", "max", "--groups", "4", "--women", "6")
    numbers = Numbers(f"http://127.0.0.1:{copy.port}", demo_password(copy.home), Pages())
    for officer in walkers(thorough=False):
        numbers.walk(officer)
    assert numbers.wrong == []
    assert numbers.places >= PLACES
    assert len(numbers.compared) > 100
