"""How things look on a page: amounts, days and moments as Indonesian offices write them, and what templates may use."""

from collections.abc import Mapping
from datetime import date, datetime
from importlib import metadata
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, gettext, to_user_timezone
from jinja2 import StrictUndefined

from shared import places
from shared.identity import offices
from shared.identity.offices import UnknownOffice
from shared.identity.permissions import Permission
from shared.kernel import clock, numbers
from shared.kernel.ids import new_id
from shared.kernel.money import format_rupiah
from shared.kernel.settings import settings
from shared.web import access, forms, kept, language, navigation, practising, sessions, signing, tables
from shared.web.messages import N_

TEMPLATES = Path(__file__).with_name("templates")
AGENCIES = {
    "dinsos": N_("Social affairs office"),
    "dp3a": N_("Women's empowerment office"),
    "disperindag": N_("Industry and trade office"),
    "koperasi": N_("Cooperatives office"),
    "baznas": "Baznas",
    "distransnaker": N_("Manpower office"),
    "perguruan-tinggi": N_("University"),
    "pengusaha": N_("Entrepreneur"),
    "kelurahan": "Kelurahan",
    "bappeda": "Bappeda",
}
"""What the agency roles of rules.AGENCIES are called; an office's own name stands in its file."""

SHORT = {
    "dinsos": "Dinsos",
    "dp3a": "DP3A",
    "disperindag": "Disperindag",
    "koperasi": "Dinas Koperasi",
    "baznas": "Baznas",
    "distransnaker": "Distransnaker",
    "kelurahan": "Kelurahan",
    "bappeda": "Bappeda",
}
"""What people say for the offices of an agency role, of which a region has one."""


def day(value: date | datetime | None) -> str:
    """A day in full, in the deployment's zone: 17 Agustus 2023."""
    return format_date(value, "d MMMM y") if value else ""


def short_day(value: date | datetime | None) -> str:
    """A day in a list of one line a row: 15 Feb, with its year where that is another."""
    if value is None:
        return ""
    own = to_user_timezone(value) if isinstance(value, datetime) else value
    return format_date(value, "d MMM" if own.year == to_user_timezone(clock.now()).year else "d MMM y")


def iso_day(text: str) -> str:
    """A day that came as JSON, as people write it."""
    return day(date.fromisoformat(text))


def moment(value: datetime | None) -> str:
    """A day and an hour in the deployment's zone: 17 Agu 2023 09.30."""
    return format_datetime(value, "d MMM y, HH.mm") if value else ""


def rupiah(value: int | None) -> str:
    """An amount: Rp15.000.000."""
    return "" if value is None else format_rupiah(value)


def or_english(words: str, english: str | None) -> str:
    """Words that somebody wrote in Indonesian, and perhaps in English as well, for the reader's language."""
    return english if english and language.language() == "en" else words


def number(value: int) -> str:
    """A count, its thousands apart: 6.500."""
    return format_decimal(value)


def query(parameters: Mapping[str, str]) -> str:
    """The parameters of an address, without those that are empty; commas stay, so that it can be read."""
    return urlencode({name: value for name, value in parameters.items() if value}, safe=",")


def office_name(identifier: str) -> str:
    """What an office's letterhead says; its identifier when it is no longer listed."""
    return offices.name_of(identifier)


def office_short(identifier: str) -> str:
    """What an office is called in a list of one line a row, by agency and region: Dinsos Kutai Kartanegara.

    Its name where people have no short one; its identifier when it is no longer listed.
    """
    try:
        office = offices.office(identifier)
    except UnknownOffice:
        return offices.name_of(identifier)
    if office.agency not in SHORT:
        return office.name
    where = area_name(office.region)
    return f"{SHORT[office.agency]} {where.removeprefix('Kabupaten ').removeprefix('Kota ')}"


def area_name(code: str) -> str:
    """An area's official name; its code when today's list does not have it."""
    return places.name_of(code) if places.is_known(code) else code


def agency_name(agency: str) -> str:
    """What an agency role is called."""
    return gettext(AGENCIES[agency]) if agency in AGENCIES else agency


def holds(permission: str) -> bool:
    """Whether whoever looks at the page holds a permission, by its name in the table."""
    officer = sessions.officer_or_none()
    return officer is not None and access.holds(officer, Permission(permission))


def install(app: Flask) -> None:
    """Give an app's templates their words; an unknown name in a template is an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day,
        short_day=short_day,
        iso_day=iso_day,
        moment=moment,
        rupiah=rupiah,
        or_english=or_english,
        number=number,
        query=query,
        journey_number=numbers.of,
        shown_number=numbers.shown,
        office_name=office_name,
        office_short=office_short,
        area_name=area_name,
        agency_name=agency_name,
        labelled=tables.labelled,
    )
    app.jinja_env.globals.update(
        areas_below=places.below,
        blank_form=forms.blank,
        languages=language.LANGUAGES,
        access=access,
        holds=holds,
        navigation=navigation,
        now=clock.now,
        once=lambda: str(new_id()),
        service=app.extensions["kail"].service,
        version=metadata.version("kail"),
        here=kept.page_shown,
        signed_as=signing.signed_as,
        signed_fact=signing.signed_fact,
        practice=practising.sentence,
    )
    app.context_processor(
        lambda: {
            "officer": sessions.officer_or_none(),
            "language": language.language(),
            "is_demonstration": settings().is_demonstration,
            "is_practice": settings().is_practice,
            "practice_url": "" if settings().is_practice else settings().practice_url,
        }
    )
