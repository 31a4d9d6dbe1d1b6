"""`kail api-keys`: the keys by which the systems of offices sign in, for whoever runs the installation."""

import click

from services.intake.accounts.cli import changing


@click.group("api-keys")
def api_keys() -> None:
    """List and revoke the keys by which the systems of offices sign in."""


@api_keys.command("list")
@click.option("--all", "also_over", is_flag=True, help="Those as well that are good no more.")
def list_keys(also_over: bool) -> None:
    """List the keys: how each begins, its state, last day, last use, office, owner and system."""
    from services.intake.api_keys import queries
    from shared.storage import database

    after = None
    with database("intake").reading() as session:
        while True:
            page = queries.listed(session, None, good=not also_over, after=after, limit=200)
            for each in queries.described(session, page.items):
                used = each["last_used_at"].date().isoformat() if each["last_used_at"] else "never"
                click.echo(
                    f"{each['key']}  {each['standing']:<8} {each['expires_on']}  {used:<11}"
                    f"{each['office']:<27}{each['owner_name']}  {each['system']}"
                )
            after = page.next
            if after is None:
                return


@api_keys.command()
@click.argument("key")
def revoke(key: str) -> None:
    """End a key for good, by how it begins (kail_…); its tokens are refused by all services within seconds."""
    from services.intake.api_keys import commands, queries

    with changing() as session:
        ended = commands.revoke(session, None, queries.by_public(session, key).id)
        click.echo(f"The key of {ended.system} is revoked.")
