"""A phone's message-waiting light: on when a voicemail was left, off when it was heard from the phone."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from routing.store import keys
from support.processes import launch
from support.switchbed import ports, redises
from support.switchbed.dialog import media_port, speak
from support.switchbed.disks import fill, small_disk
from support.switchbed.engines import serving
from support.switchbed.lab import FOLDER, Lab, until

BOX = "380800330977"
SCHEME = "scheme: lit\nnumbers: ['+380800330977']\nsteps: [{voicemail: {box: support_box, notify: support}}]\n"


@contextlib.contextmanager
def recording(lab, folder, redis):
    """`routing journal` of the lab, for as long as the block runs."""
    spool = lab.switch.home / "spool"
    command = [sys.executable, "-m", "routing", "journal", "--spool", spool, "--root", lab.root, "--redis", redis]
    with (folder / "journal.log").open("wb") as out:
        process = launch(command, stdout=out, stderr=out, env=os.environ)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture
def redis(tmp_path):
    with redises.alone(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def watched(tmp_path, redis):
    """See `watched_in`."""
    with watched_in(tmp_path / "lab", tmp_path, redis) as running:
        yield running


@contextlib.contextmanager
def watched_in(place, folder, redis):
    """A switch and a journal with one memory, and a way to run an engine; support has an address and a box."""
    esl, engine = ports.free(), f"127.0.0.1:{ports.free()}"
    company = (FOLDER / "company.yaml").read_text().replace("{name: Support,", "{name: Support, email: s@example.com,")
    lab = Lab(place, {"esl_port": esl}, {"company.yaml": company, "lit.yaml": SCHEME},
              engine=engine)  # fmt: skip
    with contextlib.ExitStack() as stack:
        stack.callback(lab.stop)
        stack.enter_context(recording(lab, folder, redis.url))
        options = ("--redis", redis.url, "--listen", engine)
        yield lab, lambda: serving(lab, *options, watches=esl)


@pytest.fixture
def lit(watched):
    """The same with an engine that runs."""
    lab, engine = watched
    with engine() as running:
        running.wait_watching()
        yield lab


def leave(lab, seconds=5.0):
    """Somebody speaks after the tone; the id of the call, by which the message is named."""
    before = boxed(lab)
    with speaking(lab, seconds) as call:
        call.hang_up()
    (left,) = until(lambda: boxed(lab) - before)
    return left


def boxed(lab):
    """Ids of the calls whose messages FreeSWITCH has written; the journal takes their records away."""
    return {file.stem for file in (lab.switch.home / "recordings" / "voicemail").glob("*/*.wav")}


@contextlib.contextmanager
def speaking(lab, seconds):
    """The call of somebody who has spoken so long after the tone."""
    with lab.caller() as caller:
        call = caller.call(BOX)
        speak(caller.rtp, media_port(caller.answered(call)), seconds, bytes(range(80)) * 2)
        yield call


def lights(phone):
    """What the phone was told, change by change."""
    found = (re.search(r"Voice-Message: (\d+)/", each.text) for each in phone.received("NOTIFY"))
    counts = [int(each[1]) for each in found if each]
    return [count for place, count in enumerate(counts) if not place or counts[place - 1] != count]


def test_a_light_is_on_until_the_message_was_heard(lit):
    with lit.phone("2002") as phone, lit.phone("2003") as other:
        assert until(lambda: lights(phone) == [0])  # it has just registered
        first = leave(lit)
        assert until(lambda: lights(phone) == [0, 1], 30)
        leave(lit)
        assert until(lambda: lights(phone) == [0, 1, 2], 30)
        assert lights(other) == [0]
        told = phone.received("NOTIFY")[-1]
        assert "Messages-Waiting: yes" in told.text
        assert told.header("Event") == "message-summary"
        call = phone.call("*97")
        assert phone.answered(call).start == "200"
        assert until(call.is_over, 30)
        played = [text for text in _played(lit) if "support_box" in text]
        assert len(played) == 2 and played[0].endswith(f"{first}.wav")
        assert until(lambda: lights(phone) == [0, 1, 2, 0] or lights(phone)[-1] == 0, 30)
    with lit.phone("2002") as phone:  # whoever registers again is told
        assert until(lambda: lights(phone) == [0])
    assert lit.quiet()


def test_a_light_whose_message_is_gone_when_the_engine_is_back_goes_out(watched, redis):
    lab, engine = watched
    key = keys.messages("lab", "support")
    with contextlib.closing(redises.store_at(redis.url)) as store, lab.phone("2002") as phone:
        store.ask(key, ("ZADD", key, int(time.time()), "support_box/aaaaaaaa"))
        with engine():
            assert until(lambda: lights(phone)[-1:] == [1])
        store.ask(key, ("DEL", key))
        with engine():
            assert until(lambda: lights(phone)[-1:] == [0])
    assert lab.quiet()


def _played(lab):
    """Files that the switch has played, as its log tells."""
    text = (lab.switch.home / "log" / "freeswitch.log").read_text(errors="replace")
    return re.findall(r"EXECUTE \[depth=\d+\] \S+ playback\((\S+)\)", text)


def test_messages_are_heard_on_a_full_disk_and_who_can_leave_none_is_not_kept_speaking(tmp_path, redis):
    with (
        small_disk(tmp_path / "disk", 40) as disk,
        watched_in(disk / "lab", tmp_path, redis) as (lab, engine),
        engine() as running,
        lab.phone("2002") as phone,
    ):
        running.wait_watching()
        for count in (1, 2):
            with speaking(lab, 5) as call:
                call.hang_up()
            assert until(lambda count=count: lights(phone)[-1:] == [count], 30)
        with speaking(lab, 3) as call:  # a message of which FreeSWITCH has written nothing yet
            filler = fill(disk)
            speak(call.agent.rtp, port(call), 5)
            assert until(call.is_over, 30)
        with speaking(lab, 0) as call:
            assert until(call.is_over, 30)
        call = phone.call("*97")
        assert phone.answered(call).start == "200"
        assert until(call.is_over, 60)
        assert until(lambda: lights(phone)[-1:] == [0], 30)
        filler.unlink()
        assert until(lambda: sorted(statuses(lab)) == ["unfinished"] * 3 + ["voicemail"] * 2, 60), statuses(lab)
        assert lab.quiet()


def port(call):
    """Where the switch wants the caller's sound."""
    answers = [each for each in call.agent.log if each.received and each.is_final_of("INVITE")]
    return media_port(answers[-1])


def statuses(lab):
    """What the journal says of all calls."""
    command = [sys.executable, "-m", "routing", "calls", "--root", str(lab.root), "--json"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return [json.loads(line)["status"] for line in lines]


def test_whoever_hangs_up_while_it_plays_keeps_it_and_the_others(lit, redis):
    with lit.phone("2002") as phone:
        leave(lit), leave(lit)
        assert until(lambda: lights(phone)[-1:] == [2], 30)
        call = phone.call("*97")
        assert phone.answered(call).start == "200"
        call.hang_up()
        assert until(lambda: lit.switch.channels() == 0)
        with contextlib.closing(redises.store_at(redis.url)) as store:
            assert store.ask("x", ("ZCARD", keys.messages("lab", "support"))) == [2]
    assert lit.quiet()


def test_many_are_heard_in_several_calls_and_none_is_lost(lit, redis):
    """FreeSWITCH ends a call at its 70th transfer; whose file is gone is heard too."""
    now, key = int(time.time()), keys.messages("lab", "support")
    names = [word for place in range(25) for word in (now, f"support_box/aaaaaa{place:02}")]
    with contextlib.closing(redises.store_at(redis.url)) as store, lit.phone("2002") as phone:
        store.ask(key, ("ZADD", key, *names))
        lefts = [25]

        def is_shown():
            return lights(phone)[-1:] == lefts[-1:]

        while lefts[-1] and len(lefts) < 6:  # an engine that is late plays none
            call = phone.call("*97")
            assert phone.answered(call).start == "200"
            assert until(call.is_over, 60)
            lefts += store.ask(key, ("ZCARD", key))
            assert lefts[-2] - lefts[-1] <= 20
            assert "cause=16" in call.received("BYE")[-1].header("Reason")
            assert until(is_shown, 30)
        assert lefts[-1] == 0
    assert lit.quiet()
