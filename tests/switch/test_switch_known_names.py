"""Every name that we give FreeSWITCH is one that it knows: it takes an unknown parameter or variable without a word.

A name counts as known if a binary that may read it holds it as a C string. That finds what is misspelt or put where
nobody reads it, not what the binary uses for something else. No switch is started.
"""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from routing.compile.templates import freeswitch_folder
from routing.node import files as node
from support.switchbed.inlined import needs_module
from support.switchbed.switch import find

GOOD = Path(__file__).parents[1] / "schemes" / "good"
CORE = "libfreeswitch"
#: File of the node or the release -> the binaries that read its parameters.
READERS = {
    "conf/autoload_configs/conference.conf.xml": ("mod_conference",),
    "conf/autoload_configs/event_socket.conf.xml": ("mod_event_socket",),
    "conf/autoload_configs/json_cdr.conf.xml": ("mod_json_cdr",),
    "conf/autoload_configs/logfile.conf.xml": ("mod_logfile",),
    "conf/autoload_configs/lua.conf.xml": ("mod_lua",),
    "conf/autoload_configs/python.conf.xml": ("mod_python3",),
    "conf/autoload_configs/sofia.conf.xml": ("mod_sofia",),
    "conf/autoload_configs/switch.conf.xml": (CORE,),
    "conf/freeswitch.xml": ("mod_sofia",),
    "conf/directory/routing.xml": ("mod_dptools", "mod_sofia", CORE),
    "conf/sip_profiles/_common.xml": ("mod_sofia",),
    "conf/sip_profiles/external.xml": ("mod_sofia",),
    "conf/sip_profiles/internal.xml": ("mod_sofia",),
    "release/directory.xml": ("mod_dptools", "mod_sofia", CORE),
    "release/gateway.xml": ("mod_sofia", CORE),
}
#: Known, says FreeSWITCH 1.10.12's source, though no string of their own: the linker keeps each as the end of a longer
#: one. Not every end of a string is known: `timeout` is none.
MERGED = {
    CORE: "hold_music loglevel media_timeout",
    "mod_conference": "domain energy-level enter-sound interval rate",
    "mod_dptools": "answer bridge event export hangup limit record_session set sleep transfer",
    "mod_event_socket": "password",
    "mod_json_cdr": "log-dir",
    "mod_sofia": "context dialplan extension password ping ping-max ping-min proxy realm register rtp-ip sip-ip "
    "sip-port tls username",
}
#: Variables that stand for the first part of a name.
PARTS = {
    "${routing_shows}": "origination_caller_id",
    "${routing_hides}": "sip_h",
    "${routing_asserts}": "sip_h",
}
#: Our own, and headers of SIP, whose names are free.
FREE = ("routing_", "secret_", "sip_h_")
_PARAMETER = re.compile(r'<(?:param|variable) name="([^"]*)"')
#: Of `execute_on_originate_anything` FreeSWITCH reads the beginning.
_PRESET = re.compile(r'<X-PRE-PROCESS cmd="set" data="([^"={]*?)(?:_\{\{[^=]*)?=')
#: FreeSWITCH executes every variable whose name begins so.
_FAMILY = re.compile(r"^(execute_on_(?:answer|ring|pre_bridge))_\w+$")
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_BLOCK = re.compile(r"[{\[]([^{}\[\]]*)[}\]]")
_ASSIGNMENT = re.compile(r"(?:^|,)([^=,]+)=")
_NAMES_APPLICATION = re.compile(r"\bbridge_pre_execute_(?:aleg_|bleg_)?app=(\w+)")


@functools.cache
def strings(binary: str) -> tuple[bytes, frozenset[bytes]]:
    """A binary of the FreeSWITCH that is here, and its C strings."""
    program = find()
    assert program is not None
    prefix = program.resolve().parents[1]
    name = f"{binary}.so"
    places = [prefix / "mod", prefix / "lib", prefix / "lib" / "freeswitch" / "mod", *prefix.glob("lib/*-linux-gnu")]
    found = [place / file for place in places for file in (name, f"{name}.1") if (place / file).exists()]
    assert found, f"no {name} beside {program}"
    content = found[0].read_bytes()
    return content, frozenset(content.split(b"\0"))


def knows(binary: str, name: str) -> bool:
    """Whether the binary holds the name."""
    content, whole = strings(binary)
    text = name.encode()
    return text in whole or (name in MERGED.get(binary, "").split() and text + b"\0" in content)


def unknown(names: Iterable[str], binaries: Iterable[str]) -> list[str]:
    """Those names that none of the binaries knows."""
    readers = tuple(binaries)
    theirs = {name for name in names if not name.startswith(FREE)}
    return sorted(name for name in theirs if not any(knows(binary, name) for binary in readers))


def loaded() -> tuple[str, ...]:
    """The core and the modules that a node loads."""
    return CORE, *re.findall(r'<load module="(mod_\w+)"', templates()["conf/autoload_configs/modules.conf.xml"])


def templates() -> dict[str, str]:
    """Every template, unrendered: all the options at once."""
    root = freeswitch_folder()
    return {str(path.relative_to(root)).removesuffix(".j2"): path.read_text() for path in root.rglob("*.xml.j2")}


def assigned(application: str, data: str) -> Iterator[str]:
    """The variables that one application sets, on its call or on the legs that it dials."""
    plain = data
    for part, meaning in PARTS.items():
        plain = plain.replace(part, meaning)
    while _REFERENCE.search(plain):
        plain = _REFERENCE.sub("$", plain)
    settings: list[str] = []
    if application == "multiset":
        settings = plain[3:].split(plain[2])
    elif application in ("set", "export", "set_global"):
        settings = [plain]
    for setting in settings:
        name, _, value = setting.removeprefix("nolocal:").partition("=")
        yield name
        if name == "export_vars":
            yield from value.replace("nolocal:", "").split(",")
    for block in _BLOCK.findall(plain):
        yield from _ASSIGNMENT.findall(block)


def applications(application: str, data: str) -> Iterator[str]:
    """An application, and those that its data names."""
    yield application
    if application == "limit_execute":
        yield data.split()[4]
    yield from _NAMES_APPLICATION.findall(data)


@pytest.fixture(scope="session")
def actions() -> list[tuple[str, str]]:
    """(application, data) of the fixed dialplan and the golden releases, each once."""
    settings = node.Settings(Path("/srv/node"), Path("/srv/root"), "secret-word", public_address="203.0.113.7")
    files = [text for name, text in node.render(settings).items() if "dialplan" in name]
    files += [path.read_text() for path in GOOD.glob("*/release/**/*.xml")]
    found = [each for text in files for each in ET.fromstring(text).iter() if each.tag in ("action", "anti-action")]
    return sorted({(each.get("application", ""), each.get("data", "")) for each in found})


@pytest.mark.parametrize(
    "file", [pytest.param(file, marks=needs_module if "mod_python3" in of else ()) for file, of in READERS.items()]
)
def test_parameters(file):
    assert unknown(_PARAMETER.findall(templates()[file]), READERS[file]) == []


def test_no_file_with_parameters_is_left_out():
    assert {name for name, text in templates().items() if _PARAMETER.search(text)} == set(READERS)


def test_global_variables():
    names = _PRESET.findall("".join(templates().values()))
    assert {"media_timeout", "sofia_session_timeout"} <= set(names)
    assert unknown(names, loaded()) == []


def test_parts_of_names(actions):
    parts = {
        f"${{{name}}}": value for name, value in re.findall(r"\b(routing_(?:shows|hides|asserts))=(\w+)", str(actions))
    }
    assert parts == PARTS


def test_channel_variables(actions):
    names = {_FAMILY.sub(r"\1", name) for action in actions for name in assigned(*action)}
    assert {"continue_on_fail", "leg_timeout", "outbound_redirect_fatal", "originate_timeout"} <= names
    assert unknown(names, loaded()) == []


def test_applications(actions):
    names = {name for action in actions for name in applications(*action)}
    assert {"multiset", "bridge", "record_session"} <= names
    if "stop_displace_session" in names:  # linkers keep its end as the other's name
        names.discard("displace_session")
    assert unknown(names, loaded()) == []


@pytest.mark.parametrize(
    ("name", "binaries"),
    [
        ("media_timeout", ("mod_sofia",)),
        ("hold_timeout", ("mod_sofia",)),
        ("sip_port", ("mod_sofia",)),
        ("sip-prt", ("mod_sofia",)),
        ("max_sessions", (CORE,)),
        ("log_b_leg", ("mod_json_cdr",)),
        ("timeout", ("mod_sofia",)),
        ("continue_on_fial", ()),
        ("on_fail", ()),
        ("leg_progres_timeout", ()),
        ("multi_set", ()),
    ],
)
def test_a_name_that_nobody_knows_is_reported(name, binaries):
    assert unknown([name], binaries or loaded()) == [name]


@pytest.mark.parametrize(
    ("application", "data"),
    [
        ("set", "continue_on_fial=true"),
        ("multiset", "^^|routing_step=1|nolocal:continue_on_fial=true"),
        ("multiset", "^^|export_vars=hold_music,continue_on_fial"),
        ("bridge", "[sip_cid_type=none,${routing_shows}_number=1,continue_on_fial=1]sofia/gateway/main/1"),
        ("bridge", "{continue_on_fial=true}sofia/gateway/main/1"),
        ("bridge", "{originate_timeout=9}[leg_timeout=${a${b}},continue_on_fial=1]sofia/gateway/main/1"),
        (
            "set",
            "routing_legs=${routing_legs},[leg_timeout=9,continue_on_fial=1]${routing_dnd_a}sofia/internal/1%${domain}",
        ),
        ("limit_execute", "hash a b 3/60 bridge [continue_on_fial=1]sofia/gateway/main/1"),
    ],
)
def test_it_is_found_wherever_it_is_set(application, data):
    assert unknown(assigned(application, data), loaded()) == ["continue_on_fial"]
