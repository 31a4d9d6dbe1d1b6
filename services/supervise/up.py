"""`kail up`, `kail down` and `kail status`: what an operator of one machine does."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial

import click
from rich.console import Console
from rich.markup import escape

from services.embedded import Embedded
from services.embedded.process import CannotStart, ServerProcess
from services.simulate.accounts import demo_password
from services.supervise import first_start
from services.supervise import practice as practising
from services.supervise.home import Home, HomeTaken
from services.supervise.parts import Part, parts_of_one_machine
from services.supervise.servers import Reviver
from services.supervise.supervisor import Supervisor
from services.together import import_everything
from shared import places
from shared.identity import offices
from shared.kernel.home import NotAHome
from shared.kernel.settings import SERVICES, STORES, settings
from shared.kernel.stopping import Stopping

SERVES_WITHIN = 60.0
LOOK_EVERY = 0.2
STOPS_WITHIN = 90.0

console = Console(highlight=False, soft_wrap=True)


@click.command()
@click.option(
    "--simulate/--no-simulate",
    default=True,
    help="Let simulated officers work through the agencies; without them an empty home begins as a city's own.",
)
@click.option("--practice", is_flag=True, help="Start a copy for practice, with made-up people, beside the real one.")
def up(simulate: bool, practice: bool) -> None:
    """Start all of Kail on this machine and stay with it until Ctrl-C."""
    if practice:
        practising.choose()
    home = Home(settings().home)
    try:
        with home.taken():
            _check_port()
            _check_offices()
            OneMachine(home, simulate=simulate).run()
    except (HomeTaken, NotAHome, CannotStart) as refused:
        raise click.ClickException(str(refused)) from None


@click.command()
def down() -> None:
    """Stop the Kail that runs in this home."""
    home = Home(settings().home)
    if not home.is_taken():
        console.print(f"No Kail runs in {home.path}.")
        return
    os.kill(int(home.note()["supervisor"]), signal.SIGTERM)
    if not home.wait_until_free(STOPS_WITHIN):
        raise click.ClickException(f"Kail in {home.path} has not ended after {STOPS_WITHIN:.0f} seconds")
    console.print("Kail is stopped; its data stays.")


def _check_port() -> None:
    port = settings().port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"port {port} is not free ({error.strerror}): set KAIL_PORT to another one"
            ) from None


def _check_offices() -> None:
    if findings := offices.check(offices.folder_of_offices()):
        raise click.ClickException("the files of offices have mistakes:\n" + "\n".join(map(str, findings)))


class OneMachine:
    """All of Kail on this machine: the embedded servers it needs, the parts, and the eye on them."""

    def __init__(self, home: Home, *, simulate: bool) -> None:
        known = settings()
        self.home = home
        self.simulate = simulate
        self.embedded = Embedded(
            home.path,
            postgresql=any(service not in known.database_urls for service in STORES),
            redis=known.broker_url is None,
            roles_apart=True,
            say=console.print,
        )
        self.reviver = Reviver(self.embedded.servers, self._report)
        self.supervisor = Supervisor(parts_of_one_machine(), home.logs, self._report)
        self.stopping = Stopping((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))

    def run(self) -> None:
        """Start, watch until told to stop, stop in order."""
        began = time.monotonic()
        try:
            import_everything()
            self.embedded.start()
            self._prepare()
            self.supervisor.start_all()
            self._watch_until(self._serves, within=SERVES_WITHIN)
            if not self.stopping:
                self._welcome(time.monotonic() - began)
                self._start_demonstration()
            self._watch_until(lambda: False)
        finally:
            console.print("Stopping.")
            self.supervisor.stop_all()
            self.embedded.stop()

    def _prepare(self) -> None:
        part = Part("prepare", partial(first_start.prepare, simulate=self.simulate))
        if self.supervisor.run_once(part) != 0:
            raise click.ClickException(
                f"the databases could not be prepared; the reason is at the end of {self.supervisor.log_of(part.name)}"
            )

    def _start_demonstration(self) -> None:
        if not settings().is_demonstration:
            return
        if absent := first_start.missing_for_a_demonstration():
            self._report(f"Nobody is simulated: this deployment does not have {', '.join(absent)}.")
            return
        self.supervisor.add(first_start.demonstration(simulate=self.simulate))

    def _watch_until(self, reached: Callable[[], bool], within: float | None = None) -> None:
        deadline = None if within is None else time.monotonic() + within
        self._note()
        while not self.stopping and not reached():
            if self.reviver.look_after() | self.supervisor.look_after():
                self._note()
            if deadline and time.monotonic() > deadline:
                raise click.ClickException(f"Kail does not serve after {within:.0f} s; look into {self.home.logs}")
            self.stopping.wait(LOOK_EVERY)

    def _serves(self) -> bool:
        return all(_is_healthy(service) for service in SERVICES)

    def _note(self) -> None:
        self.home.write_note(
            {
                "supervisor": os.getpid(),
                "port": settings().port,
                "servers": {server.name: _pid_of(server) for server in self.embedded.servers},
                "parts": {
                    name: {"pid": each.pid, "restarts": each.restarts} for name, each in self.supervisor.running.items()
                },
            }
        )

    def _report(self, sentence: str) -> None:
        console.print(f"[yellow]{time.strftime('%H:%M:%S')} {sentence}[/yellow]")

    def _welcome(self, seconds: float) -> None:
        console.print(f"\nKail serves at [bold]http://127.0.0.1:{settings().port}[/bold] (after {seconds:.1f} s)\n")
        if settings().is_practice:
            console.print("This is a [bold]practice copy[/bold]: everybody in it is made up.\n")
        if settings().is_demonstration:
            console.print(_accounts(self.home))
        if said := self.home.take_word():
            console.print(f"[bold]{escape(said)}[/bold]")
        console.print(f"\nData and logs are in {self.home.path}. Ctrl-C stops everything.\n")


def _pid_of(server: ServerProcess) -> int | None:
    return server.pid


def _is_healthy(service: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", settings().port, timeout=5)
    try:
        connection.request("GET", f"/{service}/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _accounts(home: Home) -> str:
    """Who may sign in: the one password of the demonstration, then office by office under the name of its region."""
    known = offices.all_offices()
    by_office: dict[str, list[str]] = {}
    for each in first_start.demo_accounts():
        by_office.setdefault(each.office, []).append(f"{each.username} ({', '.join(each.roles)})")
    regions: dict[str, list[str]] = {}
    for office, accounts in by_office.items():
        region = places.name_of(known[office].region)
        regions.setdefault(region, []).append(f"    {office:<26}{accounts[0]}")
        regions[region] += [f"    {'':<26}{account}" for account in accounts[1:]]
    lines = [f"Every account of the demonstration has the password [bold]{demo_password(home.path)}[/bold]:"]
    for region, rows in regions.items():
        lines += [f"  {region}", *rows]
    return "\n".join(lines)
