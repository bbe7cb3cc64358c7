"""A REFER whose `Replaces` names a dialog that FreeSWITCH does not know: it would dial what the REFER says.

No engine runs here. FreeSWITCH puts what a phone wrote into a dial string as it is: legs and variables can be written.
"""

import re

import pytest

from support.switchbed.agent import HOST
from support.switchbed.lab import until

PREMIUM = "+19005551234"
UNKNOWN = "Replaces=nobody%40127.0.0.1%3Bto-tag%3Da%3Bfrom-tag%3Db"


def targets(port):
    """What such a REFER can say, by what is odd in it. The carrier hears at this port."""
    carrier, home = f"{HOST}:{port}", f"sip:a@{HOST}"
    route = f"sip_route_uri=sip:{carrier},sip_invite_req_uri=sip:{PREMIUM}@{carrier}"
    gateway, address = f"sofia/gateway/main/{PREMIUM}", f"sofia/external/sip:{PREMIUM}@{carrier}"
    forged = "originator=a,originating_leg_uuid=b,leg=9,routing_leg=9"
    unmarked = "{sip_h_X-FS-Refer-From='',sip_h_X-FS-Refer-For='',leg=9,origination_nested_vars=true}"
    return {
        "address": f"sip:{PREMIUM}@{carrier}?{UNKNOWN}",
        "extension": f"sip:103@{HOST}?{UNKNOWN}",
        "no tags": f"sip:{PREMIUM}@{carrier}?Replaces=x",
        "empty": f"sip:{PREMIUM}@{carrier}?Replaces=",
        "secure": f"sips:{PREMIUM}@{carrier}?{UNKNOWN}",
        "parameter": f"sip:{PREMIUM}@{carrier};transport=udp?{UNKNOWN}",
        "headers": f"sip:{PREMIUM}@{carrier}?X-A=1&{UNKNOWN}&Route=%3Csip%3A{HOST}%3A{port}%3E",
        "variables": f"sip:{PREMIUM}@{carrier};a,{route}?{UNKNOWN}",
        "user": f"sip:{PREMIUM}%40{carrier},{gateway}@{HOST}?{UNKNOWN}",
        "quote": f"sip:'{PREMIUM}@{carrier};a='b?{UNKNOWN}",
        "brace in a parameter": f"{home};a}}{gateway}|error/x?{UNKNOWN}",
        "brace in a header": f"{home}?{UNKNOWN}&a}}{gateway}|error/x",
        "brace before Replaces": f"{home}?a}}{gateway}|error/x,&{UNKNOWN}",
        "an address": f"{home}?{UNKNOWN}&a}}{address}|error/x",
        "by the phones' profile": f"{home}?{UNKNOWN}&a}}sofia/internal/sip:{PREMIUM}@{carrier}|error/x",
        "variables of a leg": f"{home}?{UNKNOWN}&a}}[{route}]sofia/internal/2001%{HOST}|error/x",
        "an account": f"{home}?{UNKNOWN}&a}}user/2002@{HOST}|error/x",
        "two legs": f"{home}?{UNKNOWN}&a}}{gateway},{address}|error/x",
        "each for itself": f"{home}?{UNKNOWN}&a}}{gateway}:_:error/x",
        "marks taken off": f"{home}?{UNKNOWN}&a}}{unmarked}{gateway}|error/x",
        "marks of a leg": f"{home}?{UNKNOWN}&a}}[{forged}]{gateway}|error/x",
        "an application": f"{home}?{UNKNOWN}&a}}[execute_on_originate_a='bridge {gateway}']pickup/x|error/x",
    }


#: Forms that get out of FreeSWITCH's braces, and so add to its dial string.
ADDING = {form for form, target in targets(0).items() if "}" in target}


def sent(leg, target):
    """A REFER to this target, which FreeSWITCH takes."""
    assert leg.request("REFER", f"Refer-To: <{target}>", f"Contact: {leg.agent.contact}").start == "202"


@pytest.mark.parametrize("form", targets(0).keys() - ADDING)
def test_nothing_is_dialled_and_the_talk_goes_on(lab, form):
    before = len(lab.carrier.received("INVITE"))
    with lab.talk() as (call, leg, _):
        rung = len(leg.agent.received("INVITE"))
        sent(leg, targets(lab.carrier.port)[form])
        assert until(lambda: any("SIP/2.0 403" in each.text for each in leg.received("NOTIFY")))
        assert lab.switch.channels() == 2
        assert not call.is_over()
        assert not leg.is_over()
        assert len(leg.agent.received("INVITE")) == rung
    assert len(lab.carrier.received("INVITE")) == before


@pytest.mark.parametrize("form", ADDING)
def test_who_adds_to_a_dial_string_is_out_of_his_talk(lab, form):
    before = len(lab.carrier.received("INVITE"))
    with lab.talk() as (_, leg, _):
        rung = len(leg.agent.received("INVITE"))
        sent(leg, targets(lab.carrier.port)[form])
        assert until(leg.is_over)
        assert len(leg.agent.received("INVITE")) == rung
    assert len(lab.carrier.received("INVITE")) == before


#: What such a REFER has FreeSWITCH do, by where it says it. `taken` is the global variable that it would set.
DO = {
    **{hook: f"[{hook}='global_setvar taken=1']sofia/gateway/main/1" for hook in (
        "api_on_originate", "api_on_originate_a", "API_ON_ORIGINATEx", "api_hangup_hook", "api_reporting_hook",
        "api_on_ring", "api_on_pickup", "api_on_orphaned_bleg",
    )},
    "an application": "[execute_on_originate_a='set_global taken=1']sofia/gateway/main/1",
    "at once": "[execute_on_originate_a='set_global::taken=1']sofia/gateway/main/1",
    "a leg of nobody": "[api_on_originate_a='global_setvar taken=1']pickup/x",
    "an account": f"[api_on_originate_a='global_setvar taken=1']user/2002@{HOST}",
    "of all legs": "{api_on_originate_a='global_setvar taken=1'}pickup/x",
    "each for itself": "[api_on_originate_a='global_setvar taken=1']pickup/x:_:error/x",
}  # fmt: skip


@pytest.mark.parametrize("place", ["header", "parameter"])
@pytest.mark.parametrize("form", DO)
def test_no_command_runs(lab, form, place):
    said = f"a}}{DO[form]}|error/x"
    target = f"sip:a@{HOST};{said}?{UNKNOWN}" if place == "parameter" else f"sip:a@{HOST}?{UNKNOWN}&{said}"
    with lab.talk() as (_, leg, _):
        sent(leg, target)
        assert until(leg.is_over)
    assert lab.switch.esl.api("global_getvar taken").strip() != "1"


def test_who_did_it_is_seen_by_fail2ban(lab):
    with lab.talk() as (_, leg, _):
        sent(leg, f"sip:a@{HOST}?{UNKNOWN}&a}}pickup/x|error/x")
        assert until(leg.is_over)
    filters = (lab.switch.home / "adopt" / "fail2ban-filter.conf").read_text()
    pattern = next(line for line in filters.splitlines() if "REFER" in line and "failregex" not in line and "^" in line)
    found = re.compile(pattern.strip().replace("<HOST>", r"127\.0\.0\.1"), re.M)
    log = lab.switch.home / "log" / "freeswitch.log"  # written a moment later, by a thread of its own
    assert until(lambda: (line := found.search(log.read_text(errors="replace"))) and "[support.desk]" in line[0])


@pytest.mark.parametrize("dialog", ["a@[::1]", "x.y_z!~*'()+$/:", "0;to-tag=1;from-tag=2;early-only"])
def test_what_uris_hold_costs_nobody_his_talk(lab, dialog):
    """A phone whose consultation is over by then sends such a REFER too."""
    with lab.talk() as (call, leg, _):
        sent(leg, f"sip:103@{HOST};transport=udp?Replaces={dialog.replace(';', '%3B')}&Require=replaces")
        assert until(lambda: any("SIP/2.0 403" in each.text for each in leg.received("NOTIFY")))
        assert not call.is_over()
        assert not leg.is_over()
