"""Training's web app: wiring only."""

from flask import Flask

from services.training.courses import api as courses_api
from services.training.courses import pages as courses_pages
from services.training.markets import api as fairs_api
from services.training.markets import pages as fairs_pages
from services.training.mentoring import api as mentoring_api
from services.training.mentoring import pages as mentoring_pages
from services.training.placement import api as placement_api
from services.training.placement import pages as placement_pages
from services.training.products import api as products_api
from services.training.products import pages as products_pages
from services.training.worker import PARTICIPANT, WORKS
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

MENTORING = frozenset({"training.mentoring"})
PLACEMENT = frozenset({"training.placement"})
MENU = (
    Link(N_("Referrals"), "/training/{agency}/referrals", Permission.REFERRALS_READ),
    Link(N_("Courses"), "/training/{agency}/courses", Permission.COURSES_READ, kinds=frozenset({"training.course"})),
    Link(N_("Student mentors"), "/training/{agency}/cohorts", Permission.MENTORS_RUN, kinds=MENTORING),
    Link(N_("Cash books"), "/training/{agency}/cash-books", Permission.CASH_BOOKS_READ, kinds=MENTORING),
    Link(N_("Products"), "/training/{agency}/products", Permission.PRODUCTS_READ, frozenset({"training.products"})),
    Link(N_("Fairs"), "/training/{agency}/fairs", Permission.FAIRS_READ, kinds=frozenset({"training.market"})),
    Link(N_("Job training"), "/training/{agency}/batches", Permission.PLACEMENTS_READ, kinds=PLACEMENT),
    Link(N_("Vacancies"), "/training/{agency}/vacancies", Permission.PLACEMENTS_READ, kinds=PLACEMENT),
    machine_pages.link("training"),
)

WAITING = (desk_referrals.source("training", WORKS),)
"""What may wait for one officer here: her start page asks each service."""


def create(database: Database | None = None) -> Flask:
    """The web app of training."""
    return create_app(
        "training",
        blueprints=[
            referrals_api.blueprint("training", WORKS),
            courses_api.blueprint,
            mentoring_api.blueprint,
            products_api.blueprint,
            fairs_api.blueprint,
            placement_api.blueprint,
            desk_api.blueprint("training", WAITING),
            guide_api.blueprint("training", WORKS),
            machine_api.blueprint(PARTICIPANT),
        ],
        pages=[
            referrals_pages.blueprint("training", WORKS),
            courses_pages.pages,
            mentoring_pages.pages,
            products_pages.pages,
            fairs_pages.pages,
            placement_pages.pages,
            desk_pages.blueprint("training", WAITING),
            guide_pages.blueprint("training", WORKS),
            machine_pages.blueprint(PARTICIPANT),
        ],
        menu=MENU,
        database=database,
    )
