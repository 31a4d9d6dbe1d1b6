"""Monitoring's web app: wiring only."""

from flask import Flask

from services.monitoring.flow import api as flow_api
from services.monitoring.flow import pages as flow_pages
from services.monitoring.meetings import api as meetings_api
from services.monitoring.meetings import desk as meetings_desk
from services.monitoring.meetings import pages as meetings_pages
from services.monitoring.outcomes import pages as outcome_pages
from services.monitoring.oversight import api as oversight_api
from services.monitoring.oversight import desk as oversight_desk
from services.monitoring.oversight import pages as oversight_pages
from services.monitoring.steering import api as steering_api
from services.monitoring.steering import desk as steering_desk
from services.monitoring.steering import pages as steering_pages
from services.monitoring.visits import api as visit_api
from services.monitoring.visits import pages as visit_pages
from services.monitoring.worker import PARTICIPANT, WORKS
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

WORK = frozenset({"monitoring.visits", "monitoring.graduation", "monitoring.meeting"})
MENU = (
    Link(N_("Dashboard"), "/monitoring/{agency}/dashboard", Permission.FIGURES_READ),
    Link(N_("Programmes"), "/monitoring/{agency}/programmes", Permission.FIGURES_READ),
    Link(N_("Journeys"), "/monitoring/{agency}/journeys", Permission.FIGURES_READ),
    Link(N_("Red list"), "/monitoring/{agency}/red-list", Permission.FIGURES_READ),
    Link(N_("Referrals"), "/monitoring/{agency}/referrals", Permission.REFERRALS_READ, kinds=WORK),
    Link(
        N_("Goods sold without approval"),
        "/monitoring/{agency}/sold-goods",
        Permission.SOLD_GOODS_READ,
        kinds=frozenset({"monitoring.visits"}),
    ),
    Link(N_("Meetings"), "/monitoring/{agency}/meetings", Permission.MEETINGS_READ),
    Link(N_("Tasks"), "/monitoring/{agency}/tasks", Permission.TASKS_READ),
    Link(N_("The coordinator asks"), "/monitoring/{agency}/asks", Permission.TASKS_READ),
    machine_pages.link("monitoring"),
)

WAITING = (
    desk_referrals.source("monitoring", WORKS),
    *meetings_desk.SOURCES,
    *steering_desk.SOURCES,
    *oversight_desk.SOURCES,
)
"""What may wait for one officer here: her start page asks each service."""


def create(database: Database | None = None) -> Flask:
    """The web app of monitoring: its worklist, and the figures of all four services."""
    return create_app(
        "monitoring",
        blueprints=[
            oversight_api.blueprint,
            flow_api.blueprint,
            meetings_api.blueprint,
            steering_api.blueprint,
            visit_api.blueprint,
            referrals_api.blueprint("monitoring", WORKS),
            desk_api.blueprint("monitoring", WAITING),
            guide_api.blueprint("monitoring", WORKS),
            machine_api.blueprint(PARTICIPANT),
        ],
        pages=[
            oversight_pages.pages,
            flow_pages.pages,
            referrals_pages.blueprint("monitoring", WORKS),
            meetings_pages.pages,
            steering_pages.pages,
            visit_pages.templates,
            outcome_pages.templates,
            desk_pages.blueprint("monitoring", WAITING),
            guide_pages.blueprint("monitoring", WORKS),
            machine_pages.blueprint(PARTICIPANT),
        ],
        menu=MENU,
        database=database,
    )
