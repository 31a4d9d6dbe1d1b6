"""Writes which columns all four services keep, and how: what the papers of UU 27/2022 are made of.

`python -m services.operate.inventory` writes it from the models; a test holds the file to them.
"""

import json
import sys
from importlib import import_module

from sqlalchemy import Column, LargeBinary

from services.intake.papers.activities import DIGEST, INVENTORY, PLAIN, Inventory
from shared.kernel.settings import SERVICES, STORES
from shared.privacy.fields import BlindIndex, EncryptedJSON, EncryptedText, EncryptedTime, KeptClosed
from shared.privacy.keys import Kind
from shared.storage.base import tables_of

ENCRYPTED = (EncryptedText, EncryptedJSON, EncryptedTime, KeptClosed)


def inventory() -> Inventory:
    """By table each column, and how it is kept."""
    for service in SERVICES:
        import_module(f"services.{service}.worker")
        import_module(f"services.{service}.app")
    return {
        f"{store}.{table.name}": {column.name: _how(column) for column in table.columns}
        for store in STORES
        for table in sorted(tables_of(store), key=lambda each: each.name)
    }


def written() -> str:
    """The inventory as the text of its file."""
    return json.dumps(inventory(), indent=1) + "\n"


def _how(column: Column[object]) -> str:
    kind = column.type
    if isinstance(kind, ENCRYPTED):
        return f"encrypted:{kind.purpose.kind.value}"
    if isinstance(kind, BlindIndex):
        return f"fingerprint:{kind.kind.value}"
    if column.name == "sealed":
        return f"encrypted:{Kind.SEAL.value}"
    return DIGEST if type(kind) is LargeBinary or column.name == "password_hash" else PLAIN


if __name__ == "__main__":
    sys.stdout.write(f"{INVENTORY}\n")
    INVENTORY.write_text(written(), encoding="utf-8")
