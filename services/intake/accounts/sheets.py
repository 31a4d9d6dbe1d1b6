"""The sheet of paper on which a one-time link is handed over: the address, a picture of it, and the code in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from markupsafe import Markup

from services.intake.accounts.commands import Handed
from services.intake.accounts.rules import Purpose, Secret

WELCOME = "/intake/invitation"
"""Where a link leads. The code stands in the query, which a proxy's log need not keep."""


@dataclass(frozen=True)
class Sheet:
    """One person's sheet."""

    account_id: UUID
    username: str
    name: str
    office: str
    purpose: Purpose
    link: str
    code: str
    expires_at: datetime
    picture: Markup


def sheet(handed: Handed, origin: str) -> Sheet:
    """The sheet for somebody, whose link leads to this origin (https://kail.example)."""
    link = link_to(handed.secret, origin)
    account = handed.account
    return Sheet(
        account_id=account.id,
        username=account.username,
        name=account.name,
        office=account.office,
        purpose=handed.purpose,
        link=link,
        code=handed.secret.code,
        expires_at=handed.expires_at,
        picture=picture(link),
    )


def link_to(secret: Secret, origin: str) -> str:
    """The address by which somebody chooses her password."""
    return f"{origin.rstrip('/')}{WELCOME}?{urlencode({'link': secret.code})}"


def picture(text: str) -> Markup:
    """A QR code as SVG that stands in the page itself, with no style of its own."""
    drawn: Any = segno.make_qr(text, error="m")
    return Markup(drawn.svg_inline(scale=4, svgclass="qr", lineclass=None))  # noqa: S704 (segno's own drawing)
