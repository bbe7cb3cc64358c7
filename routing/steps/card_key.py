"""The keys by which a person asks for the client's card during a talk (``project: {card_key: "*4"}``)."""

from __future__ import annotations

from routing.model.card_request import CARD_CALL, CARD_CLIENT, CARD_PHONE, CARD_TARGET, FILE
from routing.model.folder import Folder
from routing.model.talk_keys import REALM
from routing.steps.base import RELEASE
from routing.steps.dialplan import Extension


def bind_card(extension: Extension, folder: Folder) -> None:
    """On the client's leg, from here on in every talk: the other leg's keys."""
    if folder.project.card_key:
        action = f"exec[H]:execute_extension,asks XML:{RELEASE}/{FILE}.xml {FILE}"
        extension.do("bind_digit_action", f"{REALM},{folder.project.card_key},{action},peer,self")


def bind_card_to_called(leg: Extension, folder: Folder) -> None:
    """On the client's leg that a person has dialled: see `bind_card`."""
    if folder.project.card_key:
        leg.set(CARD_TARGET, "${routing_target}")
        bind_card(leg, folder)


def tell_client_leg(extension: Extension, folder: Folder, client: str) -> None:
    """On the leg of a person who calls a client: the client's leg, which is dialled next, knows whose call it is."""
    if folder.project.card_key:
        extension.do("export", f"nolocal:{CARD_PHONE}=${{routing_phone}}")
        extension.do("export", f"nolocal:{CARD_CALL}=${{uuid}}")
        extension.do("export", f"nolocal:{CARD_CLIENT}={client}")
