"""The live board's page and its stream: who gets what, when it ends, how a switch is followed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from werkzeug.test import EnvironBuilder

from routing.desk.board import Board
from routing.desk.live_feed import LiveFeed, trunk_states
from routing.desk.live_hub import BoardStream, Scope, Viewer
from routing.desk.live_serving import LiveSettings, event_sockets
from routing.desk.live_surroundings import SurroundingsReader, queues_in
from routing.desk.plan import plan_of
from routing.esl.protocol import EventSocket
from routing.model.problem import UserFailure
from support.desk_bed import TABLE, DeskVisitor
from support.live_desk import LiveBed
from support.waiting import until
from support.wire_switch import Switch


def stream_of(bed: LiveBed, visitor: DeskVisitor) -> tuple[BoardStream, Iterator[bytes]]:
    cookie = visitor.client.get_cookie("desk_session")
    assert cookie is not None
    environ = EnvironBuilder("/live/stream", headers={"Cookie": f"desk_session={cookie.value}"}).get_environ()
    stream = bed.application.wsgi_app(environ, lambda status, headers, exc_info=None: print)
    assert isinstance(stream, BoardStream)
    return stream, iter(stream)


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[LiveBed]:
    bed = LiveBed(tmp_path)
    yield bed
    bed.close()


def data(message: bytes) -> dict[str, Any]:
    return dict(json.loads(message.decode().partition("data: ")[2]))


def test_a_manager_sees_every_call_and_a_head_those_of_their_people(bed: LiveBed) -> None:
    bed.calls.conversation("a", "ivan", "+380670000001")
    bed.calls.conversation("b", "maria", "+380670000002")
    bed.turn()
    everything = bed.signed_in("nataliia").get("/live").text
    assert "+380670000001" in everything and "+380670000002" in everything and "Maria Lys" in everything
    own = bed.signed_in("olena").get("/live").text
    assert "+380670000001" in own and "+380670000002" not in own and "Maria Lys" not in own


def test_the_stream_begins_with_the_whole_board_and_goes_on_with_changes(bed: LiveBed) -> None:
    bed.calls.conversation("a", "ivan")
    bed.hub.look()
    bed.turn()
    _, parts = stream_of(bed, bed.signed_in("nataliia"))
    whole = data(next(parts))
    assert (
        whole["whole"] and whole["order"] == ["a"] and set(whole["sections"]) == {"tiles", "queues", "people", "trunks"}
    )
    bed.turn()
    bed.calls.conversation("b", "petro", "+380670000009")
    bed.turn()
    change = data(next(parts))
    assert change["order"] == ["a", "b"] and set(change["calls"]) == {"b"}
    assert "queues" not in change["sections"]
    bed.calls.ends("a")
    bed.calls.ends("a-ivan")
    bed.turn()
    assert data(next(parts))["order"] == ["b"]


def test_who_connects_again_gets_the_whole_board(bed: LiveBed) -> None:
    visitor = bed.signed_in("nataliia")
    _, parts = stream_of(bed, visitor)
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    assert bed.hub.viewers == set()
    bed.calls.conversation("a", "ivan")
    bed.turn()
    assert data(next(stream_of(bed, visitor)[1]))["order"] == ["a"]


def test_viewers_of_one_scope_get_the_same_message_drawn_once(bed: LiveBed) -> None:
    visitors = [bed.signed_in("nataliia") for _ in range(3)]
    streams = [stream_of(bed, visitor)[1] for visitor in visitors]
    for parts in streams:
        next(parts)
    drawn = []
    draw = bed.hub.draw
    bed.hub.draw = lambda picture, scope: (drawn.append(scope), draw(picture, scope))[1]
    bed.calls.conversation("a", "ivan")
    bed.turn()
    messages = [next(parts) for parts in streams]
    assert len(drawn) == 1 and messages[0] is messages[1] is messages[2]


def test_a_head_hears_of_no_call_of_others(bed: LiveBed) -> None:
    _, parts = stream_of(bed, bed.signed_in("olena"))
    next(parts)
    bed.calls.conversation("b", "maria", "+380670000002")
    bed.calls.conversation("a", "ivan", "+380670000001")
    bed.turn()
    message = next(parts).decode()
    assert "+380670000001" in message and "+380670000002" not in message


@pytest.mark.parametrize("what", ["session", "role", "release"])
def test_a_stream_ends_when_its_right_does(bed: LiveBed, what: str) -> None:
    _, parts = stream_of(bed, bed.signed_in("nataliia"))
    next(parts)
    if what == "session":
        bed.services.sessions.end("nataliia")
    elif what == "role":
        users = {**TABLE["users"], "nataliia": {"role": "person", "name": "Nataliia"}}
        bed.plan = plan_of(TABLE | {"users": users})
    else:
        bed.plan = None
    bed.turn()
    assert list(parts) == []
    assert bed.hub.viewers == set()


def test_a_viewer_who_does_not_read_is_ended_and_not_kept_for(bed: LiveBed) -> None:
    viewer = Viewer("nataliia", "", Scope(None, "en"))
    for number in range(30):
        viewer.put(b"%d" % number)
    assert viewer.next(0) == b""


def test_no_more_viewers_than_the_desk_carries(bed: LiveBed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.desk.pages.live.MOST_VIEWERS", 1)
    visitor = bed.signed_in("nataliia")
    _, parts = stream_of(bed, visitor)
    next(parts)
    assert visitor.client.get("/live/stream").status_code == 503


def test_one_user_does_not_take_the_places_of_the_others(bed: LiveBed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.desk.pages.live.MOST_OF_USER", 2)
    visitor = bed.signed_in("nataliia")
    streams = [stream_of(bed, visitor)[1] for _ in range(2)]
    for parts in streams:
        next(parts)
    assert visitor.client.get("/live/stream").status_code == 429
    assert next(stream_of(bed, bed.signed_in("ops"))[1])


def test_names_from_outside_are_text(bed: LiveBed) -> None:
    bed.calls.comes("a", "<script>alert(1)</script>", routing_scheme="<b>", routing_kind='"><img src=x>')
    bed.turn()
    visitor = bed.signed_in("nataliia")
    for page in (visitor.get("/live").text, "".join(data(next(stream_of(bed, visitor)[1]))["calls"].values())):
        assert "<script>alert" not in page and "<img" not in page and '<b>"' not in page
        assert "&lt;script&gt;" in page


def test_a_lost_switch_is_said_on_the_page(bed: LiveBed) -> None:
    bed.calls.board.lost("127.0.0.1:8021", "refused")
    bed.turn()
    assert "FreeSWITCH 127.0.0.1:8021 cannot be reached" in bed.signed_in("nataliia").get("/live").text


def test_nobody_is_asked_while_nobody_looks(bed: LiveBed) -> None:
    asked = []
    bed.hub.surroundings = lambda: (asked.append(1), bed.calls.about)[1]
    bed.turn()
    assert asked == []
    bed.signed_in("nataliia").get("/live")
    bed.turn()
    assert asked == [1]
    bed.clock_s += 100
    bed.turn()
    assert asked == [1]


class CallingSwitch(Switch):
    """An event socket with one call in a scheme, whose list can be stale."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = {
            ("call-1", "routing_scheme"): "kyiv",
            ("call-1", "routing_step"): "2.1",
            ("leg-1", "routing_target"): "ivan.desk",
            ("leg-1", "originator"): "call-1",
        }

    def api(self, command: str) -> str:
        if command.startswith("uuid_getvar"):
            _, uuid, name = command.split()
            return self.facts.get((uuid, name), "_undef_" if uuid == "leg-1" else "-ERR No such channel!\n")
        if command.startswith("sofia"):
            return (
                "<gateways><gateway><name>main</name><x/><state>REGED</state><status>UP</status></gateway></gateways>"
            )
        return super().api(command)


@pytest.fixture
def followed() -> Iterator[tuple[CallingSwitch, Board]]:
    switch, board = CallingSwitch(), Board()
    switch.channels = [{"uuid": "leg-1"}, {"uuid": "call-1", "direction": "inbound"}]
    where = EventSocket("127.0.0.1", switch.server.server_port, "right")
    feed = LiveFeed(where, board, turn_s=0.01, list_s=0.02, retry_s=0.01)
    following = gevent.spawn(feed.run)
    yield switch, board
    following.kill()
    switch.server.stop()
    for sock in switch.socks:
        sock.close()


def test_a_switch_is_followed_and_its_lists_find_what_events_did_not_say(followed: tuple[CallingSwitch, Board]) -> None:
    switch, board = followed
    until(lambda: any(node.is_known and len(node.legs) == 2 for node in board.nodes.values()))
    (node,) = board.nodes.values()
    assert node.legs["leg-1"].rung_by == "call-1" and node.legs["leg-1"].whose == "ivan.desk"
    assert node.registered == {"1001", "1002"} and node.trunks == {"main": "REGED"}
    switch.facts = {**switch.facts, ("call-1", "routing_step"): "3"}
    until(lambda: node.legs["call-1"].facts["routing_step"] == "3")
    switch.tell("CHANNEL_HANGUP", **{"Unique-ID": "leg-1"})
    until(lambda: "leg-1" not in node.legs)


def test_a_killed_switch_loses_its_rows_and_a_restarted_one_begins_anew(followed: tuple[CallingSwitch, Board]) -> None:
    switch, board = followed
    until(lambda: any(len(node.legs) == 2 for node in board.nodes.values()))
    switch.channels = []
    for sock in switch.socks:
        sock.close()
    until(lambda: all(node.is_known and not node.legs for node in board.nodes.values()))
    (name,) = board.nodes
    switch.server.stop()
    for sock in switch.socks:
        sock.close()
    until(lambda: not board.nodes[name].is_known and board.nodes[name].why)


def test_states_of_gateways() -> None:
    text = "<gateways>\n<gateway>\n<name>a</name><state>NOREG</state><status>UP</status></gateway>" \
           "<gateway><name>b</name><state>REGED</state><status>DOWN</status></gateway></gateways>"  # fmt: skip
    assert trunk_states(text) == {"a": "NOREG", "b": "DOWN"}
    assert trunk_states("-ERR") == {}


def test_queues_of_a_release(tmp_path: Path) -> None:
    person = {"name": "ivan.desk", "person": "ivan", "sip": ["1001"], "outside": False, "seconds": 20}
    step = {"kind": "queue", "name": "sales", "people": [person], "project": "shop", "sign_in": True}
    (tmp_path / "kyiv.json").write_text(json.dumps({"steps": {"1": step, "2": {"kind": "crm"}}}))
    (tmp_path / "odd.json").write_text("[")
    assert queues_in(tmp_path) == {"sales": (("ivan",), True)}


def test_an_engine_that_is_not_there_leaves_the_board_without_its_queues() -> None:
    def fails(question: Any, address: str) -> list[dict[str, Any]]:
        raise OSError("refused")

    found = SurroundingsReader(["127.0.0.1:1"], lambda: {}, None, fails)(plan_of(TABLE))
    assert found.pictures == [] and found.phones["maria"] == ((), True)


def test_event_sockets_stand_beside_spools_or_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "event_socket.json").write_text('{"port": 8021, "password": "x"}')
    assert event_sockets(LiveSettings(spools=[tmp_path / "spool"])) == [EventSocket("127.0.0.1", 8021, "x")]
    monkeypatch.setenv("ROUTING_ESL_PASSWORD", "y")
    assert event_sockets(LiveSettings(nodes=["127.0.0.1:9"])) == [EventSocket("127.0.0.1", 9, "y")]
    monkeypatch.delenv("ROUTING_ESL_PASSWORD")
    with pytest.raises(UserFailure, match="needs its password"):
        event_sockets(LiveSettings(nodes=["127.0.0.1:9"]))
    with pytest.raises(UserFailure, match="cannot be read"):
        event_sockets(LiveSettings(spools=[tmp_path / "none" / "spool"]))
