"""The figures, asked by a program."""

from typing import Any
from uuid import UUID

from services.monitoring import versions
from services.monitoring.flow import passages, process_map, queries, reach, schemas
from services.monitoring.money import queries as money
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.rates import searching

blueprint = Blueprint("flow", __name__, description="Where everybody is, who owes what, and what the money did")


@blueprint.get("/<agency>/programmes")
@guard(Permission.FIGURES_READ)
@blueprint.response(200, schemas.HeadlinesSchema)
def list_programmes(agency: str) -> dict[str, Any]:
    """How many journeys of each programme are open in your areas, and how the others ended."""
    with door.reading() as session:
        return {"items": queries.headlines(session, door.current_officer())}


@blueprint.get("/<agency>/programmes/<programme_id>/flow")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.VersionQuery, location="query")
@blueprint.response(200, schemas.FlowSchema)
def show_flow(query: dict[str, Any], agency: str, programme_id: str) -> dict[str, Any]:
    """The process map of a programme in numbers: stages, lines between them, who waits for whom, and the funds."""
    programme = versions.asked(programme_id, query["version"])
    officer = door.current_officer()
    with door.reading() as session:
        drawn = process_map.draw(
            programme,
            queries.stage_counts(session, officer, *programme.key),
            passages.lately(session, officer, *programme.key),
        )
        return {
            "programme": programme.id,
            "version": programme.version or None,
            "as_of": clock.now(),
            "stages": [each.counts for each in drawn.stages],
            "edges": drawn.edges,
            "waiting": queries.who_waits_for_whom(session, officer, *programme.key),
            "funds": money.funds(session, money.fund_ids(programme)),
        }


@blueprint.get("/<agency>/journeys")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.JourneyQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.JourneyLineSchema))
def list_journeys(query: dict[str, Any], agency: str) -> paging.Page[queries.JourneyLine]:
    """Journeys in your areas, the latest first, narrowed to a programme, a stage and a state."""
    with door.reading() as session:
        return queries.journeys(session, door.current_officer(), **query)


@blueprint.post("/<agency>/journeys/search")
@guard(Permission.REFERRALS_WORK)
@blueprint.arguments(schemas.NameSought)
@blueprint.arguments(schemas.JourneyQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.NamedLineSchema))
@searching
def search_journeys(given: dict[str, str], query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The journeys of whoever your office was told is called so, narrowed like the list; naming each is a look."""
    officer = door.current_officer()
    with door.transaction() as session:
        query["journey_id"] = naming.journeys_called(session, officer, given["name"], schemas.MOST_NAMED)
        if not query["journey_id"]:
            return paging.Page([], None)
        page = queries.journeys(session, officer, **query)
        names = naming.of_journeys(session, officer, [each.journey.id for each in page.items], "search by name")
        lines = [
            {"journey": each.journey, "owed": each.owed, "name": names[each.journey.id].name} for each in page.items
        ]
        return paging.Page(lines, page.next)


@blueprint.get("/<agency>/journeys/<uuid:journey_id>")
@guard(Permission.FIGURES_READ)
@blueprint.response(200, schemas.StorySchema)
def show_journey(agency: str, journey_id: UUID) -> queries.Story:
    """One journey's whole story over all agencies."""
    with door.reading() as session:
        return queries.story(session, door.current_officer(), journey_id)


@blueprint.get("/<agency>/programmes/<programme_id>/coverage")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.VersionQuery, location="query")
@blueprint.response(200, schemas.CoverageSchema)
def show_coverage(query: dict[str, Any], agency: str, programme_id: str) -> reach.Coverage:
    """Women and kelurahan reached in your areas, by generation of recruitment, towards what the programme names."""
    programme = versions.asked(programme_id, query["version"])
    with door.reading() as session:
        return reach.coverage(session, door.current_officer(), programme)


@blueprint.get("/<agency>/programmes/<programme_id>/unreached")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.VersionQuery, location="query")
@blueprint.response(200, schemas.UnreachedSchema)
def show_unreached(query: dict[str, Any], agency: str, programme_id: str) -> reach.Unreached:
    """The kelurahan of the programme in your areas that have no group, and nobody alone, yet."""
    programme = versions.asked(programme_id, query["version"])
    with door.reading() as session:
        return reach.unreached(session, door.current_officer(), programme)


@blueprint.get("/<agency>/programmes/<programme_id>/survival")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.VersionQuery, location="query")
@blueprint.response(200, schemas.SurvivalSchema)
def show_survival(query: dict[str, Any], agency: str, programme_id: str) -> dict[str, Any]:
    """How many businesses in your areas lived on in the months in which the programme visits them."""
    programme = versions.asked(programme_id, query["version"])
    with door.reading() as session:
        return {"months": reach.survival(session, door.current_officer(), programme)}
