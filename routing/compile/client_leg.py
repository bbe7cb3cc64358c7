"""Calls that a person makes: the client's leg, which is the called one, records, and knows the keys of the talk.

So the recording, its mask and the keys stay with the client when the person sends them on, parks them, or connects them
with a colleague, as in a call that comes in. The person's leg runs ``by_client_leg`` before it dials: what it would do
itself becomes an extension that the client's leg runs when the talk begins (``client``). The file has the name of the
person's leg, which is the call's. Its sides stay as they are: the caller's first, then the called one's.

Of FreeSWITCH 1.10.12: a recording that has followed a transfer (``recording_follow_transfer``) cannot be masked any
more, because the channel's pointer to it stays with the old leg. Keys that a leg's own bindings have looked at are not
looked at by those of the other leg: all keys of a talk are bound to one of them. A leg runs what belongs to the
beginning of a talk a fifth of a second after it, and again in each later bridge.
"""

from __future__ import annotations

from routing.compile.recording import FROM_START, PLACE
from routing.model.caller_shown import PERSON_LEG
from routing.model.folder import Folder
from routing.model.recording import ANNOUNCE, BY_KEY, CLIENT, CLIENT_LEG, INTO, RECORDING, SCHEME, SOUND
from routing.model.talk_keys import KEYS_OF_CLIENT_LEG
from routing.steps.base import RELEASE
from routing.steps.card_key import bind_card_to_called
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.recording import OTHER_LEG, TALK, heard, record_key

#: What the client's leg records: by the variable that says it, which is the same on both legs.
_SIDES = {"both": "RECORD_STEREO", "client": "RECORD_READ_ONLY", "person": "RECORD_WRITE_ONLY"}
_BY_KEY, _NOTHING = "key", "nothing"
#: The client's number, the file, the release's folder, the announcement.
_ARGUMENTS = r"@([^@]*)@(/.+?\.wav|)@(/.+?)@(.*)$"
_ANNOUNCED_HERE = f"alongside {PLACE}"


def add_client_leg(context: Context, folder: Folder) -> None:
    """``by_client_leg`` and ``alongside`` on the person's leg, ``client`` on the client's."""
    announces = bool(folder.project.record_announcement)
    for what, variable in _SIDES.items():
        records = Condition(f"${{{RECORDING}}}", "."), Condition(f"${{{variable}}}", "^true$")
        moves = context.extension("by_client_leg", *records)
        moves.set("bridge_pre_execute_aleg_app", "execute_extension" if announces else "")
        moves.set("bridge_pre_execute_aleg_data", _ANNOUNCED_HERE if announces else "")
        _passes_on(moves, what, RECORDING)
        moves.set(INTO, f"${{{RECORDING}}}")
        moves.set(RECORDING, "")
    if folder.project.record_key or folder.project.talk_keys or folder.project.card_key:
        _passes_on(context.extension("by_client_leg"), _BY_KEY if folder.project.record_key else _NOTHING, INTO)
    if announces:
        plays = context.extension("alongside", Condition(f"${{{ANNOUNCE}}}", SOUND))
        plays.do("playback", "$1")
        heard(plays)
    _client(context, folder)


def _passes_on(here: Extension, what: str, file: str) -> None:
    data = "@".join(("client", what, *(f"${{{each}}}" for each in (CLIENT, file)), RELEASE, f"${{{ANNOUNCE}}}"))
    here.set(OTHER_LEG, "execute_extension")
    here.set("bridge_pre_execute_bleg_data", f"{data} {PLACE}")


def _client(context: Context, folder: Folder) -> None:
    """Once: a leg runs it again in each later bridge. The talk may have been moved before its recording began."""
    ready = Condition(f"${{{CLIENT_LEG}}}", "^true$")
    context.extension("client", ready, FROM_START, pattern="^client@").do("execute_extension", TALK)
    context.extension("client", ready, pattern="^client@").do("log", "DEBUG this leg is ready")
    for what in (*_SIDES, _BY_KEY, _NOTHING):
        leg = context.extension("client", pattern=f"^client@{what}{_ARGUMENTS}")
        for name, value in ((CLIENT_LEG, "true"), (CLIENT, "$1"), (INTO, "$2"), ("routing_release", "$3"),
                            (PERSON_LEG, "peer"), ("RECORD_STEREO_SWAP", "true")):  # fmt: skip
            leg.set(name, value)
        if folder.project.talk_keys:
            leg.do("execute_extension", KEYS_OF_CLIENT_LEG)
        bind_card_to_called(leg, folder)
        if what in _SIDES:
            leg.set(RECORDING, "$2")
            leg.set(_SIDES[what], "true")
            leg.set(ANNOUNCE, "$4")
            if folder.project.record_key:
                leg.set(BY_KEY, SCHEME)
            leg.do("execute_extension", TALK)
        elif what == _BY_KEY and folder.project.record_key:
            record_key(leg, folder.project.record_key)
