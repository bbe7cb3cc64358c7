"""What FreeSWITCH makes of every SIP status that refuses a call is what the table of causes says."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from routing.model.causes import cause_of_status
from support.switchbed.bed import until

#: 3xx are answers of another kind; 401 and 407 ask for a password; 408 and 503 are tried again at the next address.
STATUSES = sorted({*range(400, 440), *range(480, 490), *range(500, 506), 513, *range(600, 609)} - {401, 407})


@contextmanager
def refusing() -> Iterator[int]:
    """A port that refuses each INVITE with the status that is the user's name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_refuse, args=(sock,))
        thread.start()
        yield int(sock.getsockname()[1])
        sock.sendto(b"", sock.getsockname())
        thread.join()


def _refuse(sock: socket.socket) -> None:
    while data := sock.recvfrom(65_536):
        text, who = data
        if not text:
            return
        head = text.decode().partition("\r\n\r\n")[0].split("\r\n")
        if head[0].startswith("INVITE sip:"):
            status = head[0].removeprefix("INVITE sip:").partition("@")[0]
            kept = [line for line in head if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))]
            to = next(line for line in head if line.startswith("To:"))
            answer = [f"SIP/2.0 {status} No", *kept, f"{to};tag=refused{status}", "Content-Length: 0", "", ""]
            sock.sendto("\r\n".join(answer).encode(), who)


def test_every_status_is_the_cause_that_the_table_names(switch):
    (dialplan,) = (switch.home / "conf/dialplan").glob("routing.xml")
    (mark,) = set(re.findall(r"leg_[0-9a-f]{24}", dialplan.read_text()))

    def cause(status: int) -> str:
        where = f"sofia/external/sip:{status}@127.0.0.1:{port}"
        return until(lambda: _unless_too_many(switch.esl.api(f"originate {{{mark}=9}}{where} &park").strip()), 30)

    with refusing() as port, ThreadPoolExecutor(4) as pool:
        found = dict(zip(STATUSES, pool.map(cause, STATUSES), strict=True))
    assert found == {status: f"-ERR {cause_of_status(status)}" for status in STATUSES}


def _unless_too_many(answer: str) -> str:
    """Nothing while the switch begins no more calls in this second."""
    return "" if answer == "-ERR DESTINATION_OUT_OF_ORDER" else answer
