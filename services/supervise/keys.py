"""`kail keys`: make the deployment's secrets, cut them into a file for each part, and put new keys in their place.

A rotation makes a new key current; the old one still opens. The workers' bells (or `kail keys renew`) bring what stands
under it under the new one; when nothing is left, `kail keys retire` takes it out of the file for good.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from services.supervise import secrets
from shared.kernel.settings import STORES
from shared.privacy import keyfile, parts
from shared.privacy import keys as known_keys
from shared.privacy.keys import Kind

KIND = click.Choice([kind.value for kind in Kind])
FOLDER = click.Path(path_type=Path, file_okay=False)
IN_FOLDER = "The folder of a deployment's secrets, as `keys make --folder` made it; its parts' files follow."
STORE = click.Choice(STORES)

AFTERWARDS = {
    Kind.FIELD: "What is encrypted is written anew, bit by bit; `kail keys status` says what is left.",
    Kind.PROTECTION: "The compartment is written anew, bit by bit; its log stays under the key it was written with.",
    Kind.BLIND_INDEX: "Fingerprints are made anew, bit by bit; persons without a NIK when their list comes in again.",
    Kind.PROTECTION_INDEX: "The compartment's fingerprints are made anew, bit by bit.",
    Kind.SEAL: "What is on the way under the old key opens until it has arrived.",
    Kind.BUS: "What is on the way is signed with the old key, and counts until that is retired.",
    Kind.WEB: "Sessions and open forms go on; those of the old key end when it is retired.",
    Kind.TOKEN: "Tokens of the old key count until they run out, half an hour at the most, or it is retired.",
}


@click.group()
def keys() -> None:
    """Make the deployment's keys, cut them into parts, rotate and retire them."""


@keys.command()
@click.option("--unless-there", is_flag=True, help="Be content when there are keys already.")
@click.option(
    "--folder", type=FOLDER, help="Make every secret of a deployment here: keys for each part, and passwords."
)
def make(unless_there: bool, folder: Path | None) -> None:
    """Write a new key file where KAIL_KEYS says, or into KAIL_HOME; never over one that exists."""
    path = secrets.whole(folder) if folder else known_keys.file()
    if folder:
        secrets.make_folder(folder)
    content = parts.fresh_apart(known_keys.fresh()) if folder else known_keys.fresh()
    if keyfile.make(path, content):
        click.echo(f"{path} is made. Keep a copy of it apart from the databases' backups.")
    elif unless_there:
        added = keyfile.complete(path, known_keys.fresh())
        click.echo(f"{path} is kept{', and has the keys that it lacked' if added else ''}.")
    else:
        raise click.ClickException(f"{path} exists already; whoever replaces it can read nothing old")
    if folder:
        secrets.cut_parts(path, folder)
        made = secrets.make_passwords(folder)
        click.echo(f"{len(parts.PARTS)} parts have their key files in {folder / 'keys'}; {made} passwords were made.")


@keys.command()
@click.argument("folder", type=FOLDER)
def split(folder: Path) -> None:
    """Cut the whole key file into one for each part, in FOLDER/keys."""
    secrets.make_folder(folder)
    secrets.cut_parts(known_keys.file(), folder)
    click.echo(f"{len(parts.PARTS)} parts have their key files in {folder / 'keys'}.")


@keys.command()
@click.argument("kind", type=KIND)
@click.option("--folder", type=FOLDER, help=IN_FOLDER)
@click.option("--apart", is_flag=True, help="From now on, each service closes its database with keys of its own.")
def rotate(kind: str, folder: Path | None, apart: bool) -> None:
    """Make a new key of this kind current; what the old one closed still opens."""
    wanted = Kind(kind)
    path = secrets.whole(folder) if folder else known_keys.file()
    if apart and wanted not in parts.OWN:
        raise click.ClickException(f"only {' and '.join(parts.OWN)} keys can be a service's own")
    _change(path, parts.set_apart if apart else lambda whole: parts.rotated(whole, wanted), folder)
    click.echo(f"{path}: a new {kind} key is current. {AFTERWARDS[wanted]}")


@keys.command()
@click.argument("services", type=STORE, nargs=-1)
def status(services: tuple[str, ...]) -> None:
    """Say which key of each kind is current, and what still needs the older ones."""
    from services.together import participant
    from shared.privacy import renewal
    from shared.storage import database

    whole = json.loads(known_keys.file().read_text())
    for kind, current, before in parts.ids(whole):
        click.echo(f"{kind}: {current}" + (f", before it {', '.join(before)}" if before else ""))
    for service in services or STORES:
        participant(service)
        with database(service).reading() as session:
            for kind, key_id in parts.previous(whole, service):
                for use in renewal.uses(session, service, kind, key_id):
                    how = "left to renew" if use.renewable else "needed as it stands"
                    click.echo(f"{service}: {use.values} values of {use.column} under {key_id}, {how}")


@keys.command()
@click.argument("services", type=STORE, nargs=-1)
def renew(services: tuple[str, ...]) -> None:
    """Bring everything under the current keys now; may be stopped and begun again at any moment."""
    from services.together import participant
    from shared.privacy import renewal
    from shared.storage import database

    for service in services or STORES:
        participant(service)
        total = renewal.Renewed()
        while True:  # rows that somebody else held are left for the next round
            came = renewal.renew(database(service), told=_tell(service))
            total = total + came
            if not came.values:
                break
        click.echo(f"{service}: {total.values} values are under the current keys")
        if came.without_key or came.damaged:
            raise click.ClickException(
                f"{service}: {came.without_key} values stand under a key that is not here, {came.damaged} are damaged"
            )


@keys.command()
@click.argument("kind", type=KIND)
@click.argument("key_id")
@click.option("--folder", type=FOLDER, help=IN_FOLDER)
def retire(kind: str, key_id: str, folder: Path | None) -> None:
    """Take an old key out of the file for good; refused while anything still needs it."""
    from services.together import participant
    from shared.privacy import renewal
    from shared.storage import database

    wanted = Kind(kind)
    path = secrets.whole(folder) if folder else known_keys.file()
    whole = json.loads(path.read_text())
    try:
        holders = parts.holders(whole, wanted, key_id)
    except parts.CannotRetire as refused:
        raise click.ClickException(str(refused)) from None
    needed = []
    for service in holders:
        participant(service)
        with database(service).reading() as session:
            needed += [
                f"{service}: {use.values} values of {use.column}"
                for use in renewal.uses(session, service, wanted, key_id)
            ]
    if needed:
        raise click.ClickException(f"{key_id} is still needed:\n" + "\n".join(needed))
    _change(path, lambda known: parts.retired(known, wanted, key_id), folder)
    click.echo(f"{key_id} is retired: {path} has it no more.")


def _change(path: Path, how: Callable[[dict[str, Any]], dict[str, Any]], folder: Path | None) -> None:
    if not path.exists():
        raise click.ClickException(f"{path} is not there: `kail keys make` makes it")
    if "part" in json.loads(path.read_text()):
        raise click.ClickException(f"{path} is one part's file: keys are changed in the whole one")
    keyfile.change(path, how)
    if folder:
        secrets.cut_parts(path, folder)


def _tell(service: str) -> Callable[[Any], None]:
    told = 0

    def tell(done: Any) -> None:
        nonlocal told
        if done.values - told >= 10_000:
            told = done.values
            click.echo(f"{service}: {done.values} values so far")

    return tell
