"""The dialplans that ring a person, a phone, an internal number or an allowed outside number.

The engine's decisions end here: they contain ids and digits, and these files build the dial strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from routing.compile.codes import add_colleague_codes, dialled_codes
from routing.compile.picking import add_picking
from routing.compile.templates import render
from routing.model import forms, numbers
from routing.model.addresses import without_port
from routing.model.decision import LABEL, ring_for
from routing.model.folder import Folder
from routing.model.gateway import Gateway
from routing.model.ringing import Wave
from routing.model.srtp import MODES
from routing.model.talk_keys import BOTH, CALLER
from routing.steps import targets
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.dialstring import (
    COLLEAGUE_SECONDS,
    CONFIRM_SECONDS,
    UNTHROTTLED,
    caller_id,
    dial_string,
    early_media,
)
from routing.steps.recording import by_client_leg, has_client_leg, record_talks
from routing.steps.targets import Leg

_SECONDS = r"([1-9]\d{0,2})"
RING_FOR = Condition("${routing_ring_for}", f"^{_SECONDS}$")
#: The output of `clean_name`, checked again by FreeSWITCH; in hex, because `${` in a regex would be expanded.
SAFE_LABEL = r"^([^\x00-\x1f\x22\x24-\x27\x2c\x3a-\x3e\x40\x5b-\x5e\x60\x7b-\x7d]{1,160})$"
#: Label for a phone's unanswered call: hangs up with the other side's cause, or because the number is barred.
ENDED = "ended"
RANG_TO_THE_END = Condition("${originate_disposition}", "^ALLOTTED_TIMEOUT$")
#: Most concurrent calls to outside numbers that people or webhooks request.
MOST_OUTSIDE_CALLS = 100
#: Longest call to an outside number that people or webhooks request.
LONGEST_OUTSIDE_SECONDS = 4 * 3600
_PLACE = 999_990


def person_context(name: str, folder: Folder) -> Context:
    """``<person>`` rings the phones in their `ring`, ``<person>.<phone>`` one phone, for ``routing_ring_for`` seconds.

    A person's phones ring in waves: ``routing_ring_for`` lists the times of the first waves, the others do not ring.
    """
    context = Context("person")
    phones = folder.people[name].phones
    legs = targets.alone(name, folder)
    waves = targets.waves(legs)
    for reached in range(len(waves), 0, -1):
        _ring(context, name, legs, waves[:reached], folder)
    for label, phone in phones.items():
        if phone.sip or folder.gateways:
            leg = Leg(f"{name}.{label}", phone)
            _ring(context, leg.target, (leg,), (targets.wave(leg),), folder)
    return context


def _ring(context: Context, label: str, legs: tuple[Leg, ...], waves: tuple[Wave, ...], folder: Folder) -> None:
    """With the engine's label, if there is one; each captured ring time applies to the legs of its wave."""
    named = Condition(f"${{{LABEL}}}", SAFE_LABEL)
    times = Condition("${routing_ring_for}", f"^{','.join([_SECONDS] * len(waves))}$")
    for conditions, name in (((named, times), f"${{{LABEL}}}"), ((times,), "")):
        context.extension(label, *conditions).do("bridge", _bridge(legs, waves, folder, name))


def _bridge(legs: tuple[Leg, ...], waves: tuple[Wave, ...], folder: Folder, label: str) -> str:
    # a capture replaces the ring time: the legs are written with a placeholder that is no valid time
    place = {wave: _PLACE + capture for capture, wave in enumerate(waves, 1)}
    timed = tuple(replace(leg, seconds=place[wave]) for leg in legs if (wave := targets.wave(leg)) in place)
    number = next((numbers[0] for gateway in folder.gateways.values() if (numbers := gateway.numbers)), "")
    text = dial_string([timed], folder, number, label)
    text = re.sub(r"originate_timeout=\d+", f"originate_timeout={300 + CONFIRM_SECONDS}", text)
    return re.sub(rf"leg_timeout={_PLACE // 10}(\d)", r"leg_timeout=$\1", text)


def internal_context(folder: Folder) -> Context:
    """The dialplan of registered phones: feature codes, extensions and accounts, outside numbers."""
    context = Context("internal")
    for code, place in dialled_codes():
        context.extension(code).do("transfer", place)
    add_colleague_codes(context, folder)
    add_picking(context, folder)
    for extension, name in sorted(folder.extensions.items()):
        _colleague(context, extension, name, name, as_colleague(name, folder), folder)
    for account, phone in sorted(folder.accounts.items()):
        if account in folder.extensions:  # of the same person, who rings on all phones
            continue
        _colleague(context, account, phone, phone.partition(".")[0], str(COLLEAGUE_SECONDS), folder)
    for pattern, dial in outside_forms(folder):
        outside = context.extension("outside", pattern=pattern)
        outside.set("routing_ring_for", 60)
        # people hear the carrier's announcements
        outside.set("bridge_early_media", "true")
        record_talks(outside, folder.project.record, folder, client=dial, person="self")
        if folder.project.talk_keys:
            outside.do("execute_extension", CALLER)
        if has_client_leg(folder):
            by_client_leg(outside, dial, folder)
        outside.do("execute_extension", f"{dial} XML:{RELEASE}/outbound.xml outbound")
        outside.do("transfer", f"{ENDED} XML:{RELEASE}/internal.xml internal")
    dialled = Condition("${originate_disposition}", r"^([A-Z][A-Z0-9_]{1,39})$")
    context.extension(ENDED, RANG_TO_THE_END).do("hangup", "NO_ANSWER")
    context.extension(ENDED, dialled).do("hangup", "$1")
    context.extension(ENDED).do("hangup", "OUTGOING_CALL_BARRED")
    return context


def colleagues_context(folder: Folder) -> Context:
    """What callers in a menu may dial: only extensions; without an answer the scheme goes on."""
    context = Context("colleagues")
    for extension, name in sorted(folder.extensions.items()):
        dialled = context.extension(extension)
        dialled.set("routing_ring_for", as_colleague(name, folder))
        dialled.do("execute_extension", f"{name} XML:{RELEASE}/people/{name}.xml person")
    return context


def as_colleague(person: str, folder: Folder) -> str:
    """The ring times of a person whose extension is dialled."""
    return ring_for(targets.waves(targets.alone(person, folder)) or (Wave(),), COLLEAGUE_SECONDS)


def _colleague(context: Context, dialled: str, target: str, person: str, ring_for: str, folder: Folder) -> None:
    """Without an answer the phone shows the cause; do-not-disturb counts as busy."""
    extension = context.extension(dialled)
    _talk(extension)
    if folder.project.talk_keys:
        extension.do("execute_extension", BOTH)
    extension.set("routing_ring_for", ring_for)
    extension.do("execute_extension", f"{target} XML:{RELEASE}/people/{person}.xml person")
    extension.do("transfer", f"{ENDED} XML:{RELEASE}/internal.xml internal")


def _talk(extension: Extension) -> None:
    """Hang up after a talk, and continue after a failed bridge."""
    extension.set("continue_on_fail", "true")
    extension.set("hangup_after_bridge", "true")


def outside_forms(folder: Folder) -> Iterator[tuple[str, str]]:
    """Regexes of outside numbers as dialled in the project's country, and their E.164 form."""
    found: dict[str, str] = {}
    for form in forms.dialled_forms(folder.project.country):
        captures = "".join(f"${at}" for at in range(1, form.captures + 1))
        found.setdefault(f"^{form.expression}$", form.before + captures)
    yield from found.items()


def outbound_context(folder: Folder) -> Context:
    """The outside numbers that may be dialled, through the first gateway with its caller-ID policy."""
    context = Context("outbound")
    if not folder.gateways:
        return context
    name, gateway = next(iter(folder.gateways.items()))
    home = folder.project.country
    for region in folder.project.regions:
        allowed = Condition("destination_number", numbers.destination_pattern(region))
        dialled = Condition("destination_number", dialled_pattern(gateway, region, home))
        extension = context.extension(region, allowed, RING_FOR, dialled, pattern=r"^\+\d{7,15}$")
        extension.set("continue_on_fail", "true")
        extension.set("hangup_after_bridge", "true")
        extension.do("sched_hangup", f"+{LONGEST_OUTSIDE_SECONDS} ALLOTTED_TIMEOUT")
        # above the limit nothing is dialled and the call goes on, as without an answer
        limit = f"hash routing outside {MOST_OUTSIDE_CALLS}"
        extension.do("limit_execute", f"{limit} bridge {_outside(name, region, folder)}")
        extension.do("sched_cancel", "${uuid}")
    return context


def dialled_pattern(gateway: Gateway, region: str, home: str | None) -> str:
    """A regex that captures the part of an E.164 number that follows the carrier's prefix."""
    if gateway.dial == "plus":
        return r"^(\+\d{7,15})$"
    if gateway.dial == "national" and region == home:
        return rf"^\+{numbers.dialling(region)[0]}(\d{{4,14}})$"
    return r"^\+(\d{7,15})$"


def carrier_prefix(gateway: Gateway, region: str, home: str | None) -> str:
    """What the carrier wants before that part."""
    if gateway.dial != "national":
        return ""
    if region == home:
        return numbers.dialling(region)[1]
    return numbers.abroad_prefix(home) if home else "00"


def _outside(name: str, region: str, folder: Folder) -> str:
    """The dial string; the caller's own leg decides whether they hear ringing (calls from outside) or early media."""
    gateway, home = folder.gateways[name], folder.project.country
    heard = early_media(gateway, folder)
    variables = {
        **(heard if "bridge_early_media" in heard else {}),
        **UNTHROTTLED,
        "originate_timeout": "${routing_ring_for}",
        "routing_target": "$1",
        **caller_id(gateway, gateway.numbers[0] if gateway.numbers else ""),
    }
    inside = ",".join(f"{key}={value}" for key, value in variables.items() if value)
    return f"{{{inside}}}sofia/gateway/{name}/{carrier_prefix(gateway, region, home)}$1"


def directory_xml(folder: Folder, passwords: Mapping[str, str]) -> str:
    """The SIP accounts with their passwords; write it with mode 0600."""
    users = []
    for account, phone in sorted(folder.accounts.items()):
        name = phone.partition(".")[0]
        person = folder.people[name]
        users.append(
            {
                "account": account,
                "password": passwords[account],
                "person": name,
                "phone": phone,
                "number": person.extension or account,
                "srtp": MODES.get(person.phones[phone.partition(".")[2]].srtp or folder.project.srtp or "", ""),
                "name": displayed(person.name),
            }
        )
    return render("release/directory.xml.j2", users=users)


def displayed(name: str) -> str:
    """A person's name as phones show it, without characters that would end a display name or an address."""
    return " ".join(re.sub(r'["<>\\]', " ", name).split())


def gateway_xml(name: str, gateway: Gateway, password: str) -> str:
    """One gateway with its password; write it with mode 0600."""
    registers = gateway.register_ and gateway.username is not None
    return render(
        "release/gateway.xml.j2",
        gateway_name=name,
        gateway=gateway,
        realm=gateway.realm or without_port(gateway.proxy),
        srtp=MODES.get(gateway.srtp or "", ""),
        password=password,
        registers=registers,
    )
