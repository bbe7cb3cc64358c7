"""Wrong passwords as FreeSWITCH tells of them, over its event socket: what it is told to refuse."""

from __future__ import annotations

import gevent

from routing.esl.guesses import refuse
from routing.model.guesses import MOST_OF_ACCOUNT, PREFIX, Guesses
from support.waiting import until
from support.wire_switch import Remembering, where


def test_what_freeswitch_tells_becomes_a_refusal_and_old_ones_go():
    switch, told = Remembering(), []
    switch.globals |= {f"{PREFIX}192.0.2.9/": "5", f"{PREFIX}192.0.2.8/": "999 1001"}
    running = gevent.spawn(refuse, where(switch), Guesses(), lambda: 100.0, told.append, 0.01)
    shown = {"Event-Subclass": "sofia%3A%3Aregister_attempt", "network-ip": "192.0.2.7"}
    try:
        until(lambda: f"{PREFIX}192.0.2.9/" not in switch.globals)
        for place in range(MOST_OF_ACCOUNT * 2):
            name, result = (("unknown", "FORBIDDEN"), ("1001", "STALE"))[place % 2]
            switch.tell("CUSTOM", username=name, **{"auth-result": result}, **shown)
        for _ in range(MOST_OF_ACCOUNT - 1):
            switch.tell("CUSTOM", username="1001", **{"auth-result": "FORBIDDEN"}, **shown)
        switch.tell("CUSTOM", username="1002", **{"auth-result": "RENEWED"}, **shown)
        assert not told
        switch.tell("CUSTOM", username="1001", **{"auth-result": "FORBIDDEN"}, **shown)
        until(lambda: told)
        ours = {name for name in switch.globals if name.startswith(PREFIX)}
        assert ours == {f"{PREFIX}192.0.2.8/", f"{PREFIX}192.0.2.7/1001"}
    finally:
        running.kill()
        switch.server.stop()
