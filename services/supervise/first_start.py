"""What a home needs before it serves, and what a first start shows: accounts, a registry, people on their way."""

from services.intake.accounts.demo import DemoOfficer, absent_offices, present
from services.simulate.accounts import demo_clients, demo_password
from services.supervise.home import Home
from services.supervise.parts import Part
from shared.kernel.settings import SERVICES, STORES, settings


def is_made_up(*, simulate: bool) -> bool:
    """Whether the people of this home are made up: they are already, or it is empty and a simulation was asked for."""
    from sqlalchemy import select

    from services.intake.accounts.models import OfficerAccount
    from shared.storage import database

    if settings().is_demonstration:
        return True
    with database("intake").reading() as session:
        return simulate and session.scalar(select(OfficerAccount.id).limit(1)) is None


def prepare(*, simulate: bool) -> None:
    """Bring the four databases to the newest schema and publish the programmes; may be repeated.

    In a demonstration the accounts are opened; a city's own home has none but its own, and the first administrator is
    told how to begin. What the operator is to read is left in the home.
    """
    from services.intake.accounts.demo import demo_officers
    from services.intake.journeys import publishing
    from services.intake.welcome import cli as welcome
    from services.intake.welcome import commands
    from services.operate.agencies import left_behind
    from services.together import participant
    from shared.programmes import library
    from shared.storage import database, migrate

    for service in SERVICES:
        participant(service)
    for service in STORES:
        migrate.prepare(service)
    said = []
    made_up = is_made_up(simulate=simulate)
    with database("intake").transaction() as session:
        if made_up:
            demo_officers(session, demo_password(settings().home))
        elif not commands.has_administrator(session):
            origin = f"http://127.0.0.1:{settings().port}"
            said.append(welcome.words(origin, commands.print_code(session)))
        for programme in library.published().values():
            publishing.publish(session, programme)
    said += left_behind()
    Home(settings().home).leave_word("\n".join(said))


def missing_for_a_demonstration() -> list[str]:
    """The offices without which the demonstration's officers cannot work here."""
    return absent_offices()


def demo_accounts() -> tuple[DemoOfficer, ...]:
    """The made-up officers that may sign in, all with the demonstration's password."""
    return present()


def demonstration(*, simulate: bool) -> Part:
    """What goes on behind the pages: a registry comes in, and officers work, unless they shall not."""
    return Part("simulate" if simulate else "registry", run_simulation if simulate else run_registry, 0, once=True)


def run_registry() -> None:
    """Bring invented registries in, as an officer of each region does."""
    from services.simulate import begin

    clients = demo_clients(settings().home, settings().port)
    officers = {each.office: each for each in reversed(clients) if "officer" in each.roles}
    begin.bring_in_registries(officers, seed=1)


def run_simulation() -> None:
    """Let the demonstration's officers work, and leave those who set out last to be tried by hand."""
    from rich.console import Console

    from services.simulate import command
    from services.simulate.intakes import Intakes
    from services.simulate.simulation import Wanted

    wanted = Wanted(later=Intakes(settings().home / "intakes.json"))
    report = command.run(wanted, command.speed_of(command.SPEED), Console())
    Console(highlight=False, width=120).print(report.tables())
