"""One worker process of the engine: serves calls from the listening socket that the supervisor hands down.

supervisor.py starts it as ``python -m routing.engine.worker OPTIONS``. It sends a heartbeat once a second over its
control socket and exits at once when that closes, so no worker outlives the engine.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import gevent.lock
import gevent.socket

from routing.crm.systems import Systems
from routing.crm.tasks import Greenlets
from routing.engine import metrics
from routing.engine.callbacks import StoredCallbacks
from routing.engine.cards import Cards
from routing.engine.control import BEAT, QUESTION, answer, die_with_parent
from routing.engine.deciding import Engine
from routing.engine.dnd import DndVariables
from routing.engine.elsewhere import keep_exchanging, learn_node
from routing.engine.exclusive import exclusive
from routing.engine.handlers import Handlers
from routing.engine.lights import Lights
from routing.engine.ports import ports_of, stored_in
from routing.engine.recogniser import recognisers_of
from routing.engine.screens import PopSender, pops_in
from routing.engine.speaking import CallVoice
from routing.engine.states import States
from routing.engine.trace_option import tracer_to
from routing.engine.waiting_calls import dialling, waiting_calls
from routing.engine.worker_options import WorkerOptions
from routing.esl import globals as switch_globals
from routing.esl.card_events import follow_cards
from routing.esl.client import stay_connected
from routing.esl.guesses import refuse
from routing.esl.lights import keep_lights
from routing.esl.protocol import EventSocket
from routing.esl.server import CallServer
from routing.esl.watch import watch
from routing.http.address import Resolver
from routing.http.breaker import Breaker
from routing.http.client import HttpClient
from routing.http.pool import HttpPool
from routing.model import dnd
from routing.model.callback_plan import TABLE as CALLBACKS
from routing.model.guesses import Guesses, Refusal
from routing.process.log import Lines, LogHandler
from routing.process.memory import DATABASE_VARIABLE, ESL_VARIABLE, REDIS_VARIABLE, node_leases_in, store_at
from routing.process.secrets import SecretsFault, read_secrets
from routing.release.tables import Releases
from routing.store.client import StoreDown
from routing.store.memory import RedisMemory
from routing.store.networks import RedisNetworks
from routing.store.nodes import FAILURES_TO_OPEN

BEAT_SECONDS = 1.0
#: How often Redis is checked while no call uses it.
LOOK_SECONDS = 5.0
#: How soon another worker takes over what a dead one did for all.
TAKE_OVER_SECONDS = 1.0
#: A command that costs nothing; an error for a user without the permission is an answer too.
IS_THERE = ("routing:doctor", ("EXISTS", "routing:doctor"))
#: Threads for name lookups: a hanging name server holds one per host.
LOOKUP_THREADS = 32


class EngineWorker:
    """Wires the engine and runs it until SIGTERM."""

    def __init__(self, options: WorkerOptions) -> None:
        self.options = options
        self.lines = Lines()
        self.stop = gevent.event.Event()
        self.control, self.speaking = gevent.socket.socket(fileno=options.control), gevent.lock.BoundedSemaphore()
        self.breaker = Breaker(time.monotonic)
        self.states = States(self._report("info", "states"))
        releases = Releases(Path(options.root))
        resolver, secrets = Resolver(time.monotonic), self._secrets()
        pool = HttpPool(resolver, options.link_local)
        self.crms = Systems(pool, self.breaker, Greenlets(), secrets, time.monotonic, time.time)
        self.redis = redis = store_at(os.environ.get(REDIS_VARIABLE, ""), self._report("warning", "redis"))
        self.handlers = Handlers(HttpClient(resolver, options.link_local), self.breaker, secrets)
        self.callbacks = StoredCallbacks(releases, os.environ.get(DATABASE_VARIABLE, ""))
        self.voice = CallVoice(Path(options.root), self.breaker)
        self.recognisers = recognisers_of(options.recognisers, self.lines)
        ports = ports_of(
            releases, self.handlers, self.crms, presence=self.states.presence_of, callbacks=self.callbacks,
            voice=self.voice, recognisers=self.recognisers, **stored_in(redis),
        )  # fmt: skip
        send_pop = PopSender(Path(options.root), pops_in(redis), lambda outcome: metrics.POPS.labels(outcome).inc())
        self.engine = Engine(releases, ports, self.lines, send_pop=send_pop, trace=tracer_to(options.traces))
        listener = gevent.socket.socket(fileno=options.listener)
        self.port = str(listener.getsockname()[1])
        put = RedisNetworks(redis).put if redis else None
        self.cards = Cards(releases, ports.crm, put, send_pop, self.lines.write)
        self.waiting = waiting_calls(self.engine, self.states, redis, self.lines, options.keeper, self.port)
        self.states.alive = self.waiting.queue_calls.alive
        self.engine.keeper, self.engine.reserve = options.keeper, self.waiting.reserve
        self.states.changed, self.states.leg_ended = self.waiting.somebody_changed, self.waiting.queue_calls.leg_ended
        self.server = CallServer(listener, self.engine.decide, self.report)
        if options.shared:
            self.server.max_accept = 1

    def run(self) -> int:
        """Serve until SIGTERM, then drain. Returns the exit code."""
        logging.basicConfig(handlers=[LogHandler(self.lines)], level=logging.WARNING)
        gevent.get_hub().threadpool.maxsize = LOOKUP_THREADS
        gevent.signal_handler(signal.SIGTERM, self.stop.set)
        gevent.signal_handler(signal.SIGINT, lambda: None)
        gevent.signal_handler(signal.SIGHUP, self.reload)
        self.server.start()
        gevent.spawn(self._watch_control)
        gevent.spawn(self._beat)
        gevent.spawn(self._look_for_redis)
        gevent.spawn(self.voice.forget_for_ever)
        if (Path(self.options.root) / "current" / CALLBACKS).is_file():
            gevent.spawn(self.callbacks.warm)
        self.recognisers.start()
        self._watch_switch()
        self.stop.wait()
        if left := self.server.drain(self.options.drain_s):
            self.lines.write("warning", "drained", open_calls=left)
        self.callbacks.idle.wait(self.options.drain_s)
        return 0

    def report(self, reason: str, details: str) -> None:
        """A socket that ended without a decision."""
        metrics.UNDECIDED.labels(reason).inc()
        self.lines.write("info", "undecided", reason=reason, details=details)

    def reload(self) -> None:
        """SIGHUP: read the secrets again and clear the cache of releases."""
        self.handlers.secrets = self._secrets(self.handlers.secrets)
        self.engine.releases.clear()
        self.crms.renew(self.handlers.secrets)

    def _secrets(self, otherwise: object = None) -> dict[str, str]:
        file = Path(self.options.secrets) if self.options.secrets else None
        try:
            return dict(read_secrets(file, os.environ))
        except SecretsFault as problem:
            self.lines.write("error", "secrets", problem=str(problem))
            return dict(otherwise) if isinstance(otherwise, dict) else {}

    def _report(self, level: str, what: str) -> Callable[[str], None]:
        return lambda text: self.lines.write(level, what, words=text)

    def _beat(self) -> None:
        while True:
            metrics.OPEN_CALLS.set(self.server.open_calls)
            metrics.WAITING.set(len(self.waiting) if self.waiting.leads else 0)
            metrics.QUEUED.set(len(self.waiting.queue_calls) if self.waiting.leads else 0)
            metrics.OPEN_BREAKERS.set(self.breaker.open_count())
            metrics.DROPPED_LINES.set(self.lines.dropped)
            metrics.REDIS_UP.set(bool(self.redis and self.redis.is_up))
            metrics.SWITCH_UP.set(self.states.is_known)
            phones, people = self.states.counts()
            metrics.PHONES.set(phones)
            metrics.BUSY.set(people)
            self._say(BEAT)
            gevent.sleep(BEAT_SECONDS)

    def _say(self, message: bytes) -> None:
        """Send to the supervisor, one message at a time."""
        with self.speaking:
            self.control.sendall(message)

    def _look_for_redis(self) -> None:
        """Notice an unreachable Redis before a call does; the store reports it once."""
        while self.redis:
            for _ in range(FAILURES_TO_OPEN):
                with contextlib.suppress(StoreDown):
                    self.redis.ask(IS_THERE[0], IS_THERE[1])
                    break
            gevent.sleep(LOOK_SECONDS)

    def _watch_switch(self) -> None:
        """Watch the states of people and set do-not-disturb and lights in FreeSWITCH, if the password is known."""
        password = os.environ.get(ESL_VARIABLE, "")
        if not (self.options.esl and password):
            return
        where = EventSocket.at(self.options.esl, password)
        gevent.spawn(stay_connected, where, partial(learn_node, states=self.states))
        if others := node_leases_in(self.redis):
            calls = self.waiting.queue_calls
            keep_exchanging(Path(self.options.root), self.states, others, str(os.getpid()), calls)
        gevent.spawn(watch, where, self.states)
        judge = Guesses(tuple(ip_network(network) for network in self.options.trusted))
        gevent.spawn(self._exclusively, "guesses", lambda: refuse(where, judge, time.time, self._refused))
        gevent.spawn(self.waiting.listen, where)
        gevent.spawn(self._exclusively, "cards", lambda: follow_cards(where, self.port, self.cards))
        root, dials = Path(self.options.root), dialling(self.callbacks, self.states, self.redis, self.waiting)
        dial = partial(dials, where, root, self.stop, self.lines.write)
        gevent.spawn(self._exclusively, "waiting", lambda: self.waiting.lead(self.stop, dial))
        if self.redis:
            memory = RedisMemory(self.redis)
            gevent.spawn(switch_globals.keep, where, dnd.PREFIX, DndVariables(root, memory))
            gevent.spawn(self._exclusively, "lights", lambda: keep_lights(where, Lights(root, memory, time.time)))

    def _exclusively(self, what: str, does: Callable[[], None]) -> None:
        """Do this in one of all workers; when it dies another takes over."""
        with exclusive(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / what, TAKE_OVER_SECONDS):
            does()

    def _refused(self, refusal: Refusal) -> None:
        metrics.REFUSALS.labels("account" if refusal.account else "address").inc()
        until = datetime.fromtimestamp(refusal.until_s, UTC).isoformat(timespec="seconds")
        self.lines.write("warning", "guesses", address=refusal.address, account=refusal.account, refused_until=until)

    def _facts(self) -> dict[str, Any]:
        facts = {"queues": self.waiting.queue_calls.facts(), "recognisers": self.recognisers.states()}
        return {"pid": os.getpid(), **self.states.facts(), **facts}

    def _watch_control(self) -> None:
        """Answer the supervisor; exit at once when it is gone: open calls then continue with their fallback."""
        with contextlib.suppress(OSError):
            while received := self.control.recv(64):
                for _ in range(received.count(QUESTION)):
                    self._say(answer(self._facts()))
        os._exit(3)


def main(argument: str) -> int:
    """Run a worker with options as JSON."""
    die_with_parent()
    socket.setdefaulttimeout(None)
    return EngineWorker(WorkerOptions(**json.loads(argument))).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
