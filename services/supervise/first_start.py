"""What a home needs before it serves, and what a first start shows: accounts, a registry, people on their way."""

from services.intake.accounts.demo import DemoOfficer, present
from services.simulate.accounts import demo_clients, demo_password
from services.supervise.parts import Part
from shared.kernel.settings import SERVICES, STORES, settings


def prepare() -> None:
    """Bring the four databases to the newest schema, open the accounts and publish the programmes; may be repeated."""
    from services.intake.accounts.demo import demo_officers
    from services.intake.journeys import publishing
    from services.together import participant
    from shared.programmes import library
    from shared.storage import database, migrate

    for service in SERVICES:
        participant(service)
    for service in STORES:
        migrate.prepare(service)
    with database("intake").transaction() as session:
        demo_officers(session, demo_password(settings().home))
        for programme in library.published().values():
            publishing.publish(session, programme)


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
