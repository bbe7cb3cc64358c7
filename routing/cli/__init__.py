"""The ``routing`` command. Each file is one command; ``errors`` turns failures into messages and exit codes."""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

import click

import routing
from routing.cli.environment import of_node
from routing.cli.errors import ErrorReporter

#: Command -> its module, its object in it, its help. Only the command that runs is imported.
COMMANDS = {
    "account": ("routing.cli.desk", "account", "Accounts of the desk: list, let people in, sign them out."),
    "backup": ("routing.cli.backup", "backup", "Write a node into one file: release, journal, secrets."),
    "callbacks": ("routing.cli.callbacks", "callbacks", "Orders to call clients back: list, show, add, run ..."),
    "calls": ("routing.cli.calls", "calls", "Finished calls: list, explain, report."),
    "check": ("routing.cli.check", "check", "Report every problem and every lint of schemes."),
    "compile": ("routing.cli.releases", "compile_command", "Compile schemes into a release."),
    "desk": ("routing.cli.desk", "desk", "Serve the desk: the web page of calls."),
    "diff": ("routing.cli.diff", "diff", "Show what callers will notice of a change."),
    "dnd": ("routing.cli.dnd", "dnd", "Do-not-disturb of people: list, on, off."),
    "doctor": ("routing.cli.doctor", "doctor", "Check this node and report what is wrong with it."),
    "downgrade": ("routing.cli.downgrade", "downgrade_command", "Give the journal the tables of an older version."),
    "exports": ("routing.cli.exports", "exports", "Calls for Google Analytics and web servers: list, retry ..."),
    "floods": ("routing.cli.floods", "floods", "Floods of calls to paid numbers: show, refuse, lift, replay."),
    "forget": ("routing.cli.forget", "forget", "Remove everything that is known of a client's number."),
    "graph": ("routing.cli.graph", "graph", "Draw a scheme: SVG, Mermaid or DOT."),
    "hours": ("routing.cli.hours", "hours", "Override a calendar by hand: open, closed or auto."),
    "import": ("routing.cli.imports", "group", "Write schemes from FusionPBX, FreePBX or spreadsheets."),
    "init": ("routing.cli.init", "init", "Write a small new project."),
    "journal": ("routing.cli.journal", "journal", "Record finished calls from FreeSWITCH's spool."),
    "node": ("routing.cli.node", "node", "Prepare a FreeSWITCH node."),
    "pops": ("routing.cli.web", "pops", "Show browsers who calls while a phone rings."),
    "proxy": ("routing.cli.proxy", "proxy", "Prepare Kamailio before several nodes."),
    "publish": ("routing.cli.releases", "publish_command", "Compile, verify and make the release live."),
    "queue": ("routing.cli.queue", "queue", "Queues: who waits and works; sign in, pause, move, take out."),
    "reference": ("routing.cli.reference", "reference", "Print the scheme language: steps and settings."),
    "restore": ("routing.cli.backup", "restore_command", "Put a node back from such a file."),
    "rollback": ("routing.cli.releases", "rollback_command", "Make the release before the last publish live again."),
    "recordings": ("routing.cli.recordings", "recordings", "Recordings and voicemails: list, export, delete."),
    "run-examples": ("routing.cli.examples", "examples", "Run the example company's sample calls."),
    "report": ("routing.cli.report", "report", "Print the report that somebody gets by e-mail."),
    "sample": ("routing.cli.sample", "sample", "Open the desk on a month of simulated calls."),
    "simulate": ("routing.cli.simulate", "simulate", "What if: waits of queues with other calls or people."),
    "schema": ("routing.cli.schema", "schema", "Print the JSON Schema of scheme files."),
    "secrets": ("routing.cli.secrets", "secrets", "Generate the passwords that are missing."),
    "serve": ("routing.cli.serve", "serve", "Run the engine."),
    "test": ("routing.cli.test", "test", "Run the scheme tests."),
    "track": ("routing.cli.web", "track", "Lend numbers to visitors of a site, take orders to call back."),
    "trace": ("routing.cli.trace", "trace", "Trace one call through the compiled schemes."),
}


class LazyGroup(click.Group):
    """Imports a command of the table when it is used."""

    def main(self, *args: Any, **settings: Any) -> Any:
        """As in click; shell completion is prepared first."""
        if "_ROUTING_COMPLETE" in os.environ:
            importlib.import_module("routing.cli.completion").prepare()
        return super().main(*args, **settings)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name, help_line = COMMANDS[cmd_name]
        with _nothing_is_garbage():
            command: click.Command = getattr(importlib.import_module(module), name)
        command.short_help = help_line
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, _, help_line) in COMMANDS.items()])


@contextlib.contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """Objects of imports stay: collecting garbage among them takes a tenth of a command's start."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(routing.__version__, prog_name="routing")
def group() -> None:
    """Call-forwarding schemes in YAML, run by FreeSWITCH, decided mid-call by a small engine."""
    os.environ.update(of_node(os.environ))


def main() -> None:
    """Run the command line; the exit code is 0, 1 for the user's error, 2 for wrong usage, 3 for an internal error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # letters that the terminal's encoding lacks are escaped
            stream.reconfigure(errors="backslashreplace")
    with ErrorReporter():
        group(prog_name="routing")
