"""Real CDR files of FreeSWITCH 1.10.12 become the call that was made: who rang, who talked, what was decided."""

import json
from dataclasses import replace

import pytest

from routing.journal import cdr, dialled, parse
from routing.journal.record import StepRecord
from routing.journal.result import StepResult
from routing.journal.status import MISSED, StatusFacts, status
from routing.model.caller_shown import OUR_CALLER
from routing.model.entities import Visitor, variables
from routing.model.folder import CODES
from support.journal_bed import CDR, whole

TALKED = ""
#: case: (status, direction, schemes, person, kinds of the steps, (target, why not) of the legs)
EXPECTED = {
    "talked_and_recorded": ("answered", "in", "desk", "ivan", "ring", [("ivan.desk", TALKED)]),
    "voicemail_unconfirmed_mobile": ("voicemail", "in", "escalation", "", "ring ring voicemail", [
        ("ivan.desk", "declined"), ("olena.desk", "busy"),
        ("ivan.mobile", "picked up and did not press 1"), ("olena.mobile", "busy")]),
    "confirmed_mobile": ("answered", "in", "escalation", "olena", "ring ring", [
        ("ivan.desk", "busy"), ("olena.desk", "not registered"),
        ("ivan.mobile", "somebody else took the call"), ("olena.mobile", TALKED)]),
    "undisturbed": ("answered", "in", "escalation", "olena", "ring ring", [
        ("olena.desk", "did not answer"), ("ivan.desk", "on do-not-disturb"),
        ("olena.mobile", TALKED), ("ivan.mobile", "on do-not-disturb")]),
    "menu_to_scheme": ("answered", "in", "menu order", "taras", "menu scheme ring", [
        ("maria.desk", "busy"), ("taras.desk", TALKED)]),
    "menu_colleague": ("answered", "in", "menu", "yulia", "menu", [("yulia.desk", TALKED)]),
    "menu_no_choice": ("no extension", "in", "menu", "", "menu hangup", []),
    "webhook_person": ("answered", "in", "webhook", "maria", "webhook", [("maria.desk", TALKED)]),
    "webhook_person_silent": ("answered", "in", "webhook", "danylo", "webhook ring", [
        ("oksana.desk", "did not answer"), ("danylo.desk", TALKED)]),
    "webhook_number": ("answered", "in", "webhook", "", "webhook", [("+380501110003", TALKED)]),
    "webhook_stalls": ("answered", "in", "webhook", "danylo", "webhook ring", [("danylo.desk", TALKED)]),
    "webhook_round": ("scheme did not work", "in", " ".join(["webhook"] * 11), "", " ".join(["webhook"] * 10), []),
    "webhook_hangup_meanwhile": ("no answer", "in", "webhook", "", "webhook", []),
    "together_losers": ("answered", "in", "together", "petro", "ring", [
        ("maria.desk", "somebody else took the call"), ("petro.desk", TALKED),
        ("petro.mobile", "somebody else took the call")]),
    "order_nobody": ("no answer", "in", "order", "", "ring hangup", [
        ("maria.desk", "busy"), ("oksana.desk", "declined"), ("taras.desk", "not registered")]),
    "order_third": ("answered", "in", "order", "oksana", "ring", [
        ("maria.desk", "did not answer"), ("taras.desk", "declined"), ("oksana.desk", TALKED)]),
    "caller_gives_up": ("no answer", "in", "desk", "", "ring", [("ivan.desk", "the caller gave up")]),
    "caller_ends": ("answered", "in", "desk", "ivan", "ring", [("ivan.desk", TALKED)]),
    "closed": ("busy", "in", "hours", "", "hours hangup", []),
    "match_otherwise": ("busy", "in", "match", "", "match hangup", []),
    "withheld": ("rejected", "in", "match", "", "match hangup", []),
    "unknown_number": ("scheme did not work", "in", "", "", "", []),
    "phone_out": ("answered", "out", "", "ivan", "", [("+380501110003", TALKED)]),
    "phone_out_busy": ("busy", "out", "", "ivan", "", [("+380501110003", "busy")]),
    "phone_forbidden": ("forbidden destination", "out", "", "ivan", "", []),
    "phone_colleague": ("answered", "internal", "", "maria", "", [("maria.desk", TALKED)]),
    "crm_responsible": ("answered", "in", "responsible", "maria", "crm", [("maria.desk", TALKED)]),
    "crm_away": ("answered", "in", "responsible", "danylo", "crm ring", [("danylo.desk", TALKED)]),
    "sticky_again": ("answered", "in", "sticky", "danylo", "sticky", [("danylo.desk", TALKED)]),
    "waits_for_busy": ("answered", "in", "waiting", "yulia", "ring", [("yulia.desk", TALKED)]),
    "lent_number": ("answered", "in", "pool_site visitors", "oksana", "visitor scheme match webhook ring", [
        ("oksana.desk", TALKED)]),
    "sent_on": ("answered", "in", "office", "support", "ring transferred", [
        ("support.desk", TALKED), ("store.desk", TALKED)]),
    "sent_on_and_back": ("answered", "in", "office", "support", "ring transferred", [
        ("support.desk", TALKED), ("store.desk", "busy"), ("support.desk", "the caller gave up")]),
    "labelled": ("answered", "in", "tagged", "danylo", "tag match tag webhook", [("danylo.desk", TALKED)]),
    "greeting_webhook": ("answered", "in", "greeting", "danylo", "play webhook ring", [("danylo.desk", TALKED)]),
}  # fmt: skip


def test_every_recorded_case_is_expected():
    assert {path.name for path in CDR.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("case", EXPECTED)
def test_a_real_call(case):
    call = whole(case)
    status, direction, schemes, person, kinds, legs = EXPECTED[case]
    assert (call.status, call.direction, " ".join(call.schemes), call.person) == (status, direction, schemes, person)
    assert " ".join(step.kind for step in call.steps) == kinds
    assert [(leg.target, leg.why) for leg in call.legs] == legs
    assert 0 <= call.wait_s <= call.ended - call.started + 0.001
    assert all(step.took_s >= 0 and step.started >= call.started - 0.1 for step in call.steps)
    assert bool(call.bridged) == (status == "answered") == any(leg.talk_s for leg in call.legs)


@pytest.mark.parametrize(
    ("case", "decision", "verdict", "least_ms", "most_ms", "inputs"),
    [
        ("crm_responsible", "ring:person:maria", "decided owner 17 of deal 111", 0, 100, ""),
        ("crm_away", "continue", "failed bitrix24: no answer within 1 s", 1000, 1100, ""),
        ("sticky_again", "ring:person:danylo", "decided talked 2 s 6 s ago, the client called", 0, 100, ""),
        ("waits_for_busy", "order:yulia,danylo", "decided", 0, 100, ", 2 decision requests"),
    ],
)
def test_what_the_engine_decided_why_and_how_long_it_took(case, decision, verdict, least_ms, most_ms, inputs):
    step = whole(case).steps[0]
    assert (step.decision, step.verdict) == (decision, verdict) and step.inputs.endswith(inputs)
    assert least_ms <= step.asked_ms <= most_ms


def test_times_of_a_talk():
    call = whole("talked_and_recorded")
    assert call.wait_s == pytest.approx(1.0, abs=0.1) and call.talk_s == pytest.approx(2.0, abs=0.1)
    (leg,) = call.legs
    assert leg.rang_s == pytest.approx(1.0, abs=0.1) and leg.picked_up and leg.talk_s == pytest.approx(2.0, abs=0.1)
    assert call.recording == f"/srv/routing/node/recordings/calls/{call.id}.wav"
    assert (call.number, call.client, call.target, call.ended_by) == (
        "+380800330001", call.caller, "ivan.desk", "person",
    )  # fmt: skip


def test_times_of_a_call_that_was_sent_on():
    """FreeSWITCH tells an A-leg's times since the last transfer; a talk before it is one all the same."""
    for case in ("sent_on", "sent_on_and_back"):
        call = whole(case)
        first = call.legs[0]
        assert call.started < first.started <= call.bridged < call.ended and call.wait_s < 1
        assert call.talk_s == pytest.approx(sum(leg.talk_s for leg in call.legs), abs=0.002)
        assert (call.person, call.target, call.ended_by) == ("support", "support.desk", "caller")


def test_a_mobile_that_was_picked_up_and_not_confirmed_did_not_talk():
    call = whole("voicemail_unconfirmed_mobile")
    mobile = next(leg for leg in call.legs if leg.target == "ivan.mobile")
    assert mobile.picked_up and mobile.talk_s == 0 and not call.bridged
    assert call.voicemail.endswith(f"{call.id}.wav") and call.box == "office"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"routing_confirm": "1", "hangup_cause": "CALL_REJECTED"}, "picked up and rejected"),
        ({"routing_confirm": "1", "hangup_cause": "ALLOTTED_TIMEOUT"}, "picked up and did not press 1"),
        ({"group_confirm_key": "3", "hangup_cause": "NORMAL_CLEARING"}, "picked up and did not press 3"),
        ({"hangup_cause": "CALL_REJECTED"}, "picked up and was not connected"),
    ],
)
def test_keys_of_whoever_picked_up(said, words):
    answered = {"answer_uepoch": "1795424700000000", "group_confirm_key": "exec" if "routing_confirm" in said else ""}
    leg = dialled.from_cdr(cdr.Cdr("leg", answered | said, ()))
    assert leg.picked_up and leg.why == words


@pytest.mark.parametrize("size", [0, 44])
def test_an_empty_voicemail_is_none(size):
    call = whole("voicemail_unconfirmed_mobile", lambda path: size)
    assert (call.status, call.voicemail) == ("no answer", "")


def test_a_recording_without_a_message_is_a_missed_call():
    call = whole("voicemail_unconfirmed_mobile", is_message=lambda path, least_s: False)
    assert (call.status, call.voicemail, call.steps[-1].outcome) == ("no answer", "", "no message left")


def test_what_the_engine_decided_and_how_long_it_took():
    call = whole("webhook_person_silent")
    asked = call.steps[0]
    assert asked.decision == call.decision == "ring:person:oksana" and 1 < asked.asked_ms < 200
    assert asked.outcome == "ring person oksana; oksana.desk did not answer"
    assert 950 < whole("webhook_stalls").asked_ms < 1200
    gone = whole("webhook_hangup_meanwhile").steps[0]
    assert gone.outcome == "the caller hung up meanwhile" and gone.asked_ms == -1


def test_a_call_that_carries_too_much_says_so():
    """The engine refuses to decide it and leaves a word; a word that is none of ours is no reason."""
    (path,) = (CDR / "webhook_person_silent").glob("a_*")
    decided = b"^^;routing_decision=1:ring:person:oksana;routing_ring_for=2"
    assert decided in path.read_bytes()
    for word, reason in (
        (b"oversized", "the call carries more than the engine reads"),
        (b"x", "the engine decided nothing"),
    ):
        data = path.read_bytes().replace(decided, b"^^;routing_undecided=" + word)
        step = parse.call(cdr.read(data), {}, parse.ParseContext(lambda _: 100, lambda _: "bed")).steps[0]
        assert (step.result, step.decision) == (StepResult.UNDECIDED, "")
        assert step.outcome.startswith(reason)


def test_a_step_of_a_release_without_kinds_is_a_step():
    """An earlier version compiled it: who rang and talked is told all the same."""
    (path,) = (CDR / "talked_and_recorded").glob("a_*")
    (step,) = parse.call(
        cdr.read(path.read_bytes().replace(b"routing_kind=ring|", b"")), {}, parse.ParseContext()
    ).steps
    assert (step.kind, step.path, step.result) == ("step", "1", StepResult.TALKED)


def test_a_kind_that_nothing_more_is_known_of_is_told_by_whom_it_rang():
    (path,) = (CDR / "talked_and_recorded").glob("a_*")
    (step,) = parse.call(cdr.read(path.read_bytes().replace(b"=ring|", b"=queue|")), {}, parse.ParseContext()).steps
    assert (step.kind, step.outcome, step.result) == ("queue", "ivan.desk talked", StepResult.TALKED)


def test_what_steps_went_by():
    words = {case: [(step.inputs, step.outcome) for step in whole(case).steps] for case in EXPECTED}
    assert words["closed"][0] == ("calendar manual, Europe/Kyiv", "closed")
    assert words["match_otherwise"][0][1] == "no case fits: otherwise"
    assert words["withheld"][0][1] == "case 1 fits"
    assert words["menu_to_scheme"][0] == ("a key", "key 2") and words["menu_to_scheme"][1][1] == "to scheme order"
    assert words["menu_colleague"][0][1] == "extension 105; yulia.desk talked"
    assert words["greeting_webhook"][0] == ("short.wav", "played")
    assert words["labelled"][0][1] == "labels shop, from_ads"
    assert whole("labelled").tags == ("shop", "from_ads", "mobile")


def test_the_client_is_named_as_the_crm_names_them():
    assert whole("crm_responsible").client_name == "Олена Клієнт"
    assert whole("labelled").client_name == ""  # of an earlier decision: none
    shown = cdr.App("multiset", "^^;routing_decision=2:ring:person:ivan;routing_label=Olena K.;routing_took_ms=3", "0")
    cleared = cdr.App("multiset", "^^|routing_kind=webhook|routing_label=|routing_step=3", "0")
    assert parse._client_name(cdr.Cdr("x", {}, (shown, cleared))) == "Olena K."


def test_rewording_what_came_of_a_step_changes_no_status():
    for case in EXPECTED:
        call = whole(case)
        facts = StatusFacts(
            call.direction, bool(call.bridged), bool(call.voicemail), call.cause, "", "", call.schemes,
            [replace(step, outcome="other words", inputs="and others") for step in call.steps], call.legs,
        )  # fmt: skip
        assert status(facts) == status(replace(facts, steps=call.steps))


def test_outgoing_calls_name_person_client_and_the_number_shown():
    call = whole("phone_out")
    assert (call.caller, call.client, call.dialled, call.number) == (
        "1001", "+380501110003", "+380501110003", "+380800330000",
    )  # fmt: skip


@pytest.mark.parametrize("case", [case for case, row in EXPECTED.items() if row[1] == "in" and row[2]])
def test_what_a_caller_dialled_is_the_number_and_no_label_of_the_dialplan(case):
    call = whole(case)
    assert call.number.startswith("+") and call.dialled == call.number


def _self_served(*kinds, decision="found", direction="in", legs=(), cause="NORMAL_CLEARING"):
    steps = [StepRecord(n, "s", str(n), kind, 0.0, 1.0) for n, kind in enumerate(kinds)]
    steps = [replace(step, decision=decision) if step.kind == "lookup" else step for step in steps]
    return status(StatusFacts(direction, False, False, cause, "", "4711#", ["s"], steps, list(legs)))


@pytest.mark.parametrize("kinds", ["ask lookup", "ask lookup say hangup", "ring ask lookup match play menu"])
def test_who_heard_what_a_server_knows_and_hung_up_has_served_themselves(kinds):
    assert _self_served(*kinds.split()) == "self-service" and "self-service" not in MISSED


@pytest.mark.parametrize(("kinds", "change"), [
    ("ask lookup play", {"decision": "missing"}), ("ask lookup play", {"decision": ""}), ("ask", {}),
    ("ask lookup ring", {}), ("ask lookup queue hangup", {}), ("lookup sticky play", {}), ("lookup voicemail", {}),
    ("lookup play", {"direction": "callback"}), ("lookup hangup", {"cause": "CALL_REJECTED"}),
])  # fmt: skip
def test_who_has_heard_nothing_or_wanted_a_person_has_not(kinds, change):
    assert _self_served(*kinds.split(), **change) != "self-service"


def test_a_feature_code_is_not_an_unanswered_call():
    """`*78` and `*97` ring nobody and succeed."""
    facts = StatusFacts("internal", False, False, "NORMAL_CLEARING", "", "", [CODES], [], [])
    assert status(facts) == "feature code" and "feature code" not in MISSED
    assert status(replace(facts, schemes=["codes2"])) == "no answer"
    assert status(replace(facts, direction="in")) == "no answer"  # a scheme of a customer may be called that


def test_legs_without_a_file_are_told_by_the_a_leg():
    a_leg = next(path for path in (CDR / "confirmed_mobile").iterdir() if path.name.startswith("a_"))
    call = parse.call(cdr.read(a_leg.read_bytes()), {}, parse.ParseContext())
    assert [(leg.target, leg.why) for leg in call.legs] == EXPECTED["confirmed_mobile"][5]
    assert (call.status, call.person) == ("answered", "olena")


def test_both_ways_of_setting_variables_are_read():
    one = cdr.App("set", "routing_scheme=kharkiv", "1")
    many = cdr.App("multiset", "^^|routing_jumps=x|routing_scheme=kharkiv", "1")
    assert dict(one.settings())["routing_scheme"] == dict(many.settings())["routing_scheme"] == "kharkiv"
    assert dict(cdr.App("multiset", "^^;a=1;b=2", "1").settings()) == {"a": "1", "b": "2"}
    assert cdr.App("playback", "a=b", "1").settings() == []


def test_the_engines_own_words_are_kept():
    name = next(path for path in (CDR / "webhook_person").iterdir() if path.name.startswith("a_"))
    said = b"routing_verdict=oksana is the owner;routing_took_ms=7.5;routing_ring_for"
    call = parse.call(cdr.read(name.read_bytes().replace(b"routing_ring_for", said)), {}, parse.ParseContext())
    assert (call.verdict, call.asked_ms) == ("oksana is the owner", 7.5)


def test_entities_and_source_of_a_visitor():
    name = next(path for path in (CDR / "closed").iterdir() if path.name.startswith("a_"))
    told = variables(Visitor({"city": "Львів"}, {"utm_source": "google ads"})) | {"routing_entity_odd": "${system ls}"}
    text = name.read_text().replace('"variables":{', f'"variables":{{{json.dumps(told)[1:-1]},')
    call = parse.call(cdr.read(text.encode()), {}, parse.ParseContext())
    assert (call.entities, call.source) == ({"city": "Львів"}, {"utm_source": "google ads"})


@pytest.mark.parametrize(("told", "node"), [('"kyiv1"', "kyiv1"), ("5", ""), ("null", "")])
def test_the_switch_says_its_name_and_no_variable_does(told, node):
    leg = '"variables": {"uuid": "a", "switchname": "liar"}'
    assert cdr.read(f'{{"switchname": {told}, {leg}}}'.encode()).node == node
    assert cdr.read(f"{{{leg}}}".encode()).node == ""


def test_who_calls_a_client_by_way_of_a_scheme_is_the_person_of_an_outgoing_call() -> None:
    found = whole("webhook_number")
    cdrs = [cdr.read(file.read_bytes()) for file in (CDR / "webhook_number").iterdir()]
    (a_leg,) = (each for each in cdrs if each.get("direction") == "inbound")
    legs = {each.uuid: each for each in cdrs if each is not a_leg}
    ours = replace(a_leg, variables={**a_leg.variables, OUR_CALLER: "ivan"})
    call = parse.call(ours, legs, parse.ParseContext(lambda path: 100, lambda release: "bed"))
    assert (found.direction, found.person, found.client) == ("in", "", found.caller)
    assert (call.direction, call.person, call.client, call.caller) == ("out", "ivan", "+380501110003", found.caller)
    assert (call.status, call.target, call.dialled) == ("answered", "+380501110003", "+380501110003")
