"""Who may come in at all: phones by digest only, carriers by address only. What they may do then is `cases/inside`."""

import pytest

from support.switchbed import sip
from support.switchbed.dialling import colleague, place


def test_an_invite_without_credentials_is_challenged(bed):
    scenario = sip.caller(to="102", sender="1004")
    assert place(bed, "no credentials", scenario, bed.switch.settings.sip_port) in (["401"], ["407"])


def test_a_wrong_password_calls_nobody(bed):
    answers = place(bed, "wrong password", colleague(bed, "102", password="guess"), bed.switch.settings.sip_port)
    assert answers[-1] == "403"


def test_a_wrong_password_does_not_register(bed):
    with pytest.raises(AssertionError, match="403"):
        bed.register("1004", password="guess")


def test_an_invite_from_no_carrier_is_refused(bed):
    scenario = sip.caller(to="380800330001", sender="+380671110044")
    port = bed.switch.settings.external_port
    assert place(bed, "stranger", scenario, port, address="127.0.0.2") == ["403"]
