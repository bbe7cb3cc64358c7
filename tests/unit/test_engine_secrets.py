"""The secrets that a release's table names for the engine, and which of them it was not given."""

from pathlib import Path

import pytest

from routing.engine.missing import MissingSecret, MissingSecrets
from routing.release.publish import publish
from support.release_folder import Folder

CRM = "crm: {bitrix24: {webhook: BITRIX}, kommo: {vendor: amocrm, url: 'https://x.kommo.com', token: KOMMO}}\n"
HOOK = "{url: 'https://h.example/a', secret: HOOK_KEY, headers: {X-Key: '{HOOK_TOKEN}'}}"
SCHEME = "scheme: {0}\nnumbers: ['+38080033052{1}']\nsteps: [{{webhook: {2}}}, {{ring: ivan}}, hangup]\n"


@pytest.fixture
def folder(tmp_path):
    company = Folder(tmp_path)
    company.write("crm.yaml", CRM)
    for name, digit in (("b", 2), ("c", 3)):
        company.write(f"{name}.yaml", SCHEME.format(name, digit, HOOK))
    secrets = {"BITRIX": "https://b.example/rest/1/x/", "KOMMO": "k", "HOOK_KEY": "long enough", "HOOK_TOKEN": "t"}
    secrets |= {"SIP_PASSWORD_1001": "x", "GATEWAY_PASSWORD_MAIN": "y"}
    publish(company.root, company.build(secrets).name, None)
    return company


def test_each_secret_is_named_once_for_each_purpose_with_its_first_place(folder):
    found = MissingSecrets(folder.root, {"KOMMO": "k"}).found()
    assert found == (
        MissingSecret("BITRIX", "sent to bitrix24", "crm.bitrix24.webhook", 1),
        MissingSecret("HOOK_KEY", "a signing key", "steps[0].webhook.secret of scheme b", 2),
        MissingSecret("HOOK_TOKEN", "sent to h.example", "steps[0].webhook.headers.X-Key of scheme b", 2),
    )


def test_what_is_missing_is_reported_once_until_secrets_are_read_again(folder):
    missing = MissingSecrets(folder.root, {"KOMMO": "k", "BITRIX": "b", "HOOK_KEY": "k", "HOOK_TOKEN": " "})
    (first,) = missing.to_report()
    assert first.text(None) == (
        "the secret HOOK_TOKEN is not set (sent to h.example, named by steps[0].webhook.headers.X-Key of scheme b and "
        "1 more): that handler or CRM is not asked (hint: serve with --secrets FILE, or set it before the start)"
    )
    assert missing.to_report() == []
    missing.renew({"KOMMO": "k", "BITRIX": "b", "HOOK_KEY": "k"})
    assert missing.to_report() == [first]
    missing.renew({"KOMMO": "k", "BITRIX": "b", "HOOK_KEY": "k", "HOOK_TOKEN": "t"})
    assert missing.to_report() == []


def test_nothing_is_missing_without_a_release_that_names_secrets(folder, tmp_path):
    assert MissingSecrets(Path(tmp_path / "nowhere"), {}).found() == ()
    table = folder.root / "current/table.json"
    for text in ("{", "[]", '{"secrets": [1]}', "{}"):
        table.unlink()
        table.write_text(text)
        assert MissingSecrets(folder.root, {}).found() == ()
