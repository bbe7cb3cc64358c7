"""The shared cases are whole: every step kind, phone outcome and failure, a twin of whatever runs on one switch only.

Adding a step kind, an order, a question of ``match`` or a behaviour of phones without a case fails here.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest
import yaml

from routing.offline import phones
from routing.offline.events import ended
from routing.steps import KINDS
from routing.steps.match import MatchStep
from routing.steps.ring import Order, RingStep
from routing.steps.scheme_file import SchemeFields, walk
from routing.steps.webhook import WebhookStep
from routing.steps.when import When
from support.switchbed.cases import load
from support.switchbed.company import PROJECT
from support.switchbed.faulty import FAULTS

pytestmark = pytest.mark.thorough

HERE = Path(__file__).parent
LEAST = 60

#: What is tested on the real switch alone -> the case or offline test that means the same, or why there is none.
ALONE = {
    "shared_folder": "how FreeSWITCH reads files; where calls go is shared by all cases",
    "access": "SIP: digest and address lists are questions of the SIP stack, before any dialplan",
    "asked": "how keys travel, and what the switch leaves on disk; what comes of digits is shared as cases of `asked`",
    "rated": "how keys travel, who is free meanwhile, keys of talks; who is asked is shared as cases of `rated`",
    "rated_back": "the journal of real CDRs, an engine that is killed; who is asked is shared as `calling_back`",
    "utterances": "files that recognisers, journals and full disks make; what is chosen is shared as `listened`",
    "inline": "Python inside FreeSWITCH, and what goes wrong there; what is decided is shared, see `inline_cases`",
    "inline_cases": "the shared cases themselves, decided inside FreeSWITCH",
    "drained": "Kamailio and nodes that are upgraded",
    "failover": "a Redis whose master dies, and queues over two nodes",
    "proxied_secure": "TLS and attended transfer by way of Kamailio",
    "cases_proxied": "the shared cases themselves, by way of Kamailio",
    "listening": "voices, noise, recordings, killed processes; what is chosen is shared as `listened` of the cases",
    "accounts": "SIP: REGISTER, and how accounts are written",
    "node": "the configuration of FreeSWITCH itself: modules, API expansion, its time zones",
    "doctor": "looks at a running node",
    "conference": "who hears whom, call records and logs; who is rung and enters is shared as `rooms` of the cases",
    "card_key": "how keys travel, engines that hang, the queue of notices; who asks is a twin of unit/test_card_key.py",
    "courier_calls": "SIP headers, sound and keys; both ways are scheme tests of the example company",
    "talk_keys": "who hears whom, SIP INFO, the journal; where keys lead is shared as cases of `talk_keys`",
    "recorded_on": "what recordings of talks hold that keys have moved",
    "notify": "SIP requests",
    "order_status": "how keys travel, what is left on disk; what callers hear are scheme tests of the example company",
    "unwritable": "disks and files that are in the way: the offline switch writes nothing",
    "room_mask": "tones in recordings; when a room is masked are scheme tests of testing/test_testing_room_mask.py",
    "masked_on": "tones in recordings of talks that keys have moved",
    "stray_media": "where RTP comes from",
    "early_keys": "keys within the 200 ms in which FreeSWITCH has not begun what belongs to a talk",
    "keyed_on": "recordings that keys begin and end in talks that other keys have moved",
    "callbacks": "calls that the engine begins, and their CDRs; what comes of them is shared as `calling_back`",
    "callback_keys": "keys of talks that the engine begins; where keys lead is shared as cases of `talk_keys`",
    "callback_orders": "engines that are killed, and the journal's database",
    "callback_nodes": "two nodes with an engine each, one of which is killed",
    "desk_journey": "one call through every process of the product: the desk follows a real switch",
    "desk_calls": "calls that the desk begins, and who hears whom: the offline switch has no sound",
    "colleagues": "who is free is told by FreeSWITCH's events, and an engine dials",
    "callback_missed": "the journal of real CDRs, and an engine that dials",
    "callback_step": "engines that are killed while calls ask them",
    "callback_form": "a browser, the API and the engine, each a process",
    "simulated": "the journal of real CDRs of calls that wait in real time",
    "adopt": "the configuration of a FreeSWITCH that was there before",
    "cases::test_no_channel_is_left_and_nothing_was_executed": "the state of the real switch after the shared cases",
    "engine_faults::test_the_real_engine_is_ended_while_it_decides": "signals to a process; silence is shared",
    "engine_faults::test_nobody_is_left": "the state of the real switch after the shared faults",
    "memory": "Redis processes that die under load",
    "crm::test_the_phone_shows_the_callers_name": "SIP: what a phone's display gets",
    "spoken_facts": "RTP packets: what is heard; which sound it is, is shared as cases of `say_facts`",
    "speech": "RTP packets: which file of a text is played; languages are tested offline by `test_language`",
    "sounds": "RTP packets: what becomes of the channels of a file; the offline switch has no sound",
    "sticky": "a journal and a Redis between two calls",
    "devices": "SIP: Via, Path, Contact and connections of phones behind NAT and proxies",
    "dead_media": "RTP that stops: the offline switch has no sound",
    "guesses": "SIP: digest, and the globals by which the engine refuses an address",
    "causes": "SIP: what the stack makes of a status; the offline switch reads the table that this test proves",
    "event_socket": "the inbound event socket, which the offline switch has not",
    "heard": "RTP packets; what callers hear is shared as `heard` of the cases",
    "keys": "SIP INFO and tones: how a key travels",
    "known_names": "the switch's own binaries",
    "late_engine": "an engine that speaks late: `tests/unit/test_late_engine.py` is its twin",
    "late_offer": "SIP: where the SDP stands, reliable provisional answers",
    "pinged": "SIP: OPTIONS of gateways, and what FreeSWITCH counts of the answers",
    "emergency": "SIP: gateways that are silent, closed or have no address",
    "lights": "SIP: SUBSCRIBE and NOTIFY; the voicemail itself is shared",
    "loops": "SIP: a carrier that brings a call back while it rings",
    "new_networks": "SIP: REGISTER from another network",
    "offers": "SDP: keys and codecs",
    "networks": "TCP, TLS, IPv6 and encrypted sound: the offline switch has neither lines nor sound",
    "mid_call": "SIP: requests in the middle of a dialog",
    "secret_recorded": "what the file holds",
    "parking": "who hears whom, and the journal of real CDRs; who is picked up is shared as cases of `parking`",
    "recording": "what the files hold; who hears the announcement is shared as cases of `recording`",
    "record_by_key": "what the files hold; which keys begin and end a recording is shared as cases of `recording`",
    "registered": "SIP: REGISTER; where the number stands is shared as `trunks` of the cases",
    "losses": "full disks and a switch that is killed",
    "replaces": "SIP: dialogs that are taken over",
    "toll_fraud": "SIP: addresses that phones give",
    "stolen_refer": "SIP: REFER that names what is nobody's",
    "floods": "refusals that end by FreeSWITCH's own scheduler; who is refused is judged in unit/test_flood_judge.py",
    "older_releases": "what older versions compiled, on today's FreeSWITCH configuration",
    "proxied": "SIP: registrations and calls by way of Kamailio",
    "proxied_people": "several FreeSWITCHes, each with an engine: the offline switch is one",
    "proxied_attacks": "SIP: what strangers send to Kamailio",
    "proxied_faults": "processes that are killed and stalled, Kamailio's too",
    "refer_floods": "SIP: hundreds of REFERs in a dialog",
    "transfers": "SIP: what REFER is told; where it leads is shared as `transfers` of the cases",
    "users": "users and groups of a real machine",
    "waiting": "engines that die while callers wait; that they are sent on is shared as cases of `people`",
    "queues": "workers that die while callers wait, and what operators see; offers are shared as cases of `queue`",
    "voicemail": "sound files that a caller leaves",
    "strategies": "engines that end between calls, a journal and a Redis between them",
}
TWINS = {
    "engine_faults::test_fault": "engine_faults_offline::test_fault",
    "crm::test_the_open_deals_owner_rings": "crm, the responsible person takes it",
    "crm::test_nobody_responsible_is_the_next_step": "crm, it does not know the caller",
    "crm::test_the_last_answer_of_a_crm_that_does_not_answer_stands_in_within_the_steps_second":
        "crm, its last answer stands in while it fails",
    "people::test_the_caller_reaches_whom_he_has_talked_with": "the caller reaches whom he has talked with",
    "people::test_the_client_whom_a_colleague_called_reaches_that_colleague":
        "the client whom a colleague called reaches that colleague",
}  # fmt: skip

BEHAVIOURS = {*phones._BEHAVIOURS.values(), "answers", "voicemail", "confirms", "never confirms", "never hangs up"}
FAILURES = {
    "webhook stalls": lambda case: case.webhook == "timeout",
    "webhook's server fails": lambda case: case.webhook == 500,
    "webhook answers garbage": lambda case: isinstance(case.webhook, str) and case.webhook.startswith("<"),
    "webhook's server is away": lambda case: case.webhook == "refused",
    "webhook names nobody": lambda case: case.webhook == {"ring": "nobody_at_all"},
    "webhook names no scheme": lambda case: case.webhook == {"scheme": "atlantis"},
    "CRM stalls": lambda case: case.crm == "timeout",
    "CRM fails": lambda case: case.crm == "500",
    "CRM fails after it has answered": lambda case: case.crm == "500" and case.to == "+380800330255",
    "CRM is away": lambda case: case.crm == "refused",
    "Redis is away": lambda case: case.engine == "forgetful",
    "a voice hangs": lambda case: case.engine == "mute",
    "engine is away": lambda case: case.engine == "absent",
    "too many jumps": lambda case: case.variables.get("routing_end") == "too_many_jumps",
    "publish fails": lambda case: not case.published,
}
#: Where a caller can give up.
STAGES = {"engine asked", "held", "ringing", "confirm", "talk", "prompt", "message"}


@pytest.fixture(scope="module")
def told(offline_bed):
    """Every call of every case with what happened on it."""
    every = ((case, offline_bed.told(case)) for case in load())
    return [(call, events) for case, told in every for call, (_, events) in zip(case.calls(), told, strict=True)]


@pytest.fixture(scope="module")
def steps():
    """Every step of the company's schemes by scheme and path."""
    found = {}
    for file in PROJECT.glob("*.yaml"):
        data = yaml.safe_load(
            file.read_text()
            .replace("_PORT", "80")
            .replace("HANDLER80", "80")
            .replace("CLOSED80", "9")
            .replace("record: no\n", 'record: "no"\n')
        )
        if "scheme" in data:
            fields = SchemeFields.model_validate(data, context={"country": "UA"})
            found |= {(fields.scheme, path): step for step, _, path in walk(fields.steps, ("steps",), "")}
    return found


@pytest.fixture(scope="module")
def visited(told):
    """Every step that a call entered, by scheme and path."""
    return {(event.scheme, event.subject) for _, events in told for event in events if event.kind == "step"}


def test_there_are_enough_cases_and_no_two_of_one_name():
    names = [case.name for case in load()]
    assert len(names) == len(set(names))
    assert len(names) + len(FAULTS) >= LEAST


def test_every_step_kind_order_and_form(steps, visited):
    entered = [steps[place] for place in visited if place in steps]
    assert {step.kind for step in entered} | {"visitor"} >= set(KINDS)
    rings = [step for step in entered if isinstance(step, RingStep)]
    assert {step.order for step in rings} == set(get_args(Order))
    assert {step.order for step in rings if step.only} >= {"together", "in_order"}
    forms = get_args(WebhookStep.model_fields["form"].annotation)
    assert {step.form for step in entered if isinstance(step, WebhookStep)} == set(forms)


def test_every_question_of_match(steps, visited):
    answered = set()
    for (scheme, path), step in steps.items():
        if isinstance(step, MatchStep):
            for number, case in enumerate(step.cases, 1):
                if (scheme, f"{path}.{number}.1") in visited:
                    answered |= {name for _, one in case.when.everything() for name in one.model_fields_set}
                    answered |= {question.partition(".")[0] for question in case.when.questions}
    assert answered >= {*When.model_fields, "entity", "source"}


def test_every_behaviour_of_phones(told):
    shown = set()
    for case, events in told:
        rung = {event.subject for event in events if event.kind == "ring"}
        for target, phone in case.phones.items():
            shown |= {phone.does} if target in rung or phone.does == "unreachable" else set()
            shown |= {"never hangs up"} if phone.talks_ms is None else set()
        for event in events:
            if event.kind == "confirm":
                asked = case.phones[
                    {number: name for name, number in case.by_number.items()}.get(event.subject, event.subject)
                ]
                shown.add("confirms" if asked.confirms_ms is not None else "never confirms")
    assert shown >= BEHAVIOURS


def test_every_failure(told):
    assert [name for name, shows in FAILURES.items() if not any(shows(case) for case, _ in told)] == []


def test_callers_give_up_at_every_stage(told):
    assert {stage(events) for _, events in told if ended(events).detail == "caller"} == STAGES


def stage(events):
    """What was going on when the caller hung up."""
    last = next(event for event in reversed(events) if event.kind not in ("end", "hears", "variable", "limit"))
    if last.kind == "ring_end":
        asked = {event.subject for event in events if event.kind == "confirm"}
        return "confirm" if last.subject in asked else "ringing"
    if last.kind == "talk_end":
        return "talk"
    return {"play": "prompt", "voicemail": "message", "transfer": "held", "decision": "held"}.get(
        last.kind, "engine asked"
    )


def test_what_runs_on_the_real_switch_alone_has_a_twin_or_a_reason():
    real = {
        name for file in HERE.glob("test_switch_*.py") if not file.stem.endswith("_offline") for name in functions(file)
    }
    cases = {case.name for case in load()}
    offline = {name for file in HERE.glob("test_switch_*_offline.py") for name in functions(file)}
    told = {name for name in real if name in ALONE or name.partition("::")[0] in ALONE or name in TWINS}
    assert real - told == {"cases::test_case"}
    assert {twin for twin in TWINS.values() if twin not in cases | offline} == set()
    assert {name for name in TWINS if name not in real} == set()


def functions(file):
    """The tests of a file as ``people::test_...``."""
    found = [node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)]
    return {f"{file.stem.removeprefix('test_switch_')}::{name}" for name in found if name.startswith("test_")}
