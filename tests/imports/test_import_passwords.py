"""``routing import --passwords``: phones go on as they are; passwords stand in the secrets file and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.process.secrets import read_secrets

DUMPS = Path(__file__).parent / "dumps"
GOOD = "Xk3+vT9_mQ"
#: A password that is not carried over -> why not.
BAD = {
    "Ab1x": "of less than 8 characters",
    "12345678": "that is easily guessed",
    "phone-101x": "that is easily guessed",
    "aaaaaaaab": "that is easily guessed",
    "two words": "with a space",
    "quo'te'quote": "with a space",
    "a$" + "{domain}bc": "with a space",
    "пароль-телефона": "with a space",
    "<!--#exec-->": "with a space",
}


def fusion(password: str, trunk: str = GOOD) -> str:
    """A dump with two extensions and a trunk that registers."""
    rows = [
        "CREATE TABLE public.v_extensions (extension text);",
        "INSERT INTO v_extensions (extension, password, effective_caller_id_name, enabled) VALUES "
        f"('101', '{password.replace(chr(39), chr(39) * 2)}', 'Ivan', 'true'), ('102', '', 'Olena', 'true');",
        "INSERT INTO v_gateways (gateway, proxy, username, password, register, enabled) VALUES "
        f"('kyivtel', 'sip.kyivtel.example', 'u1', '{trunk}', 'true', 'true');",
    ]
    return "\n".join([*rows, "-- PostgreSQL database dump complete\n"])


def freepbx(password: str) -> str:
    rows = [
        "INSERT INTO `users` (`extension`, `name`) VALUES ('101','Ivan');",
        "INSERT INTO `devices` (`id`, `user`, `tech`) VALUES ('101','101','pjsip');",
        f"INSERT INTO `sip` (`id`, `keyword`, `data`, `flags`) VALUES ('101','secret','{password}',2),"
        f"('tr-peer-1','secret','{password}2',3),('tr-peer-1','username','u1',4),('tr-peer-1','host','sip.x.example',5);",
        "INSERT INTO `trunks` (`trunkid`, `name`, `tech`, `channelid`) VALUES (1,'carrier','sip','carrier');",
    ]
    return "\n".join([*rows, "-- Dump completed\n"])


def imported(system: str, text: str, folder: Path, *options: str) -> tuple[str, dict[str, str], Path]:
    """The report, the secrets, and the project's folder."""
    folder.mkdir()
    (folder / "dump.sql").write_text(text, encoding="utf-8")
    into = folder / "project"
    arguments = ["import", system, str(folder / "dump.sql"), "--country", "UA", "--into", str(into), *options]
    said = CliRunner().invoke(group, arguments)
    assert said.exit_code == 0, said.output
    return said.output, dict(read_secrets(into / "var/secrets", {})), into


def test_phones_and_trunks_keep_their_passwords(tmp_path: Path) -> None:
    said, secrets, into = imported("fusionpbx", fusion(GOOD), tmp_path / "a", "--passwords")
    assert secrets["SIP_PASSWORD_101"] == GOOD == secrets["GATEWAY_PASSWORD_KYIVTEL"]
    assert len(secrets["SIP_PASSWORD_102"]) > 20  # generated: the dump has none
    texts = [each.read_text("utf-8") for each in into.rglob("*") if each.is_file() and each.suffix in (".yaml", ".txt")]
    assert GOOD not in said and not [text for text in texts if GOOD in text]
    assert (into / "var/secrets").stat().st_mode & 0o777 == 0o600


def test_freepbx_has_them_in_another_table(tmp_path: Path) -> None:
    _, secrets, _ = imported("freepbx", freepbx(GOOD), tmp_path / "a", "--passwords")
    assert secrets["SIP_PASSWORD_101"] == GOOD and secrets["GATEWAY_PASSWORD_CARRIER"] == f"{GOOD}2"


@pytest.mark.parametrize(("system", "text"), [("fusionpbx", fusion(GOOD)), ("freepbx", freepbx(GOOD))])
def test_without_the_option_they_stay_where_they_are(system: str, text: str, tmp_path: Path) -> None:
    said, secrets, _ = imported(system, text, tmp_path / "a")
    assert GOOD not in (*secrets.values(), said) and "passwords are not imported" in said


@pytest.mark.parametrize(("password", "why"), BAD.items())
def test_a_password_that_is_bad_is_replaced_and_reported(password: str, why: str, tmp_path: Path) -> None:
    said, secrets, _ = imported("fusionpbx", fusion(password), tmp_path / "a", "--passwords")
    assert secrets["SIP_PASSWORD_101"] != password and len(secrets["SIP_PASSWORD_101"]) > 20
    assert f"a password {why}" in said and "SIP_PASSWORD_101" in said and password not in said
