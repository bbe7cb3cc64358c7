"""``routing serve``: opens the ports, starts the workers and the status server, and ends them in order."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from routing.engine.metrics import exposition, forget_process
from routing.engine.missing import MissingSecrets
from routing.engine.supervisor import Supervisor, worker_command
from routing.engine.worker_options import WorkerOptions
from routing.http.status import StatusServer
from routing.process.log import Lines
from routing.process.memory import DATABASE_VARIABLE, ESL_VARIABLE, REDIS_VARIABLE
from routing.process.secrets import SecretsFault, read_secrets
from routing.process.temporary import temporary
from routing.release.drained import is_drained
from routing.store.embedded import Embedded, url

BACKLOG = 1024


class ServeFault(Exception):
    """The engine cannot start; the text says why, for the operator."""


@dataclass(frozen=True)
class ServeOptions:
    """``listen`` and ``http`` are ``host:port`` on loopback (port 0: any free one); ``drain_s`` is in
    seconds."""

    root: Path
    listen: str = "127.0.0.1:8084"
    http: str = "127.0.0.1:8086"
    workers: int = 2
    drain_s: float = 10.0
    secrets: Path | None = None
    link_local: bool = False
    #: A URL, or "" for an embedded Redis below the root.
    redis: str = ""
    esl: str = "127.0.0.1:8021"
    #: Networks whose wrong passwords are never counted: that of a SIP proxy with many phones behind it.
    trusted: tuple[str, ...] = ()
    #: Commands of recognisers by name.
    recognisers: Mapping[str, str] = field(default_factory=dict)
    #: The journal's database, where calls back are ordered: URL or file, "" for none.
    database: str = ""
    #: A collector's URL for OpenTelemetry spans; "" for none.
    traces: str = ""


def run(options: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT. Raises ServeFault when it cannot begin."""
    with temporary("routing-metrics-") as metrics:
        _serve(options, metrics)


def _serve(options: ServeOptions, metrics: Path) -> None:
    _check(options)
    lines = Lines()
    began_s = time.monotonic()
    missing = MissingSecrets(options.root, read_secrets(options.secrets, os.environ))
    with _listener(options.listen) as listener, ExitStack() as stack:
        supervisors: list[Supervisor] = []

        def health() -> tuple[bool, Mapping[str, Any]]:
            ready = sum(each.ready_workers() for each in supervisors)
            up_s = round(time.monotonic() - began_s)
            facts = {"workers": options.workers, "ready": ready, "up_seconds": up_s}
            return ready > 0 and not any(each.stopping for each in supervisors), facts

        def people() -> bytes:
            return json.dumps({"workers": [facts for each in supervisors for facts in each.people()]}).encode() + b"\n"

        def counts() -> bytes:
            return exposition(metrics, live(options.root), missing.found(), is_drained=is_drained(options.root))

        status = _status_server(options.http, health, counts, people)
        stack.callback(status.server_close)
        redis = stack.enter_context(_redis(options, lines))
        supervisors.append(_supervisor(options, listener, metrics, lines, redis, missing))
        status.start()
        places = {"listen": _shown(listener), "http": _shown(status.socket)}
        lines.write("info", "started", **places, workers=options.workers, pid=os.getpid(), release=live(options.root))
        for hint in _missing(options):
            lines.write("warning", "missing", words=hint)
        supervisors[0].run(options.drain_s)
        status.shutdown()
    lines.write("info", "stopped")


def _check(options: ServeOptions) -> None:
    try:
        read_secrets(options.secrets, {})
    except SecretsFault as problem:
        raise ServeFault(str(problem)) from None


def live(root: Path) -> str:
    """Name of the release that new calls enter; "" for none."""
    try:
        return os.path.basename(os.readlink(root / "current"))
    except OSError:
        return ""


def _missing(options: ServeOptions) -> Iterator[str]:
    """Warnings about missing settings. Workers report what cannot be reached."""
    if not (options.root / "current").is_dir():
        hint = f"routing publish --root {options.root}"
        yield f"no release is live in {options.root}: calls find no scheme (hint: {hint})"
    yield from _unknown_recognisers(options)
    if options.esl and not os.environ.get(ESL_VARIABLE):
        yield (
            f"{ESL_VARIABLE} is not set: who talks or has no phone registered counts as free, SIP passwords "
            "can be guessed without end, message lights stay as they are (hint: it is in the node's event_socket.json)"
        )


def _unknown_recognisers(options: ServeOptions) -> Iterator[str]:
    """Recognisers whose names no speech menu of the live release has: a mistyped one is never asked."""
    named = {name for step in live_steps(options.root) for name in (step.get("recognisers") or {}).values()}
    if unknown := sorted(options.recognisers.keys() - named):
        known = f"they ask {', '.join(sorted(named))}" if named else "there are none"
        yield f"--recogniser {', '.join(unknown)}: no speech menu of the live release asks it, {known}"


def live_steps(root: Path) -> Iterator[Mapping[str, Any]]:
    """The engine's settings of every step of the live release, as far as its files can be read."""
    for file in sorted((root / "current").glob("schemes/*.json")):
        with suppress(OSError, ValueError, KeyError):
            yield from json.loads(file.read_bytes())["steps"].values()


@contextmanager
def _redis(options: ServeOptions, lines: Lines) -> Iterator[str]:
    """The URL of the Redis to use: the given one, else an embedded one that ends with this process."""
    if options.redis:
        yield options.redis
        return
    ours = Embedded(options.root, lambda text: lines.write("info", "redis", words=text))
    ours.start()
    try:
        yield url(options.root)
    finally:
        ours.stop()


def _report(missing: MissingSecrets, options: ServeOptions, lines: Lines) -> None:
    for secret in missing.to_report():
        lines.write("warning", "missing", words=secret.text(options.secrets))


def _renew(missing: MissingSecrets, options: ServeOptions) -> None:
    """As workers do: a file that cannot be read now changes nothing, and they report it."""
    with suppress(SecretsFault):
        missing.renew(read_secrets(options.secrets, os.environ))


def _supervisor(
    options: ServeOptions, listener: socket.socket, metrics: Path, lines: Lines, redis: str, missing: MissingSecrets
) -> Supervisor:
    worker_options = WorkerOptions(
        listener=listener.fileno(),
        control=-1,
        root=str(options.root.absolute()),
        secrets=str(options.secrets.absolute()) if options.secrets else "",
        drain_s=options.drain_s,
        link_local=options.link_local,
        shared=options.workers > 1,
        esl=options.esl,
        keeper=uuid.uuid4().hex,
        trusted=options.trusted,
        recognisers=options.recognisers,
        traces=options.traces,
    )
    return Supervisor(
        command=lambda control: worker_command(replace(worker_options, control=control).text()),
        inherited=(listener.fileno(),),
        environment={
            **os.environ,
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            REDIS_VARIABLE: redis,
            DATABASE_VARIABLE: options.database,
        },
        workers=options.workers,
        lines=lines,
        ended=lambda pid: forget_process(metrics, pid),
        closing=listener.close,
        look=lambda: _report(missing, options, lines),
        reload=lambda: _renew(missing, options),
    )


def _listener(text: str) -> socket.socket:
    address = _address(text)
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as problem:
        listener.close()
        raise ServeFault(_not_open(text, problem)) from None
    listener.setblocking(False)
    return listener


def _status_server(text: str, health: Any, metrics: Callable[[], bytes], people: Callable[[], bytes]) -> StatusServer:
    try:
        return StatusServer(_address(text), health, metrics, {"/people": people})
    except OSError as problem:
        raise ServeFault(_not_open(text, problem)) from None


def _shown(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"{host}:{port}"


def _not_open(text: str, problem: OSError) -> str:
    return f"cannot listen on {text}: {(problem.strerror or str(problem)).lower()}"


def _address(text: str) -> tuple[str, int]:
    """Host and port of ``127.0.0.1:8084``. Loopback only: the port trusts every client as FreeSWITCH."""
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        raise ServeFault(f"{text!a} is a name: write the address of loopback, 127.0.0.1:{port}") from None
    if not address.is_loopback:
        raise ServeFault(f"{text} is not on loopback: the engine runs on the same node as its FreeSWITCH")
    return str(address), int(port)
