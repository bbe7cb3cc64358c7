"""Dial strings for ``bridge``, built only from the compiled directory.

They expand only this project's own variables, which hold strictly captured digits or paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from routing.model import conference, confirming, dnd, numbers
from routing.model.caller_shown import ASSERTS, HIDES, SHOWS
from routing.model.folder import Folder
from routing.model.gateway import Gateway
from routing.model.people import Phone
from routing.model.recording import ANNOUNCES
from routing.model.srtp import MODES
from routing.steps.base import KEYS, RELEASE, person_sound_path
from routing.steps.targets import Leg

#: Seconds to press the confirm key after picking up.
CONFIRM_SECONDS = 8
#: Ring time of a colleague whose extension is dialled.
COLLEAGUE_SECONDS = 45
CONFIRM_PROMPT = "routing/confirm.wav"
#: Variables of every leg to a phone. FreeSWITCH answers a challenge, even a phone's, with the password of any gateway
#: whose realm or address matches; and the answer to a phone's hold resets the leg's RTP timeout to the default.
_PHONE = {"sip_auth_username": "-", "sip_auth_password": "-", "media_timeout": "${media_hold_timeout}"}
#: Where the phone of an account is registered, from the node's fixed dialplan: here, or at the proxy before the nodes.
REGISTERED = "${routing_phones_at}"
_KEYS_FILE = f"XML:{RELEASE}/{KEYS}.xml {KEYS}"
_NO_VARIABLES: Mapping[str, str] = {}
#: Legs do not count towards FreeSWITCH's ``sessions-per-second``: that limit is for callers, and a group has many legs.
UNTHROTTLED = {"no_throttle_limits": "true"}


def dial_string(turns: Iterable[tuple[Leg, ...]], folder: Folder, number: str, label: str = "", **extra: str) -> str:
    """The legs of a turn ring together, turns one after another. ``number``: the company's number that was dialled."""
    turns = list(turns)
    return common(turns, folder, **extra) + "|".join(together(turn, folder, number, label) for turn in turns)


def common(turns: Iterable[tuple[Leg, ...]], folder: Folder, **extra: str) -> str:
    """The start of a dial string: the variables of all legs."""
    turns = list(turns)
    timeout = {"originate_timeout": str(_longest(turns))}
    return _braces("{}", early_media(_only_gateway(turns, folder), folder) | UNTHROTTLED | timeout | extra)


def early_media(gateway: Gateway | None, folder: Folder) -> dict[str, str]:
    """What the caller hears when a phone sends early media: ringing, or that sound.

    ``gateway``: of the only leg that rings. Early media is passed on only where one leg rings: of several, FreeSWITCH
    would pass on the first.
    """
    if gateway and (gateway.early_media or folder.project.early_media) == "pass":
        return {"ignore_early_media": "false", "bridge_early_media": "true"}
    return {"ignore_early_media": "ring_ready"}


def _only_gateway(turns: Sequence[tuple[Leg, ...]], folder: Folder) -> Gateway | None:
    """The gateway of the only leg; None for a registered phone, and for several legs."""
    legs = [leg for turn in turns for leg in turn]
    return folder.gateways[_gateway_name(legs[0], folder)] if len(legs) == 1 and legs[0].phone.number else None


def _gateway_name(leg: Leg, folder: Folder) -> str:
    return leg.phone.gateway or next(iter(folder.gateways))


def together(turn: tuple[Leg, ...], folder: Folder, number: str, label: str = "") -> str:
    """The legs of one turn."""
    return ",".join(_leg(leg, folder, number, label) for leg in turn)


def invitation(turn: tuple[Leg, ...], folder: Folder, number: str, label: str = "", masks: str = "") -> str:
    """The phones of somebody who is invited to a room (`conference_set_auto_outcall`); whoever picks up first enters.

    Each leg is named by the caller's uuid and its target, so that the journal finds it. ``masks``: where their key of
    the recording leads, in this release.
    """
    variables = UNTHROTTLED | {"originate_timeout": str(_longest([turn])), "ignore_early_media": "true"}
    variables |= {conference.INVITED_BY: "${uuid}", "outcall_flags": "mintwo"}
    if folder.project.record_announcement:
        variables[ANNOUNCES] = f"${{{ANNOUNCES}}}"
    if masks:
        variables |= {"routing_release": RELEASE, conference.MASKS: f"'{masks}'"}
    joins = {
        "group_confirm_key": confirming.RUNS_EXTENSION,
        "group_confirm_file": f"'execute_extension {conference.JOINS} {_KEYS_FILE}'",
    }
    legs = (_leg(leg, folder, number, label, joins | {"origination_uuid": f"${{uuid}}.{leg.target}"}) for leg in turn)
    return _braces("{}", variables) + ",".join(legs)


def _longest(turns: Iterable[tuple[Leg, ...]]) -> int:
    """The timeout of the whole bridge, above the sum of the legs' own times."""
    return sum(max((leg.after + (leg.seconds or 0) for leg in turn), default=0) + CONFIRM_SECONDS + 2 for turn in turns)


def _leg(leg: Leg, folder: Folder, number: str, label: str, own: Mapping[str, str] = _NO_VARIABLES) -> str:
    variables = {"leg_timeout": str(leg.seconds)}
    if leg.after:
        variables["leg_delay_start"] = str(leg.after)
    if leg.phone.confirm:
        variables |= _confirm_variables(leg.phone)
    variables |= own
    if label:
        variables["origination_caller_id_name"] = f"'{label}'"
    variables["routing_target"] = leg.target
    dnd_guard = f"${{{dnd.variable(leg.target.partition('.')[0])}}}"
    if leg.phone.sip:
        variables |= _PHONE
        if srtp := leg.phone.srtp or folder.project.srtp:
            variables["rtp_secure_media_outbound"] = MODES[srtp]
        return _braces("[]", variables) + f"{dnd_guard}sofia/internal/{leg.phone.sip}{REGISTERED}"
    assert leg.phone.number
    name = _gateway_name(leg, folder)
    gateway = folder.gateways[name]
    variables |= caller_id(gateway, number)
    to = dialled(gateway, leg.phone.number, folder.project.country)
    return _braces("[]", variables) + f"{dnd_guard}sofia/gateway/{name}/{to}"


def _confirm_variables(phone: Phone) -> dict[str, str]:
    """Leg variables that request the confirm key after the pick-up; `routing.compile.keys` compiles the prompt.

    FreeSWITCH's own prompt has no reject key and does not detect in-band tones.
    """
    prompt = person_sound_path(phone.confirm_prompt or CONFIRM_PROMPT)
    keys = f"XML:{RELEASE}/{KEYS}.xml"
    return {
        "group_confirm_key": confirming.RUNS_EXTENSION,
        "group_confirm_file": f"'execute_extension {confirming.ASK} {keys} {KEYS}'",
        "group_confirm_timeout": str(CONFIRM_SECONDS),
        confirming.KEY: phone.confirm or "",
        **({confirming.REJECTS: phone.reject} if phone.reject else {}),
        confirming.SOUND: prompt,
        confirming.FILE: keys,
    }


def caller_id(gateway: Gateway, number: str) -> dict[str, str]:
    """Leg variables for the gateway's caller-ID policy; ``number`` is shown if it is one of that trunk's.

    The name is set with the number; otherwise the display name would be the caller's number. A caller without a
    number is never asserted: the company's number is.
    """
    own = number if number in gateway.numbers or not gateway.numbers else gateway.numbers[0]
    shows_caller = gateway.caller_id in ("caller", "caller_diversion")
    shown = "${routing_caller}" if shows_caller else own
    variables = {
        "origination_caller_id_number": shown,
        "origination_caller_id_name": shown,
        "sip_cid_type": "none",
    }
    company = f"<sip:{own}@{gateway.proxy}>" if own else ""
    if gateway.caller_id == "caller_diversion" and own:
        variables["sip_h_Diversion"] = f"{company};reason=unconditional"
    if gateway.caller_id == "caller_pai":
        variables["sip_h_P-Asserted-Identity"] = f"<sip:${{routing_caller}}@{gateway.proxy}>"
        variables[f"${{{ASSERTS}}}_P-Asserted-Identity"] = company
    if shows_caller:
        variables |= {f"${{{SHOWS}}}_{each}": own for each in ("number", "name")}
        variables[f"${{{HIDES}}}_Privacy"] = "id"
        variables[f"${{{HIDES}}}_P-Asserted-Identity"] = company
    return {name: value for name, value in variables.items() if value}


def dialled(gateway: Gateway, number: str, country: str | None) -> str:
    """An E.164 number in the form that the gateway's carrier expects in the project's country."""
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
