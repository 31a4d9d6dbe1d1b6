"""`kail officers`: the accounts of those who work at an office, for whoever runs the installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shared.identity.rules import Role
from shared.kernel.settings import settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.intake.accounts.commands import Handed

STATES = ("invited", "active", "suspended", "closed")
ROLES = click.Choice([role.value for role in Role])


@click.group()
def officers() -> None:
    """Open, change and end the accounts of those who work at an office."""


@officers.command()
@click.argument("username")
@click.option("--office", required=True, help="Where she works, as `kail agencies show` lists it.")
@click.option("--name", required=True, help="Her name as pages show it.")
@click.option("--role", "roles", multiple=True, type=ROLES, required=True, help="What she may do there; repeatable.")
@click.option("--area", "areas", multiple=True, help="Only these area codes; the office's whole region by default.")
@click.password_option(help="Her first password; asked for when it is left out.")
def add(username: str, office: str, name: str, roles: tuple[str, ...], areas: tuple[str, ...], password: str) -> None:
    """Open an account with a first password, which its holder changes when she signs in."""
    from services.intake.accounts import commands

    with changing() as session:
        account = commands.create_officer(
            session,
            username=username,
            password=password,
            name=name,
            office=office,
            roles=roles,
            areas=areas,
            must_change=True,
        )
        click.echo(f"{account.username} works at {account.office} as {', '.join(account.roles)}.")


@officers.command()
@click.argument("username")
@click.option("--office", required=True, help="Where she works, as `kail agencies show` lists it.")
@click.option("--name", required=True, help="Her name as pages show it.")
@click.option("--role", "roles", multiple=True, type=ROLES, required=True, help="What she may do there; repeatable.")
@click.option("--area", "areas", multiple=True, help="Only these area codes; the office's whole region by default.")
@click.option("--address", help="Where officers reach Kail, for the link; this machine's by default.")
def invite(
    username: str, office: str, name: str, roles: tuple[str, ...], areas: tuple[str, ...], address: str | None
) -> None:
    """Invite somebody, and print the one-time link by which she chooses her password."""
    from services.intake.accounts import commands

    with changing() as session:
        account = commands.invite(session, None, username=username, name=name, office=office, roles=roles, areas=areas)
        _print(commands.make_link(session, None, account.id), address)


@officers.command("invite-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what is wrong, by line.")
@click.option("--address", help="Where officers reach Kail, for the links; this machine's by default.")
def invite_list(file: Path, dry_run: bool, address: str | None) -> None:
    """Invite everybody in a list (username,name,office,roles,areas), all or nobody, and print their links."""
    from services.intake.accounts import commands, many

    with changing() as session:
        invited = many.invite_many(session, None, file.read_text(encoding="utf-8-sig"), dry_run=dry_run)
        if dry_run:
            click.echo(f"The list is sound: {len(invited)} officers would be invited.")
            return
        for account in invited:
            _print(commands.make_link(session, None, account.id), address)


@officers.command("list")
@click.option("--office", help="Only those of this office.")
@click.option("--role", type=ROLES, help="Only those who hold this role.")
@click.option("--state", type=click.Choice(STATES), help="Only accounts in this state.")
def list_officers(office: str | None, role: str | None, state: str | None) -> None:
    """List the accounts: user name, state, office, roles, last sign-in, and when their rights are to be reviewed."""
    from services.intake.accounts import queries, rules
    from shared.storage import database

    wanted = queries.Wanted(office, Role(role) if role else None, rules.State(state) if state else None)
    after = None
    with database("intake").reading() as session:
        while True:
            page = queries.accounts(session, None, wanted, after, 200)
            for each in page.items:
                last = each.last_signed_in_at.date().isoformat() if each.last_signed_in_at else "never"
                overdue = " (review overdue)" if queries.is_overdue(each) else ""
                roles = ",".join(each.roles)
                click.echo(
                    f"{each.username:<28}{each.state:<11}{each.office:<27}{roles:<24}{last:<12}{overdue}".rstrip()
                )
            after = page.next
            if after is None:
                return


@officers.command()
@click.argument("username")
@click.option("--name", help="Her name as pages show it.")
@click.option("--office", help="Where she works from now on.")
@click.option("--role", "roles", multiple=True, type=ROLES, help="All that she may do from now on; repeatable.")
@click.option("--area", "areas", multiple=True, help="All area codes that she works in from now on; repeatable.")
def change(username: str, name: str | None, office: str | None, roles: tuple[str, ...], areas: tuple[str, ...]) -> None:
    """Change an officer's name, office, roles or areas; where her rights change, what she has open ends."""
    from services.intake.accounts import commands, queries

    with changing() as session:
        found = queries.by_username(session, username)
        account = commands.change(
            session, None, found.id, name=name, office=office, roles=list(roles), areas=list(areas)
        )
        click.echo(f"{account.username} works at {account.office} as {', '.join(account.roles)}.")


@officers.command()
@click.argument("username")
@click.option("--why", help="Kept in the log.")
def suspend(username: str, why: str | None) -> None:
    """Let an officer sign in no more for a while; what she has open ends."""
    _move("suspend", username, why)


@officers.command()
@click.argument("username")
@click.option("--why", help="Kept in the log.")
def resume(username: str, why: str | None) -> None:
    """Let a suspended officer sign in again; links, keys and sessions from before stay ended."""
    _move("resume", username, why)


@officers.command()
@click.argument("username")
@click.option("--why", help="Kept in the log.")
def close(username: str, why: str | None) -> None:
    """End an account for good; what she has open ends."""
    _move("close", username, why)


@officers.command()
@click.argument("username")
@click.option("--address", help="Where officers reach Kail, for the link; this machine's by default.")
def reset(username: str, address: str | None) -> None:
    """Let an officer's password open nothing any more, and print the one-time link by which she chooses another."""
    from services.intake.accounts import commands, queries

    with changing() as session:
        account = commands.reset(session, None, queries.by_username(session, username).id)
        _print(commands.make_link(session, None, account.id), address)


@officers.command()
@click.argument("username")
@click.option("--address", help="Where officers reach Kail, for the link; this machine's by default.")
def link(username: str, address: str | None) -> None:
    """Print a new one-time link for somebody who has no password; one from before is good no more."""
    from services.intake.accounts import commands, queries

    with changing() as session:
        _print(commands.make_link(session, None, queries.by_username(session, username).id), address)


@officers.command("log")
@click.argument("username", required=False)
def show_log(username: str | None) -> None:
    """Print what befell accounts, or one of them, the latest first, and whether the log is whole; exit 1 if not."""
    from services.intake.accounts import log, queries
    from shared.storage import database

    with database("intake").reading() as session:
        about = queries.by_username(session, username).id if username else None
        before = None
        while found := queries.lines(session, None, about, before, 200):
            for each in found:
                by = each["by_name"] or "command line"
                click.echo(f"{each['at']:%Y-%m-%d %H:%M}  {by}  {each['what']}  {each['username']}  {each['after']}")
            before = found[-1]["seq"]
        broken = log.broken_at(session)
    if broken is not None:
        raise click.ClickException(f"the log is not whole: line {broken} does not follow the one before it")


@contextmanager
def changing() -> Iterator["Session"]:
    """A transaction whose refusal is said on the command line."""
    from shared.kernel.errors import DomainError
    from shared.storage import database

    try:
        with database("intake").transaction() as session:
            yield session
    except DomainError as refused:
        language = settings().language
        beside = refused.fields.get("errors") or {}
        lines = [f"{name}: {each.message(language)}" for name, found in beside.items() for each in found]
        raise click.ClickException("\n".join([refused.message(language), *lines])) from None


def _move(step: str, username: str, why: str | None) -> None:
    from services.intake.accounts import commands, queries

    steps = {"suspend": commands.suspend, "resume": commands.resume, "close": commands.close}
    with changing() as session:
        account = steps[step](session, None, queries.by_username(session, username).id, why=why)
        click.echo(f"{account.username} is {account.state}.")


def _print(handed: "Handed", address: str | None) -> None:
    from services.intake.accounts.sheets import link_to

    link = link_to(handed.secret, address or f"http://127.0.0.1:{settings().port}")
    click.echo(f"{handed.account.username}  {link}  until {handed.expires_at:%Y-%m-%d}")
