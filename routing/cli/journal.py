"""``routing journal``: carry finished calls from FreeSWITCH's spool into the journal, for ever or once."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.progress import Progress
from sqlalchemy.exc import SQLAlchemyError

from routing.cli.calls import WHERE, journal_of
from routing.cli.errors import UserError
from routing.cli.networks import telling_networks
from routing.cli.notices import MailOptions, check_mail, open_notices, sending
from routing.cli.options import DURATION, NEW_FILE, REDIS, SERVER, ZONE
from routing.cli.watched import event_socket, record_left_behind, watching
from routing.journal import parse, release, sound
from routing.journal.database import DatabaseFault, open_database, opened_database, shown
from routing.journal.faults import text_of
from routing.journal.gather import Gatherer
from routing.journal.metrics import reporting
from routing.journal.outbox import Outbox, days_in
from routing.journal.retention import Retention
from routing.journal.spool import Spool
from routing.journal.worker import JournalWorker
from routing.model.durations import parse_duration
from routing.process.log import Lines
from routing.store.address import BadAddress
from routing.store.address import parse as redis_address

#: Redis is asked beside calls, not on them: it may take longer than a decision's budget.
REDIS_SECONDS = 1.0
MOST_WORKERS = 16


@dataclass(frozen=True)
class Options:
    """What the command was told."""

    spool: Path
    database: str
    redis: str
    project: release.LiveProject
    metrics: Path | None
    once: bool
    workers: int
    mail: MailOptions
    esl: str
    trust_clock: bool


@click.command()
@click.option("--spool", required=True, envvar="ROUTING_SPOOL", help="Where FreeSWITCH writes its CDR files.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--database", envvar="ROUTING_DATABASE", default="", help=f"File, or SQLAlchemy URL.  {WHERE}")
@click.option("--root", help="Release root: project, time zone, keep and Redis are its own unless said here.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option(
    "--redis", type=REDIS, envvar="ROUTING_REDIS", default="", help="Memory of talks.  [default: the root's own]"
)
@click.option("--project", default="", help="Project of calls whose release is gone.  [default: the root's, `default`]")
@click.option("--timezone", type=ZONE, default="", help="A person's day ends by it.  [default: the project's, UTC]")
@click.option("--keep", type=DURATION, metavar="365d", default="", help="Forget calls and recordings after so long.  "
              "[default: as the project says, never]")  # fmt: skip
@click.option("--trust-clock", is_flag=True, help="Forget old calls also where there was none for weeks.")
@click.option("--metrics", type=NEW_FILE, help="Write counters for Prometheus to this file.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=1, show_default=True, help="Processes.")
@click.option("--esl", type=SERVER, default="", metavar="HOST:PORT", help="FreeSWITCH's event socket, to notice calls "
              "that it writes nothing of.  [default: the spool's node; ROUTING_ESL_PASSWORD]")  # fmt: skip
@click.option("--once", is_flag=True, help="Take what is there and end.")
@click.option(
    "--smtp",
    envvar="ROUTING_SMTP",
    default="",
    metavar="URL",
    help="Mail server for notices; its password: ROUTING_SMTP_PASSWORD.  [default: webhooks only]",
)
@click.option("--mail-from", envvar="ROUTING_MAIL_FROM", default="", metavar="ADDRESS", help="Sender of the notices.")
def journal(
    root: Path | None, database: str, redis: str, project: str, timezone: str, keep: str, smtp: str, mail_from: str,
    **rest: object,
) -> None:  # fmt: skip
    """Record every finished call: SQL for the journal, Redis for stickiness and loads, notices by e-mail and webhook.

    It may be killed and started at any time, and more than once: no call is lost and none is recorded twice.
    """
    ours = release.LiveProject(root.resolve() if root else None, timezone, _keep(keep), project)
    if root and not redis:
        from routing.store.embedded import url  # gevent: only where Redis is used

        redis = url(root)
    database = database or journal_of(root)
    mail = MailOptions(smtp, mail_from)
    options = Options(database=database, redis=redis, project=ours, mail=mail, **rest)  # type: ignore[arg-type]
    _check(options)
    with _others(options) as others:
        counts = _run(options, (0, options.workers), others)
    if options.once:
        click.echo(counts)


def _keep(text: str) -> int:
    try:
        return parse_duration(text) if text else 0
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


def _check(options: Options) -> None:
    """Everything that a worker could not mend by waiting."""
    try:
        ZoneInfo(options.project.given_timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise UserError(f"`{options.project.given_timezone}` is not a time zone of the tz database") from None
    if options.metrics and not options.metrics.parent.is_dir():
        raise UserError(f"--metrics: {options.metrics.parent} is no folder (hint: make it, or name another file)")
    check_mail(options.mail)
    event_socket(options.spool, options.esl)
    try:
        if options.redis:
            redis_address(options.redis)
        with opened_database(options.database):
            pass
    except (BadAddress, DatabaseFault) as problem:
        raise UserError(str(problem)) from None
    except SQLAlchemyError as problem:
        if options.once:
            raise UserError(f"the journal {shown(options.database)} cannot be opened: {text_of(problem)}") from None


@contextmanager
def _others(options: Options) -> Iterator[list[BaseProcess]]:
    """The workers beside this one, ended with it."""
    context = multiprocessing.get_context("spawn")
    shares = [(which, options.workers) for which in range(1, options.workers)]
    others: list[BaseProcess] = [context.Process(target=_run, args=(options, share)) for share in shares]
    for other in others:
        other.start()
    try:
        yield others
    finally:
        for other in others:
            if not options.once and other.is_alive():
                other.terminate()
            other.join()


def _run(options: Options, share: tuple[int, int], others: list[BaseProcess] | None = None) -> str:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as ending:
        worker = _open(options, share, stop, ending)
        if worker is None:
            return "stopped"
        _work(options, worker)
    counts = worker.counts
    more = f", {counts.unfinished} unfinished calls recorded that have no CDR" if counts.unfinished else ""
    return f"{counts.recorded} calls recorded, {counts.waiting} left for later, {counts.bad} unusable files{more}"


def _work(options: Options, worker: JournalWorker) -> None:
    notices = None
    if not worker.share[0]:
        notices = open_notices(options.mail, worker, options.project.zone, options.project.name)
    with _progress(options, worker), sending(notices, options.once):
        if options.once:
            _once(worker, options)
            record_left_behind(worker, options.spool)
        elif worker.share[0]:
            worker.run()
        else:
            where = event_socket(options.spool, options.esl)
            telling = (
                telling_networks(worker, notices, where, options.redis, options.project) if notices else nullcontext()
            )
            with watching(worker, options.spool, options.esl), telling:
                worker.run()


def _once(worker: JournalWorker, options: Options) -> None:
    try:
        worker.work()
    except (SQLAlchemyError, OSError) as problem:
        where = shown(options.database)
        raise UserError(f"the journal {where} cannot be written, the spool is kept: {text_of(problem)}") from None


def _open(options: Options, share: tuple[int, int], stop: Event, ending: ExitStack) -> JournalWorker | None:
    """The worker, as soon as its database is there; None when it was stopped before. ``ending`` closes what it has."""
    lines = Lines()
    ending.callback(lines.close)
    while not stop.is_set():
        try:
            engine = open_database(options.database)
            break
        except SQLAlchemyError as problem:
            lines.write(
                "error", "journal cannot be opened", database=shown(options.database), problem=text_of(problem),
                spool="kept",
            )  # fmt: skip
            stop.wait(5)
    else:
        return None
    ending.callback(engine.dispose)
    place = parse.ParseContext(sound.size_of, release.project_of, release.email_of, release.notify_of, sound.is_message)
    gatherer = Gatherer(Spool(options.spool), place, lines.write, time.time)
    keeper = None if share[0] else Retention(lambda: options.project.keep_s, lines.write, options.trust_clock)
    report = reporting(options.metrics) if options.metrics and not share[0] else None
    outbox = _outbox(options, ending)
    parts = {"outbox": outbox, "retention": keeper, "stop": stop, "share": share, "after_pass": report}
    return JournalWorker(engine, gatherer, lines.write, time.time, **parts)  # type: ignore[arg-type]


def _outbox(options: Options, ending: ExitStack) -> Outbox | None:
    if not options.redis:
        return None
    from routing.store.client import RedisStore  # gevent: only where Redis is used
    from routing.store.memory import RedisMemory

    store = RedisStore(redis_address(options.redis), REDIS_SECONDS)
    ending.callback(store.close)
    return Outbox(RedisMemory(store), lambda at: days_in(options.project.zone)(at), options.project.name,
                  options.project.people_of)  # fmt: skip


@contextmanager
def _progress(options: Options, worker: JournalWorker) -> Iterator[None]:
    """A bar while a person looks on."""
    if not sys.stderr.isatty() or not options.once:
        yield
        return
    with Progress(transient=True) as bar:
        task = bar.add_task("recording calls")
        show: Callable[[int, int], None] = lambda done, all_: bar.update(task, completed=done, total=all_)  # noqa: E731
        worker.progress = show
        yield
