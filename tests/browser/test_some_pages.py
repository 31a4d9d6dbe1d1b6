"""A sample of what `make long` walks through whole: one officer of each role, from link to link, and one page in a few
opened in the browser."""

import pytest

from shared.identity.rules import Role
from tests.browser.walking import Pages, Referrals, Walk, walkers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def walk(home, browser, kail):
    """The pages of whoever works there now, after the other tests of this Kail."""
    password = (kail.home / "demo-password").read_text()
    referrals = Referrals(kail.home)
    referrals.read()
    one = Walk(browser, f"http://127.0.0.1:{kail.port}", password, Pages(), referrals, thorough=False)
    for officer in (None, *walkers(thorough=False)):
        window = one.sign_in(officer)
        window.roam()
        window.close()
    return one


def test_no_page_of_the_sample_has_a_fault(walk):
    assert len(walk.routes()) >= 10
    told = [f"{fault}\n    {len(where)}: {'; '.join(where[:3])}" for fault, where in sorted(walk.faults.items())]
    assert not told, "\n".join(told)


def test_every_role_but_the_auditor_whom_a_demonstration_lacks_finds_its_way_in(walk):
    assert walk.met_by == set(Role) - {Role.AUDITOR}
