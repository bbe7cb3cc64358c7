"""Offers of sound: keys in an offer of plain RTP, and codecs that the caller and whoever is called do not share."""

import pytest

from support.switchbed.dialog import media_port, speak
from support.switchbed.lab import NUMBER, Lab, until

KEY = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
PCMU = "v=0\no=x 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"


@pytest.fixture(scope="module")
def encrypting(tmp_path_factory):
    """A node of a company with a phone that must encrypt."""
    people = 'people: {safe: {name: Safe, phones: {desk: {sip: "2005", srtp: required}}, extension: "105"}}'
    place = tmp_path_factory.mktemp("encrypting")
    running = Lab(place, more={"people.yaml": people}, secrets={"SIP_PASSWORD_2005": Lab.password("2005")})
    yield running
    running.stop()


def offered(agent):
    """The audio line of the last INVITE that an agent got."""
    text = agent.received("INVITE")[-1].text
    return next(line for line in text.splitlines() if line.startswith("m=audio"))


@pytest.mark.parametrize("who", ["carrier", "phone"])
def test_who_offers_keys_beside_plain_sound_gets_plain_sound(lab, who):
    calling = lab.caller() if who == "carrier" else lab.phone("2001")
    with lab.phone("2002") as phone, calling as caller:
        call = caller.call(NUMBER if who == "carrier" else "102", body=caller.offer(KEY, "a=sendrecv"))
        answer = caller.answered(call)
        assert answer.start == "200"
        assert "RTP/AVP 8" in answer.text and "a=crypto" not in answer.text
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        assert until(lambda: speak(caller.rtp, media_port(answer), 0.2) or phone.packets(0.1))
        call.hang_up()
    assert lab.quiet()


@pytest.mark.parametrize("offer", ["keys beside plain sound", "none"])
def test_a_phone_that_must_encrypt_does_not_get_plain_sound(encrypting, offer):
    with encrypting.phone("2005") as phone, encrypting.phone("2002") as other:
        call = phone.call("102", body="" if offer == "none" else phone.offer(KEY, "a=sendrecv"))
        assert phone.answered(call).start == "488"
        assert not other.received("INVITE")
    assert encrypting.quiet()


def test_whoever_is_called_is_offered_every_codec(lab):
    with lab.phone("2003") as other, lab.talk() as (_call, leg, phone):
        assert offered(phone).split()[3:5] == ["8", "0"]
        leg.request("REFER", "Refer-To: <sip:103@127.0.0.1>", f"Contact: {phone.contact}")
        assert until(lambda: other.received("ACK"))
        assert offered(other).split()[3:5] == ["8", "0"]


def test_a_phone_without_the_callers_codec_is_heard(lab):
    with lab.phone("2002") as phone, lab.caller() as caller:
        phone.offer = lambda *_: PCMU.format(phone.media).replace("\n", "\r\n")
        call = caller.call(NUMBER)
        answer = caller.answered(call)
        assert answer.start == "200" and "RTP/AVP 8" in answer.text
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        assert until(lambda: speak(caller.rtp, media_port(answer), 0.2) or phone.packets(0.1))
        call.hang_up()
    assert lab.quiet()
