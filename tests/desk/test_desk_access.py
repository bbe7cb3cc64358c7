"""Who gets into the desk, with which rights, and how long."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text

from routing.desk.accounts import MOST_FAILURES, SignInRefused
from routing.desk.application import create
from routing.desk.current import STATED
from routing.desk.pages import PAGES
from routing.desk.plan import plan_of
from routing.desk.schema import accounts, links, sessions
from routing.model.desk import ALLOWED, Right, Role
from support.desk_bed import NOW, OF_ROLE, TABLE, DeskBed, lines_of_audit

PASSWORD = "blue horse 7"


def test_a_link_lets_in_once_and_only_on_a_click(bed: DeskBed) -> None:
    token = bed.services.accounts.link("ivan", bed.now)
    one, other = bed.visitor(), bed.visitor()
    assert "works once" in one.get(f"/enter?token={token}").text
    assert "works once" in one.get(f"/enter?token={token}").text
    assert one.send("/enter", token=token).location == "/journal"
    assert "Ivan Koval" in one.get("/journal").text
    assert other.send("/enter", token=token).status_code == 403


def test_a_link_ends_after_a_day(bed: DeskBed) -> None:
    token = bed.services.accounts.link("ivan", bed.now)
    bed.now += 86_401
    assert bed.visitor().send("/enter", token=token).status_code == 403


@pytest.mark.parametrize("name", ["nataliia", " Nataliia ", "NATALIIA@example.com"])
def test_a_password_lets_in_by_name_or_address(bed: DeskBed, name: str) -> None:
    bed.services.accounts.set_password("nataliia", PASSWORD, bed.now)
    visitor = bed.visitor()
    assert visitor.send("/sign-in", name=name, password=PASSWORD).status_code == 303
    assert visitor.get("/audit").status_code == 403
    assert visitor.get("/journal").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"), [("nataliia", "wrong"), ("nobody", PASSWORD), ("ivan", PASSWORD), ("", "")]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(bed: DeskBed, name: str, password: str) -> None:
    bed.services.accounts.set_password("nataliia", PASSWORD, bed.now)
    answer = bed.visitor().send("/sign-in", name=name, password=password)
    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text


def test_an_account_is_locked_after_failures_whoever_tries(bed: DeskBed) -> None:
    bed.services.accounts.set_password("ivan", PASSWORD, bed.now)
    for number in range(MOST_FAILURES):
        answer = bed.visitor().client.post(
            "/sign-in", data={"name": "ivan", "password": "x"}, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}
        )
        assert answer.status_code == 401
    late = bed.visitor().send("/sign-in", name="ivan", password=PASSWORD)
    assert late.status_code == 429
    assert "in 1 minute." in late.text
    bed.now += 61
    assert bed.visitor().send("/sign-in", name="ivan", password=PASSWORD).status_code == 303


def test_guesses_that_come_at_once_are_counted_each(bed: DeskBed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has read the account before another one has failed."""
    accounts = bed.services.accounts
    accounts.set_password("ivan", PASSWORD, bed.now)
    others = MOST_FAILURES - 1

    def slow(hashed: str, password: str) -> bool:
        nonlocal others
        if others:
            others -= 1
            with pytest.raises(SignInRefused):
                accounts.check("ivan", "x", bed.now)
        return False

    monkeypatch.setattr("routing.desk.accounts._matches", slow)
    with pytest.raises(SignInRefused):
        accounts.check("ivan", "x", bed.now)
    assert accounts.names()["ivan"]["locked_until_s"] > bed.now


def test_one_address_may_try_only_so_often(bed: DeskBed) -> None:
    answers = [bed.visitor().send("/sign-in", name=f"x{number}", password="x").status_code for number in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_one_time_codes_are_asked_for_and_work_once(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    visitor.send("/settings/password", new=PASSWORD)
    secret = pyotp.random_base32()
    assert visitor.send("/settings/codes", secret=secret, code="000000").status_code == 400
    assert visitor.send("/settings/codes", secret=secret, code=pyotp.TOTP(secret).at(int(bed.now))).status_code == 303

    def enter(code: str) -> int:
        other = bed.visitor()
        page = other.send("/sign-in", name="ivan", password=PASSWORD).text
        pending = page.split('name="pending" value="')[1].split('"')[0]
        return other.send("/sign-in", pending=pending, code=code).status_code

    assert enter("123456") == 401
    right = pyotp.TOTP(secret).at(int(bed.now))
    assert enter(right) == 303
    assert enter(right) == 401
    bed.now += 60
    assert enter(pyotp.TOTP(secret).at(int(bed.now))) == 303


def test_a_session_ends_when_it_is_not_used(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    bed.now += 11 * 3600
    assert visitor.get("/journal").status_code == 200
    bed.now += 11 * 3600
    assert visitor.get("/journal").status_code == 200
    bed.now += 13 * 3600
    assert visitor.get("/journal").location == "/sign-in?next=/journal"


def test_signing_out_ends_the_session_and_not_only_the_cookie(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    cookie = visitor.client.get_cookie("desk_session")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    visitor.send("/sign-out")
    visitor.client.set_cookie("desk_session", cookie.value)
    assert visitor.get("/journal").status_code == 302


def test_a_new_password_ends_the_other_sessions(bed: DeskBed) -> None:
    here, elsewhere = bed.signed_in("ivan"), bed.signed_in("ivan")
    assert here.send("/settings/password", new=PASSWORD).status_code == 303
    assert here.get("/journal").status_code == 200
    assert elsewhere.get("/journal").status_code == 302
    assert here.send("/settings/password", old="wrong", new=PASSWORD).status_code == 403
    assert here.send("/settings/password", old=PASSWORD, new="ivan").status_code == 400


def test_who_is_not_in_the_live_release_is_out_at_once(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    bed.plan = plan_of(TABLE | {"users": {name: user for name, user in TABLE["users"].items() if name != "ivan"}})
    assert visitor.get("/journal").status_code == 302


def test_a_role_changes_with_the_release(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    assert visitor.get("/accounts").status_code == 403
    bed.plan = plan_of(TABLE | {"users": {**TABLE["users"], "ivan": {"role": "admin", "name": "Ivan"}}})
    assert visitor.get("/accounts").status_code == 200


def test_the_database_holds_no_token_and_no_password(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    visitor.send("/settings/password", new=PASSWORD)
    cookie, token = visitor.client.get_cookie("desk_session"), bed.services.accounts.link("ivan", bed.now)
    with bed.database.connect() as connection:
        kept = str([connection.execute(select(table)).all() for table in (accounts, links, sessions)])
    assert cookie is not None
    assert all(secret not in kept for secret in (PASSWORD, token, cookie.value))


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_sites_page_changes_nothing(bed: DeskBed, headers: dict[str, str]) -> None:
    visitor = bed.signed_in("ivan")
    form = {"form_token": visitor.form_token(), "new": PASSWORD}
    assert visitor.client.post("/settings/password", data=form, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "ї" * 32])
def test_a_form_without_the_sessions_token_changes_nothing(bed: DeskBed, token: str) -> None:
    visitor = bed.signed_in("ivan")
    assert visitor.client.post("/settings/password", data={"form_token": token, "new": PASSWORD}).status_code == 400


def test_another_sessions_token_is_not_taken(bed: DeskBed) -> None:
    here, elsewhere = bed.signed_in("ivan"), bed.signed_in("petro")
    form = {"form_token": elsewhere.form_token(), "new": PASSWORD}
    assert here.client.post("/settings/password", data=form).status_code == 400


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/a\r\nb"]
)
def test_sign_in_leads_to_our_pages_only(bed: DeskBed, next_page: str) -> None:
    bed.services.accounts.set_password("ivan", PASSWORD, bed.now)
    form = {"name": "ivan", "password": PASSWORD, "next": next_page}
    assert bed.visitor().client.post("/sign-in", data=form).location == "/journal"


def test_sign_in_leads_to_the_page_that_was_asked_for(bed: DeskBed) -> None:
    bed.services.accounts.set_password("ivan", PASSWORD, bed.now)
    visitor = bed.visitor()
    first = visitor.get("/settings?done=codes")
    assert first.location == "/sign-in?next=/settings?done%3Dcodes"
    assert (
        visitor.client.post(first.location, data={"name": "ivan", "password": PASSWORD}).location
        == "/settings?done=codes"
    )


def test_a_proxy_is_believed_at_its_own_address_only(tmp_path: Path) -> None:
    proxy = {"header": "X-User", "address": ["127.0.0.1"]}
    bed = DeskBed(tmp_path, TABLE | {"proxy": proxy, "password": False})
    client = bed.visitor().client
    assert client.get("/journal", headers={"X-User": "ivan@example.com"}).status_code == 200
    assert client.get("/journal").status_code == 302
    strange = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/journal", headers={"X-User": "ivan"}, environ_base=strange).status_code == 302
    assert client.post("/sign-in", data={"name": "ivan", "password": PASSWORD}).status_code == 403
    bed.close()


def _views(app: Flask) -> list[tuple[str, str, Right]]:
    """Path, method and right of every view that needs one."""
    found = []
    for rule in app.url_map.iter_rules():
        right = getattr(app.view_functions[rule.endpoint], STATED, False)
        if isinstance(right, Right):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", "ivan").replace(f"<path:{name}>", "ivan")
            found += [(path, method, right) for method in (rule.methods or set()) & {"GET", "POST"}]
    return found


@pytest.mark.parametrize("role", list(Role))
def test_every_view_is_served_to_the_roles_of_the_table_alone(bed: DeskBed, role: Role) -> None:
    visitor, stranger = bed.signed_in(OF_ROLE[role]), bed.visitor()
    token = visitor.form_token()
    for path, method, right in _views(bed.application):
        answer = visitor.client.open(path, method=method, data={"form_token": token} if method == "POST" else None)
        assert (answer.status_code == 403) == (role not in ALLOWED[right]), (path, method, role)
        assert answer.status_code < 500, (path, answer.text)
        unknown = stranger.client.open(path, method=method)
        assert unknown.status_code == (302 if method == "GET" else 401), path


def test_a_view_without_a_stated_right_is_refused(bed: DeskBed, monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless:
        @staticmethod
        def add(app: Flask) -> None:
            app.add_url_rule("/careless", "careless", lambda: "hello")

    monkeypatch.setattr("routing.desk.application.PAGES", (*PAGES, Careless))
    with pytest.raises(TypeError, match="careless states no right"):
        create(bed.services)


def test_every_answer_has_the_headers_of_a_careful_site(bed: DeskBed) -> None:
    visitor = bed.signed_in("ops")
    for path in ("/journal", "/nothing", "/sign-in", "/static/desk.css"):
        headers = visitor.get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
    assert visitor.get("/journal").headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" in visitor.get("/journal", base_url="https://desk.example").headers


def test_what_admins_do_is_in_the_audit_log(bed: DeskBed) -> None:
    visitor = bed.signed_in("ops")
    visitor.send("/accounts/ivan/link")
    page = lines_of_audit(visitor.get("/audit").text)
    assert "gave a sign-in link" in page
    assert visitor.send("/accounts/nobody/link").status_code == 404
    assert visitor.get("/audit?before=99999999999999999999&who=' OR 1=1").status_code == 200


def test_pages_say_why_nothing_works(bed: DeskBed) -> None:
    visitor = bed.signed_in("ops")
    bed.plan, plan = None, bed.plan
    assert "Nothing is published yet" in visitor.get("/sign-in").text
    bed.plan = plan
    with bed.database.begin() as connection:
        connection.execute(text("ALTER TABLE desk_audit RENAME TO gone"))
    answer = visitor.get("/audit")
    assert (answer.status_code, "The database does not answer" in answer.text) == (503, True)
    assert "OperationalError" in repr(bed.faults)


def test_times_are_the_projects(bed: DeskBed) -> None:
    bed.now = NOW
    bed.signed_in("ops")
    assert "12:00:00" in bed.signed_in("ops").get("/audit").text
