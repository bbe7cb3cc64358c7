"""`routing doctor` on a real node: what it finds right is right, and what is broken it names."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from support.switchbed.switch import PASSWORD

#: An address where nobody listens.
NOBODY = "127.0.0.1:1"
#: What is not as on a node in service: the carrier of the tests takes no registration, nobody's phones are on, no
#: journal carries the suite's calls away, and FreeSWITCH 1.10.12 has a known hole.
EXPECTED = {"version", "gateways", "phones", "healthy", "spool"}


def findings(bed, *options, password=PASSWORD):
    """Of the command, as a program reads them: exit code, and findings by check."""
    command = [sys.executable, "-m", "routing", "doctor", "--json", "--root", str(bed.company.root)]
    command += ["--esl", f"127.0.0.1:{bed.switch.settings.esl_port}", *options]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"ROUTING_ESL_PASSWORD": password}
    )
    assert ran.stderr == ""
    found = {}
    for one in json.loads(ran.stdout):
        found.setdefault(one["check"], []).append(one)
    return ran.returncode, found


@pytest.fixture(scope="module")
def healthy(bed):
    return findings(bed, "--engine", bed.engine, "--http", NOBODY)


def test_our_own_node_is_well(healthy):
    code, found = healthy
    bad = {one["check"]: one["words"] for told in found.values() for one in told if one["level"] != "ok"}
    assert bad.keys() <= EXPECTED, bad
    assert "CVE-2026-49840" in bad["version"]
    assert code == 1  # no health at that address


def test_it_knows_the_time_of_the_releases_zones(healthy):
    (zones,) = healthy[1]["zones"]
    assert "Europe/Kyiv" in zones["words"]


def test_a_wrong_password_is_said_once_and_the_rest_is_examined(bed):
    code, found = findings(bed, password="wrong")
    assert code == 1
    assert "refused the password" in found["reachable"][0]["words"]
    assert found["current"][0]["level"] == "ok"
    assert found["profiles"][0]["level"] == "unknown"


def test_another_root_than_the_one_that_freeswitch_reads(bed, tmp_path):
    (tmp_path / "current").symlink_to((bed.company.root / "current").resolve())
    _, found = findings(bed, "--root", str(tmp_path))
    (dialplan,) = found["dialplan"]
    assert dialplan["words"] == f"FreeSWITCH's dialplan uses another root than {tmp_path}"
