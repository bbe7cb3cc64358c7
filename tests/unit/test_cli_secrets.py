"""`routing secrets`: what the folder needs is there afterwards, and what was there is as it was."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.secrets import secrets
from routing.journal import sealed
from routing.model.crm_settings import VENDORS
from routing.process.secrets import read_secrets, signing_secrets

SCHEMES = Path(__file__).resolve().parents[2] / "schemes"


def invented(file, monkeypatch):
    """For a copy of the example company: in its own place it may have passwords already (`make run` makes them)."""
    schemes = file.parent / "company" / "schemes"
    if not schemes.exists():
        shutil.copytree(SCHEMES, schemes)
    monkeypatch.setattr("os.environ", {})
    result = CliRunner().invoke(secrets, ["--schemes", str(schemes), "--file", str(file)], catch_exceptions=False)
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
        f"{tmp_path}/schemes/p.yaml:5:22: crm.pipedrive.token: the secret PIPEDRIVE_TOKEN is missing (hint: a user's "
        "API token (Personal preferences, API): set PIPEDRIVE_TOKEN in the environment or the secrets file)\n"
        f"{file}: 3 secrets added\n"
    )
    known = read_secrets(file, {})
    assert set(known) == {"SIP_PASSWORD_1001", "TRACKING_KEY", "POPS_KEY"}


def test_what_is_shared_says_with_whom_once(tmp_path, monkeypatch):
    said = invented(tmp_path / "secrets", monkeypatch)
    assert "the secret GATEWAY_PASSWORD_MAIN was generated (hint: replace it by the carrier's)" in said
    assert said.count("the secret WEBHOOK_SECRET was generated (hint: give it to the handler") == 1
    assert "SIP_PASSWORD" not in said
    assert "was generated" not in invented(tmp_path / "secrets", monkeypatch)


HTTP = """
project: {name: p, timezone: UTC}
crm:
  ours: {vendor: http, url: "URL", headers: {X-Key: "{OUR_KEY}"}, lead: {path: "/l?p={phone}", owner: o, phones: p}}
"""


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://127.0.0.1:8096", True),
        ("http://localhost/api", True),
        ("http://[::1]:80", True),
        ("https://crm.example.com", False),
        ("https://127.0.0.1.example.com", False),
    ],
)
def test_a_crm_on_this_machine_takes_an_invented_token_and_no_other_does(url, is_here, tmp_path, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    (tmp_path / "p.yaml").write_text(HTTP.replace("URL", url))
    asked = ["--schemes", str(tmp_path), "--file", str(tmp_path / "secrets")]
    said = CliRunner().invoke(secrets, asked, catch_exceptions=False).output
    assert ("OUR_KEY was generated (hint: give it to the CRM on this machine)" in said) is is_here
    assert ("OUR_KEY is missing (hint: the value that the CRM expects in header X-Key" in said) is not is_here


def test_without_a_file_it_is_the_projects_and_compile_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemes").mkdir()
    project = tmp_path / "schemes" / "p.yaml"
    project.write_text(
        "project: {name: p, timezone: UTC, secrets: {file: ../var/keys}}\n"
        "people: {ivan: {name: Ivan, phones: {desk: {sip: '1001'}}}}\n"
    )
    compiled = CliRunner().invoke(group, ["compile"])
    assert compiled.exit_code == 1
    assert str(compiled.exception) == "var/keys: No such file or directory (hint: `routing secrets` makes it)"
    assert CliRunner().invoke(group, ["secrets"]).output == "var/keys: 1 secret added\n"
    assert CliRunner().invoke(group, ["compile"]).exit_code == 0
    elsewhere = CliRunner().invoke(group, ["compile", "--schemes", str(tmp_path / "schemes"), "--secrets", "a key"])
    assert f"`routing secrets --schemes {tmp_path}/schemes --file 'a key'` makes it" in str(elsewhere.exception)
    folder = CliRunner().invoke(group, ["secrets", "--file", "var"])
    assert str(folder.exception) == "--file: var is a folder (hint: --file var/secrets)"
    project.write_text("project: {name: p, timezone: UTC}\n")
    asked = CliRunner().invoke(group, ["secrets"])
    assert str(asked.exception).startswith("the project names no secrets file: use --file FILE")


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_secret_of_a_crm_says_what_it_is(vendor):
    fields = VENDORS[vendor].model_json_schema()["properties"]
    named = {name for name, about in fields.items() if "^[A-Za-z][A-Za-z0-9_]*$" in str(about)}
    assert named == {name for name, about in fields.items() if about.get("description", "").startswith("Secret: ")}
    assert named or vendor == "http"


RECORDED = "project: {name: p, timezone: UTC, encrypt_recordings: [y2026, old]}\n"


def test_keys_of_recordings_are_named_with_what_makes_them(tmp_path, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    (tmp_path / "p.yaml").write_text(RECORDED)
    file = tmp_path / "secrets"
    file.touch(0o600)
    public, private = sealed.new_pair()
    for value, complaint in (
        (private, "is a private key: only the desk needs it"),
        ("age1", "is no public key of age"),
    ):
        file.write_text(f"RECORDING_KEY_OLD={value}\n")
        result = CliRunner().invoke(secrets, ["--schemes", str(tmp_path), "--file", str(file)], catch_exceptions=False)
        assert f"the secret RECORDING_KEY_OLD {complaint}" in result.output
        assert (
            "the secret RECORDING_KEY_Y2026 is missing (hint: a public key of age: `routing recordings" in result.output
        )
        assert private not in result.output
    file.write_text(f"RECORDING_KEY_OLD={public}\nRECORDING_KEY_Y2026={public}\n")
    result = CliRunner().invoke(secrets, ["--schemes", str(tmp_path), "--file", str(file)], catch_exceptions=False)
    assert "RECORDING" not in result.output
