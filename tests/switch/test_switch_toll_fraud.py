"""An account whose password leaked: what it registers, answers and sends is never an address that the switch dials.

The carrier is an agent that keeps every message: nothing must reach it but what a gateway of the release dials.
"""

import re

import pytest

from support.switchbed.agent import HOST, Agent
from support.switchbed.lab import until

PREMIUM = "+19005551234"
NUMBER = "380800330902"


def contacts(port):
    """Contacts that name the carrier's address somewhere, by where they do."""
    carrier, home = f"{HOST}:{port}", f"{HOST}:9"
    return {
        "host": f"<sip:{PREMIUM}@{carrier}>",
        "host and transport": f"<sip:{PREMIUM}@{carrier};transport=udp>",
        "no brackets": f"sip:{PREMIUM}@{carrier}",
        "fs_path": f"<sip:{PREMIUM}@{home};fs_path=sip%3A{HOST}%3A{port}>",
        "FS_PATH": f"<sip:{PREMIUM}@{home};FS_PATH=sip%3A{HOST}%3A{port};fs_path=sip:{carrier}>",
        "maddr": f"<sip:{PREMIUM}@{carrier};maddr={HOST}>",
        "received": f"<sip:{PREMIUM}@{home};received={carrier}>",
        "display name": f'"a\\" <sip:{PREMIUM}@{carrier}> \\"" <sip:2002@{home}>',
        "display name, marked": f'"a\\" <sip:{PREMIUM}@{carrier};fs_nat=yes> \\"" <sip:2002@{home}>',
        "parameter": f"<sip:2002@{home};a=<sip:{PREMIUM}@{carrier};b>",
        "user": f"<sip:{PREMIUM}%40{HOST}:{port}@{home}>",
        "two": f"<sip:{PREMIUM}@{carrier}>, <sip:2002@{home}>",
        "sips": f"<sips:{PREMIUM}@{carrier}>",
    }


def invites(lab):
    return [each for each in lab.carrier.log if each.received and each.start == "INVITE"]


@pytest.mark.parametrize("place", contacts(0))
def test_a_registered_contact_never_leads_to_the_carrier(lab, place):
    before = len(invites(lab))
    with lab.phone("2002", registers=False) as phone, lab.caller() as caller:
        phone.register(contact=contacts(lab.carrier.port)[place])
        with lab.phone("2004"):  # written down after that one
            call = caller.call(NUMBER)
        if caller.answered(call).start == "200":  # it was rung where it registered from
            assert phone.received("INVITE")
            call.hang_up()
        phone.register(seconds=0)
    assert lab.quiet()
    assert len(invites(lab)) == before


def test_a_contact_of_another_kind_of_address_is_rung_where_it_registered_from(lab):
    with lab.phone("2003", registers=False) as phone, lab.phone("2001") as colleague:
        assert phone.register(contact="<sip:2003@[2001:db8::1]:5060>").start == "200"
        call = colleague.call("103")
        assert colleague.answered(call).start == "200"
        assert phone.received("INVITE")
        call.hang_up()
        phone.register(seconds=0)
    assert lab.quiet()


def test_a_path_never_leads_to_the_carrier(lab):
    before = len(invites(lab))
    with lab.phone("2002", registers=False) as phone, lab.caller() as caller:
        phone.register(f"Path: <sip:{HOST}:{lab.carrier.port};lr>", "Supported: path")
        with lab.phone("2004"):
            call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert phone.received("INVITE")
        call.hang_up()
        phone.register(seconds=0)
    assert lab.quiet()
    assert len(invites(lab)) == before


@pytest.mark.parametrize("realm", [HOST, "main", "lab", "carrier.example"])
@pytest.mark.parametrize("status", [401, 407])
def test_a_phone_that_challenges_gets_nobodys_credentials(lab, status, realm):
    name = "WWW" if status == 401 else "Proxy"
    challenge = f'{name}-Authenticate: Digest realm="{realm}", nonce="n", algorithm=MD5, qop="auth"'
    with lab.phone("2002", status=status, extra=(challenge,)) as phone, lab.caller() as caller:
        assert caller.answered(caller.call(NUMBER)).start == "480"
        sent = [each.header("Authorization") + each.header("Proxy-Authorization") for each in phone.received("INVITE")]
    assert sent
    assert not any('username="lab"' in each for each in sent)
    assert lab.quiet()


def test_a_dialog_goes_on_where_it_began(lab):
    """A Contact in an answer, or of a caller, that names the carrier: ACK and BYE stay with the phone."""
    before = len(lab.carrier.log)
    evil = f"<sip:{PREMIUM}@{HOST}:{lab.carrier.port}>"
    with lab.phone("2002") as phone, lab.phone("2003") as other:
        phone.contact = other.contact = evil
        call = other.call("102")
        assert other.answered(call).start == "200"
        assert until(lambda: phone.received("ACK"))
        phone.rung().hang_up()
        assert until(call.is_over)
        phone.contact = other.contact = f"<sip:x@{HOST}:9>"
    assert lab.quiet()
    assert lab.carrier.log[before:] == []


def test_a_newer_device_of_an_account_takes_its_place(lab):
    with lab.phone("2002") as older, lab.phone("2002") as newer, lab.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        call.hang_up()
        assert newer.received("INVITE")
        assert not older.received("INVITE")
    assert lab.quiet()


def test_headers_of_a_phone_do_not_reach_the_carrier(lab):
    headers = ("X-Route: sip:evil", "Diversion: <sip:+380800330900@127.0.0.1>", "Referred-By: <sip:1@127.0.0.1>",
               f"P-Asserted-Identity: <sip:{PREMIUM}@127.0.0.1>", "P-Charge-Info: <sip:1@127.0.0.1>")  # fmt: skip
    with lab.phone("2002", registers=False) as phone:
        call = phone.call("+380501120001", *headers)
        assert phone.answered(call).start == "200"
        call.hang_up()
    sent = lab.carrier.received("INVITE")[-1].text
    assert not any(word in sent for word in ("X-Route", "Diversion", "Referred-By", PREMIUM, "P-Charge-Info"))
    assert lab.quiet()


def test_a_redirection_is_not_followed(lab):
    before = len(invites(lab))
    contact = f"Contact: <sip:{PREMIUM}@{HOST}:{lab.carrier.port}>"
    for status in (300, 301, 302, 305, 380):
        with lab.phone("2002", status=status, extra=(contact,)), lab.caller() as caller:
            assert caller.answered(caller.call(NUMBER)).start != "200"
    assert lab.quiet()
    assert len(invites(lab)) == before


def test_a_guessed_password_is_seen_by_fail2ban(lab):
    """The filter that `node init` writes finds the address in the switch's own log."""
    text = (lab.switch.home / "adopt" / "fail2ban-filter.conf").read_text()
    patterns = re.findall(r"^(?:failregex = | {12})(.+sofia_reg.+)$", text, re.M)
    assert len(patterns) == 2
    with Agent(lab.inside, "2002", "guess") as known, Agent(lab.inside, "nobody", "guess") as unknown:
        assert known.register().start == "403"
        assert unknown.register().start == "403"
    log = lab.switch.home / "log" / "freeswitch.log"  # written a moment later, by a thread of its own
    for pattern in patterns:
        found = re.compile(pattern.replace("<HOST>", r"(?P<host>127\.0\.0\.1)"), re.M)
        assert until(lambda found=found: found.search(log.read_text(errors="replace"))), pattern
        # what every phone gets before it shows its password
        told = [line for line in log.read_text(errors="replace").splitlines() if "SIP auth challenge" in line]
        assert told and not any(found.search(line) for line in told)
