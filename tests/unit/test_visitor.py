"""What a visitor did on the site reaches the call: cleaned, carried, asked for by match, told to webhooks."""

from __future__ import annotations

import fnmatch
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from routing.cli.errors import UserError
from routing.cli.trace import trace
from routing.decide import registry
from routing.decide.request import build_request
from routing.decide.visitor import decide
from routing.esl.facts import call_of
from routing.esl.protocol import UNSAFE, Message, set_variables
from routing.model.decision import Call, Continue
from routing.model.entities import (
    ENCODED,
    LONGEST_VALUE,
    AcceptedValues,
    Visitor,
    clean,
    cleaned,
    decoded,
    encoded,
    variables,
    visitor_of,
)
from routing.model.visitors import LeasesDown
from routing.offline.answering import InProcess, canned
from routing.offline.decider import EngineSilent
from routing.offline.event_socket import connect_reply
from routing.offline.events import Event, rung
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall as Dialled
from support.decision_ports import given as given_ports
from support.folders import HERE, compiled, laid_out

STEP = {"kind": "visitor", "project": "p", "pool": "site", "entities": ["region", "category"]}
VISITOR = Visitor({"region": "521", "category": "дренаж"}, {"utm_source": "google"})
LENT, OVERFLOW = "+380577280001", "+380800330521"


@given(st.text(max_size=200))
@example("${system ls}")
@example("a|b^c;d=e,f'g\"h\\i\r\nj\0k`l<m>n{o}p[q]~41%41")
@example("Дренаж, Київ (UA) & co")
def test_a_value_is_harmless_and_stays_itself(text: str) -> None:
    value = clean(text)
    assert len(value) <= LONGEST_VALUE
    assert clean(value) == value
    assert not set(value) & set("$%;=|^\\'\"`<>{}[]~\r\n\0")
    wire = encoded(value)
    assert not value or ENCODED.fullmatch(wire)
    assert not any(sign in wire for sign in (*UNSAFE, ";", "="))
    assert decoded(wire) == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [("  a  b ", "a b"), (521, "521"), (1.5, "1.5"), (True, ""), (None, ""), (["a"], ""), ("x" * 500, "x" * 64)],
)
def test_what_is_left_of_a_value(value: object, kept: str) -> None:
    assert clean(value) == kept


@pytest.mark.parametrize("wire", ["", "~", "~4", "~zz", "a b", "${x}", "a;b", "~24~7B~0A" * 100])
def test_what_is_no_value_of_ours_is_none(wire: str) -> None:
    assert "$" not in decoded(wire)
    assert not re.search(r"[{\n]", decoded(wire))


def test_only_known_names_are_kept() -> None:
    assert cleaned({"a": "1", "b": "", "c": {}, "d": "4"}, ["a", "b", "c"]) == {"a": "1"}
    assert cleaned(["a"], ["a"]) == {}


@given(st.text("aя *.", min_size=1, max_size=6), st.text("aя .", max_size=6))
def test_a_pattern_is_what_its_stars_say(pattern: str, text: str) -> None:
    value = clean(text)
    plain = ".*".join(map(re.escape, pattern.split("*")))
    assert AcceptedValues(patterns=(pattern,)).fits(value) == (bool(value) and re.fullmatch(plain, value) is not None)


def test_an_absent_value_is_never_what_is_wanted() -> None:
    assert not AcceptedValues(patterns=("*",)).fits("")
    assert AcceptedValues(patterns=("*",)).fits("x")
    assert AcceptedValues(("a", "b")).fits("b")
    assert not AcceptedValues(("a", "b")).fits("ab")


def test_a_call_carries_what_the_release_knows() -> None:
    verdict = decide(STEP, Visitor({"region": "5", "spy": "x"}, {"utm_source": "g", "cookie": "y"}))
    assert verdict.decision == Continue()
    assert verdict.variables == {"routing_entity_region": "5", "routing_source_utm_source": "g"}
    assert decide(STEP, None).outcome == "continued"


def test_the_engine_asks_the_store_and_can_do_without() -> None:
    class Held:
        def holder(self, project: str, pool: str, number: str, now: float) -> Visitor | None:
            if number == "+380577280009":
                raise LeasesDown("no answer within 50 ms")
            return VISITOR if (project, pool, number, now) == ("p", "site", LENT, 5.0) else None

    ports = given_ports(holder=Held().holder, now=lambda: 5.0)
    outcomes = [
        registry.decide(STEP, Call("u", "/r", "s", "1", number, "anonymous"), ports)
        for number in (LENT, OVERFLOW, "+380577280009")
    ]
    assert [verdict.outcome for verdict in outcomes] == ["decided", "continued", "failed"]
    assert outcomes[0].variables["routing_entity_category"] == "~D0~B4~D1~80~D0~B5~D0~BD~D0~B0~D0~B6"
    assert set_variables(outcomes[0].variables)


def test_the_next_dynamic_step_reads_it_off_the_channel() -> None:
    channel = {"uuid": "12345678", "routing_release": "/r", "routing_scheme": "a", "routing_step": "2"}
    reply = b"\n" + connect_reply(channel | variables(VISITOR) | {"routing_entity_x": "${bad}", "routing_entityx": "y"})
    call = call_of(Message(reply))
    assert (call.entities, call.source) == (VISITOR.entities, VISITOR.source)
    step = {"url": "https://h.example", "send": {"where": "entities.category", "ad": "source.utm_source"}}
    body = build_request(step, call, "id", 0).body
    assert json.loads(body) == {"where": "дренаж", "ad": "google"}
    assert visitor_of({"routing_entity_": "x", "routing_entity_A": "x"}) == Visitor()


# --- a call, through the compiled dialplan


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid_out(HERE / "good/pools", tmp_path_factory.mktemp("pools") / "schemes")


@pytest.fixture(scope="module")
def published(folder: Path) -> PublishedRelease:
    root = folder.parent / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(folder, root).folder)
    return PublishedRelease(root)


def called(published: PublishedRelease, visitor: Visitor | None, number: str = LENT) -> list[Event]:
    decider = InProcess(published.files, canned("refused"), visitor)
    events = published.run(Dialled(number, "+48501112233", datetime(2026, 11, 23, tzinfo=UTC)), decider=decider)
    assert [event for event in events if event.kind == "error"] == []
    return events


@pytest.mark.parametrize(
    ("visitor", "person"),
    [
        (Visitor({"region": "521", "category": "drainage"}), ["olena.desk"]),
        (Visitor({"region": "521", "category": "дренаж і злив"}), ["olena.desk"]),
        (Visitor({"region": "522", "category": "drainage"}), []),
        (Visitor({}, {"utm_source": "google"}), ["ivan.desk"]),
        (Visitor({}, {"utm_campaign": "big sale 5"}), ["ivan.desk"]),
        (Visitor({}, {"utm_campaign": "spring"}), []),
        (Visitor(), []),
        (None, []),
    ],
)
def test_match_asks_what_the_visitor_did(
    published: PublishedRelease, visitor: Visitor | None, person: list[str]
) -> None:
    assert rung(called(published, visitor)) == person


def test_without_a_pools_number_nothing_is_known_of_the_visitor(published: PublishedRelease) -> None:
    assert rung(called(published, Visitor({}, {"utm_source": "google"}), OVERFLOW)) == []


def test_a_silent_or_dead_engine_costs_three_seconds_at_most(published: PublishedRelease) -> None:
    for decider, until in ((lambda *_: EngineSilent(), 3000), (InProcess(published.files, canned("x"), VISITOR), 50)):
        call = Dialled(LENT, "+48501112233", datetime(2026, 11, 23, tzinfo=UTC))
        events = published.run(call, decider=decider)
        scheme = next(event for event in events if event.kind == "scheme" and event.subject == "kharkiv")
        assert scheme.at_ms <= until


def traced(folder: Path, *words: str, to: str = LENT) -> dict[str, object]:
    arguments = ["--schemes", str(folder), "--to", to, "--from", "+48501112233", "--json", *words]
    found: dict[str, object] = json.loads(CliRunner().invoke(trace, arguments, catch_exceptions=False).stdout)
    return found


def test_a_trace_takes_the_visitor_as_options(folder: Path) -> None:
    assert traced(folder, "--entity", "region=521", "--entity", "category=drainage")["rung"] == ["olena.desk"]
    assert traced(folder, "--source", "utm_source=google")["rung"] == ["ivan.desk"]
    assert traced(folder)["rung"] == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--entity", "regoin=1"), "did you mean `region`"),
        (("--source", "x=1"), "no such name"),
        (("--entity", "region=$"), "letters and digits"),
    ],
)
def test_a_trace_refuses_what_no_visitor_could_be(folder: Path, words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        traced(folder, *words)


@pytest.mark.parametrize("stars", [2, 6, 12, 30])
def test_a_pattern_of_many_stars_is_one_walk(stars):
    """Bounded by work, not by time: what backtracks here would not end in this life."""
    value = "a" * 64
    assert AcceptedValues(patterns=("*" + "a*" * stars,)).fits(value)
    assert not AcceptedValues(patterns=("*" + "a*" * stars + "b*c",)).fits(value)
    assert not AcceptedValues(patterns=tuple("*" + "a*" * stars + f"{n}" for n in range(20))).fits(value)


@given(st.text("ab*", max_size=12), st.text("ab", max_size=20))
def test_a_pattern_fits_what_its_words_say(pattern, value):
    assert AcceptedValues(patterns=(pattern,)).fits(value) == (bool(value) and fnmatch.fnmatchcase(value, pattern))
