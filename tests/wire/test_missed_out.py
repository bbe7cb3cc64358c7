"""A person whom missed offers have paused: the queue does not wait for the notice, however long Redis takes."""

import gevent
import pytest
from gevent.event import Event

from routing.engine.missed_out import MissedOutNotices
from routing.model.memory import Forgotten
from routing.model.notice import from_queue
from routing.model.queue import QueueSettings

QUEUE = QueueSettings("sales", "shop", ())


def test_the_notice_goes_its_own_way():
    answers, queued, log = Event(), [], []

    def put(*words):
        answers.wait()
        queued.append(words)

    notices = MissedOutNotices(lambda *words, **facts: log.append((*words, facts)), put, lambda: 1000.0)
    notices(QUEUE, "ivan", 1_300_000)  # Redis hangs: this returns all the same
    assert log == [
        ("warning", "missed", {"person": "ivan", "queue": "sales", "paused_until": "1970-01-01T00:21:40+00:00"})
    ]
    answers.set()
    gevent.sleep(0)
    gevent.sleep(0)
    ((project, name, text),) = queued
    notice = from_queue(text)
    assert (project, name, notice.person, notice.queue, notice.until) == (
        "shop", "missed_out-ivan-1300", "ivan", "sales", 1300.0,
    )  # fmt: skip


@pytest.mark.parametrize("has_redis", [True, False])
def test_a_notice_that_nobody_keeps_is_logged(has_redis):
    log = []

    def put(*words):
        raise Forgotten("no answer from Redis")

    notices = MissedOutNotices(lambda *words, **facts: log.append((*words, facts)), put if has_redis else None)
    notices(QUEUE, "ivan", 1_300_000)
    gevent.sleep(0)
    gevent.sleep(0)
    assert log[-1][:2] == ("warning", "notice lost")
