"""A person asks for a client's card by keys: the call goes on, the engine gets strict facts, no secret."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.decide.card import card_in, notice_of, pop_of_card
from routing.esl.card_events import card_request_of
from routing.esl.facts import NotACall
from routing.esl.protocol import Message
from routing.model.call import Call
from routing.model.card_request import CARD_CALL, CARD_CLIENT, CARD_PHONE, CardRequest
from routing.model.lookup import Failed, NoOwnerFound, Owner, OwnerFound
from routing.model.notice import for_queue, from_queue
from routing.model.pop import Card
from routing.model.typed_digits import TypedDigits
from routing.offline.events import talked
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall, login
from routing.testing.kinds import is_kind
from support.folders import HERE, compiled, laid_out

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
CLIENT = "+380671234567"
PHONE = "answers after 1s, presses *4 after 2s, presses *4 after 4s, talks 20s"


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> PublishedRelease:
    place = tmp_path_factory.mktemp("cards")
    release = compiled(laid_out(HERE / "good/card_key", place / "schemes"), place / "root")
    (place / "root/current").symlink_to(release.folder)
    return PublishedRelease(place / "root")


def cards(events) -> list[str]:
    return [event.subject for event in events if is_kind(event, "card")]


def test_a_person_who_is_called_asks_as_often_as_they_press_and_the_talk_goes_on(company) -> None:
    phones = ScriptedPhones.of({"ivan.desk": PHONE})
    events = company.run(OfflineCall("+380800330521", CLIENT, NOON), phones)
    assert cards(events) == ["ivan.desk"] * 2
    assert [event.subject for event in events if event.kind == "tag"] == ["card"]
    (talk,) = [event for event in events if event.kind == "talk_end"]
    assert talk.lasted_ms == 20_000


def test_at_most_five_times_a_call(company) -> None:
    presses = ", ".join(f"presses *4 after {second}s" for second in range(2, 12))
    phones = ScriptedPhones.of({"ivan.desk": f"answers after 1s, {presses}, talks 20s"})
    assert len(cards(company.run(OfflineCall("+380800330521", CLIENT, NOON), phones))) == 5


def test_the_clients_keys_do_nothing(company) -> None:
    phones = ScriptedPhones.of({"ivan.desk": "answers after 1s, talks 20s"})
    caller = ScriptedCaller("", presses=(("*4", 3000),))
    events = company.run(OfflineCall("+380800330521", CLIENT, NOON), phones, caller)
    assert talked(events) == "ivan.desk" and cards(events) == []


def test_a_person_who_calls_a_client_asks_too(company) -> None:
    phones = ScriptedPhones.of({CLIENT: "answers after 1s, presses *4 after 3s, talks 20s"})
    call = OfflineCall("0671234567", "1001", NOON, context="routing_internal", variables=login("1001", "ivan.desk"))
    caller = ScriptedCaller("", presses=(("*4", 4000),))
    assert cards(company.run(call, phones, caller)) == ["ivan.desk"]


def event(**variables: str) -> Message:
    facts = {
        "routing_release": "/r", "routing_scheme": "b", "routing_number": "+380800330521", "routing_caller": CLIENT,
        "routing_target": "ivan.desk", "routing_cards": "xx", "routing_label": "Romashka $(x)",
        "routing_entity_region": "kyiv", "secret_ask_pin": "1122", "routing_ask_order": "4711", **variables,
    }  # fmt: skip
    by = facts.pop("by", "called")
    lines = [f"Event-Name: CUSTOM\nUnique-ID: 12345678-aa\nrouting_card_by: {by}"]
    lines += [f"variable_{name}: {value}" for name, value in facts.items()]
    return Message(("\n" + "\n".join(lines) + "\n").encode())


#: What the client's leg knows of a call that a person makes.
MADE = {
    CARD_PHONE: "olena.desk", CARD_CALL: "87654321-bb", CARD_CLIENT: CLIENT,
    "routing_caller": "", "routing_scheme": "",
}  # fmt: skip


def test_what_an_event_says() -> None:
    asked = card_request_of(event())
    assert (asked.person, asked.phone, asked.n, asked.name) == ("ivan", "ivan.desk", 2, "Romashka (x)")
    assert (asked.call.caller, asked.call.scheme, asked.call.number) == (CLIENT, "b", "+380800330521")
    assert asked.call.entities == {"region": "kyiv"} and asked.call.typed.plain == {"order": "4711"}


def test_of_a_call_that_a_person_makes_the_client_is_whom_they_called() -> None:
    asked = card_request_of(event(**MADE, routing_target=CLIENT, by="caller"))
    assert (asked.person, asked.call.caller, asked.call.scheme) == ("olena", CLIENT, "")
    assert asked.call.uuid == "87654321-bb"  # of the person's leg, which is the call's
    sent_on = card_request_of(event(**MADE))
    assert (sent_on.person, sent_on.call.caller, sent_on.call.uuid) == ("ivan", CLIENT, "87654321-bb")


@pytest.mark.parametrize(
    "facts",
    [
        {"routing_target": "+380671234567"}, {"routing_target": "ivan"}, {"routing_cards": ""},
        {"routing_cards": "xxxxxx"}, {"routing_release": "relative"}, {"by": "caller"},
        MADE | {CARD_CLIENT: "1002"}, MADE | {CARD_CALL: "wrong uuid"},
    ],
)  # fmt: skip
def test_an_event_that_is_not_whole_is_none(facts) -> None:
    with pytest.raises(NotACall):
        card_request_of(event(**facts))


CALL = Call(
    "12345678", "/r", "b", "", "+380800330521", CLIENT, entities={"region": "kyiv"}, source={"utm_source": "google"},
    typed=TypedDigits({"order": "4711"}, {"pin": "1122"}), tags=("card", "vip"),
)  # fmt: skip
ASKED = CardRequest(CALL, "ivan.desk", 1, "Romashka")
FOUND = OwnerFound("deal", "7", Owner("17"), "ТОВ\nКиївбуд", "https://crm.example.com/deal/7")


def test_the_first_crm_with_a_card_is_the_last_one_that_is_asked() -> None:
    def answers():
        yield "one", Failed("no answer")
        yield "two", NoOwnerFound("nobody")
        yield "three", FOUND
        raise AssertionError("another CRM was asked")

    card = card_in(answers())
    assert card == Card("three", "deal", "7", "ТОВ Київбуд", "https://crm.example.com/deal/7")
    assert card_in([("one", Failed("no answer"))]) is None


def test_a_card_has_what_is_known_and_nothing_secret() -> None:
    notice = notice_of(ASKED, card_in([("three", FOUND)]), "p", 1_795_424_700.0)
    assert notice.id == "card-12345678-1"
    assert (notice.person, notice.client, notice.name) == ("ivan", CLIENT, "ТОВ Київбуд")
    assert notice.typed == {"order": "4711"} and "1122" not in for_queue(notice)
    assert from_queue(for_queue(notice)).card["url"] == "https://crm.example.com/deal/7"
    assert notice_of(ASKED, None, "p", 0.0).name == "Romashka"
    pop = pop_of_card(ASKED, None)
    assert (pop.person, pop.phones, pop.by) == ("ivan", ("ivan.desk",), "card_key")
    assert (pop.name, pop.card) == ("Romashka", None)
    assert "1122" not in str(pop.as_json())
