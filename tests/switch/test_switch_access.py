"""Who may do what: phones by digest only, carriers by address only, colleagues among themselves and outside."""

import pytest
from switchbed import sip
from switchbed.bed import until
from switchbed.cases import parse_phone


def place(bed, name, scenario, port, address="127.0.0.1"):
    """One call by a scenario; returns the final status of its INVITE."""
    call = sip.Sipp(scenario, bed.folder / name, f"127.0.0.1:{port}", ["-m", "1"], address=address)
    try:
        call.wait(30)
    except TimeoutError:
        pytest.fail(f"{name}: no end")
    finally:
        call.stop()
    return [message.start for message in call.messages() if message.received and message.is_final_of("INVITE")]


def colleague(bed, to, account="1004", password=None):
    words = {"to": to, "account": account, "password": password or bed.company.password(account)}
    return sip.scenario("colleague.xml.j2", finals=[each for each in sip.FINALS if each not in (401, 407)], **words)


def test_an_invite_without_credentials_is_challenged(bed):
    scenario = sip.caller(to="102", sender="1004")
    assert place(bed, "no credentials", scenario, bed.switch.settings.sip_port) in (["401"], ["407"])


def test_a_wrong_password_calls_nobody(bed):
    answers = place(bed, "wrong password", colleague(bed, "102", password="guess"), bed.switch.settings.sip_port)
    assert answers[-1] == "403"


def test_a_wrong_password_does_not_register(bed):
    with pytest.raises(AssertionError, match="403"):
        bed.register(bed.folder / "bad register", {"1004": 9}, password="guess")


def test_an_invite_from_no_carrier_is_refused(bed):
    scenario = sip.caller(to="380800330001", sender="+380671110044")
    port = bed.switch.settings.external_port
    assert place(bed, "stranger", scenario, port, address="127.0.0.2") == ["403"]


@pytest.mark.parametrize("dialled", ["102", "1002"])
def test_colleagues_call_each_other(dialled, bed):
    with bed.ringing("olena.desk", parse_phone("answers after 200ms, talks 500ms")) as phone:
        answers = place(bed, f"colleague {dialled}", colleague(bed, dialled), bed.switch.settings.sip_port)
        assert answers[-1] == "200"
        assert "Марія" in phone.messages()[0].header("From")


@pytest.mark.parametrize("dialled", ["+380501110003", "0501110003", "00380501110003"])
def test_a_colleague_calls_out_through_the_gateway(dialled, bed):
    with bed.ringing("petro.mobile", parse_phone("answers after 200ms, talks 500ms")) as phone:
        answers = place(bed, f"out {dialled}", colleague(bed, dialled), bed.switch.settings.sip_port)
        assert answers[-1] == "200"
        assert "+380800330000@" in phone.messages()[0].header("From")


@pytest.mark.parametrize("dialled", ["+19005551234", "+380900123456", "999999999"])
def test_a_destination_that_is_not_allowed_is_refused(dialled, bed):
    answers = place(bed, f"forbidden {dialled}", colleague(bed, dialled), bed.switch.settings.sip_port)
    assert int(answers[-1]) >= 400


def test_too_many_calls_of_one_caller_are_rejected_cheaply(bed):
    scenario = sip.caller(to="380800339999", sender="+380671110055")
    flood = sip.Sipp(
        scenario, bed.folder / "flood", f"127.0.0.1:{bed.switch.settings.external_port}", ["-m", "12", "-r", "50"]
    )
    try:
        flood.wait(30)
        finals = [each.start for each in flood.messages() if each.received and each.is_final_of("INVITE")]
    finally:
        flood.stop()
    assert sorted(finals) == ["404"] * 10 + ["603"] * 2
    assert until(lambda: bed.switch.channels() == 0)
