"""Identifiers that sort by the moment they were made, so that indexes grow at one end."""

import uuid

import uuid_utils


def new_id() -> uuid.UUID:
    """A fresh UUID version 7 (RFC 9562)."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
