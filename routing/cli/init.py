"""``routing init``: a new project: one scheme, its test, schemas for editors, secrets, a pipeline."""

from __future__ import annotations

import json
import os
import re
import string
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import click
import phonenumbers

from routing.cli.errors import UserError
from routing.cli.options import NEW_FOLDER, ZONE, Value
from routing.cli.secrets import add_missing
from routing.compile.build import needed
from routing.compile.templates import shipped
from routing.load.schema import json_schema
from routing.model.country_zones import main_zone, other_clocks
from routing.testing.schema import schema_of_tests

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
#: Where the files of a new project go.
SCHEMES = Path("schemes")
PLACES = {
    "project.yaml": SCHEMES / "project.yaml",
    "people.yaml": SCHEMES / "people.yaml",
    "office.yaml": SCHEMES / "office.yaml",
    "office.test.yaml": SCHEMES / "office.test.yaml",
    "gitignore": Path(".gitignore"),
}
ZONE_PLACE = "`timezone` in schemes/project.yaml"
PIPELINES = {"github": Path(".github/workflows/schemes.yml"), "gitlab": Path(".gitlab-ci.yml")}
NEXT = """\
Now, in {folder}:
  routing check        what is wrong or doubtful: nothing yet
  routing test         runs the tests of schemes/office.test.yaml
  routing trace --at "2026-11-23 10:00" --to {number} --from {caller}
                       follows one call
  routing reference    what else can stand in the files
Then write your own people, hours and number into schemes/, and connect a FreeSWITCH (docs/howto/node.rst)."""


def _country(text: str) -> None:
    if text.upper() not in COUNTRIES:
        raise ValueError(f"`{text}` is no country: write its ISO code, UA")


COUNTRY = Value("country", _country)


@click.command()
@click.argument("folder", type=NEW_FOLDER)
@click.option("--country", type=COUNTRY, metavar="CODE", help="ISO code of the country: UA.  [default: prompted]")
@click.option("--timezone", type=ZONE, help="Zone of the opening hours.  [default: the country's main one]")
@click.option("--pipeline", type=click.Choice((*PIPELINES, "none")), default="none", show_default=True)
def init(folder: Path, country: str | None, timezone: str | None, pipeline: str) -> None:
    """Write a small project into FOLDER, which must be new or empty."""
    if folder.exists() and any(each.name != ".git" for each in folder.iterdir()):
        raise UserError(f"{folder} is not empty: name a new folder")
    code = (country or _prompted()).upper()
    facts = _facts(folder, code, str(timezone or main_zone(code) or "UTC"))
    for name, place in PLACES.items():
        _write(folder / place, string.Template(_template(name)).substitute(facts))
    for name, schema in (("schema.json", json_schema()), ("tests.schema.json", schema_of_tests())):
        _write(folder / SCHEMES / name, json.dumps(schema, indent=1, ensure_ascii=False) + "\n")
    if pipeline in PIPELINES:
        _write(folder / PIPELINES[pipeline], (shipped("tools/pipelines") / f"{pipeline}.yml").read_text("utf-8"))
    add_missing(folder / "var" / "secrets", needed(folder / SCHEMES), {})
    for path in _written(folder):
        click.echo(path)
    if timezone is None and (more := _about_zone(code, facts["timezone"])):
        click.echo(more)
    click.echo(NEXT.format(folder=folder, **facts))


def _about_zone(country: str, written: str) -> str:
    """A note about a default time zone; empty where the country has only one."""
    if not main_zone(country):
        return f"FreeSWITCH knows no time zone of {country}: {ZONE_PLACE} has {written}, write your own"
    others = other_clocks(country, date.today().year)
    if not others:
        return ""
    return f"{country} has several time zones: {ZONE_PLACE} has {written}; others are {', '.join(others)}"


def _facts(folder: Path, country: str, timezone: str) -> dict[str, str]:
    """Values for the templates; the numbers are libphonenumber's examples for the country."""
    name = re.sub(r"[^a-z0-9_]+", "_", folder.resolve().name.lower()).strip("_0123456789") or "office"
    number = _example(country, phonenumbers.PhoneNumberType.FIXED_LINE)
    caller = _example(country, phonenumbers.PhoneNumberType.MOBILE)
    if caller == number:  # mobiles have no numbers of their own in +1
        caller = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    return {
        "name": name[:64],
        "country": country,
        "timezone": timezone,
        "number": number,
        "digits": number.lstrip("+"),
        "caller": caller,
    }


def _example(country: str, kind: int) -> str:
    found = phonenumbers.example_number_for_type(country, kind) or phonenumbers.example_number(country)
    assert found is not None  # libphonenumber has an example of every country that `_country` takes
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def _prompted() -> str:
    try:
        return str(click.prompt("Country (ISO code)", default=_guess(), type=COUNTRY))
    except click.Abort:
        raise click.UsageError("name the country: --country UA") from None


def _guess() -> str:
    """The country of the terminal's locale."""
    found = re.match(r"[a-z]{2}_([A-Z]{2})", os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    return found[1] if found and found[1] in COUNTRIES else "UA"


def _template(name: str) -> str:
    return (resources.files("routing.cli") / "newproject" / name).read_text("utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _written(folder: Path) -> Iterator[str]:
    yield from sorted(str(path) for path in folder.rglob("*") if path.is_file() and ".git/" not in f"{path}")
