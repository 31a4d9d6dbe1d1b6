"""How things look on a page: amounts, days and moments as Indonesian offices write them, and what templates may use."""

from datetime import date, datetime
from pathlib import Path

from flask import Flask
from flask_babel import format_date, format_datetime
from jinja2 import StrictUndefined

from shared.identity import offices
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.kernel.money import format_rupiah
from shared.web import forms, language, navigation, sessions

TEMPLATES = Path(__file__).with_name("templates")


def day(value: date | datetime | None) -> str:
    """A day in full, in the deployment's zone: 17 Agustus 2023."""
    return format_date(value, "d MMMM y") if value else ""


def moment(value: datetime | None) -> str:
    """A day and an hour in the deployment's zone: 17 Agu 2023 09.30."""
    return format_datetime(value, "d MMM y, HH.mm") if value else ""


def rupiah(value: int | None) -> str:
    """An amount: Rp15.000.000."""
    return "" if value is None else format_rupiah(value)


def office_name(identifier: str) -> str:
    """What an office's letterhead says; its identifier when it is no longer listed."""
    try:
        return offices.office(identifier).name
    except NotFound:
        return identifier


def install(app: Flask) -> None:
    """Give an app's templates their words; an unknown name in a template is an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=day, moment=moment, rupiah=rupiah, office_name=office_name)
    app.jinja_env.globals.update(
        blank_form=forms.blank,
        languages=language.LANGUAGES,
        navigation=navigation,
        now=clock.now,
        once=lambda: str(new_id()),
        service=app.extensions["kail"].service,
        here=sessions.here,
    )
    app.context_processor(lambda: {"officer": sessions.officer_or_none(), "language": language.language()})
