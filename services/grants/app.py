"""Grants' web app: wiring only."""

from flask import Flask

from services.grants.funds import api as funds_api
from services.grants.funds import pages as funds_pages
from services.grants.goods import api as goods_api
from services.grants.goods import pages as goods_pages
from services.grants.goods.work import WORKS
from shared.referrals import api as referrals_api
from shared.referrals import pages as referrals_pages
from shared.storage import Database
from shared.web.factory import create_app
from shared.web.messages import N_
from shared.web.navigation import Link

MENU = (
    Link(N_("Referrals"), "/grants/{agency}/referrals"),
    Link(N_("Goods grants"), "/grants/{agency}/grants"),
    Link(N_("Funds"), "/grants/{agency}/funds"),
)


def create(database: Database | None = None) -> Flask:
    """The web app of grants."""
    return create_app(
        "grants",
        blueprints=[referrals_api.blueprint("grants", WORKS), goods_api.blueprint, funds_api.blueprint],
        pages=[referrals_pages.blueprint("grants", WORKS), goods_pages.pages, funds_pages.pages],
        menu=MENU,
        database=database,
    )
