"""``routing import``: projects of FusionPBX, FreePBX and spreadsheets as schemes, with a report of what is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from routing.cli.imported import write_project
from routing.cli.init import COUNTRY
from routing.cli.options import ENCODING, NEW_FOLDER, ZONE
from routing.imports.csv_files import read_csv_files
from routing.imports.draft import ImportDraft
from routing.imports.fault import ImportFault
from routing.imports.freepbx import read_freepbx
from routing.imports.fusionpbx import read_fusionpbx
from routing.imports.opened import opened
from routing.imports.options import ImportOptions

DUMP = click.Path(path_type=Path, exists=True, dir_okay=False)
Reader = Callable[[BinaryIO, ImportOptions], ImportDraft]


@click.group(name="import")
def group() -> None:
    """Write schemes from the settings of another system, and report what could not be carried over.

    The project is new: an existing folder is refused. Passwords are carried over by --passwords alone.
    """


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every import has; the last one stands first in the help."""
    for option in (
        click.option(
            "--into", required=True, type=NEW_FOLDER, help="The new project: a folder that does not exist yet."
        ),
        click.option(
            "--country", required=True, type=COUNTRY, metavar="CODE", help="How numbers without + are read: UA."
        ),
        click.option(
            "--timezone", type=ZONE, help="Zone of the hours.  [default: as imported, else the country's main one]"
        ),
        click.option("--name", default="", help="Name of the project.  [default: as imported]"),
        click.option(
            "--encoding", type=ENCODING, default="utf-8", show_default=True, help="Encoding of the text: cp1251."
        ),
        click.option(
            "--today", type=click.DateTime(["%Y-%m-%d"]), help="First day of dates and tests.  [default: today]"
        ),
        click.option("--strict", is_flag=True, help="Exit 1 when something could not be carried over."),
    ):
        command = option(command)
    return command


_passwords = click.option(
    "--passwords", is_flag=True, help="Carry passwords over, into var/secrets: phones and trunks go on as they are."
)


@group.command(short_help="Import a dump of FusionPBX.")
@click.argument("dump", type=DUMP)
@_passwords
@click.option("--domain", default="", help="Domain to import.  [default: the only one]")
@_options
def fusionpbx(dump: Path, domain: str, into: Path, strict: bool, **given: Any) -> None:
    """Import a dump of FusionPBX's PostgreSQL database (`pg_dump fusionpbx`), plain or gzip.

    Exit code 0: the project is written and compiles. 1: it is not written; or it does not compile; or, with --strict,
    something could not be carried over.
    """
    _dump(dump, into, strict, read_fusionpbx, given, domain=domain)


@group.command(short_help="Import a dump of FreePBX.")
@click.argument("dump", type=DUMP)
@_passwords
@_options
def freepbx(dump: Path, into: Path, strict: bool, **given: Any) -> None:
    """Import a dump of FreePBX's MySQL database (`mysqldump asterisk`), plain or gzip.

    Exit codes are those of `routing import fusionpbx`.
    """
    _dump(dump, into, strict, read_freepbx, given)


@group.command(name="csv", short_help="Import spreadsheets.")
@click.argument("files", nargs=-1, required=True, type=DUMP)
@_options
def csv_command(files: tuple[Path, ...], into: Path, strict: bool, **given: Any) -> None:
    """Import spreadsheets saved as CSV: people, numbers, exports of FreePBX and FusionPBX.

    docs/howto/moving_in has the columns. Exit codes are those of `routing import fusionpbx`.
    """
    _refuse_existing(into)
    write_project(read_csv_files(list(files), _settings(given)), into, strict)


def _dump(dump: Path, into: Path, strict: bool, read: Reader, given: dict[str, Any], domain: str = "") -> None:
    _refuse_existing(into)
    with opened(dump) as stream:
        try:
            draft = read(stream, _settings(given, domain))
        except ImportFault as fault:
            raise ImportFault(f"{dump}: {fault}") from None
    write_project(draft, into, strict)


def _settings(given: dict[str, Any], domain: str = "") -> ImportOptions:
    today: datetime | None = given["today"]
    return ImportOptions(
        country=given["country"].upper(),
        today=today.date() if today else date.today(),
        timezone=str(given["timezone"] or ""),
        name=given["name"],
        domain=domain,
        encoding=given["encoding"],
        passwords=bool(given.get("passwords")),
    )


def _refuse_existing(into: Path) -> None:
    if into.exists() or into.is_symlink():
        raise ImportFault(f"{into} exists: nothing is overwritten, name a new folder")
