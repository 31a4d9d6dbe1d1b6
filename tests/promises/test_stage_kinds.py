"""What programmes may ask for is what the services do: each kind of stage has exactly one slice that does it."""

from importlib import import_module

import pytest
from jinja2 import nodes

from shared.kernel.settings import SERVICES
from shared.programmes import kinds

GIVEN = {"address", "form", "language", "officer", "referral", "rules", "settings", "stage", "words", "work"}
"""What a referral's page gives to the part that a kind of stage has in it."""


def works_of(service):
    return import_module(f"services.{service}.worker").WORKS


@pytest.mark.parametrize("service", SERVICES)
def test_every_kind_of_stage_is_offered_by_exactly_one_work_of_its_service(service):
    asked_by_no_programme = [kinds.DECISION] if service == kinds.DECISION.service else []
    offered = sorted(kind.name for kind in (*kinds.of_service(service), *asked_by_no_programme))
    assert sorted(work.kind for work in works_of(service)) == offered


@pytest.mark.parametrize("service", SERVICES)
def test_every_work_has_its_part_of_the_referrals_page(service, home):
    application = import_module(f"services.{service}.app").create()
    for work in works_of(service):
        assert application.jinja_env.get_template(work.template), work.kind


@pytest.mark.parametrize("service", SERVICES)
def test_no_part_of_the_referrals_page_gives_another_meaning_to_what_the_page_gives_it(service, home):
    environment = import_module(f"services.{service}.app").create().jinja_env
    for work in works_of(service):
        source, _, _ = environment.loader.get_source(environment, work.template)
        named = environment.parse(source).find_all(nodes.Assign)
        assert GIVEN.isdisjoint(each.target.name for each in named if isinstance(each.target, nodes.Name)), work.kind
