"""What a talk costs a real FreeSWITCH while sound goes both ways, in one codec.

    python tools/bench_media.py [--talks 40] [--seconds 30]

Callers and phones of this process send a packet each 20 ms, as real ones do. Prints FreeSWITCH's CPU and memory for a
talk: two legs, RTP passed on, nothing recorded.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from bench_waiting import cpu_s, memory_kb  # noqa: E402

from routing.compile.build import build  # noqa: E402
from routing.release.publish import publish  # noqa: E402
from support.switchbed.crowd import Crowd  # noqa: E402
from support.switchbed.ports import RTP  # noqa: E402
from support.switchbed.switch import Switch, find  # noqa: E402
from support.switchbed.waiting import until  # noqa: E402

NUMBER, MOBILE = "+380800330001", "+380501110001"
PROJECT = """\
project: {{name: media, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people: {{ivan: {{name: I, phones: {{mobile: {{number: "{mobile}"}}}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", ping: false, numbers: ["{number}"], caller_id: caller}}}}
"""
SCHEME = f'scheme: a\nnumbers: "{NUMBER}"\nsteps: [{{ring: ivan}}, hangup]\n'
PACKET_SECONDS, SAMPLES = 0.02, 160
#: The port that callers and phones of a crowd name in their SDP: FreeSWITCH takes sound from there.
SOUND_PORT = 39998


class Sound:
    """Sends a packet to each of the switch's media ports every 20 ms, and counts what comes back."""

    def __init__(self, ports: list[int]) -> None:
        self._to, self.received, self._over = [("127.0.0.1", port) for port in ports], 0, threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.bind(("127.0.0.1", SOUND_PORT))
        self._socket.settimeout(0.2)
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Silence."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _send(self) -> None:
        at, due_s = 0, time.perf_counter()
        while not self._over.is_set():
            header = struct.pack("!BBHII", 0x80, 8, at & 0xFFFF, (at * SAMPLES) & 0xFFFFFFFF, 7)
            for to in self._to:
                self._socket.sendto(header + b"\xd5" * SAMPLES, to)
            at, due_s = at + 1, due_s + PACKET_SECONDS
            time.sleep(max(0.0, due_s - time.perf_counter()))

    def _receive(self) -> None:
        while not self._over.is_set():
            try:
                self._socket.recv(2048)
                self.received += 1
            except TimeoutError:
                continue


def media_ports(switch: Switch) -> list[int]:
    """Of every leg."""
    rows = json.loads(switch.esl.api("show channels as json")).get("rows", [])
    return [int(switch.esl.api(f"uuid_getvar {row['uuid']} local_media_port")) for row in rows]


def run(folder: Path, talks: int, seconds: float) -> None:
    """Measure and print, in a folder of its own."""
    crowd, root, schemes = Crowd((MOBILE[-9:],)), folder / "root", folder / "schemes"
    schemes.mkdir()
    (schemes / "project.yaml").write_text(PROJECT.format(mobile=MOBILE, number=NUMBER, port=crowd.port))
    (schemes / "a.yaml").write_text(SCHEME)
    publish(root, build(schemes, root, lambda _: {}).name, None)
    unlimited = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0, "loglevel": "warning"}
    switch = Switch(folder / "node", root, unlimited | {"rtp_start_port": RTP[0], "rtp_end_port": RTP[1]}).start()
    try:
        before_kb, pid = memory_kb(switch.process.pid), switch.process.pid
        for at in range(talks):
            crowd.call(NUMBER, f"+38067{at:07}", switch.settings.external_port)
            time.sleep(0.05)
        assert until(lambda: sum(each.state == "talking" for each in crowd.callers.values()) >= talks, 30)
        sound = Sound(media_ports(switch))
        time.sleep(3)
        spent_s, heard, began_s = cpu_s(pid), sound.received, time.perf_counter()
        time.sleep(seconds)
        spent_s, heard = cpu_s(pid) - spent_s, sound.received - heard
        lasted_s = time.perf_counter() - began_s
        sound.stop()
        print(f"{talks} talks for {seconds:g} s: CPU a talk and second {1000 * spent_s / talks / lasted_s:.2f} ms, "
              f"memory a talk {(memory_kb(pid) - before_kb) / talks:.0f} kB; "
              f"{heard / talks / lasted_s:.0f} packets a second came back of each (100 is all)")  # fmt: skip
    finally:
        switch.stop()
        crowd.stop()


def main() -> None:
    """Measure, if there is a FreeSWITCH."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talks", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    if find() is None:
        print("bench_media: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing was measured")
        return
    with tempfile.TemporaryDirectory(prefix="routing-media-") as folder:
        run(Path(folder), options.talks, options.seconds)


if __name__ == "__main__":
    main()
