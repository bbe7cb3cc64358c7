"""A profile that knows no release, or names one that cannot be read: the loaded dialplan leads to the current one."""

import re

import pytest

from routing.offline.phones import parse
from support.switchbed import ports, sip


@pytest.fixture
def adopted(bed):
    """Another profile for carriers; gives its port when it is told what that profile hunts in."""
    started = []

    def start(dialplan):
        profiles = bed.switch.home / "conf" / "sip_profiles"
        text, port = (profiles / "external.xml").read_text(), ports.free()
        name = f"adopted_{port}"
        for pattern, new in (
            (r'profile name="external"', f'profile name="{name}"'),
            (r'(name="sip-port" value=)"\d+"', rf'\1"{port}"'),
            (r'(name="dialplan" value=)"[^"]+"', rf'\1"{dialplan}"'),
            (r"(?s)<gateways>.*</gateways>", "<gateways/>"),
        ):
            text, count = re.subn(pattern, new, text)
            assert count == 1, pattern
        file = profiles / f"{name}.xml"
        file.write_text(text)
        started.append(file)
        assert "[Success]" in bed.switch.esl.api("reloadxml")
        assert "started" in bed.switch.esl.api(f"sofia profile {name} start")
        return port

    yield start
    for file in started:
        bed.switch.esl.api(f"sofia profile {file.stem} stop")
        file.unlink()
        bed.switch.esl.api("reloadxml")


@pytest.mark.parametrize("dialplan", ["XML", "XML:/nowhere/current/entry.xml,XML"], ids=["no release", "unreadable"])
def test_a_call_reaches_the_current_release(bed, adopted, dialplan):
    port = adopted(dialplan)
    with bed.ringing("ivan.desk", parse("answers after 200ms, talks 300ms")) as phone:
        scenario = sip.caller(to="380800330001", sender="+380671110090")
        call = sip.Sipp(scenario, bed.folder / f"adopted{port}", f"127.0.0.1:{port}", ["-m", "1"])
        try:
            assert call.wait(30) == 0
        finally:
            call.stop()
        assert any(message.start == "INVITE" for message in phone.messages())
    record = bed.record(call.messages()[0].header("Call-ID"))
    assert (record["routing_number"], record["routing_caller"]) == ("+380800330001", "+380671110090")
