"""`routing secrets`: what the folder needs is there afterwards, and what was there is as it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.app.secrets import read_secrets, signing_secrets
from routing.cli.secrets import secrets
from routing.model.crm import VENDORS

SCHEMES = Path(__file__).resolve().parents[2] / "schemes"


def invented(file, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    result = CliRunner().invoke(secrets, ["--schemes", str(SCHEMES), "--file", str(file)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_passwords_of_accounts_and_gateways_and_keys_of_webhooks_are_invented(tmp_path, monkeypatch):
    file = tmp_path / "var" / "secrets"
    assert "secrets added" in invented(file, monkeypatch)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    known = read_secrets(file, {})
    assert {"SIP_PASSWORD_1001", "GATEWAY_PASSWORD_MAIN"} <= set(known)
    assert signing_secrets(known, "WEBHOOK_SECRET")[0].startswith("whsec_")
    assert len(set(known.values())) == len(known)


def test_what_is_there_stays(tmp_path, monkeypatch):
    file = tmp_path / "secrets"
    file.touch(0o600)
    file.write_text("WEBHOOK_SECRET=mine\n")
    invented(file, monkeypatch)
    before = file.read_text()
    assert before.startswith("WEBHOOK_SECRET=mine\n")
    assert before.count("WEBHOOK_SECRET") == 1
    assert invented(file, monkeypatch).endswith(f"{file}: there is nothing to add\n")
    assert file.read_text() == before


PROJECT = """
project: {name: p, timezone: UTC, tracking: {origins: "https://x.example", key: TRACKING_KEY},
          pops: {origins: "https://crm.example", key: POPS_KEY}}
crm:
  pipedrive: {token: PIPEDRIVE_TOKEN}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
"""


def test_keys_of_http_apis_are_invented_and_tokens_of_crms_are_named_with_where_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "p.yaml").write_text(PROJECT)
    file = tmp_path / "secrets"
    asked = ["--schemes", str(tmp_path / "schemes"), "--file", str(file)]
    said = CliRunner().invoke(secrets, asked, catch_exceptions=False).output
    assert said == (
        "p.yaml:5:22: crm.pipedrive.token: the secret PIPEDRIVE_TOKEN is missing (hint: a user's API token (Personal "
        "preferences, API): set PIPEDRIVE_TOKEN in the environment or the secrets file)\n"
        f"{file}: 3 secrets added\n"
    )
    known = read_secrets(file, {})
    assert set(known) == {"SIP_PASSWORD_1001", "TRACKING_KEY", "POPS_KEY"}


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_secret_of_a_crm_says_what_it_is(vendor):
    fields = VENDORS[vendor].model_json_schema()["properties"]
    named = {name for name, about in fields.items() if "^[A-Za-z][A-Za-z0-9_]*$" in str(about)}
    assert named == {name for name, about in fields.items() if about.get("description", "").startswith("Secret: ")}
    assert named or vendor == "http"
