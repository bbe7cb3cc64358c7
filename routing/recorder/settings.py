"""Settings of the recorder, and what of them could never work."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.exc import SQLAlchemyError

from routing.journal.database import DatabaseFault, opened_database, shown
from routing.journal.faults import text_of
from routing.journal.release import LiveProject
from routing.model.problem import UserFailure
from routing.process.secrets import read_secrets
from routing.recorder.live_calls import event_socket
from routing.recorder.notices import MailSettings, check_mail
from routing.store.address import BadAddress
from routing.store.address import parse as redis_address


@dataclass(frozen=True)
class RecorderSettings:
    """Where calls come from and go to. ``redis`` and ``esl`` (HOST:PORT) may be "": none, the one of the spool's node.

    ``once``: record what is there and end. ``metrics``: the file of counters for Prometheus. ``secrets``: the file of
    those that exports need; None: the environment.
    """

    spool: Path
    database: str
    redis: str
    project: LiveProject
    metrics: Path | None
    once: bool
    workers: int
    mail: MailSettings
    esl: str
    trust_clock: bool
    secrets: Path | None = None


def check(settings: RecorderSettings) -> None:
    """Raises UserFailure for everything that a worker could not mend by waiting."""
    timezone = settings.project.given_timezone
    try:
        ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise UserFailure(f"`{timezone}` is not a time zone of the tz database") from None
    if settings.metrics and not settings.metrics.parent.is_dir():
        raise UserFailure(f"--metrics: {settings.metrics.parent} is no folder (hint: make it, or name another file)")
    check_mail(settings.mail)
    read_secrets(settings.secrets, os.environ)
    event_socket(settings.spool, settings.esl)
    try:
        if settings.redis:
            redis_address(settings.redis)
        with opened_database(settings.database):
            pass
    except (BadAddress, DatabaseFault) as problem:
        raise UserFailure(str(problem)) from None
    except SQLAlchemyError as problem:
        if settings.once:
            place = shown(settings.database)
            raise UserFailure(f"the journal {place} cannot be opened: {text_of(problem)}") from None
