"""`kail officers leave` and `kail officers acting`: who is away and who acts, for whoever runs the installation."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from services.intake.accounts.cli import changing
from services.intake.second_step.cli import officers
from shared.identity.acting import POSTS, ActingKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DAY = click.DateTime(["%Y-%m-%d"])


@officers.group()
def leave() -> None:
    """Note who is on leave, and when she is back."""


@leave.command("note")
@click.argument("username")
@click.option("--from", "from_on", type=DAY, required=True, help="Her first day away.")
@click.option("--to", "to_on", type=DAY, required=True, help="Her last day away.")
@click.option("--stand-in", help="The user name of who stands in for her.")
def note_leave(username: str, from_on: datetime, to_on: datetime, stand_in: str | None) -> None:
    """Note that an officer is away from a first to a last day."""
    from services.intake.acting import commands

    with changing() as session:
        stands_in = _id(session, stand_in) if stand_in else None
        noted = commands.note_leave(
            session,
            None,
            _id(session, username),
            from_on=from_on.date(),
            to_on=to_on.date(),
            stand_in_id=stands_in,
        )
        click.echo(f"{username} is away from {noted.from_on} to {noted.to_on}.")


@leave.command("end")
@click.argument("username")
def end_leave(username: str) -> None:
    """Note that an officer is back today; a leave that has not begun is taken back."""
    from services.intake.acting import commands, queries

    with changing() as session:
        account_id = _id(session, username)
        for each in queries.of_officer(session, account_id).leaves:
            if each["is_open"]:
                commands.end_leave(session, None, account_id, each["id"])
                click.echo(f"{username}: the leave from {each['from_on']} has ended.")


@officers.group()
def acting() -> None:
    """Name who acts for a post that is vacant (Plt) or whose holder is away (Plh)."""


@acting.command("appoint")
@click.argument("username")
@click.option("--kind", type=click.Choice([each.value for each in ActingKind]), required=True, help="Plt or Plh.")
@click.option("--post", type=click.Choice([each.value for each in POSTS]), required=True, help="The post's role.")
@click.option("--from", "from_on", type=DAY, required=True, help="The first day.")
@click.option("--to", "to_on", type=DAY, required=True, help="The last day.")
@click.option("--letter", required=True, help="The letter's number.")
@click.option("--letter-date", type=DAY, required=True, help="The letter's date.")
@click.option("--stands-for", help="The user name of the holder who is away, for a Plh.")
def appoint(
    username: str,
    kind: str,
    post: str,
    from_on: datetime,
    to_on: datetime,
    letter: str,
    letter_date: datetime,
    stands_for: str | None,
) -> None:
    """Let an officer act for a post of her own office, by a letter."""
    from services.intake.acting import commands
    from shared.identity.rules import Role

    with changing() as session:
        made = commands.appoint(
            session,
            None,
            _id(session, username),
            kind=ActingKind(kind),
            post=Role(post),
            from_on=from_on.date(),
            to_on=to_on.date(),
            letter_number=letter,
            letter_on=letter_date.date(),
            stands_for_id=_id(session, stands_for) if stands_for else None,
        )
        click.echo(f"{username} signs as {made.title} from {made.from_on} to {made.to_on}.")


@acting.command("end")
@click.argument("username")
@click.option("--why", help="Kept in the log.")
def end_acting(username: str, why: str | None) -> None:
    """End what an officer acts in, now or later; what she has open ends."""
    from services.intake.acting import commands, queries

    with changing() as session:
        account_id = _id(session, username)
        for each in queries.of_officer(session, account_id).appointments:
            if each["is_open"]:
                commands.end_appointment(session, None, account_id, each["id"], why)
                click.echo(f"{username} acts no longer: {each['title']}.")


@acting.command("list")
def list_acting() -> None:
    """List who is away and who acts, today or later."""
    from services.intake.acting import queries
    from shared.storage import database

    with database("intake").reading() as session:
        found = queries.of_offices(session, None)
        for each in found.leaves:
            stands_in = f", {each['stand_in']} stands in" if each["stand_in"] else ""
            click.echo(f"{each['name']}: away {each['from_on']} to {each['to_on']}{stands_in}")
        for each in found.appointments:
            click.echo(f"{each['name']}: {each['title']}, {each['from_on']} to {each['to_on']}")


def _id(session: "Session", username: str) -> UUID:
    from services.intake.accounts import queries

    return queries.by_username(session, username).id


__all__ = ["officers"]
