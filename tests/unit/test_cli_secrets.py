"""`routing secrets`: what the folder needs is there afterwards, and what was there is as it was."""

from __future__ import annotations

import stat
from pathlib import Path

from click.testing import CliRunner

from routing.app.secrets import read_secrets, signing_secrets
from routing.cli.secrets import secrets

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
    assert invented(file, monkeypatch) == f"{file}: nothing was missing\n"
    assert file.read_text() == before
