"""What pages call the parts of a failure, and the notice itself, in either language."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale, gettext

from services.intake.breaches.rules import Cause, DataKind, Measure, Scope, Way
from shared.referrals.words import place, programme_title
from shared.web import showing
from shared.web.messages import N_

DATA = {
    DataKind.IDENTITY: N_("name, NIK and birth date"),
    DataKind.FAMILY: N_("family card and household"),
    DataKind.CONTACT: N_("phone and address"),
    DataKind.LISTS: N_("lists on which you stand (DTKS, P3KE, PKH, BPNT)"),
    DataKind.JOURNEY: N_("programmes and stages"),
    DataKind.AID: N_("aid that you received"),
    DataKind.BUSINESS: N_("your business and its books"),
}
CAUSES = {
    Cause.LOST: N_("A device or papers were lost"),
    Cause.STOLEN: N_("A device or papers were stolen"),
    Cause.WRONG_RECIPIENT: N_("Data was sent to somebody for whom it was not meant"),
    Cause.UNAUTHORISED: N_("Somebody looked at data who may not"),
    Cause.PUBLISHED: N_("Data became public"),
    Cause.BROKEN_INTO: N_("A system was broken into"),
    Cause.DESTROYED: N_("Data was destroyed or changed"),
}
MEASURES = {
    Measure.ACCESS_CLOSED: N_("The access was closed"),
    Measure.PASSWORDS_CHANGED: N_("Passwords were changed"),
    Measure.BROUGHT_BACK: N_("Device or papers were brought back"),
    Measure.DELETED_THERE: N_("Whoever had received the data confirmed that it is deleted"),
    Measure.RESTORED: N_("The data was restored from a backup"),
    Measure.REPORTED: N_("It was reported to the police"),
}
SCOPES = {Scope.PERSONS: N_("By NIK"), Scope.PROGRAMME: N_("By programme"), Scope.AREA: N_("By kecamatan")}
WAYS = {
    Way.LETTER: N_("By letter"),
    Way.PHONE: N_("By phone"),
    Way.MESSAGE: N_("By message"),
    Way.VISIT: N_("By a visit"),
    Way.AT_OFFICE: N_("At the office"),
    Way.TRUSTED_PERSON: N_("Through a person she trusts"),
}


OTHER_WAYS = {
    "never": N_("She comes herself"),
    "village-office": N_("Through the kelurahan or village office"),
    "through-office": N_("Only through an office"),
}
"""Ways in which somebody wishes to be reached that are no way of telling her."""


def offered(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Words as a form offers them."""
    return [(each.value, gettext(name)) for each, name in words.items()]


def data(kinds: list[str]) -> str:
    """Kinds of data in words."""
    return "; ".join(gettext(DATA[DataKind(each)]) for each in kinds)


def cause(which: Cause) -> str:
    """How it came about, in words."""
    return gettext(CAUSES[which])


def measures(kinds: list[str]) -> list[str]:
    """What is done about it, in words."""
    return [gettext(MEASURES[Measure(each)]) for each in kinds]


def way(which: Way) -> str:
    """How somebody was told, in words."""
    return gettext(WAYS[which])


def scope(found: Mapping[str, Any]) -> str:
    """Whom it concerns, in words."""
    if found["scope"] is Scope.PROGRAMME:
        return programme_title(found["scope_value"])
    return place(found["scope_value"]) if found["scope"] is Scope.AREA else gettext(SCOPES[Scope.PERSONS])


def wish(said: Mapping[str, Any] | None) -> str:
    """How somebody wishes to be reached, in a line; nothing where she has not said."""
    if not said:
        return ""
    told = [gettext(OTHER_WAYS.get(said["channel"]) or WAYS[Way(said["channel"])])]
    told += [gettext("never call")] if said.get("never_call") else []
    return "; ".join([*told, *(said[name] for name in ("office", "hours", "through") if said.get(name))])


def notice(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The notice to the persons and the authority: what data, when and how, and what is done about it."""
    english = language == "en"
    with force_locale(language):
        what = (found["what_en"] if english else None) or found["what"]
        done = (found["done_en"] if english else None) or found["done"]
        how = [_when(found), f"{gettext(CAUSES[found['cause']])}.", what]
        return {
            "language": language,
            "title": gettext("Notice of a failure of personal data protection"),
            "opening": gettext(
                "The protection of your personal data has failed. The law (UU 27/2022) gives you the right to know it."
            ),
            "parts": [
                {"title": gettext("What data"), "lines": [gettext(DATA[DataKind(each)]) for each in found["data"]]},
                {"title": gettext("When and how"), "lines": how},
                {"title": gettext("What we do about it"), "lines": [*measures(found["measures"]), done]},
            ],
            "closing": gettext(
                "You may ask what is held of you, and have it corrected, "
                "at the office that registered you (Dinas Sosial)."
            ),
        }


def _when(found: Mapping[str, Any]) -> str:
    first, last = (showing.moment(found[name]) for name in ("happened_from", "happened_until"))
    known = showing.moment(found["found_at"])
    if first and last:
        return gettext("Between %(first)s and %(last)s; we found it on %(known)s.", first=first, last=last, known=known)
    if first or last:
        return gettext("On %(first)s; we found it on %(known)s.", first=first or last, known=known)
    return gettext("When it happened is not known; we found it on %(known)s.", known=known)
