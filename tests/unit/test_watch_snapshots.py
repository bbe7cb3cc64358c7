"""Snapshots of FreeSWITCH: whose the legs are, and what is asked for them."""

from __future__ import annotations

import json

from routing.esl.watch import Channel, Snapshots

LEGS = {
    "client": {},
    "phone": {"routing_target": "ivan.desk", "originator": "client"},
    "caller": {"routing_target": "ivan.desk", "routing_person": "petro"},
}


class Switch:
    """Answers of FreeSWITCH; ``asked``: legs whose variables were read."""

    def __init__(self) -> None:
        self.legs = {uuid: dict(variables) for uuid, variables in LEGS.items()}
        self.asked: list[str] = []
        self.directions: dict[str, str] = {}

    def ask(self, *commands: str) -> list[str]:
        return [self._answer(command.split()[1:]) for command in commands]

    def _answer(self, command: list[str]) -> str:
        if command[0] == "show":
            rows = [{"uuid": uuid, "direction": self.directions.get(uuid, "outbound")} for uuid in self.legs]
            return json.dumps({"rows": rows if command[1] == "channels" else []})
        self.asked.append(command[1])
        return self.legs[command[1]].get(command[2], "_undef_")


def test_whose_legs_they_are():
    found = Snapshots(Switch().ask).take()
    assert found.channels == (
        Channel("client", ""), Channel("phone", "ivan.desk", "client"), Channel("caller", "petro"),
    )  # fmt: skip


def test_a_callers_leg_is_not_of_the_person_who_has_answered_it():
    """FreeSWITCH copies the variable to it, and the caller may be there when the person has hung up."""
    switch = Switch()
    switch.legs["client"]["routing_target"] = "ivan.desk"
    switch.directions["client"] = "inbound"
    assert Channel("client", "") in Snapshots(switch.ask).take().channels


def test_legs_of_clients_are_asked_about_twice_and_those_of_people_always():
    switch = Switch()
    snapshots = Snapshots(switch.ask)
    pictures = [snapshots.take() for _ in range(4)]
    assert len(set(pictures)) == 1
    assert [switch.asked.count(uuid) for uuid in LEGS] == [3 * 2, 3 * 4, 3 * 4]
    switch.legs["phone"]["routing_target"] = "olena.desk"
    assert Channel("phone", "olena.desk", "client") in snapshots.take().channels


def test_a_leg_whose_dialplan_has_just_begun_is_looked_at_again():
    switch = Switch()
    switch.legs["late"] = {}
    snapshots = Snapshots(switch.ask)
    snapshots.take()
    switch.legs["late"]["routing_person"] = "olena"
    assert Channel("late", "olena") in snapshots.take().channels


def test_legs_that_ended_are_forgotten():
    switch = Switch()
    snapshots = Snapshots(switch.ask)
    for _ in range(3):
        snapshots.take()
    del switch.legs["client"]
    assert [each.uuid for each in snapshots.take().channels] == ["phone", "caller"]
    assert snapshots._of_nobody == {}
