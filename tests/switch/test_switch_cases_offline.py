"""The same cases on the offline switch: it is held to what the real one does."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from switchbed.cases import grouped, load
from switchbed.company import Company

from routing.app import node
from routing.offline.answering import InProcess, canned
from routing.offline.events import ended, rung, talked
from routing.offline.files import Directory
from routing.offline.phones import Caller, Phones, parse
from routing.offline.switch import Call, run

CASES = load()
NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The company, published where nobody but the offline switch reads."""
    place = tmp_path_factory.mktemp("offline")
    made = Company(place / "schemes", place / "root")
    made.publish("127.0.0.1:9")
    return made


@pytest.fixture(scope="module")
def dialplan(company):
    """The fixed dialplan that a node of this company has."""
    settings = node.Settings(company.root.parent, company.root, "unused", country="UA")
    return node.render(settings)["conf/dialplan/routing.xml"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, company, dialplan):
    files = Directory(company.root)
    events = run(
        Call(case.to, case.caller, NOON, name=case.shown, variables=privacy(case)),
        files,
        dialplan,
        Phones(case.phones | by_number(case, company), parse("unreachable")),
        caller(case),
        decider=InProcess(files, canned(words(case.webhook))),
        globals_={"domain": "127.0.0.1", "recordings_dir": "/recordings", **case.globals_},
    )
    known = company.numbers | {target: target for target in company.accounts}
    targets = [target for target in rung(events) if reachable(case, target)]
    assert grouped([owner(target, known) for target in targets], case.rung) == list(case.rung)
    assert talked(events) == case.talked
    assert ended(events).subject == case.cause
    assert any(event.kind == "voicemail" for event in events) == case.message
    assert any(event.kind == "record" and "voicemail" not in event.subject for event in events) == case.recording


def by_number(case, company):
    """The phones of a case that have numbers, by those."""
    return {company.numbers[target]: phone for target, phone in case.phones.items() if target in company.numbers}


def owner(target, known):
    """A number rung as such belongs to whoever has it."""
    return next((name for name, number in known.items() if target in (name, number)), target)


def reachable(case, target):
    return target.startswith("+") or (target in case.phones and case.phones[target].does != "unreachable")


def caller(case):
    after_ms = None if case.hangs_up_after_s is None or case.speaks else round(case.hangs_up_after_s * 1000)
    return Caller(case.digits, after_ms, message_ms=3000)


def words(webhook):
    if webhook is None:
        return "refused"
    return webhook if isinstance(webhook, str) else str(webhook) if isinstance(webhook, int) else json.dumps(webhook)


def privacy(case):
    return tuple(("sip_privacy", header.partition(": ")[2]) for header in case.headers if header.startswith("Privacy"))
