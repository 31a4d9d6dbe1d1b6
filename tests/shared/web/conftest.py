"""A small app of our own on intake's real database: a notebook, with a door for programs and one for people."""

from collections.abc import Iterator
from typing import Any

import flask
import pytest
from flask import Flask, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema, validate
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select, text
from sqlalchemy.orm import Session, registry
from werkzeug.wrappers import Response

from shared.identity.permissions import Permission
from shared.kernel import fields
from shared.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from shared.storage import Database
from shared.web import door, forms, paging, posting
from shared.web.api import Blueprint
from shared.web.confirming import Asked
from shared.web.factory import create_app
from shared.web.guard import guard, public, unrecorded
from shared.web.navigation import Link

NOTES = Table("test_note", MetaData(), Column("id", Integer, primary_key=True), Column("words", Text, unique=True))


@registry().mapped
class Note:
    """A line of the notebook."""

    __table__ = NOTES


class NoteTooLoud(Conflict):
    """ "{words}" is too loud for {who}."""

    indonesian = '"{words}" terlalu keras untuk {who}.'


REFUSALS = (NoteTooLoud(words="this", who="us"), Forbidden(), Unauthenticated(), Invalid())


class LineSchema(Schema):
    item = fields.String(required=True)
    quantity = fields.Integer(required=True, validate=validate.Range(min=1))


class NoteSchema(Schema):
    id = fields.Integer(dump_only=True)
    words = fields.String(required=True, validate=validate.Length(max=40))
    lines = fields.List(fields.Nested(LineSchema), load_only=True)


def write(session: Session, words: str) -> Note:
    if words.isupper():
        raise NoteTooLoud(words=words, who="us")
    if words == "empty":
        raise Invalid(errors={"words": [NoteTooLoud(words=words, who="the field")]})
    session.execute(insert(NOTES).values(words=words))
    return session.scalars(select(Note).where(NOTES.c.words == words)).one()


def notebook_api() -> Blueprint:
    """The notebook's door for programs."""
    api = Blueprint("notes", __name__, description="Notes")

    @api.get("/<agency>/notes")
    @guard(Permission.GOODS_READ)
    @api.arguments(paging.PageQuery, location="query")
    @api.response(200, paging.page_of(NoteSchema))
    def list_notes(query: dict[str, Any], agency: str) -> paging.Page[Note]:
        """What has been noted, in order."""
        with door.reading() as session:
            return paging.page(session, select(Note), Note.id, **query)

    @api.post("/<agency>/notes")
    @guard(Permission.TASKS_DO)
    @api.arguments(NoteSchema)
    @api.response(201, NoteSchema)
    def add_note(given: dict[str, Any], agency: str) -> Note:
        """Note something."""
        with door.transaction() as session:
            return write(session, given["words"])

    @api.get("/notes/<int:note_id>")
    @guard(Permission.FIGURES_READ)
    @api.response(200, NoteSchema)
    def one_note(note_id: int) -> Note:
        """One note."""
        with door.reading() as session:
            return session.get_one(Note, note_id)

    @api.post("/write-while-reading")
    @guard(Permission.FIGURES_READ)
    def write_while_reading() -> dict[str, str]:
        """Tries to write through a session that may only look."""
        with door.reading() as session:
            write(session, "never")
        return {}

    _add_views_that_fail(api)
    return api


def _add_views_that_fail(api: Blueprint) -> None:
    @api.post("/unchecked")
    @guard(Permission.FIGURES_READ)
    def unchecked() -> dict[str, str]:
        """Keeps what it was sent without asking a schema."""
        with door.transaction() as session:
            write(session, "kept?")
            session.execute(select(NOTES).where(NOTES.c.id == request.args.get("number", type=int)))
        return {}

    @api.post("/unseen/<path:words>")
    @guard(Permission.FIGURES_READ)
    @unrecorded
    def unseen(words: str) -> dict[str, str]:
        """Breaks where no trace may be left."""
        with door.transaction() as session:
            if words == "data":
                session.execute(select(NOTES).where(NOTES.c.id == 2**40))
        raise RuntimeError(words)

    @api.post("/broken")
    @guard(Permission.FIGURES_READ)
    def broken() -> str:
        """Writes, and then breaks."""
        with door.transaction() as session:
            write(session, "left behind")
        raise RuntimeError("NIK 6402015501900001 is in this text")

    @api.post("/caught")
    @guard(Permission.FIGURES_READ)
    def caught() -> dict[str, str]:
        """Writes, fails, and goes on without what it wrote."""
        try:
            with door.transaction() as session:
                write(session, "undone")
                write(session, "LOUD")
        except NoteTooLoud:
            with door.transaction() as session:
                write(session, "kept")
        return {}

    @api.post("/cut-off/<when>")
    @guard(Permission.FIGURES_READ)
    def cut_off(when: str) -> dict[str, str]:
        """Loses its connection when all its work is done."""
        with door.reading() if when == "reading" else door.transaction() as session:
            if when != "reading":
                write(session, "never")
            mine = session.scalar(text("SELECT pg_backend_pid()"))
            with door.database().engine.connect() as another:
                another.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
            if when == "refusing":
                raise NoteTooLoud(words="this", who="us")
        return {"read": "all"}


def notebook_pages() -> flask.Blueprint:
    """The notebook's door for people."""
    pages = flask.Blueprint("note_pages", __name__, template_folder="templates")

    @pages.get("/<agency>/notes")
    @guard(Permission.GOODS_RUN)
    def page(agency: str, form: forms.Form | None = None, gone: str = "") -> str:
        if gone:
            raise NotFound(what="notebook")
        return render_template("notes.html", form=form or forms.blank())

    @pages.post("/<agency>/notes")
    @guard(Permission.GOODS_RUN)
    @posting.sent_from(page)
    def add(agency: str) -> Response:
        given = forms.load(NoteSchema(), request.form)
        with door.transaction() as session:
            write(session, given["words"])
        return posting.done(_("The note is written."), request.path)

    def ending(agency: str) -> Asked:
        return Asked("You are about to write it for good", [f"“{request.form['words']}” stays."], "Yes, write it")

    @pages.post("/<agency>/notes/for-good")
    @guard(Permission.GOODS_RUN)
    @posting.sent_from(page, asking=ending)
    def add_for_good(agency: str) -> Response:
        return add.__wrapped__(agency)

    @pages.post("/<agency>/notes/untried")
    @guard(Permission.GOODS_RUN)
    @posting.sent_from(page, asking=ending, is_tried=False)
    def add_untried(agency: str) -> Response:
        return add.__wrapped__(agency)

    @pages.post("/<agency>/notes/refuse/<int:number>")
    @pages.post("/<agency>/notes/refuse/<int:number>/<gone>")
    @guard(Permission.GOODS_RUN)
    @posting.sent_from(page)
    def refuse(agency: str, number: int, gone: str = "") -> Response:
        raise REFUSALS[number]

    @pages.get("/gallery")
    @guard(Permission.FIGURES_READ)
    def gallery() -> str:
        wrong = Invalid(errors={"words": ["Wajib diisi."], "decision": ["Pilih salah satu."]})
        return render_template("gallery.html", form=forms.filled({"kind": "fish", "lines.0.price": "15000000"}, wrong))

    @pages.get("/fragment")
    @public("for a test")
    def fragment() -> str:
        return "fragment"

    return pages


@pytest.fixture
def app(intake_db: Database) -> Iterator[Flask]:
    """The notebook's app, with its table."""
    with intake_db.engine.begin() as connection:
        NOTES.metadata.create_all(connection)
        connection.execute(text("TRUNCATE test_note RESTART IDENTITY"))
    menu = [Link("Notes", "/intake/{agency}/notes", Permission.GOODS_RUN)]
    made = create_app("intake", blueprints=[notebook_api()], pages=[notebook_pages()], menu=menu, database=intake_db)
    made.testing = True
    yield made
    with intake_db.engine.begin() as connection:
        NOTES.metadata.drop_all(connection)


def notes(database: Database) -> list[str]:
    """What stands in the notebook."""
    with database.reading() as session:
        return list(session.scalars(select(NOTES.c.words).order_by(NOTES.c.id)))


def how_many(database: Database, table: str) -> int:
    """How many rows a table has."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(text(table))) or 0
