"""Writes a service's next migration: `python -m services.migration training "Health talks."`.

It compares what the code declares with what the migrations so far lead to, in a database of its own that is thrown away
afterwards. What it writes is a draft to be read: give an index its reason, and mind that old code still runs.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from shared.kernel.settings import STORES, load

NOISE = re.compile(r"^ +# ### .*\n", re.MULTILINE)


def write(service: str, sentence: str) -> Path:
    """Write the migration and give its file; the database of the settings must be at the newest schema."""
    from shared.storage import migrate

    config = migrate.config(service)
    head = ScriptDirectory.from_config(config).get_current_head() or "0000"
    written = command.revision(config, message=sentence, autogenerate=True, rev_id=f"{int(head) + 1:04}")
    path = Path(written.path)  # type: ignore[union-attr]
    path.write_text(NOISE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def main(arguments: list[str]) -> int:
    """Make a database, bring it to the newest schema, and write down what it lacks."""
    if len(arguments) != 2 or arguments[0] not in STORES:
        print(f'usage: python -m services.migration {"|".join(STORES)} "What it brings."', file=sys.stderr)
        return 2
    from services import catalogue
    from services.embedded import Embedded, remove
    from shared.storage import migrate

    service, sentence = arguments
    home = tempfile.mkdtemp(prefix="kail-migration-")
    os.environ["KAIL_HOME"] = home
    os.environ.pop(f"DATABASE_URL_{service.upper()}", None)
    try:
        with Embedded(Path(home), durable=False, postgresql=True, redis=False):
            load()
            catalogue.participants()
            migrate.prepare(service)
            print(write(service, sentence))
    finally:
        remove(Path(home))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
