"""The `kail` command: one group, composed of what every part of Kail offers an operator.

A command is imported only when it is used, so that `kail --help` answers at once; its one line of help stands here
and a test holds it to the command's own.
"""

from importlib import import_module

import click

COMMANDS = {
    "up": ("services.supervise.up", "Start all of Kail on this machine and stay with it until Ctrl-C."),
    "down": ("services.supervise.up", "Stop the Kail that runs in this home."),
    "status": ("services.supervise.status", "Tell which parts run, how far behind they are and what is held."),
    "simulate": (
        "services.simulate.command",
        "Let simulated officers work through the agencies' endpoints until every journey is over.",
    ),
    "programmes": (
        "services.intake.cli",
        "Check programme definitions, show them, try them on a registry, publish them.",
    ),
    "agencies": ("services.operate.agencies", "Check, show and change which office holds which agency role where."),
    "officers": (
        "services.intake.acting.cli",
        "Open, change and end the accounts of those who work at an office.",
    ),
    "calendar": (
        "services.intake.calendars.cli",
        "Add a decree's days to the calendar of a region, list them, take them out.",
    ),
    "api-keys": ("services.intake.api_keys.cli", "List and revoke the keys by which the systems of offices sign in."),
    "papers": (
        "services.operate.papers",
        "Write the register of processing, the schedule of keeping and who is told what: a page, CSV and JSON.",
    ),
    "welcome": (
        "services.intake.welcome.cli",
        "Print the code by which the first administrator begins; it takes the place of the one printed before.",
    ),
    "keys": ("services.supervise.keys", "Make the deployment's keys, cut them into parts, rotate and retire them."),
    "check-deployment": (
        "services.supervise.deployment",
        "Say what is unsafe in how this deployment is set up; exit 1 when something is.",
    ),
    "migrate": ("services.supervise.run", "Bring the databases of these services (or all) to the newest schema."),
    "web": ("services.supervise.run", "Serve these services (or all) over HTTP until stopped."),
    "worker": ("services.supervise.run", "Work off a service's events, or its long work, until stopped."),
    "relay": ("services.supervise.run", "Carry a service's events to whoever hears them until stopped."),
    "protection": (
        "services.supervise.run",
        "Write down what is passed on to the protection compartment until stopped.",
    ),
    "beat": ("services.supervise.run", "Ring the bells of all services until stopped."),
    "registry": ("services.intake.registry.cli", "Invent a registry file, or bring one in."),
    "audit": ("services.operate.commands", "Prove that nothing is lost, doubled or out of order."),
    "held": ("services.operate.commands", "Show, retry or skip events that could not be applied."),
    "replay": ("services.operate.commands", "Empty a service's projection and tell it everything again."),
    "resume": ("services.operate.commands", "Send to a halted subscriber again, once both histories agree."),
    "clock": ("services.supervise.clock", "Ask or advance the domain's clock, for demonstrations."),
}


class LazyGroup(click.Group):
    """A group whose commands are named in a table and imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that defines the command."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by the table's own lines, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kail")
def main() -> None:
    """Carry people through empowerment programmes of several agencies and lose nobody between two offices."""
