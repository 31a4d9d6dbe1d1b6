"""Every route is limited as what it costs; what is free, looks for few among many, or works for long, stands here."""

import pytest

from shared.kernel.settings import SERVICES
from shared.web import guard, rates
from shared.web.rates import Rate
from tests.apps import web_app

FREE = {"assets.static_file", "operations.begin_at_the_start", "operations.health", "operations.metrics"}
SEARCH = {
    "registry.search_persons",
    "registry_pages.search_persons",
    "referrals_pages.search",
    "journeys.search_journeys",
    "journey_pages.search_journeys",
    "flow.search_journeys",
    "flow_pages.search_journeys",
}
HEAVY = {
    "registry.begin_import",
    "registry_pages.begin_import",
    "trials.check_file",
    "trials.begin_trial",
    "trials_pages.begin_trial",
    "disclosures.show_dossier",
    "disclosure_pages.show_dossier",
    "papers.show_papers",
    "papers_pages.show_papers",
    "papers_pages.download_paper",
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_the_rate_of_what_it_costs(service: str) -> None:
    app, found = web_app(service), {}
    for rule, method, endpoint in guard.routes(app):
        mark = guard.guard_of(app, endpoint, method)
        is_open = mark is not None and mark.public_because is not None
        reads = method in guard.READING
        if endpoint in FREE:
            expected = Rate.FREE
        elif endpoint in SEARCH:
            expected = Rate.SEARCH
        elif endpoint in HEAVY:
            expected = Rate.HEAVY
        elif is_open:
            expected = Rate.PUBLIC if reads else Rate.SIGN_IN
        else:
            expected = Rate.READ if reads else Rate.WRITE
        if rates.rate_of(app, endpoint, method) is not expected:
            found[f"{method} {rule}"] = rates.rate_of(app, endpoint, method)
    assert found == {}


def test_what_is_named_here_is_there() -> None:
    there = {endpoint for service in SERVICES for _rule, _method, endpoint in guard.routes(web_app(service))}
    assert (FREE | SEARCH | HEAVY) - there == set()
    assert set(rates.DEFAULTS) == set(Rate) - {Rate.FREE}
