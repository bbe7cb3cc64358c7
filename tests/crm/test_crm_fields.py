"""The ``crm:`` key as authors write it: what is accepted, and the sentence when it is not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from routing.model.crm_settings import VENDORS, crm_of, runtime
from support.crm_bed import FAKES, config

SEARCH = {"path": "/l?p={phone}", "owner": "o", "phones": "p"}
POST = {**SEARCH, "method": "POST"}


def read(name: str, value: object):
    model, fields = crm_of(name, value)
    return model.model_validate(fields)


def refusal(name: str, value: object) -> str:
    try:
        read(name, value)
    except PydanticCustomError as problem:
        return problem.message()
    except ValidationError as problem:
        return "; ".join(map(said, problem.errors()))
    raise AssertionError("it was accepted")


def said(problem: dict[str, Any]) -> str:
    hint = problem.get("ctx", {}).get("hint", "")
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']} {hint}"


def test_the_name_of_an_entry_is_its_vendor_unless_it_says_another():
    assert read("bitrix24", {"webhook": "HOOK"}).vendor == "bitrix24"
    assert read("second", {"vendor": "bitrix24", "webhook": "HOOK"}).vendor == "bitrix24"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("bitrix", {}, "no CRM is called `bitrix`"),
        ("bitrix24", {"webhook": "https://x.bitrix24.eu/rest/1/secret/"}, "is not the name of a secret"),
        ("pipedrive", {}, "token: Field required"),
        ("pipedrive", {"token": "T", "tokn": "x"}, "tokn: Extra inputs"),
        ("salesforce", {"url": "http://u:p@x", "client_id": "A", "client_secret": "B"}, "must not contain a password"),
        ("amocrm", {"url": "standartpark.amocrm.ru", "token": "T"}, "is not an address"),
        ("amocrm", {"url": "https://x?y=1", "token": "T"}, "is not an address"),
        ("zoho_crm", {"datacentre": "mars"}, "datacentre"),
        ("creatio", {"url": "https://x", "login": "L"}, "one kind of login"),
        ("creatio", {"url": "https://x", "login": "L", "password": "P", "identity": "https://y"}, "one kind of login"),
        ("http", {"url": "https://x"}, "there is nothing to search for"),
        ("http", {"url": "https://x", "lead": {"path": "leads", "owner": "o", "phones": "p"}}, "start it with `/`"),
        ("http", {"url": "https://x", "lead": {"path": "/{number}", "owner": "o", "phones": "p"}}, "`{number}`"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "path": "/l?r={entiy.region}"}}, "mean `entity.region`?"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "path": "/l?r={entity.Region}"}}, "not the name of an entity"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "path": "/l?c={source.campaign}"}}, "mean `utm_campaign`?"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "path": "/l?c={source.x}"}}, "a source is one of utm_source"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "path": "/{entity.region}/l"}}, "must not be in the path"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "path": "/l?i={id}"}}, "there is no placeholder `{id}`"),
        ("http", {"url": "https://x", "lead": {**SEARCH, "body": {"a": 1}}}, "GET sends no body"),
        ("http", {"url": "https://x", "lead": {**POST, "body": {"a": ["{phne}"]}}}, "did you mean `phone`"),
        ("http", {"url": "https://x", "lead": {**POST, "body": "{ entity.region }"}}, "write `{entity.region}`"),
        ("http", {"url": "https://x", "lead": SEARCH, "owner": {"path": "/u/{entity.region}"}}, "requested by `{id}`"),
        ("http", {"url": "https://x", "lead": SEARCH, "remember": "11m"}, "at most 10 min"),
        ("http", {"url": "https://x", "lead": {"path": "/l", "owner": "a..b", "phones": "p"}}, "is not a path"),
        ("http", {"url": "https://x", "lead": {"path": "/l", "owner": "o", "phones": []}}, "must not be empty"),
        (
            "http",
            {"url": "https://x", "headers": {"X Y": "1"}, "lead": {"path": "/", "owner": "o", "phones": "p"}},
            "a header",
        ),
    ],
)
def test_what_is_wrong_is_said(name, value, words):
    assert words in refusal(name, value)


def test_kinds_are_those_of_the_vendor():
    assert read("amocrm", {"url": "https://x", "token": "T"}).has == ("deal", "contact")
    assert read("http", {"url": "https://x", "contact": SEARCH}).has == ("contact",)


@pytest.mark.parametrize("fake", FAKES, ids=lambda fake: fake.__name__)
def test_the_runtime_table_names_secrets_and_holds_none(fake):
    table = config(fake)
    assert table["system"] == "ours" and table["vendor"] == fake.vendor
    assert "hush" not in repr(table)


def test_every_vendor_has_an_adapter_and_a_fake():
    from routing.crm.vendors import VENDORS as ADAPTERS

    assert set(VENDORS) == set(ADAPTERS) == {fake.vendor for fake in FAKES}


def test_numbers_and_flags_are_compared_as_text():
    search = {"path": "/l", "owner": "o", "phones": "p", "open": {"archived": False, "state": [1, "new"]}}
    table = runtime("x", read("http", {"url": "https://x", "lead": search}))
    assert table["lead"]["open"] == {"archived": ["false"], "state": ["1", "new"]}
