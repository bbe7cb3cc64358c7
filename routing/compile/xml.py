"""From dialplans to XML text; the result is parsed again and compared.

This module enforces that compiled dialplans only expand this project's own variables (security): an expansion that is
not on the list is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.etree import ElementTree

from routing.compile.templates import render
from routing.model.conference import PAUSED_SCRIPT
from routing.model.inline import APPLICATION, MODULE
from routing.model.rating import AS_TALK_BEGINS
from routing.model.talk_keys import COMES_BACK, IN_ROOM, SENT_ON
from routing.model.typed_digits import FORGETS
from routing.steps.dialplan import Condition, Context, Extension

#: Channel and global variables that dialplans may expand. Caller input in them is harmless: `routing_caller` is a
#: number, a word or `anonymous`, captured by an entry dialplan; `routing_legs` consists of compiled dial strings;
#: `switch_r_sdp` is the other side's SDP, which is only matched.
ALLOWED = frozenset(
    """
    routing_release routing_scheme routing_language routing_caller routing_number routing_caller_pays routing_jumps
    routing_hours routing_phones_at
    routing_digits routing_digits_invalid routing_further routing_further_invalid
    routing_decision routing_asked routing_answered routing_ring_for routing_label routing_waits
    routing_noted routing_left routing_legs routing_by uuid
    routing_entered routing_offers routing_say routing_said routing_next routing_ringback routing_tries routing_verdict
    routing_duty routing_place routing_arrived routing_rest profile_created_time
    routing_known routing_known_by_crm routing_dnd routing_message routing_told routing_person recordings_dir
    endpoint_disposition originate_disposition transfer_ringback media_hold_timeout
    routing_tags routing_cards routing_hides routing_asserts routing_shows routing_leg switch_r_sdp
    routing_card_phone routing_card_target
    routing_confirm routing_reject routing_confirm_asks routing_confirm_file routing_pressed
    routing_asking_tried routing_asking_restarted routing_asking_rest routing_asking_sounds
    read_terminator_used read_result
    routing_listen_missed routing_listen_silent detect_audio_timeout
    routing_opening routing_opening_today routing_opening_days routing_opening_weekday routing_opening_hour
    routing_opening_minute routing_spoken routing_played current_application_response
    routing_unheard routing_target routing_camped RECORD_READ_ONLY
    RECORD_STEREO limit_usage secret_room_pin routing_admitted routing_in_room routing_invited_by
    routing_room_masks routing_room_pauses
    routing_talk routing_held routing_asks routing_phone bridge_uuid direction
    routing_rate routing_rating routing_rate_tried routing_called_back originating_leg_uuid
    routing_recording routing_announce routing_announces routing_client routing_person_leg routing_masked
    routing_whisper
    routing_record_by_key routing_presses routing_record_into routing_client_leg routing_own_keys RECORD_WRITE_ONLY
    routing_caller_passes routing_refused_scheme
    routing_inline RECORD_COMMENT routing_place_taken routing_place_shows routing_parked_rounds routing_with_outside
    """.split()
)
_EXPANSION = re.compile(r"\$\{([^}]*)\}?")
#: Families of such variables: manual overrides, do-not-disturb, results of lists and calendars, the visitor's facts
#: (encoded, `model.entities`), digits that the caller has typed. Secret ones are not among them: what is expanded is
#: in the call record.
FAMILY = re.compile(
    r"(?:(?:hours|opens)_|routing_(?:dnd|list|branch|entity|source|ask|lookup|alone|parked|cut)_)[a-z][a-z0-9_]{0,63}"
)
#: What the extension of a number compares for its refusals of floods; a number may be a placeholder. The dialled number
#: is there what an entry dialplan has captured.
_REFUSALS = re.compile(
    r"\$\{routing_caller_passes\}\$\{routing_flood_(?:[0-9]{1,15}|@digits@)\}@\$\{destination_number\}"
)
#: Variables with input from callers, pages and partners. They are clean, but FreeSWITCH expands its results again: `$`
#: at the end of one value and `{...}` at the start of the next would be an expansion.
_FROM_OUTSIDE = (
    r"routing_(?:caller|client|digits|digits_invalid|further|further_invalid|label|decision|answered|ring_for|asking_rest|spoken"
    r"|(?:entity|source|ask|lookup)_\w+)"
)
_ADJACENT = re.compile(rf"\$\{{{_FROM_OUTSIDE}\}}\$\{{|\$\{{\w+\}}\$\{{{_FROM_OUTSIDE}\}}")
#: Variables that make FreeSWITCH run a command. Few are needed: at a hangup, to forget a PIN and to send on who waits;
#: as the room of who waits opens, an announcement; as a talk that may be rated begins, an extension of the step itself.
_FORBIDDEN_VARIABLES = re.compile(r"(?:^|[,{\[|])(?:nolocal:)?(?:api_|execute_on_)\w*=")
_COMMANDS = "|".join(map(re.escape, (FORGETS, COMES_BACK, SENT_ON)))
_BEGINS = (
    r"execute_extension (?:[a-z0-9_.]+|\$1)\.begins XML:\$\{routing_release\}/schemes/([a-z][a-z0-9_]*|\$2)\.xml \1"
)
_GIVES_FREE = (
    r"global_setvar routing_parked_[a-z]\w*_n\d+==\$\{uuid\}(?:@\$\{routing_talk\}@\$\{routing_place_shows\})?"
)
_KNOWN_COMMAND = re.compile(
    rf"(?<![^|])(?:api_hangup_hook=(?:{_COMMANDS})?|api_reporting_hook=(?:{_GIVES_FREE})?"
    rf"|api_on_conference_create={re.escape(IN_ROOM)}|(?:nolocal:)?{AS_TALK_BEGINS}=(?:{_BEGINS})?)(?=\||$)"
)


#: Applications that run a script, and what they may run.
_OUR_SCRIPTS = {"lua": PAUSED_SCRIPT, APPLICATION: re.compile(MODULE)}

#: Cached texts: repeated compilations of a folder (`routing diff`, scheme tests) mostly give the same ones.
LATEST = 256


class UnsafeDialplan(Exception):
    """A compiled dialplan that must not be written: a bug of the compiler, never an author's mistake."""


def to_xml(*contexts: Context) -> str:
    """XML text of a dialplan file. Raises UnsafeDialplan when it does not parse back to the same dialplan."""
    return _text(tuple(_written(context) for context in contexts))


@lru_cache(maxsize=LATEST)
def _text(written: tuple[Written, ...]) -> str:
    for text in dict.fromkeys(_texts(written)):  # most of them recur
        _refuse_unsafe(text)
    for application, script in _scripts(written):
        if not _OUR_SCRIPTS[application].fullmatch(script):
            raise UnsafeDialplan(f"a script that is not ours: {script!r}")
    for expression in _expressions(written):
        if "${" in expression:
            raise UnsafeDialplan(f"expansion in the regex {expression!r}: caller input could change it")
    xml = render("release/dialplan.xml.j2", contexts=written)
    if list(_parsed(xml)) != list(_meant(written)):
        raise UnsafeDialplan(f"context {written[0][0]} does not parse back to what was compiled")
    return xml


Times = tuple[tuple[str, str], ...]
#: A condition: field, expression, attributes of time, kind of regexes, regexes.
WrittenCondition = tuple[str, str, Times, str, Times]
#: A context's name; of each extension its label, conditions, and actions as they are written.
Written = tuple[str, tuple[tuple[str, tuple[WrittenCondition, ...], tuple[tuple[str, str], ...]], ...]]


def _written(context: Context) -> Written:
    """Tuples, because the sandbox checks every attribute access of a template, which would double the compile time."""
    return context.name, tuple(
        (
            extension.label,
            tuple(
                (condition.field, condition.expression, condition.times, condition.regex, condition.regexes)
                for condition in _conditions(extension)
            ),
            tuple((action.application, action.data) for action in extension.merged()),
        )
        for extension in context.extensions
    )


def _texts(contexts: Sequence[Written]) -> Iterator[str]:
    for name, extensions in contexts:
        yield name
        for label, conditions, actions in extensions:
            yield label
            for field, expression, _, _, regexes in conditions:
                yield from (field, expression)
                for pair in regexes:
                    yield from pair
            yield from (data for _, data in actions)


def _scripts(contexts: Sequence[Written]) -> Iterator[tuple[str, str]]:
    for _, _, actions in (extension for _, extensions in contexts for extension in extensions):
        yield from (action for action in actions if action[0] in _OUR_SCRIPTS)


def _expressions(contexts: Sequence[Written]) -> Iterator[str]:
    for _, conditions, _ in (extension for _, extensions in contexts for extension in extensions):
        for _, expression, _, _, regexes in conditions:
            yield expression
            yield from (matching for _, matching in regexes)


def _refuse_unsafe(text: str) -> None:
    if "$" in text and not _REFUSALS.fullmatch(text):
        for match in _EXPANSION.finditer(text):
            if match[1] not in ALLOWED and not FAMILY.fullmatch(match[1]):
                raise UnsafeDialplan(f"expansion {match[0]!r} in {text!r} is not one of ours")
        if found := _ADJACENT.search(text):
            raise UnsafeDialplan(f"{found[0]!r} in {text!r} may become an expansion of its own")
        if "$$" in text:
            raise UnsafeDialplan(f"global expansion in {text!r}")
    if "X-PRE-PROCESS" in text.upper() or "\n" in text or "\r" in text:
        raise UnsafeDialplan(f"preprocessor or line break in {text!r}")
    if _FORBIDDEN_VARIABLES.search(_KNOWN_COMMAND.sub("", text)):
        raise UnsafeDialplan(f"a variable that runs commands in {text!r}")


Flat = tuple[str, ...]


def _meant(contexts: Sequence[Written]) -> Iterator[Flat]:
    for name, extensions in contexts:
        yield ("context", name)
        for label, conditions, actions in extensions:
            yield ("extension", label)
            for field, expression, times, regex, regexes in conditions:
                yield ("condition", field, expression, regex, *map("=".join, times))
                yield from (("regex", *pair) for pair in regexes)
            yield from (("action", *action) for action in actions)


def _conditions(extension: Extension) -> tuple[Condition, ...]:
    return (Condition("destination_number", extension.expression), *extension.conditions)


def _parsed(xml: str) -> Iterator[Flat]:
    own = {"field", "expression", "regex"}
    for element in ElementTree.fromstring(xml.encode()).iter():  # noqa: S314  # our own text, just rendered
        get = element.get
        if element.tag in ("context", "extension"):
            yield (element.tag, get("name", ""))
        elif element.tag == "condition":
            times = (f"{name}={value}" for name, value in element.items() if name not in own)
            yield ("condition", get("field", ""), get("expression", ""), get("regex", ""), *times)
        elif element.tag == "regex":
            yield ("regex", get("field", ""), get("expression", ""))
        elif element.tag == "action":
            yield ("action", get("application", ""), get("data", ""))
