"""What both doors of dry runs do alike: read the file or find the published programme, store the run, ask for it."""

from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.journeys import publishing
from services.intake.trials import commands, jobs
from services.intake.trials.models import ProgrammeTrial
from services.intake.trials.rules import LARGEST_FILE, FileUnreadable, NothingToTry
from shared import places
from shared.identity.officer import Officer
from shared.kernel import storable
from shared.programmes import apart
from shared.programmes.definition import Programme
from shared.web import door

EXAMPLE = Path(__file__).with_name("example.yaml")


def begin(
    text: str | None, file_name: str | None = None, programme: str | None = None, version: int | None = None
) -> ProgrammeTrial:
    """Store the dry run of a file's text or of a published programme, and ask for it; raises ProgrammeInvalid."""
    file_name = storable.plain_name(file_name) or None
    with door.transaction() as session:
        wanted = _wanted(session, text, file_name, programme, version)
        run = commands.begin_trial(session, door.current_officer(), wanted, file_name if text else None)
        jobs.try_programme.enqueue_after_commit(session, trial_id=str(run.id))
        return run


def example_for(officer: Officer) -> str:
    """The made-up programme of docs/adding-a-programme.md, for the area of an officer."""
    own = officer.areas[0]
    kabupaten = ".".join(own.split(".")[:2]) if "." in own else places.children(own)[0].code
    other = "64.02" if kabupaten.startswith("11") else "11.01"
    text = EXAMPLE.read_text(encoding="utf-8")
    return text.replace("64.02", other).replace("35.73", kabupaten)


def start_again(trial_id: UUID) -> ProgrammeTrial:
    """Go on with a dry run that has failed."""
    with door.transaction() as session:
        run = commands.start_again(session, door.current_officer(), trial_id)
        jobs.try_programme.enqueue_after_commit(session, trial_id=str(run.id))
        return run


def as_text(content: bytes) -> str:
    """An uploaded file as text; raises FileUnreadable."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadable().at("file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable().at("file") from None


def _wanted(
    session: Session, text: str | None, file_name: str | None, programme: str | None, version: int | None
) -> Programme:
    if text:
        return apart.read(text, file_name or "the text")
    if programme:
        return publishing.newest(session, programme, version)
    raise NothingToTry().at("file")
