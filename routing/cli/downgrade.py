"""``routing downgrade``: the way back to an older version of the program, with every call."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from routing.cli.calls import journal_of
from routing.cli.errors import UserError
from routing.cli.options import database_option, root_option
from routing.journal.database import DatabaseFault, downgrade, lost_by, open_database, shown, version
from routing.journal.faults import text_of


@click.command("downgrade")
@click.argument("older", metavar="VERSION")
@root_option()
@database_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade_command(older: str, root: Path, database: str, yes: bool) -> None:
    """Give the journal the tables of an older program: VERSION is what that program's refusal names, such as 0026.

    Run it with the newer program, after all services have been stopped. Calls stay; what only newer tables hold is
    lost, and is listed before anything is done. Nothing is done by halves.
    """
    url = database or journal_of(root)
    if "://" not in url and not Path(url).is_file():
        raise UserError(f"{url}: there is no journal here; `--database` names it")
    try:
        engine = open_database(url, migrate=False)
        try:
            found = version(engine)
            if found is None:
                raise UserError(f"{shown(url)}: there is no journal here; `--database` names it")
            if found == older:
                click.echo(f"the journal's tables are of version {older} already")
                return
            for line in lost_by(found, older):
                click.echo(line)
            if not yes:
                click.confirm("Go on?", abort=True)
            downgrade(engine, older)
        finally:
            engine.dispose()
    except DatabaseFault as problem:
        raise UserError(str(problem)) from None
    except SQLAlchemyError as problem:
        raise UserError(f"the journal {shown(url)} cannot be changed: {text_of(problem)}") from None
    click.echo(f"the journal's tables are of version {older} now: start the older program")
