"""The project's setting ``parking``: clients wait in places with numbers, and anybody of the company picks them up."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from routing.model.fields import Fields, Id, OneOrMany, Seconds, parsed_by, refuse, shown
from routing.model.recording import PauseKey
from routing.model.spoken import Phrase, SpokenSound

#: The key of `parking`, where it names none.
PARK = "*7"
#: Of who is parked: the place; how often they came back from it unheard.
PLACE, ROUNDS = "routing_place_taken", "routing_parked_rounds"
#: Of who is parked: the client's number for the phone that picks them up, or nothing.
SHOWN = "routing_place_shows"
#: ``true``: this leg has picked up who was parked.
PICKS = "routing_picks"
#: Rounds of waiting before a call ends.
MOST_ROUNDS = 3
MOST_PLACES = 50
_PLACES = re.compile(r"([1-9]\d{1,5})-([1-9]\d{1,5})")


def _places(value: Any) -> str:
    found = _PLACES.fullmatch(value) if isinstance(value, str) else None
    if found is None or len(found[1]) != len(found[2]):
        raise refuse(f"{shown(value)} are no places", 'write the first and the last, `"701-720"`')
    if not 0 <= int(found[2]) - int(found[1]) < MOST_PLACES:
        raise refuse(f"{shown(value)} are no places", f"the first, then the last; at most {MOST_PLACES}")
    return found[0]


class Parking(Fields):
    """Places in which clients wait with music."""

    key: PauseKey | None = Field(
        None, description="A person's keys in a talk that park the other party; default: `*7`."
    )
    places: Annotated[
        str, BeforeValidator(parsed_by(_places)), WithJsonSchema({"type": "string", "pattern": f"^{_PLACES.pattern}$"})
    ] = Field("701-720", description="The numbers of the places: dialled, they pick up who waits there.")
    for_: Seconds = Field(
        120, alias="for", ge=10, le=900, description="How long somebody waits until the phone that parked them is rung."
    )
    otherwise: Annotated[list[Id], OneOrMany] = Field(
        default_factory=list, description="People who are rung in turn when that phone does not answer."
    )

    @property
    def keys(self) -> str:
        """What a person presses."""
        return self.key or PARK

    @property
    def numbers(self) -> tuple[str, ...]:
        """The places."""
        first, _, last = self.places.partition("-")
        return tuple(str(number) for number in range(int(first), int(last) + 1))


def waiting_in(number: str, project: str) -> str:
    """The global variable of who waits in a place: their leg, the call it is of, and the client's number, between
    `@`; or who parks somebody there.

    Projects on one FreeSWITCH may have places of the same numbers: nobody picks up another one's client.
    """
    return f"routing_parked_{project}_n{number}"


def leaves(place: str, whose: str) -> str:
    """The command at the end of a leg that gives its place (`waiting_in`) free, if it is still its own."""
    return f"global_setvar {place}=={whose}"


def spoken(number: str) -> SpokenSound:
    """The place's number, digit by digit."""
    return SpokenSound.of({"": Phrase("", " ".join(number))})
