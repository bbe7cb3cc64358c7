"""Every place where a word of an author, an operator or a secret reaches a file of FreeSWITCH's: refused or inert."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from routing.compile.build import build
from routing.compile.calendars import calendar_context
from routing.compile.people import (
    colleagues_context,
    directory_xml,
    gateway_xml,
    internal_context,
    outbound_context,
    person_context,
)
from routing.compile.scheme import compile_scheme
from routing.compile.secrets import needs, passwords
from routing.compile.tones import tones
from routing.compile.xml import UnsafeDialplan, to_xml
from routing.load.folder import shared
from routing.load.nodes import read
from routing.model.folder import Folder
from routing.model.problem import Problems
from routing.model.secret import password_name
from routing.steps.dialplan import Condition, Context
from support.folders import SOUNDS, AnyPassword

pytestmark = pytest.mark.thorough

HOSTILE = (
    "$${x}", "${system ls}", "]]>\"/><evil a='", "&app()", "a\r\nb", "x-pre-process", "x-pre-process.wav", "</include>",
    "<?xml?>", "<!--#set x=y-->", "{a=b}[c=d]", "a,b|c", "^^:a:b", "api_on_answer=system", "\u2028", "\ufffe",
    "../../x", "$1", "ａ", "",
)  # fmt: skip

PLAIN: dict[str, Any] = {
    "project": {"name": "p", "timezone": "UTC", "country": "UA"},
    "people": {
        "ivan": {
            "name": "I",
            "email": "i@x.example",
            "extension": "101",
            "phones": {
                "desk": {"sip": "1001"},
                "mobile": {"number": "+380501112233", "confirm": "1", "confirm_prompt": "menu.wav", "gateway": "main"},
            },
            "ring": ["desk", {"mobile": "after 5s"}],
        }
    },
    "groups": {"team": ["ivan"]},
    "calendars": {"office": {"timezone": "UTC", "open": {"mon": "09:00-18:00"}, "days": {"2026-01-01": "closed"}}},
    "gateways": {"main": {"proxy": "x.example", "username": "u", "realm": "r.example", "numbers": ["+380800330521"]}},
}
SCHEME: dict[str, Any] = {
    "scheme": "a",
    "title": "A",
    "numbers": ["+380800330521"],
    "hours": "office",
    "music": "waiting.wav",
    "steps": [
        {
            "ring": {
                "to": ["team"],
                "label": "L",
                "confirm": "5",
                "caller_id": "+380800330521",
                "whisper": "greeting.wav",
            }
        },
        {"hours": {"calendar": "office", "closed": [{"play": {"file": "greeting.wav"}}]}},
        {"match": {"cases": [{"when": {"caller": ["+38"], "country": ["UA"]}, "steps": ["hangup"]}]}},
        {"menu": {"prompt": "menu.wav", "options": {"1": [{"hangup": {"cause": "USER_BUSY"}}]}, "invalid": "menu.wav"}},
        {"webhook": {"url": "https://x.example/", "secret": "K", "answer": "a", "rpc_method": "m", "send": {"a": "b"}}},
        {"voicemail": {"box": "b", "greeting": "greeting.wav", "notify": ["i@x.example"]}},
    ],
}

OURS = (
    "routing_|uuid|domain|recordings_dir|endpoint_disposition|originate_disposition|hours_|transfer_ringback"
    "|media_hold_timeout|read_terminator_used"
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every text and every key of the two files."""
    if isinstance(value, dict):
        keys = [(*path, ("key", name)) for name in value]
        return keys + [place for name, inner in value.items() for place in _places(inner, (*path, name))]
    if isinstance(value, list):
        return [place for index, inner in enumerate(value) for place in _places(inner, (*path, index))]
    return [path]


def _with(value: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    head, *rest = path
    if isinstance(head, tuple):
        return {(text if name == head[1] else name): inner for name, inner in value.items()}
    if isinstance(value, list):
        return [_with(inner, tuple(rest), text) if index == head else inner for index, inner in enumerate(value)]
    return {name: _with(inner, tuple(rest), text) if name == head else inner for name, inner in value.items()}


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    (folder / "sounds").mkdir(parents=True)
    for name in SOUNDS:
        (folder / "sounds" / name).write_bytes(tones()["routing/beep.wav"])
    return folder


def _folder(company: Any) -> Folder:
    document = read("company.yaml", json.dumps(company).encode())
    folder, problems = shared([document], dict.fromkeys(SOUNDS, 1.0), "127.0.0.1:8084")
    if folder is None or problems:
        raise Problems(problems)
    return folder


def _company_files(folder: Folder) -> list[str]:
    """All that a company's words stand in, without its schemes."""
    contexts = [person_context(name, folder) for name in folder.people]
    contexts += [internal_context(folder), colleagues_context(folder), outbound_context(folder)]
    contexts += [calendar_context(calendar) for calendar in folder.calendars.values()]
    gateways = [gateway_xml(name, gateway, "x") for name, gateway in folder.gateways.items()]
    return [*map(to_xml, contexts), *gateways, directory_xml(folder, AnyPassword())]


def _scheme_files(scheme: Any, folder: Folder) -> list[str]:
    text = json.dumps(scheme).encode()
    return [compile_scheme("a.yaml", text, folder).xml]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_of_an_author_becomes_code(text: str) -> None:
    accepted = 0
    company = _folder(PLAIN)
    for plain in (PLAIN, SCHEME):
        for place in _places(plain):
            hostile = _with(plain, place, text)
            try:
                files = _scheme_files(hostile, company) if plain is SCHEME else _company_files(_folder(hostile))
            except Problems as told:
                assert told.problems
                assert all(str(problem).isprintable() for problem in told.problems)
                continue
            accepted += 1
            for xml in files:
                _inert(xml, place)
    assert accepted < 20


def _inert(text: str, place: object) -> None:
    assert "$$" not in text.replace("$${media_hold_timeout}", ""), place  # the node's own limit, in its directory
    assert "x-pre-process" not in text.lower(), place
    assert "<!--" not in text, place
    assert len(re.findall("</?include>", text)) in (0, 2), place
    assert len(re.findall(r"<\?", text)) in (0, 1), place
    assert not re.search(rf"\$\{{(?!{OURS})", text), place
    tags = {element.tag for element in ElementTree.fromstring(text).iter()}
    assert not tags & {"evil"}, place
    for element in ElementTree.fromstring(text).iter("action"):
        data = element.get("data", "")
        assert not re.search(r"(?:^|[,{\[])(api_|execute_on_)", data), place
        if element.get("application") == "bridge":
            assert data.count("{") == data.count("}"), place
            assert data.count("[") == data.count("]"), place


@pytest.mark.parametrize(
    "text", ["$${x}", "${x}", "a\nb", "a\x00b", "X-PRE-process", "<include>", "</include", "<?x", "<!--#"]
)
def test_passwords_that_freeswitch_would_not_read_are_refused(text: str) -> None:
    folder, _ = shared([document := read("p.yaml", json.dumps(PLAIN).encode())], dict.fromkeys(SOUNDS, 1.0), "")
    assert folder is not None
    for secret in ("SIP_PASSWORD_1001", "GATEWAY_PASSWORD_MAIN"):
        known = {"SIP_PASSWORD_1001": "a", "GATEWAY_PASSWORD_MAIN": "b", secret: f"word{text}word"}
        _, problems = passwords([*needs(folder, [document])], known)
        assert [problem.message.split(" contains ")[0] for problem in problems] == [f"the secret {secret}"]
        assert "word" not in problems[0].message.replace("password", "")


def test_passwords_reach_freeswitch_as_they_are(sounds: Path, tmp_path: Path) -> None:
    odd = "a<b>&\"c'd$1 e{f}%g#h;ї]]>"
    (sounds / "company.yaml").write_text(json.dumps(PLAIN), encoding="utf-8")
    known = {"SIP_PASSWORD_1001": odd, "GATEWAY_PASSWORD_MAIN": odd}
    release = build(sounds, tmp_path / "r", lambda _: known).folder
    for name in ("directory.xml", "gateways/main.xml"):
        found = [element.get("value") for element in ElementTree.parse(release / name).iter("param")]
        assert odd in found


@pytest.mark.parametrize("value", [None, ""])
def test_missing_and_empty_passwords_are_told_without_values(value: str | None) -> None:
    folder, _ = shared([document := read("p.yaml", json.dumps(PLAIN).encode())], dict.fromkeys(SOUNDS, 1.0), "")
    assert folder is not None
    known = {} if value is None else {"SIP_PASSWORD_1001": "", "GATEWAY_PASSWORD_MAIN": ""}
    found, problems = passwords([*needs(folder, [document])], known)
    assert found == {}
    assert [problem.message for problem in problems] == [
        "the secret SIP_PASSWORD_1001 is missing", "the secret GATEWAY_PASSWORD_MAIN is missing",
    ]  # fmt: skip


def test_names_of_secrets() -> None:
    assert password_name("ivan.desk-1") == "SIP_PASSWORD_IVAN_DESK_1"


@pytest.mark.parametrize(
    "data",
    ["x=${caller_id_name}", "x=${system ls}", "x=$${x}", "x=${", "a\nb", "X-pre-PROCESS", "api_on_answer=system",
     "{execute_on_answer=system}sofia/x", "x=${routing_release", "x=${routing_caller }",
     "x=${routing_caller}${routing_jumps}", "x=${routing_scheme}${routing_entity_region}"],
)  # fmt: skip
def test_an_unsafe_dialplan_cannot_be_written(data: str) -> None:
    action, condition, label = Context("a"), Context("a"), Context("a")
    action.extension("b").do("set", data)
    condition.extension("b", Condition("${routing_caller}", data))
    label.extension("b", pattern=data)
    for context in (action, condition, label):
        if data == "x=${routing_release":
            continue
        with pytest.raises(UnsafeDialplan):
            to_xml(context)


def test_a_regex_holds_no_variable() -> None:
    for condition in (
        Condition("${routing_caller}", "^${routing_scheme}$"),
        Condition(regex="any", regexes=(("${routing_caller}", "^1$"), ("${routing_caller}", "${routing_digits}"))),
    ):
        context = Context("a")
        context.extension("b", condition)
        with pytest.raises(UnsafeDialplan, match="expansion in the regex"):
            to_xml(context)


def test_outside_calls_are_checked_where_they_are_made() -> None:
    folder, _ = shared([read("p.yaml", json.dumps(PLAIN).encode())], dict.fromkeys(SOUNDS, 1.0), "")
    assert folder is not None
    (extension,) = outbound_context(folder).extensions
    expressions = [condition.expression for condition in extension.conditions]
    assert re.search(expressions[0], "+380501112233")
    for number in ("+380900123456", "+48501112233", "380501112233", "+380501112233,x", "+38050111223"):
        assert not re.search(expressions[0], number)


@pytest.mark.parametrize("script", ["os", "routing_inline x", "routing_inline::fsapi", "routing_inside", ""])
def test_no_other_python_gets_into_a_dialplan(script):
    context = Context("x")
    context.extension("x").do("python", script)
    with pytest.raises(UnsafeDialplan):
        to_xml(context)
