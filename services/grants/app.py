"""Grants' web app: wiring only."""

from flask import Flask

from services.grants.cooperative import api as cooperative_api
from services.grants.cooperative import pages as cooperative_pages
from services.grants.entitlements import api as entitlements_api
from services.grants.entitlements import pages as entitlements_pages
from services.grants.funds import api as funds_api
from services.grants.funds import pages as funds_pages
from services.grants.goods import api as goods_api
from services.grants.goods import pages as goods_pages
from services.grants.loans import api as loans_api
from services.grants.loans import pages as loans_pages
from services.grants.worker import PARTICIPANT, WORKS
from services.grants.zakat import api as zakat_api
from services.grants.zakat import pages as zakat_pages
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

GOODS = frozenset(
    {"grants.goods-proposal", "grants.goods-decision", "grants.goods-hand-over", "grants.goods-accountability"}
)
COOPERATIVES = frozenset({"grants.cooperative"})
MENU = (
    Link(N_("Referrals"), "/grants/{agency}/referrals", Permission.REFERRALS_READ),
    Link(N_("Goods grants"), "/grants/{agency}/grants", Permission.GOODS_READ, GOODS),
    Link(N_("Zakat support"), "/grants/{agency}/zakat", Permission.ZAKAT_READ, frozenset({"grants.zakat"})),
    Link(N_("Cooperatives"), "/grants/{agency}/cooperatives", Permission.COOPERATIVES_READ, COOPERATIVES),
    Link(N_("Loans"), "/grants/{agency}/loans", Permission.LOANS_READ, COOPERATIVES | {"grants.zakat"}),
    Link(N_("Funds"), "/grants/{agency}/funds", Permission.FUNDS_READ),
    Link(N_("Entitlements"), "/grants/{agency}/entitlements", Permission.ENTITLEMENTS_READ),
    machine_pages.link("grants"),
)

WAITING = (desk_referrals.source("grants", WORKS),)
"""What may wait for one officer here: her start page asks each service."""


def create(database: Database | None = None) -> Flask:
    """The web app of grants."""
    return create_app(
        "grants",
        blueprints=[
            referrals_api.blueprint("grants", WORKS),
            goods_api.blueprint,
            zakat_api.blueprint,
            cooperative_api.blueprint,
            loans_api.blueprint,
            funds_api.blueprint,
            entitlements_api.blueprint,
            desk_api.blueprint("grants", WAITING),
            guide_api.blueprint("grants", WORKS),
            machine_api.blueprint(PARTICIPANT),
        ],
        pages=[
            referrals_pages.blueprint("grants", WORKS),
            goods_pages.pages,
            zakat_pages.pages,
            cooperative_pages.pages,
            loans_pages.pages,
            funds_pages.pages,
            entitlements_pages.pages,
            desk_pages.blueprint("grants", WAITING),
            guide_pages.blueprint("grants", WORKS),
            machine_pages.blueprint(PARTICIPANT),
        ],
        menu=MENU,
        database=database,
    )
