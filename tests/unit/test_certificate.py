"""The node's certificate: what is wrong with one is said before FreeSWITCH, which says nothing, has it."""

import stat

import pytest
from click.testing import CliRunner

from routing.cli.node import node
from routing.node import certificate
from support import certificates
from support.certificates import KEY, openssl

pytestmark = [
    pytest.mark.process,
    certificates.needs_openssl,
]
NAMES = "DNS:pbx.example,IP:192.0.2.1,IP:2001:db8::1"


def made(place, *more, names=NAMES, **files):
    """A certificate of pbx.example."""
    return certificates.made(place, "pbx.example", *more, names=names, **files)


@pytest.mark.parametrize("name", ["pbx.example", "192.0.2.1", "2001:db8::1"])
def test_a_good_one(tmp_path, name):
    read = certificate.read(made(tmp_path / "c"), name)
    assert read.agent.count("BEGIN CERTIFICATE") == 1
    assert "PRIVATE KEY" in read.agent
    assert "PRIVATE KEY" not in read.trusted


def test_freeswitchs_own_layout_with_an_authority(tmp_path):
    place = made(tmp_path / "c")
    (place / "agent.pem").write_text((place / "fullchain.pem").read_text() + (place / "privkey.pem").read_text())
    made(tmp_path / "d", public="cafile.pem")
    (place / "cafile.pem").write_text((tmp_path / "d" / "cafile.pem").read_text())
    for name in ("fullchain.pem", "privkey.pem"):
        (place / name).unlink()
    read = certificate.read(place, "pbx.example")
    assert (place / "cafile.pem").read_text().strip() in read.trusted


def test_a_chain_is_where_freeswitch_finds_it(tmp_path):
    """It sends of a chain what stands among the authorities, and nothing of what is behind its own certificate."""
    place = made(tmp_path / "c", public="root.pem", private="root.key")
    (place / "names").write_text(f"subjectAltName={NAMES}")
    openssl(place, "req", *KEY, "-nodes", "-keyout", "privkey.pem", "-out", "asked", "-subj", "/CN=pbx.example")
    signed = ("-CA", "root.pem", "-CAkey", "root.key", "-extfile", "names", "-out", "leaf.pem", "-days", "30")
    openssl(place, "x509", "-req", "-in", "asked", *signed)
    (place / "fullchain.pem").write_text((place / "leaf.pem").read_text() + (place / "root.pem").read_text())
    read = certificate.read(place, "pbx.example")
    assert read.agent.index((place / "leaf.pem").read_text().strip()) < read.agent.index("\n", len(read.agent) // 2)
    assert read.trusted.startswith((place / "root.pem").read_text().strip())


def spoilt(place, how):
    """A certificate with one thing wrong."""
    made(place, names="DNS:x" if how == "name" else NAMES)
    match how:
        case "nothing":
            for path in place.iterdir():
                path.unlink()
        case "no key":
            (place / "privkey.pem").unlink()
        case "another key":
            made(place, public="other.pem")
        case "encrypted":
            made(place, "-passout", "pass:secret")
        case "binary":
            openssl(place, "x509", "-in", "fullchain.pem", "-outform", "der", "-out", "fullchain.pem")
        case "no certificate":
            (place / "fullchain.pem").write_text("hello\n")
        case "key twice":
            (place / "fullchain.pem").write_text((place / "privkey.pem").read_text())
        case "broken":
            lines = (place / "fullchain.pem").read_text().splitlines()
            (place / "fullchain.pem").write_text("\n".join((*lines[:3], *lines[4:])))


#: What is wrong -> words that say it.
WRONG = {
    "nothing": "has no certificate: put `fullchain.pem` and `privkey.pem` there",
    "no key": "privkey.pem is missing: the key of fullchain.pem",
    "another key": "does not belong to the certificate",
    "encrypted": "is encrypted: FreeSWITCH could not read it",
    "binary": "is not PEM",
    "no certificate": "holds no certificate in PEM",
    "key twice": "holds no certificate in PEM",
    "broken": "cannot be used with the certificate",
    "name": "not valid for 'pbx.example'",
}


@pytest.mark.parametrize("how", WRONG)
def test_a_bad_one_is_told_and_nothing_is_written(tmp_path, how):
    place = tmp_path / "c"
    spoilt(place, how)
    arguments = ["init", str(tmp_path / "node"), "--root", str(tmp_path / "root"), "--tls", str(place)]
    ran = CliRunner().invoke(node, [*arguments, "--domain", "pbx.example"])
    assert ran.exit_code == 2
    assert WRONG[how] in ran.output
    assert not (tmp_path / "node").exists()


def test_the_key_is_its_owners_alone(tmp_path):
    arguments = ["init", str(tmp_path / "node"), "--root", str(tmp_path / "root"), "--tls", str(made(tmp_path / "c"))]
    assert CliRunner().invoke(node, [*arguments, "--domain", "pbx.example"]).exit_code == 0
    assert stat.S_IMODE((tmp_path / "node/conf/tls/agent.pem").stat().st_mode) == 0o600
    for profile in ("internal", "external"):
        assert '"tls" value="true"' in (tmp_path / f"node/conf/sip_profiles/{profile}.xml").read_text()
