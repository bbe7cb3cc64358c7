"""A phone with call forwarding of its own answers 302: its leg fails, the next one rings, nothing else is dialled."""

from switchbed import sip
from switchbed.bed import until
from switchbed.cases import parse_phone


def test_a_phone_that_redirects_moves_nobody(bed):
    moved = sip.phone(status=302, extra=f"Contact: <sip:+380501110003@127.0.0.1:{bed.trunk.port}>")
    with (
        bed.ringing("maria.desk", parse_phone("busy"), scenario=moved) as redirecting,
        bed.ringing("taras.desk", parse_phone("answers after 200ms, talks 300ms")) as taras,
        bed.ringing("petro.mobile", parse_phone("answers after 200ms, talks 300ms")) as elsewhere,
    ):
        call = bed.call(bed.folder / "redirected", to="380800330002", sender="+380671110070")
        try:
            assert call.wait(20) == 0
        finally:
            call.stop()
        assert redirecting.messages()
        assert taras.messages()
        assert not elsewhere.messages()
    assert until(lambda: bed.switch.channels() == 0)
