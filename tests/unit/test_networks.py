"""Transports and encrypted sound of phones and trunks, as FreeSWITCH is told of them."""

import xml.etree.ElementTree as ET

import pytest

from routing.model.addresses import without_port
from support.folders import HERE, compiled, laid_out  # beside the folders


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    place = tmp_path_factory.mktemp("networks")
    return compiled(laid_out(HERE / "good" / "networks", place / "schemes"), place / "root").folder


def values(element, kind):
    return {each.get("name"): each.get("value") for each in element.iter(kind)}


def test_a_trunk_by_tls_and_ipv6(release):
    gateway = ET.fromstring((release / "gateways" / "main.xml").read_text())
    said = values(gateway, "param")
    assert (said["proxy"], said["realm"]) == ("[2001:db8::1]:5061", "[2001:db8::1]")
    assert said["register-transport"] == "tls"
    for way in ("inbound", "outbound"):
        (variable,) = gateway.findall(f".//variable[@direction='{way}']")
        assert (variable.get("name"), variable.get("value")) == (f"rtp_secure_media_{way}", "mandatory")


def test_phones_encrypt_as_they_or_the_project_say(release):
    users = ET.fromstring((release / "directory.xml").read_text()).iter("user")
    told = {each.get("id"): values(each, "variable").get("rtp_secure_media_inbound") for each in users}
    assert told == {"1001": "optional", "1002": "mandatory", "1003": "forbidden"}
    scheme = (release / "schemes" / "a.xml").read_text()
    for target, mode in (("ivan.desk", "optional"), ("taras.desk", "mandatory"), ("olena.desk", "forbidden")):
        leg = next(part for part in scheme.split("[") if f"routing_target={target}" in part)
        assert f"rtp_secure_media_outbound={mode}" in leg.partition("]")[0]
    mobile = next(part for part in scheme.split("[") if "routing_target=ivan.mobile" in part)
    assert "rtp_secure_media" not in mobile.partition("]")[0]  # the gateway's


@pytest.mark.parametrize(
    ("written", "host"),
    [("a.example:5061", "a.example"), ("a.example", "a.example"), ("192.0.2.1:1", "192.0.2.1"), ("[::1]:5060", "[::1]"),
     ("[2001:db8::5060]", "[2001:db8::5060]")],
)  # fmt: skip
def test_the_host_of_a_trunk(written, host):
    assert without_port(written) == host
