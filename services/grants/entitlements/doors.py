"""What both doors do alike: find what somebody has of aid, and log the look."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.entitlements import queries
from shared.identity.officer import Officer
from shared.kernel import numbers
from shared.privacy import looks
from shared.referrals import naming


def entitlements(session: Session, officer: Officer, asked: Mapping[str, UUID]) -> list[dict[str, Any]]:
    """Every share of aid that these have or had, the latest year first; raises NotFound outside her office's cases."""
    people = queries.people_for(session, officer, **asked)
    looks.log_looks(session, officer, "person", people, "entitlements")
    names = naming.of_people(session, officer, queries.referrals_of(session, people), "entitlements")
    return [
        {
            "number": numbers.of(claim.journey_id),
            "name": names.get(claim.person_id),
            **{name: getattr(case, name) for name in ("programme", "agency", "office")},
            **{name: getattr(claim, name) for name in ("person_id", "journey_id", "kind", "budget_year", "amount")},
            **{name: getattr(claim, name) for name in ("state", "claimed_at", "moved_at")},
        }
        for claim, case in session.execute(queries.claims_of(people))
    ]
