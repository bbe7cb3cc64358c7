"""Help is reached by the first gateway that lives, whatever the others do with the call."""

import socket

import pytest

from support.switchbed import ports
from support.switchbed.agent import HOST, Agent
from support.switchbed.lab import Lab, until


@pytest.fixture(scope="module")
def dead():
    """Proxies of gateways by which nobody is reached: silent, refusing, closed, without an address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        with Agent((HOST, 0), "refusing", status=503) as refusing, Agent((HOST, 0), "wrong", status=404) as wrong:
            yield {
                "silent": f"{HOST}:{silent.getsockname()[1]}",
                "refusing": f"{HOST}:{refusing.port}",
                "wrong": f"{HOST}:{wrong.port}",
                "closed": f"{HOST}:{ports.free()}",
                "nowhere": "nowhere.invalid",
            }


@pytest.fixture(scope="module", params=["silent", "refusing", "wrong", "closed", "nowhere", "all"])
def half_dead(request, tmp_path_factory, dead):
    """A switch whose first gateways are dead, all of them or one."""
    chosen = dead if request.param == "all" else {request.param: dead[request.param]}
    lines = [f"  {name}: {{proxy: '{proxy}', register: false, ping: false}}\n" for name, proxy in chosen.items()]
    running = Lab(tmp_path_factory.mktemp("dead"), more={"a_first.yaml": f"gateways:\n{''.join(lines)}"})
    yield running
    running.stop()


def test_help_is_called_by_the_first_gateway_that_lives(half_dead):
    with half_dead.phone("2002") as phone:
        call = phone.call("112")
        carrier = half_dead.carrier
        assert phone.answered(call, 60).start == "200"
        assert "sip:112@" in carrier.received("INVITE")[-1].text
        assert until(lambda: carrier.received("ACK"))
        call.hang_up()
    assert half_dead.quiet()
