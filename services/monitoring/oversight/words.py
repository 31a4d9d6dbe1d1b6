"""What a person reads for the dashboard's figures."""

from flask_babel import format_decimal
from flask_babel import gettext as _

from services.monitoring.oversight.cohorts import GRADUATED
from shared.privacy.cells import FEWEST_SHOWN
from shared.programmes.definition import Programme
from shared.web import language


def cell(count: int | None) -> str:
    """A figure; one that is hidden says why it is."""
    return str(_("<%(number)s", number=FEWEST_SHOWN)) if count is None else format_decimal(count)


def milestone_name(name: str, programme: Programme) -> str:
    """What a stage, or the graduation, is called."""
    stage = programme.stages.get(name)
    if stage is not None:
        return stage.title.to(language.language())
    return str(_("Graduated")) if name == GRADUATED else name


def times(fairness: float) -> str:
    """A multiple of an even share, with the sign for times."""
    return f"{format_decimal(fairness, '0.0')}×"
