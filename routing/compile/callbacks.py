"""How an order to call a client back becomes a call: one file of the release.

The engine originates a leg of nobody (`null` of mod_loopback) into ``person`` or ``client``. That leg is the call in
the journal, and its uuid is the attempt's; FreeSWITCH remembers for a day that it has had it. Who picks up first
goes on alone: ``bridge_pre_execute_bleg_app`` transfers their leg out of the bridge with nobody, whose leg ends.

``person``: nobody's leg runs the scheme as a call of the client. A person who picks up hears what it is and may refuse
(``offered``, by the confirm-key mechanism of ``bridge``: then the scheme goes on). Their leg dials the client
(``connect``). ``client``: nobody's leg dials the client; who presses the key (``asked``) enters the scheme (``enter``).

A colleague's order for a person who was busy: `routing.compile.awaited`.

Numbers come from the engine's destination by strict captures. `destinations` are checked where the client is dialled,
and before a person is disturbed. The client sees the number that they called, by the gateway that has it.
"""

from __future__ import annotations

import re

from routing.compile.awaited import add_colleagues
from routing.compile.callback_parts import add_rates, call_settings, file_of, once, then_on
from routing.compile.people import (
    LONGEST_OUTSIDE_SECONDS,
    MOST_OUTSIDE_CALLS,
    carrier_prefix,
    dialled_pattern,
)
from routing.model import confirming, numbers
from routing.model.callback_call import CALL_OF, CONTEXT, DIAL, PLACE, UNHEARD
from routing.model.callback_causes import UNWANTED
from routing.model.callback_settings import ACCEPT, Callbacks
from routing.model.entities import ENTITY, SOURCE, SOURCES
from routing.model.folder import Folder
from routing.model.gateway import Gateway
from routing.model.rating import WHERE
from routing.model.talk_keys import BOUND
from routing.steps import recording
from routing.steps.base import KEYS, person_sound_path
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.dialstring import CONFIRM_PROMPT, UNTHROTTLED

WHISPER = "routing/callback.wav"
FAILED = "routing/invalid.wav"
#: The key of a person who refuses the call.
REFUSE = "2"
#: How long the client's phone rings; how long they may take to press the key, every try; how long a person may hear
#: what it is, and press a key of their own.
RING_SECONDS, ASK_SECONDS, OFFER_SECONDS = 40, 30, 30
_TRIES, _WAIT_MS = 2, 3000
#: After the whisper: more silence than a person needs to press a key would keep those who take the call waiting.
_REFUSE_MS = 1000
_PRESSED = "routing_pressed"
#: How the scheme records talks, into the file of nobody's leg: it is their leg that talks.
_RECORDING = recording.SETTINGS
_NUMBER = r"(\+\d{7,15})"
#: Client, the company's number, scheme, the release's folder; in ``connect`` without the scheme.
_ORDER = rf"@{_NUMBER}@{_NUMBER}@([a-z][a-z0-9_]*)@(/.+)$"
_PARTIES = rf"@{_NUMBER}@{_NUMBER}@(/.+)$"


def callback_contexts(folder: Folder, settings: Callbacks) -> tuple[Context, Context]:
    """The dialplan of callbacks, and the one that dials clients."""
    context = Context(CONTEXT)
    _person(context, folder, settings)
    _client(context, folder, settings)
    add_colleagues(context, folder)
    return context, _dial_context(folder)


def _person(context: Context, folder: Folder, settings: Callbacks) -> None:
    """``person``, ``offered``, ``connect``."""
    start = once(context, "person", _ORDER, 4)
    call_settings(start, folder, release="$4", passes_on=(*_RECORDING, WHERE))
    start.set(UNHEARD, "true")
    _asks(start, "offered@$4", "$4", OFFER_SECONDS)
    then_on(start, "connect@$1@$2@$4", "$4")
    start.do("transfer", f"allowed@$3@$4 {file_of('$4')}")
    captured = Condition("destination_number", r"^allowed@([a-z][a-z0-9_]*)@(/.+)$")
    for region in _regions(folder):
        allowed = Condition("${routing_caller}", numbers.destination_pattern(region))
        context.extension("allowed", allowed, captured, pattern="^allowed@").do(
            "transfer", "start XML:$2/schemes/$1.xml $1"
        )
    context.extension("allowed", pattern="^allowed@").do("hangup", "OUTGOING_CALL_BARRED")
    whisper = settings.whisper or WHISPER
    # the calling leg's variables take precedence: a phone with a confirm key of its own is asked for it here
    own_key = Condition("${routing_confirm}", ".")
    captured = Condition("destination_number", r"^offered@(/.+)$")
    confirmed = context.extension("offered", own_key, captured, pattern="^offered@")
    confirmed.do("execute_extension", f"{confirming.ASK} XML:$1/{KEYS}.xml {KEYS}")
    confirmed.do("execute_extension", f"whispered@$1 {file_of('$1')}")
    for name in ("offered", "whispered"):
        offered = context.extension(name, pattern=rf"^{name}@(/.+)$")
        offered.set("signal_bond", "")  # as where a confirm key is asked for: no REFER takes this leg elsewhere
        _ask(offered, whisper, REFUSE, tries=1, wait_ms=_REFUSE_MS)
        offered.do("execute_extension", f"refused {file_of('$1')}")
    context.extension("refused", Condition(f"${{{_PRESSED}}}", f"^{REFUSE}$")).do("hangup", "CALL_REJECTED")
    _connect(context.extension("connect", pattern=f"^connect{_PARTIES}"), folder)
    add_rates(context)


def _connect(connect: Extension, folder: Folder) -> None:
    """The leg of a person who has taken the call dials the client."""
    call_settings(connect, folder, release="$3")
    connect.set("import", "none")  # the leg's target stays the person's phone
    connect.set("routing_phone", "${routing_target}")
    connect.do("export", f"nolocal:{CALL_OF}=${{originating_leg_uuid}}")
    if folder.project.talk_keys:  # they are the person's, as in a call that they make: the client's leg knows them
        connect.do("export", f"{BOUND}=${{originating_leg_uuid}}")
        connect.do("export", "routing_release=$3")
    recording.parties(connect, folder, "${routing_caller}", "self")
    recording.record_talks(connect, folder.project.record, folder, person="self")
    recording.by_client_leg(connect, "${routing_caller}", folder)
    connect.do("execute_extension", f"rates {file_of('$3')}")
    connect.do("execute_extension", f"$1 {file_of('$3', DIAL)}")
    connect.do("playback", f"$3/sounds/{FAILED}")
    connect.do("hangup", "NORMAL_CLEARING")


def _client(context: Context, folder: Folder, settings: Callbacks) -> None:
    """``client``, ``asked``, ``enter``."""
    start = once(context, "client", _ORDER, 4)
    call_settings(start, folder, release="$4", passes_on=_facts(folder))
    _asks(start, "asked@$4", "$4", ASK_SECONDS)
    then_on(start, "enter@$1@$2@$3@$4", "$4")
    start.do("execute_extension", f"$1 {file_of('$4', DIAL)}")
    start.do("transfer", f"ended {file_of('$4')}")
    dialled = Condition("${originate_disposition}", r"^([A-Z][A-Z0-9_]{1,39})$")
    context.extension("ended", dialled).do("hangup", "$1")
    context.extension("ended").do("hangup", "NORMAL_CIRCUIT_CONGESTION")
    asking = context.extension("asked", pattern=r"^asked@(/.+)$")
    asking.set("signal_bond", "")
    keys = f"{ACCEPT}{settings.withdraw_key}"
    _ask(asking, settings.prompt or CONFIRM_PROMPT, keys, tries=_TRIES, wait_ms=_WAIT_MS)
    asking.do("execute_extension", f"accepted {file_of('$1')}")
    context.extension("accepted", Condition(f"${{{_PRESSED}}}", f"^{ACCEPT}$")).set("routing_confirmed", "true")
    # the journal takes this cause for the client's wish, which is confirmed by two tones
    withdrawn = Condition(f"${{{_PRESSED}}}", f"^{re.escape(settings.withdraw_key)}$")
    unwanted = context.extension("accepted", withdrawn)
    unwanted.do("playback", "${routing_release}/sounds/routing/done.wav")
    unwanted.do("hangup", UNWANTED)
    context.extension("accepted").do("hangup", "CALL_REJECTED")
    enter = context.extension("enter", pattern=f"^enter{_ORDER}")
    call_settings(enter, folder, release="$4")
    enter.do("sched_hangup", f"+{LONGEST_OUTSIDE_SECONDS} ALLOTTED_TIMEOUT")
    enter.do("transfer", "start XML:$4/schemes/$3.xml $3")


def _facts(folder: Folder) -> tuple[str, ...]:
    """The variables of the client's place in a queue and of the visitor's facts."""
    entities = sorted(folder.project.tracking.entities) if folder.project.tracking else []
    return (PLACE, *(f"{ENTITY}{name}" for name in entities), *(f"{SOURCE}{name}" for name in SOURCES))


def _asks(extension: Extension, label: str, release: str, seconds: int) -> None:
    """Every leg runs an extension when it is picked up, and has won if it is still up afterwards."""
    extension.set("group_confirm_key", confirming.RUNS_EXTENSION)
    extension.set("group_confirm_file", f"execute_extension {label} {file_of(release)}")
    extension.set("group_confirm_timeout", seconds)


def _ask(extension: Extension, sound: str, key: str, tries: int, wait_ms: int) -> None:
    extension.do("execute_extension", f"tones XML:$1/{KEYS}.xml {KEYS}")
    sounds = f"{person_sound_path(sound, '$1')} silence_stream://100"
    extension.do("play_and_get_digits", f"1 1 {tries} {wait_ms} none {sounds} {_PRESSED} ^[{key}]$")


def _regions(folder: Folder) -> tuple[str, ...]:
    return folder.project.regions if folder.gateways else ()


def _dial_context(folder: Folder) -> Context:
    """Dials the client by the gateway that has the company's number, else by the first one."""
    context = Context(DIAL)
    gateways = list(folder.gateways.items())
    for name, gateway in gateways:
        if gateway.numbers:
            own = "|".join(re.escape(number) for number in sorted(gateway.numbers))
            _dials(context, folder, name, gateway, "${routing_number}", Condition("${routing_number}", f"^(?:{own})$"))
    for name, gateway in gateways[:1]:
        _dials(context, folder, name, gateway, next(iter(gateway.numbers), "${routing_number}"))
    context.extension("barred", pattern="^").do("hangup", "OUTGOING_CALL_BARRED")
    return context


def _dials(context: Context, folder: Folder, name: str, gateway: Gateway, shown: str, *conditions: Condition) -> None:
    """The `destinations`, by a gateway, with the company's number that the client sees."""
    home = folder.project.country
    for region in _regions(folder):
        allowed = Condition("destination_number", numbers.destination_pattern(region))
        dialled = Condition("destination_number", dialled_pattern(gateway, region, home))
        extension = context.extension(region, *conditions, allowed, dialled, pattern=r"^\+\d{7,15}$")
        extension.do("sched_hangup", f"+{LONGEST_OUTSIDE_SECONDS} ALLOTTED_TIMEOUT")
        common = UNTHROTTLED | {"originate_timeout": str(RING_SECONDS + ASK_SECONDS + 2)}
        leg = {
            "leg_timeout": str(RING_SECONDS),
            "routing_target": "${routing_caller}",
            "origination_caller_id_number": shown,
            "origination_caller_id_name": shown,
            "sip_cid_type": "none",
        }
        to = f"sofia/gateway/{name}/{carrier_prefix(gateway, region, home)}$1"
        bridge = f"{{{_joined(common)}}}[{_joined(leg)}]{to}"
        extension.do("limit_execute", f"hash routing outside {MOST_OUTSIDE_CALLS} bridge {bridge}")
        extension.do("sched_cancel", "${uuid}")


def _joined(variables: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in variables.items())
