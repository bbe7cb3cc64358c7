"""The offline switch: executes compiled XML as FreeSWITCH 1.10.12 does, with a virtual clock and scripted phones.

``run`` is a pure function of its arguments, apart from the decider and the files port. Knows nothing of schemes, of the
engine or of the compiler.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime

from routing.model.callback_call import CONTEXT, CallbackCall
from routing.offline import legs
from routing.offline.applications import APPLICATIONS, NEED_MEDIA
from routing.offline.argument import harmless
from routing.offline.decider import Decider, refused
from routing.offline.events import Event
from routing.offline.files import Files
from routing.offline.intercepting import join
from routing.offline.leaving import HandedOver, LegState
from routing.offline.limits import Limits
from routing.offline.line import CallerLine, HungUp
from routing.offline.phones import PhoneTransfer, ScriptedCaller, ScriptedPhones
from routing.offline.profile import Profile
from routing.offline.running import RunningCall, Sounds
from routing.offline.world import World

SOUND_MS = 3_000
#: The context of calls from carriers.
INBOUND = "routing_inbound"
#: The context of calls from phones.
INSIDE = "routing_internal"
#: The domain in the INVITE's addresses.
DOMAIN = "carrier.invalid"


@dataclass(frozen=True)
class OfflineCall:
    """A call to run: the number dialled, the caller's number, the aware moment of its INVITE.

    ``name`` is the display name of the From header, ``context`` the SIP profile's context, ``dialplan`` its dialplan,
    ``variables`` those of the SIP profile or the user's directory entry, ``max_forwards`` the SIP header's value.
    """

    to: str
    caller: str
    at: datetime
    name: str = ""
    context: str = INBOUND
    dialplan: str = "XML"
    uuid: str = "00000000-0000-4000-8000-000000000001"
    max_forwards: int = 70
    variables: tuple[tuple[str, str], ...] = ()
    #: The call is a callback: nobody calls, and ``caller`` is the client.
    calls_back: CallbackCall | None = None


def callback(call: CallbackCall, at: datetime) -> OfflineCall:
    """The call of a callback that begins at an aware moment."""
    return OfflineCall(
        call.destination, call.client, at, context=CONTEXT, dialplan=call.dialplan, uuid=call.uuid, calls_back=call
    )


def login(account: str, phone: str) -> tuple[tuple[str, str], ...]:
    """The variables of a registered phone's call: account ``1001`` of phone ``ivan.desk``."""
    person = phone.partition(".")[0]
    return (
        ("sip_auth_username", account),
        ("routing_account", account),
        ("routing_person", person),
        ("routing_phone", phone),
    )


def three_seconds(path: str) -> int | None:
    """Every sound exists and lasts three seconds."""
    return SOUND_MS


def run(
    call: OfflineCall,
    files: Files,
    dialplan: str,
    phones: ScriptedPhones | None = None,
    caller: ScriptedCaller | None = None,
    *,
    decider: Decider = refused,
    sounds: Sounds = three_seconds,
    globals_: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    world: World | None = None,
) -> list[Event]:
    """Run one call to its end and return its events. The last event is always ``end``.

    ``dialplan`` is the text of the fixed dialplan; ``files`` reads the release; ``limits`` holds the counts that calls
    of the same switch share, ``world`` the clock, globals and phones of the calls at the same time: then this runs in
    one of its scripts, else in a world of its own.
    """
    caller, limits = caller or ScriptedCaller(), limits or Limits()
    own = world is None
    shared = World() if world is None else world
    line = _line(call, _globals(globals_ or {}, shared), caller.hangs_up_after_ms, shared)
    running = RunningCall(
        line, caller, phones or ScriptedPhones(), files, dialplan, decider, sounds, limits, _run_application, _dial,
        join, rooms=shared.rooms,
    )  # fmt: skip
    if not own:
        _carry(running, call)
        return line.events
    shared.begin(round(call.at.timestamp() * 1000), lambda: _carry(running, call))
    shared.run()
    return line.events


def _line(
    call: OfflineCall, known: MutableMapping[str, str], gives_up_ms: int | None, world: World | None
) -> CallerLine:
    line = CallerLine(_profile(call), call.at, known, None if call.calls_back else gives_up_ms, world=world)
    line.variables.update(_of_nobody(line, call.calls_back) if call.calls_back else _from_invite(call))
    line.set("max_forwards", str(call.max_forwards))
    line.variables.update(dict(call.variables))
    line.note("call", call.calls_back.number if call.calls_back else call.to, f"from {call.caller}")
    line.hear("nothing")
    return line


def _carry(running: RunningCall, call: OfflineCall) -> HandedOver | None:
    """Run a call; return to whom it hands over the party that its phone holds, if it does."""
    line = running.line
    running.party = dict(call.variables).get("routing_phone", "")
    line.talks(running.party)  # a calling phone is in use too
    legs.begins(running)
    try:
        running.route()
    except HungUp as end:
        legs.ended(running)
        legs.wait_for_others(running)
        line.note("end", end.cause, end.who)
        return None
    except HandedOver as reached:
        legs.ended(running)
        line.note("end", "ATTENDED_TRANSFER", "transfer")
        return reached


def _dial(
    held: RunningCall, phone: str, sends: PhoneTransfer, leaves_ms: int | None
) -> tuple[list[Event], HandedOver | None]:
    """The consultation call of a phone that holds another call's party: see `routing.offline.running.Dial`."""
    line = held.line
    account = next((known for known, target in held.phones.aliases.items() if target == phone), phone)
    uuid = f"{line.profile.uuid}.{len(held.transferred_by)}"
    call = OfflineCall(sends.to, account, line.moment, context=INSIDE, uuid=uuid, variables=login(account, phone))
    own_line = _line(call, line.globals, leaves_ms, line.world)
    consulting = ScriptedCaller(consults=True)
    running = replace(
        held, line=own_line, caller=consulting, actions=0, typed=0, depth=0, transferred_by=set(),
        own=LegState(),
    )  # fmt: skip
    reached = _carry(running, call)
    return running.line.events, reached


def _globals(given: Mapping[str, str], world: World | None) -> MutableMapping[str, str]:
    """FreeSWITCH's global variables; those of a world keep the values that its calls set."""
    known = world.globals if world else {}
    for name, value in {"hostname": "offline", **given}.items():
        known.setdefault(name, value)
    return known


def _from_invite(call: OfflineCall) -> dict[str, str]:
    """The variables that mod_sofia sets from the INVITE's headers.

    FreeSWITCH sets no variable to a text that it would expand.
    """
    headers = {"sip_from_user": call.caller, "sip_from_uri": f"{call.caller}@{DOMAIN}", "sip_from_display": call.name}
    headers |= {"sip_req_user": call.to, "sip_to_user": call.to}
    clean = {name: value for name, value in headers.items() if value and "${" not in value}
    return {"direction": "inbound", **clean}


def _of_nobody(line: CallerLine, call: CallbackCall) -> dict[str, str]:
    """The variables of a leg that FreeSWITCH originates to nobody: it is answered from the beginning."""
    line.answered = line.media = True
    return {"direction": "outbound", "endpoint_disposition": "ANSWER", **call.variables}


def _profile(call: OfflineCall) -> Profile:
    number, name = harmless(call.caller), harmless(call.name or call.caller)
    return Profile(harmless(call.to), call.context, call.dialplan, name, number, call.uuid, ani=number)


def _run_application(call: RunningCall, name: str, data: str) -> None:
    application = APPLICATIONS.get(name)
    if application is None:
        call.line.note("error", f"unknown application {name}")
        raise HungUp("DESTINATION_OUT_OF_ORDER", "dialplan")
    if name in NEED_MEDIA:
        call.line.pre_answer()
    call.line.set("current_application", name)
    application(call, data)
