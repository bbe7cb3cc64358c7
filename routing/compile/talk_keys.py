"""Keys during a talk (``project: {talk_keys: true}``): people's own keys only, without an engine.

They are bound to the client's leg, for whom it talks with, whoever has called; between colleagues to the caller's leg,
for both. A key takes both legs out of the bridge, and marks the one that has pressed it. The other party waits in a
room of their own, with music, and whoever pressed holds them, or asks for an extension and rings it. From there on each
way ends with who waits: `*` comes back, `#` brings the colleague along, and when whoever asks hangs up the colleague
goes there alone. Who hangs up before anybody has answered has sent the other party on, as by a REFER: they ring the
target, and without an answer the phone that sent them.

A phone that is called but is no person's has no keys: `routing_target` of such a leg is a number.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.compile.numbers import ringback_settings
from routing.compile.parking import add_places, parks
from routing.compile.people import displayed
from routing.compile.talk_parts import HOOK, talk_with, tells_of_recording
from routing.model.caller_shown import NOT_A_NUMBER
from routing.model.conference import PROFILE
from routing.model.folder import Folder
from routing.model.people import Person
from routing.model.rating import CONTEXT, WHERE
from routing.model.recording import ANNOUNCES, SOUND
from routing.model.recording import FILE as RECORDING
from routing.model.talk_keys import (
    ASK,
    ASKS,
    BACK,
    BOUND,
    COMES_BACK,
    FILE,
    HEARS,
    HOLD,
    JOIN,
    OWN_KEYS,
    PHONE,
    PRESSES,
    REALM,
    SEND,
    SENT_ON,
    TALK,
    TARGETS,
    WAITS,
)
from routing.steps.base import HEAR_TONES, RELEASE
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.recording import OTHER_LEG
from routing.steps.recording import TALK as RECORDED

#: The longest time in which the other party waits for who asks.
LONGEST_WAIT_SECONDS = 900
_SOUND = f"{RELEASE}/sounds/routing"
_RECORDINGS = f"XML:{RELEASE}/{RECORDING}.xml {RECORDING}"
#: A phone that was called, or one that has called and then knows whom it has reached.
_IS_PERSON = Condition("${direction}@${routing_target}@${routing_phone}", rf"^(?:\w+@{PHONE}@.*|inbound@[^@]*@.+)$")


def talk_context(folder: Folder) -> Context:
    """Binding, asking, waiting and every way out."""
    context = Context(TALK)
    keys = keys_of(folder)
    _bind(context, keys)
    add_places(context, folder)
    for what in keys:
        pressed = context.extension(f"{what}_pressed", _IS_PERSON)
        pressed.set(PRESSES, "true")
        pressed.do("transfer", f"-both {what} {FILE}")
        asks = _leaves(context.extension(what, Condition(f"${{{PRESSES}}}", "^true$")))
        if what == "hold":
            _holds(asks)
        elif what == "park":
            parks(asks)
        else:
            _asks(asks, folder, sends=what == "send")
        context.extension(what).do("transfer", f"waits {FILE}")
    _shown(context, folder)
    _waits(context)
    in_room = _keys_in_room(context, folder)
    _ends_asking(context, keys, in_room, announces=bool(folder.project.record_announcement))
    return context


def keys_of(folder: Folder) -> dict[str, str]:
    """What each key of a talk does: name -> key."""
    parking = folder.project.parking
    return {"ask": ASK, "send": SEND, "hold": HOLD, **({"park": parking.keys} if parking else {})}


def _bind(context: Context, keys: Mapping[str, str]) -> None:
    """Once a call. Legs that are dialled later know the release and whose call they belong to."""
    for whose, legs in (("called", ("peer",)), ("caller", ()), ("both", ("peer", "self"))):
        bind = context.extension(whose, Condition(f"${{{BOUND}}}", "^$"))
        bind.do("export", f"{BOUND}=${{uuid}}")
        bind.do("export", f"routing_release={RELEASE}")
        for leg in legs:
            _bind_leg(bind, leg, keys)
        if "self" in legs:
            bind.set(OWN_KEYS, "true")
    _bind_leg(context.extension("client", Condition(f"${{{BOUND}}}", ".")), "peer", keys)


def _bind_leg(bind: Extension, leg: str, keys: Mapping[str, str]) -> None:
    for what, key in keys.items():
        action = f"exec[i]:execute_extension,{what}_pressed {FILE},{leg},{leg}"
        bind.do("bind_digit_action", f"{REALM},{key},{action}")
    bind.do("digit_action_set_realm", f"{REALM},{leg}")


def _leaves(here: Extension) -> Extension:
    """Whoever has pressed the key leaves the other party alone: hanging up, they are rung again."""
    here.set(PRESSES, "")
    here.set(ASKS, "true")
    here.do("export", f"{WAITS}=${{bridge_uuid}}")
    here.set(HOOK, COMES_BACK)
    return here


def _holds(here: Extension) -> None:
    """Nothing is heard until the same key."""
    here.do("bind_digit_action", f"holding,{HOLD},exec[i]:transfer,back {FILE}")
    here.do("digit_action_set_realm", "holding")
    here.do("execute_extension", HEAR_TONES)
    here.do("playback", f"silence_stream://{LONGEST_WAIT_SECONDS * 1000}")
    here.do("hangup", "NORMAL_CLEARING")


def _asks(here: Extension, folder: Folder, *, sends: bool) -> None:
    """Read the target, ring it, and come back without a talk."""
    here.do("clear_digit_action", "all")
    here.set("continue_on_fail", "true")
    here.set("hangup_after_bridge", "false")
    here.do("execute_extension", HEAR_TONES)
    here.do("play_and_get_digits", f"2 15 1 6000 # {_SOUND}/beep.wav silence_stream://20 routing_digits ^[0-9]+$ 2500")
    here.do("execute_extension", f"typed {FILE}")
    here.do("execute_extension", f"shown {FILE}")
    if sends:
        here.do("hangup", "NORMAL_CLEARING")
        return
    for name, value in ringback_settings(folder.project.country):
        here.set(name, value)
    here.set("bridge_pre_execute_aleg_app", "execute_extension")
    here.set("bridge_pre_execute_aleg_data", f"reached {FILE}")
    here.set(OTHER_LEG, "")  # the colleague is no client
    tells_of_recording(here, folder)
    here.do("export", "nolocal:transfer_after_bridge=join:XML:routing_talk")
    for key, way in ((BACK, "back"), (JOIN, "join")):
        here.do("bind_digit_action", f"asking,{key},exec[i]:transfer,-both {way} {FILE}")
    here.do("digit_action_set_realm", "asking")
    here.set("origination_cancel_key", BACK)
    here.set("import", "none")  # who asks is still the one whose phone it is
    here.do("execute_extension", f"${{routing_digits}} XML:{RELEASE}/{TALK}.xml {TARGETS}")
    here.do("playback", f"{_SOUND}/invalid.wav")
    here.do("transfer", f"back {FILE}")


def _shown(context: Context, folder: Folder) -> None:
    """The colleague's phone shows who asks; a leg that was called has no number of its own."""
    for name, person in sorted(folder.people.items()):
        shown = context.extension("shown", Condition("${direction}@${routing_target}", rf"^outbound@{name}\."))
        shown.set("effective_caller_id_number", person.extension or next(iter(_accounts(person)), name))
        shown.set("effective_caller_id_name", displayed(person.name))
        for variable, value in (("routing_caller", "anonymous"), *NOT_A_NUMBER.items()):
            shown.set(variable, value)


def _accounts(person: Person) -> list[str]:
    """The SIP accounts of a person's phones."""
    return [phone.sip for phone in person.phones.values() if phone.sip]


def _waits(context: Context) -> None:
    """The other party waits with music, in a room of their own, until somebody comes; with nobody there it ends."""
    waits = context.extension("waits")
    waits.do("sched_transfer", f"+{LONGEST_WAIT_SECONDS} nobody XML routing_transferred")
    waits.do("execute_extension", f"left {_RECORDINGS}")
    waits.set("hangup_after_conference", "false")
    waits.do("conference", f"${{uuid}}@{PROFILE}+flags{{mintwo}}")
    waits.do("execute_extension", f"rates {FILE}")
    waits.do("hangup", "NORMAL_CLEARING")
    context.extension(HEARS).do("execute_extension", RECORDED)
    rates = context.extension("rates", Condition(f"${{{WHERE}}}", "^(.+)$"))
    rates.do("transfer", f"$1 XML {CONTEXT}")
    typed = context.extension("typed", Condition("${routing_digits}", "."))
    typed.set(HOOK, SENT_ON)
    context.extension("reached").set(HOOK, "")


def _ends_asking(context: Context, keys: Mapping[str, str], in_room: str, *, announces: bool) -> None:
    """Whoever asked, and with `join` the colleague, goes into the room of who waits. Who is not there any more has
    ended the call. The colleague hears first that it is recorded, as everybody who enters a recorded room."""
    context.extension("back", Condition(f"${{{ASKS}}}", "^$")).do("hangup", "NORMAL_CLEARING")
    for way in ("back", "join"):
        enters = context.extension(way)
        enters.do("clear_digit_action", "all")
        enters.set(HOOK, "")
        enters.do("sched_cancel", f"${{{WAITS}}}")
        if way == "back":
            enters.set(ASKS, "")
            enters.do("execute_extension", f"again {FILE}")
            talk_with(enters)
        else:
            if announces:
                enters.do("execute_extension", f"listens {FILE}")
            if in_room:
                enters.do("execute_extension", in_room)
            enters.do("conference", f"${{{WAITS}}}@{PROFILE}+flags{{mintwo|join-only}}")
        enters.do("hangup", "NORMAL_CLEARING")
    if announces:
        colleague = Condition(f"${{{ASKS}}}", "^$")
        context.extension("listens", colleague, Condition(f"${{{ANNOUNCES}}}", SOUND)).do("playback", "$1")
    again = context.extension("again", Condition(f"${{{OWN_KEYS}}}", "^true$"))
    _bind_leg(again, "self", keys)


def _keys_in_room(context: Context, folder: Folder) -> str:
    """Who waited has no other leg in a room, whose keys theirs would look at: a person's own leg has the keys of the
    recording there, which run on the leg that records."""
    project = folder.project
    keys = {"mask": project.record_pause, "keyed": project.record_key}
    if not any(keys.values()):
        return ""
    in_room = context.extension("in_room", _IS_PERSON)
    for what, key in keys.items():
        if key:
            action = f"api:uuid_broadcast,${{{WAITS}}} execute_extension::{what} aleg,self,self"
            in_room.do("bind_digit_action", f"{REALM},{key},{action}")
            context.extension(what).do("execute_extension", f"{what} {_RECORDINGS}")
    return f"in_room {FILE}"
