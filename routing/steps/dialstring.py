"""Dial strings for ``bridge``, built from the compiled directory and from nothing else.

The only expansions in them are this project's own variables, which hold strictly captured digits or paths.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.model import dnd, numbers
from routing.model.folder import Folder
from routing.model.project import Gateway
from routing.steps.base import sound_path
from routing.steps.targets import Leg

#: Seconds that a person has to press the confirm key after picking up.
CONFIRM_SECONDS = 8
#: Ring time of a colleague whose extension is dialled.
COLLEAGUE_SECONDS = 45
CONFIRM_PROMPT = "routing/confirm.wav"


def dial_string(turns: Iterable[tuple[Leg, ...]], folder: Folder, number: str, label: str = "", **extra: str) -> str:
    """All legs of a turn together, turns in order. ``number`` is the company's number of the called line."""
    turns = list(turns)
    return common(turns, **extra) + "|".join(together(turn, folder, number, label) for turn in turns)


def common(turns: Iterable[tuple[Leg, ...]], **extra: str) -> str:
    """The beginning of a dial string: what holds for all legs."""
    return _braces("{}", {"ignore_early_media": "true", "originate_timeout": str(_longest(turns)), **extra})


def together(turn: tuple[Leg, ...], folder: Folder, number: str, label: str = "") -> str:
    """The legs of one turn."""
    return ",".join(_leg(leg, folder, number, label) for leg in turn)


def _longest(turns: Iterable[tuple[Leg, ...]]) -> int:
    """The bound of the whole bridge, all turns together: above what the legs' own times can add up to."""
    return sum(max(leg.after + (leg.seconds or 0) for leg in turn) + CONFIRM_SECONDS + 2 for turn in turns)


def _leg(leg: Leg, folder: Folder, number: str, label: str) -> str:
    variables = {"leg_timeout": str(leg.seconds)}
    if leg.after:
        variables["leg_delay_start"] = str(leg.after)
    if leg.phone.confirm:
        variables |= {
            "group_confirm_key": leg.phone.confirm,
            "group_confirm_file": sound_path(leg.phone.confirm_prompt or CONFIRM_PROMPT),
            "group_confirm_timeout": str(CONFIRM_SECONDS),
        }
    if label:
        variables["origination_caller_id_name"] = f"'{label}'"
    variables["routing_target"] = leg.target
    undisturbed = f"${{{dnd.variable(leg.target.partition('.')[0])}}}"
    if leg.phone.sip:
        return _braces("[]", variables) + f"{undisturbed}sofia/internal/{leg.phone.sip}%${{domain}}"
    assert leg.phone.number
    name = leg.phone.gateway or next(iter(folder.gateways))
    gateway = folder.gateways[name]
    variables |= caller_id(gateway, number)
    to = dialled(gateway, leg.phone.number, folder.project.country)
    return _braces("[]", variables) + f"{undisturbed}sofia/gateway/{name}/{to}"


def caller_id(gateway: Gateway, number: str) -> dict[str, str]:
    """Leg variables for the gateway's caller-ID policy; ``number`` is shown when it is the company's on that trunk.

    The name is set with the number, else the caller's number would be shown as the display name.
    """
    own = number if number in gateway.numbers or not gateway.numbers else gateway.numbers[0]
    shown = own if gateway.caller_id in ("company", "caller_pai") else "${routing_caller}"
    variables = {
        "origination_caller_id_number": shown,
        "origination_caller_id_name": shown,
        "sip_cid_type": "none",
    }
    if gateway.caller_id == "caller_diversion" and own:
        variables["sip_h_Diversion"] = f"<sip:{own}@{gateway.proxy}>;reason=unconditional"
    if gateway.caller_id == "caller_pai":
        variables["sip_h_P-Asserted-Identity"] = f"<sip:${{routing_caller}}@{gateway.proxy}>"
    return {name: value for name, value in variables.items() if value}


def dialled(gateway: Gateway, number: str, country: str | None) -> str:
    """An E.164 number in the form that the gateway's carrier, in the project's country, wants."""
    match gateway.dial:
        case "plus":
            return number
        case "digits":
            return number.removeprefix("+")
        case _ if country and number.startswith(f"+{numbers.dialling(country)[0]}"):
            return numbers.national_digits(number)
        case _:
            return (numbers.abroad_prefix(country) if country else "00") + number.removeprefix("+")


def _braces(pair: str, variables: dict[str, str]) -> str:
    inside = ",".join(f"{name}={value}" for name, value in variables.items())
    return f"{pair[0]}{inside}{pair[1]}"
