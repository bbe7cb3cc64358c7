"""A child that greenlets talk with: what they wait for ends with it, and no later child gets what was for them."""

import os
import sys

import gevent
import pytest

from routing.engine.talking_child import TalkingChild

ECHO = f"{sys.executable} -c 'import sys; [print(line, end=str(), flush=True) for line in sys.stdin]'"
SILENT = "sleep 600"


def fds():
    return {int(name) for name in os.listdir("/proc/self/fd")}


def test_it_answers_line_by_line():
    child = TalkingChild(ECHO)
    child.write(b"one\ntwo\n")
    assert [child.line(), child.line()] == [b"one", b"two"]
    child.kill()


def test_whoever_waits_for_a_line_gets_none_of_the_next_child():
    gevent.sleep(0)  # the hub opens files of its own
    before = fds()
    first = TalkingChild(SILENT)
    waits = gevent.spawn(first.line)
    gevent.sleep(0.01)
    first.kill()
    second = TalkingChild(ECHO)
    second.write(b"for another\n")
    with pytest.raises(OSError, match="it has ended"):
        waits.get(timeout=10)
    assert second.line() == b"for another"
    second.kill()
    assert fds() == before


def test_whoever_waits_to_write_is_told_of_the_end():
    child = TalkingChild(SILENT)
    waits = gevent.spawn(child.write, bytes(10_000_000))
    gevent.sleep(0.01)
    child.kill()
    with pytest.raises(OSError):
        waits.get(timeout=10)


def test_after_its_end_nothing_is_written_or_read():
    child = TalkingChild(ECHO)
    child.kill()
    for use in (child.line, lambda: child.write(b"x")):
        with pytest.raises(OSError, match="it has ended"):
            use()


def test_its_end_is_noticed():
    child = TalkingChild("true")
    child.wait()
    with pytest.raises(OSError, match="it has ended"):
        child.line()
    child.kill()
