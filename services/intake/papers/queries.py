"""The papers as plain values, in both languages: the register, the schedule of keeping, and who is told what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.disclosures.dossier import KNOWN_AID
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from services.intake.papers import retention
from services.intake.papers.activities import Activity, inventory, register
from services.intake.papers.own import Own, Settled
from shared.identity import offices
from shared.identity.offices import Office
from shared.kernel import clock
from shared.places import covers
from shared.privacy import parts
from shared.programmes import kinds
from shared.programmes.definition import NEAREST, Programme, Stage, Text

Plain = dict[str, Any]

SHARING_SOURCE = "the programme's file; assumption: UU 27/2022 (shared/programmes/definition.py)"


def papers(session: Session, own: Own) -> Plain:
    """All papers of this deployment, as things stand today."""
    told = sharing(session)
    return {
        "made_on": clock.today(),
        "controller": own.controller,
        "protection_officer": own.protection_officer,
        "register": [_entry(each, own.activities.get(each.id, Settled()), told) for each in register().activities],
        "retention": list(_schedule()),
        "limits": [
            {"title": _both(each.title), "hours": each.count} | _checked(each.source, each.verified)
            for each in retention.limits()
        ],
        "sharing": told,
    }


def sharing(session: Session) -> list[Plain]:
    """Who is told what of her: each stage of the programmes that are published, or that somebody is still on."""
    return [_told(programme, stage) for programme in running(session) for stage in programme.stages.values()]


def running(session: Session) -> list[Programme]:
    """The newest version of every published programme, and the older ones on which somebody still is."""
    newest = {each.key: each for each in publishing.catalogue(session)}
    on = select(Journey.programme, Journey.version).where(Journey.status == JourneyStatus.OPEN).distinct()
    older = {(programme, version) for programme, version in session.execute(on)} - newest.keys()
    found = {**newest, **(publishing.published(session, older) if older else {})}
    return [found[key] for key in sorted(found)]


def offices_of(programme: Programme, stage: Stage) -> list[Office]:
    """The offices that may be given a stage: the one that the programme names, or all that lie nearest to somebody."""
    pinned = None if stage.office == NEAREST else stage.office or programme.offices.get(stage.agency)
    if pinned is not None and pinned in offices.all_offices():
        chosen = offices.heir_of(offices.office(pinned))
        if chosen.is_open:
            return [chosen]
    around = [each for each in offices.open_offices() if each.agency == stage.agency]
    return sorted(
        each
        for each in around
        if any(covers(each.region, area) or covers(area, each.region) for area in programme.region)
    )


def _told(programme: Programme, stage: Stage) -> Plain:
    kind = kinds.kind(stage.does)
    return {
        "programme": programme.id,
        "version": programme.version,
        "programme_title": _both(programme.title),
        "stage": stage.name,
        "title": _both(stage.title),
        "kind": stage.does,
        "service": kind.service,
        "agency": stage.agency,
        "offices": [each.name for each in offices_of(programme, stage)],
        "fields": [*stage.shares, *([KNOWN_AID] if kind.gives_aid else [])],
        "basis": stage.basis.value,
        "keeps": _both(kind.keeps) if kind.keeps else None,
        **_checked(SHARING_SOURCE, False),
    }


def _entry(activity: Activity, settled: Settled, told: Iterable[Plain]) -> Plain:
    known, tables = register(), register().tables_of(activity)
    columns = [(table, column, how) for table in tables for column, how in inventory()[table].items()]
    categories: dict[str, set[str]] = {}
    for table, column, _ in columns:
        categories.setdefault(known.category(table, column) or "", set()).add(column)
    hows = Counter(how for _, _, how in columns)
    basis = activity.basis
    text, source = (settled.basis, settled.source or "papers.yaml") if settled.basis else (basis.text, basis.source)
    return {
        "id": activity.id,
        "title": _both(activity.title),
        "purpose": _both(activity.purpose),
        "whose": [_both(each) for each in activity.whose],
        "categories": [
            {"id": name, "title": _both(title), "fields": sorted(categories[name])}
            for name, title in known.categories.items()
            if name in categories
        ],
        "receives": activity.receives,
        "recipients": sorted(_recipients(activity, told)),
        "basis": {"text": _both(text), **_checked(source, settled.verified)},
        "stores": sorted({table.partition(".")[0] for table in tables}),
        "tables": tables,
        "protection": [
            {"how": how.partition(":")[0], "key": how.partition(":")[2] or None, "fields": number, "parts": _parts(how)}
            for how, number in sorted(hows.items())
        ],
        "kept": [_rule(rule) for rule in retention.RULES if any(rule.is_for(table) for table in tables)],
        "without_end": _without_end(tables),
        "keeps": _both(settled.keeps) if settled.keeps else None,
    }


def _recipients(activity: Activity, told: Iterable[Plain]) -> set[str]:
    found = {name for each in told if activity.is_for(each["kind"]) for name in each["offices"]}
    for each in offices.open_offices():
        if activity.receives == "every" or (
            (activity.receives == "registering" and each.registers)
            or (activity.receives == "protecting" and each.agency == "dp3a")
        ):
            found.add(each.name)
    return found


def _parts(how: str) -> list[str]:
    """The parts of the deployment that hold the key by which something is closed."""
    key = how.partition(":")[2]
    return [part for part in parts.PARTS if key in parts.kinds_of(part)] if key else []


def _schedule() -> Iterator[Plain]:
    for rule in retention.RULES:
        yield {**_rule(rule), "tables": list(rule.tables)}
    endless = [table for each in register().activities for table in _without_end(register().tables_of(each))]
    text = Text(
        "Tidak ada batas waktu: Kail sendiri tidak menghapusnya.", "No end: Kail erases nothing of it by itself."
    )
    yield {
        "tables": sorted(endless),
        "text": _both(text),
        "length": None,
        "in_numbers": None,
        "constant": None,
        "erases": False,
        "is_endless": True,
    }


def _without_end(tables: Iterable[str]) -> list[str]:
    return [table for table in tables if not any(rule.erases and rule.is_for(table) for rule in retention.RULES)]


def _rule(rule: retention.Rule) -> Plain:
    length = rule.length
    return {
        "text": _both(rule.text),
        "length": length,
        "in_numbers": int(length.total_seconds()) if isinstance(length, timedelta) else length,
        "constant": rule.constant,
        "erases": rule.erases,
        "is_endless": False,
    }


def _checked(source: str, verified: bool) -> Plain:
    return {"source": source, "verified": verified}


def _both(text: Text) -> Plain:
    return {"id": text.id, "en": text.en}
