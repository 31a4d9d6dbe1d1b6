"""The numbers of journeys in the databases: `kail_journey_number()` says there what `shared.kernel.numbers` says."""

from uuid import UUID

from sqlalchemy import ColumnElement, Text, func
from sqlalchemy.orm import InstrumentedAttribute

from shared.kernel.numbers import SIZE

NUMBER_FUNCTION = """
CREATE OR REPLACE FUNCTION kail_journey_number(id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lpad((('x' || right(replace(id::text, '-', ''), 12))::bit(48)::bigint % 1000000000)::text, 9, '0') $$
"""


def number_of(journey_id: InstrumentedAttribute[UUID]) -> ColumnElement[str]:
    """The number of the journey in a row, without hyphens; an index on it finds a whole one."""
    return func.kail_journey_number(journey_id, type_=Text)


def numbered(journey_id: InstrumentedAttribute[UUID], number: str) -> ColumnElement[bool]:
    """The rows whose journey has this number, or one that ends so: people read out the last digits."""
    own = number_of(journey_id)
    return own == number if len(number) == SIZE else own.endswith(number, autoescape=True)
