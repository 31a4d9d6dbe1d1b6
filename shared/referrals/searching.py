"""What an officer types into the search of her worklist becomes codes: a number, an area, a programme or a stage.

What she typed goes no further, neither into an address nor into a log: somebody will type a woman's name there,
although a worklist knows none. Particulars are encrypted without a blind index in every service but intake; a person is
searched by name or NIK among intake's persons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared import places
from shared.identity.officer import Officer
from shared.kernel import numbers
from shared.places import areas
from shared.programmes import library
from shared.referrals import api, queries, schemas
from shared.referrals.rules import Tray
from shared.web import forms

LANGUAGES = ("id", "en")
SHORTEST = 3
"""Letters; fewer name half the country."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a worklist has what was typed: the parameters of its address, and whether it is where one looked."""

    parameters: Mapping[str, str]
    is_here: bool


def find(session: Session, officer: Officer, agency: str, typed: str, shown: Mapping[str, str]) -> Found | None:
    """Where what was typed is: in what is shown, else in its tray, else in what is open, else in what is closed.

    `shown` are the parameters of the list that is looked at, which can be read. None where nothing is called so.
    """
    tray = {name: shown[name] for name in ("tray", "state") if name in shown}
    places = [dict(shown), tray, {"tray": Tray.OPEN.value}, {"tray": Tray.CLOSED.value}]
    said = None
    for place in places:
        found = narrowing(session, officer, agency, typed, _read(place))
        if not found:
            continue
        asked = {**place, **found}
        said = said or Found(asked, is_here=True)
        if queries.holds_any(session, officer, agency, _read(asked)):
            return Found(asked, is_here=place == shown)
    return said


def narrowing(
    session: Session, officer: Officer, agency: str, typed: str, shown: queries.Wanted = queries.EVERYTHING
) -> dict[str, str]:
    """The parameters of a worklist's address that find what was typed; none where nothing is called so.

    Stages and programmes are those of what is `shown`.
    """
    words = " ".join(typed.split()).casefold()
    if schemas.AREA_CODE.fullmatch(words) and places.is_known(words):
        return {"area": words}
    if number := numbers.read(words):
        return {"number": number}
    if len(words) < SHORTEST:
        return {}
    stages = queries.stages(session, officer, agency, shown)
    for found in (
        {"area": ",".join(areas.named(words, officer.areas)[: schemas.MOST_AREAS])},
        {"stage": _titled(words, ((stage, _stage_titles(programme, stage)) for programme, stage in stages))},
        {"programme": _titled(words, ((programme, _titles(programme)) for programme, _stage in stages))},
    ):
        if all(found.values()):
            return found
    return {}


def _read(parameters: Mapping[str, str]) -> queries.Wanted:
    return api.narrowed_to(forms.load(schemas.ReferralQuery(), parameters))


def _titled(words: str, candidates: Iterable[tuple[str, Iterable[str]]]) -> str:
    return next((name for name, titles in candidates if any(words in title.casefold() for title in titles)), "")


def _titles(programme: str) -> list[str]:
    titles = [each.title for each in library.versions(programme)]
    return [programme, *(title.to(language) for title in titles for language in LANGUAGES)]


def _stage_titles(programme: str, stage: str) -> list[str]:
    found = [each.stages[stage].title for each in library.versions(programme) if stage in each.stages]
    return [title.to(language) for title in found for language in LANGUAGES] or [stage]
