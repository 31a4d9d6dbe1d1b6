"""Intake's web app: wiring only."""

from flask import Flask

from services.intake.accounts import api as accounts_api
from services.intake.accounts import pages as accounts_pages
from services.intake.acting import api as acting_api
from services.intake.acting import pages as acting_pages
from services.intake.api_keys import api as api_keys_api
from services.intake.api_keys import pages as api_keys_pages
from services.intake.assessments import pages as assessments_pages
from services.intake.audits import api as audits_api
from services.intake.audits import pages as audits_pages
from services.intake.breaches import api as breaches_api
from services.intake.breaches import pages as breaches_pages
from services.intake.bringing_in import api as bringing_in_api
from services.intake.bringing_in import pages as bringing_in_pages
from services.intake.calendars import api as calendars_api
from services.intake.calendars import pages as calendars_pages
from services.intake.changes import api as changes_api
from services.intake.changes import pages as changes_pages
from services.intake.corrections import api as corrections_api
from services.intake.corrections import pages as corrections_pages
from services.intake.disclosures import api as disclosures_api
from services.intake.disclosures import pages as disclosures_pages
from services.intake.eligibility import api as eligibility_api
from services.intake.eligibility import pages as eligibility_pages
from services.intake.groups import api as groups_api
from services.intake.groups import pages as groups_pages
from services.intake.journeys import api as journeys_api
from services.intake.journeys import pages as journeys_pages
from services.intake.limits import api as limits_api
from services.intake.limits import pages as limits_pages
from services.intake.offices import api as offices_api
from services.intake.offices import pages as offices_pages
from services.intake.overview import desk as overview_desk
from services.intake.overview import pages as overview_pages
from services.intake.own_account import api as own_account_api
from services.intake.own_account import pages as own_account_pages
from services.intake.papers import api as papers_api
from services.intake.papers import pages as papers_pages
from services.intake.programmes import api as programmes_api
from services.intake.programmes import pages as programmes_pages
from services.intake.proposals import api as proposals_api
from services.intake.proposals import pages as proposals_pages
from services.intake.protection import api as protection_api
from services.intake.protection import pages as protection_pages
from services.intake.recruitment import api as recruitment_api
from services.intake.recruitment import pages as recruitment_pages
from services.intake.registry import api as registry_api
from services.intake.registry import pages as registry_pages
from services.intake.second_step import api as second_step_api
from services.intake.second_step import pages as second_step_pages
from services.intake.sharing import api as sharing_api
from services.intake.sharing import pages as sharing_pages
from services.intake.signin import api as signin_api
from services.intake.signin import pages as signin_pages
from services.intake.trials import api as trials_api
from services.intake.trials import pages as trials_pages
from services.intake.welcome import api as welcome_api
from services.intake.welcome import pages as welcome_pages
from services.intake.worker import PARTICIPANT, WORKS
from shared.desk import api as desk_api
from shared.desk import pages as desk_pages
from shared.desk import referrals as desk_referrals
from shared.guide import api as guide_api
from shared.guide import pages as guide_pages
from shared.identity.permissions import Permission
from shared.machine import api as machine_api
from shared.machine import pages as machine_pages
from shared.referrals import api as referrals_api
from shared.referrals import pages as referrals_pages
from shared.storage import Database
from shared.web.factory import create_app
from shared.web.messages import N_
from shared.web.navigation import Link

MENU = (
    Link(N_("Referrals"), "/intake/{agency}/referrals", Permission.REFERRALS_READ),
    Link(N_("Journeys"), "/intake/{agency}/journeys", Permission.JOURNEYS_READ),
    Link(N_("Programmes"), "/intake/{agency}/programmes", Permission.PROGRAMMES_READ),
    Link(N_("Persons"), "/intake/{agency}/persons", Permission.REGISTRY_READ),
    Link(N_("Business groups"), "/intake/{agency}/groups", Permission.GROUPS_READ),
    Link(
        N_("Recruitment"),
        "/intake/{agency}/recruitment",
        Permission.RECRUITMENT_READ,
        kinds=frozenset({"intake.recruitment"}),
    ),
    Link(N_("Registry files"), "/intake/{agency}/imports", Permission.REGISTRY_READ),
    overview_pages.MENU,
    Link(N_("Protection"), "/intake/{agency}/protection", Permission.PROTECTION_WORK),
    Link(N_("She asks for a talk"), "/intake/{agency}/protection/ask", Permission.PROTECTION_ASK),
    Link(N_("Requests to read"), "/intake/{agency}/protection/glass", Permission.PROTECTION_BREAK_GLASS),
    offices_pages.MENU,
    calendars_pages.MENU,
    accounts_pages.MENU,
    machine_pages.link("intake"),
)

WAITING = (desk_referrals.source("intake", WORKS), *overview_desk.SOURCES)
"""What may wait for one officer here: her start page asks each service."""


def create(database: Database | None = None) -> Flask:
    """The web app of intake, which also serves the origin's start page and lets officers in."""
    return create_app(
        "intake",
        blueprints=[
            signin_api.blueprint,
            accounts_api.blueprint,
            acting_api.blueprint,
            own_account_api.blueprint,
            api_keys_api.blueprint,
            second_step_api.blueprint,
            referrals_api.blueprint("intake", WORKS),
            registry_api.blueprint,
            eligibility_api.blueprint,
            groups_api.blueprint,
            recruitment_api.blueprint,
            bringing_in_api.blueprint,
            journeys_api.blueprint,
            changes_api.blueprint,
            sharing_api.blueprint,
            disclosures_api.blueprint,
            corrections_api.blueprint,
            breaches_api.blueprint,
            papers_api.blueprint,
            protection_api.blueprint,
            programmes_api.blueprint,
            trials_api.blueprint,
            proposals_api.blueprint,
            audits_api.blueprint,
            limits_api.blueprint,
            calendars_api.blueprint,
            offices_api.blueprint,
            welcome_api.blueprint,
            desk_api.blueprint("intake", WAITING),
            guide_api.blueprint("intake", WORKS),
            machine_api.blueprint(PARTICIPANT),
        ],
        pages=[
            signin_pages.pages,
            accounts_pages.pages,
            acting_pages.pages,
            own_account_pages.pages,
            api_keys_pages.pages,
            second_step_pages.pages,
            referrals_pages.blueprint("intake", WORKS),
            registry_pages.pages,
            assessments_pages.templates,
            groups_pages.pages,
            recruitment_pages.pages,
            eligibility_pages.pages,
            bringing_in_pages.pages,
            journeys_pages.pages,
            changes_pages.pages,
            sharing_pages.pages,
            disclosures_pages.pages,
            corrections_pages.pages,
            breaches_pages.pages,
            papers_pages.pages,
            overview_pages.pages,
            protection_pages.pages,
            programmes_pages.pages,
            trials_pages.pages,
            proposals_pages.pages,
            audits_pages.pages,
            limits_pages.pages,
            calendars_pages.pages,
            offices_pages.pages,
            welcome_pages.pages,
            desk_pages.blueprint("intake", WAITING),
            guide_pages.blueprint("intake", WORKS),
            machine_pages.blueprint(PARTICIPANT),
        ],
        front=[signin_pages.front],
        menu=MENU,
        database=database,
    )
