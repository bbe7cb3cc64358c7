"""A call's facts to channel variables: what the engine makes of releases, handlers, secrets and its own deadline."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

import gevent
import pytest
from gevent.event import Event

from routing.engine.deciding import Engine
from routing.engine.handlers import Handlers
from routing.engine.ports import ports_of
from routing.http.breaker import FAILURES_TO_OPEN, Breaker
from routing.model.decision import Call, Late
from routing.model.web import NoReply, Reply
from routing.process.log import Lines
from routing.release.tables import Releases
from support.wire_release import NAME, TABLE, webhook, write_release


class Handler:
    """Answers in the place of an HTTP client: a body, a Reply, or an exception."""

    def __init__(self, answer: object = b'{"ring": "ivan"}') -> None:
        self.answer = answer
        self.asked: list[tuple] = []

    def exchange(self, *request):
        self.asked.append(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        if callable(self.answer):
            return self.answer()
        return Reply(200, {}, self.answer) if isinstance(self.answer, bytes) else self.answer


class Bed:
    def __init__(self, root: Path, secrets: dict[str, str], **steps: dict) -> None:
        self.release = write_release(root, **(steps or {"3": webhook()}))
        self.handler = Handler()
        self.log = root / "log"
        self.log.touch()
        self.now_s = 1000.0
        descriptor = os.open(self.log, os.O_WRONLY)
        breaker = Breaker(lambda: self.now_s)
        releases, handlers = Releases(root), Handlers(self.handler, breaker, secrets, new_id=lambda: "msg_1")
        self.handlers = handlers
        self.engine = Engine(releases, ports_of(releases, handlers), Lines(descriptor))
        os.close(descriptor)

    def read(self, releases: Releases) -> None:
        self.engine.releases = releases
        self.engine.ports = ports_of(releases, self.handlers)

    def decide(self, **facts: object) -> str:
        return self.variables(**facts)["routing_decision"]

    def variables(self, **facts: object) -> dict[str, str]:
        usual = {"uuid": "u-1", "release": self.release, "scheme": "kharkiv", "step": "3"}
        call = Call(**{**usual, "number": "+380800111222", "caller": "+380501112233", **facts})
        return dict(self.engine.decide(call))

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def bed(tmp_path):
    made: list[Bed] = []

    def make(secrets: dict[str, str] | None = None, **steps: dict) -> Bed:
        made.append(Bed(tmp_path, secrets or {}, **steps))
        return made[-1]

    yield make
    for each in made:
        os.close(each.engine.lines._descriptor)


def test_a_decision_leaves_one_line_that_says_all_and_shows_no_secret(bed):
    here = bed({"KEY": "hush-1"}, **{"3": webhook("https://u@handler.example:8443/route?token=hush-2", secret="KEY")})
    assert here.decide() == "3:ring:person:ivan"
    (line,) = here.lines
    assert {"time", "ms"} <= set(line)
    assert (
        line.items()
        >= {
            "level": "info",
            "event": "decision",
            "call": "u-1",
            "scheme": "kharkiv",
            "step": "3",
            "kind": "webhook",
            "caller": "+380501112233",
            "number": "+380800111222",
            "verdict": "decided",
            "decision": "3:ring:person:ivan",
            "reason": "",
            "host": "handler.example:8443",
        }.items()
    )
    assert "hush" not in here.log.read_text()


def test_a_decision_for_a_phone_names_its_person(bed):
    here = bed(**{"3": {"kind": "duty", "project": "p", "state": "pause"}})
    here.decide(caller="anonymous", person="ivan")
    assert (here.lines[0]["caller"], here.lines[0]["person"]) == ("anonymous", "ivan")


def test_a_steps_own_headers_are_sent_with_their_secrets(bed):
    here = bed({"TOKEN": "hush"}, **{"3": webhook(headers={"Authorization": "Bearer {TOKEN}", "X-Shop": "17"})})
    assert here.decide() == "3:ring:person:ivan"
    ((_, _, headers, _, _),) = here.handler.asked
    assert headers.items() >= {"Authorization": "Bearer hush", "X-Shop": "17"}.items()
    assert "hush" not in here.log.read_text()


def test_a_header_whose_secret_is_not_set_is_not_sent(bed):
    here = bed({}, **{"3": webhook(headers={"Authorization": "Bearer {TOKEN}"})})
    assert here.decide() == "3:continue"
    assert here.handler.asked == []
    assert here.lines[-1]["reason"] == "secret TOKEN is not set"


@pytest.mark.parametrize(
    ("waves", "said"),
    [([[0], [5, 60], [10]], "30,25,20"), ([[0], [30]], "30"), ([[0, 15]], "15"), ([["x", "y"]], None)],
)
def test_a_person_with_delays_is_told_the_time_of_each_wave(bed, waves, said):
    here = bed()
    table = TABLE | {"people": {"ivan": {"phones": ["desk", "mobile"], "waves": waves}}}
    (Path(here.release) / "table.json").write_text(json.dumps(table))
    variables = here.variables()
    assert variables.get("routing_ring_for") == said
    assert variables["routing_decision"] == ("3:ring:person:ivan" if said else "3:continue")


def test_the_call_carries_the_verdict_for_its_own_record(bed):
    here = bed({"KEY": "k"}, **{"3": webhook(secret="OTHER_${KEY}|x")})
    variables = here.variables()
    assert variables["routing_verdict"] == "failed secret OTHER_ KEY x is not set"
    assert variables["routing_took_ms"].isdigit()


def test_requests_are_signed_with_both_secrets_of_a_rotation(bed):
    here = bed({"KEY": "new old"}, **{"3": webhook(secret="KEY")})
    here.decide()
    method, url, headers, body, deadline_s = here.handler.asked[0]
    assert (method, url, deadline_s) == ("POST", "http://handler.example/route", 2.0)
    assert json.loads(body)["call_id"] == "u-1"
    assert len(headers["Webhook-Signature"].split()) == 2


def test_a_missing_secret_goes_on_and_asks_nobody(bed):
    here = bed(**{"3": webhook(secret="KEY")})
    assert here.decide() == "3:continue"
    assert here.lines[0]["reason"] == "secret KEY is not set"
    assert here.handler.asked == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"release": "/etc"}, "is not below the release root"),
        ({"release": "{root}/releases/../../etc"}, "is not below the release root"),
        ({"release": "{root}/releases/.."}, "is not below the release root"),
        ({"release": "{root}/releases/other"}, "No such file"),
        ({"scheme": "nowhere"}, "No such file"),
        ({"step": "9"}, "has no dynamic step 9"),
    ],
)
def test_a_call_that_names_what_is_not_there_goes_on(bed, facts, reason):
    here = bed()
    root = here.release.removesuffix(f"/releases/{NAME}")
    step = facts.get("step", "3")
    assert here.decide(**{name: value.format(root=root) for name, value in facts.items()}) == f"{step}:continue"
    assert here.lines[0]["verdict"] == "failed"
    assert reason in here.lines[0]["reason"]


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"steps": []}', "[" * 100_000, "\x00"])
def test_a_broken_table_goes_on(bed, content):
    here = bed()
    for file in ("schemes/kharkiv.json", "table.json"):
        (Path(here.release) / file).write_text(content)
        here.engine.releases.clear()
        assert here.decide() == "3:continue"
        (Path(here.release) / file).write_text(json.dumps(TABLE | {"steps": {"3": webhook()}}))
    assert {line["verdict"] for line in here.lines} == {"failed"}


def test_a_release_is_read_once_and_by_either_name_of_its_root(bed, tmp_path):
    here = bed()
    other = tmp_path / "link"
    other.symlink_to(tmp_path, target_is_directory=True)
    here.read(Releases(other))
    assert here.decide(release=f"{other}/releases/{NAME}") == "3:ring:person:ivan"
    (Path(here.release) / "schemes" / "kharkiv.json").unlink()
    assert here.decide() == "3:ring:person:ivan"


def test_other_schemes_are_looked_up_in_the_release(bed):
    here = bed()
    here.handler.answer = b'{"scheme": "lviv"}'
    assert here.decide() == "3:scheme:lviv"
    here.handler.answer = b'{"scheme": "greeting"}'
    assert here.decide(caller_pays=False) == "3:continue"
    here.handler.answer = b'{"scheme": "table"}'
    assert here.decide() == "3:continue"


def test_a_handler_that_fails_is_left_alone_then_probed(bed):
    here = bed()
    here.handler.answer = NoReply("connection refused")
    for _ in range(FAILURES_TO_OPEN + 3):
        assert here.decide() == "3:continue"
    assert len(here.handler.asked) == FAILURES_TO_OPEN
    assert here.lines[-1]["reason"] == "breaker open after 5 failures in a row"
    here.now_s += 60
    here.handler.answer = b'{"ring": "ivan"}'
    assert here.decide() == "3:ring:person:ivan"


def test_server_errors_count_as_failures_and_other_statuses_do_not(bed):
    here = bed()
    for status, asked in ((404, 10), (500, 10 + FAILURES_TO_OPEN)):
        here.handler.answer = Reply(status)
        for _ in range(10):
            assert here.decide() == "3:continue"
        assert len(here.handler.asked) == asked


def test_a_fault_of_the_engine_goes_on(bed):
    here = bed()
    here.handler.answer = RuntimeError("a fault")
    assert here.decide() == "3:continue"
    assert [line["event"] for line in here.lines] == ["fault", "decision"]


def test_an_unknown_step_kind_goes_on(bed):
    here = bed(**{"3": {"kind": "oracle"}})
    assert here.decide() == "3:continue"
    assert "does not know the step kind 'oracle'" in here.lines[0]["reason"]


def test_the_whole_decision_has_a_deadline_of_its_own(bed):
    here = bed(**{"3": webhook(timeout_s=0.1)})
    here.handler.answer = lambda: Event().wait()
    with gevent.Timeout(30, AssertionError("no deadline")):
        assert here.decide() == "3:continue"
    assert here.lines[0]["reason"] == "no decision within 0.5 s"


def test_a_call_that_ends_meanwhile_is_noted_and_not_decided(bed):
    here = bed()
    here.handler.answer = lambda: Event().wait()
    deciding = gevent.spawn(here.decide)
    gevent.idle()
    deciding.kill()
    assert [line["verdict"] for line in here.lines] == ["gone"]


def test_a_log_that_nobody_reads_stops_no_call():
    reading, writing = os.pipe()
    lines = Lines(writing)
    for _ in range(1000):
        lines.write("info", "decision", text="x" * 1000)
    assert lines.dropped > 0
    for descriptor in (reading, writing, lines._descriptor):
        os.close(descriptor)


def test_nor_does_a_journal_socket_that_nobody_reads():
    reading, writing = socket.socketpair()
    with reading, writing:
        lines = Lines(writing.fileno())
        for _ in range(3000):
            lines.write("info", "decision", text="x" * 1000)
        assert lines.dropped > 0
        assert json.loads(reading.recv(4096).splitlines()[0])["event"] == "decision"
        lines._socket.close()


def test_a_long_line_is_cut_and_still_json(tmp_path):
    log = tmp_path / "log"
    with log.open("w") as opened:
        lines = Lines(opened.fileno())
        lines.write("info", "decision", text="я" * 10_000)
        os.close(lines._descriptor)
    assert json.loads(log.read_text())["event"] == "decision"


@pytest.mark.parametrize(("timeout_s", "waited_s"), [(1.0, 2.0), (1.0, 60.0), (0.5, 2.0), (5.0, 6.0), (10.0, 11.0)])
def test_a_question_that_has_waited_too_long_asks_nobody_and_gets_no_answer(tmp_path, timeout_s, waited_s):
    """FreeSWITCH's watchdog is as early as the answer would be: nothing may be said, nobody is asked."""
    bed = Bed(tmp_path, {}, **{"3": webhook(timeout_s=timeout_s)})
    with pytest.raises(Late):
        bed.decide(waits_since=time.monotonic() - waited_s)
    assert bed.handler.asked == []
    assert bed.lines[-1]["verdict"] == "late"


def test_an_engine_that_was_stopped_while_it_decided_says_nothing(tmp_path):
    bed, now_s = Bed(tmp_path, {}), [100.0]
    bed.engine.clock = lambda: now_s[0]

    def stopped() -> Reply:
        now_s[0] += 30
        return Reply(200, {}, b'{"ring": "ivan"}')

    bed.handler.answer = stopped
    with pytest.raises(Late):
        bed.decide(waits_since=100.0)
    assert [line["verdict"] for line in bed.lines if line["event"] == "decision"] == ["late"]


def test_what_is_left_of_the_time_bounds_a_decision(tmp_path):
    """The connection waited for most of the time: the handler gets the rest, then the caller goes on, in time."""
    bed = Bed(tmp_path, {}, **{"3": webhook(timeout_s=1.0)})
    bed.handler.answer = lambda: Event().wait()
    began_s = time.monotonic()
    assert bed.decide(waits_since=began_s - 1.7) == "3:continue"


def test_the_answer_names_its_question(tmp_path):
    bed = Bed(tmp_path, {})
    assert bed.variables(question="xxx")["routing_answered"] == "xxx"
    assert "routing_answered" not in bed.variables()
