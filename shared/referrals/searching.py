"""What an officer types into the search of her worklist becomes codes: a number, an area, a programme or a stage.

What she typed goes no further, neither into an address nor into a log: somebody will type a woman's name there,
although a worklist knows none. Particulars are encrypted without a blind index in every service but intake; a person is
searched by name or NIK among intake's persons.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shared import places
from shared.identity.officer import Officer
from shared.kernel import numbers
from shared.places import areas
from shared.programmes import library
from shared.referrals import queries, schemas

LANGUAGES = ("id", "en")
SHORTEST = 3
"""Letters; fewer name half the country."""


def narrowing(session: Session, officer: Officer, agency: str, typed: str) -> dict[str, str]:
    """The parameters of a worklist's address that find what was typed; none where nothing is called so."""
    words = " ".join(typed.split()).casefold()
    if schemas.AREA_CODE.fullmatch(words) and places.is_known(words):
        return {"area": words}
    if number := numbers.read(words):
        return {"number": number}
    if len(words) < SHORTEST:
        return {}
    stages = queries.counts(session, officer, agency).stages
    for found in (
        {"area": ",".join(areas.named(words, officer.areas)[: schemas.MOST_AREAS])},
        {"stage": _titled(words, ((stage, _stage_titles(programme, stage)) for programme, stage in stages))},
        {"programme": _titled(words, ((programme, _titles(programme)) for programme, _stage in stages))},
    ):
        if all(found.values()):
            return found
    return {}


def _titled(words: str, candidates: Iterable[tuple[str, Iterable[str]]]) -> str:
    return next((name for name, titles in candidates if any(words in title.casefold() for title in titles)), "")


def _titles(programme: str) -> list[str]:
    titles = [each.title for each in library.versions(programme)]
    return [programme, *(title.to(language) for title in titles for language in LANGUAGES)]


def _stage_titles(programme: str, stage: str) -> list[str]:
    found = [each.stages[stage].title for each in library.versions(programme) if stage in each.stages]
    return [title.to(language) for title in found for language in LANGUAGES] or [stage]
