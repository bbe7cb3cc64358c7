"""``routing init``: what it writes is checked, tested and traced without a complaint, in every country."""

from __future__ import annotations

import stat

import pytest
from click.testing import CliRunner

from routing.cli.check import check
from routing.cli.init import COUNTRIES, init
from routing.cli.test import test as run_tests


def begun(folder, *options, typed=None):
    return CliRunner().invoke(init, [str(folder), *options], input=typed, catch_exceptions=False)


def is_well(folder):
    """Nothing is wrong or doubtful, and its own tests pass."""
    checked = CliRunner().invoke(check, [str(folder / "schemes"), "--strict", "--today", "2026-11-23"])
    tested = CliRunner().invoke(run_tests, ["--schemes", str(folder / "schemes")], catch_exceptions=False)
    assert (checked.exit_code, checked.stdout) == (0, ""), checked.output
    assert tested.exit_code == 0 and "3 passed" in tested.output, tested.output


@pytest.mark.parametrize("country", ["UA", "us", "MA", "IT"])
def test_a_new_project_is_well(tmp_path, country):
    assert begun(tmp_path / "acme", "--country", country).exit_code == 0
    is_well(tmp_path / "acme")


def test_nobody_calls_themselves_where_mobiles_have_no_numbers_of_their_own(tmp_path):
    assert "--to +12015550123 --from +12015550124\n" in begun(tmp_path / "acme", "--country", "US").output


@pytest.mark.thorough
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_new_project_can_be_begun_everywhere(tmp_path, country):
    """People and numbers are read for its secrets: what is wrong in them is found."""
    assert begun(tmp_path / "acme", "--country", country).exit_code == 0


def test_secrets_are_its_owners_alone_and_not_in_git(tmp_path):
    begun(tmp_path / "acme", "--country", "UA")
    secrets = tmp_path / "acme/var/secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert "SIP_PASSWORD_2001=" in secrets.read_text() and "GATEWAY_PASSWORD_CARRIER=" in secrets.read_text()
    assert "var/" in (tmp_path / "acme/.gitignore").read_text().splitlines()


def test_the_country_is_asked_for_and_its_zone_taken(tmp_path):
    result = begun(tmp_path / "acme", typed="pl\n")
    assert result.exit_code == 0
    project = (tmp_path / "acme/schemes/project.yaml").read_text()
    assert "country: PL " in project and "timezone: Europe/Warsaw\n" in project and "name: acme\n" in project


@pytest.mark.parametrize(
    ("country", "zone", "said"),
    [
        ("UA", "Europe/Kyiv", "has Europe/Kyiv; others are Europe/Simferopol\n"),
        ("US", "America/New_York", "others are America/Chicago, America/Denver, America/Phoenix, America/Los_Angeles,"),
        ("MA", "UTC", "FreeSWITCH knows no time zone of MA: `timezone` in schemes/project.yaml has UTC"),
        ("DE", "Europe/Berlin", ""),
    ],
)
def test_the_zone_of_most_people_is_written_and_others_are_told(tmp_path, country, zone, said):
    output = begun(tmp_path / "acme", "--country", country).output
    assert f"timezone: {zone}\n" in (tmp_path / "acme/schemes/project.yaml").read_text()
    assert said in output and (said or "time zone" not in output)


def test_of_a_zone_that_was_named_nothing_more_is_told(tmp_path):
    output = begun(tmp_path / "acme", "--country", "US", "--timezone", "America/Denver").output
    assert "time zones" not in output


def test_whom_nobody_answers_says_what_to_write(tmp_path):
    result = begun(tmp_path / "acme", typed="")
    assert result.exit_code == 2 and "name the country: --country UA" in result.output
    assert not (tmp_path / "acme").exists()


@pytest.mark.parametrize(
    ("pipeline", "file"), [("github", ".github/workflows/schemes.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_a_pipeline_comes_with_it(tmp_path, pipeline, file):
    begun(tmp_path / "acme", "--country", "UA", "--pipeline", pipeline)
    assert "routing check --schemes schemes --strict" in (tmp_path / "acme" / file).read_text()


def test_nothing_is_written_into_a_folder_that_has_something(tmp_path):
    (tmp_path / "mine").write_text("x")
    result = CliRunner().invoke(init, [str(tmp_path), "--country", "UA"])
    assert "is not empty: name a new folder" in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_fresh_repository_is_an_empty_folder(tmp_path):
    (tmp_path / ".git").mkdir()
    assert begun(tmp_path, "--country", "UA").exit_code == 0
