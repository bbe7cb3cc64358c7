"""The image and the compose file are of this version: what they name exists here, and the documents say the same."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from routing.cli import group
from routing.node.files import START

HOME = Path(__file__).resolve().parents[2]
FOLDER = HOME / "tools/packages/container"
PAGE = (HOME / "docs/howto/containers.rst").read_text(encoding="utf-8")
IMAGE = (FOLDER / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
#: Service -> the command of `routing` that it is; `serve` is the engine of documents and logs.
OURS = {"journal": "journal", "engine": "serve", "desk": "desk", "track": "track", "pops": "pops"}
USER = "10001:10001"


def _default(command: str, option: str) -> str:
    found = group.get_command(click.Context(group), command)
    assert found is not None
    return str(next(each.default for each in found.params if option in each.opts))


@pytest.mark.parametrize(("service", "command"), OURS.items())
def test_each_service_is_a_command_that_ends_in_its_time(service: str, command: str) -> None:
    ours = SERVICES[service]
    assert ours["command"] == [command] and ours["image"] == "${ROUTING_IMAGE:-routing}"
    unit = subprocess.run(
        [sys.executable, "-c", f"from make_deb import unit_of; print(unit_of('{command}'))"],
        cwd=HOME / "tools", capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert f"TimeoutStopSec={ours['stop_grace_period'].removesuffix('s')}\n" in unit
    if command != "journal":
        assert f"http://{_default(command, '--http')}/health" in " ".join(ours["healthcheck"]["test"])


def test_the_engines_drain_is_shorter_than_the_time_to_stop() -> None:
    assert float(_default("serve", "--drain")) < float(SERVICES["engine"]["stop_grace_period"].removesuffix("s"))


def test_no_two_programs_have_one_port() -> None:
    ports = [
        _default(command, option)
        for command in OURS.values()
        if command != "journal"
        for option in ("--listen", "--http")
    ]
    assert len({*ports}) == len(ports)
    assert [port for port in ports if port.rpartition(":")[2] not in PAGE] == []


def test_nobody_is_root_or_may_change_the_system() -> None:
    for name, service in SERVICES.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "postgresql":  # its own entry point goes from root to its user
            assert (service["user"], service["read_only"], service["cap_drop"]) == (USER, True, ["ALL"]), name
        assert not service.get("privileged") and not service.get("cap_add") and not service.get("ports"), name
    uid, gid = USER.split(":")
    assert f"USER {USER}" in IMAGE and f"useradd --uid {uid}" in IMAGE and f"groupadd --gid {gid}" in IMAGE


def test_freeswitch_starts_last_on_the_script_of_node_init() -> None:
    switch = SERVICES["freeswitch"]
    assert switch["entrypoint"] == ["/bin/sh", f"/var/lib/routing/node/{START}"]
    assert {*switch["depends_on"]} == {"journal", "engine"}
    assert all("freeswitch" not in each.get("depends_on", ()) for each in SERVICES.values())
    shared = [each for each in switch["volumes"] if isinstance(each, dict) and each["target"] == "/dev/shm"]
    assert shared and shared[0] in SERVICES["journal"]["volumes"]  # the journal reads the calls of one that died


def test_every_volume_secret_and_setting_is_declared() -> None:
    named = {each["source"] if isinstance(each, dict) else each.partition(":")[0]
             for service in SERVICES.values() for each in service.get("volumes", ())}  # fmt: skip
    assert {each for each in named if not each.startswith("$")} == {*COMPOSE["volumes"]}
    assert {*SERVICES["postgresql"]["secrets"]} == {*COMPOSE["secrets"]}
    used = set(re.findall(r"\$\{(\w+)", (FOLDER / "compose.yaml").read_text(encoding="utf-8")))
    example = set(re.findall(r"^#?(\w+)=", (FOLDER / "environment.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert example - used == set() and used - example == {
        "REDIS",
        "REDIS_IMAGE",
        "POSTGRESQL_IMAGE",
        "POSTGRESQL_PASSWORD_FILE",
    }


def test_variables_are_those_that_commands_read() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (HOME / "routing").rglob("*.py"))
    names = {*SERVICES["engine"]["environment"], *re.findall(r"\b(ROUTING_\w+)=", IMAGE)} - {"PGPASSFILE"}
    assert len(names) == 8 and [name for name in names if name not in source] == []


def test_the_journals_health_is_its_lock_on_the_spool(tmp_path: Path) -> None:
    from routing.process.presence import ReadingMark

    _, python, *arguments, spool = SERVICES["journal"]["healthcheck"]["test"]
    assert python == "python3" and spool == "/var/lib/routing/node/spool"
    command = [sys.executable, *arguments, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 1
    mark = ReadingMark(tmp_path)
    mark.begin()
    assert subprocess.run(command, check=False).returncode == 0
    mark.end()


def test_all_that_the_image_is_made_of_is_there() -> None:
    copied = [shlex.split(line)[1:-1] for line in re.findall(r"^COPY .*$", IMAGE, re.MULTILINE) if "--from" not in line]
    assert [name for names in copied for name in names if not (HOME / name).exists()] == []
    packaged = set(re.findall(r'"routing\.\w+": "([\w/]+)"', (HOME / "setup.py").read_text(encoding="utf-8")))
    assert packaged <= {name for names in copied for name in names}


@pytest.mark.skipif(not shutil.which("sed"), reason="sed is not found")
def test_setuptools_is_pinned_by_its_hashes_as_all_else() -> None:
    script = re.search(r"sed --quiet '([^']+)'", IMAGE)
    assert script is not None
    found = subprocess.run(
        ["sed", "-n", script[1], HOME / "constraints.txt"], capture_output=True, text=True, check=True
    )
    lines = found.stdout.splitlines()
    assert (
        lines[0].startswith("setuptools==") and len(lines) > 1 and all("--hash=sha256:" in line for line in lines[1:])
    )


def test_every_command_of_the_page_exists() -> None:
    commands = re.findall(r"docker compose run --rm (?:--volume \S+ )?routing ([a-z-]+)", PAGE)
    assert (
        len(commands) > 4 and [name for name in commands if group.get_command(click.Context(group), name) is None] == []
    )
    services = re.findall(r"docker compose (?:up --detach --no-deps|exec|logs|run --rm) ([a-z]+)", PAGE)
    assert {*services} <= {*SERVICES}
