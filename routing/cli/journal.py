"""``routing journal``: records finished calls of FreeSWITCH's spool in the journal, continuously or once."""

from __future__ import annotations

from pathlib import Path

import click

from routing.cli.calls import WHERE, journal_of
from routing.cli.options import DURATION, NEW_FILE, SERVER, ZONE, redis_option, root_option, secrets_option
from routing.journal import release
from routing.model.durations import parse_duration
from routing.recorder.notices import MailSettings
from routing.recorder.recording import record
from routing.recorder.settings import RecorderSettings, check

MOST_WORKERS = 16


@click.command()
@click.option("--spool", required=True, envvar="ROUTING_SPOOL", help="Where FreeSWITCH writes its CDR files.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--database", envvar="ROUTING_DATABASE", default="", help=f"File, or SQLAlchemy URL.  {WHERE}")
@root_option("Release root: its project, time zone, keep and Redis are the defaults.", required=False)
@redis_option("Memory of talks.", default="the root's own")
@click.option("--project", default="", help="Project of calls whose release is gone.  [default: the root's, `default`]")
@click.option(
    "--timezone", type=ZONE, default="", help="Time zone in which a person's day ends.  [default: the project's, UTC]"
)
@click.option("--keep", type=DURATION, metavar="365d", default="", help="Delete calls and recordings after this time.  "
              "[default: as the project says, never]")  # fmt: skip
@click.option("--trust-clock", is_flag=True, help="Delete old calls even when there was no call for weeks.")
@click.option("--metrics", type=NEW_FILE, help="Write counters for Prometheus to this file.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=1, show_default=True, help="Processes.")
@click.option("--esl", type=SERVER, default="", metavar="HOST:PORT", help="FreeSWITCH's event socket, to record calls "
              "without a CDR.  [default: the spool's node; ROUTING_ESL_PASSWORD]")  # fmt: skip
@click.option("--once", is_flag=True, help="Record what is in the spool and end.")
@click.option(
    "--smtp",
    envvar="ROUTING_SMTP",
    default="",
    metavar="URL",
    help="Mail server for notices; its password: ROUTING_SMTP_PASSWORD.  [default: webhooks only]",
)
@secrets_option(
    "File with the secrets of exports and the public keys of recordings (RECORDING_KEY_...), mode 0600.",
    "the environment",
)
@click.option("--mail-from", envvar="ROUTING_MAIL_FROM", default="", metavar="ADDRESS", help="Sender of the notices.")
def journal(
    root: Path | None, database: str, redis: str, project: str, timezone: str, keep: str, smtp: str, mail_from: str,
    **rest: object,
) -> None:  # fmt: skip
    """Record every finished call: SQL for the journal, Redis for stickiness and loads, notices by e-mail and webhook.

    It may be killed and restarted at any time, and run several times at once: no call is lost or recorded twice.
    """
    ours = release.LiveProject(root.resolve() if root else None, timezone, _keep(keep), project)
    if root and not redis:
        from routing.store.embedded import url  # gevent: only where Redis is used

        redis = url(root)
    database = database or journal_of(root)
    mail = MailSettings(smtp, mail_from)
    settings = RecorderSettings(database=database, redis=redis, project=ours, mail=mail, **rest)  # type: ignore[arg-type]
    check(settings)
    counts = record(settings)
    if settings.once:
        click.echo(counts)


def _keep(text: str) -> int:
    try:
        return parse_duration(text) if text else 0
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
