"""Signing in by an OpenID Connect provider, real ones of the specification at their worst among them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from routing.desk.openid import AT_ONCE, KEYS_SECONDS
from routing.desk.plan import plan_of
from support.desk_bed import TABLE, DeskBed, DeskVisitor
from support.openid_fake import CLIENT, SECRET, OpenIdFake

EMAIL = "Nataliia@Example.com"


class OpenIdBed(DeskBed):
    """A desk, and its provider."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.fake, self.why = OpenIdFake(self.now), list[str]()
        self.plan = plan_of(TABLE | {"openid": self.fake.settings()})
        facts = {"secrets": lambda name: (SECRET,) if name == "OPENID" else (), "log": self.why.append}
        for name, value in facts.items():
            object.__setattr__(self.services, name, value)

    def go(self, visitor: DeskVisitor, query: str = "") -> str:
        """To the provider: the address there."""
        self.now += 30.0  # the limit of sign-ins
        self.fake.now = self.now
        answer = visitor.get(f"/sign-in/openid{query}")
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def back(self, visitor: DeskVisitor, given: dict[str, str]) -> TestResponse:
        return visitor.get("/sign-in/openid/back", query_string=given)

    def comes(self, visitor: DeskVisitor, query: str = "", **claims: Any) -> TestResponse:
        """The whole way."""
        given = self.fake.agrees(self.go(visitor, query), **({"email": EMAIL} | claims))
        return self.back(visitor, given)


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[OpenIdBed]:
    bed = OpenIdBed(tmp_path)
    yield bed
    bed.fake.stop()
    bed.close()
    assert bed.faults == []


def must_be_out(bed: OpenIdBed, visitor: DeskVisitor, answer: TestResponse, status: int = 403) -> None:
    assert answer.status_code == status, (answer.status_code, bed.why)
    assert visitor.client.get_cookie("desk_session") is None
    assert visitor.get("/journal").status_code == 302
    assert [line.action for line in bed.services.audit.lines() if line.action == "sign_in"] == []


def test_who_signs_in_there_is_in_here_with_the_role_of_the_schemes(bed: OpenIdBed) -> None:
    visitor = bed.visitor()
    assert "Sign in with Keycloak" in visitor.get("/sign-in?next=/reports").text
    answer = bed.comes(visitor, "?next=/journal?tag=x", role="admin", groups=["admin"])
    assert (answer.status_code, answer.location) == (303, "/journal?tag=x")
    assert visitor.get("/journal").status_code == 200
    assert visitor.get("/accounts").status_code == 403, "a claim gives nobody a right"
    (line,) = bed.services.audit.lines()
    assert (line.name, line.action, line.detail, line.outcome) == ("nataliia", "sign_in", "openid", "")
    cookie = visitor.client.get_cookie("desk_session")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    bed.services.sessions.end("nataliia")
    assert visitor.get("/journal").status_code == 302, "an admin ends it like any other"


def test_the_desk_asks_as_the_specification_says(bed: OpenIdBed) -> None:
    one, two = (parse_qs(urlsplit(bed.go(bed.visitor())).query) for _ in range(2))
    assert one["redirect_uri"] == ["http://localhost/sign-in/openid/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name][0]) >= 43 and one[name] != two[name]
    bed.comes(bed.visitor())
    path, headers, body = bed.fake.asked[-2]
    assert path == "/token" and headers["Authorization"].startswith("Basic ") and SECRET not in body
    bed.fake.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    bed.now += 4000
    assert bed.comes(bed.visitor()).status_code == 303
    assert "Authorization" not in next(asked for asked in bed.fake.asked[::-1] if asked[0] == "/token")[1]


def test_who_has_signed_out_is_asked_for_the_password_again(bed: OpenIdBed) -> None:
    visitor = bed.visitor()
    bed.comes(visitor)
    out = visitor.send("/sign-out")
    assert out.location == "/sign-in?out=1"
    assert visitor.get("/journal").status_code == 302
    assert "again=1" in visitor.get(out.location).text
    assert "prompt=login" in bed.go(visitor, "?again=1") and "prompt" not in bed.go(visitor)


CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "x"}, "no nonce": {"nonce": None}, "a nonce that is a list": {"nonce": ["x"]},
    "another audience": {"aud": "other"}, "no audience": {"aud": None}, "an audience that is empty": {"aud": []},
    "audiences without an authorized party": {"aud": [CLIENT, "other"]},
    "another authorized party": {"aud": [CLIENT, "other"], "azp": "other"},
    "another issuer": {"iss": "https://evil.example"}, "the issuer with a slash": {"iss": "/"},
    "no issuer": {"iss": None},
    "over": {"exp": 1}, "no end": {"exp": None}, "an end that is a text": {"exp": "tomorrow"},
    "an end in no time": {"exp": True},
    "of the future": {"iat": 9_999_999_999}, "not yet valid": {"nbf": 9_999_999_999}, "no issue time": {"iat": None},
    "no subject": {"sub": None}, "another access token": {"at_hash": "x"},
    "an address that is not verified": {"email_verified": False}, "verified by a text": {"email_verified": "yes"},
    "verification unknown": {"email_verified": None}, "verified by a number": {"email_verified": 1},
    "nobody's address": {"email": "nobody@example.com"}, "no address": {"email": None},
    "an empty address": {"email": " "},
    "a list of addresses": {"email": [EMAIL]}, "a name for an address": {"email": "nataliia"},
    "an address with more": {"email": f"{EMAIL},x"}, "a wildcard": {"email": "%"},
}  # fmt: skip


@pytest.mark.parametrize("what", CLAIMS)
def test_an_id_token_that_is_not_right_signs_nobody_in(bed: OpenIdBed, what: str) -> None:
    bed.fake.changes = {
        name: bed.fake.issuer + value if value == "/" else value for name, value in CLAIMS[what].items()
    }
    visitor = bed.visitor()
    must_be_out(bed, visitor, bed.comes(visitor))
    bed.fake.changes = {}
    assert bed.comes(visitor).status_code == 303, "the next one is right"


SIGNERS: dict[str, Callable[[OpenIdFake, dict[str, Any]], str]] = {
    "none": lambda fake, claims: fake.unsigned(claims), "None": lambda fake, claims: fake.unsigned(claims, "None"),
    "nOnE": lambda fake, claims: fake.unsigned(claims, "nOnE", "x"),
    "RS256 without a signature": lambda fake, claims: fake.unsigned(claims, "RS256"),
    "RS256 with a false one": lambda fake, claims: fake.unsigned(claims, "RS256", "x" * 342),
    "HS256 by the public key": lambda fake, claims: fake.by_its_public_key(claims),
    "HS256 by the desk's secret": lambda fake, claims: fake.by_the_desks_secret(claims),
    "another key of the same name": lambda fake, claims: fake.signed(claims, RSAKey.generate_key(2048, {"kid": "k1"})),
    "an unknown key": lambda fake, claims: fake.signed(claims, RSAKey.generate_key(2048, {"kid": "k9"})),
    "changed after signing": lambda fake, claims: _changed(fake.signed(claims)),
    "no token": lambda fake, claims: "", "one part": lambda fake, claims: "x", "much": lambda fake, claims: "." * 3000,
    "no object": lambda fake, claims: fake.unsigned(claims).split(".")[0] + ".W10.",
    "bad bytes": lambda fake, claims: "\x00.\xff.",
}  # fmt: skip


def _changed(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body[:-6]}AAAAAA.{signature}"


@pytest.mark.parametrize("how", SIGNERS)
def test_a_token_that_the_provider_has_not_signed_signs_nobody_in(bed: OpenIdBed, how: str) -> None:
    bed.fake.sign = lambda claims: SIGNERS[how](bed.fake, claims)
    visitor = bed.visitor()
    must_be_out(bed, visitor, bed.comes(visitor))


def test_keys_may_change_and_a_key_that_is_gone_signs_nobody_in(bed: OpenIdBed) -> None:
    old = bed.fake.key
    assert bed.comes(bed.visitor()).status_code == 303
    bed.now += KEYS_SECONDS
    bed.fake.key = ECKey.generate_key("P-256", {"kid": "k2"})
    assert bed.comes(bed.visitor()).status_code == 303, "an unknown key is looked for at once"
    keys = [path for path, _, _ in bed.fake.asked].count("/keys")
    bed.fake.sign = lambda claims: bed.fake.signed(claims, old)
    visitor = bed.visitor()
    answer = bed.comes(visitor)
    assert answer.status_code == 403
    for _ in range(3):
        bed.fake.now, bed.now = bed.now, bed.now - 30.0  # at one moment
        bed.comes(bed.visitor())
    assert [path for path, _, _ in bed.fake.asked].count("/keys") <= keys + 2, (
        "nobody makes the desk ask again and again"
    )


def test_a_code_and_an_answer_are_good_once_and_in_one_browser(bed: OpenIdBed) -> None:
    victim, thief = bed.visitor(), bed.visitor()
    given = bed.fake.agrees(bed.go(victim), email=EMAIL)
    assert bed.back(thief, given).status_code == 403, "a thief has no cookie of it"
    bed.go(thief)
    assert bed.back(thief, given).status_code == 403, "nor with an own one"
    assert bed.back(victim, given).status_code == 303
    victim.send("/sign-out")
    assert bed.back(victim, given).status_code == 403
    again = bed.fake.agrees(bed.go(victim), email=EMAIL)
    assert bed.back(victim, again | {"code": given["code"]}).status_code == 403, "a used code"


@pytest.mark.parametrize(
    "change", [{"state": ""}, {"state": "x"}, {"state": "\u0456"}, {"code": ""}, {"iss": "https://evil.example"},
               {"error": "access_denied"}, {"error": "<script>alert(1)</script>"}],
)  # fmt: skip
def test_another_answer_than_the_one_that_was_asked_for_signs_nobody_in(bed: OpenIdBed, change: dict[str, str]) -> None:
    visitor = bed.visitor()
    given = bed.fake.agrees(bed.go(visitor), email=EMAIL)
    answer = bed.back(visitor, given | change)
    must_be_out(bed, visitor, answer)
    assert "<script>" not in answer.text and "did not confirm" in answer.text
    assert not [path for path, _, _ in bed.fake.asked if path == "/token"], "the code was sent to nobody"


def test_the_answer_of_another_provider_is_refused(bed: OpenIdBed) -> None:
    bed.fake.document = {"authorization_response_iss_parameter_supported": True}
    visitor = bed.visitor()
    given = bed.fake.agrees(bed.go(visitor), email=EMAIL)
    must_be_out(bed, visitor, bed.back(visitor, given))
    given = bed.fake.agrees(bed.go(visitor), email=EMAIL)
    other = OpenIdFake(bed.now)
    bed.plan = plan_of(TABLE | {"openid": other.settings()})  # the schemes name another one meanwhile
    must_be_out(bed, visitor, bed.back(visitor, given | {"iss": other.issuer}))
    assert not [path for path, _, _ in other.asked if path == "/token"]
    other.stop()


@pytest.mark.parametrize(
    "there", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "/a\r\nb"]
)
def test_nobody_is_led_to_another_site(bed: OpenIdBed, there: str) -> None:
    visitor = bed.visitor()
    given = bed.fake.agrees(str(visitor.get("/sign-in/openid", query_string={"next": there}).location), email=EMAIL)
    assert bed.back(visitor, given | {"next": there}).location == "/journal"


def test_another_claim_names_a_user_by_name_only(bed: OpenIdBed) -> None:
    bed.plan = plan_of(TABLE | {"openid": bed.fake.settings("preferred_username")})
    for named, status in (("Ivan", 303), ("nataliia@example.com", 403), ("nobody", 403), ("", 403)):
        assert bed.comes(bed.visitor(), preferred_username=named, email_verified=False).status_code == status, named


def test_an_address_of_two_users_names_neither(bed: OpenIdBed) -> None:
    users = TABLE["users"] | {"boss": {"role": "admin", "name": "Boss", "email": EMAIL.lower()}}
    bed.plan = plan_of(TABLE | {"openid": bed.fake.settings(), "users": users})
    must_be_out(bed, visitor := bed.visitor(), bed.comes(visitor))


DOCUMENT, KEYS, TOKEN = "/.well-known/openid-configuration", "/keys", "/token"
WRONG: list[tuple[str, int | bytes]] = [
    (path, wrong)
    for path in (DOCUMENT, KEYS, TOKEN)
    for wrong in (500, 302, b"", b"<html>", b"[]", b"null", b"[" * 60_000, b"x" * 100_000, b"\xff")
]


@pytest.mark.parametrize(("path", "wrong"), WRONG)
def test_a_provider_that_answers_nonsense_leaves_the_other_ways_in(
    bed: OpenIdBed, path: str, wrong: int | bytes
) -> None:
    bed.fake.wrong = {path: wrong}
    bed.services.accounts.set_password("ivan", "blue horse 7", bed.now)
    visitor = bed.visitor()
    answer = visitor.get("/sign-in/openid") if path == DOCUMENT else bed.comes(visitor)
    assert answer.status_code in (403, 503)
    assert "password" in answer.text and SECRET not in answer.text + str(bed.why)
    must_be_out(bed, visitor, answer, answer.status_code)
    assert visitor.send("/sign-in", name="ivan", password="blue horse 7").status_code == 303


@pytest.mark.parametrize(
    "document", [{"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": "http://evil.example/token"},
                 {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "javascript:alert(1)"},
                 {"token_endpoint": None}, {"jwks_uri": 5}],
)  # fmt: skip
def test_a_document_that_leads_elsewhere_is_not_followed(bed: OpenIdBed, document: dict[str, Any]) -> None:
    bed.fake.document = document
    answer = bed.visitor().get("/sign-in/openid")
    assert answer.status_code == 503 and "does not answer now" in answer.text


def test_a_provider_that_stalls_takes_no_more_than_its_places(bed: OpenIdBed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.desk.openid.DEADLINE_SECONDS", 0.5)
    bed.fake.wrong = {DOCUMENT: threading.Event()}
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(bed.visitor().get("/sign-in/openid").status_code))
        for _ in range(AT_ONCE + 4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert found == [503] * len(threads)
    assert sum("too many" in why for why in bed.why) >= 1
    assert len(bed.fake.asked) <= 2 * AT_ONCE, "each request is tried twice at most"


def test_a_provider_that_is_away_or_whose_secret_is_missing_is_said(bed: OpenIdBed) -> None:
    object.__setattr__(bed.services, "secrets", lambda name: ())
    visitor = bed.visitor()
    must_be_out(bed, visitor, bed.comes(visitor), 503)
    assert "the secret OPENID is missing" in bed.why[-1]
    bed.fake.stop()
    bed.now += 4000
    answer = visitor.get("/sign-in/openid")
    assert answer.status_code == 503 and "Keycloak does not answer now" in answer.text


def test_without_a_provider_there_is_no_door(tmp_path: Path) -> None:
    bed = DeskBed(tmp_path)
    assert bed.visitor().get("/sign-in/openid").status_code == 404
    assert bed.visitor().get("/sign-in/openid/back?code=x&state=y").status_code == 404
    assert "openid" not in bed.visitor().get("/sign-in").text
    bed.close()
