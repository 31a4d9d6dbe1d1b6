"""What an officer had typed when her sign-in ended is not lost.

A form that arrives when its sender has to sign in again, or from a page that has been open for too long, changes
nothing. What it said goes back to her browser, encrypted for her alone, and waits there (in the tab's own storage)
until she has signed in. Then the form's page asks for it to be opened and fills it in again; nothing is sent for her.
No server keeps any of it, and what the browser keeps tells nothing to whoever sits at that computer next.
"""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidTag
from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from shared.kernel.errors import Invalid
from shared.privacy import fields
from shared.privacy.fields import Purpose
from shared.privacy.keys import UnknownKey
from shared.web import guard, sessions
from shared.web.forms import NOT_FIELDS

LARGEST = 200_000
"""Characters of a form that are kept; what is longer was a file."""
LONGEST = 12 * 60 * 60
"""Seconds for which it can be opened."""
SENT_FROM = "kail_sent_from"
"""Under which a view keeps the page whose form it takes; see `shared.web.posting`."""
NEVER = frozenset({"password", "new_password", "again", "old_password", "code", *NOT_FIELDS})


class NotKept(Invalid):
    """What was typed before cannot be brought back; it was somebody else's, or too long ago."""

    indonesian = "Isian sebelumnya tidak dapat dikembalikan: milik orang lain, atau sudah terlalu lama."


def typed() -> str:
    """What this request's form said, closed for the officer whose page it was; nothing if nobody knows her."""
    officer_id = sessions.last_officer()
    if officer_id is None or request.method != "POST" or not guard.is_guarded():
        return ""
    said = [[name, value] for name, value in request.form.items(multi=True) if name not in NEVER]
    text = json.dumps({"for": str(officer_id), "at": int(time.time()), "fields": said}, ensure_ascii=False)
    if not said or len(text) > LARGEST:
        return ""
    purpose = Purpose.PROTECTION if guard.is_unrecorded() else Purpose.FIELD
    return f"{purpose}.{urlsafe_b64encode(fields.encrypt(text, purpose)).decode()}"


def opened(closed: str, officer_id: UUID) -> list[list[str]]:
    """The fields that `typed` closed for this very officer, as [name, value]; raises NotKept."""
    try:
        purpose, _, hidden = closed.partition(".")
        known = json.loads(fields.decrypt(urlsafe_b64decode(hidden), Purpose(purpose)))
        mine = known["for"] == str(officer_id) and time.time() - known["at"] < LONGEST
        said: list[list[str]] = known["fields"]
    except (NotBase64, InvalidTag, UnknownKey, ValueError, LookupError, TypeError) as changed:
        raise NotKept from changed
    if not mine:
        raise NotKept
    return said


def page_of_form() -> str:
    """The page that this request's form stood on, as the browser names it; the start page if it does not.

    From a page that leaves no trace the browser says nothing, but its forms' views say which page they are sent from.
    """
    if guard.is_unrecorded():
        return _page_of_view() or "/"
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        return "/"
    if came_from.netloc != request.host or not _can_be_opened(came_from.path):
        return "/"
    return sessions.local_address(came_from.path + (f"?{came_from.query}" if came_from.query else ""))


def page_shown() -> str:
    """Where the page that is shown can be opened: its own address, or for a form that came back, where it stood."""
    opened = request.method in guard.READING or _can_be_opened(request.path)
    return sessions.here() if opened else page_of_form()


def _page_of_view() -> str | None:
    """The address of the page that this request's view takes a form from."""
    rule, given = request.url_rule, request.view_args or {}
    page = rule and getattr(current_app.view_functions[rule.endpoint], SENT_FROM, None)
    for each in current_app.url_map.iter_rules():
        if page is not None and current_app.view_functions[each.endpoint] is page and each.arguments <= set(given):
            return url_for(each.endpoint, **{name: given[name] for name in each.arguments})
    return None


def _can_be_opened(path: str) -> bool:
    """Whether it is a page: a form that was sent back with its errors stands at an address that may only take posts."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
