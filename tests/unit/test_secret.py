"""Names of secrets and their values: what is refused before a call; what is taken signs as receivers expect."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from routing.compile.build import build
from routing.decide.request import signature
from routing.model.problem import Problems
from routing.model.secret import is_key, is_of_the_machine, key_of, may_serve_both, sent_to
from routing.process.secrets import read_secrets, signing_secrets

KEY = bytes(range(200, 224))
PADDED = base64.b64encode(KEY[:22]).decode()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("whsec_" + base64.b64encode(KEY).decode(), KEY),
        ("whsec_" + PADDED, KEY[:22]),
        ("whsec_" + PADDED.rstrip("="), KEY[:22]),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ", base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==")),
        ("v1,whsec_" + base64.b64encode(KEY).decode(), KEY),
        ("plain words", b"plain words"),
        ("ключ", "ключ".encode()),
    ],
)
def test_a_key_signs_as_receivers_read_it(written, key):
    assert key_of(written) == key
    expected = base64.b64encode(hmac.new(key, b"id.5.body", hashlib.sha256).digest()).decode()
    assert signature("id", 5, b"body", written) == f"v1,{expected}"


UNFIT_KEYS = ["whsec_", "whsec_a", "whsec_ab-_", "whsec_***", "whsec_YQ=", "whsec_YQ===", "whsec_Y=Q=", "whsec_ключ",
              "whsec_YWJj=", "plain\tkey whsec_", "a\x01b"]  # fmt: skip


@pytest.mark.parametrize("written", UNFIT_KEYS)
def test_a_key_that_cannot_sign_is_refused_with_its_name_and_place(tmp_path, written):
    said = refused(tmp_path, WEBHOOK, KEY=written)
    assert said.startswith("s.yaml:3:55: steps[0].webhook.secret: the secret KEY ")
    assert len(written) < 8 or written not in said


PROJECT = (
    "project: {name: p, timezone: Europe/Kyiv, country: UA}\n"
    "people: {ivan: {name: I, phones: {m: {number: '+380671234567'}}}}\n"
)
WEBHOOK = (
    "scheme: s\nnumbers: ['+380440000500']\nsteps: [{webhook: {url: 'https://h.example/', secret: KEY}}, hangup]\n"
)
CRM = (
    "crm: {c: {vendor: http, url: 'https://h.example', headers: {X: '{KEY}'}, deal: {path: /, owner: o, phones: p}}}\n"
)


def refused(folder: Path, text: str, **known: str) -> str:
    (folder / "project.yaml").write_text(PROJECT)
    (folder / "s.yaml").write_text(text)
    with pytest.raises(Problems) as told:
        build(folder, folder / "root", lambda where: known)
    return "".join(map(str, told.value.problems))


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        (CRM, "ключ", "contains characters that headers cannot carry"),
        (CRM, "a\x7fb", "contains a control character"),
        ("crm: {bitrix24: {webhook: KEY}}\n", "1/abcdef", "is not the address of an inbound webhook"),
        (CRM, "  ", "is missing"),
        (WEBHOOK, " ", "is missing"),
    ],
)
def test_a_value_that_no_call_could_use_is_refused(tmp_path, text, value, words):
    said = refused(tmp_path, text, KEY=value)
    assert f"the secret KEY {words}" in said


def test_two_keys_are_both_looked_at(tmp_path):
    good = "whsec_" + base64.b64encode(KEY).decode()
    assert "the secret KEY cannot sign" in refused(tmp_path, WEBHOOK, KEY=f"{good} whsec_ab-_")


@pytest.mark.parametrize("name", ["PATH", "HOME", "AWS_SECRET_ACCESS_KEY", "ROUTING_ESL_PASSWORD",
                                  "PGPASSWORD", "https_proxy", "LD_PRELOAD", "GITHUB_TOKEN"])  # fmt: skip
def test_the_machines_variables_are_no_secrets(tmp_path, name):
    known = read_secrets(None, {name: "hush", "CRM_TOKEN": "t"})
    assert known == {"CRM_TOKEN": "t"}
    said = refused(tmp_path, CRM.replace("KEY", name), **known)
    assert name in said and "hush" not in said


@pytest.mark.parametrize("name", ["CRM_TOKEN", "WEBHOOK_SECRET", "HOOK", "BITRIX24_WEBHOOK", "SCREENS_KEY",
                                  "SIP_PASSWORD_1001", "GATEWAY_PASSWORD_MAIN", "HTTP_CRM_KEY"])  # fmt: skip
def test_a_companys_names_are(name):
    assert not is_of_the_machine(name) and not is_key(name)


def test_with_a_file_nothing_of_the_environment_is_reachable(tmp_path):
    file = tmp_path / "secrets"
    file.touch(0o600)
    file.write_text("AWS_KEY=ours\n# whsec\nEMPTY_QUOTES=''\n")
    known = read_secrets(file, {"CRM_TOKEN": "t", "AWS_KEY": "machine"})
    assert known == {"AWS_KEY": "ours", "EMPTY_QUOTES": ""}
    assert signing_secrets(known, "EMPTY_QUOTES") is None


def test_what_is_sent_to_one_server_is_nothing_elses():
    ours, same, other = map(sent_to, ("https://api.crm.example/v1", "https://www.crm.example", "https://x.example"))
    assert may_serve_both(ours, same) and not may_serve_both(ours, other) and not may_serve_both("a signing key", ours)
    assert sent_to("https://10.0.0.1") != sent_to("https://10.1.0.1")
