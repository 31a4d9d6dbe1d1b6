"""The same request sent twice is done once: its first answer is kept and given again.

A caller names a request by the header `Idempotency-Key` (a page's form by the hidden field `_once`). The unique key
makes a second request that arrives meanwhile wait for the first one's transaction. Answers may hold personal data, so
they are kept encrypted, and requests only as a keyed hash; only answers that are no error are kept.
"""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import request
from sqlalchemy import LargeBinary, SmallInteger, Text, delete, func
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.wrappers import Response

from shared.kernel.errors import Invalid
from shared.privacy.fields import EncryptedText
from shared.privacy.keys import keyring
from shared.storage.base import Base
from shared.storage.columns import Timestamp

HEADER = "Idempotency-Key"
FORM_FIELD = "_once"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=1)
LONGEST_KEY = 200
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used before for a different request; use a new key for a new request."""

    indonesian = "Idempotency-Key ini sudah dipakai untuk permintaan lain; pakai kunci baru untuk permintaan baru."


class IdempotencyKeyTooLong(Invalid):
    """An Idempotency-Key has at most {longest} characters."""

    indonesian = "Idempotency-Key paling panjang {longest} karakter."


class Idempotency(Base):
    """A request that an officer named, and the answer that it got."""

    __tablename__ = "idempotency"

    officer_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    body: Mapped[str | None] = mapped_column(EncryptedText)
    created_at: Mapped[Timestamp] = mapped_column(server_default=func.now(), index=True)

    def replay(self) -> Response:
        """The first answer once more, marked as a repetition."""
        answer = Response(self.body or "", status=self.status, headers=self.headers or {})
        answer.headers[REPLAYED] = "true"
        return answer


def key_of_request() -> str | None:
    """The name that the caller gave this request, if it is one that changes something."""
    if request.method not in CHANGING:
        return None
    key = request.headers.get(HEADER) or request.form.get(FORM_FIELD)
    if key and len(key) > LONGEST_KEY:
        raise IdempotencyKeyTooLong(longest=LONGEST_KEY)
    return key or None


def claim(session: Session, officer_id: UUID, key: str) -> Idempotency | None:
    """Take the key for this request, or give what it was answered before; raises IdempotencyKeyReused."""
    fingerprint = fingerprint_of_request()
    taken = session.execute(
        insert(Idempotency)
        .values(officer_id=officer_id, key=key, fingerprint=fingerprint)
        .on_conflict_do_nothing()
        .returning(Idempotency.key)
    ).first()
    if taken:
        return None
    known = session.get_one(Idempotency, (officer_id, key))
    before = (fingerprint_of_request(each) for each in keyring().web_secrets_before)
    if not any(hmac.compare_digest(known.fingerprint, each) for each in (fingerprint, *before)):
        raise IdempotencyKeyReused
    return known


def remember(session: Session, officer_id: UUID, key: str, response: Response) -> None:
    """Keep the answer beside what it did; a view that undid its transaction on the way has lost the claim, so claim."""
    answer = {
        "status": response.status_code,
        "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        "body": response.get_data(as_text=True),
    }
    session.execute(
        insert(Idempotency)
        .values(officer_id=officer_id, key=key, fingerprint=fingerprint_of_request(), **answer)
        .on_conflict_do_update(index_elements=["officer_id", "key"], set_=answer)
    )


def forget(session: Session, older_than: timedelta = KEPT_FOR) -> None:
    """Drop the answers that are old enough that nobody repeats their request any more."""
    session.execute(delete(Idempotency).where(Idempotency.created_at < func.now() - older_than))


def fingerprint_of_request(secret: bytes | None = None) -> bytes:
    """A keyed hash of method, address and content, without the CSRF token, which differs each time."""
    digest = hmac.new(secret or keyring().web_secret, digestmod="sha256")
    digest.update(f"{request.method} {request.full_path}\0".encode())
    if request.form or request.files:
        fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
        digest.update(json.dumps(fields).encode())
        for name, upload in sorted(request.files.items(multi=True)):
            digest.update(f"{name}\0".encode() + hashlib.file_digest(cast("Any", upload.stream), "sha256").digest())
            upload.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.digest()
