"""Phones and trunks over TCP, TLS and IPv6, with SRTP and without: called, calling, refused, robbed."""

import base64
import contextlib
import shutil
import socket
import ssl

import pytest

from routing.node import certificate
from support import certificates
from support.switchbed import ports
from support.switchbed.agent import Agent
from support.switchbed.dialog import written
from support.switchbed.lab import FOLDER, NUMBER, Lab, until

V4, V6 = "127.0.0.1", "::1"
TRANSPORTS = ("udp", "tcp", "tls")
PREMIUM = "+19005551234"
#: Keys of SRTP as SDP has them.
KEYS = (f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(bytes(range(30))).decode()}",)
#: Trunks by name: how they are reached and whether their sound is encrypted, and the mobile that each leads to.
TRUNKS = {
    "plain": ("tcp", "", "+380501120011"),
    "secure": ("tls", "required", "+380501120012"),
    "either": ("tls", "optional", "+380501120013"),
}


def made(place, name):
    """A host's certificate in a folder, and ``both.pem`` with its key for agents."""
    certificates.made(place, name, names=f"DNS:{name},IP:127.0.0.1,IP:::1")
    texts = [(place / part).read_text() for part in ("privkey.pem", "fullchain.pem")]
    (place / "both.pem").write_text("".join(texts))
    return place


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A folder with a certificate of everybody here."""
    return made(tmp_path_factory.mktemp("certificate"), "localhost")


def company(host, trunk_ports):
    """The lab's company with sound encrypted for some of its phones, and more trunks; by file."""
    text = (FOLDER / "company.yaml").read_text().replace('{sip: "2003"}', '{sip: "2003", srtp: required}')
    text = text.replace('{sip: "2004"}', '{sip: "2004", srtp: optional}')
    trunks, phones = [], []
    rings = {"store": ("to_store", "+380800330995"), "guard": ("to_guard", "+380800330996")}
    for place, (name, (transport, srtp, mobile)) in enumerate(TRUNKS.items()):
        rings[name] = (name, f"+38080033099{place}")
        more = f", srtp: {srtp}" if srtp else ""
        trunks.append(
            f"  {name}: {{proxy: '{written(host)}:{trunk_ports[name]}', transport: {transport}, username: {name}, "
            f"register: false, ping: false, numbers: ['{rings[name][1]}']{more}}}\n"
        )
        phones.append(f"  {name}: {{name: {name}, phones: {{mobile: {{number: '{mobile}', gateway: {name}}}}}}}\n")
    schemes = {
        f"{scheme}.yaml": f"scheme: {scheme}\nnumbers: ['{number}']\n"
        f"steps: [{{ring: {{to: {name}, for: 8s}}}}, {{hangup: NO_ANSWER}}]\n"
        for name, (scheme, number) in rings.items()
    }
    return {"company.yaml": text, "trunks.yaml": f"gateways:\n{''.join(trunks)}people:\n{''.join(phones)}", **schemes}


@pytest.fixture(scope="module", params=[V4, V6])
def net(request, tmp_path_factory, folder):
    """A switch that speaks everything, on one address; ``trunks``: the carriers of its trunks, by name."""
    host, pem = request.param, folder / "both.pem"
    trunk_ports = {name: ports.free(2) for name in TRUNKS}
    changes = {"tls": certificate.read(folder, host), "tls_verify": False}
    secrets = {f"GATEWAY_PASSWORD_{name.upper()}": "x" for name in TRUNKS}
    running = Lab(tmp_path_factory.mktemp("net"), changes, company(host, trunk_ports), secrets, host=host, pem=pem)
    with contextlib.ExitStack() as stack:
        running.trunks = {
            name: stack.enter_context(
                Agent((host, 0), "carrier", host=host, transport=transport, certificate=pem, port=trunk_ports[name])
            )
            for name, (transport, _, _) in TRUNKS.items()
        }
        yield running
        running.stop()


def is_encrypted(message):
    """Whether an offer or an answer has keys."""
    return "a=crypto" in message.text and "RTP/SAVP" in message.text


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_phone_is_called_where_it_registered(net, transport):
    with net.phone("2002", transport=transport) as phone, net.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert f"SIP/2.0/{transport.upper()}" in phone.received("INVITE")[0].header("Via")
        assert until(lambda: phone.received("ACK"))
        phone.rung().hang_up()
        assert until(call.is_over)
    assert net.quiet()
    assert net.record(call)["routing_caller"] == "+380671234567"


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_phone_calls(net, transport):
    with net.phone("2001", transport=transport) as phone, net.phone("2002", transport="tcp") as other:
        call = phone.call("102")
        assert phone.answered(call).start == "200"
        assert until(lambda: other.received("ACK"))
        other.rung().hang_up()
        assert until(call.is_over)
        outside = phone.call("+380501120001")
        assert phone.answered(outside).start == "200"
        outside.hang_up()
    assert net.quiet()


@pytest.mark.parametrize("trunk", TRUNKS)
def test_a_call_goes_out_as_its_trunk_says(net, trunk):
    transport, srtp, mobile = TRUNKS[trunk]
    carrier = net.trunks[trunk]
    carrier.crypto = KEYS if srtp else ()
    number = f"38080033099{list(TRUNKS).index(trunk)}"
    with net.caller() as caller:
        call = caller.call(number)
        assert caller.answered(call).start == "200"
        invite = carrier.received("INVITE")[-1]
        assert f"SIP/2.0/{transport.upper()}" in invite.header("Via")
        assert mobile in invite.text.splitlines()[0]
        assert is_encrypted(invite) == bool(srtp)
        assert is_encrypted(caller.log[-1]) is False
        call.hang_up()
    assert net.quiet()


def test_a_trunk_that_must_encrypt_and_does_not_is_hung_up(net):
    carrier = net.trunks["secure"]
    carrier.crypto = ()
    with net.caller() as caller:
        call = caller.call("380800330991")
        assert caller.answered(call).start == "480"
    assert net.record(call)["hangup_cause"] == "NO_ANSWER"
    assert "INCOMPATIBLE_DESTINATION" in net.record(call)["originate_causes"]


#: Phone -> (number, what it offers or answers) -> whether there is a talk, and whether its sound is encrypted.
PHONES = {
    ("2002", False): (True, False),
    ("2002", True): (True, True),
    ("2003", False): (False, False),
    ("2003", True): (True, True),
    ("2004", False): (True, False),
    ("2004", True): (True, True),
}


@pytest.mark.parametrize(("account", "encrypts"), PHONES)
def test_sound_of_a_phone_that_calls(net, account, encrypts):
    talks, encrypted = PHONES[account, encrypts]
    keys = KEYS if encrypts else ()
    with net.phone(account, transport="tls", crypto=keys) as phone, net.phone("2001") as other:
        call = phone.call("101")
        final = phone.answered(call)
        assert final.start == ("200" if talks else "488")
        assert is_encrypted(final) == encrypted
        assert not any(is_encrypted(each) for each in other.received("INVITE"))
        if talks:
            call.hang_up()
    assert net.quiet()
    if not talks:
        assert net.record(call)["hangup_cause"] == "INCOMPATIBLE_DESTINATION"
        assert net.record(call)["routing_account"] == account


@pytest.mark.parametrize(("account", "encrypts"), PHONES)
def test_sound_of_a_phone_that_is_called(net, account, encrypts):
    """A phone that is not told to encrypt is offered none."""
    talks, _ = PHONES[account, encrypts]
    number = {"2002": NUMBER, "2003": "380800330995", "2004": "380800330996"}[account]
    keys = KEYS if encrypts and account != "2002" else ()
    with net.phone(account, transport="tls", crypto=keys) as phone, net.caller() as caller:
        call = caller.call(number)
        assert caller.answered(call).start == ("200" if talks else "480")
        assert is_encrypted(phone.received("INVITE")[0]) == (account != "2002")
        if talks:
            call.hang_up()
    assert net.quiet()


@pytest.fixture
def thief(net):
    """Somebody at the carrier's place who hears UDP, TCP and TLS, and must not be called; his ports by transport."""
    with contextlib.ExitStack() as stack:
        agents = {
            transport: stack.enter_context(
                Agent((net.host, 0), "thief", host=net.host, transport=transport, certificate=net.pem)
            )
            for transport in TRANSPORTS
        }
        yield agents
        assert not any(agent.received("INVITE") for agent in agents.values())


#: Contacts that name the thief's address somewhere; `at` is that, `here` the phone's own.
CONTACTS = {
    "host": "<sip:{number}@{at}>",
    "transport": "<sip:{number}@{at};transport={transport}>",
    "secure": "<sips:{number}@{at}>",
    "maddr": "<sip:{number}@{here};maddr={host};transport={transport}>",
    "received": "<sip:{number}@{here};received={at};transport={transport}>",
    "path": "<sip:{number}@{here};fs_path=sip%3A{at}%3Btransport%3D{transport}>",
    "name": '"a\\" <sip:{number}@{at};transport={transport}> \\"" <sip:2002@{here}>',
    "parameter": "<sip:2002@{here};a=<sip:{number}@{at};b>",
    "user": "<sip:{number}%40{at}@{here}>",
    "two": "<sip:{number}@{at};transport={transport}>, <sip:2002@{here}>",
    "another transport": "<sip:2002@{here};transport={transport}>",
}


@pytest.mark.parametrize("form", CONTACTS)
@pytest.mark.parametrize("their", TRANSPORTS)
@pytest.mark.parametrize("own", ["tcp", "tls"])
def test_a_registered_contact_never_leads_elsewhere(net, thief, own, their, form):
    at = f"{written(net.host)}:{thief[their].port}"
    facts = {"number": PREMIUM, "at": at, "host": written(net.host), "transport": their}
    with net.phone("2002", registers=False, transport=own) as phone, net.caller() as caller:
        here = f"{written(net.host)}:{phone.port}"
        phone.register(contact=CONTACTS[form].format(here=here, **facts))
        with net.phone("2004"):  # written down after that one
            call = caller.call(NUMBER)
        if caller.answered(call).start == "200":  # it was rung where it registered from
            assert phone.received("INVITE")
            call.hang_up()
        phone.register(seconds=0)
    assert net.quiet()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_whose_connection_is_gone_is_not_called_elsewhere(net, transport):
    """A call to a phone whose connection was lost goes on with the next step; it registers again and is there."""
    with net.phone("2002", transport=transport) as phone, net.caller() as caller:
        phone.line.drop()
        call = caller.call(NUMBER)
        assert caller.answered(call, 20).start in ("200", "480")
        if not call.is_over():
            call.hang_up()
        assert phone.register().start == "200"
        again = caller.call(NUMBER)
        assert caller.answered(again).start == "200"
        again.hang_up()
    assert net.quiet()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_transfer_over_it(net, transport):
    with (
        net.phone("2002", transport=transport) as phone,
        net.phone("2003", transport=transport, crypto=KEYS) as other,
        net.caller() as caller,
    ):
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and net.is_joined("2002"))
        leg = phone.rung()
        target = f"Refer-To: <sip:103@{written(net.host)}>"
        assert leg.request("REFER", target, f"Contact: {phone.contact}").start == "202"
        assert until(lambda: other.calls and other.received("ACK"))
        call.hang_up()
    assert net.quiet()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
@pytest.mark.parametrize("form", ["address", "brace"])
def test_a_stolen_refer_leads_nowhere(net, thief, transport, form):
    unknown = "Replaces=nobody%40x%3Bto-tag%3Da%3Bfrom-tag%3Db"
    at = f"{written(net.host)}:{thief['tcp'].port}"
    said = {
        "address": f"sip:{PREMIUM}@{at};transport=tcp?{unknown}",
        "brace": f"sip:a@{at}?{unknown}&a}}[api_on_originate='global_setvar taken=1']pickup/x|error/x",
    }
    with net.phone("2002", transport=transport) as phone, net.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and net.is_joined("2002"))
        leg = phone.rung()
        assert leg.request("REFER", f"Refer-To: <{said[form]}>", f"Contact: {phone.contact}").start == "202"
        assert until(lambda: leg.received("NOTIFY") or leg.is_over())
        assert net.switch.esl.api("global_getvar taken").strip() != "1"
        call.hang_up()
    assert net.quiet()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_an_invite_takes_no_talk(net, transport):
    with net.phone("2002", transport=transport) as phone, net.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK"))
        tags = call.remote.partition("tag=")[2], call.local.partition("tag=")[2]
        with net.phone("2001", registers=False, transport=transport) as other:
            theft = other.call("102", f"Replaces: {call.id};to-tag={tags[0]};from-tag={tags[1]}", "Require: replaces")
            other.answered(theft)
            assert until(theft.is_over) or not other.packets(0.5)
        assert not call.is_over()
        assert not phone.received("BYE")
        call.hang_up()
    assert net.quiet()


_VIA = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKa\r\n"
#: What strangers send on a connection.
GARBAGE = {
    "long header": f"{_VIA}X-A: {'a' * 10_000}\r\n\r\n".encode(),
    "many headers": (_VIA + "X-A: a\r\n" * 10_000 + "\r\n").encode(),
    "endless header": f"{_VIA}X-A: {'a' * 4_000_000}".encode(),
    "body of 2 GB": f"{_VIA}Content-Length: 2000000000\r\n\r\n{'a' * 1_000_000}".encode(),
    "body of less than nothing": f"{_VIA}Content-Length: -1\r\n\r\n".encode(),
    "empty lines": b"\r\n" * 200_000,
    "no text": bytes(range(256)) * 1000,
}


def stranger(net, transport):
    """A connection to the phones' port, as anybody may open one."""
    settings = net.switch.settings
    port = settings.tls_port if transport == "tls" else settings.sip_port
    return socket.create_connection((net.host, port), 5)


def answers_others(net):
    """A phone registers and is called while that goes on."""
    with net.phone("2002", transport="tcp") as phone, net.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert phone.received("INVITE")
        call.hang_up()
    with net.phone("2001", transport="tls"):
        pass
    return net.quiet()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_hundreds_of_connections_that_say_nothing_or_half(net, transport):
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(stranger(net, transport)) for _ in range(300)]
        assert answers_others(net)
        for each in opened:
            each.sendall(b"REGISTER sip:x SIP/2.0\r\nVia: ")
        assert answers_others(net)


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("transport", ["tcp", "tls", "tls without a handshake"])
def test_garbage_hurts_nobody_else(net, transport, kind):
    with stranger(net, transport.partition(" ")[0]) as opened:
        if transport == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            opened = context.wrap_socket(opened)
        with opened, contextlib.suppress(OSError):  # it is closed meanwhile
            opened.sendall(GARBAGE[kind])
        assert answers_others(net)


_CHECKED = """\
gateways: {checked: {proxy: "127.0.0.1:PORT", transport: tls, register: false, ping: false}}
people: {checked: {name: C, phones: {mobile: {number: "+380501120019", gateway: checked}}}}
"""
_SCHEME = "scheme: c\nnumbers: ['+380800330999']\nsteps: [{ring: {to: checked, for: 8s}}, {hangup: NO_ANSWER}]\n"


@pytest.mark.parametrize("carriers", ["known", "unknown", "of another name"])
def test_a_carriers_certificate_is_checked(tmp_path, folder, carriers):
    """By TLS a trunk shows a certificate of its name that an authority signed which the node knows."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    shutil.copytree(folder, ours)
    made(theirs, "127.0.0.1" if carriers != "of another name" else "another.example")
    if carriers != "unknown":
        shutil.copy(theirs / "fullchain.pem", ours / "cafile.pem")
    port = ports.free(2)
    more = {"checked.yaml": _CHECKED.replace("PORT", str(port)), "scheme.yaml": _SCHEME}
    changes = {"tls": certificate.read(ours, V4)}
    lab = Lab(tmp_path / "lab", changes, more, {"GATEWAY_PASSWORD_CHECKED": "x"})
    try:
        with (
            Agent((V4, 0), "carrier", transport="tls", certificate=theirs / "both.pem", port=port) as carrier,
            lab.caller() as caller,
        ):
            call = caller.call("380800330999")
            assert caller.answered(call).start == ("200" if carriers == "known" else "480")
            assert bool(carrier.received("INVITE")) == (carriers == "known")
            if carriers == "known":
                call.hang_up()
            assert lab.quiet()
    finally:
        lab.stop()
