"""Trunks that do not register are asked whether they answer: FreeSWITCH says so, and calls to silent ones are tried."""

import socket
from xml.etree import ElementTree

import pytest

from routing.doctor.diagnosis import Level
from routing.doctor.gateways import _pinged
from support.switchbed import ports
from support.switchbed.agent import HOST
from support.switchbed.lab import Lab, until
from support.switchbed.options import Answering

SECONDS = 120


class _Node:
    """What the doctor asks of a node here: it has run for long."""

    def __init__(self, root):
        self.root, self.lists = root, {}

    def ask(self, command):
        return "UP 0 years, 0 days, 3 hours"


@pytest.fixture(scope="module")
def pinging(tmp_path_factory):
    """A switch with a trunk that answers, a silent one, a closed one, and one that is not asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, Answering() as there:
        silent.bind((HOST, 0))
        proxies = {
            "there": there.port,
            "silent": silent.getsockname()[1],
            "closed": ports.free(),
            "unasked": there.port,
        }
        lines = [
            f"  {name}: {{proxy: '{HOST}:{port}', register: false{', ping: false' if name == 'unasked' else ''}}}\n"
            for name, port in proxies.items()
        ]
        running = Lab(tmp_path_factory.mktemp("pinging"), more={"trunks.yaml": f"gateways:\n{''.join(lines)}"})
        yield running
        running.stop()


def test_who_answers_is_known_and_nobody_is_taken_down(pinging, tmp_path):
    def found():
        listed = ElementTree.fromstring(pinging.switch.esl.api("sofia xmlstatus gateway"))
        return {each.findtext("name"): each for each in listed.iter("gateway")}

    def levels():
        return {name: _pinged(_Node(tmp_path), name, each).level for name, each in found().items()}

    assert until(lambda: found()["there"].findtext("pingcount") != "0", SECONDS)
    # what is closed says so at once; the silent one has had its time when the other was asked twice
    assert until(lambda: found()["there"].findtext("pingcount") == "2", SECONDS)
    wrong = {name for name, level in levels().items() if level is Level.WRONG}
    assert wrong == {"silent", "closed"}
    assert {each.findtext("status") for each in found().values()} == {"UP"}
    assert found()["unasked"].findtext("pingfreq") == "0"
