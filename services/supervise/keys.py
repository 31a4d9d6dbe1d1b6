"""The deployment's secrets, made once; without them what is encrypted in the databases is lost."""

import json
import os
from pathlib import Path

import click

from shared.kernel.settings import settings
from shared.privacy import keys as keyfile


@click.group()
def keys() -> None:
    """Make the deployment's keys."""


@keys.command()
@click.option("--unless-there", is_flag=True, help="Be content when there are keys already.")
def make(unless_there: bool) -> None:
    """Write a new key file where KAIL_KEYS says, or into KAIL_HOME; never over one that exists."""
    path = Path(os.environ.get("KAIL_KEYS") or settings().home / "keys.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(keyfile.fresh(), file, indent=1)
    except FileExistsError:
        if not unless_there:
            raise click.ClickException(f"{path} exists already; whoever replaces it can read nothing old") from None
        added = keyfile.complete(path)
        click.echo(f"{path} is kept{', and has the keys that it lacked' if added else ''}.")
    else:
        click.echo(f"{path} is made. Keep a copy of it apart from the databases' backups.")
