"""Secrets in web addresses are seen and never shown; what is none is let be."""

import pytest
from pydantic import TypeAdapter

from routing.cli.errors import report
from routing.model.body_secrets import secrets_in
from routing.model.headers import Headers
from routing.model.in_clear import is_secret
from routing.model.problem import Problem, UserFailure
from routing.model.url_secrets import masked, secret_in

IN_CLEAR = [
    "https://x.example/?token=hush", "https://x.example?a=1&access_token=hush", "https://x.example/#id_token=hush",
    "https://user:hush@x.example/", "https://hush@x.example", "http://x.example/?apikey=hush", "http://x/?api-key=hush",
    "http://x/?API_KEY=hush", "http://x/?key=hush-hush", "http://x/?x-secret=hush", "http://x/?sig=hush", "http://x/?pwd=hush",
    "https://x/?userPassword=hush", "https://x/?auth=hush", "https://x/?PHPSESSID=hush", "https://x/?a=1&&sid=hush",
    "https://x/?a=1;token=hush", "https://x/api;token=hush/deals", "https://x/#/login?token=hush", "https://x/?%74oken=hush",
    "https://x/?client_secret=hush&a={phone}", "/deals?token=hush&phone={phone}",
]  # fmt: skip


@pytest.mark.parametrize("address", IN_CLEAR)
def test_a_secret_is_seen_and_never_shown(address, capsys):
    assert secret_in(address) and "hush" not in secret_in(address)
    if "://" in address:
        told = f"`{address}` cannot be reached, nor {address}: try ({address})"
        assert "hush" not in masked(told) and "x" in masked(told)
        assert "hush" not in str(Problem("a.yaml", 1, 1, "", told))
        report(UserFailure(told))
        assert "hush" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/?a=b", "https://x.example/route?branch=kharkiv&id=17", "https://x/?token=", "https://x/?key={id}",
        "/deals?phone={phone}&region={entity.region}", "https://x/?monkey=1&passage=2&tokyo=3&author=x&keyboard=1",
        "https://x/?sort=update_time%20DESC", "https://x/a@b", "https://x/webhook/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "https://[::1", "", "x",
    ],
)  # fmt: skip
def test_what_is_no_secret_is_let_be(address):
    assert secret_in(address) == "" and masked(address) == address


@pytest.mark.parametrize(
    ("name", "value", "is_one"),
    [("token", "x", True), ("token", "", False), ("token", "{{caller}}", False),
     ("who", "0123456789abcdef01234567", True), ("key", "a", False), ("key", "a1b2c3d4", True),
     ("who", "{{caller}}", False), ("shop", "standartpark", False)],
)  # fmt: skip
def test_parameters(name, value, is_one):
    assert is_secret(name, value) is is_one


def test_text_beside_an_address_stays():
    assert (
        masked("ask https://u:p@x/?a=1&token=b#c now, ivan@x.example too")
        == "ask https://***@x/?a=1&token=***#c now, ivan@x.example too"
    )


BODIES = {
    "token": {"token": "hush", "phone": "{phone}"},
    "a.b.password": {"a": {"b": {"password": "hush"}}},
    "list[1].api_key": {"list": [1, {"api_key": "hush"}]},
    "pin.password": {"pin": {"password": 1234}},
    "credentials.login": {"credentials": {"login": "hush"}},
    "tokens[0]": {"tokens": ["hush"]},
    "header": {"header": "Bearer hush"},
    "form": {"form": "phone={phone}&token=hush"},
    "back": {"back": "https://x.example/?token=hush"},
    "link": {"link": "https://u:hush@x.example/"},
    "any": {"any": "ghp_0123456789abcdef0123"},
    "the text": "user=1&password=hush",
}


@pytest.mark.parametrize("where", BODIES)
def test_a_secret_anywhere_in_a_body_is_seen(where):
    assert next(secrets_in(BODIES[where])) == where


@pytest.mark.parametrize(
    "body",
    [
        {"phone": "{phone}", "token": "{entity.region}", "token2": ""},
        {"filter": {"key": "phone_number", "value": "{digits}"}, "limit": 50, "password_is_set": True},
        {"query": "query { leads(phone: \"{phone}\") { id owner } }"}, ["a", None, {"back": "https://x.example/?a=b"}],
        {"note": "call me with a token please"}, "a=1&b={phone}", None,
    ],
)  # fmt: skip
def test_a_body_without_one_is_let_be(body):
    assert list(secrets_in(body)) == []


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "X-Auth",
        "X-Auth-Token",
        "X-Api-Key",
        "X-Key",
        "Api-Secret",
        "X-Sig",
    ],
)
def test_headers_go_by_the_same_names(name):
    with pytest.raises(ValueError, match="in clear text"):
        TypeAdapter(Headers).validate_python({name: "hush"})
    assert is_secret(name, "hush")
