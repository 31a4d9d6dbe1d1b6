"""Training's web app: wiring only."""

from flask import Flask

from services.training.courses import api as courses_api
from services.training.courses import pages as courses_pages
from services.training.markets import api as fairs_api
from services.training.markets import pages as fairs_pages
from services.training.worker import WORKS
from shared.referrals import api as referrals_api
from shared.referrals import pages as referrals_pages
from shared.storage import Database
from shared.web.factory import create_app
from shared.web.messages import N_
from shared.web.navigation import Link


def create(database: Database | None = None) -> Flask:
    """The web app of training."""
    return create_app(
        "training",
        blueprints=[referrals_api.blueprint("training", WORKS), courses_api.blueprint, fairs_api.blueprint],
        pages=[referrals_pages.blueprint("training", WORKS), courses_pages.pages, fairs_pages.pages],
        menu=[
            Link(N_("Referrals"), "/training/{agency}/referrals"),
            Link(N_("Courses"), "/training/{agency}/courses"),
            Link(N_("Fairs"), "/training/{agency}/fairs"),
        ],
        database=database,
    )
