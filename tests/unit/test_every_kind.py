"""Every step kind through every layer. A new kind gets a way here, and whatever does not know it yet fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.opened import opened
from routing.compile.tones import tones
from routing.decide.registry import DECIDERS
from routing.diff.outcome import outcome
from routing.diff.phrases import phrases
from routing.journal import parse
from routing.journal.cdr import App, Cdr
from routing.journal.drafts import NO_KIND
from routing.load.schema import json_schema
from routing.offline import switch
from routing.offline.events import Event
from routing.offline.ladder import ladder
from routing.steps import DECIDED, KINDS
from routing.testing.names import Names
from routing.testing.read import checked
from routing.testing.run import carry
from support.folders import SOUNDS

COMPANY = """\
project:
  name: walk
  timezone: Europe/Kyiv
  country: UA
  speech: {uk: "espeak-ng -v uk --stdin --stdout"}
  destinations: [UA]
  languages: [uk, en]
  recognisers: {ukrainian: uk}
  callbacks: {}
  tracking: {origins: ["https://www.example.com"], key: TRACKING_KEY, entities: {region: {}}}
people:
  ivan: {name: Ivan, email: i@example.com, phones: {desk: {sip: "1001"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
gateways: {main: {proxy: sip.example, register: false, numbers: [NUMBERS]}}
pools: {site: {scheme: elsewhere, numbers: ["+380441112290"], overflow: "+380441112291"}}
crm: {bitrix24: {webhook: BITRIX24_WEBHOOK}}
"""
ELSEWHERE = """\
scheme: elsewhere
numbers: ["+380441112291"]
steps: [{ring: {to: olena, for: 20s}}, {hangup: {cause: NO_ANSWER}}]
"""
#: Kind -> the step, how the world is in a scheme test, what is expected of the call.
WAYS = {
    "ring": ("{to: ivan, for: 20s}", "phones: {ivan: answers after 1s}", "talk: ivan"),
    "queue": ("{to: ivan, for: 20s}", "phones: {ivan: answers after 1s}", "talk: ivan"),
    "play": ("greeting.wav", "", "play: greeting.wav"),
    "say": ("{opening: office}", "", "says: зараз"),
    "menu": ("{prompt: menu.wav, options: {'1': [hangup]}}", "caller: {digits: '1'}", "digits: '1'"),
    "listen": (
        "{prompt: menu.wav, keys: menu.wav, options: {sales: {phrases: продаж, key: '1', steps: [hangup]}}}",
        "caller: {says: Продаж!}",
        "listen: sales",
    ),
    "ask": ("{into: order, prompt: menu.wav, length: 4}", "caller: {digits: '0042'}", "asked: order 0042"),
    "ask_number": ("{prompt: menu.wav}", "", "step: '1'"),
    "hours": ("{calendar: office, open: [hangup]}", "", "hours: open"),
    "match": ("[{when: {caller: '+38067'}, steps: [hangup]}]", "", "step: '1.1.1'"),
    "open_branch": ("{branches: [{elsewhere: office}]}", "", "scheme: elsewhere"),
    "visitor": ("site", "entities: {region: '521'}", "visitor: continue"),
    "sticky": ("{within: 14d}", "{sticky: ivan, phones: {ivan: answers after 1s}}", "sticky: ring ivan"),
    "crm": ("bitrix24", "{crm: ivan, phones: {ivan: answers after 1s}}", "crm: ring ivan"),
    "webhook": (
        "{url: 'https://hook.example.com/', secret: HOOK}",
        "webhook: {scheme: elsewhere}",
        "webhook: scheme elsewhere",
    ),
    "lookup": (
        "{url: 'https://shop.example.com/o/{{caller}}', secret: SHOP, missing: [hangup]}",
        "webhook: {status: sent}",
        "lookup: found",
    ),
    "callback": ("{otherwise: [hangup]}", "", "callback: ordered"),
    "conference": (
        "{room: hall, people: ivan, alone: 20s}",
        "phones: {ivan: 'answers after 1s, talks 5s'}",
        "talk: ivan",
    ),
    "voicemail": ("{box: sales, notify: ivan}", "caller: {speaks: 5s}", "voicemail: sales"),
    "language": ("en", "", "step: '1'"),
    "rate": ("menu.wav", "", "step: '1'"),
    "tag": ("[sales, vip]", "", "tag: vip"),
    "scheme": ("elsewhere", "", "scheme: elsewhere"),
    "hangup": ("{cause: USER_BUSY}", "", "end: USER_BUSY"),
}
#: What a lint says of a step that stands alone.
ALLOWED = {
    "play": "allow: {prompt-before-ring: it is the only step}\n",
    "say": "allow: {prompt-before-ring: it is the only step}\n",
    "menu": "allow: {menu-before-ring: it is the only step}\n",
    "rate": "allow: {rate-without-talk: it is the only step}\n",
    "listen": "allow: {menu-before-ring: it is the only step}\n",
}
#: Kinds that tell the same call to a caller whether they are there or not.
UNNOTICED = {"visitor"}


def _number(kind: str) -> str:
    return f"+3804411122{list(WAYS).index(kind):02}"


def _scheme(kind: str) -> str:
    step, _, _ = WAYS[kind]
    return f'scheme: walk_{kind}\n{ALLOWED.get(kind, "")}numbers: ["{_number(kind)}"]\nsteps:\n  - {kind}: {step}\n' + (
        "" if KINDS[kind].ends else "  - hangup: {cause: NO_ANSWER}\n"
    )


def _case(kind: str) -> str:
    _, world, expected = WAYS[kind]
    world = world if world.startswith("{") else f"{{{world}}}"
    call = f'{{to: "{_number(kind)}", from: "+380671234567", at: "2026-11-23 10:00"}}'
    return f"  - {{name: {kind}, call: {call}, expect: [{{{expected}}}]" + (
        f", {world[1:-1]}}}\n" if world != "{}" else "}\n"
    )


@dataclass(frozen=True)
class Walked:
    """The events of a kind's call, what a test says of it, and the call as the journal has it."""

    events: list[Event]
    complaints: list[str]
    journal: object


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with a scheme of each kind, and a test that goes through it."""
    folder = tmp_path_factory.mktemp("walk") / "schemes"
    (folder / "sounds").mkdir(parents=True)
    for name in SOUNDS:
        (folder / "sounds" / name).write_bytes(tones()["routing/beep.wav"])
    numbers = ", ".join(f'"{number}"' for number in (*map(_number, WAYS), "+380441112290", "+380441112291"))
    (folder / "company.yaml").write_text(COMPANY.replace("NUMBERS", numbers), "utf-8")
    (folder / "elsewhere.yaml").write_text(ELSEWHERE, "utf-8")
    for kind in WAYS:
        (folder / f"walk_{kind}.yaml").write_text(_scheme(kind), "utf-8")
    (folder / "walk.test.yaml").write_text("tests:\n" + "".join(map(_case, WAYS)), "utf-8")
    return folder


@pytest.fixture(scope="module")
def names(folder: Path) -> Iterator[Names]:
    with opened(folder) as published:
        yield Names(published)


@pytest.fixture(scope="module")
def walked(folder: Path, names: Names) -> dict[str, Walked]:
    """What each kind's call came to."""
    found = {}
    ran: list[App] = []
    real = switch._run_application

    def recorded(call: switch.Running, name: str, data: str) -> None:
        ran.append(App(name, data, str(1_795_000_000_000_000 + call.line.now_ms * 1000)))
        real(call, name, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(switch, "_run_application", recorded)
        for case in checked([folder / "walk.test.yaml"], names):
            ran.clear()
            result = carry(case, names)
            times = {name: str(1_795_000_000_000_000) for name in ("start_uepoch", "end_uepoch")}
            variables = {"uuid": f"walk-{case.name}", "direction": "inbound", **times}
            call = parse.call(Cdr(variables["uuid"], variables, tuple(ran)), {}, parse.ParseContext())
            found[case.name] = Walked(list(result.events), result.complaints(), call)
    return found


def _run(*words: str) -> str:
    result = CliRunner().invoke(group, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_every_kind_has_a_way_here() -> None:
    assert list(WAYS) == list(KINDS)


@pytest.mark.thorough
def test_author_commands_know_every_kind(folder: Path, tmp_path: Path) -> None:
    """`check` with its lints, `test`, and `diff` when each kind's step is gone."""
    _run("check", str(folder))
    assert f"{len(WAYS)} passed" in _run("test", str(folder))
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed)
    for kind in WAYS:
        text = _scheme(kind).partition("steps:\n")[0] + "steps: [{hangup: {cause: NO_ROUTE_DESTINATION}}]\n"
        (changed / f"walk_{kind}.yaml").write_text(text, "utf-8")
    told = _run("diff", str(folder), str(changed), "--json", "--from-day", "2026-11-22")
    assert [kind for kind in WAYS if _number(kind) not in told] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_known_to_schema_and_manual(kind: str) -> None:
    offered = json_schema()["$defs"]["AnyStep"]
    assert kind in json.dumps(offered)
    assert f"`{kind}`" in _run("reference", f"step {kind}" if kind in ("crm", "scheme") else kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_drawn(kind: str, folder: Path) -> None:
    assert kind in _run("graph", f"walk_{kind}", "--schemes", str(folder), "--format", "mermaid")


@pytest.mark.parametrize("kind", DECIDED)
def test_a_kind_that_asks_the_engine_has_a_decider(kind: str) -> None:
    assert kind in DECIDERS


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_goes_through_every_layer(kind: str, walked: dict[str, Walked]) -> None:
    """Compiled, carried by the offline switch, decided, judged by a test, traced, told by diff and by the journal."""
    found = walked[kind]
    assert found.complaints == []
    assert kind in [event.detail for event in found.events if event.kind == "step"]
    assert not [event for event in found.events if event.kind in ("error", "missing")]
    assert len(ladder(found.events)) > 1
    assert phrases(outcome(found.events)) or kind in UNNOTICED
    steps = {step.kind: step for step in found.journal.steps}
    assert kind in steps and NO_KIND not in steps
    assert steps[kind].outcome or steps[kind].inputs or steps[kind].decision, "the journal says nothing of it"
