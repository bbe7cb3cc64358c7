"""What the recorder does: workers that carry calls from FreeSWITCH's spool into the journal, for ever or once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from threading import Event

from rich.progress import Progress
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from routing.journal import parse, release, sound, utterance_files
from routing.journal.database import open_database, shown
from routing.journal.faults import text_of
from routing.journal.figures_store import FigureBook
from routing.journal.gather import Gatherer
from routing.journal.notices import Notices
from routing.journal.outbox import Outbox, days_in
from routing.journal.retention import Retention
from routing.journal.spool import Spool
from routing.journal.worker import JournalWorker, Keeper
from routing.model.export_plan import TABLE, ExportPlan, plan_of
from routing.model.problem import UserFailure, counted
from routing.process.log import Lines
from routing.process.presence import ReadingMark
from routing.process.secrets import read_secrets
from routing.recorder.callback_notices import CallbackNotices
from routing.recorder.callbacks import CallbackKeeper, live_plan, plans_in
from routing.recorder.exports import CallExports, exports_of
from routing.recorder.flood_watching import watching_floods
from routing.recorder.live_calls import event_socket, record_left_behind, watching
from routing.recorder.metrics_file import writing_metrics
from routing.recorder.networks import watching_networks
from routing.recorder.notices import open_notices, post, sending
from routing.recorder.plans import ReleasePlans
from routing.recorder.redis import opened_store
from routing.recorder.sealing import Sealing
from routing.recorder.settings import RecorderSettings


def record(settings: RecorderSettings) -> str:
    """Record calls until the process is asked to end, or ``once``; returns what was recorded, in a line.

    Raises UserFailure when the journal cannot be written, ``once``.
    """
    with _others(settings):
        return _run(settings, (0, settings.workers))


@contextmanager
def _others(settings: RecorderSettings) -> Iterator[None]:
    """The workers beside this one, ended with it."""
    context = multiprocessing.get_context("spawn")
    shares = [(which, settings.workers) for which in range(1, settings.workers)]
    others: list[BaseProcess] = [context.Process(target=_run, args=(settings, share)) for share in shares]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            if not settings.once and other.is_alive():
                other.terminate()
            other.join()


def _run(settings: RecorderSettings, share: tuple[int, int]) -> str:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as ending:
        worker = _open(settings, share, stop, ending)
        if worker is None:
            return "stopped"
        _work(settings, worker)
    counts = worker.counts
    more = f", {counted(counts.unfinished, 'unfinished call')} without a CDR" if counts.unfinished else ""
    recorded, bad = counted(counts.recorded, "call"), counted(counts.bad, "unusable file")
    return f"{recorded} recorded, {counts.waiting} left for later, {bad}{more}"


def _work(settings: RecorderSettings, worker: JournalWorker) -> None:
    notices = None
    if not worker.share[0]:
        attaches = lambda: not settings.project.encrypt  # noqa: E731
        notices = open_notices(settings.mail, worker, settings.project.zone, settings.project.name, attaches)
    calls = None if worker.share[0] else _exports(settings, worker)
    sends = [sending(each, settings.once) for each in (notices, _callback_notices(settings, worker, notices), calls)]
    with _progress(settings, worker), sends[0], sends[1], sends[2]:
        if settings.once:
            _once(worker, settings)
            record_left_behind(worker, settings.spool)
        elif worker.share[0]:
            worker.run()
        else:
            where = event_socket(settings.spool, settings.esl)
            networks = watching_networks(worker, notices, where, settings.redis, settings.project)
            ours = settings.project
            with (
                watching(worker, settings.spool, where),
                networks,
                watching_floods(worker, where, settings.redis, ours),
            ):
                worker.run()


def _callback_notices(
    settings: RecorderSettings, worker: JournalWorker, notices: Notices | None
) -> CallbackNotices | None:
    """The notices of orders to call back, by the live release; None without one, and in other workers than the
    first."""
    root = settings.project.root
    if notices is None or root is None:
        return None
    return CallbackNotices(
        worker.engine, notices.mail, notices.hooks, worker.log, worker.now, lambda: settings.project.name,
        lambda: live_plan(root), worker.stop,
    )  # fmt: skip


def _exports(settings: RecorderSettings, worker: JournalWorker) -> CallExports:
    """The exports of calls, by the live release."""
    plans, secrets = _export_plans(settings), read_secrets(settings.secrets, os.environ)
    return CallExports(
        worker.engine, lambda: settings.project.name, plans.live, secrets, post, worker.log, worker.now, worker.stop,
        worker.counts,
    )  # fmt: skip


def _export_plans(settings: RecorderSettings) -> ReleasePlans[ExportPlan]:
    return ReleasePlans(settings.project.root, TABLE, plan_of)


def _once(worker: JournalWorker, settings: RecorderSettings) -> None:
    try:
        worker.work()
    except (SQLAlchemyError, OSError) as problem:
        where = shown(settings.database)
        raise UserFailure(f"the journal {where} cannot be written, the spool is kept: {text_of(problem)}") from None


def _open(settings: RecorderSettings, share: tuple[int, int], stop: Event, ending: ExitStack) -> JournalWorker | None:
    """The worker, as soon as its database is there; None when it was stopped before. ``ending`` closes what it has."""
    lines = Lines()
    ending.callback(lines.close)
    while not stop.is_set():
        try:
            engine = open_database(settings.database)
            break
        except SQLAlchemyError as problem:
            lines.write(
                "error", "journal cannot be opened", database=shown(settings.database), problem=text_of(problem),
                spool="kept",
            )  # fmt: skip
            stop.wait(5)
    else:
        return None
    ending.callback(engine.dispose)
    if not (settings.once or share[0]):
        lines.write("info", "started", spool=str(settings.spool), database=shown(settings.database), pid=os.getpid())
    place = parse.ParseContext(
        sound.size_of, release.project_of, release.email_of, release.notify_of, sound.is_message, release.text_of,
        utterance_files.found,
    )  # fmt: skip
    gatherer = Gatherer(Spool(settings.spool), place, lines.write, time.time)
    report = writing_metrics(settings, engine) if settings.metrics and not share[0] else None
    outbox = _outbox(settings, ending)
    keeps = CallbackKeeper(engine, settings.project.name, lines.write, time.time, plans_in(settings.project.root),
                            lambda: settings.project.keep_s)  # fmt: skip
    parts = {
        "settle": keeps.settle,
        "recorded": keeps.finish,
        "exports_of": exports_of(_export_plans(settings)),
        "outbox": outbox,
        "figures": None if share[0] else _figures(settings, engine),
        **({} if share[0] else _keepers(settings, lines, _presence(settings, ending).say)),
        "stop": stop,
        "share": share,
        "after_pass": report,
    }
    return JournalWorker(engine, gatherer, lines.write, time.time, **parts)  # type: ignore[arg-type]


def _presence(settings: RecorderSettings, ending: ExitStack) -> ReadingMark:
    """Of a journal that goes on reading its spool; `routing doctor` looks for it."""
    presence = ReadingMark(settings.spool)
    if not settings.once:
        presence.begin()
        ending.callback(presence.end)
    return presence


def _keepers(settings: RecorderSettings, lines: Lines, shows: Callable[[str], None]) -> dict[str, Keeper]:
    """What looks after calls and sounds that are kept; of the first worker. ``shows``: told what hinders it."""
    secrets = read_secrets(settings.secrets, os.environ)
    return {
        "retention": Retention(lambda: settings.project.keeping, lines.write, settings.trust_clock),
        "sealing": Sealing(lambda: settings.project.encrypt, secrets, lines.write, shows),
    }


def _figures(settings: RecorderSettings, engine: Engine) -> FigureBook:
    """The figures for reports; only a release or an operator changes the zone of their days."""
    ours = settings.project
    is_known = bool(ours.root or ours.given_timezone)
    zone = lambda: ours.zone if is_known else None  # noqa: E731
    return FigureBook(engine, lambda: ours.name, time.time, zone, lambda: ours.figure_views)


def _outbox(settings: RecorderSettings, ending: ExitStack) -> Outbox | None:
    if not settings.redis:
        return None
    from routing.store.memory import RedisMemory  # gevent: only where Redis is used

    memory = RedisMemory(opened_store(settings.redis, ending))
    return Outbox(memory, lambda at: days_in(settings.project.zone)(at), settings.project.name,
                  settings.project.people_of)  # fmt: skip


@contextmanager
def _progress(settings: RecorderSettings, worker: JournalWorker) -> Iterator[None]:
    """A bar while a person looks on."""
    if not sys.stderr.isatty() or not settings.once:
        yield
        return
    with Progress(transient=True) as bar:
        task = bar.add_task("recording calls")
        show: Callable[[int, int], None] = lambda done, all_: bar.update(task, completed=done, total=all_)  # noqa: E731
        worker.progress = show
        yield
