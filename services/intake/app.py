"""Intake's web app: wiring only."""

from flask import Flask

from services.intake.eligibility import api as eligibility_api
from services.intake.eligibility import pages as eligibility_pages
from services.intake.groups import api as groups_api
from services.intake.groups import pages as groups_pages
from services.intake.journeys import api as journeys_api
from services.intake.journeys import pages as journeys_pages
from services.intake.registry import api as registry_api
from services.intake.registry import pages as registry_pages
from services.intake.signin import api as signin_api
from services.intake.signin import pages as signin_pages
from services.intake.worker import WORKS
from shared.identity.rules import Role
from shared.referrals import api as referrals_api
from shared.referrals import pages as referrals_pages
from shared.storage import Database
from shared.web.factory import create_app
from shared.web.messages import N_
from shared.web.navigation import Link

MENU = (
    Link(N_("Journeys"), "/intake/{agency}/journeys", frozenset(journeys_api.LOOKING)),
    Link(N_("Persons"), "/intake/{agency}/persons", frozenset(registry_pages.READERS)),
    Link(N_("Business groups"), "/intake/{agency}/groups", frozenset({Role.OFFICER, Role.HEAD})),
    Link(N_("Registry files"), "/intake/{agency}/imports", frozenset(registry_pages.READERS)),
)


def create(database: Database | None = None) -> Flask:
    """The web app of intake, which also serves the origin's start page and lets officers in."""
    return create_app(
        "intake",
        blueprints=[
            signin_api.blueprint,
            referrals_api.blueprint("intake", WORKS),
            registry_api.blueprint,
            eligibility_api.blueprint,
            groups_api.blueprint,
            journeys_api.blueprint,
        ],
        pages=[
            signin_pages.pages,
            referrals_pages.blueprint("intake", WORKS),
            registry_pages.pages,
            groups_pages.pages,
            eligibility_pages.pages,
            journeys_pages.pages,
        ],
        front=[signin_pages.front],
        menu=MENU,
        database=database,
    )
