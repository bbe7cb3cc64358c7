"""Publishing while people call: calls that have begun keep their release, new ones get the new one."""

import os
import subprocess
import sys

import pytest
from switchbed.bed import until
from switchbed.cases import parse_phone

SCHEME = """
scheme: published
numbers: ["+380800330020"]
steps:
  - ring: {{to: [oksana], for: 4s}}
  - ring: {{to: [{then}], for: 4s}}
  - hangup: {{cause: USER_BUSY}}
"""


@pytest.fixture
def publish(bed, engine):
    """Publish a scheme that goes on to one person; the company is as before afterwards."""
    yield lambda then: run_publish(bed, engine, then)
    (bed.company.folder / "published.yaml").unlink()
    bed.company.publish(engine)


def run_publish(bed, engine, then):
    """Publish with the product's own command, the switch told by its event socket."""
    settings, company = bed.switch.settings, bed.company
    (company.folder / "published.yaml").write_text(SCHEME.format(then=then), encoding="utf-8")
    secrets = {f"SIP_PASSWORD_{account}": company.password(account) for account in company.accounts.values()}
    environment = os.environ | secrets | {"ROUTING_ESL_PASSWORD": settings.esl_password}
    command = [sys.executable, "-m", "routing", "publish", "--schemes", str(company.folder), "--out", str(company.root)]
    command += ["--engine", engine, "--esl", f"127.0.0.1:{settings.esl_port}"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_call_keeps_its_release(bed, publish):
    assert publish("taras").returncode == 0
    with (
        bed.ringing("oksana.desk", parse_phone("no answer")) as first,
        bed.ringing("taras.desk", parse_phone("answers after 200ms, talks 1s")) as taras,
        bed.ringing("maria.desk", parse_phone("answers after 200ms, talks 1s")) as maria,
    ):
        before = bed.call(bed.folder / "before", to="380800330020", sender="+380671110060")
        assert until(first.messages)
        published = publish("maria")
        assert published.returncode == 0, published.stderr
        after = bed.call(bed.folder / "after", to="380800330020", sender="+380671110061")
        try:
            assert (before.wait(30), after.wait(30)) == (0, 0)
        finally:
            before.stop()
            after.stop()
        assert [name(each) for each in taras.messages() if each.start == "INVITE"] == ["+380671110060"]
        assert [name(each) for each in maria.messages() if each.start == "INVITE"] == ["+380671110061"]
    assert until(lambda: bed.switch.channels() == 0)


def test_a_publish_that_fails_changes_nothing(bed, publish):
    assert publish("taras").returncode == 0
    live = os.readlink(bed.company.root / "current")
    failed = publish("nobody")
    assert failed.returncode == 1
    assert "nobody" in failed.stderr
    assert os.readlink(bed.company.root / "current") == live


def name(message):
    """The caller's number that the phone was shown."""
    return message.header("From").partition("sip:")[2].partition("@")[0]
